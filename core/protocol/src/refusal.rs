//! Why something was not taken.

use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode, encode::Write};

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $key:literal;)*) => {
        /// Why an envelope or a change was not taken. The code travels; the
        /// words for people are in `strings/` under the key.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Refusal {
            $($(#[$doc])* $name,)*
            /// A reason that this version does not know.
            Other(u8),
        }

        impl Refusal {
            /// The code that travels.
            pub const fn code(self) -> u8 {
                match self { $(Self::$name => $code,)* Self::Other(code) => code }
            }

            /// From the code.
            pub const fn from_code(code: u8) -> Self {
                match code { $($code => Self::$name,)* other => Self::Other(other) }
            }

            /// The key of the words in `strings/`, under `refusal.`.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$name => $key,)* Self::Other(_) => "other" }
            }

            /// Every reason that has a name.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
        }
    };
}

refusals! {
    /// Larger than a limit.
    TooLarge = 1, "too_large";
    /// Not understood.
    Malformed = 2, "malformed";
    /// Sent to an address that does not take it.
    WrongAddress = 3, "wrong_address";
    /// Too much at once; try later.
    Busy = 4, "busy";
    /// The relay's disk is full; try later.
    Full = 5, "full";
    /// Sealed to a key that is not held any more.
    UnknownKey = 6, "unknown_key";
    /// The proof that the author holds the seed is wrong.
    BadProof = 7, "bad_proof";
    /// Not in its one allowed form.
    NotCanonical = 8, "not_canonical";
    /// More changes than a document may have.
    TooManyChanges = 9, "too_many_changes";
    /// More operations than a change may have.
    TooManyOperations = 10, "too_many_operations";
    /// Writes where the form has no field.
    SchemaPath = 11, "schema_path";
    /// Written under an actor that the author may not use.
    WrongActor = 12, "wrong_actor";
    /// Depends on a change that has not arrived.
    MissingDependency = 13, "missing_dependency";
    /// Another first change exists for the same report.
    DuplicateFirst = 14, "duplicate_first";
    /// The same actor and sequence with other content.
    DuplicateSequence = 15, "duplicate_sequence";
    /// Sealed bytes that do not open: changed on the way, or for someone else.
    NotOpened = 16, "not_opened";
    /// The change rebuilt from the compact form has another hash.
    HashMismatch = 17, "hash_mismatch";
    /// Written by a newer version of the form or the app.
    UnknownVersion = 18, "unknown_version";
    /// A value that its field does not take.
    BadValue = 19, "bad_value";
    /// A change for a report whose first change is not here.
    UnknownReport = 20, "unknown_report";
    /// The counter of operations is out of its range.
    BadCounter = 21, "bad_counter";
}

impl<C> Encode<C> for Refusal {
    fn encode<W: Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), encode::Error<W::Error>> {
        e.u8(self.code())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Refusal {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
        d.u8().map(Self::from_code)
    }
}
