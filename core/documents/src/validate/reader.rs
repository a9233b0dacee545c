//! A cursor over bytes from a stranger: it never reads past the end and never
//! allocates.

use loive_protocol::Refusal;

/// Longest LEB128 form of a 64-bit number.
const LEB128_MAX_BYTES: usize = 10;

/// Reads the numbers and slices that a change is made of.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Refusal> {
        let (first, rest) = self.rest.split_first().ok_or(Refusal::Malformed)?;
        self.rest = rest;
        Ok(*first)
    }

    pub(crate) fn take(&mut self, length: usize) -> Result<&'a [u8], Refusal> {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or(Refusal::Malformed)?;
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Refusal> {
        let taken = self.take(N)?;
        taken.try_into().map_err(|_| Refusal::Malformed)
    }

    /// An unsigned LEB128 number. A longer form than needed is refused
    /// ([`Refusal::NotCanonical`]): Automerge writes none, and one number must
    /// have one form.
    pub(crate) fn unsigned(&mut self) -> Result<u64, Refusal> {
        let mut value = 0_u64;
        for index in 0..LEB128_MAX_BYTES {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            let last = byte & 0x80 == 0;
            if index == LEB128_MAX_BYTES - 1 && byte > 1 {
                return Err(Refusal::Malformed);
            }
            value |= bits << (7 * index);
            if last {
                return if index > 0 && byte == 0 {
                    Err(Refusal::NotCanonical)
                } else {
                    Ok(value)
                };
            }
        }
        Err(Refusal::Malformed)
    }

    /// An unsigned number that counts bytes or items in memory. One that this
    /// processor cannot count to stands for the most it can, which is no less
    /// too many: a change is refused for the same reason on every phone.
    pub(crate) fn length(&mut self) -> Result<usize, Refusal> {
        Ok(usize::try_from(self.unsigned()?).unwrap_or(usize::MAX))
    }

    /// A signed LEB128 number, with the same rule.
    pub(crate) fn signed(&mut self) -> Result<i64, Refusal> {
        let mut value = 0_i64;
        let mut previous = 0_u8;
        for index in 0..LEB128_MAX_BYTES {
            let byte = self.byte()?;
            if index == LEB128_MAX_BYTES - 1 && byte != 0 && byte != 0x7f {
                return Err(Refusal::Malformed);
            }
            value |= i64::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                let repeats_sign =
                    (byte == 0 && previous & 0x40 == 0) || (byte == 0x7f && previous & 0x40 != 0);
                if index > 0 && repeats_sign {
                    return Err(Refusal::NotCanonical);
                }
                let shift = 7 * (index + 1);
                if byte & 0x40 != 0 && shift < 64 {
                    value |= -1_i64 << shift;
                }
                return Ok(value);
            }
            previous = byte;
        }
        Err(Refusal::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unsigned(bytes: &[u8]) -> Result<u64, Refusal> {
        Reader::new(bytes).unsigned()
    }

    fn signed(bytes: &[u8]) -> Result<i64, Refusal> {
        Reader::new(bytes).signed()
    }

    #[test]
    fn unsigned_numbers_have_one_form() {
        assert_eq!(unsigned(&[0]), Ok(0));
        assert_eq!(unsigned(&[0x7f]), Ok(127));
        assert_eq!(unsigned(&[0x80, 0x01]), Ok(128));
        let most = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        assert_eq!(unsigned(&most), Ok(u64::MAX));
        assert_eq!(unsigned(&[0x81, 0x00]), Err(Refusal::NotCanonical));
        assert_eq!(unsigned(&[0x80]), Err(Refusal::Malformed));
        let too_big = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02];
        assert_eq!(unsigned(&too_big), Err(Refusal::Malformed));
        assert_eq!(unsigned(&[0x80; 32]), Err(Refusal::Malformed));
    }

    #[test]
    fn signed_numbers_have_one_form() {
        assert_eq!(signed(&[0]), Ok(0));
        assert_eq!(signed(&[0x7f]), Ok(-1));
        assert_eq!(signed(&[0x40]), Ok(-64));
        assert_eq!(signed(&[0xff, 0x00]), Ok(127));
        assert_eq!(signed(&[0x80, 0x40]), Ok(-8192));
        let least = [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f];
        assert_eq!(signed(&least), Ok(i64::MIN));
        let most = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00];
        assert_eq!(signed(&most), Ok(i64::MAX));
        assert_eq!(signed(&[0xbf, 0x00]), Err(Refusal::NotCanonical));
        assert_eq!(signed(&[0x81, 0xff, 0x7f]), Err(Refusal::NotCanonical));
        assert_eq!(signed(&[0x80; 32]), Err(Refusal::Malformed));
        let too_big = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        assert_eq!(signed(&too_big), Err(Refusal::Malformed));
    }

    #[test]
    fn nothing_is_read_past_the_end() {
        let mut reader = Reader::new(&[1, 2]);
        assert_eq!(reader.take(3), Err(Refusal::Malformed));
        assert_eq!(reader.take(usize::MAX), Err(Refusal::Malformed));
        assert_eq!(reader.array::<2>(), Ok([1, 2]));
        assert!(reader.is_empty());
        assert_eq!(reader.byte(), Err(Refusal::Malformed));
    }
}
