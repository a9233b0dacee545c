//! The configuration: `hotline.toml`, then `HOTLINE_…` variables, then flags;
//! what comes later is stronger.
//!
//! Every key is in one list, [`KEYS`]. From it come the names of the variables,
//! `--set`, and the commented file that `hotline init` writes; a test holds it
//! against the types.

mod keys;
mod layers;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use loive_protocol::ReceiptCost;
use serde::{Deserialize, Serialize};

use crate::clock::Env;
use crate::relay::{MetricsFor, Rate, RelaySettings};

pub use keys::{KEYS, Key, Kind};
pub use layers::{ConfigError, Layers};

/// Name of the file in the data folder.
pub const CONFIG_FILE: &str = "hotline.toml";
const BYTES_PER_MEGABYTE: u64 = 1_000_000;

/// Everything that can be set.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The data folder. Paths in the configuration start from it.
    #[serde(skip)]
    pub folder: PathBuf,
    /// Clock and randomness. Another than the system's is for tests.
    #[serde(skip, default = "Env::system")]
    pub env: Env,
    /// Cost of trying a receipt. A cheap one is for tests.
    #[serde(skip, default = "real_cost")]
    pub receipt_cost: ReceiptCost,
    /// Begin a new log: `relay.db` was restored from an older copy.
    #[serde(skip)]
    pub new_log: bool,
    /// The relay.
    pub relay: RelaySection,
    /// The desk.
    pub desk: DeskSection,
    /// The console.
    pub console: ConsoleSection,
    /// The log lines.
    pub log: LogSection,
}

/// `[relay]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RelaySection {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where phones reach it.
    pub public_url: String,
    /// Certificate chain, PEM.
    pub tls_certificate: PathBuf,
    /// Private key, PEM.
    pub tls_key: PathBuf,
    /// Authority that certified it, PEM, if it is not a public one.
    pub own_ca: PathBuf,
    /// Who reads `/metrics`.
    pub metrics: MetricsFor,
    /// A proxy on this machine passes requests on.
    pub behind_proxy: bool,
    /// Days after the desk's acknowledgement.
    pub keep_acknowledged_days: u32,
    /// Days after arrival; 0 for ever.
    pub keep_answers_days: u32,
    /// Largest size of the store; 0 for none.
    pub store_max_megabytes: u32,
    /// Report lane, filling.
    pub report_lane_bytes_per_minute: u64,
    /// Report lane, at once.
    pub report_lane_burst_bytes: u64,
    /// Field lane, filling.
    pub field_lane_bytes_per_minute: u64,
    /// Field lane, at once.
    pub field_lane_burst_bytes: u64,
    /// Requests of one source, filling.
    pub source_requests_per_minute: u64,
    /// Requests of one source, at once.
    pub source_burst_requests: u64,
    /// Locker requests, filling.
    pub lockers_per_minute: u64,
    /// Locker requests, at once.
    pub lockers_burst: u64,
    /// Lockers kept.
    pub lockers_max_count: u64,
}

/// `[desk]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeskSection {
    /// The relay's address, if it is not this process.
    pub relay: String,
    /// Authority that certified the relay, PEM, if it is not a public one.
    pub relay_ca: PathBuf,
}

/// `[console]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConsoleSection {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Certificate chain, PEM.
    pub tls_certificate: PathBuf,
    /// Private key, PEM.
    pub tls_key: PathBuf,
    /// Browsers reach it through a proxy that adds TLS.
    pub behind_tls_proxy: bool,
}

/// `[log]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogSection {
    /// `error`, `warn`, `info`, `debug` or `trace`.
    pub level: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            folder: PathBuf::from("."),
            env: Env::system(),
            receipt_cost: real_cost(),
            new_log: false,
            relay: RelaySection::default(),
            desk: DeskSection::default(),
            console: ConsoleSection::default(),
            log: LogSection::default(),
        }
    }
}

impl Default for RelaySection {
    fn default() -> Self {
        let settings = RelaySettings::default();
        Self {
            listen: loopback(8080),
            public_url: "http://127.0.0.1:8080".into(),
            tls_certificate: PathBuf::new(),
            tls_key: PathBuf::new(),
            own_ca: PathBuf::new(),
            metrics: settings.metrics,
            behind_proxy: settings.behind_proxy,
            keep_acknowledged_days: settings.keep_acknowledged_days,
            keep_answers_days: settings.keep_answers_days,
            store_max_megabytes: 0,
            report_lane_bytes_per_minute: settings.report_lane.per_minute,
            report_lane_burst_bytes: settings.report_lane.burst,
            field_lane_bytes_per_minute: settings.field_lane.per_minute,
            field_lane_burst_bytes: settings.field_lane.burst,
            source_requests_per_minute: settings.source.per_minute,
            source_burst_requests: settings.source.burst,
            lockers_per_minute: settings.lockers.per_minute,
            lockers_burst: settings.lockers.burst,
            lockers_max_count: settings.lockers_max_count,
        }
    }
}

impl Default for DeskSection {
    fn default() -> Self {
        Self {
            relay: String::new(),
            relay_ca: PathBuf::new(),
        }
    }
}

impl Default for ConsoleSection {
    fn default() -> Self {
        Self {
            listen: loopback(8081),
            tls_certificate: PathBuf::new(),
            tls_key: PathBuf::new(),
            behind_tls_proxy: false,
        }
    }
}

impl Default for LogSection {
    fn default() -> Self {
        Self {
            level: "info".into(),
        }
    }
}

impl Config {
    /// The configuration of a data folder, without variables and flags.
    pub fn of_folder(folder: &Path) -> Result<Self, ConfigError> {
        Layers::default().load(folder)
    }

    /// A path of the configuration, as seen from the data folder; `None` if it
    /// is not set.
    pub fn path(&self, path: &Path) -> Option<PathBuf> {
        (!path.as_os_str().is_empty()).then(|| self.folder.join(path))
    }

    /// Certificate and key of a listener; `None` if it has neither.
    pub fn tls_files(
        &self,
        section: &'static str,
        certificate: &Path,
        key: &Path,
    ) -> Result<Option<(PathBuf, PathBuf)>, ConfigError> {
        match (self.path(certificate), self.path(key)) {
            (Some(certificate), Some(key)) => Ok(Some((certificate, key))),
            (None, None) => Ok(None),
            _ => Err(ConfigError::HalfTls { section }),
        }
    }

    /// Budgets and times of the relay.
    pub const fn relay_settings(&self) -> RelaySettings {
        let relay = &self.relay;
        RelaySettings {
            report_lane: Rate {
                per_minute: relay.report_lane_bytes_per_minute,
                burst: relay.report_lane_burst_bytes,
            },
            field_lane: Rate {
                per_minute: relay.field_lane_bytes_per_minute,
                burst: relay.field_lane_burst_bytes,
            },
            source: Rate {
                per_minute: relay.source_requests_per_minute,
                burst: relay.source_burst_requests,
            },
            lockers: Rate {
                per_minute: relay.lockers_per_minute,
                burst: relay.lockers_burst,
            },
            lockers_max_count: relay.lockers_max_count,
            keep_acknowledged_days: relay.keep_acknowledged_days,
            keep_answers_days: relay.keep_answers_days,
            metrics: relay.metrics,
            behind_proxy: relay.behind_proxy,
        }
    }

    /// The relay's store may grow to this; `None`: as large as the disk.
    pub fn store_max_bytes(&self) -> Option<u64> {
        let megabytes = u64::from(self.relay.store_max_megabytes);
        (megabytes > 0).then(|| megabytes.saturating_mul(BYTES_PER_MEGABYTE))
    }
}

const fn real_cost() -> ReceiptCost {
    ReceiptCost::REAL
}

const fn loopback(port: u16) -> SocketAddr {
    SocketAddr::V4(std::net::SocketAddrV4::new(Ipv4Addr::LOCALHOST, port))
}
