//! Changes that a program which trusts Automerge with them would suffer from.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use automerge::transaction::Transactable;
use automerge::{ActorId, AutoCommit, ObjType, ROOT};
use loive_protocol::Refusal;

use crate::encodings;
use crate::support::{
    ACTION, FIRST, Forged, INSERT, KEY, META, OBJECT_ACTOR, OBJECT_COUNTER, PHONE, PRED_ACTOR,
    PRED_COUNT, PRED_COUNTER, VALUE, by_automerge, commit, first, hash, prefixed, run, signed,
    unsigned,
};

/// What it is, its bytes, and how it is refused.
pub(crate) type Bomb = (&'static str, Vec<u8>, Refusal);

/// A change that fits onto the first one.
pub(crate) fn good() -> Forged {
    Forged::put("danger_now", &[hash(&first())], 6)
}

pub(crate) fn overwrites() -> Forged {
    let mut change = good()
        .with(PRED_COUNT, run(-1, &unsigned(1)))
        .with(PRED_ACTOR, run(-1, &unsigned(1)))
        .with(PRED_COUNTER, run(-1, &signed(3)));
    change.others = vec![FIRST.to_vec()];
    change
}

/// So many operations that all put the same, in some 100 bytes.
pub(crate) fn many_operations(change: &Forged, count: u32) -> Vec<u8> {
    let rows = |value: &[u8]| run(i64::from(count), value);
    let change = change
        .clone()
        .with(KEY, rows(&prefixed(b"danger_now")))
        .with(INSERT, unsigned(u64::from(count)))
        .with(ACTION, rows(&[1]))
        .with(META, rows(&[2]))
        .with(VALUE, Vec::new())
        .with(PRED_COUNT, rows(&[0]));
    let raw = change.raw();
    assert!(raw.len() < 150, "a bomb is small");
    raw
}

fn runs_of_operations() -> Vec<Bomb> {
    let least = run(i64::MIN, &[1]);
    let preds = overwrites()
        .with(PRED_COUNT, run(-1, &unsigned(1_000_000)))
        .with(PRED_ACTOR, run(1_000_000, &[0]))
        .with(PRED_COUNTER, run(1_000_000, &[1]));
    let many = Refusal::TooManyOperations;
    vec![
        (
            "a million operations",
            many_operations(&good(), 1_000_000),
            many,
        ),
        ("a million predecessors", preds.raw(), many),
        (
            "as many operations as can be",
            good().with(ACTION, run(i64::MAX, &[1])).raw(),
            many,
        ),
        (
            "a negative count without a positive",
            good().with(ACTION, least).raw(),
            many,
        ),
        (
            "insertions without end",
            good().with(INSERT, unsigned(u64::MAX)).raw(),
            many,
        ),
    ]
}

fn objects() -> Vec<Bomb> {
    let made = |make: fn(&mut AutoCommit)| {
        let mut doc = AutoCommit::new().with_actor(ActorId::from(PHONE));
        make(&mut doc);
        commit(&mut doc, 0)
    };
    let path = Refusal::SchemaPath;
    vec![
        ("2,000 nested maps", made(nest), path),
        ("50 nested maps", made(|doc| nest_to(doc, 50)), path),
        (
            "a map",
            made(|doc| drop(doc.put_object(ROOT, "where", ObjType::Map))),
            path,
        ),
        (
            "a list",
            made(|doc| drop(doc.put_object(ROOT, "where", ObjType::List))),
            path,
        ),
        (
            "a text object",
            made(|doc| drop(doc.put_object(ROOT, "where", ObjType::Text))),
            path,
        ),
        ("a list with an item", made(list_with_item), path),
        (
            "into an object",
            good()
                .with(OBJECT_ACTOR, run(-1, &[0]))
                .with(OBJECT_COUNTER, run(-1, &[1]))
                .raw(),
            path,
        ),
        (
            "an insertion",
            good().with(INSERT, [0, 1].to_vec()).raw(),
            path,
        ),
        (
            "an increment",
            overwrites().with(ACTION, run(-1, &[5])).raw(),
            path,
        ),
        (
            "a mark",
            good().with(165, run(-1, &prefixed(b"bold"))).raw(),
            path,
        ),
        (
            "an action of the future",
            good().with(ACTION, run(-1, &[8])).raw(),
            path,
        ),
        ("an empty key", good().with(KEY, run(-1, &[0])).raw(), path),
        ("no key", good().with(KEY, [0, 1].to_vec()).raw(), path),
    ]
}

fn nest(doc: &mut AutoCommit) {
    nest_to(doc, 2_000);
}

fn nest_to(doc: &mut AutoCommit, depth: usize) {
    let mut inside = ROOT;
    for _ in 0..depth {
        inside = doc.put_object(&inside, "a", ObjType::Map).unwrap();
    }
}

fn list_with_item(doc: &mut AutoCommit) {
    let list = doc.put_object(ROOT, "where", ObjType::List).unwrap();
    doc.insert(&list, 0, "x").unwrap();
}

fn counters() -> Vec<Bomb> {
    let changed = |change: fn(&mut Forged)| {
        let mut forged = good();
        change(&mut forged);
        forged.raw()
    };
    let counter = Refusal::BadCounter;
    vec![
        (
            "a counter near 2^32",
            changed(|c| c.start = 4_294_967_290),
            counter,
        ),
        (
            "a counter near 2^64",
            changed(|c| c.start = u64::MAX),
            counter,
        ),
        (
            "a counter far above the document",
            changed(|c| c.start = 1_000_000),
            counter,
        ),
        (
            "a counter below what it depends on",
            changed(|c| c.start = 5),
            counter,
        ),
        ("counter nought", changed(|c| c.start = 0), counter),
        ("sequence nought", changed(|c| c.seq = 0), counter),
        (
            "a sequence that leaves some out",
            changed(|c| c.seq = 5),
            counter,
        ),
        (
            "a sequence near 2^32",
            changed(|c| c.seq = 4_294_967_296),
            counter,
        ),
        (
            "a time before 1970",
            changed(|c| c.time = -1),
            Refusal::BadValue,
        ),
        (
            "a time after 9999",
            changed(|c| c.time = i64::MAX),
            Refusal::BadValue,
        ),
        (
            "a predecessor after itself",
            overwrites().with(PRED_COUNTER, run(-1, &signed(6))).raw(),
            counter,
        ),
        (
            "a predecessor before the beginning",
            overwrites().with(PRED_COUNTER, run(-1, &signed(-3))).raw(),
            counter,
        ),
        (
            "a root that is not the first of its actor",
            Forged {
                deps: vec![],
                seq: 2,
                ..good()
            }
            .raw(),
            counter,
        ),
    ]
}

fn references() -> Vec<Bomb> {
    let missing = Refusal::MissingDependency;
    let stranger = Forged {
        others: vec![vec![0xee; 16]],
        ..overwrites()
    };
    let mut of_nobody = overwrites().with(PRED_ACTOR, run(-1, &[0]));
    of_nobody.others.clear();
    let same_actor_twice = Forged {
        others: vec![FIRST.to_vec(), FIRST.to_vec()],
        ..overwrites()
    };
    let doubled = Forged {
        deps: vec![hash(&first()); 2],
        ..good()
    };
    let twice = overwrites()
        .with(PRED_COUNT, run(-1, &unsigned(2)))
        .with(PRED_ACTOR, run(2, &unsigned(1)))
        .with(PRED_COUNTER, [0x7e, 3, 0].to_vec());
    let delete_nothing = good()
        .with(ACTION, run(-1, &[3]))
        .with(META, run(-1, &[0]))
        .with(VALUE, vec![]);
    vec![
        (
            "an actor that nobody knows",
            stranger.raw(),
            Refusal::WrongActor,
        ),
        (
            "an actor named twice",
            same_actor_twice.raw(),
            Refusal::NotCanonical,
        ),
        (
            "a dependency named twice",
            doubled.raw(),
            Refusal::NotCanonical,
        ),
        (
            "a predecessor named twice",
            twice.raw(),
            Refusal::NotCanonical,
        ),
        (
            "a predecessor at another key",
            overwrites().with(PRED_COUNTER, run(-1, &signed(4))).raw(),
            missing,
        ),
        (
            "a predecessor outside the actor table",
            overwrites().with(PRED_ACTOR, run(-1, &[9])).raw(),
            Refusal::Malformed,
        ),
        (
            "its own earlier operation, which is none",
            of_nobody.raw(),
            missing,
        ),
        (
            "a delete of nothing",
            delete_nothing.raw(),
            Refusal::Malformed,
        ),
        (
            "a second first change",
            by_automerge(PHONE, &[("danger_now", "no".into())]),
            Refusal::DuplicateFirst,
        ),
        (
            "another first change of the seed",
            by_automerge(FIRST, &[("danger_now", "no".into())]),
            Refusal::DuplicateFirst,
        ),
    ]
}

pub(crate) fn all() -> Vec<Bomb> {
    [
        runs_of_operations(),
        objects(),
        counters(),
        references(),
        encodings::sizes(),
        encodings::chunks(),
        encodings::values(),
        encodings::columns(),
    ]
    .concat()
}
