//! One uncompressed Automerge change chunk, read by our own total parser.
//!
//! The layout is that of Automerge's binary format: magic, checksum, type,
//! length; dependencies, actor, sequence, first counter, time, message, other
//! actors; column table; column data. Whatever is not a put of a scalar or a
//! delete at a text key of the root map is refused here, before Automerge sees
//! a byte of it.

use std::collections::BTreeSet;

use loive_protocol::Refusal;
use sha2::{Digest, Sha256};

use super::column;
use super::limits::{
    ACTOR_BYTES, CHANGE_MAX_BYTES, COLUMNS_MAX_COUNT, COMMIT_MESSAGE_MAX_BYTES,
    COUNTER_MAX_OPERATIONS, DEPENDENCIES_MAX_COUNT, KEY_MAX_BYTES, OPERATIONS_MAX_COUNT,
    OTHER_ACTORS_MAX_COUNT, PREDECESSORS_MAX_COUNT, SEQUENCE_MAX_CHANGES, TIME_MAX_SECONDS,
    VALUE_MAX_BYTES,
};
use super::reader::Reader;
use crate::encode;

/// First bytes of every Automerge chunk.
pub(crate) const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
/// Chunk type of an uncompressed change.
pub(crate) const CHANGE_CHUNK: u8 = 1;

/// Column specifications: id × 16 + type.
pub(crate) mod spec {
    pub(crate) const OBJECT_ACTOR: u32 = 1;
    pub(crate) const OBJECT_COUNTER: u32 = 2;
    pub(crate) const KEY_ACTOR: u32 = 17;
    pub(crate) const KEY_COUNTER: u32 = 19;
    pub(crate) const KEY: u32 = 21;
    pub(crate) const INSERT: u32 = 52;
    pub(crate) const ACTION: u32 = 66;
    pub(crate) const VALUE_META: u32 = 86;
    pub(crate) const VALUE: u32 = 87;
    pub(crate) const PRED_COUNT: u32 = 112;
    pub(crate) const PRED_ACTOR: u32 = 113;
    pub(crate) const PRED_COUNTER: u32 = 115;
    pub(crate) const EXPAND: u32 = 148;
    pub(crate) const MARK_NAME: u32 = 165;
}

pub(crate) const ACTION_PUT: u64 = 1;
pub(crate) const ACTION_DELETE: u64 = 3;

/// A hash of a change.
pub type ChangeHash = [u8; 32];
/// The id of a writer: one installation, or the seed for the first change.
pub type Actor = [u8; ACTOR_BYTES];

/// What an operation puts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scalar<'a> {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Text(&'a str),
    Timestamp(i64),
}

/// Names one operation: its counter, and its actor as an index into the table
/// (0 is the change's own).
#[derive(Clone, Copy)]
pub(crate) struct OperationId {
    pub(crate) counter: u64,
    pub(crate) actor: usize,
}

/// One put (`value` is some) or delete (`value` is none) at a key of the root.
pub(crate) struct Operation<'a> {
    pub(crate) key: &'a str,
    pub(crate) value: Option<Scalar<'a>>,
    pub(crate) predecessors: Vec<OperationId>,
}

/// A change that is well formed. Whether its keys and its place in a document
/// are allowed is judged elsewhere.
pub(crate) struct Chunk<'a> {
    pub(crate) hash: ChangeHash,
    pub(crate) dependencies: Vec<ChangeHash>,
    pub(crate) actor: Actor,
    pub(crate) other_actors: Vec<Actor>,
    pub(crate) sequence: u64,
    pub(crate) start: u64,
    pub(crate) time: u64,
    pub(crate) message: &'a str,
    pub(crate) operations: Vec<Operation<'a>>,
}

impl<'a> Chunk<'a> {
    /// Parses `raw`, which must be exactly one chunk.
    pub(crate) fn parse(raw: &'a [u8]) -> Result<Self, Refusal> {
        let (hash, body) = envelope(raw)?;
        let mut reader = Reader::new(body);
        let dependencies = dependencies(&mut reader)?;
        let actor = actor(&mut reader)?;
        let sequence = within(reader.unsigned()?, SEQUENCE_MAX_CHANGES)?;
        let start = within(reader.unsigned()?, COUNTER_MAX_OPERATIONS)?;
        let time = reader.signed()?;
        let time = u64::try_from(time)
            .ok()
            .filter(|time| *time <= TIME_MAX_SECONDS)
            .ok_or(Refusal::BadValue)?;
        let message = commit_message(&mut reader)?;
        let other_actors = other_actors(&mut reader, &actor)?;
        let columns = Columns::parse(&mut reader)?;
        if !reader.is_empty() {
            // Bytes behind the columns name an "author" to Automerge.
            return Err(Refusal::Malformed);
        }
        let operations = columns.operations(start, other_actors.len() + 1)?;
        let change = Self {
            hash,
            dependencies,
            actor,
            other_actors,
            sequence,
            start,
            time,
            message,
            operations,
        };
        change.check_order()?;
        if encode::body(&change) != body {
            return Err(Refusal::NotCanonical);
        }
        Ok(change)
    }

    /// The orders that Automerge writes: actors by their bytes and only those
    /// that are needed, predecessors by counter and actor.
    fn check_order(&self) -> Result<(), Refusal> {
        let mut needed = BTreeSet::new();
        for operation in &self.operations {
            let predecessors = &operation.predecessors;
            needed.extend(predecessors.iter().map(|id| id.actor));
            let by = |id: &OperationId| (id.counter, self.actor_at(id.actor));
            if !predecessors.is_sorted_by(|a, b| by(a) < by(b)) {
                return Err(Refusal::NotCanonical);
            }
        }
        needed.remove(&0);
        let all_needed = needed.len() == self.other_actors.len();
        if all_needed && self.other_actors.is_sorted() {
            Ok(())
        } else {
            Err(Refusal::NotCanonical)
        }
    }

    /// The counter of the last operation.
    pub(crate) fn last(&self) -> u64 {
        self.start + (self.operations.len() as u64).saturating_sub(1)
    }

    /// The actor that an index of an [`OperationId`] means.
    pub(crate) fn actor_at(&self, index: usize) -> Option<&Actor> {
        match index.checked_sub(1) {
            None => Some(&self.actor),
            Some(other) => self.other_actors.get(other),
        }
    }
}

/// Magic, checksum, type and length; gives the hash and what is inside.
fn envelope(raw: &[u8]) -> Result<(ChangeHash, &[u8]), Refusal> {
    if raw.len() > CHANGE_MAX_BYTES {
        return Err(Refusal::TooLarge);
    }
    let mut reader = Reader::new(raw);
    let magic: [u8; 4] = reader.array()?;
    let checksum: [u8; 4] = reader.array()?;
    let hashed = reader.rest();
    let kind = reader.byte()?;
    if magic != MAGIC || kind != CHANGE_CHUNK {
        return Err(Refusal::Malformed);
    }
    let length = reader.length()?;
    let body = reader.take(length)?;
    if !reader.is_empty() {
        return Err(Refusal::Malformed);
    }
    let hash: ChangeHash = Sha256::digest(hashed).into();
    if hash.first_chunk() != Some(&checksum) {
        return Err(Refusal::Malformed);
    }
    Ok((hash, body))
}

fn within(value: u64, most: u64) -> Result<u64, Refusal> {
    if value == 0 || value > most {
        return Err(Refusal::BadCounter);
    }
    Ok(value)
}

fn count(reader: &mut Reader<'_>, most: usize) -> Result<usize, Refusal> {
    let count = reader.length()?;
    if count > most {
        return Err(Refusal::TooLarge);
    }
    Ok(count)
}

fn dependencies(reader: &mut Reader<'_>) -> Result<Vec<ChangeHash>, Refusal> {
    let count = count(reader, DEPENDENCIES_MAX_COUNT)?;
    let dependencies = (0..count)
        .map(|_| reader.array())
        .collect::<Result<Vec<ChangeHash>, Refusal>>()?;
    distinct(&dependencies)?;
    Ok(dependencies)
}

fn distinct<T: Ord + Clone>(items: &[T]) -> Result<(), Refusal> {
    let mut sorted = items.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    if sorted.len() == items.len() {
        Ok(())
    } else {
        Err(Refusal::NotCanonical)
    }
}

fn actor(reader: &mut Reader<'_>) -> Result<Actor, Refusal> {
    if reader.length()? != ACTOR_BYTES {
        return Err(Refusal::WrongActor);
    }
    reader.array()
}

fn other_actors(reader: &mut Reader<'_>, own: &Actor) -> Result<Vec<Actor>, Refusal> {
    let count = count(reader, OTHER_ACTORS_MAX_COUNT)?;
    let mut all = vec![*own];
    for _ in 0..count {
        all.push(actor(reader)?);
    }
    distinct(&all)?;
    all.remove(0);
    Ok(all)
}

fn commit_message<'a>(reader: &mut Reader<'a>) -> Result<&'a str, Refusal> {
    let length = count(reader, COMMIT_MESSAGE_MAX_BYTES)?;
    let bytes = reader.take(length)?;
    core::str::from_utf8(bytes).map_err(|_| Refusal::Malformed)
}

/// The columns that a put or delete at the root needs; the others are empty.
#[derive(Default)]
pub(crate) struct Columns<'a> {
    key: &'a [u8],
    insert: &'a [u8],
    action: &'a [u8],
    value_meta: &'a [u8],
    value: &'a [u8],
    pred_count: &'a [u8],
    pred_actor: &'a [u8],
    pred_counter: &'a [u8],
}

impl<'a> Columns<'a> {
    /// Reads the table and takes the data behind it.
    pub(crate) fn parse(reader: &mut Reader<'a>) -> Result<Self, Refusal> {
        let count = count(reader, COLUMNS_MAX_COUNT)?;
        let mut table = Vec::with_capacity(count);
        let mut previous = None;
        for _ in 0..count {
            let spec = u32::try_from(reader.unsigned()?).map_err(|_| Refusal::Malformed)?;
            if previous.is_some_and(|previous| previous >= spec) {
                return Err(Refusal::NotCanonical);
            }
            previous = Some(spec);
            table.push((spec, reader.length()?));
        }
        let mut columns = Self::default();
        for (spec, length) in table {
            columns.place(spec, reader.take(length)?)?;
        }
        Ok(columns)
    }

    /// The same for [`Columns::readable`]: whatever can be told apart is kept,
    /// also where the data is cut off.
    pub(crate) fn parse_leniently(reader: &mut Reader<'a>) -> Result<Self, Refusal> {
        let count = count(reader, COLUMNS_MAX_COUNT)?;
        let mut table = Vec::with_capacity(count);
        for _ in 0..count {
            table.push((reader.unsigned()?, reader.length()?));
        }
        let mut columns = Self::default();
        for (spec, length) in table {
            let data = reader.take(length.min(reader.rest().len()))?;
            if let Ok(spec) = u32::try_from(spec) {
                // What is not known is left out.
                columns.place(spec, data).ok();
            }
        }
        Ok(columns)
    }

    fn place(&mut self, spec: u32, data: &'a [u8]) -> Result<(), Refusal> {
        let column = match spec {
            spec::KEY => &mut self.key,
            spec::INSERT => &mut self.insert,
            spec::ACTION => &mut self.action,
            spec::VALUE_META => &mut self.value_meta,
            spec::VALUE => &mut self.value,
            spec::PRED_COUNT => &mut self.pred_count,
            spec::PRED_ACTOR => &mut self.pred_actor,
            spec::PRED_COUNTER => &mut self.pred_counter,
            // Objects, lists and marks: no document of ours has them.
            spec::OBJECT_ACTOR
            | spec::OBJECT_COUNTER
            | spec::KEY_ACTOR
            | spec::KEY_COUNTER
            | spec::EXPAND
            | spec::MARK_NAME => {
                return if data.is_empty() {
                    Ok(())
                } else {
                    Err(Refusal::SchemaPath)
                };
            }
            // Unknown, or compressed by itself.
            _ => return Err(Refusal::Malformed),
        };
        *column = data;
        Ok(())
    }

    /// Joins the columns to operations. `start` is the counter of the first,
    /// `actors` the size of the actor table.
    fn operations(&self, start: u64, actors: usize) -> Result<Vec<Operation<'a>>, Refusal> {
        let actions = column::run_length::<u64>(self.action, OPERATIONS_MAX_COUNT)?;
        let keys = column::run_length::<&str>(self.key, OPERATIONS_MAX_COUNT)?;
        let metas = column::run_length::<u64>(self.value_meta, OPERATIONS_MAX_COUNT)?;
        let inserts = column::all_false(self.insert, OPERATIONS_MAX_COUNT)?;
        let rows = actions.len();
        if rows == 0 || keys.len() != rows || metas.len() != rows || inserts != rows {
            return Err(Refusal::Malformed);
        }
        let mut values = Reader::new(self.value);
        let mut predecessors = Predecessors::parse(self, rows)?;
        let mut operations = Vec::with_capacity(rows);
        let counters = start..;
        for (((action, key), meta), counter) in
            actions.into_iter().zip(keys).zip(metas).zip(counters)
        {
            check_key(key)?;
            let value = scalar(meta, &mut values)?;
            let predecessors = predecessors.next(counter, actors)?;
            let value = match (action, value) {
                (ACTION_PUT, value) => Some(value),
                (ACTION_DELETE, Scalar::Null) if !predecessors.is_empty() => None,
                (ACTION_DELETE, _) => return Err(Refusal::Malformed),
                _ => return Err(Refusal::SchemaPath),
            };
            operations.push(Operation {
                key,
                value,
                predecessors,
            });
        }
        if !values.is_empty() || !predecessors.is_empty() {
            return Err(Refusal::Malformed);
        }
        Ok(operations)
    }

    /// Keys and texts as far as they can be read, for people only: nothing
    /// here is trusted or merged.
    pub(crate) fn readable(&self) -> Vec<(&'a str, &'a str)> {
        let keys = column::run_length::<&str>(self.key, OPERATIONS_MAX_COUNT).unwrap_or_default();
        let metas =
            column::run_length::<u64>(self.value_meta, OPERATIONS_MAX_COUNT).unwrap_or_default();
        let mut values = Reader::new(self.value);
        let mut keys = keys.into_iter();
        let mut found = Vec::new();
        for meta in metas {
            let key = keys.next().unwrap_or_default();
            let Some(bytes) = usize::try_from(meta >> 4)
                .ok()
                .and_then(|length| values.take(length).ok())
            else {
                break;
            };
            if meta & 0x0f == 6
                && let Ok(text) = core::str::from_utf8(bytes)
            {
                found.push((key, text));
            }
        }
        found
    }
}

fn check_key(key: &str) -> Result<(), Refusal> {
    if key.is_empty() {
        return Err(Refusal::SchemaPath);
    }
    if key.len() > KEY_MAX_BYTES {
        return Err(Refusal::TooLarge);
    }
    Ok(())
}

/// A value: its type and length are in `meta`, its bytes next in `values`.
fn scalar<'a>(meta: u64, values: &mut Reader<'a>) -> Result<Scalar<'a>, Refusal> {
    let length = usize::try_from(meta >> 4).map_err(|_| Refusal::TooLarge)?;
    if length > VALUE_MAX_BYTES {
        return Err(Refusal::TooLarge);
    }
    let bytes = values.take(length)?;
    let mut reader = Reader::new(bytes);
    let scalar = match meta & 0x0f {
        0 => Scalar::Null,
        1 => Scalar::Bool(false),
        2 => Scalar::Bool(true),
        3 => Scalar::Unsigned(reader.unsigned()?),
        4 => Scalar::Signed(reader.signed()?),
        6 => {
            reader = Reader::new(&[]);
            Scalar::Text(core::str::from_utf8(bytes).map_err(|_| Refusal::Malformed)?)
        }
        9 => Scalar::Timestamp(reader.signed()?),
        // Floats, bytes, counters and types of the future.
        _ => return Err(Refusal::BadValue),
    };
    if reader.is_empty() {
        Ok(scalar)
    } else {
        Err(Refusal::Malformed)
    }
}

/// The three predecessor columns, handed out operation by operation.
struct Predecessors {
    counts: std::vec::IntoIter<u64>,
    ids: std::vec::IntoIter<(u64, i64)>,
}

impl Predecessors {
    fn parse(columns: &Columns<'_>, rows: usize) -> Result<Self, Refusal> {
        let counts = column::run_length::<u64>(columns.pred_count, OPERATIONS_MAX_COUNT)?;
        let actors = column::run_length::<u64>(columns.pred_actor, PREDECESSORS_MAX_COUNT)?;
        let counters = column::delta(columns.pred_counter, PREDECESSORS_MAX_COUNT)?;
        if counts.len() != rows || actors.len() != counters.len() {
            return Err(Refusal::Malformed);
        }
        let ids: Vec<_> = actors.into_iter().zip(counters).collect();
        Ok(Self {
            counts: counts.into_iter(),
            ids: ids.into_iter(),
        })
    }

    fn is_empty(&self) -> bool {
        self.ids.len() == 0
    }

    /// Predecessors of the operation at `counter`: earlier operations by
    /// actors of the table, each named once.
    fn next(&mut self, counter: u64, actors: usize) -> Result<Vec<OperationId>, Refusal> {
        let count = self.counts.next().ok_or(Refusal::Malformed)?;
        // As in `Reader::length`: the same refusal on every processor.
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        if count > self.ids.len() {
            return Err(Refusal::Malformed);
        }
        let mut named = Vec::with_capacity(count);
        for (actor, predecessor) in self.ids.by_ref().take(count) {
            let actor = usize::try_from(actor).map_err(|_| Refusal::Malformed)?;
            let predecessor = u64::try_from(predecessor).map_err(|_| Refusal::BadCounter)?;
            if actor >= actors {
                return Err(Refusal::Malformed);
            }
            if predecessor == 0 || predecessor >= counter {
                return Err(Refusal::BadCounter);
            }
            named.push(OperationId {
                counter: predecessor,
                actor,
            });
        }
        Ok(named)
    }
}
