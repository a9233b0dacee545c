use std::fmt;
use std::io;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Length of a store's key, in bytes.
pub const STORE_KEY_BYTES: usize = 32;

/// The raw 256-bit key of one encrypted store.
///
/// The bytes are wiped when the value is dropped, and never printed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct StoreKey([u8; STORE_KEY_BYTES]);

impl StoreKey {
    /// Takes a key that a platform keystore kept, or that a PIN was stretched to.
    pub const fn from_bytes(bytes: [u8; STORE_KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// Draws a fresh key from the operating system.
    ///
    /// Fails only where the operating system has no randomness to give.
    pub fn generate() -> io::Result<Self> {
        let mut key = Self([0; STORE_KEY_BYTES]);
        getrandom::fill(&mut key.0)?;
        Ok(key)
    }

    /// The bytes, for whoever keeps the key. They open the store: treat a copy
    /// as carefully as the key.
    pub const fn as_bytes(&self) -> &[u8; STORE_KEY_BYTES] {
        &self.0
    }

    /// The key as SQLCipher wants a raw one: `x'` + 64 hexadecimal digits + `'`.
    ///
    /// Written that way, SQLCipher uses the bytes as they are and stretches nothing.
    pub(crate) fn to_raw_spec(&self) -> Zeroizing<Vec<u8>> {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0');

        // Room for all of it at once: growing would leave copies behind.
        let mut spec = Zeroizing::new(Vec::with_capacity(2 * STORE_KEY_BYTES + 3));
        spec.extend_from_slice(b"x'");
        for byte in self.0 {
            spec.push(digit(byte >> 4));
            spec.push(digit(byte & 0x0f));
        }
        spec.push(b'\'');
        spec
    }
}

impl fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_written_as_sqlcipher_reads_a_raw_key() {
        let mut bytes = [0x5a; STORE_KEY_BYTES];
        bytes[0] = 0x00;
        bytes[31] = 0xff;
        let spec = StoreKey::from_bytes(bytes).to_raw_spec();
        let expected = format!("x'00{}ff'", "5a".repeat(30));
        assert_eq!(spec.as_slice(), expected.as_bytes());
    }

    #[test]
    fn two_generated_keys_differ() {
        let first = StoreKey::generate().expect("the system has randomness");
        let second = StoreKey::generate().expect("the system has randomness");
        assert_ne!(first.as_bytes(), second.as_bytes());
    }

    #[test]
    fn debug_output_shows_nothing_of_the_key() {
        let key = StoreKey::from_bytes([0xab; STORE_KEY_BYTES]);
        assert_eq!(format!("{key:?}"), "StoreKey(..)");
    }
}
