//! A place where a relay runs: a real relay over a real store, its disk and its
//! clock.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use loive_cipher::faults::{Disk, Mood};
use loive_protocol::limits::MAILBOX_SHARDS;
use loive_protocol::{Ack, Address, Envelope, EnvelopeId, SyncRequest, Wire as _, inbox, mailbox};
use loive_server::clock::{Env, ManualClock};
use loive_server::relay::store::LogStore;
use loive_server::relay::{Relay, RelaySettings, SqliteOptions, SqliteStore};

use super::kit::{Kit, copy_store, store_key};
use super::violation::{Rule, Violation};

/// More than any world's log holds.
const READ_MAX_BYTES: usize = 1 << 26;

pub(super) struct Site {
    folder: PathBuf,
    pub(super) disk: Disk,
    open: Option<Open>,
    env: Env,
    pub(super) clock: ManualClock,
    power_fails: bool,
    /// What it acknowledged, and what it must have for that.
    pub(super) promised: BTreeSet<EnvelopeId>,
    /// What it was allowed to forget.
    pub(super) forgettable: BTreeSet<EnvelopeId>,
    backup: Option<BTreeSet<EnvelopeId>>,
    /// The mark as it was flushed last for certain.
    flushed_mark: Vec<u8>,
}

struct Open {
    relay: Arc<Relay>,
    store: Arc<SqliteStore>,
}

/// How a relay is started.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// As always.
    Again,
    /// The administrator says that the store was restored.
    NewLog,
}

impl Site {
    /// A new relay with an empty log of its own.
    pub(super) fn new(
        kit: &Kit,
        folder: PathBuf,
        now: u64,
        seed: u64,
        power_fails: bool,
    ) -> Result<Self, Violation> {
        let (env, clock) = Env::simulated(now, seed);
        let disk = kit.furnish("relay", &folder, power_fails)?;
        let mut site = Self {
            folder,
            disk,
            open: None,
            env,
            clock,
            power_fails,
            promised: BTreeSet::new(),
            forgettable: BTreeSet::new(),
            backup: None,
            flushed_mark: Vec::new(),
        };
        site.start(kit, Start::NewLog)?;
        Ok(site)
    }

    pub(super) fn relay(&self) -> Option<&Arc<Relay>> {
        self.open.as_ref().map(|open| &open.relay)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Opens store and relay.
    pub(super) fn start(&mut self, kit: &Kit, how: Start) -> Result<(), Violation> {
        let options = SqliteOptions {
            max_bytes: None,
            new_log: how == Start::NewLog,
        };
        // Whoever starts it has made room.
        self.disk.set_mood(Mood::Works);
        let path = self.path("relay.db");
        let store = match SqliteStore::open(&path, &store_key(), options, &self.env) {
            Ok(store) => store,
            // Killed while it started: it will be started again.
            Err(_) if self.disk.is_dead() => return Ok(()),
            Err(error) => {
                return Err(Violation::new(Rule::Opens, format!("the relay: {error}")));
            }
        };
        let store = Arc::new(store);
        let settings = RelaySettings::default();
        let (root, env) = (kit.card.root, self.env.clone());
        let started = kit.runtime.block_on(async {
            let store: Arc<dyn LogStore> = store.clone();
            Relay::start(store, root, settings, env)
        });
        let relay =
            started.map_err(|error| Violation::new(Rule::Opens, format!("the relay: {error}")))?;
        self.flushed_mark = fs::read(self.path("relay.mark")).map_err(Violation::files)?;
        self.open = Some(Open { relay, store });
        Ok(())
    }

    /// Ends it, gracefully or, if its disk is dead, not.
    pub(super) fn stop(&mut self, kit: &Kit) {
        if let Some(open) = self.open.take() {
            kit.runtime.block_on(open.relay.stop());
        }
    }

    /// It was killed: nothing it does from here on reaches the disk. Starts it
    /// again, after a power failure with what the disk has.
    pub(super) fn come_back(&mut self, kit: &Kit, seed: u64) -> Result<u64, Violation> {
        self.disk.kill_after(0);
        self.stop(kit);
        let mut lost = 0;
        if self.power_fails {
            lost = self.disk.cut_power(seed).map_err(Violation::files)?;
            // The mark waits for the disk; what was not flushed may be gone.
            if seed.is_multiple_of(2) {
                let mark = self.path("relay.mark");
                fs::write(mark, &self.flushed_mark).map_err(Violation::files)?;
            }
        }
        self.disk.revive();
        self.start(kit, Start::Again)?;
        self.check_promises(kit)?;
        Ok(lost)
    }

    /// Every acknowledged envelope is there that it was not allowed to forget.
    pub(super) fn check_promises(&self, kit: &Kit) -> Result<(), Violation> {
        if self.open.is_none() || self.disk.is_dead() {
            return Ok(());
        }
        let here = self.inbox(kit)?;
        let lost = self
            .promised
            .iter()
            .find(|id| !here.contains(*id) && !self.forgettable.contains(*id));
        match lost {
            Some(id) => Err(Violation::new(
                Rule::AcknowledgedIsStored,
                format!("the relay acknowledged {id} and does not have it"),
            )),
            None => Ok(()),
        }
    }

    /// What lies in the inbox.
    pub(super) fn inbox(&self, kit: &Kit) -> Result<BTreeSet<EnvelopeId>, Violation> {
        self.ids_at(&inbox(&kit.card.root))
    }

    /// Looks at every address: nothing lies anywhere twice.
    pub(super) fn check_no_doubles(&self, kit: &Kit) -> Result<(), Violation> {
        self.inbox(kit)?;
        for shard in 0..MAILBOX_SHARDS {
            self.ids_at(&mailbox(&kit.card.root, shard))?;
        }
        Ok(())
    }

    fn ids_at(&self, address: &Address) -> Result<BTreeSet<EnvelopeId>, Violation> {
        let mut ids = BTreeSet::new();
        for bytes in self.envelopes_at(address)? {
            if let Ok(envelope) = Envelope::parse(bytes)
                && !ids.insert(envelope.id())
            {
                let text = format!("{} lies twice at one address", envelope.id());
                return Err(Violation::new(Rule::OneOfEach, text));
            }
        }
        Ok(ids)
    }

    pub(super) fn envelopes_at(&self, address: &Address) -> Result<Vec<Vec<u8>>, Violation> {
        let Some(open) = &self.open else {
            return Ok(Vec::new());
        };
        let page = open
            .store
            .read(address, 0, READ_MAX_BYTES, usize::MAX)
            .map_err(|error| Violation::new(Rule::Opens, format!("the relay's log: {error}")))?;
        let envelopes = page.envelopes.into_iter();
        Ok(envelopes.map(|stored| stored.bytes).collect())
    }

    /// Notes what an answer of this relay promises.
    pub(super) fn note_acks(&mut self, request: &SyncRequest, acks: &[Ack]) -> Vec<EnvelopeId> {
        let mut stored = Vec::new();
        for (bytes, ack) in request.push.iter().zip(acks) {
            if let (Ack::Stored, Ok(envelope)) = (ack, Envelope::parse(bytes.to_vec())) {
                stored.push(envelope.id());
            }
        }
        self.promised.extend(stored.iter().copied());
        stored
    }

    pub(super) fn back_up(&mut self, to: &Path) -> Result<(), Violation> {
        copy_store(&self.folder, to).map_err(Violation::files)?;
        self.backup = Some(self.promised.clone());
        Ok(())
    }

    /// Puts an older copy back, as an administrator does, or says that there is
    /// none.
    pub(super) fn restore(
        &mut self,
        kit: &Kit,
        from: &Path,
        how: Start,
    ) -> Result<bool, Violation> {
        let Some(promised) = self.backup.clone() else {
            return Ok(false);
        };
        self.stop(kit);
        copy_store(from, &self.folder).map_err(Violation::files)?;
        if how == Start::NewLog {
            // The mark was in the copy too, so that nothing shows by itself.
            let _ = fs::remove_file(self.path("relay.mark"));
        }
        self.disk.revive();
        self.promised = promised;
        self.start(kit, how)?;
        Ok(true)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // The writer's thread ends with the last handle on its queue.
        self.open = None;
    }
}

/// Reads a request as the relay's port does.
pub(super) fn read_request(bytes: &[u8]) -> Option<SyncRequest> {
    SyncRequest::from_bytes(bytes).ok()
}
