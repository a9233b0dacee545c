//! The relay: an append-only log of sealed envelopes.
//!
//! It has no key and reads nothing. A phone pushes to the inbox and reads
//! mailbox shards; the desk, known by its signature, reads the inbox and lays
//! its answers into mailboxes. An envelope is acknowledged when it is durable
//! and not before.

mod certificates;
pub mod conformance;
mod desk_side;
mod library;
mod mark;
pub mod metrics;
mod phone_side;
mod routes;
mod settings;
mod sqlite;
pub mod store;
mod throttle;
mod writer;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use loive_protocol::limits::MAILBOX_SHARDS;
use loive_protocol::{Address, LogId, PublicKey, Refusal, inbox, mailbox};
use tokio::sync::watch;

use self::certificates::Published;
use self::library::Release;
use self::metrics::Metrics;
use self::store::{Forget, LogStore, StoreError, Write, Written};
use self::throttle::{Budget, Sources};
use self::writer::Writer;
use crate::clock::Env;

pub use desk_side::DeskRefusal;
pub use routes::router;
pub use settings::{MetricsFor, RelaySettings};
pub use sqlite::{Opened, SqliteOpenError, SqliteOptions, SqliteStore};
pub use throttle::Rate;

const SECONDS_PER_DAY: u64 = 86_400;
/// How often the relay forgets what it may forget.
const MAINTAIN_EVERY: Duration = Duration::from_mins(1);
/// Rows that one step of forgetting deletes, so that writers wait only shortly.
const FORGET_STEP_ROWS: u32 = 2_000;

/// A relay at work.
pub struct Relay {
    store: Arc<dyn LogStore>,
    writer: Writer,
    env: Env,
    settings: RelaySettings,
    root: PublicKey,
    inbox: Address,
    mailboxes: Vec<Address>,
    published: RwLock<Arc<Published>>,
    /// What was verified last of what the store hands out.
    release: RwLock<Option<Arc<Release>>>,
    metrics: Arc<Metrics>,
    report_lane: Budget,
    field_lane: Budget,
    lockers: Budget,
    sources: Sources,
    /// The last sequence that went into the inbox: what long polls wait for.
    inbox_moved: watch::Sender<u64>,
    stopping: watch::Sender<bool>,
}

/// Why a request has no answer now. Nothing that it pushed was acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RelayError {
    /// Later it may work.
    #[error("the relay is busy; try again later")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

impl Relay {
    /// Starts a relay of the hotline with this root over a store. Must be called
    /// inside a tokio runtime.
    pub fn start(
        store: Arc<dyn LogStore>,
        root: PublicKey,
        settings: RelaySettings,
        env: Env,
    ) -> Result<Arc<Self>, RelayStartError> {
        let list = store.certificates()?.unwrap_or_default();
        let published = Arc::new(Published::from_bytes(&root, &list));
        let inbox = inbox(&root);
        let metrics = Arc::new(Metrics::default());
        let (inbox_moved, _) = watch::channel(0);
        let on_commit = wake_on_inbox(inbox, inbox_moved.clone(), Arc::clone(&metrics));
        let writer = Writer::start(Arc::clone(&store), Arc::clone(&metrics), on_commit)?;
        let relay = Arc::new(Self {
            store,
            writer,
            settings,
            root,
            inbox,
            mailboxes: (0..MAILBOX_SHARDS)
                .map(|shard| mailbox(&root, shard))
                .collect(),
            published: RwLock::new(published),
            release: RwLock::default(),
            metrics,
            report_lane: Budget::new(settings.report_lane, env.clone()),
            field_lane: Budget::new(settings.field_lane, env.clone()),
            lockers: Budget::new(settings.lockers, env.clone()),
            sources: Sources::new(settings.source, env.clone()),
            env,
            inbox_moved,
            stopping: watch::Sender::new(false),
        });
        if let Some(release) = relay.release()? {
            let number = release.manifest.release.into();
            relay.metrics.library_release.set(number);
        }
        tokio::spawn(maintain(Arc::downgrade(&relay), relay.stopping.subscribe()));
        Ok(relay)
    }

    /// What it counted so far.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The root of the hotline that it serves.
    pub const fn root(&self) -> &PublicKey {
        &self.root
    }

    /// Answers all long polls now: the first step of a graceful stop.
    pub fn end_polls(&self) {
        self.stopping.send_replace(true);
    }

    /// Ends long polls, commits what waits, and writes out the mark. Requests
    /// that come later are told that the relay is busy.
    pub async fn stop(self: &Arc<Self>) {
        self.end_polls();
        let relay = Arc::clone(self);
        let stopped = tokio::task::spawn_blocking(move || {
            relay.writer.stop();
            relay.store.settle()
        })
        .await;
        match stopped {
            Ok(Ok(())) => tracing::info!("the relay has stopped"),
            Ok(Err(error)) => tracing::warn!(%error, "the relay stopped, its store not tidily"),
            Err(_) => tracing::error!("stopping the relay panicked"),
        }
    }

    /// Forgets what may be forgotten now. The relay does it by itself every
    /// minute.
    pub fn forget(&self) -> Result<store::Forgotten, StoreError> {
        let now = self.env.now();
        let days_ago =
            |days: u32| now.saturating_sub(u64::from(days).saturating_mul(SECONDS_PER_DAY));
        let rule = Forget {
            inbox: self.inbox,
            acknowledged_until: days_ago(self.settings.keep_acknowledged_days),
            answers_received_until: match self.settings.keep_answers_days {
                0 => 0,
                days => days_ago(days),
            },
            lockers_expired_at: now,
            limit: FORGET_STEP_ROWS,
        };
        let mut total = store::Forgotten::default();
        loop {
            let step = self.store.forget(&rule)?;
            total.envelopes += step.envelopes;
            total.lockers += step.lockers;
            if !step.more {
                break;
            }
        }
        self.metrics.forgotten_envelopes.add(total.envelopes);
        self.metrics.forgotten_lockers.add(total.lockers);
        Ok(total)
    }

    /// Runs something on the store on a thread that may block.
    async fn blocking<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, RelayError> {
        let relay = Arc::clone(self);
        let result = tokio::task::spawn_blocking(move || work(&relay)).await;
        let result = result.map_err(|_| RelayError::Busy)?;
        result.map_err(|error| {
            self.metrics.store_failures.add(1);
            match error {
                StoreError::Busy => RelayError::Busy,
                failed => RelayError::Store(failed),
            }
        })
    }

    fn published(&self) -> Arc<Published> {
        Arc::clone(
            &self
                .published
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    fn publish(&self, published: Published) {
        *self
            .published
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(published);
    }

    /// The address of a mailbox shard; `None` if there is no such shard.
    fn mailbox(&self, shard: u8) -> Option<Address> {
        self.mailboxes.get(usize::from(shard)).copied()
    }

    /// Answers are cut off when a page of another log slipped between.
    fn same_log(expected: LogId, found: LogId) -> Result<(), RelayError> {
        if expected == found {
            Ok(())
        } else {
            Err(RelayError::Busy)
        }
    }
}

/// Why a relay did not start.
#[derive(Debug, thiserror::Error)]
pub enum RelayStartError {
    /// Its store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system gave it no thread.
    #[error("the relay's writer did not start: {0}")]
    Thread(#[from] std::io::Error),
}

fn wake_on_inbox(
    inbox: Address,
    moved: watch::Sender<u64>,
    metrics: Arc<Metrics>,
) -> writer::OnCommit {
    Box::new(move |writes, written| {
        let mut last = None;
        for (write, written) in writes.iter().zip(written) {
            match (write, written) {
                (
                    Write::Append(envelope),
                    Written::Appended {
                        sequence,
                        fresh: true,
                    },
                ) => {
                    metrics.stored_envelopes.add(1);
                    if envelope.address == inbox {
                        last = Some(*sequence);
                    }
                }
                (_, Written::Appended { .. }) => metrics.repeated_envelopes.add(1),
                (_, Written::LockerStored) => metrics.lockers_kept.add(1),
                _ => {}
            }
        }
        if let Some(last) = last {
            moved.send_replace(last);
        }
    })
}

async fn maintain(relay: std::sync::Weak<Relay>, mut stopping: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(MAINTAIN_EVERY) => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
        let Some(relay) = relay.upgrade() else { return };
        match relay.blocking(Relay::forget).await {
            Ok(forgotten) if forgotten.envelopes + forgotten.lockers > 0 => tracing::info!(
                envelopes = forgotten.envelopes,
                lockers = forgotten.lockers,
                "the relay forgot what was kept long enough"
            ),
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "the relay could not forget; it tries again"),
        }
    }
}

/// What the phone or desk is told when a commit failed.
const fn refusal_of(error: StoreError) -> Refusal {
    match error {
        StoreError::Full => Refusal::Full,
        StoreError::Busy | StoreError::Damaged | StoreError::Failed { .. } => Refusal::Busy,
    }
}
