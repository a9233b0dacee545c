//! The one error that crosses the border, and the one place where the engine's
//! becomes it. Its texts are for developers and hold no word that somebody
//! wrote; the sentences for people are in `strings/`.

use loive_client::{Lock, PhoneError as Inner};
use loive_protocol::Refusal;

/// Why something was not done, named after what the app can do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum PhoneError {
    /// The relay was not reached. What was to be sent is kept and sent later.
    #[error("the hotline's relay was not reached; everything is kept and sent later")]
    Offline,
    /// The store does not open with what was given.
    #[error("the store is locked: {why}")]
    Locked {
        /// What would open it.
        why: Lock,
    },
    /// There is no such draft or report on this phone.
    #[error("this is not on the phone (any more)")]
    NotFound,
    /// An answer, message, receipt or PIN cannot be taken as it is.
    #[error("`{field}` was not taken")]
    Invalid {
        /// The id of the question, or `message`, `receipt`, `pin`, `form`; for a
        /// proposal `proposal`, `text`, `lang`, `block`, `recording`, `note`.
        field: String,
        /// What is wrong with it.
        reason: Problem,
    },
    /// No space is left. Nothing was changed.
    #[error("the phone's storage is full; free some space and try again")]
    StorageFull,
    /// The store's bytes are not what was written. Open it again: it is then set
    /// aside, and a new one is begun.
    #[error("the phone's store is damaged; start the app again to set it aside")]
    Damaged,
    /// It was understood and will not be done.
    #[error("it was refused")]
    Rejected {
        /// Why not.
        reason: Rejection,
    },
    /// A mistake in the program.
    #[error("something went wrong in the app (report this number: {incident_id})")]
    Internal {
        /// Says where, and nothing else. For whoever repairs the app.
        incident_id: String,
    },
}

/// What is wrong with an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Problem {
    /// Too many characters.
    TooLong {
        /// The most characters allowed.
        limit: u64,
        /// How many there are.
        found: u64,
    },
    /// Too few characters.
    TooShort {
        /// The fewest characters allowed.
        limit: u64,
        /// How many there are.
        found: u64,
    },
    /// Nothing was written.
    Empty,
    /// The report needs an answer to it.
    Missing,
    /// Not one of the options.
    UnknownOption,
    /// Another kind of answer.
    WrongType,
    /// Not a telephone number.
    Phone,
    /// Not a time of day.
    Time,
    /// A number outside the limits.
    Number {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// Not a place.
    Place,
    /// No such question, or one that the program answers itself.
    UnknownField,
    /// A receipt has twenty digits.
    ReceiptLength {
        /// How many were given.
        found: u64,
    },
    /// Something other than digits.
    ReceiptNotDigits,
    /// One of the two numbers begins as no receipt does.
    ReceiptPrefix {
        /// 1 or 2.
        which: u8,
    },
    /// A digit is wrong or two are swapped.
    ReceiptCheckDigit,
    /// All of it stands in the library already.
    NothingNew,
    /// Not an Ogg file with one Opus stream in it, or a damaged one.
    NotOpus,
    /// Too many bytes.
    TooLarge {
        /// The most bytes allowed.
        limit: u64,
        /// How many there are.
        found: u64,
    },
    /// A recording that plays too long.
    PlaysTooLong {
        /// How long it may play.
        limit_milliseconds: u32,
    },
    /// A recording without sound.
    Silent,
}

/// Why something will not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Rejection {
    /// The desk or the relay said so.
    Refused {
        /// Its reason, as a key of the words in `strings/` under `refusal.`.
        reason: Refusal,
    },
    /// The relay's answer is not understood. Nothing was lost.
    NotUnderstood,
    /// The other side could not show that it is the hotline's relay.
    Untrusted,
    /// The relay's address would send in the clear, or is none.
    InsecureAddress,
    /// The store belongs to another hotline than the card.
    OtherHotline,
    /// The card's certificates are not by its root.
    BadCard,
    /// A newer app wrote the store.
    NewerStore,
    /// The hotline did not publish this library.
    NotOurRelease,
    /// This library is older than one that was here.
    OlderRelease,
    /// No key of the hotline is known to seal to.
    NoSealKey,
    /// Too large to be sent in one piece.
    TooLarge,
    /// The report has as many changes as it may have.
    DocumentFull,
    /// The report has been taken back.
    Withdrawn,
    /// A report that came back by its receipt has no text on this phone.
    NotOnThisPhone,
    /// Too many at once.
    TooMany {
        /// How many there may be.
        limit: u64,
    },
}

impl From<Inner> for PhoneError {
    fn from(error: Inner) -> Self {
        match error {
            Inner::Offline => Self::Offline,
            Inner::Locked { why } => Self::Locked { why },
            Inner::NotFound => Self::NotFound,
            Inner::Invalid { field, reason } => Self::Invalid {
                field,
                reason: reason.into(),
            },
            Inner::StorageFull => Self::StorageFull,
            Inner::Damaged => Self::Damaged,
            Inner::Rejected { reason } => Self::Rejected {
                reason: reason.into(),
            },
            Inner::Internal { incident_id } => Self::Internal { incident_id },
        }
    }
}

impl From<loive_client::Problem> for Problem {
    fn from(problem: loive_client::Problem) -> Self {
        use loive_client::Problem as Inner;
        match problem {
            Inner::TooLong { limit, found } => Self::TooLong {
                limit: count(limit),
                found: count(found),
            },
            Inner::TooShort { limit, found } => Self::TooShort {
                limit: count(limit),
                found: count(found),
            },
            Inner::Empty => Self::Empty,
            Inner::Missing => Self::Missing,
            Inner::UnknownOption => Self::UnknownOption,
            Inner::WrongType => Self::WrongType,
            Inner::Phone => Self::Phone,
            Inner::Time => Self::Time,
            Inner::Number { min, max } => Self::Number { min, max },
            Inner::Place => Self::Place,
            Inner::UnknownField => Self::UnknownField,
            Inner::ReceiptLength { found } => Self::ReceiptLength {
                found: count(found),
            },
            Inner::ReceiptNotDigits => Self::ReceiptNotDigits,
            Inner::ReceiptPrefix { which } => Self::ReceiptPrefix { which },
            Inner::ReceiptCheckDigit => Self::ReceiptCheckDigit,
            Inner::NothingNew => Self::NothingNew,
            Inner::NotOpus => Self::NotOpus,
            Inner::TooLarge { limit, found } => Self::TooLarge {
                limit: count(limit),
                found: count(found),
            },
            Inner::PlaysTooLong { limit_milliseconds } => Self::PlaysTooLong { limit_milliseconds },
            Inner::Silent => Self::Silent,
        }
    }
}

impl From<loive_client::Rejection> for Rejection {
    fn from(rejection: loive_client::Rejection) -> Self {
        use loive_client::Rejection as Inner;
        match rejection {
            Inner::Refused(reason) => Self::Refused { reason },
            Inner::NotUnderstood => Self::NotUnderstood,
            Inner::Untrusted => Self::Untrusted,
            Inner::InsecureAddress => Self::InsecureAddress,
            Inner::OtherHotline => Self::OtherHotline,
            Inner::BadCard => Self::BadCard,
            Inner::NewerStore => Self::NewerStore,
            Inner::NotOurRelease => Self::NotOurRelease,
            Inner::OlderRelease => Self::OlderRelease,
            Inner::NoSealKey => Self::NoSealKey,
            Inner::TooLarge => Self::TooLarge,
            Inner::DocumentFull => Self::DocumentFull,
            Inner::Withdrawn => Self::Withdrawn,
            Inner::NotOnThisPhone => Self::NotOnThisPhone,
            Inner::TooMany { limit } => Self::TooMany {
                limit: count(limit),
            },
        }
    }
}

/// A count as it crosses the border: of one width on every processor.
pub(crate) fn count(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
