//! The one runtime that the library owns. A future that crosses the border is
//! polled on a thread of the app; what it waits for runs here.

use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Mutex, OnceLock, PoisonError};

use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
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
        panic::set_hook(Box::new(note_panic));
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
    let (done, result) = oneshot::channel();
    // One task for every kind of work: a task for each verb would make the library
    // a tenth larger.
    spawn_blocking(Box::new(move || {
        // Nobody may be waiting any more.
        let _ = done.send(work());
    }));
    // A panic drops the sender.
    result
        .await
        .unwrap_or_else(|_| Err(panicked()))
        .map_err(PhoneError::from)
}

fn spawn_blocking(work: Box<dyn FnOnce() + Send>) {
    drop(runtime().spawn_blocking(work));
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

/// Where the last panic was.
static PANICKED_AT: Mutex<String> = Mutex::new(String::new());

/// A panic's own text might hold the words that it stumbled over, so it is not
/// printed. Where it was is kept, for whoever repairs the app.
fn note_panic(info: &PanicHookInfo<'_>) {
    let place = info
        .location()
        .map(|it| format!("{}:{}", it.file(), it.line()));
    *PANICKED_AT.lock().unwrap_or_else(PoisonError::into_inner) = place.unwrap_or_default();
}

fn panicked() -> loive_client::PhoneError {
    let place = PANICKED_AT.lock().unwrap_or_else(PoisonError::into_inner);
    loive_client::PhoneError::Internal {
        incident_id: format!("panic-{place}"),
    }
}

/// Runs what is handed somebody's words and has no error to give. A panic in it
/// goes on without its text.
pub(crate) fn wordless<T>(work: impl FnOnce() -> T) -> T {
    let _ = runtime();
    panic::catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| panic::resume_unwind(Box::new("a mistake in the app")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &str = "Họ giữ giấy tờ của tôi";

    #[test]
    fn a_panic_says_where_it_was_and_not_what_it_stumbled_over() {
        let gone = runtime().block_on(blocking::<()>(|| panic!("{WORDS}")));
        let Err(PhoneError::Internal { incident_id }) = gone else {
            unreachable!("it panicked");
        };
        assert!(incident_id.contains("runtime.rs"), "{incident_id}");
        assert!(!incident_id.contains(WORDS));

        let payload = panic::catch_unwind(|| wordless(|| -> () { panic!("{WORDS}") }));
        let payload = payload.expect_err("it goes on");
        assert_eq!(payload.downcast_ref(), Some(&"a mistake in the app"));
    }
}
