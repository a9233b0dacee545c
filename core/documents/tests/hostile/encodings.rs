//! Bombs in how a change is written: lengths, tables and encodings.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

use loive_protocol::Refusal;

use crate::bombs::{Bomb, good};
use crate::support::{
    ACTION, FIRST, Forged, KEY, META, PHONE, VALUE, by_automerge, first, hash, prefixed, run, seal,
    unsigned,
};

pub(crate) fn sizes() -> Vec<Bomb> {
    let large = Refusal::TooLarge;
    let table = |count: u64, item: &[u8]| {
        // Everything up to the actor table, then a table that promises more.
        let mut out = vec![0];
        out.extend(prefixed(&PHONE));
        out.extend([1, 1, 0, 0]);
        out.extend(unsigned(count));
        out.extend(item.repeat(100));
        seal(1, &out)
    };
    let text = |bytes: usize| {
        let meta = (bytes as u64) << 4 | 6;
        good()
            .with(META, run(-1, &unsigned(meta)))
            .with(VALUE, vec![b'a'; bytes])
            .raw()
    };
    let columns = |count: u64, spec: u64, length: u64| {
        let mut out = vec![0];
        out.extend(prefixed(&PHONE));
        out.extend([1, 1, 0, 0, 0]);
        out.extend(unsigned(count));
        for index in 0..count.min(3) {
            out.extend(unsigned(spec + index * 31));
            out.extend(unsigned(length));
        }
        seal(1, &out)
    };
    vec![
        ("2^62 dependencies", seal(1, &unsigned(1 << 62)), large),
        (
            "65 dependencies",
            Forged {
                deps: (0..65).map(|n| [n; 32]).collect(),
                ..good()
            }
            .raw(),
            large,
        ),
        ("2^40 actors", table(1 << 40, &prefixed(&FIRST)), large),
        ("65 actors", table(65, &prefixed(&FIRST)), large),
        ("actors without bytes", table(60, &[0]), Refusal::WrongActor),
        (
            "an actor of 2^60 bytes",
            table(1, &unsigned(1 << 60)),
            Refusal::WrongActor,
        ),
        (
            "a short actor",
            Forged {
                actor: vec![1; 4],
                ..good()
            }
            .raw(),
            Refusal::WrongActor,
        ),
        ("2^50 columns", columns(1 << 50, KEY, 1), large),
        (
            "column lengths that overflow",
            columns(3, KEY, u64::MAX),
            Refusal::Malformed,
        ),
        (
            "a column longer than the change",
            columns(1, KEY, 1 << 30),
            Refusal::Malformed,
        ),
        (
            "a commit message that is a book",
            Forged {
                message: vec![b'a'; 300],
                ..good()
            }
            .raw(),
            large,
        ),
        ("a value of 8,193 bytes", text(8_193), large),
        ("a change of 50 kB", text(50_000), large),
        (
            "a key of 65 bytes",
            Forged::put(&"k".repeat(65), &[hash(&first())], 6).raw(),
            large,
        ),
        (
            "a key of 2^60 bytes",
            good()
                .with(KEY, [vec![1], unsigned(1 << 60)].concat())
                .raw(),
            Refusal::Malformed,
        ),
        (
            "a value of 2^60 bytes",
            good().with(META, run(-1, &unsigned(u64::MAX))).raw(),
            large,
        ),
        ("65 unknown keys", unknown_keys(65), Refusal::SchemaPath),
    ]
}

fn unknown_keys(count: usize) -> Vec<u8> {
    let names: Vec<String> = (0..count)
        .map(|index| format!("later_{index:03}"))
        .collect();
    let entries: Vec<_> = names
        .iter()
        .map(|name| (name.as_str(), true.into()))
        .collect();
    by_automerge(FIRST, &entries)
}

/// The same number with a needless byte behind.
fn overlong(number: u64) -> Vec<u8> {
    let mut bytes = unsigned(number);
    *bytes.last_mut().unwrap() |= 0x80;
    bytes.push(0);
    bytes
}

fn empty(change: Forged) -> Forged {
    Forged {
        columns: vec![],
        ..change
    }
}

pub(crate) fn chunks() -> Vec<Bomb> {
    let malformed = Refusal::Malformed;
    let canonical = Refusal::NotCanonical;
    let inside = good().body();
    let length = inside.len() as u64;
    let mut long_length = good().raw();
    long_length.splice(9..9 + unsigned(length).len(), overlong(length));
    let mut long_sequence = inside.clone();
    let at = 1 + 32 + 1 + 16;
    long_sequence.splice(at..=at, overlong(1));
    let long = by_automerge(FIRST, &[("suspect_info", "a".repeat(2_000).into())]);
    let mut long = automerge::Change::from_bytes(long).unwrap();
    let author = Forged {
        extra: vec![1, 1, 0],
        ..good()
    };
    vec![
        ("a deflated chunk", long.bytes().into_owned(), malformed),
        ("a document chunk", seal(0, &inside), malformed),
        ("two chunks", good().raw().repeat(2), malformed),
        ("no bytes", Vec::new(), malformed),
        ("bytes behind the columns", author.raw(), malformed),
        ("a length longer than needed", long_length, canonical),
        ("a sequence so", seal(1, &long_sequence), canonical),
        ("no operation", empty(good()).raw(), malformed),
    ]
}

pub(crate) fn values() -> Vec<Bomb> {
    let malformed = Refusal::Malformed;
    let bad = Refusal::BadValue;
    let value = |code: u64, bytes: &[u8]| {
        let meta = (bytes.len() as u64) << 4 | code;
        let change = good().with(META, run(-1, &unsigned(meta)));
        change.with(VALUE, bytes.to_vec()).raw()
    };
    let long = value(4, &[0x81, 0x80, 0x00]);
    let withdrawn = Forged::put("withdrawn", &[hash(&first())], 6);
    let message = Forged::put("message.1790000000-00000001", &[hash(&first())], 6)
        .with(META, run(-1, &[2]))
        .with(VALUE, vec![]);
    let tail = good().with(VALUE, b"yes and more".to_vec());
    vec![
        ("a number longer than needed", long, Refusal::NotCanonical),
        ("a number without end", value(4, &[0x81; 4]), malformed),
        ("a number with a tail", value(4, &[1, 1]), malformed),
        ("a truth with a tail", value(2, &[1]), malformed),
        ("text that is not UTF-8", value(6, &[0xff, 0xfe]), malformed),
        ("values that nobody reads", tail.raw(), malformed),
        ("a float", value(5, &[0; 8]), bad),
        ("bytes", value(7, &[0; 8]), bad),
        ("a counter", value(8, &[1]), bad),
        ("a type of the future", value(12, &[1]), bad),
        ("a message that is no text", message.raw(), bad),
        ("a withdrawal that is a text", withdrawn.raw(), bad),
    ]
}

pub(crate) fn columns() -> Vec<Bomb> {
    let malformed = Refusal::Malformed;
    let canonical = Refusal::NotCanonical;
    let unknown = good().with(200, vec![1]);
    let deflated = good().with(VALUE | 8, vec![1]);
    let mut swapped = good();
    swapped.columns.swap(0, 1);
    let mut twice = good();
    twice.columns.insert(0, twice.columns[0].clone());
    let mut hollow = good();
    hollow.columns.insert(0, (17, vec![]));
    let one_key = good().with(ACTION, run(2, &[1]));
    let none = good().with(ACTION, [vec![0, 0], run(-1, &[1])].concat());
    let short_run = good().with(ACTION, run(1, &[1]));
    vec![
        ("an unknown column", unknown.raw(), malformed),
        ("a deflated column", deflated.raw(), malformed),
        ("columns out of order", swapped.raw(), canonical),
        ("a column twice", twice.raw(), canonical),
        ("a column without data", hollow.raw(), canonical),
        ("one key for two operations", one_key.raw(), malformed),
        ("a run of none", none.raw(), Refusal::SchemaPath),
        ("a run of one", short_run.raw(), canonical),
    ]
}
