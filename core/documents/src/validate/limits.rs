//! What a change and a document may be at most. The same numbers hold on phone
//! and desk, so that both judge one change alike.

/// The largest change. A full report with every long text is some 8 kB.
pub const CHANGE_MAX_BYTES: usize = loive_protocol::limits::CHANGE_MAX_BYTES;
/// Operations in one change, counted over run lengths. The longest form has
/// fewer than 100 fields.
pub const OPERATIONS_MAX_COUNT: usize = 512;
/// Predecessors named by all operations of one change together.
pub const PREDECESSORS_MAX_COUNT: usize = 1_024;
/// Changes that one change may depend on directly.
pub const DEPENDENCIES_MAX_COUNT: usize = 64;
/// Actors that one change may name besides its own.
pub const OTHER_ACTORS_MAX_COUNT: usize = 64;
/// Columns in one change; Automerge knows fourteen.
pub const COLUMNS_MAX_COUNT: usize = 14;
/// The one length of an actor id.
pub const ACTOR_BYTES: usize = 16;
/// Longest key of the root map.
pub const KEY_MAX_BYTES: usize = 64;
/// Longest value of one key: 2,000 characters of any script.
pub const VALUE_MAX_BYTES: usize = 8_192;
/// Longest commit message inside a change. We write none, others may.
pub const COMMIT_MESSAGE_MAX_BYTES: usize = 256;
/// Keys that this version does not know, in one change.
pub const UNKNOWN_KEYS_MAX_COUNT: usize = 64;
/// Highest operation counter. A counter near 2³² makes the next local write
/// panic inside Automerge; a report never comes near 2²⁴.
pub const COUNTER_MAX_OPERATIONS: u64 = 1 << 24;
/// Highest sequence number of one actor.
pub const SEQUENCE_MAX_CHANGES: u64 = DOCUMENT_CHANGES_MAX_COUNT as u64;
/// Latest time of a change, in seconds since 1970.
pub const TIME_MAX_SECONDS: u64 = loive_protocol::limits::TIME_MAX_SECONDS;

/// Changes in one document, waiting ones not counted.
pub const DOCUMENT_CHANGES_MAX_COUNT: usize = 4_096;
/// Bytes of all changes of one document.
pub const DOCUMENT_MAX_BYTES: usize = 4_194_304;
/// Actors in one document: one for each installation and restore.
pub const DOCUMENT_ACTORS_MAX_COUNT: usize = 256;
/// Changes that may wait for their dependencies.
pub const WAITING_MAX_COUNT: usize = 256;
/// Bytes of all changes that wait.
pub const WAITING_MAX_BYTES: usize = 1_048_576;
/// How far a change's counter may lie above what it depends on. Automerge
/// leaves no gap; a writer that works at older heads may leave a small one.
pub const COUNTER_GAP_MAX_OPERATIONS: u64 = 1_024;
/// Longest message, in characters.
pub const MESSAGE_MAX_CHARS: usize = 2_000;
