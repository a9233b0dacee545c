//! How the store writes what the program names.

use loive_documents::screening::Level;
use loive_documents::{Scalar, Urgency};
use loive_protocol::{DecodeError, OpenError, Outcome, Refusal};
use rusqlite::types::{Value as Stored, ValueRef};

use super::view::Role;

/// Which of a report's two documents a change belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The reporter's.
    Reporter,
    /// The hotline's thread.
    Hotline,
}

impl Side {
    pub(super) const fn code(self) -> i64 {
        match self {
            Self::Reporter => 1,
            Self::Hotline => 2,
        }
    }
}

const MERGED: i64 = 1;
const WAITING: i64 = 2;
const SEND_RAW_CHANGE: i64 = 3;
/// Plus the code of the refusal.
const QUARANTINED: i64 = 0x100;

pub(super) fn outcome_code(outcome: Outcome) -> i64 {
    match outcome {
        Outcome::Merged => MERGED,
        Outcome::Waiting => WAITING,
        Outcome::SendRawChange => SEND_RAW_CHANGE,
        Outcome::Quarantined(refusal) => QUARANTINED + i64::from(refusal.code()),
    }
}

pub(super) fn outcome_from(code: i64) -> Outcome {
    match code {
        MERGED => Outcome::Merged,
        WAITING => Outcome::Waiting,
        SEND_RAW_CHANGE => Outcome::SendRawChange,
        other => Outcome::Quarantined(refusal_from(other - QUARANTINED)),
    }
}

pub(super) fn refusal_from(code: i64) -> Refusal {
    Refusal::from_code(u8::try_from(code).unwrap_or(u8::MAX))
}

/// Why an envelope that did not open is in quarantine.
pub(super) fn refusal_of_open(error: OpenError) -> Refusal {
    match error {
        OpenError::WrongAddress => Refusal::WrongAddress,
        OpenError::UnknownKey => Refusal::UnknownKey,
        OpenError::NotOpened => Refusal::NotOpened,
        OpenError::BadProof | OpenError::NotSigned => Refusal::BadProof,
        OpenError::UnknownReport(_) => Refusal::UnknownReport,
        OpenError::Content(error) => refusal_of_bytes(error),
    }
}

pub(super) fn refusal_of_bytes(error: DecodeError) -> Refusal {
    match error {
        DecodeError::Malformed | DecodeError::Trailing => Refusal::Malformed,
        DecodeError::NotCanonical => Refusal::NotCanonical,
        DecodeError::TooLarge { .. } => Refusal::TooLarge,
        DecodeError::UnknownVersion(_) | DecodeError::Unknown(_) => Refusal::UnknownVersion,
    }
}

pub(super) const fn urgency_code(urgency: Urgency) -> i64 {
    match urgency {
        Urgency::P0 => 0,
        Urgency::P1 => 1,
        Urgency::P2 => 2,
        Urgency::P3 => 3,
        Urgency::P4 => 4,
    }
}

pub(super) const fn urgency_from(code: i64) -> Urgency {
    match code {
        0 => Urgency::P0,
        1 => Urgency::P1,
        2 => Urgency::P2,
        3 => Urgency::P3,
        _ => Urgency::P4,
    }
}

pub(super) const fn level_code(level: Level) -> i64 {
    match level {
        Level::Grey => 0,
        Level::Yellow => 1,
        Level::Orange => 2,
        Level::Red => 3,
    }
}

pub(super) const fn level_from(code: i64) -> Level {
    match code {
        0 => Level::Grey,
        1 => Level::Yellow,
        2 => Level::Orange,
        _ => Level::Red,
    }
}

pub(super) const fn role_code(role: Role) -> i64 {
    match role {
        Role::Counsellor => 1,
        Role::Administrator => 2,
    }
}

/// What is not known may do the least.
pub(super) const fn role_from(code: i64) -> Role {
    match code {
        2 => Role::Administrator,
        _ => Role::Counsellor,
    }
}

const TEXT: i64 = 0;
const BOOL: i64 = 1;
const NUMBER: i64 = 2;

pub(super) fn scalar_to_stored(scalar: Scalar) -> (i64, Stored) {
    match scalar {
        Scalar::Str(text) => (TEXT, Stored::Text(text)),
        Scalar::Bool(yes) => (BOOL, Stored::Integer(i64::from(yes))),
        Scalar::Int(number) => (NUMBER, Stored::Integer(number)),
    }
}

pub(super) fn scalar_from_stored(kind: i64, value: ValueRef<'_>) -> Option<Scalar> {
    match (kind, value) {
        (TEXT, ValueRef::Text(text)) => {
            Some(Scalar::Str(String::from_utf8_lossy(text).into_owned()))
        }
        (BOOL, ValueRef::Integer(number)) => Some(Scalar::Bool(number != 0)),
        (NUMBER, ValueRef::Integer(number)) => Some(Scalar::Int(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_reads_back() {
        let refusals = Refusal::ALL
            .iter()
            .map(|refusal| Outcome::Quarantined(*refusal));
        let others = [
            Outcome::Merged,
            Outcome::Waiting,
            Outcome::SendRawChange,
            Outcome::Quarantined(Refusal::Other(250)),
        ];
        for outcome in refusals.chain(others) {
            assert_eq!(outcome_from(outcome_code(outcome)), outcome);
        }
    }

    #[test]
    fn the_store_sorts_what_is_most_urgent_first() {
        let codes = Urgency::ALL.map(urgency_code);
        assert!(codes.is_sorted());
        assert_eq!(codes.map(urgency_from), Urgency::ALL);
    }
}
