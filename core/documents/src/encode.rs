//! Writes a change as the one sequence of bytes that stands for it.
//!
//! Automerge could write a first change too, but those bytes are what three
//! SMS and two programs must agree on for years, so they do not depend on the
//! version of a library. A test keeps both equal.
//!
//! The same encoder tells whether a change from outside is in that form:
//! Automerge takes a document apart and writes its changes anew, and a change
//! that came in another form would then have another hash.

use sha2::{Digest, Sha256};

use crate::validate::{
    ACTION_DELETE, ACTION_PUT, Actor, CHANGE_CHUNK, ChangeHash, Chunk, MAGIC, Operation,
    Scalar as Written, spec,
};
use crate::value::Scalar;

/// A change that puts `entries` at the root of an empty document: sequence 1,
/// first counter 1, time 0, no message, no dependencies.
pub(crate) fn first_change(actor: Actor, entries: &[(String, Scalar)]) -> (Vec<u8>, ChangeHash) {
    let operations = entries.iter().map(|(key, scalar)| Operation {
        key,
        value: Some(match scalar {
            Scalar::Str(text) => Written::Text(text),
            Scalar::Bool(yes) => Written::Bool(*yes),
            Scalar::Int(number) => Written::Signed(*number),
        }),
        predecessors: Vec::new(),
    });
    let change = Chunk {
        hash: ChangeHash::default(),
        dependencies: Vec::new(),
        actor,
        other_actors: Vec::new(),
        sequence: 1,
        start: 1,
        time: 0,
        message: "",
        operations: operations.collect(),
    };
    seal(&body(&change))
}

/// Magic, checksum, type and length around `body`; the hash is over the type,
/// the length and the body.
fn seal(body: &[u8]) -> (Vec<u8>, ChangeHash) {
    let mut hashed = vec![CHANGE_CHUNK];
    prefixed(&mut hashed, body);
    let hash: ChangeHash = Sha256::digest(&hashed).into();
    let mut raw = MAGIC.to_vec();
    raw.extend(hash.iter().take(4));
    raw.extend(hashed);
    (raw, hash)
}

/// The inside of a change chunk.
pub(crate) fn body(change: &Chunk<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    length(&mut out, change.dependencies.len());
    out.extend(change.dependencies.iter().flatten());
    prefixed(&mut out, &change.actor);
    unsigned(&mut out, change.sequence);
    unsigned(&mut out, change.start);
    signed(&mut out, change.time.cast_signed());
    prefixed(&mut out, change.message.as_bytes());
    length(&mut out, change.other_actors.len());
    for actor in &change.other_actors {
        prefixed(&mut out, actor);
    }
    let columns = columns(&change.operations);
    let filled = columns.iter().filter(|(_, data)| !data.is_empty());
    length(&mut out, filled.clone().count());
    for (spec, data) in filled.clone() {
        unsigned(&mut out, u64::from(*spec));
        length(&mut out, data.len());
    }
    for (_, data) in filled {
        out.extend(data);
    }
    out
}

fn columns(operations: &[Operation<'_>]) -> [(u32, Vec<u8>); 8] {
    let keys: Vec<&str> = operations.iter().map(|operation| operation.key).collect();
    let mut inserts = Vec::new();
    length(&mut inserts, operations.len());
    let mut actions = Vec::new();
    let mut metas = Vec::new();
    let mut values = Vec::new();
    let mut counts = Vec::new();
    let mut actors = Vec::new();
    let mut differences = Vec::new();
    let mut previous = 0_i64;
    for operation in operations {
        let (action, written) = match operation.value {
            Some(written) => (ACTION_PUT, written),
            None => (ACTION_DELETE, Written::Null),
        };
        actions.push(action);
        metas.push(value(&mut values, written));
        counts.push(operation.predecessors.len() as u64);
        for id in &operation.predecessors {
            actors.push(id.actor as u64);
            let counter = id.counter.cast_signed();
            differences.push(counter.wrapping_sub(previous));
            previous = counter;
        }
    }
    let numbers = |row: &u64, out: &mut Vec<u8>| unsigned(out, *row);
    let texts = |row: &&str, out: &mut Vec<u8>| prefixed(out, row.as_bytes());
    [
        (spec::KEY, run_length(&keys, texts)),
        (spec::INSERT, inserts),
        (spec::ACTION, run_length(&actions, numbers)),
        (spec::VALUE_META, run_length(&metas, numbers)),
        (spec::VALUE, values),
        (spec::PRED_COUNT, run_length(&counts, numbers)),
        (spec::PRED_ACTOR, run_length(&actors, numbers)),
        (
            spec::PRED_COUNTER,
            run_length(&differences, |row, out| signed(out, *row)),
        ),
    ]
}

/// Appends the bytes of a value and gives its metadata: the length, and the
/// type in the low four bits.
fn value(out: &mut Vec<u8>, written: Written<'_>) -> u64 {
    let before = out.len();
    let code = match written {
        Written::Null => 0,
        Written::Bool(false) => 1,
        Written::Bool(true) => 2,
        Written::Unsigned(number) => {
            unsigned(out, number);
            3
        }
        Written::Signed(number) => {
            signed(out, number);
            4
        }
        Written::Text(text) => {
            out.extend(text.as_bytes());
            6
        }
        Written::Timestamp(number) => {
            signed(out, number);
            9
        }
    };
    (((out.len() - before) as u64) << 4) | code
}

/// Two or more equal rows are a run; what lies between runs is one stretch of
/// different rows.
fn run_length<T: PartialEq>(rows: &[T], write: impl Fn(&T, &mut Vec<u8>)) -> Vec<u8> {
    let mut out = Vec::new();
    let mut stretch: Vec<&T> = Vec::new();
    for run in rows.chunk_by(|a, b| a == b) {
        match run {
            [row] => stretch.push(row),
            [row, ..] => {
                flush(&mut out, &mut stretch, &write);
                signed(&mut out, count(run.len()));
                write(row, &mut out);
            }
            [] => {}
        }
    }
    flush(&mut out, &mut stretch, &write);
    out
}

fn flush<T>(out: &mut Vec<u8>, stretch: &mut Vec<&T>, write: &impl Fn(&T, &mut Vec<u8>)) {
    if stretch.is_empty() {
        return;
    }
    signed(out, -count(stretch.len()));
    for row in stretch.drain(..) {
        write(row, out);
    }
}

fn count(rows: usize) -> i64 {
    i64::try_from(rows).expect("a slice has fewer rows than i64 can count")
}

fn length(out: &mut Vec<u8>, length: usize) {
    unsigned(out, length as u64);
}

fn prefixed(out: &mut Vec<u8>, bytes: &[u8]) {
    length(out, bytes.len());
    out.extend(bytes);
}

/// LEB128, shortest form.
fn unsigned(out: &mut Vec<u8>, mut value: u64) {
    loop {
        let byte = value.to_le_bytes()[0] & 0x7f;
        value >>= 7;
        if value == 0 {
            out.push(byte);
            return;
        }
        out.push(byte | 0x80);
    }
}

/// Signed LEB128, shortest form.
fn signed(out: &mut Vec<u8>, mut value: i64) {
    loop {
        let byte = value.to_le_bytes()[0] & 0x7f;
        value >>= 7;
        let sign = byte & 0x40 != 0;
        if (value == 0 && !sign) || (value == -1 && sign) {
            out.push(byte);
            return;
        }
        out.push(byte | 0x80);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use automerge::transaction::{CommitOptions, Transactable};
    use automerge::{ActorId, AutoCommit, ROOT, ScalarValue};

    use super::*;

    fn by_automerge(actor: Actor, entries: &[(String, Scalar)]) -> Vec<u8> {
        let mut doc = AutoCommit::new().with_actor(ActorId::from(actor));
        for (key, scalar) in entries {
            let value = match scalar {
                Scalar::Str(text) => ScalarValue::Str(text.as_str().into()),
                Scalar::Bool(yes) => ScalarValue::Boolean(*yes),
                Scalar::Int(number) => ScalarValue::Int(*number),
            };
            doc.put(ROOT, key.as_str(), value).unwrap();
        }
        let hash = doc
            .commit_with(CommitOptions::default().with_time(0))
            .unwrap();
        doc.get_change_by_hash(&hash).unwrap().raw_bytes().to_vec()
    }

    /// A small generator, so that the test is the same everywhere.
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self, sides: u64) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0 % sides
        }
    }

    #[test]
    fn automerge_writes_the_same_bytes() {
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
        for round in 0..400_u64 {
            let count = 1 + dice.roll(40);
            let entries: Vec<_> = (0..count)
                .map(|index| {
                    let scalar = match dice.roll(5) {
                        0 => Scalar::Bool(dice.roll(2) == 0),
                        1 => Scalar::Int(i64::MIN.wrapping_add(dice.roll(u64::MAX).cast_signed())),
                        2 => Scalar::Int(300 - dice.roll(600).cast_signed()),
                        3 => Scalar::Str("có".repeat(usize::try_from(dice.roll(200)).unwrap())),
                        _ => Scalar::Str(String::from("yes")),
                    };
                    (format!("field_{index}"), scalar)
                })
                .collect();
            let actor = [u8::try_from(round % 251).unwrap(); 16];
            let (raw, hash) = first_change(actor, &entries);
            assert_eq!(raw, by_automerge(actor, &entries), "round {round}");
            let change = automerge::Change::from_bytes(raw).unwrap();
            assert_eq!(change.hash().0, hash);
        }
    }
}
