//! Waiting for what must come, without guessing how long it takes.

use std::time::{Duration, Instant};

/// How long a story waits before it says that something did not happen.
/// Generous: a slow machine is not a bug.
pub const PATIENCE: Duration = Duration::from_mins(1);
/// Pause between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(15);

/// Looks until there is something to see, and gives it.
///
/// # Panics
/// With `what` if nothing came within [`PATIENCE`].
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(begun.elapsed() < PATIENCE, "this did not happen: {what}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
