//! The line to the hotline: the engine's own background sync, switched on and
//! off as if the phone walked into signal and out of it.

use std::time::{Duration, Instant};

use loive_client::{Connectivity, Driver, Phone, PhoneError, Rejection, SyncHandle, SyncSummary};
use loive_client::{Ended, TransportError};
use tokio::sync::watch;

use crate::context::Line;

/// How often a phone with signal looks for news. A real phone does so much
/// less often; here somebody sits in front of it.
const LOOK_SECONDS: u64 = 3;
/// After so long without an end of a session the line is called bad.
const PATIENCE_SECONDS: u64 = 8;

/// Background sync, if there is signal.
pub(crate) struct Carrier {
    phone: Phone,
    driver: Driver,
    running: Option<Running>,
}

struct Running {
    handle: SyncHandle,
    last: watch::Receiver<Option<SyncSummary>>,
    /// Since when a session is under way; none: it rests until the next look.
    since: Option<Instant>,
    ended: Instant,
    is_bad: bool,
}

/// What came of a session.
pub(crate) struct News {
    /// How the line is now.
    pub(crate) line: Line,
    /// Receipts that the relay has nothing for.
    pub(crate) receipts_unknown: usize,
    /// Reports that came back by their receipt.
    pub(crate) reopened: usize,
}

impl Carrier {
    /// A line that is not in use yet.
    pub(crate) fn new(phone: Phone, driver: Driver) -> Self {
        Self {
            phone,
            driver,
            running: None,
        }
    }

    /// The phone walks into signal or out of it. Without signal nothing runs.
    pub(crate) fn signal(&mut self, on: bool, now: Instant) {
        if !on {
            self.running = None;
            return;
        }
        let handle = self.phone.keep_syncing(&self.driver);
        handle.connectivity(Connectivity::Online);
        let last = handle.last();
        let since = Some(now);
        self.running = Some(Running {
            handle,
            last,
            since,
            ended: now,
            is_bad: false,
        });
    }

    /// Something was written that should go now.
    pub(crate) fn wake(&mut self, now: Instant) {
        if let Some(running) = &mut self.running {
            running.handle.wake();
            running.since.get_or_insert(now);
        }
    }

    /// Looks what happened, and whether it is time to look for news. While the
    /// engine rests after a failure it is left alone: its pauses grow.
    pub(crate) fn look(&mut self, now: Instant) -> Option<News> {
        let running = self.running.as_mut()?;
        if running.last.has_changed().unwrap_or(false) {
            let summary = running.last.borrow_and_update().clone().unwrap_or_default();
            running.since = None;
            running.ended = now;
            running.is_bad = false;
            return Some(News {
                line: line(&summary.ended),
                receipts_unknown: summary.receipts_unknown,
                reopened: summary.reopened.len(),
            });
        }
        let silent = |line| {
            Some(News {
                line,
                receipts_unknown: 0,
                reopened: 0,
            })
        };
        match running.since {
            Some(since) if !running.is_bad && is_past(since, PATIENCE_SECONDS, now) => {
                running.is_bad = true;
                silent(Line::Bad(PhoneError::Offline))
            }
            None if is_past(running.ended, LOOK_SECONDS, now) => {
                running.handle.wake();
                running.since = Some(now);
                None
            }
            _ => None,
        }
    }
}

fn is_past(then: Instant, seconds: u64, now: Instant) -> bool {
    now.saturating_duration_since(then) >= Duration::from_secs(seconds)
}

fn line(ended: &Ended) -> Line {
    let rejected = |reason| Line::Bad(PhoneError::Rejected { reason });
    match ended {
        Ended::Complete | Ended::Cancelled => Line::Good,
        Ended::Transport(TransportError::Untrusted) => rejected(Rejection::Untrusted),
        Ended::NotUnderstood => rejected(Rejection::NotUnderstood),
        Ended::Store(error) => Line::Bad(error.clone()),
        Ended::Busy | Ended::Transport(_) => Line::Bad(PhoneError::Offline),
    }
}
