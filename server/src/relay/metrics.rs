//! What the relay counts, as Prometheus text. Totals only: no address, no id,
//! nothing by which one report or one phone could be told from another.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use loive_protocol::Refusal;

/// A number that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds to it.
    pub fn add(&self, amount: u64) {
        self.0.fetch_add(amount, Ordering::Relaxed);
    }

    /// What it stands at.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A number that says how something stands.
#[derive(Debug, Default)]
pub struct Gauge(AtomicU64);

impl Gauge {
    /// Sets it.
    pub fn set(&self, value: u64) {
        self.0.store(value, Ordering::Relaxed);
    }

    /// What it stands at.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

macro_rules! metrics {
    ($($(#[doc = $help:literal])+ $field:ident => $name:literal;)*) => {
        /// The relay's counters.
        #[derive(Debug, Default)]
        pub struct Metrics {
            $($(#[doc = $help])+ pub $field: Counter,)*
            refusals: [Counter; REFUSALS_COUNT],
            /// Number of the library's release that is handed out; 0: none.
            pub library_release: Gauge,
        }

        impl Metrics {
            fn each(&self, mut show: impl FnMut(&'static str, &'static str, u64)) {
                $(show($name, concat!($($help),+).trim_ascii(), self.$field.get());)*
            }
        }
    };
}

/// Codes of refusals that are told apart; higher ones count as the last.
const REFUSALS_COUNT: usize = 32;

metrics! {
    /// Sync requests answered.
    sync_requests => "sync_requests_total";
    /// Desk requests answered.
    desk_requests => "desk_requests_total";
    /// Requests whose body was not understood.
    bad_requests => "bad_requests_total";
    /// Requests larger than the limit.
    oversized_requests => "oversized_requests_total";
    /// Desk requests without a valid signature or time.
    unsigned_desk_requests => "unsigned_desk_requests_total";
    /// Requests turned away because one source asked too often.
    throttled_requests => "throttled_requests_total";
    /// Requests turned away because too much was in memory or on the way to the disk.
    busy_requests => "busy_requests_total";
    /// Bytes of request bodies.
    received_bytes => "received_bytes_total";
    /// Bytes of response bodies.
    sent_bytes => "sent_bytes_total";
    /// Envelopes that became durable.
    stored_envelopes => "stored_envelopes_total";
    /// Envelopes that were in the log already.
    repeated_envelopes => "repeated_envelopes_total";
    /// Transactions committed.
    commits => "commits_total";
    /// Writes in these transactions.
    committed_writes => "committed_writes_total";
    /// Commits that failed because the storage is full.
    store_full => "store_full_total";
    /// Commits and reads that failed otherwise.
    store_failures => "store_failures_total";
    /// Chunks of the library handed out.
    library_chunks => "library_chunks_total";
    /// Bytes of these chunks.
    library_bytes => "library_bytes_total";
    /// Lockers kept.
    lockers_kept => "lockers_kept_total";
    /// Lockers handed out.
    lockers_found => "lockers_found_total";
    /// Lockers asked for that are not there.
    lockers_missing => "lockers_missing_total";
    /// Locker requests turned away because too many came at once.
    lockers_throttled => "lockers_throttled_total";
    /// Envelopes forgotten after the desk's acknowledgement.
    forgotten_envelopes => "forgotten_envelopes_total";
    /// Lockers forgotten after their time.
    forgotten_lockers => "forgotten_lockers_total";
    /// Cursors that name a sequence this log never gave: was it restored?
    cursors_ahead => "cursors_ahead_total";
    /// Connections that ended in an error: TLS, time-out, no HTTP.
    failed_connections => "failed_connections_total";
}

impl Metrics {
    /// Counts an envelope that was not taken.
    pub fn refused(&self, refusal: Refusal) {
        let slot = usize::from(refusal.code()).min(REFUSALS_COUNT - 1);
        if let Some(counter) = self.refusals.get(slot) {
            counter.add(1);
        }
    }

    /// Everything as Prometheus reads it.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        let mut line = |line: std::fmt::Arguments<'_>| {
            // Writing to a String does not fail.
            text.write_fmt(line).expect("memory takes text");
        };
        self.each(|name, help, value| {
            line(format_args!(
                "# HELP loive_relay_{name} {help}\n# TYPE loive_relay_{name} counter\nloive_relay_{name} {value}\n"
            ));
        });
        line(format_args!(
            "# HELP loive_relay_refused_envelopes_total Envelopes not taken, by reason.\n# TYPE loive_relay_refused_envelopes_total counter\n"
        ));
        for (refusal, counter) in Refusal::ALL
            .iter()
            .filter_map(|refusal| Some((refusal, self.refusals.get(usize::from(refusal.code()))?)))
            .filter(|(_, counter)| counter.get() > 0)
        {
            let (reason, value) = (refusal.key(), counter.get());
            line(format_args!(
                "loive_relay_refused_envelopes_total{{reason=\"{reason}\"}} {value}\n"
            ));
        }
        line(format_args!(
            "# HELP loive_relay_library_release Release of the library that is handed out, 0 if none.\n# TYPE loive_relay_library_release gauge\nloive_relay_library_release {}\n",
            self.library_release.get()
        ));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_has_a_help_a_type_and_a_value_for_each_counter() {
        let metrics = Metrics::default();
        metrics.sync_requests.add(3);
        metrics.refused(Refusal::Full);
        metrics.refused(Refusal::Full);
        let text = metrics.to_text();
        assert!(text.contains(
            "# HELP loive_relay_sync_requests_total Sync requests answered.\n# TYPE loive_relay_sync_requests_total counter\nloive_relay_sync_requests_total 3\n"
        ));
        assert!(text.contains("loive_relay_refused_envelopes_total{reason=\"full\"} 2\n"));
        assert!(!text.contains("reason=\"busy\""));
    }
}
