//! A change of some hundred bytes that would become a million operations, and
//! others that are not what they seem, written byte by byte as a stranger would
//! (columns and numbers as in Automerge's storage format).

use sha2::{Digest as _, Sha256};

use super::plan::Dice;

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const CHANGE_KIND: u8 = 1;
const OPERATIONS_COUNT: i64 = 1_000_000;
/// A counter near which the next local write would overflow.
const COUNTER_NEAR_THE_END: u64 = 4_294_967_290;

/// One bomb.
pub(super) fn any(dice: &mut Dice) -> Vec<u8> {
    match dice.below(3) {
        0 => change(OPERATIONS_COUNT, 1),
        1 => change(1, COUNTER_NEAR_THE_END),
        _ => {
            let mut raw = change(1, 1);
            let at = dice.below(raw.len());
            if let Some(byte) = raw.get_mut(at) {
                *byte ^= 0x55;
            }
            raw
        }
    }
}

/// So many operations that all put `danger_now`.
fn change(operations: i64, start: u64) -> Vec<u8> {
    let run = |value: &[u8]| [signed(operations), value.to_vec()].concat();
    let columns: [(u64, Vec<u8>); 5] = [
        (21, run(&prefixed(b"danger_now"))),
        (52, unsigned(operations.unsigned_abs())),
        (66, run(&[1])),
        (86, run(&[2])),
        (112, run(&[0])),
    ];
    let mut body = unsigned(0);
    body.extend(prefixed(&[0x51; 16]));
    body.extend(unsigned(1));
    body.extend(unsigned(start));
    body.extend(signed(0));
    body.extend(prefixed(b""));
    body.extend(unsigned(0));
    body.extend(unsigned(columns.len() as u64));
    for (spec, data) in &columns {
        body.extend(unsigned(*spec));
        body.extend(unsigned(data.len() as u64));
    }
    for (_, data) in &columns {
        body.extend(data);
    }
    let mut hashed = vec![CHANGE_KIND];
    hashed.extend(prefixed(&body));
    let digest = Sha256::digest(&hashed);
    let mut raw = MAGIC.to_vec();
    raw.extend(digest.iter().take(4));
    raw.extend(hashed);
    raw
}

fn prefixed(bytes: &[u8]) -> Vec<u8> {
    let mut out = unsigned(bytes.len() as u64);
    out.extend(bytes);
    out
}

/// LEB128.
fn unsigned(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let byte = value.to_le_bytes()[0] & 0x7f;
        value >>= 7;
        if value == 0 {
            out.push(byte);
            return out;
        }
        out.push(byte | 0x80);
    }
}

/// Signed LEB128.
fn signed(mut value: i64) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let byte = value.to_le_bytes()[0] & 0x7f;
        value >>= 7;
        let is_done = (value == 0 && byte & 0x40 == 0) || (value == -1 && byte & 0x40 != 0);
        if is_done {
            out.push(byte);
            return out;
        }
        out.push(byte | 0x80);
    }
}
