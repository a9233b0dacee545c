//! Small damage to bytes, the same in every run: what stable builds have in
//! place of a fuzzer that learns.

/// A small generator (xorshift), so that every run is the same.
pub struct Dice(u64);

impl Dice {
    /// From a number other than 0.
    pub const fn new(start: u64) -> Self {
        Self(start | 1)
    }

    /// A number below `sides`, which is at least 1.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let sides = sides.max(1) as u64;
        usize::try_from(self.0 % sides).unwrap_or_default()
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.roll(256)).unwrap_or_default()
    }
}

/// Numbers at which lengths and counters turn over.
const EDGES: [u8; 9] = [0, 1, 0x17, 0x18, 0x3f, 0x40, 0x7f, 0x80, 0xff];

/// Damages `bytes` in one to four places; `other` is what may be spliced in.
pub fn mutate(bytes: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=dice.roll(4) {
        let at = dice.roll(bytes.len());
        match dice.roll(9) {
            0 => {
                let bit = dice.roll(8);
                set(&mut bytes, at, |byte| byte ^ (1 << bit));
            }
            1 => {
                let new = dice.byte();
                set(&mut bytes, at, |_| new);
            }
            2 => {
                let edge = EDGES.get(dice.roll(EDGES.len())).copied();
                set(&mut bytes, at, |byte| edge.unwrap_or(byte));
            }
            3 => set(&mut bytes, at, |byte| byte.wrapping_add(1)),
            4 => set(&mut bytes, at, |byte| byte.wrapping_sub(1)),
            5 => bytes.truncate(at),
            6 => bytes.insert(at, dice.byte()),
            7 => {
                let end = (at + dice.roll(16)).min(bytes.len());
                bytes.drain(at..end);
            }
            _ => {
                let from = dice.roll(other.len());
                let until = (from + dice.roll(64)).min(other.len());
                let piece = other.get(from..until).unwrap_or_default();
                bytes.splice(at..at, piece.iter().copied());
            }
        }
    }
    bytes
}

fn set(bytes: &mut [u8], at: usize, change: impl Fn(u8) -> u8) {
    if let Some(byte) = bytes.get_mut(at) {
        *byte = change(*byte);
    }
}
