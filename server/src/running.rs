//! Starting a hotline, or one half of it, and stopping it gracefully.

mod desk_part;
mod relay_part;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::config::{Config, ConfigError};
use crate::desk::Desk;
use crate::desk::link::{LocalLink, RemoteLinkError};
use crate::http::ListenError;
use crate::keys::FolderError;
use crate::relay::{Relay, RelayStartError, SqliteOpenError};
use crate::tls::TlsError;

pub use desk_part::RunningDesk;
pub use relay_part::RunningRelay;

/// How long requests in progress may take to finish when the hotline stops. A
/// page that a counsellor keeps open ends by itself only when it is cut.
const DRAIN_MAX: Duration = Duration::from_secs(8);

/// Where a hotline begins.
pub struct Hotline;

/// A whole hotline at work: relay, desk and console.
pub struct Running {
    /// Where the relay listens, with the port that the system chose if it was 0.
    pub relay_addr: SocketAddr,
    /// The same as an address for a phone on this machine.
    pub relay_url: String,
    /// Where the console listens.
    pub console_addr: SocketAddr,
    /// The same as an address for a browser on this machine.
    pub console_url: String,
    /// The relay.
    pub relay: Arc<Relay>,
    /// The desk.
    pub desk: Arc<Desk>,
    relay_part: RunningRelay,
    desk_part: RunningDesk,
}

/// Why it did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Keys or card.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Certificate files.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A port.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The relay's store.
    #[error(transparent)]
    RelayStore(#[from] SqliteOpenError),
    /// The relay.
    #[error(transparent)]
    Relay(#[from] RelayStartError),
    /// The desk's store or keys.
    #[error(transparent)]
    Desk(#[from] crate::desk::DeskOpenError),
    /// The way to the relay.
    #[error(transparent)]
    Link(#[from] RemoteLinkError),
    /// Something of the system.
    #[error("starting failed: {0}")]
    System(#[from] std::io::Error),
}

impl Hotline {
    /// Starts relay, desk and console in this process.
    ///
    /// A listener with port 0 gets a free one.
    pub async fn start(config: Config) -> Result<Running, StartError> {
        let relay_part = RunningRelay::start(&config).await?;
        let link = Arc::new(LocalLink(Arc::clone(&relay_part.relay)));
        let desk_part = match RunningDesk::start(&config, link).await {
            Ok(desk_part) => desk_part,
            Err(error) => {
                relay_part.stop().await;
                return Err(error);
            }
        };
        Ok(Running {
            relay_addr: relay_part.relay_addr,
            relay_url: relay_part.relay_url.clone(),
            console_addr: desk_part.console_addr,
            console_url: desk_part.console_url.clone(),
            relay: Arc::clone(&relay_part.relay),
            desk: Arc::clone(&desk_part.desk),
            relay_part,
            desk_part,
        })
    }

    /// Starts the relay alone.
    pub async fn start_relay(config: Config) -> Result<RunningRelay, StartError> {
        RunningRelay::start(&config).await
    }

    /// Starts desk and console alone, with the relay at `desk.relay`.
    pub async fn start_desk(config: Config) -> Result<RunningDesk, StartError> {
        RunningDesk::start_remote(&config).await
    }
}

impl Running {
    /// Stops gracefully: requests in progress finish, what waits is committed,
    /// then everything is closed.
    pub async fn stop(self) {
        let Self {
            relay_part,
            desk_part,
            relay,
            desk,
            ..
        } = self;
        drop((relay, desk));
        // The desk first: its long poll at the relay ends with it.
        desk_part.stop().await;
        relay_part.stop().await;
    }
}

fn url(address: SocketAddr, tls: bool) -> String {
    let scheme = if tls { "https" } else { "http" };
    format!("{scheme}://{address}")
}
