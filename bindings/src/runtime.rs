//! The one runtime that the library owns. A future that crosses the border is
//! polled on a thread of the app; what it waits for runs here.

use std::sync::OnceLock;

use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use crate::error::PhoneError;

/// Threads that drive connections and timers.
const WORKERS_COUNT: usize = 2;
/// Threads that may wait for the disk, for Argon2id, or for a listener of the
/// app. They end after some seconds without work.
const BLOCKING_MAX_THREADS: usize = 16;

pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        Builder::new_multi_thread()
            .worker_threads(WORKERS_COUNT)
            .max_blocking_threads(BLOCKING_MAX_THREADS)
            .thread_name("loive")
            .enable_all()
            .build()
            .expect("a system that starts no thread cannot run the app either")
    })
}

/// Runs what waits for the disk. If the app stops waiting, it is finished all
/// the same: what was begun is kept.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, loive_client::PhoneError> + Send + 'static,
) -> Result<T, PhoneError> {
    let finished = runtime().spawn_blocking(work).await;
    finished
        .unwrap_or_else(|_| Err(panicked()))
        .map_err(PhoneError::from)
}

/// Runs what waits for the network. If the app stops waiting, it is stopped:
/// nothing of it is left.
pub(crate) async fn waiting<T: Send + 'static>(
    work: impl Future<Output = Result<T, loive_client::PhoneError>> + Send + 'static,
) -> Result<T, PhoneError> {
    let mut task = EndedWhenDropped(runtime().spawn(work));
    let finished = (&mut task.0).await;
    finished
        .unwrap_or_else(|_| Err(panicked()))
        .map_err(PhoneError::from)
}

/// A task that ends with whoever holds it.
pub(crate) struct EndedWhenDropped<T>(pub(crate) JoinHandle<T>);

impl<T> Drop for EndedWhenDropped<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The panic's own text stays inside: it might hold what it stumbled over.
fn panicked() -> loive_client::PhoneError {
    loive_client::PhoneError::Internal {
        incident_id: "panic".to_owned(),
    }
}
