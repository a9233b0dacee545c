//! Helps the tests of documents: changes written by Automerge itself, and
//! changes written byte by byte as a stranger would.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    dead_code,
    unreachable_pub,
    reason = "tests may panic, and no test file needs everything"
)]

use std::fmt::Write as _;

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, AutoCommit, ROOT, ScalarValue};
use sha2::{Digest, Sha256};

/// The actor that is derived from the seed.
pub const FIRST: [u8; 16] = [7; 16];
/// The actor of the reporter's phone.
pub const PHONE: [u8; 16] = [0x51; 16];
/// The actor of the same phone after a restore.
pub const RESTORED: [u8; 16] = [0x52; 16];
/// The actor of the desk.
pub const DESK: [u8; 16] = [0xd0; 16];
/// A moment in 2026, in seconds.
pub const NOW: u64 = 1_790_000_000;

/// A first change with three answers, written by Automerge.
pub fn first() -> Vec<u8> {
    by_automerge(
        FIRST,
        &[
            ("form", "suspicion_report".into()),
            ("form_version", 1.into()),
            ("danger_now", "unknown".into()),
            ("where", "01/00004".into()),
            ("what_type", "job_abroad".into()),
        ],
    )
}

/// A change that puts `entries` into an empty document.
pub fn by_automerge(actor: [u8; 16], entries: &[(&str, ScalarValue)]) -> Vec<u8> {
    let mut doc = AutoCommit::new().with_actor(ActorId::from(actor));
    for (key, value) in entries {
        doc.put(ROOT, *key, value.clone()).unwrap();
    }
    commit(&mut doc, 0)
}

/// Commits what is open in `doc` and gives the raw change.
pub fn commit(doc: &mut AutoCommit, time: i64) -> Vec<u8> {
    let hash = doc
        .commit_with(CommitOptions::default().with_time(time))
        .unwrap();
    doc.get_change_by_hash(&hash).unwrap().raw_bytes().to_vec()
}

/// An Automerge document that holds these changes.
pub fn automerge_of(actor: [u8; 16], changes: &[&[u8]]) -> AutoCommit {
    let mut doc = AutoCommit::new().with_actor(ActorId::from(actor));
    for raw in changes {
        let change = automerge::Change::from_bytes(raw.to_vec()).unwrap();
        doc.apply_changes([change]).unwrap();
    }
    doc
}

/// The hash of a change that is known to be good.
pub fn hash(raw: &[u8]) -> [u8; 32] {
    Sha256::digest(&raw[8..]).into()
}

/// LEB128.
pub fn unsigned(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let byte = u8::try_from(value & 0x7f).unwrap();
        value >>= 7;
        out.push(if value == 0 { byte } else { byte | 0x80 });
        if value == 0 {
            return out;
        }
    }
}

/// Signed LEB128.
pub fn signed(mut value: i64) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let byte = u8::try_from(value & 0x7f).unwrap();
        value >>= 7;
        let done = (value == 0 && byte & 0x40 == 0) || (value == -1 && byte & 0x40 != 0);
        out.push(if done { byte } else { byte | 0x80 });
        if done {
            return out;
        }
    }
}

/// One value, repeated.
pub fn run(count: i64, value: &[u8]) -> Vec<u8> {
    [signed(count), value.to_vec()].concat()
}

/// A text with its length in front.
pub fn prefixed(bytes: &[u8]) -> Vec<u8> {
    [unsigned(bytes.len() as u64), bytes.to_vec()].concat()
}

/// Puts a good checksum around the inside of a chunk.
pub fn seal(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut hashed = vec![kind];
    hashed.extend(prefixed(body));
    let digest = Sha256::digest(&hashed);
    [&[0x85, 0x6f, 0x4a, 0x83], &digest[..4], &hashed].concat()
}

/// The inside of a chunk: what the checksum is over, without type and length.
pub fn body(raw: &[u8]) -> Vec<u8> {
    let mut start = 9;
    while raw[start] & 0x80 != 0 {
        start += 1;
    }
    raw[start + 1..].to_vec()
}

/// A change that is written byte by byte. As it stands it is good.
#[derive(Clone)]
pub struct Forged {
    pub deps: Vec<[u8; 32]>,
    pub actor: Vec<u8>,
    pub seq: u64,
    pub start: u64,
    pub time: i64,
    pub message: Vec<u8>,
    pub others: Vec<Vec<u8>>,
    pub columns: Vec<(u64, Vec<u8>)>,
    pub extra: Vec<u8>,
}

pub const OBJECT_ACTOR: u64 = 1;
pub const OBJECT_COUNTER: u64 = 2;
pub const KEY: u64 = 21;
pub const INSERT: u64 = 52;
pub const ACTION: u64 = 66;
pub const META: u64 = 86;
pub const VALUE: u64 = 87;
pub const PRED_COUNT: u64 = 112;
pub const PRED_ACTOR: u64 = 113;
pub const PRED_COUNTER: u64 = 115;

impl Forged {
    /// Puts the text "yes" at `key`, depending on `deps`.
    pub fn put(key: &str, deps: &[[u8; 32]], start: u64) -> Self {
        Self {
            deps: deps.to_vec(),
            actor: PHONE.to_vec(),
            seq: 1,
            start,
            time: 0,
            message: Vec::new(),
            others: Vec::new(),
            columns: vec![
                (KEY, run(-1, &prefixed(key.as_bytes()))),
                (INSERT, unsigned(1)),
                (ACTION, run(-1, &unsigned(1))),
                (META, run(-1, &unsigned(3 << 4 | 6))),
                (VALUE, b"yes".to_vec()),
                (PRED_COUNT, run(-1, &unsigned(0))),
            ],
            extra: Vec::new(),
        }
    }

    /// The same, with another column; an empty one is left out.
    pub fn with(mut self, spec: u64, data: Vec<u8>) -> Self {
        self.columns.retain(|(other, _)| *other != spec);
        if !data.is_empty() {
            self.columns.push((spec, data));
        }
        self.columns.sort_by_key(|(spec, _)| *spec);
        self
    }

    /// The inside of the chunk.
    pub fn body(&self) -> Vec<u8> {
        let mut out = unsigned(self.deps.len() as u64);
        out.extend(self.deps.concat());
        out.extend(prefixed(&self.actor));
        out.extend(unsigned(self.seq));
        out.extend(unsigned(self.start));
        out.extend(signed(self.time));
        out.extend(prefixed(&self.message));
        out.extend(unsigned(self.others.len() as u64));
        for other in &self.others {
            out.extend(prefixed(other));
        }
        out.extend(unsigned(self.columns.len() as u64));
        for (spec, data) in &self.columns {
            out.extend(unsigned(*spec));
            out.extend(unsigned(data.len() as u64));
        }
        for (_, data) in &self.columns {
            out.extend(data);
        }
        out.extend(&self.extra);
        out
    }

    /// The whole chunk, with a good checksum.
    pub fn raw(&self) -> Vec<u8> {
        seal(1, &self.body())
    }
}

/// A small generator, so that every run is the same.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

/// And back.
pub fn unhex(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().map(|c| c.to_digit(16).unwrap()).collect();
    digits
        .chunks_exact(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap())
        .collect()
}
