//! What a report and a thread have in common: an Automerge document that takes
//! change by change, and keeps each change as one row.

use std::collections::BTreeMap;

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, Change, ROOT, ReadDoc, ScalarValue};
use loive_protocol::Refusal;

use crate::history::{History, Place};
use crate::keys;
use crate::loader::Loader;
use crate::validate::limits::{
    MESSAGE_MAX_CHARS, TIME_MAX_SECONDS, WAITING_MAX_BYTES, WAITING_MAX_COUNT,
};
use crate::validate::{self, Actor, ChangeHash, Chunk, Rules};
use crate::value::Scalar;

/// What became of a change that was not refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It is part of the document now.
    New,
    /// It was part of the document, or was waiting, already.
    Known,
    /// It depends on a change that is not here. It is kept, and applied when
    /// the other arrives.
    Waiting,
}

/// A change that had waited and has been decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Released {
    /// Which change.
    pub hash: ChangeHash,
    /// `None` if it has been applied, else why not.
    pub refusal: Option<Refusal>,
}

/// A row that could not be loaded. The row stays where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DamagedRow {
    /// Its place among the rows that were given, from 0.
    pub index: usize,
    /// Why it was not taken.
    pub refusal: Refusal,
}

/// No document could be made of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("none of {rows} stored changes could be read")]
pub struct LoadError {
    /// How many rows there were.
    pub rows: usize,
    /// Why the first of them was not taken.
    pub first: Refusal,
}

/// Why something was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The document has no first change yet.
    #[error("the first change is not here")]
    NotStarted,
    /// The actor belongs to the first change, or to an earlier life of this
    /// store: take a fresh one.
    #[error("the actor is taken")]
    WrongActor,
    /// The form has no such field.
    #[error("no such field")]
    UnknownField,
    /// The value does not fit its field.
    #[error("the value does not fit its field")]
    BadValue,
    /// A message without words.
    #[error("nothing was written")]
    Empty,
    /// Longer than a message may be.
    #[error("{found} characters, at most {limit}")]
    TooLong {
        /// How many characters are allowed.
        limit: usize,
        /// How many there were.
        found: usize,
    },
    /// The document has as many changes as it may have.
    #[error("the document is full")]
    Full,
    /// A bug: the change would have been refused.
    #[error("the change would be refused: {0:?}")]
    Internal(Refusal),
}

struct Waiting {
    raw: Vec<u8>,
    actor: Actor,
    dependencies: Vec<ChangeHash>,
}

/// An edit of one key: put a scalar, or delete.
pub(crate) type Edit<'a> = (&'a str, Option<Scalar>);

pub(crate) struct Document {
    rules: Rules,
    single_first: bool,
    automerge: Automerge,
    history: History,
    rows: Vec<Vec<u8>>,
    waiting: BTreeMap<ChangeHash, Waiting>,
    waiting_bytes: usize,
    released: Vec<Released>,
    damaged: Vec<DamagedRow>,
}

impl Document {
    /// An empty document. With `single_first` it takes one change without
    /// dependencies and no second, visits not counted.
    pub(crate) fn new(rules: Rules, single_first: bool) -> Self {
        Self {
            rules,
            single_first,
            automerge: Automerge::new(),
            history: History::default(),
            rows: Vec::new(),
            waiting: BTreeMap::new(),
            waiting_bytes: 0,
            released: Vec::new(),
            damaged: Vec::new(),
        }
    }

    /// Takes rows in any order, and gives them to Automerge all at once. A row
    /// that cannot be taken does not cost the others.
    pub(crate) fn load<'a>(
        mut self,
        rows: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Self, LoadError> {
        let mut loader = Loader::default();
        for (index, raw) in rows.into_iter().enumerate() {
            match validate::checked(raw, &self.rules) {
                Ok(chunk) => loader.add(index, raw, chunk),
                Err(refusal) => self.damaged.push(DamagedRow { index, refusal }),
            }
        }
        let mut changes = Vec::new();
        while let Some(row) = loader.next_ready() {
            match self.note(&row.chunk, row.raw) {
                Ok(change) => {
                    changes.push(change);
                    loader.arrived(&row.chunk.hash);
                }
                Err(refusal) => self.damaged.push(DamagedRow {
                    index: row.index,
                    refusal,
                }),
            }
        }
        for row in loader.into_rest() {
            self.keep_waiting(&row.chunk, row.raw);
        }
        let applied = self.automerge.apply_changes(changes);
        self.damaged.sort_unstable_by_key(|damaged| damaged.index);
        match self.damaged.first() {
            Some(damaged) if self.rows.is_empty() && self.waiting.is_empty() => Err(LoadError {
                rows: self.damaged.len(),
                first: damaged.refusal,
            }),
            _ if applied.is_err() => Err(LoadError {
                rows: self.rows.len(),
                first: Refusal::Malformed,
            }),
            _ => Ok(self),
        }
    }

    /// Notes a change whose dependencies are here, for Automerge to apply.
    fn note(&mut self, chunk: &Chunk<'_>, raw: &[u8]) -> Result<Change, Refusal> {
        let Place::Ready(ready) = self.judge(chunk, raw.len())? else {
            return Err(Refusal::MissingDependency);
        };
        let change = Change::from_bytes(raw.to_vec()).map_err(|_| Refusal::Malformed)?;
        self.history.insert(chunk, raw.len(), ready);
        self.rows.push(raw.to_vec());
        Ok(change)
    }

    fn judge(&self, chunk: &Chunk<'_>, bytes: usize) -> Result<Place, Refusal> {
        let is_second_first = self.single_first
            && chunk.dependencies.is_empty()
            && !validate::is_visit(chunk)
            && self.history.first_actor().is_some()
            && !self.history.contains(&chunk.hash);
        if is_second_first {
            return Err(Refusal::DuplicateFirst);
        }
        self.history.place(chunk, bytes)
    }

    pub(crate) fn apply(&mut self, raw: &[u8]) -> Result<Applied, Refusal> {
        let chunk = validate::checked(raw, &self.rules)?;
        let applied = self.take(&chunk, raw)?;
        if applied == Applied::New {
            self.release();
        }
        Ok(applied)
    }

    fn take(&mut self, chunk: &Chunk<'_>, raw: &[u8]) -> Result<Applied, Refusal> {
        if self.waiting.contains_key(&chunk.hash) {
            return Ok(Applied::Known);
        }
        match self.judge(chunk, raw.len())? {
            Place::Known => Ok(Applied::Known),
            Place::Waiting => self.wait(chunk, raw),
            Place::Ready(ready) => {
                let change = Change::from_bytes(raw.to_vec()).map_err(|_| Refusal::Malformed)?;
                self.automerge
                    .apply_changes([change])
                    .map_err(|_| Refusal::Malformed)?;
                self.history.insert(chunk, raw.len(), ready);
                self.rows.push(raw.to_vec());
                Ok(Applied::New)
            }
        }
    }

    fn wait(&mut self, chunk: &Chunk<'_>, raw: &[u8]) -> Result<Applied, Refusal> {
        let bytes = self.waiting_bytes.saturating_add(raw.len());
        if self.waiting.len() >= WAITING_MAX_COUNT || bytes > WAITING_MAX_BYTES {
            return Err(Refusal::TooManyChanges);
        }
        self.keep_waiting(chunk, raw);
        Ok(Applied::Waiting)
    }

    fn keep_waiting(&mut self, chunk: &Chunk<'_>, raw: &[u8]) {
        self.waiting_bytes = self.waiting_bytes.saturating_add(raw.len());
        self.waiting.insert(
            chunk.hash,
            Waiting {
                raw: raw.to_vec(),
                actor: chunk.actor,
                dependencies: chunk.dependencies.clone(),
            },
        );
    }

    /// Applies whatever waited only for what is here now.
    fn release(&mut self) {
        while let Some(hash) = self.next_released() {
            let Some(waiting) = self.waiting.remove(&hash) else {
                return;
            };
            self.waiting_bytes = self.waiting_bytes.saturating_sub(waiting.raw.len());
            let outcome = validate::checked(&waiting.raw, &self.rules)
                .and_then(|chunk| self.take(&chunk, &waiting.raw));
            self.released.push(Released {
                hash,
                refusal: outcome.err(),
            });
        }
    }

    fn next_released(&self) -> Option<ChangeHash> {
        self.waiting
            .iter()
            .find(|(_, waiting)| {
                waiting
                    .dependencies
                    .iter()
                    .all(|dependency| self.history.contains(dependency))
            })
            .map(|(hash, _)| *hash)
    }

    /// Writes `edits` as one change; `None` if they change nothing.
    pub(crate) fn write(
        &mut self,
        edits: &[Edit<'_>],
        actor: Actor,
        time: u64,
    ) -> Result<Option<Vec<u8>>, WriteError> {
        self.check_writer(&actor, edits)?;
        let Some(raw) = self.commit(edits, actor, time) else {
            return Ok(None);
        };
        let noted = validate::checked(&raw, &self.rules).and_then(|chunk| self.note(&chunk, &raw));
        if let Err(refusal) = noted {
            self.forget_last_write();
            return Err(match refusal {
                Refusal::TooManyChanges => WriteError::Full,
                other => WriteError::Internal(other),
            });
        }
        Ok(Some(raw))
    }

    fn check_writer(&self, actor: &Actor, edits: &[Edit<'_>]) -> Result<(), WriteError> {
        if self.single_first {
            let is_visit = edits
                .iter()
                .all(|(key, scalar)| scalar.is_some() && validate::is_visitors_key(key));
            match self.history.first_actor() {
                None if is_visit => {}
                None => return Err(WriteError::NotStarted),
                Some(first) if first == actor => return Err(WriteError::WrongActor),
                Some(_) => {}
            }
        }
        // A change of this actor that came from outside and is ahead of us was
        // written by an earlier life of this store.
        let ahead = self.waiting.values().any(|waiting| waiting.actor == *actor);
        if ahead {
            return Err(WriteError::WrongActor);
        }
        Ok(())
    }

    fn commit(&mut self, edits: &[Edit<'_>], actor: Actor, time: u64) -> Option<Vec<u8>> {
        let edits: Vec<_> = edits
            .iter()
            .filter(|(key, scalar)| scalar.is_some() || !self.scalars(key).is_empty())
            .collect();
        self.automerge.set_actor(ActorId::from(actor));
        let mut transaction = self.automerge.transaction();
        for (key, scalar) in edits {
            let done = match scalar {
                Some(scalar) => transaction.put(ROOT, *key, to_automerge(scalar)),
                None => transaction.delete(ROOT, *key),
            };
            done.expect("a scalar can always be put at the root map");
        }
        let time = i64::try_from(time.min(TIME_MAX_SECONDS)).unwrap_or_default();
        let (hash, _) = transaction.commit_with(CommitOptions::default().with_time(time));
        let change = self.automerge.get_change_by_hash(&hash?)?;
        Some(change.raw_bytes().to_vec())
    }

    /// Back to what the rows say.
    fn forget_last_write(&mut self) {
        let mut automerge = Automerge::new();
        let changes: Vec<Change> = self
            .rows
            .iter()
            .filter_map(|raw| Change::from_bytes(raw.clone()).ok())
            .collect();
        automerge
            .apply_changes(changes)
            .expect("rows of this document were applied before");
        self.automerge = automerge;
    }

    /// Writes a message under a key of its own.
    pub(crate) fn write_message(
        &mut self,
        text: &str,
        actor: Actor,
        time: u64,
        nonce: [u8; 4],
    ) -> Result<Vec<u8>, WriteError> {
        if text.trim().is_empty() {
            return Err(WriteError::Empty);
        }
        let found = text.chars().count();
        if found > MESSAGE_MAX_CHARS {
            return Err(WriteError::TooLong {
                limit: MESSAGE_MAX_CHARS,
                found,
            });
        }
        let key = self.free_message_key(time, nonce);
        let edit = (key.as_str(), Some(Scalar::Str(text.to_owned())));
        self.write(&[edit], actor, time)?
            .ok_or(WriteError::Internal(Refusal::DuplicateSequence))
    }

    /// Two messages of one second that drew the same nonce stay apart.
    fn free_message_key(&self, time: u64, nonce: [u8; 4]) -> String {
        let time = time.min(keys::MESSAGE_MAX_SECONDS);
        let mut nonce = u32::from_be_bytes(nonce);
        loop {
            let key = keys::message(time, nonce.to_be_bytes());
            if self.scalars(&key).is_empty() {
                return key;
            }
            nonce = nonce.wrapping_add(1);
        }
    }

    /// Keys of the root map, sorted.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.automerge.keys(ROOT).collect()
    }

    /// The values that stand at `key`: more than one where people disagree.
    /// The last one is Automerge's choice, the same everywhere.
    pub(crate) fn scalars(&self, key: &str) -> Vec<Scalar> {
        let all = self.automerge.get_all(ROOT, key).unwrap_or_default();
        all.iter()
            .filter_map(|(value, _)| value.as_scalar().and_then(from_automerge))
            .collect()
    }

    /// The times that stand at `key`, in seconds, earliest first.
    pub(crate) fn seconds(&self, key: &str) -> Vec<u64> {
        let mut seconds: Vec<u64> = self
            .scalars(key)
            .into_iter()
            .filter_map(|scalar| match scalar {
                Scalar::Int(seconds) => u64::try_from(seconds).ok(),
                Scalar::Str(_) | Scalar::Bool(_) => None,
            })
            .collect();
        seconds.sort_unstable();
        seconds
    }

    pub(crate) fn heads(&self) -> Vec<ChangeHash> {
        self.history.heads()
    }

    pub(crate) fn contains(&self, hash: &ChangeHash) -> bool {
        self.history.contains(hash)
    }

    pub(crate) fn changes(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.rows.iter().map(Vec::as_slice)
    }

    pub(crate) fn waiting(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.waiting.values().map(|waiting| waiting.raw.as_slice())
    }

    pub(crate) fn take_released(&mut self) -> Vec<Released> {
        core::mem::take(&mut self.released)
    }

    pub(crate) fn damaged(&self) -> &[DamagedRow] {
        &self.damaged
    }

    /// The whole document in Automerge's own file format.
    pub(crate) fn save(&self) -> Vec<u8> {
        self.automerge.save()
    }
}

fn to_automerge(scalar: &Scalar) -> ScalarValue {
    match scalar {
        Scalar::Str(text) => ScalarValue::Str(text.as_str().into()),
        Scalar::Bool(yes) => ScalarValue::Boolean(*yes),
        Scalar::Int(number) => ScalarValue::Int(*number),
    }
}

/// Null stands for no answer, and a time of another writer for its number.
fn from_automerge(scalar: &ScalarValue) -> Option<Scalar> {
    match scalar {
        ScalarValue::Str(text) => Some(Scalar::Str(text.to_string())),
        ScalarValue::Boolean(yes) => Some(Scalar::Bool(*yes)),
        ScalarValue::Int(number) | ScalarValue::Timestamp(number) => Some(Scalar::Int(*number)),
        ScalarValue::Uint(number) => i64::try_from(*number).ok().map(Scalar::Int),
        _ => None,
    }
}
