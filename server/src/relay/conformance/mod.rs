//! What every [`LogStore`] must keep to, as a suite that runs against any.
//!
//! A rule gets a store of its own, does to it what a relay would, and says what
//! it saw. The suite is part of the library so that the next store, wherever it
//! is built, runs the same one.

mod concurrent;
mod forgetting;
mod single;

use std::sync::Arc;

use loive_protocol::{Address, EnvelopeId};

use super::store::{LogStore, NewEnvelope, StoreError, StoredEnvelope, Write, Written};

/// Makes an empty store for one rule.
pub type Make<'a> = &'a dyn Fn() -> Arc<dyn LogStore>;

/// A rule that a store breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rule}: {what}")]
pub struct Violation {
    /// The rule.
    pub rule: &'static str,
    /// What was seen instead.
    pub what: String,
}

/// Why a rule was not kept.
enum Broken {
    Store(StoreError),
    Seen(String),
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

type Checked = Result<(), Broken>;
type Rule = fn(&dyn LogStore) -> Checked;

const RULES: &[(&str, Rule)] = &[
    (
        "sequences rise in the order of a batch",
        single::sequences_rise,
    ),
    (
        "an envelope is there once, however often it is appended",
        single::appending_is_idempotent,
    ),
    (
        "what is committed is read at once",
        single::committed_is_visible,
    ),
    ("addresses do not mix", single::addresses_do_not_mix),
    (
        "a page keeps to its budget and always moves on",
        single::pages_keep_to_their_budget,
    ),
    (
        "a locker is kept, and only its token erases it",
        single::lockers,
    ),
    (
        "lockers are limited in number and time",
        single::lockers_are_limited,
    ),
    (
        "a later list of certificates replaces an earlier one",
        single::certificates,
    ),
    (
        "a release is handed out when it is whole, and no earlier one after it",
        single::releases,
    ),
    (
        "nothing is forgotten before it was acknowledged long enough",
        forgetting::acknowledged_only,
    ),
    (
        "answers are forgotten by their age",
        forgetting::answers_by_age,
    ),
    (
        "sequences are not used again",
        forgetting::sequences_are_not_reused,
    ),
    (
        "a new log has a new id and the same envelopes",
        forgetting::new_log,
    ),
    (
        "a cursor never skips a late commit",
        concurrent::cursors_never_skip,
    ),
    (
        "writers at the same time store one envelope once",
        concurrent::one_envelope_once,
    ),
];

/// Runs every rule; the first that is broken is the error.
pub fn run(make: Make<'_>) -> Result<(), Violation> {
    for (rule, check) in RULES {
        check(&*make()).map_err(|broken| Violation {
            rule,
            what: match broken {
                Broken::Store(error) => error.to_string(),
                Broken::Seen(what) => what,
            },
        })?;
    }
    Ok(())
}

const INBOX: Address = Address::from_bytes([1; 32]);
const MAILBOX: Address = Address::from_bytes([2; 32]);
/// Larger than anything that the suite appends.
const EVERYTHING: usize = 1 << 30;

fn expect(kept: bool, what: impl FnOnce() -> String) -> Checked {
    if kept {
        Ok(())
    } else {
        Err(Broken::Seen(what()))
    }
}

fn envelope(address: Address, number: u32, length: usize) -> NewEnvelope {
    let mut id = [0_u8; 32];
    for (to, from) in id.iter_mut().zip(number.to_be_bytes()) {
        *to = from;
    }
    NewEnvelope {
        address,
        id: EnvelopeId::from_bytes(id),
        bytes: id.iter().copied().cycle().take(length).collect(),
        received_at: 1_000,
    }
}

fn append(store: &dyn LogStore, envelope: NewEnvelope) -> Result<(u64, bool), Broken> {
    let committed = store.commit(&[Write::Append(envelope)])?;
    match committed.written.as_slice() {
        [Written::Appended { sequence, fresh }] => Ok((*sequence, *fresh)),
        other => Err(Broken::Seen(format!(
            "one append was answered by {other:?}"
        ))),
    }
}

fn read_all(store: &dyn LogStore, address: &Address) -> Result<Vec<StoredEnvelope>, Broken> {
    Ok(store.read(address, 0, EVERYTHING, usize::MAX)?.envelopes)
}

fn sequences(envelopes: &[StoredEnvelope]) -> Vec<u64> {
    envelopes.iter().map(|envelope| envelope.sequence).collect()
}
