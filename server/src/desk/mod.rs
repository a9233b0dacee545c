//! The desk: the hotline's side that opens, decides and answers.
//!
//! It pulls sealed envelopes from the relay, opens them, merges what they hold
//! and shows it to counsellors; what they answer is sealed and laid into the
//! mailboxes. Everything is in one encrypted store of its own, and nothing in it
//! is the only copy of what a reporter was told: a desk that lost its store and
//! kept its keys reads relay and mailboxes again and stands where it stood.
//!
//! The calls are synchronous and wait for the disk: call them from threads that
//! may block.

mod answers;
pub mod audit;
mod case_file;
mod casework;
mod codes;
mod error;
mod feed;
mod find;
mod identity;
pub mod library;
pub mod link;
mod login;
mod mailboxes;
pub mod metrics;
mod opening;
mod page;
mod parts;
mod projection;
mod quarantine;
mod queue;
mod reading;
mod sessions;
mod store;
mod threads;
mod users;
pub mod view;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use loive_protocol::ReceiptCost;
use tokio::runtime::Handle;
use tokio::sync::{Notify, broadcast};

use self::answers::Receipts;
use self::identity::Identity;
use self::link::DeskLink;
use self::metrics::Metrics;
use self::opening::{Opener, Touched};
use self::quarantine::Reopen;
use self::store::Store;
use crate::clock::Env;
use crate::keys::DeskKeys;

pub use casework::{ClaimOutcome, REASON_MAX_CHARS};
pub use error::{DeskError, DeskOpenError};
pub use feed::FeedError;
pub use find::FindOutcome;
pub use sessions::{SESSION_IDLE_SECONDS, SESSION_MAX_SECONDS};
pub use threads::REPLY_MAX_CHARS;
pub use users::{NAME_MAX_CHARS, PASSWORD_MAX_CHARS, PASSWORD_MIN_CHARS};
pub use view::{
    AuditRow, CaseState, Changed, ContactRules, QuarantineRow, QueueCounts, QueueFilter, QueuePage,
    QueueRow, ReportPage, Role, TimelineEntry, TimelineWhat, User,
};

/// News that a page which lags behind may miss before it has to look at
/// everything again.
const CHANGED_MAX_COUNT: usize = 1_024;

/// What a desk is opened with.
pub struct DeskConfig {
    /// Where `desk.db` lies.
    pub database: PathBuf,
    /// The hotline's keys.
    pub keys: DeskKeys,
    /// What a receipt costs: [`ReceiptCost::REAL`], except in a fleet of
    /// simulated phones.
    pub receipt_cost: ReceiptCost,
    /// Clock and randomness.
    pub env: Env,
}

/// The desk at work.
pub struct Desk {
    store: Store,
    identity: Identity,
    actor: [u8; 16],
    receipt_cost: ReceiptCost,
    env: Env,
    link: Arc<dyn DeskLink>,
    changed: broadcast::Sender<Changed>,
    /// Something waits to be pushed.
    wake: Notify,
    /// The mailboxes have been read back: what reporters were told is known.
    caught_up: AtomicBool,
    metrics: Arc<Metrics>,
    runtime: OnceLock<Handle>,
    /// Argon2id takes 64 MiB a time: one login or receipt after the other.
    slow: Mutex<()>,
    finds: Mutex<find::Finds>,
    queue_looks: Mutex<queue::Looks>,
    /// What the relay has of the library.
    shelf: Mutex<library::Shelf>,
}

impl Desk {
    /// Opens the desk's store, or makes an empty one. Nothing is exchanged with
    /// the relay before [`Desk::run`].
    pub fn open(config: DeskConfig, link: Arc<dyn DeskLink>) -> Result<Arc<Self>, DeskOpenError> {
        let DeskConfig {
            database,
            keys,
            receipt_cost,
            env,
        } = config;
        let store = Store::open(&database, &keys.store)?;
        let identity = Identity::new(keys)?;
        let (changed, _) = broadcast::channel(CHANGED_MAX_COUNT);
        let desk = Self {
            actor: case_file::fresh_actor(&env),
            store,
            identity,
            receipt_cost,
            env,
            link,
            changed,
            wake: Notify::new(),
            caught_up: AtomicBool::new(false),
            metrics: Arc::new(Metrics::default()),
            runtime: OnceLock::new(),
            slow: Mutex::new(()),
            finds: Mutex::default(),
            queue_looks: Mutex::default(),
            shelf: Mutex::default(),
        };
        desk.open_what_has_a_key_now()?;
        Ok(Arc::new(desk))
    }

    /// News for pages that keep themselves up to date. A receiver that lags has
    /// missed some and should look at everything again.
    pub fn subscribe(&self) -> broadcast::Receiver<Changed> {
        self.changed.subscribe()
    }

    /// What the desk counts.
    pub fn metrics(&self) -> Arc<Metrics> {
        Arc::clone(&self.metrics)
    }

    /// Makes every projection again from the changes. For a store whose program
    /// learnt to read more, and for whoever doubts a number.
    pub fn rebuild_projections(&self) -> Result<(), DeskError> {
        for number in self.store.read(|connection| {
            let mut statement = connection.prepare("SELECT number FROM reports ORDER BY number")?;
            let numbers = statement.query_map([], |row| row.get(0))?;
            Ok(numbers.collect::<Result<Vec<case_file::Number>, _>>()?)
        })? {
            self.store
                .write(|transaction| projection::rebuild(transaction, number))?;
        }
        self.announce(Changed {
            report: None,
            urgent: false,
        });
        Ok(())
    }

    fn receipts(&self) -> Receipts {
        if self.caught_up.load(Ordering::SeqCst) {
            Receipts::Give
        } else {
            Receipts::Hold
        }
    }

    fn opener(&self, receipts: Receipts) -> Opener<'_> {
        let (identity, env, metrics) = (&self.identity, &self.env, &*self.metrics);
        Opener::new(identity, env, metrics, self.actor, receipts)
    }

    /// Envelopes that came when their key was not here, and is now.
    fn open_what_has_a_key_now(&self) -> Result<(), DeskError> {
        let opener = self.opener(Receipts::Hold);
        self.store.write(|transaction| {
            let mut touched = Touched::default();
            for sealed in quarantine::reopen(transaction, Reopen::UnknownKey)? {
                opener.arrive(transaction, &sealed.bytes, sealed.received_at, &mut touched)?;
            }
            Ok(())
        })
    }

    fn announce(&self, changed: Changed) {
        // Nobody may be listening.
        let _ = self.changed.send(changed);
    }
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").finish_non_exhaustive()
    }
}
