//! Changes written as a stranger would write them: byte by byte, under a good
//! checksum.

use loive_documents::validate::{Actor, ChangeHash};
use sha2::{Digest, Sha256};

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const CHANGE: u8 = 1;
const CHECKSUM_BYTES: usize = 4;

/// Puts magic, checksum, type and length before the inside of a change. Without
/// this no fuzzer would come past the checksum.
pub fn seal(inside: &[u8]) -> Vec<u8> {
    let mut hashed = vec![CHANGE];
    prefixed(&mut hashed, inside);
    let digest = Sha256::digest(&hashed);
    let mut raw = MAGIC.to_vec();
    raw.extend(digest.iter().take(CHECKSUM_BYTES));
    raw.extend(hashed);
    raw
}

/// What [`seal`] was put around.
pub fn inside(raw: &[u8]) -> Option<&[u8]> {
    let head = MAGIC.len() + CHECKSUM_BYTES + 1;
    let rest = raw.get(head..)?;
    let length = rest.iter().position(|byte| byte & 0x80 == 0)? + 1;
    rest.get(length..)
}

/// The hash of a change: over type, length and inside.
pub fn hash(raw: &[u8]) -> Option<ChangeHash> {
    let hashed = raw.get(MAGIC.len() + CHECKSUM_BYTES..)?;
    Some(Sha256::digest(hashed).into())
}

/// A change before it is written.
#[derive(Clone)]
pub struct Draft {
    /// Changes that it depends on.
    pub dependencies: Vec<ChangeHash>,
    /// Who writes it.
    pub actor: Actor,
    /// The number of the change among its actor's.
    pub sequence: u64,
    /// Counter of its first operation.
    pub start: u64,
    /// In seconds.
    pub time: i64,
    /// What it does.
    pub operations: Vec<Operation>,
}

/// One put or delete at the root.
#[derive(Clone)]
pub struct Operation {
    /// 1 puts, 3 deletes; others a document of ours does not have.
    pub action: u64,
    /// Where.
    pub key: String,
    /// Type and length of the value.
    pub meta: u64,
    /// The bytes of the value.
    pub value: Vec<u8>,
    /// What it overwrites: counters and their actors.
    pub predecessors: Vec<(u64, Actor)>,
}

impl Draft {
    /// The change, with a good checksum.
    pub fn raw(&self) -> Vec<u8> {
        let mut others: Vec<Actor> = self
            .operations
            .iter()
            .flat_map(|operation| &operation.predecessors)
            .map(|(_, actor)| *actor)
            .filter(|actor| *actor != self.actor)
            .collect();
        others.sort_unstable();
        others.dedup();
        let mut out = Vec::new();
        unsigned(&mut out, self.dependencies.len() as u64);
        out.extend(self.dependencies.iter().flatten());
        prefixed(&mut out, &self.actor);
        unsigned(&mut out, self.sequence);
        unsigned(&mut out, self.start);
        signed(&mut out, self.time);
        prefixed(&mut out, b"");
        unsigned(&mut out, others.len() as u64);
        for other in &others {
            prefixed(&mut out, other);
        }
        let columns = self.columns(&others);
        let filled = columns.iter().filter(|(_, data)| !data.is_empty());
        unsigned(&mut out, filled.clone().count() as u64);
        for (specification, data) in filled.clone() {
            unsigned(&mut out, *specification);
            unsigned(&mut out, data.len() as u64);
        }
        for (_, data) in filled {
            out.extend(data);
        }
        seal(&out)
    }

    fn columns(&self, others: &[Actor]) -> [(u64, Vec<u8>); 8] {
        let mut keys = Vec::new();
        let mut inserts = Vec::new();
        let mut actions = Vec::new();
        let mut metas = Vec::new();
        let mut values = Vec::new();
        let mut counts = Vec::new();
        let mut actors = Vec::new();
        let mut differences = Vec::new();
        let mut previous = 0_i64;
        unsigned(&mut inserts, self.operations.len() as u64);
        for operation in &self.operations {
            keys.push(written(|out| prefixed(out, operation.key.as_bytes())));
            actions.push(written(|out| unsigned(out, operation.action)));
            metas.push(written(|out| unsigned(out, operation.meta)));
            values.extend(&operation.value);
            let count = operation.predecessors.len() as u64;
            counts.push(written(|out| unsigned(out, count)));
            for (counter, actor) in &operation.predecessors {
                let index = others.iter().position(|other| other == actor);
                let index = index.map_or(0, |index| index as u64 + 1);
                actors.push(written(|out| unsigned(out, index)));
                let counter = counter.cast_signed();
                differences.push(written(|out| signed(out, counter.wrapping_sub(previous))));
                previous = counter;
            }
        }
        [
            (21, run_length(&keys)),
            (52, inserts),
            (66, run_length(&actions)),
            (86, run_length(&metas)),
            (87, values),
            (112, run_length(&counts)),
            (113, run_length(&actors)),
            (115, run_length(&differences)),
        ]
    }
}

fn written(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut out);
    out
}

/// Equal neighbours as a run, the others as one stretch.
fn run_length(rows: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut stretch: Vec<&Vec<u8>> = Vec::new();
    for run in rows.chunk_by(|a, b| a == b) {
        match run {
            [row] => stretch.push(row),
            [row, ..] => {
                flush(&mut out, &mut stretch);
                signed(&mut out, signed_count(run.len()));
                out.extend(row);
            }
            [] => {}
        }
    }
    flush(&mut out, &mut stretch);
    out
}

fn flush(out: &mut Vec<u8>, stretch: &mut Vec<&Vec<u8>>) {
    if !stretch.is_empty() {
        signed(out, -signed_count(stretch.len()));
        out.extend(stretch.drain(..).flatten());
    }
}

fn signed_count(rows: usize) -> i64 {
    i64::try_from(rows).expect("memory holds fewer rows")
}

fn prefixed(out: &mut Vec<u8>, bytes: &[u8]) {
    unsigned(out, bytes.len() as u64);
    out.extend(bytes);
}

/// LEB128.
pub fn unsigned(out: &mut Vec<u8>, mut value: u64) {
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

/// Signed LEB128.
pub fn signed(out: &mut Vec<u8>, mut value: i64) {
    loop {
        let byte = value.to_le_bytes()[0] & 0x7f;
        value >>= 7;
        if (value == 0 && byte & 0x40 == 0) || (value == -1 && byte & 0x40 != 0) {
            out.push(byte);
            return;
        }
        out.push(byte | 0x80);
    }
}
