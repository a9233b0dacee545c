//! The one error of this crate, named after what the app can do about it, and
//! the one place where inner errors become it.
//!
//! No variant holds a word that somebody wrote, a path, or a statement.

use loive_cipher::{MigrateError, OpenError as StoreError};
use loive_documents::{AnswerError, LoadError, Reason, WriteError};
use loive_protocol::{CardError, CertificateError, DecodeError, ReceiptError, Refusal, SealError};
use rusqlite::ErrorCode;

/// Why something was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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
    #[error("`{field}` {reason}")]
    Invalid {
        /// The id of the field, or `message`, `receipt`, `pin`, `form`; for a
        /// proposal `proposal`, `text`, `lang`, `block`, `recording`, `note`.
        field: String,
        /// What is wrong with it.
        reason: Problem,
    },
    /// No space is left. Nothing was changed.
    #[error("the phone's storage is full; free some space and try again")]
    StorageFull,
    /// The store's bytes are not what was written. Open it again: it is then
    /// set aside, and a new one is begun.
    #[error("the phone's store is damaged; start the app again to set it aside")]
    Damaged,
    /// It was understood and will not be done.
    #[error("{reason}")]
    Rejected {
        /// Why not.
        reason: Rejection,
    },
    /// A mistake in the program. The id says where, and nothing else.
    #[error("something went wrong in the app (report this number: {incident_id})")]
    Internal {
        /// For whoever repairs the app.
        incident_id: String,
    },
}

/// Why a store does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Lock {
    /// It has a PIN and none was given.
    #[error("it needs its PIN")]
    PinNeeded,
    /// Not its PIN.
    #[error("the PIN is wrong")]
    WrongPin,
    /// The platform's keystore gives another key than the one that made it.
    #[error(
        "the phone's keystore has another key; this store is from another phone or installation"
    )]
    WrongKey,
    /// The platform's keystore gave no key.
    #[error("the phone's keystore gave no key; unlock the phone and try again")]
    NoKey,
    /// Another process has it open.
    #[error("another program is using it")]
    InUse,
    /// The file, its folder or the phone's whole storage cannot be written.
    /// Nothing was changed.
    #[error("the phone's storage cannot be written; start the phone again")]
    ReadOnly,
}

/// What is wrong with an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Too many characters.
    #[error("has {found} characters; shorten it to {limit}")]
    TooLong {
        /// The most characters allowed.
        limit: usize,
        /// How many there are.
        found: usize,
    },
    /// Too few characters.
    #[error("has {found} characters; at least {limit} are needed")]
    TooShort {
        /// The fewest characters allowed.
        limit: usize,
        /// How many there are.
        found: usize,
    },
    /// Nothing was written.
    #[error("is empty")]
    Empty,
    /// The report needs an answer to it.
    #[error("needs an answer before the report can be sent")]
    Missing,
    /// Not one of the options.
    #[error("is not one of the options")]
    UnknownOption,
    /// Another kind of answer.
    #[error("is of another kind than the question")]
    WrongType,
    /// Not a telephone number.
    #[error("is not a telephone number")]
    Phone,
    /// Not a time of day.
    #[error("is not a time between 00:00 and 23:59")]
    Time,
    /// A number outside the limits.
    #[error("must be a number from {min} to {max}")]
    Number {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// Not a place.
    #[error("is not a place of the list")]
    Place,
    /// No such question, or one that the program answers itself.
    #[error("belongs to no question of this form")]
    UnknownField,
    /// A receipt has twenty digits.
    #[error("must have twenty digits, {found} were given")]
    ReceiptLength {
        /// How many were given.
        found: usize,
    },
    /// Something other than digits.
    #[error("has digits only")]
    ReceiptNotDigits,
    /// One of the two numbers begins as no receipt does.
    #[error("number {which} has a wrong beginning")]
    ReceiptPrefix {
        /// 1 or 2.
        which: u8,
    },
    /// A digit is wrong or two are swapped.
    #[error("has a wrong digit; look at it again")]
    ReceiptCheckDigit,
    /// All of it stands in the library already.
    #[error("says nothing new")]
    NothingNew,
    /// Not an Ogg file with one Opus stream in it, or a damaged one.
    #[error("is no recording in Ogg Opus, or a damaged one")]
    NotOpus,
    /// Too many bytes.
    #[error("has {found} bytes; at most {limit} are taken")]
    TooLarge {
        /// The most bytes allowed.
        limit: usize,
        /// How many there are.
        found: usize,
    },
    /// A recording that plays too long.
    #[error("plays longer than {limit_milliseconds} ms")]
    PlaysTooLong {
        /// How long it may play.
        limit_milliseconds: u32,
    },
    /// A recording without sound.
    #[error("has no sound in it")]
    Silent,
}

/// Why something will not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The desk or the relay said so.
    #[error("the hotline did not take it ({})", .0.key())]
    Refused(Refusal),
    /// The relay's answer is not understood. Nothing was lost.
    #[error("the relay's answer was not understood; try another network, or update the app")]
    NotUnderstood,
    /// The other side could not show that it is the hotline's relay.
    #[error("this network does not lead to the hotline's relay; try another one")]
    Untrusted,
    /// The relay's address would send in the clear, or is none.
    #[error("the relay's address is not a secure one")]
    InsecureAddress,
    /// The store belongs to another hotline than the card.
    #[error("this store belongs to another hotline")]
    OtherHotline,
    /// The card's certificates are not by its root.
    #[error("the hotline card is not genuine")]
    BadCard,
    /// A newer app wrote the store.
    #[error("a newer version of the app wrote this store; update the app")]
    NewerStore,
    /// The hotline did not publish it.
    #[error("this library was not published by the hotline; the one before is kept")]
    NotOurRelease,
    /// A release with a lower number than one that this phone has seen.
    #[error("this library is older than one that was here; the newer one is kept")]
    OlderRelease,
    /// No key of the hotline is known to seal to.
    #[error("the app knows no key of the hotline; update the app")]
    NoSealKey,
    /// Too large to be sent in one piece.
    #[error("it is too long to be sent in one piece")]
    TooLarge,
    /// The report has as many changes as it may have.
    #[error("no more can be added to this report; write a new one")]
    DocumentFull,
    /// The report has been taken back.
    #[error("the report was taken back")]
    Withdrawn,
    /// A report that came back by its receipt has no text on this phone.
    #[error("the text of this report is not on this phone")]
    NotOnThisPhone,
    /// Too many at once.
    #[error("there are too many of these at once (limit {limit})")]
    TooMany {
        /// How many there may be.
        limit: usize,
    },
}

impl PhoneError {
    pub(crate) fn invalid(field: &str, reason: Problem) -> Self {
        Self::Invalid {
            field: field.to_owned(),
            reason,
        }
    }

    pub(crate) const fn rejected(reason: Rejection) -> Self {
        Self::Rejected { reason }
    }

    pub(crate) const fn locked(why: Lock) -> Self {
        Self::Locked { why }
    }

    /// For what only a mistake in this program can cause. `place` is a fixed
    /// word of the source.
    pub(crate) fn internal(place: &'static str) -> Self {
        Self::Internal {
            incident_id: place.to_owned(),
        }
    }
}

impl From<rusqlite::Error> for PhoneError {
    fn from(error: rusqlite::Error) -> Self {
        // Its own text may hold a path, a statement or a value: only its
        // number goes on.
        if loive_cipher::is_storage_full(&error) {
            return Self::StorageFull;
        }
        if loive_cipher::is_damaged(&error) {
            return Self::Damaged;
        }
        match error.sqlite_error() {
            Some(failure)
                if matches!(
                    failure.code,
                    ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked
                ) =>
            {
                Self::locked(Lock::InUse)
            }
            Some(failure) if failure.code == ErrorCode::ReadOnly => Self::locked(Lock::ReadOnly),
            Some(failure) => Self::Internal {
                incident_id: format!("sql-{}", failure.extended_code),
            },
            None => Self::internal("sql-row"),
        }
    }
}

impl From<StoreError> for PhoneError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => Self::StorageFull,
            StoreError::Busy => Self::locked(Lock::InUse),
            StoreError::WrongKeyOrDamaged | StoreError::NotEncrypted => Self::Damaged,
            StoreError::NoCipher => Self::internal("no-cipher"),
            StoreError::ReadOnly => Self::locked(Lock::ReadOnly),
            StoreError::Io { code } | StoreError::Other { code } => Self::Internal {
                incident_id: format!("open-{code}"),
            },
            _ => Self::internal("open"),
        }
    }
}

impl From<MigrateError> for PhoneError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Store(store) => store.into(),
            MigrateError::NewerThanProgram { .. } => Self::rejected(Rejection::NewerStore),
            MigrateError::Failed { number, code, .. } => Self::Internal {
                incident_id: format!("migrate-{number}-{code}"),
            },
            _ => Self::internal("migrate"),
        }
    }
}

impl From<std::io::Error> for PhoneError {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::StorageFull,
            ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => {
                Self::locked(Lock::ReadOnly)
            }
            kind => Self::Internal {
                incident_id: format!("io-{kind:?}"),
            },
        }
    }
}

impl From<AnswerError> for PhoneError {
    fn from(error: AnswerError) -> Self {
        let reason = match error.reason {
            Reason::TooLong { limit, found } => Problem::TooLong { limit, found },
            Reason::UnknownOption => Problem::UnknownOption,
            Reason::WrongType => Problem::WrongType,
            Reason::Phone => Problem::Phone,
            Reason::Time => Problem::Time,
            Reason::Number { min, max } => Problem::Number { min, max },
            Reason::Place => Problem::Place,
            Reason::UnknownField => Problem::UnknownField,
        };
        Self::Invalid {
            field: error.field,
            reason,
        }
    }
}

impl From<WriteError> for PhoneError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Empty => Self::invalid("message", Problem::Empty),
            WriteError::TooLong { limit, found } => {
                Self::invalid("message", Problem::TooLong { limit, found })
            }
            WriteError::Full => Self::rejected(Rejection::DocumentFull),
            WriteError::NotStarted => Self::rejected(Rejection::NotOnThisPhone),
            WriteError::WrongActor => Self::internal("write-actor"),
            WriteError::UnknownField => Self::internal("write-field"),
            WriteError::BadValue => Self::internal("write-value"),
            WriteError::Internal(refusal) => Self::Internal {
                incident_id: format!("write-{}", refusal.code()),
            },
        }
    }
}

impl From<LoadError> for PhoneError {
    fn from(_: LoadError) -> Self {
        Self::Damaged
    }
}

impl From<SealError> for PhoneError {
    fn from(error: SealError) -> Self {
        Self::rejected(match error {
            SealError::TooLarge => Rejection::TooLarge,
            SealError::BadKey => Rejection::NoSealKey,
        })
    }
}

impl From<ReceiptError> for PhoneError {
    fn from(error: ReceiptError) -> Self {
        let reason = match error {
            ReceiptError::Length(found) => Problem::ReceiptLength { found },
            ReceiptError::NotDigits => Problem::ReceiptNotDigits,
            ReceiptError::Prefix(which) => Problem::ReceiptPrefix { which },
            ReceiptError::CheckDigit => Problem::ReceiptCheckDigit,
        };
        Self::invalid("receipt", reason)
    }
}

impl From<CardError> for PhoneError {
    fn from(_: CardError) -> Self {
        Self::rejected(Rejection::BadCard)
    }
}

impl From<CertificateError> for PhoneError {
    fn from(_: CertificateError) -> Self {
        Self::rejected(Rejection::BadCard)
    }
}

/// For our own rows only: what comes from outside is judged where it arrives.
impl From<DecodeError> for PhoneError {
    fn from(_: DecodeError) -> Self {
        Self::Damaged
    }
}
