//! Bits, most significant first.

/// There are no more bits.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Exhausted;

#[derive(Default)]
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    used: u32,
}

impl BitWriter {
    /// Writes the lowest `count` bits of a number.
    pub(super) fn put(&mut self, value: u64, count: u32) {
        for at in (0..count).rev() {
            if self.used == 0 {
                self.bytes.push(0);
            }
            let bit = value >> at & 1 == 1;
            if let Some(last) = self.bytes.last_mut()
                && bit
            {
                *last |= 0x80 >> self.used;
            }
            self.used = (self.used + 1) % u8::BITS;
        }
    }

    pub(super) fn put_bit(&mut self, bit: bool) {
        self.put(u64::from(bit), 1);
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> BitReader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Reads a number of `count` bits, at most 64.
    pub(super) fn take(&mut self, count: u32) -> Result<u64, Exhausted> {
        let mut value = 0;
        for _ in 0..count {
            let byte = self.bytes.get(self.at / 8).ok_or(Exhausted)?;
            let bit = byte >> (7 - self.at % 8) & 1;
            value = value << 1 | u64::from(bit);
            self.at += 1;
        }
        Ok(value)
    }

    pub(super) fn take_bit(&mut self) -> Result<bool, Exhausted> {
        Ok(self.take(1)? == 1)
    }

    /// How many bytes were begun.
    pub(super) fn bytes_begun(&self) -> usize {
        self.at.div_ceil(8)
    }
}

/// How many bits tell this many states apart.
pub(super) fn width(states: u64) -> u32 {
    u64::BITS - states.saturating_sub(1).leading_zeros()
}

#[cfg(test)]
mod tests {
    use super::{BitReader, BitWriter, Exhausted, width};

    #[test]
    fn what_was_written_is_read() {
        let mut bits = BitWriter::default();
        bits.put(5, 3);
        bits.put_bit(true);
        bits.put(u64::MAX, 64);
        bits.put(0, 2);
        let bytes = bits.into_bytes();
        assert_eq!(bytes.len(), 9);
        let mut bits = BitReader::new(&bytes);
        assert_eq!(bits.take(3), Ok(5));
        assert_eq!(bits.take_bit(), Ok(true));
        assert_eq!(bits.take(64), Ok(u64::MAX));
        assert_eq!(bits.take(2), Ok(0));
        assert_eq!(bits.bytes_begun(), 9);
        assert_eq!(
            bits.take(3),
            Err(Exhausted),
            "only two bits of filling are left"
        );
    }

    #[test]
    fn widths() {
        let of = [1, 2, 3, 4, 5, 16, 17, u64::MAX].map(width);
        assert_eq!(of, [0, 1, 2, 2, 3, 4, 5, 64]);
    }
}
