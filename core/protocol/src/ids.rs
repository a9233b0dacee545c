//! Identifiers: fixed-length byte strings that nobody can mix up.

use core::fmt;
use core::str::FromStr;

use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode, encode::Write};

/// The text was not the hexadecimal form of an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier of {expected} hexadecimal digits")]
pub struct IdError {
    /// How many digits it should have.
    pub expected: usize,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $length:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $length]);

        impl $name {
            /// Length in bytes.
            pub const BYTES: usize = $length;

            /// From its bytes.
            pub const fn from_bytes(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            /// From bytes of unknown length; `None` if the length is wrong.
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }

            /// Its bytes.
            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let error = IdError { expected: $length * 2 };
                if text.len() != $length * 2 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
                    return Err(error);
                }
                let mut bytes = [0_u8; $length];
                for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
                    let pair = core::str::from_utf8(pair).map_err(|_| error)?;
                    *byte = u8::from_str_radix(pair, 16).map_err(|_| error)?;
                }
                Ok(Self(bytes))
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: Write>(
                &self,
                e: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
                let bytes = d.bytes()?;
                Self::from_slice(bytes).ok_or_else(|| decode::Error::type_mismatch(minicbor::data::Type::Bytes))
            }
        }
    };
}

id!(
    /// A report: derived from its seed, so that only who holds the seed can
    /// write under it.
    ReportId, 16
);
id!(
    /// An envelope: SHA-256 of all its bytes.
    EnvelopeId, 32
);
id!(
    /// Where an envelope lies at the relay.
    Address, 32
);
id!(
    /// A public key: first bytes of a hash of its kind and bytes.
    KeyId, 8
);
id!(
    /// One life of a relay's log. A relay that was restored from an older copy
    /// has a new one, so that cursors into the lost part are not trusted.
    LogId, 8
);
id!(
    /// An Ed25519 signature (RFC 8032).
    Signature, 64
);
id!(
    /// A public key of 32 bytes, X25519 or Ed25519.
    PublicKey, 32
);
id!(
    /// Proof that one may erase a locker, or the hash of that proof.
    EraseToken, 32
);
id!(
    /// Short hash of a list of certificates.
    Fingerprint, 8
);
id!(
    /// SHA-256 of a chunk of the library.
    ChunkHash, 32
);
id!(
    /// SHA-256 over the state of every document of a release of the library.
    ///
    /// Heads are hashes of changes, and a change names what it depends on by hash:
    /// so the digest stands for every word of the release and its whole history.
    Digest, 32
);
