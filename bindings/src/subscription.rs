//! Telling the app what changed.

use std::sync::{Arc, Mutex, PoisonError};

use loive_protocol::ReportId;
use tokio::sync::broadcast::error::RecvError;

use crate::foreign::ReportListener;
use crate::phone::Phone;
use crate::runtime::{EndedWhenDropped, runtime};

/// Something that goes on until it is stopped or dropped.
#[derive(uniffi::Object)]
pub struct Subscription(Mutex<Option<EndedWhenDropped<()>>>);

#[uniffi::export]
impl Subscription {
    /// Stops it. A call of the listener that is under way is finished, and none
    /// follows.
    pub fn stop(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Subscription {
    pub(crate) fn new(work: impl Future<Output = ()> + Send + 'static) -> Self {
        let task = EndedWhenDropped(runtime().spawn(work));
        Self(Mutex::new(Some(task)))
    }
}

#[uniffi::export]
impl Phone {
    /// Tells a listener of every report that changes, one after the other, until
    /// the subscription is stopped or dropped.
    pub fn subscribe(&self, listener: Arc<dyn ReportListener>) -> Subscription {
        let mut changes = self.0.subscribe();
        Subscription::new(async move {
            loop {
                let report = match changes.recv().await {
                    Ok(report) => Some(report),
                    Err(RecvError::Lagged(_)) => None,
                    Err(RecvError::Closed) => return,
                };
                tell(&listener, report).await;
            }
        })
    }
}

/// Calls the app on a thread that may be kept waiting. What the app threw is its
/// own affair: the change itself is in the store.
async fn tell(listener: &Arc<dyn ReportListener>, report: Option<ReportId>) {
    let listener = Arc::clone(listener);
    let _ = runtime()
        .spawn_blocking(move || listener.changed(report))
        .await;
}
