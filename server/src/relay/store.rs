//! What the relay asks of a store: an append-only log of envelopes, the
//! lockers, the hotline's certificates, the library's latest release.
//!
//! The calls are synchronous and every write is an explicit batch, because a
//! durable commit costs the same for one envelope as for two hundred: the relay
//! gathers what waits and commits it at once. A store over a network blocks the
//! thread that it is called on; the relay calls it from threads that may block.
//!
//! Every store runs [`conformance`](super::conformance).

use loive_protocol::{Address, ChunkHash, EnvelopeId, EraseToken, LogId};

/// An envelope on its way into the log. The id and the address were computed
/// from the bytes by the caller.
#[derive(Clone)]
pub struct NewEnvelope {
    /// Where it lies.
    pub address: Address,
    /// Hash of its bytes.
    pub id: EnvelopeId,
    /// The sealed bytes.
    pub bytes: Vec<u8>,
    /// When it arrived, in Unix seconds by the server's clock.
    pub received_at: u64,
}

/// A locker on its way into the store.
#[derive(Clone)]
pub struct NewLocker {
    /// Where it lies.
    pub address: Address,
    /// The sealed bytes.
    pub bytes: Vec<u8>,
    /// SHA-256 of the token that erases it.
    pub erase_hash: EraseToken,
    /// When it is forgotten, in Unix seconds.
    pub expires_at: u64,
    /// When it arrived, in Unix seconds: an expired one at the same address is
    /// replaced.
    pub received_at: u64,
    /// How many lockers there may be, this one included.
    pub count_limit: u64,
}

/// A release of the library on its way into the store.
#[derive(Clone)]
pub struct NewRelease {
    /// Its number.
    pub release: u32,
    /// The signed manifest as the caller encodes it.
    pub manifest: Vec<u8>,
    /// Every chunk that it needs, each once.
    pub chunks: Vec<ChunkHash>,
}

/// One write of a batch.
#[derive(Clone)]
pub enum Write {
    /// Keeps a chunk of the library, until a release without it is complete.
    PutChunk {
        /// Its name, computed from the bytes by the caller.
        hash: ChunkHash,
        /// Its bytes.
        bytes: Vec<u8>,
    },
    /// Hands out a release from now on, if all its chunks are there and it is
    /// later than the one before; the chunks of others go then.
    PutRelease(NewRelease),
    /// Appends an envelope, unless it is there.
    Append(NewEnvelope),
    /// Puts a locker, unless another lies at its address.
    PutLocker(NewLocker),
    /// Erases a locker if the hash is the one that it was put with.
    EraseLocker {
        /// Where it lies.
        address: Address,
        /// SHA-256 of the token.
        token_hash: EraseToken,
    },
    /// Replaces the list of certificates, unless a later one is there.
    PutCertificates {
        /// When the desk signed the list, in Unix seconds.
        signed_at: u64,
        /// The list as the caller encodes it.
        list: Vec<u8>,
    },
    /// Notes that the desk has everything up to a sequence, in a copy of its own.
    Acknowledge {
        /// The log that the desk speaks of; another than the store's changes nothing.
        log: LogId,
        /// The sequence.
        through: u64,
        /// When, in Unix seconds.
        at: u64,
    },
}

/// What became of one write of a committed batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// The envelope is in the log.
    Appended {
        /// Its sequence.
        sequence: u64,
        /// It was not there before.
        fresh: bool,
    },
    /// The locker is in the store, now or since an earlier try.
    LockerStored,
    /// Another locker lies at the address.
    LockerExists,
    /// There are as many lockers as there may be.
    LockersFull,
    /// Whether no locker lies at the address now.
    LockerErased(bool),
    /// Certificates, acknowledgement, chunk or release noted, or older than what
    /// was there.
    Noted,
}

/// A batch that is durable.
#[derive(Debug)]
pub struct Committed {
    /// The log that the sequences belong to.
    pub log: LogId,
    /// For each write of the batch, in its order.
    pub written: Vec<Written>,
}

/// Where the log stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The log.
    pub log: LogId,
    /// The highest sequence ever committed to it; 0 if none was.
    pub highest: u64,
}

/// One envelope read from the log.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredEnvelope {
    /// Its sequence.
    pub sequence: u64,
    /// When it arrived, in Unix seconds.
    pub received_at: u64,
    /// The sealed bytes.
    pub bytes: Vec<u8>,
}

/// A stretch of one address, in the order of the sequences.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredPage {
    /// The log that the sequences belong to.
    pub log: LogId,
    /// The envelopes.
    pub envelopes: Vec<StoredEnvelope>,
    /// There are more after the last of these.
    pub more: bool,
}

/// What may be forgotten now.
#[derive(Debug, Clone)]
pub struct Forget {
    /// The address whose envelopes go once acknowledged.
    pub inbox: Address,
    /// Acknowledgements up to this time count, in Unix seconds.
    pub acknowledged_until: u64,
    /// Envelopes of other addresses that arrived up to this time go, if the
    /// desk has acknowledged them too. In Unix seconds; 0 keeps all.
    pub answers_received_until: u64,
    /// Lockers that expire up to this time go, in Unix seconds.
    pub lockers_expired_at: u64,
    /// How many rows of each kind may go in one call.
    pub limit: u32,
}

/// What was forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Forgotten {
    /// Envelopes.
    pub envelopes: u64,
    /// Lockers.
    pub lockers: u64,
    /// The limit was reached: call again.
    pub more: bool,
}

/// Why the store did not do it. Nothing of the batch was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No space is left, or the store's own limit is reached.
    #[error("the relay's storage is full: free some space or raise relay.store_max_megabytes")]
    Full,
    /// Somebody else holds the store, or too much waits. Later it may work.
    #[error("the relay's store is busy; try again later")]
    Busy,
    /// The store's bytes are not what was written.
    #[error("the relay's store is damaged: stop, set the file aside and restore a backup")]
    Damaged,
    /// Anything else; the code is the database's.
    #[error("the relay's store failed (code {code})")]
    Failed {
        /// The database's code; 0 if there is none.
        code: i32,
    },
}

/// The store behind a relay. See the module for why it is synchronous.
pub trait LogStore: Send + Sync + 'static {
    /// Where the log stands, as far as it is committed.
    fn head(&self) -> Result<Head, StoreError>;

    /// Commits all writes at once and durably, or none of them.
    ///
    /// Whatever is committed later gets a higher sequence than everything that a
    /// reader could have seen: a cursor never skips a commit that was late.
    /// May be called from many threads.
    fn commit(&self, batch: &[Write]) -> Result<Committed, StoreError>;

    /// Envelopes of `address` with a sequence above `after`: as many as fit into
    /// `budget_bytes`, at least one if there is one, at most `limit`.
    fn read(
        &self,
        address: &Address,
        after: u64,
        budget_bytes: usize,
        limit: usize,
    ) -> Result<StoredPage, StoreError>;

    /// The locker at `address`, unless it expired by `now` (Unix seconds).
    fn locker(&self, address: &Address, now: u64) -> Result<Option<Vec<u8>>, StoreError>;

    /// The list of certificates; `None` if none was put.
    fn certificates(&self) -> Result<Option<Vec<u8>>, StoreError>;

    /// The signed manifest of the release that is handed out.
    fn library(&self) -> Result<Option<Vec<u8>>, StoreError>;

    /// A chunk of the library.
    fn library_chunk(&self, hash: &ChunkHash) -> Result<Option<Vec<u8>>, StoreError>;

    /// The first `limit` of these chunks that are not there, in order.
    fn library_missing(
        &self,
        hashes: &[ChunkHash],
        limit: usize,
    ) -> Result<Vec<ChunkHash>, StoreError>;

    /// Forgets what may be forgotten, and wipes what was erased.
    fn forget(&self, rule: &Forget) -> Result<Forgotten, StoreError>;

    /// Begins a new log: the same envelopes under a new id. Acknowledgements of
    /// the old one no longer count.
    fn begin_log(&self, log: LogId) -> Result<(), StoreError>;

    /// Writes out what helps the next start. The store stays usable.
    fn settle(&self) -> Result<(), StoreError>;
}
