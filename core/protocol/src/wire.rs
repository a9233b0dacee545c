//! One way in and one way out for every CBOR message.
//!
//! A decoder here is total: any bytes give a value or a [`DecodeError`], and a
//! value gives back exactly the bytes that it was read from. The second half is
//! checked by writing the value again and comparing, which refuses unknown
//! keys, padded integers, indefinite lengths and keys out of order without a
//! rule for each (see the decision record on encoding).

use minicbor::{Decode, Decoder, Encode};

use crate::limits::PROTOCOL_VERSION;

/// A byte string of a message.
pub type Bytes = minicbor::bytes::ByteVec;

/// Why bytes were not understood. Never holds the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Not the expected structure, or cut short.
    #[error("the message is not what was expected; it may be damaged or cut short")]
    Malformed,
    /// Bytes after the end.
    #[error("the message has bytes after its end")]
    Trailing,
    /// The same value has a shorter or differently ordered form.
    #[error("the message is not in its one allowed form")]
    NotCanonical,
    /// A part is longer than this protocol allows.
    #[error("{what} is larger than the limit of {limit}")]
    TooLarge {
        /// Which part.
        what: &'static str,
        /// The limit, in the unit of the constant that names it.
        limit: usize,
    },
    /// Written by another version of this protocol.
    #[error("protocol version {0} is not known here; the app may need an update")]
    UnknownVersion(u8),
    /// A suite, route, dictionary or kind that this version does not know.
    #[error("{0} is not known here; the app may need an update")]
    Unknown(&'static str),
}

impl From<minicbor::decode::Error> for DecodeError {
    fn from(_: minicbor::decode::Error) -> Self {
        // Its own text may quote what was read.
        Self::Malformed
    }
}

/// A message that travels or is kept.
pub trait Wire: Sized {
    /// The message as bytes.
    fn to_bytes(&self) -> Vec<u8>;
    /// The message from bytes: all of them, in their one allowed form.
    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError>;
}

/// What a CBOR message must say about itself to become [`Wire`].
pub(crate) trait Message: Encode<()> + for<'b> Decode<'b, ()> {
    /// Name of the limit and the limit.
    const MAX: (&'static str, usize);
    /// The version that the message carries.
    fn version(&self) -> u8 {
        PROTOCOL_VERSION
    }
    /// Checks of values that the structure alone cannot tell.
    fn check(&self) -> Result<(), DecodeError> {
        Ok(())
    }
}

impl<M: Message> Wire for M {
    fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (what, limit) = M::MAX;
        if bytes.len() > limit {
            return Err(DecodeError::TooLarge { what, limit });
        }
        let mut decoder = Decoder::new(bytes);
        let message: M = decoder.decode()?;
        if message.version() != PROTOCOL_VERSION {
            return Err(DecodeError::UnknownVersion(message.version()));
        }
        if decoder.position() != bytes.len() {
            return Err(DecodeError::Trailing);
        }
        message.check()?;
        if encode(&message) != bytes {
            return Err(DecodeError::NotCanonical);
        }
        Ok(message)
    }
}

fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    // Writing to a Vec cannot fail, and our types never refuse to be written.
    minicbor::to_vec(value).expect("encoding to memory cannot fail")
}

pub(crate) fn check_time(seconds: u64) -> Result<(), DecodeError> {
    if seconds > crate::limits::TIME_MAX_SECONDS {
        return Err(DecodeError::TooLarge {
            what: "a time in seconds",
            limit: usize::try_from(crate::limits::TIME_MAX_SECONDS).unwrap_or(usize::MAX),
        });
    }
    Ok(())
}

/// A list with a limit that is left out when it is empty: a module of the shape
/// that the derive's `with` asks for.
macro_rules! limited_list {
    ($name:ident, $max:ident) => {
        pub(crate) mod $name {
            use minicbor::decode::{Decoder, Error as Unread};
            use minicbor::encode::{Encoder, Error as Unwritten, Write};
            use minicbor::{Decode, Encode};

            pub(crate) fn encode<C, T: Encode<C>, W: Write>(
                list: &[T],
                e: &mut Encoder<W>,
                ctx: &mut C,
            ) -> Result<(), Unwritten<W::Error>> {
                list.encode(e, ctx)
            }

            pub(crate) fn decode<'b, C, T: Decode<'b, C>>(
                d: &mut Decoder<'b>,
                ctx: &mut C,
            ) -> Result<Vec<T>, Unread> {
                // The count is looked at before anything is set aside for it.
                match d.probe().array()? {
                    Some(count) if count <= crate::limits::$max as u64 => Vec::decode(d, ctx),
                    _ => Err(Unread::message("too many")),
                }
            }

            #[expect(clippy::ptr_arg, reason = "the derive hands the field's own type")]
            pub(crate) fn is_nil<T>(list: &Vec<T>) -> bool {
                list.is_empty()
            }
            pub(crate) fn nil<T>() -> Option<Vec<T>> {
                Some(Vec::new())
            }
        }
    };
}
pub(crate) use limited_list;
