//! The phone: one engine, shared by cloning.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use loive_protocol::{Certificates, ReceiptCost, ReportId, Seed};
use rusqlite::Transaction;
use tokio::sync::broadcast;

use crate::env::{BUILD_TIME_SECONDS, Env};
use crate::error::PhoneError;
use crate::limits::CHANGED_QUEUE_MAX_COUNT;
use crate::store::key::{PinCost, Recipe, Root};
use crate::store::{OpenOutcome, Store, meta, outbox};
use crate::sync::reopening::Reopening;

/// What a phone does: drafts, reports, messages, receipts and sync, over one
/// encrypted store.
///
/// Cheap to clone, and every clone is the same phone. The verbs block for as
/// long as the disk takes; those that stretch a PIN or a receipt take some
/// hundred milliseconds. None of them needs the network, except
/// [`Phone::sync`](Self::sync) and its relatives.
#[derive(Clone)]
pub struct Phone(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) env: Env,
    pub(crate) root: Root,
    pub(crate) recipe: Mutex<Recipe>,
    pub(crate) costs: Costs,
    pub(crate) outcome: OpenOutcome,
    pub(crate) certificates: RwLock<Certificates>,
    pub(crate) last_signed: AtomicU64,
    pub(crate) changed: broadcast::Sender<ReportId>,
    /// Receipts that were typed in and wait for the relay.
    pub(crate) reopenings: Mutex<Vec<Reopening>>,
    /// Whether the network costs the person money by the byte.
    pub(crate) is_metered: AtomicBool,
    /// One sync at a time.
    pub(crate) syncing: Arc<tokio::sync::Mutex<()>>,
}

/// How much work it is to try one PIN or one receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Costs {
    /// For the store's PIN.
    pub pin: PinCost,
    /// For receipts. The hotline must use the same.
    pub receipt: ReceiptCost,
}

impl Costs {
    /// What phones use.
    pub const REAL: Self = Self {
        pin: PinCost::REAL,
        receipt: ReceiptCost::REAL,
    };
    /// For tests and fleets of simulated phones only: no protection at all.
    pub const CHEAP: Self = Self {
        pin: PinCost::CHEAP,
        receipt: ReceiptCost::CHEAP,
    };
}

impl Phone {
    /// What became of the store when it was opened. If it was
    /// [set aside](OpenOutcome::SetAside), tell the person.
    pub fn outcome(&self) -> &OpenOutcome {
        &self.0.outcome
    }

    /// The time to go by, in Unix seconds: the latest of the device's clock, the
    /// time of the app's release and the last time that the hotline signed.
    pub fn now(&self) -> u64 {
        self.0.now()
    }

    /// Tells of every report whose states, messages or answers changed. Stops
    /// when it is dropped.
    pub fn subscribe(&self) -> broadcast::Receiver<ReportId> {
        self.0.changed.subscribe()
    }

    /// How many pieces, guests' reports included, no relay has acknowledged.
    pub fn unsent(&self) -> Result<usize, PhoneError> {
        self.0.store.read(outbox::count_unsent)
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Phone").finish_non_exhaustive()
    }
}

impl Inner {
    pub(crate) fn now(&self) -> u64 {
        self.env
            .device_seconds()
            .max(BUILD_TIME_SECONDS)
            .max(self.last_signed.load(Ordering::Relaxed))
    }

    pub(crate) fn note_signed(&self, seconds: u64) {
        self.last_signed.fetch_max(seconds, Ordering::Relaxed);
    }

    pub(crate) fn certificates(&self) -> Certificates {
        self.certificates
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn set_certificates(&self, certificates: Certificates) {
        *self
            .certificates
            .write()
            .unwrap_or_else(PoisonError::into_inner) = certificates;
    }

    pub(crate) fn reopenings(&self) -> MutexGuard<'_, Vec<Reopening>> {
        self.reopenings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells subscribers. Nobody listening is no error.
    pub(crate) fn announce(&self, report: ReportId) {
        let _ = self.changed.send(report);
    }

    pub(crate) fn new_changes() -> broadcast::Sender<ReportId> {
        broadcast::channel(CHANGED_QUEUE_MAX_COUNT).0
    }

    /// The actor for the next change of a report. It is never the one of a
    /// first change, not even by a chance of 2⁻¹²⁸.
    pub(crate) fn actor_for(
        &self,
        tx: &Transaction<'_>,
        seed: &Seed,
    ) -> Result<[u8; 16], PhoneError> {
        let actor = meta::actor(tx)?;
        if actor == seed.first_actor() {
            meta::renew_actor(tx, &self.env)?;
            return meta::actor(tx);
        }
        Ok(actor)
    }
}
