//! Sending and fetching.

use std::sync::{Arc, Mutex, PoisonError};

use loive_client::{Connectivity, SyncHandle, TransportError};
use loive_protocol::{HotlineCard, ReportId};

use crate::error::{PhoneError, count};
use crate::foreign::SyncListener;
use crate::phone::Phone;
use crate::runtime::{runtime, waiting};
use crate::subscription::Subscription;

/// The way to the hotline's relay.
#[derive(uniffi::Object)]
pub struct Driver(loive_client::Driver);

/// Stops a sync from elsewhere, as soon as nothing would be lost by it. For
/// languages whose tasks do not pass their own cancellation on.
#[derive(uniffi::Object)]
pub struct Cancel(loive_client::Cancel);

/// A phone that keeps itself up to date until it is stopped or dropped.
#[derive(uniffi::Object)]
pub struct Syncing {
    handle: Mutex<Option<SyncHandle>>,
    telling: Option<Subscription>,
}

/// What a sync did. Bytes are those of bodies; headers and TLS come on top.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SyncSummary {
    /// Requests that were sent.
    pub requests: u32,
    /// Bytes of request bodies.
    pub bytes_up: u64,
    /// Bytes of response bodies.
    pub bytes_down: u64,
    /// Envelopes that the relay acknowledged.
    pub stored: u64,
    /// Envelopes and lockers that the relay did not take.
    pub refused: u64,
    /// Answers of the hotline that were opened.
    pub answers: u64,
    /// Pieces that were not genuine or not understood, and left alone.
    pub ignored: u64,
    /// Reports of which something changed.
    pub changed: Vec<ReportId>,
    /// Reports that came back by their receipt.
    pub reopened: Vec<ReportId>,
    /// Receipts that the relay has nothing for: mistyped, erased or expired.
    pub receipts_unknown: u64,
    /// How often the relay turned out to have begun a new log.
    pub new_logs: u32,
    /// The release of the library that is shown since this sync.
    pub library: Option<u32>,
    /// How it ended.
    pub ended: Ended,
}

/// How a sync ended. Whatever it was, what was done before is durable, and what
/// was not sent is kept and sent later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Ended {
    /// Nothing is left to send or to fetch.
    Complete,
    /// The relay took some and asked for patience with the rest.
    Busy,
    /// Somebody cancelled.
    Cancelled,
    /// The relay was not reached, or the line broke.
    Offline,
    /// The other side could not show that it is the hotline's relay: try another
    /// network.
    Untrusted,
    /// What came back is no answer to what was asked.
    NotUnderstood,
    /// The store could not take or give what was needed.
    Store,
}

#[uniffi::export]
impl Driver {
    /// The way to the relay on the hotline's card.
    #[uniffi::constructor]
    pub fn new(card: &str) -> Result<Self, PhoneError> {
        Ok(Self(loive_client::Driver::new(&parse(card)?)?))
    }

    /// The same relay at another address, such as a tunnel to it.
    #[uniffi::constructor]
    pub fn to(card: &str, relay_url: &str) -> Result<Self, PhoneError> {
        Ok(Self(loive_client::Driver::to(&parse(card)?, relay_url)?))
    }
}

#[uniffi::export]
impl Cancel {
    /// Not cancelled yet.
    #[uniffi::constructor]
    pub fn new() -> Self {
        Self(loive_client::Cancel::new())
    }

    /// Stops every sync that it was given to.
    pub fn cancel(&self) {
        self.0.cancel();
    }
}

impl Default for Cancel {
    fn default() -> Self {
        Self::new()
    }
}

#[uniffi::export]
impl Phone {
    /// Sends what is to be sent and fetches what is there. Fails fast: it tries a
    /// few times and gives up. One at a time; a second call waits.
    ///
    /// Whoever stops waiting for it stops it.
    #[uniffi::method(default(cancel = None))]
    pub async fn sync(
        &self,
        driver: Arc<Driver>,
        cancel: Option<Arc<Cancel>>,
    ) -> Result<SyncSummary, PhoneError> {
        let phone = self.0.clone();
        let cancel = cancel.map_or_else(loive_client::Cancel::new, |cancel| cancel.0.clone());
        let summary = waiting(async move { phone.sync(&driver.0, &cancel).await }).await?;
        Ok(summary.into())
    }

    /// Keeps the phone up to date until what is returned is stopped or dropped,
    /// and tells a listener how each sync ended.
    #[uniffi::method(default(listener = None))]
    pub fn keep_syncing(
        &self,
        driver: &Driver,
        listener: Option<Arc<dyn SyncListener>>,
    ) -> Syncing {
        let _entered = runtime().enter();
        let handle = self.0.keep_syncing(&driver.0);
        let telling = listener.map(|listener| Subscription::new(tell(handle.last(), listener)));
        Syncing {
            handle: Mutex::new(Some(handle)),
            telling,
        }
    }
}

#[uniffi::export]
impl Syncing {
    /// Looks for work now, because a person asked or something was submitted.
    pub fn wake(&self) {
        self.with(SyncHandle::wake);
    }

    /// Passes on what the platform says of the network.
    pub fn connectivity(&self, connectivity: Connectivity) {
        self.with(|handle| handle.connectivity(connectivity));
    }

    /// Stops it.
    pub fn stop(&self) {
        self.handle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(telling) = &self.telling {
            telling.stop();
        }
    }
}

impl Syncing {
    fn with(&self, work: impl FnOnce(&SyncHandle)) {
        let handle = self.handle.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(handle) = handle.as_ref() {
            work(handle);
        }
    }
}

async fn tell(
    mut last: tokio::sync::watch::Receiver<Option<loive_client::SyncSummary>>,
    listener: Arc<dyn SyncListener>,
) {
    while last.changed().await.is_ok() {
        let Some(summary) = last.borrow_and_update().clone() else {
            continue;
        };
        let listener = Arc::clone(&listener);
        // What the app threw is its own affair: nothing hangs on it.
        let _ = runtime()
            .spawn_blocking(move || listener.ended(summary.into()))
            .await;
    }
}

fn parse(card: &str) -> Result<HotlineCard, PhoneError> {
    Ok(HotlineCard::from_text(card).map_err(loive_client::PhoneError::from)?)
}

impl From<loive_client::SyncSummary> for SyncSummary {
    fn from(summary: loive_client::SyncSummary) -> Self {
        Self {
            requests: summary.requests,
            bytes_up: summary.bytes_up,
            bytes_down: summary.bytes_down,
            stored: count(summary.stored),
            refused: count(summary.refused),
            answers: count(summary.answers),
            ignored: count(summary.ignored),
            changed: summary.changed,
            reopened: summary.reopened,
            receipts_unknown: count(summary.receipts_unknown),
            new_logs: summary.new_logs,
            library: summary.library,
            ended: (&summary.ended).into(),
        }
    }
}

impl From<&loive_client::Ended> for Ended {
    fn from(ended: &loive_client::Ended) -> Self {
        use loive_client::Ended as Inner;
        match ended {
            Inner::Complete => Self::Complete,
            Inner::Busy => Self::Busy,
            Inner::Cancelled => Self::Cancelled,
            Inner::Transport(TransportError::Untrusted) => Self::Untrusted,
            Inner::Transport(TransportError::TooLarge | TransportError::Status(..500))
            | Inner::NotUnderstood => Self::NotUnderstood,
            Inner::Transport(_) => Self::Offline,
            Inner::Store(_) => Self::Store,
        }
    }
}
