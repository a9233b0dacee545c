//! The store of the relay keeps to the rules, and the rules catch a store that
//! does not.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use loive_cipher::StoreKey;
use loive_protocol::{Address, ChunkHash, EnvelopeId, LogId};
use loive_server::Env;
use loive_server::relay::store::{
    Committed, Forget, Forgotten, Head, LogStore, StoreError, StoredEnvelope, StoredPage, Write,
    Written,
};
use loive_server::relay::{SqliteOptions, SqliteStore, conformance};

#[test]
fn the_sqlite_store_keeps_to_every_rule() {
    let folder = tempfile::tempdir().unwrap();
    let next = AtomicU64::new(0);
    let make = || -> Arc<dyn LogStore> {
        let name = format!("relay-{}.db", next.fetch_add(1, Ordering::SeqCst));
        let key = StoreKey::from_bytes([7; 32]);
        let options = SqliteOptions::default();
        let path = folder.path().join(name);
        Arc::new(SqliteStore::open(&path, &key, options, &Env::system()).unwrap())
    };
    conformance::run(&make).unwrap();
}

/// A store as one would write it at first: it takes a sequence, then commits.
/// Between the two, somebody else can take a higher one and commit before it.
struct SequenceBeforeCommit {
    inner: Arc<dyn LogStore>,
    next: AtomicU64,
    envelopes: Mutex<BTreeMap<u64, Kept>>,
}

struct Kept {
    address: Address,
    id: EnvelopeId,
    stored: StoredEnvelope,
}

impl SequenceBeforeCommit {
    fn append(&self, write: &Write) -> Written {
        let Write::Append(new) = write else {
            return Written::Noted;
        };
        let known = |envelopes: &BTreeMap<u64, Kept>| {
            let same = |kept: &Kept| kept.address == new.address && kept.id == new.id;
            let found = envelopes.iter().find(|(_, kept)| same(kept));
            found.map(|(sequence, _)| *sequence)
        };
        if let Some(sequence) = known(&self.envelopes.lock().unwrap()) {
            return Written::Appended {
                sequence,
                fresh: false,
            };
        }
        let sequence = self.next.fetch_add(1, Ordering::SeqCst) + 1;
        // The transaction takes its time, some more than others.
        std::thread::sleep(Duration::from_micros(200 * (sequence % 7)));
        let mut envelopes = self.envelopes.lock().unwrap();
        let stored = StoredEnvelope {
            sequence,
            received_at: new.received_at,
            bytes: new.bytes.clone(),
        };
        let (address, id) = (new.address, new.id);
        envelopes.insert(
            sequence,
            Kept {
                address,
                id,
                stored,
            },
        );
        Written::Appended {
            sequence,
            fresh: true,
        }
    }
}

impl LogStore for SequenceBeforeCommit {
    fn head(&self) -> Result<Head, StoreError> {
        let log = self.inner.head()?.log;
        let highest = self
            .envelopes
            .lock()
            .unwrap()
            .keys()
            .next_back()
            .copied()
            .unwrap_or(0);
        let highest = highest.max(self.inner.head()?.highest);
        Ok(Head { log, highest })
    }

    fn commit(&self, batch: &[Write]) -> Result<Committed, StoreError> {
        if !batch.iter().all(|write| matches!(write, Write::Append(_))) {
            return self.inner.commit(batch);
        }
        // Kept in the inner store as well, so that every rule but one is kept.
        self.inner.commit(batch)?;
        let log = self.inner.head()?.log;
        Ok(Committed {
            log,
            written: batch.iter().map(|write| self.append(write)).collect(),
        })
    }

    fn read(
        &self,
        address: &Address,
        after: u64,
        budget_bytes: usize,
        limit: usize,
    ) -> Result<StoredPage, StoreError> {
        let log = self.inner.head()?.log;
        let all = self.envelopes.lock().unwrap();
        let mut page = StoredPage {
            log,
            envelopes: Vec::new(),
            more: false,
        };
        let mut used = 0;
        let behind = all.range(after.saturating_add(1)..).map(|(_, kept)| kept);
        for Kept { stored, .. } in behind.filter(|kept| kept.address == *address) {
            used += stored.bytes.len();
            if !page.envelopes.is_empty() && (used > budget_bytes || page.envelopes.len() >= limit)
            {
                page.more = true;
                break;
            }
            page.envelopes.push(stored.clone());
        }
        Ok(page)
    }

    fn locker(&self, address: &Address, now: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.locker(address, now)
    }

    fn library(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.library()
    }

    fn library_chunk(&self, hash: &ChunkHash) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.library_chunk(hash)
    }

    fn library_missing(
        &self,
        hashes: &[ChunkHash],
        limit: usize,
    ) -> Result<Vec<ChunkHash>, StoreError> {
        self.inner.library_missing(hashes, limit)
    }

    fn certificates(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.certificates()
    }

    fn forget(&self, rule: &Forget) -> Result<Forgotten, StoreError> {
        let forgotten = self.inner.forget(rule)?;
        // What the inner store forgot is gone here too.
        let mut envelopes = self.envelopes.lock().unwrap();
        let mut kept = Vec::new();
        for address in [rule.inbox, Address::from_bytes([2; 32])] {
            let page = self.inner.read(&address, 0, usize::MAX, usize::MAX)?;
            kept.extend(
                page.envelopes
                    .into_iter()
                    .map(|stored| (address, stored.bytes)),
            );
        }
        envelopes.retain(|_, mine| {
            kept.iter()
                .any(|(at, bytes)| *at == mine.address && *bytes == mine.stored.bytes)
        });
        Ok(forgotten)
    }

    fn begin_log(&self, log: LogId) -> Result<(), StoreError> {
        self.inner.begin_log(log)
    }

    fn settle(&self) -> Result<(), StoreError> {
        self.inner.settle()
    }
}

#[test]
fn a_store_that_takes_its_sequence_before_the_commit_is_caught() {
    let folder = tempfile::tempdir().unwrap();
    let next = AtomicU64::new(0);
    let make = || -> Arc<dyn LogStore> {
        let name = format!("relay-{}.db", next.fetch_add(1, Ordering::SeqCst));
        let key = StoreKey::from_bytes([7; 32]);
        let options = SqliteOptions::default();
        let path = folder.path().join(name);
        let inner = SqliteStore::open(&path, &key, options, &Env::system()).unwrap();
        Arc::new(SequenceBeforeCommit {
            inner: Arc::new(inner),
            next: AtomicU64::new(0),
            envelopes: Mutex::new(BTreeMap::new()),
        })
    };
    let violation = conformance::run(&make).unwrap_err();
    assert_eq!(
        violation.rule, "a cursor never skips a late commit",
        "{violation}"
    );
    assert!(violation.what.contains("skipped"), "{violation}");
}
