//! What a document has taken so far, and whether the next change fits.
//!
//! Automerge trusts that a change's sequence follows the last one, that every
//! actor it names is known and that its predecessors exist; otherwise it
//! panics or stores nonsense. All of that is checked here, against what the
//! change itself says that it depends on, so that the order of arrival does
//! not change the judgement.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use loive_protocol::Refusal;

use crate::validate::limits::{
    COUNTER_GAP_MAX_OPERATIONS, COUNTER_MAX_OPERATIONS, DOCUMENT_ACTORS_MAX_COUNT,
    DOCUMENT_CHANGES_MAX_COUNT, DOCUMENT_MAX_BYTES,
};
use crate::validate::{Actor, ChangeHash, Chunk, OperationId, is_visit};

/// For each actor of the document, in order of arrival, how many of its
/// changes a change has seen.
type Clock = Vec<u32>;

struct Entry {
    clock: Clock,
    /// Counter of its last operation.
    last: u64,
}

/// One change of one actor.
struct Written {
    /// Counter of its first operation.
    first: u64,
    /// The key of each put; none for a delete.
    keys: Vec<Option<Arc<str>>>,
}

/// Where a change belongs.
pub(crate) enum Place {
    /// It is in the document already.
    Known,
    /// Something that it depends on is missing.
    Waiting,
    /// It can be applied now.
    Ready(Ready),
}

/// Proof that a change fits, to be handed back when it has been applied.
pub(crate) struct Ready {
    clock: Clock,
}

#[derive(Default)]
pub(crate) struct History {
    changes: HashMap<ChangeHash, Entry>,
    actors: BTreeMap<Actor, usize>,
    written: Vec<Vec<Written>>,
    keys: BTreeSet<Arc<str>>,
    heads: BTreeSet<ChangeHash>,
    /// Who wrote the first change, visits not counted.
    first_actor: Option<Actor>,
    bytes: usize,
}

impl History {
    pub(crate) fn contains(&self, hash: &ChangeHash) -> bool {
        self.changes.contains_key(hash)
    }

    /// Changes that no other change depends on, sorted.
    pub(crate) fn heads(&self) -> Vec<ChangeHash> {
        self.heads.iter().copied().collect()
    }

    /// Who wrote the first change, once it is here. Visits are none.
    pub(crate) fn first_actor(&self) -> Option<&Actor> {
        self.first_actor.as_ref()
    }

    fn has_room(&self, more_bytes: usize) -> bool {
        self.changes.len() < DOCUMENT_CHANGES_MAX_COUNT
            && self.bytes.saturating_add(more_bytes) <= DOCUMENT_MAX_BYTES
    }

    /// Judges where `chunk`, of `bytes` bytes, belongs.
    pub(crate) fn place(&self, chunk: &Chunk<'_>, bytes: usize) -> Result<Place, Refusal> {
        if self.contains(&chunk.hash) {
            return Ok(Place::Known);
        }
        let taken = self.count_of(&chunk.actor);
        if chunk.sequence <= taken {
            return Err(Refusal::DuplicateSequence);
        }
        if !chunk.dependencies.iter().all(|hash| self.contains(hash)) {
            return Ok(Place::Waiting);
        }
        let mut clock = Clock::new();
        let mut seen = 0_u64;
        for entry in chunk
            .dependencies
            .iter()
            .filter_map(|hash| self.changes.get(hash))
        {
            join(&mut clock, &entry.clock);
            seen = seen.max(entry.last);
        }
        if chunk.sequence != taken + 1 || self.count_in(&clock, &chunk.actor) != taken {
            return Err(Refusal::BadCounter);
        }
        let highest = (seen + 1 + COUNTER_GAP_MAX_OPERATIONS).min(COUNTER_MAX_OPERATIONS);
        if chunk.start <= seen || chunk.start > highest {
            return Err(Refusal::BadCounter);
        }
        let all_known = chunk
            .other_actors
            .iter()
            .all(|actor| self.count_in(&clock, actor) > 0);
        if !all_known {
            return Err(Refusal::WrongActor);
        }
        self.check_predecessors(chunk, &clock)?;
        self.check_room(chunk, bytes)?;
        Ok(Place::Ready(Ready { clock }))
    }

    /// Notes that `chunk` has been applied.
    pub(crate) fn insert(&mut self, chunk: &Chunk<'_>, bytes: usize, ready: Ready) {
        let next = self.actors.len();
        let actor = *self.actors.entry(chunk.actor).or_insert(next);
        let mut clock = ready.clock;
        if clock.len() <= actor {
            clock.resize(actor + 1, 0);
        }
        if let Some(count) = clock.get_mut(actor) {
            *count = count.saturating_add(1);
        }
        let keys = chunk
            .operations
            .iter()
            .map(|operation| operation.value.map(|_| self.intern(operation.key)))
            .collect();
        if self.written.len() <= actor {
            self.written.resize_with(actor + 1, Vec::new);
        }
        if let Some(written) = self.written.get_mut(actor) {
            written.push(Written {
                first: chunk.start,
                keys,
            });
        }
        if chunk.dependencies.is_empty() && !is_visit(chunk) {
            self.first_actor.get_or_insert(chunk.actor);
        }
        for hash in &chunk.dependencies {
            self.heads.remove(hash);
        }
        self.heads.insert(chunk.hash);
        self.bytes = self.bytes.saturating_add(bytes);
        self.changes.insert(
            chunk.hash,
            Entry {
                clock,
                last: chunk.last(),
            },
        );
    }

    fn intern(&mut self, key: &str) -> Arc<str> {
        if let Some(known) = self.keys.get(key) {
            return Arc::clone(known);
        }
        let new: Arc<str> = Arc::from(key);
        self.keys.insert(Arc::clone(&new));
        new
    }

    /// How many changes of `actor` are in the document.
    fn count_of(&self, actor: &Actor) -> u64 {
        self.written_by(actor)
            .map_or(0, |written| written.len() as u64)
    }

    fn written_by(&self, actor: &Actor) -> Option<&Vec<Written>> {
        self.actors
            .get(actor)
            .and_then(|index| self.written.get(*index))
    }

    /// How many changes of `actor` a clock has seen.
    fn count_in(&self, clock: &Clock, actor: &Actor) -> u64 {
        self.actors
            .get(actor)
            .and_then(|index| clock.get(*index))
            .map_or(0, |count| u64::from(*count))
    }

    fn check_room(&self, chunk: &Chunk<'_>, bytes: usize) -> Result<(), Refusal> {
        let too_many_actors = self.actors.len() >= DOCUMENT_ACTORS_MAX_COUNT
            && !self.actors.contains_key(&chunk.actor);
        if too_many_actors || !self.has_room(bytes) {
            return Err(Refusal::TooManyChanges);
        }
        Ok(())
    }

    /// Every predecessor is a put at the same key, in what the change depends
    /// on or earlier in the change itself.
    fn check_predecessors(&self, chunk: &Chunk<'_>, clock: &Clock) -> Result<(), Refusal> {
        for operation in &chunk.operations {
            for id in &operation.predecessors {
                if !self.is_put_at(chunk, clock, id, operation.key) {
                    return Err(Refusal::MissingDependency);
                }
            }
        }
        Ok(())
    }

    fn is_put_at(&self, chunk: &Chunk<'_>, clock: &Clock, id: &OperationId, key: &str) -> bool {
        if id.actor == 0 && id.counter >= chunk.start {
            return usize::try_from(id.counter - chunk.start)
                .ok()
                .and_then(|index| chunk.operations.get(index))
                .is_some_and(|operation| operation.value.is_some() && operation.key == key);
        }
        let Some(actor) = chunk.actor_at(id.actor) else {
            return false;
        };
        let Some(written) = self.written_by(actor) else {
            return false;
        };
        let after = written.partition_point(|written| written.first <= id.counter);
        let Some(index) = after.checked_sub(1) else {
            return false;
        };
        let was_seen = (index as u64) < self.count_in(clock, actor);
        let put = written.get(index).and_then(|written| {
            let offset = usize::try_from(id.counter - written.first).ok()?;
            written.keys.get(offset)?.as_deref()
        });
        was_seen && put == Some(key)
    }
}

fn join(clock: &mut Clock, other: &Clock) {
    if clock.len() < other.len() {
        clock.resize(other.len(), 0);
    }
    for (count, other) in clock.iter_mut().zip(other) {
        *count = (*count).max(*other);
    }
}
