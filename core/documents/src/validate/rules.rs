//! Which keys a document may have, and what they take.

use loive_protocol::Refusal;

use super::chunk::{Actor, Chunk, Operation, Scalar};
use super::limits::{TIME_MAX_SECONDS, UNKNOWN_KEYS_MAX_COUNT};
use crate::form::Form;
use crate::keys;

/// Whose document a change is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Side {
    Report,
    Thread,
    Library,
}

/// What a change of one kind of document may write. The same on phone and
/// desk.
#[derive(Clone, Debug)]
pub struct Rules {
    side: Side,
    first_actor: Option<Actor>,
    only_visits: bool,
}

impl Rules {
    /// For a report: form fields, messages, `withdrawn`, and a bounded number
    /// of keys that a newer version may know.
    pub const fn report() -> Self {
        Self {
            side: Side::Report,
            first_actor: None,
            only_visits: false,
        }
    }

    /// For what somebody says beside a proposal for the library: messages and
    /// `withdrawn`, and nothing of a report.
    pub const fn proposal() -> Self {
        Self {
            only_visits: true,
            ..Self::report()
        }
    }

    /// For the hotline's thread: `opened`, `read`, `closed`,
    /// `withdrawn_seen`, `accepted`, `declined`, messages, and a bounded number of
    /// others.
    pub const fn thread() -> Self {
        Self {
            side: Side::Thread,
            first_actor: None,
            only_visits: false,
        }
    }

    /// For an item of the library: strings, under any key.
    pub const fn library() -> Self {
        Self {
            side: Side::Library,
            first_actor: None,
            only_visits: false,
        }
    }

    /// Binds a report to its seed: the first change, and no other, is written
    /// by `actor`, the one derived from the seed. Somebody who came back by a
    /// receipt may begin with messages and a withdrawal, under another actor.
    #[must_use]
    pub const fn with_first_actor(mut self, actor: Actor) -> Self {
        self.first_actor = Some(actor);
        self
    }

    pub(crate) fn is_known(&self, key: &str) -> bool {
        if self.side == Side::Library {
            return true;
        }
        if keys::message_written_at(key).is_some() || is_time(self.side, key) {
            return true;
        }
        match self.side {
            Side::Thread | Side::Library => false,
            Side::Report => {
                matches!(key, keys::FORM | keys::FORM_VERSION)
                    || Form::suspicion_report().field(key).is_some()
            }
        }
    }

    pub(crate) fn check(&self, chunk: &Chunk<'_>) -> Result<(), Refusal> {
        if chunk.dependencies.is_empty() && (chunk.sequence != 1 || chunk.start != 1) {
            return Err(Refusal::BadCounter);
        }
        self.check_actor(chunk)?;
        let mut unknown = 0_usize;
        for operation in &chunk.operations {
            if self.only_visits && !is_visitors_key(operation.key) {
                return Err(Refusal::SchemaPath);
            }
            self.check_operation(operation)?;
            if !self.is_known(operation.key) {
                unknown += 1;
            }
        }
        if unknown > UNKNOWN_KEYS_MAX_COUNT {
            return Err(Refusal::SchemaPath);
        }
        if self.side == Side::Library {
            return Ok(());
        }
        messages_are_written_once(chunk)
    }

    fn check_actor(&self, chunk: &Chunk<'_>) -> Result<(), Refusal> {
        let Some(first) = self.first_actor else {
            return Ok(());
        };
        let is_root = chunk.dependencies.is_empty();
        let fits = if chunk.actor == first {
            is_root && chunk.time == 0 && !is_visit(chunk)
        } else {
            !is_root || is_visit(chunk)
        };
        if fits {
            Ok(())
        } else {
            Err(Refusal::WrongActor)
        }
    }

    fn check_operation(&self, operation: &Operation<'_>) -> Result<(), Refusal> {
        let fits = match operation.value {
            Some(value) if self.side == Side::Library => matches!(value, Scalar::Text(_)),
            None if self.side == Side::Library => true,
            None => keys::message_written_at(operation.key).is_none(),
            Some(value) if keys::message_written_at(operation.key).is_some() => {
                // What was said stays said: nobody's screen changes afterwards.
                operation.predecessors.is_empty() && matches!(value, Scalar::Text(_))
            }
            Some(value) if is_time(self.side, operation.key) => is_seconds(value),
            Some(_) => true,
        };
        if fits { Ok(()) } else { Err(Refusal::BadValue) }
    }
}

/// Whether a change is the first of somebody who came back by a receipt. They
/// hold the report's seed and none of its changes, so theirs depends on
/// nothing; and all that they can say is a message, or that they take the
/// report back.
pub(crate) fn is_visit(chunk: &Chunk<'_>) -> bool {
    chunk.dependencies.is_empty()
        && chunk
            .operations
            .iter()
            .all(|operation| operation.value.is_some() && is_visitors_key(operation.key))
}

/// A key of a report that needs no first change.
pub(crate) fn is_visitors_key(key: &str) -> bool {
    key == keys::WITHDRAWN || keys::message_written_at(key).is_some()
}

fn is_time(side: Side, key: &str) -> bool {
    match side {
        Side::Report => key == keys::WITHDRAWN,
        Side::Thread => matches!(
            key,
            keys::OPENED
                | keys::READ
                | keys::CLOSED
                | keys::WITHDRAWN_SEEN
                | keys::ACCEPTED
                | keys::DECLINED
        ),
        Side::Library => false,
    }
}

fn is_seconds(value: Scalar<'_>) -> bool {
    let seconds = match value {
        Scalar::Signed(seconds) => u64::try_from(seconds).ok(),
        Scalar::Unsigned(seconds) => Some(seconds),
        _ => None,
    };
    seconds.is_some_and(|seconds| seconds <= TIME_MAX_SECONDS)
}

fn messages_are_written_once(chunk: &Chunk<'_>) -> Result<(), Refusal> {
    let mut messages: Vec<&str> = chunk
        .operations
        .iter()
        .map(|operation| operation.key)
        .filter(|key| keys::message_written_at(key).is_some())
        .collect();
    let count = messages.len();
    messages.sort_unstable();
    messages.dedup();
    if messages.len() == count {
        Ok(())
    } else {
        Err(Refusal::BadValue)
    }
}
