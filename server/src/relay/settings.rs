//! What an administrator may set about a relay.

use super::throttle::Rate;

/// Budgets and times of a relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelaySettings {
    /// Bytes in and out of the report lane, everybody together.
    pub report_lane: Rate,
    /// Bytes in and out of the field lane, everybody together.
    pub field_lane: Rate,
    /// Requests of one source.
    pub source: Rate,
    /// Lockers put, fetched or erased, everybody together.
    pub lockers: Rate,
    /// How many lockers are kept at most.
    pub lockers_max_count: u64,
    /// How long an envelope of the inbox stays after the desk acknowledged it.
    pub keep_acknowledged_days: u32,
    /// How long an answer stays after it arrived; 0 keeps it for ever.
    pub keep_answers_days: u32,
    /// Who may read `/metrics`.
    pub metrics: MetricsFor,
    /// A proxy on this machine names the source in `x-forwarded-for`.
    pub behind_proxy: bool,
}

/// Who may read `/metrics`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MetricsFor {
    /// Programs on the same machine. Totals that change with every report would
    /// tell a stranger who watches when one is sent.
    Loopback,
    /// Everybody who reaches the port.
    Everyone,
    /// Nobody.
    Nobody,
}

impl Default for RelaySettings {
    fn default() -> Self {
        Self {
            report_lane: Rate {
                per_minute: 480_000_000,
                burst: 64_000_000,
            },
            field_lane: Rate {
                per_minute: 480_000_000,
                burst: 64_000_000,
            },
            // Thousands of phones can stand behind one address of an operator.
            source: Rate {
                per_minute: 1_200,
                burst: 600,
            },
            lockers: Rate {
                per_minute: 120,
                burst: 60,
            },
            lockers_max_count: 100_000,
            keep_acknowledged_days: 30,
            keep_answers_days: 400,
            metrics: MetricsFor::Loopback,
            behind_proxy: false,
        }
    }
}
