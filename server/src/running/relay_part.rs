//! The relay with its port.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{DRAIN_MAX, StartError, url};
use crate::config::Config;
use crate::http::Listener;
use crate::keys::Folder;
use crate::relay::{self, Opened, Relay, SqliteOptions, SqliteStore};
use crate::tls;

/// A relay at work.
pub struct RunningRelay {
    /// Where it listens.
    pub relay_addr: SocketAddr,
    /// The same as an address for a phone on this machine.
    pub relay_url: String,
    /// The relay.
    pub relay: Arc<Relay>,
    stop: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

impl RunningRelay {
    pub(super) async fn start(config: &Config) -> Result<Self, StartError> {
        let section = &config.relay;
        let files = config.tls_files("relay", &section.tls_certificate, &section.tls_key)?;
        let tls = files
            .map(|(certificate, key)| tls::server_config(&certificate, &key))
            .transpose()?;
        let has_tls = tls.is_some();
        // The port first: a second start by mistake must not touch the store.
        let listener = Listener::bind("relay", section.listen, tls).await?;
        let relay_addr = listener.address()?;

        let relay = open(config)?;
        let (stop, stopping) = watch::channel(false);
        let counted = Arc::clone(&relay);
        let on_failed = move || counted.metrics().failed_connections.add(1);
        let router = relay::router(Arc::clone(&relay));
        let serving = tokio::spawn(listener.serve(router, stopping, DRAIN_MAX, on_failed));
        tracing::info!(port = relay_addr.port(), tls = has_tls, "the relay listens");
        let relay_url = url(relay_addr, has_tls);
        Ok(Self {
            relay_addr,
            relay_url,
            relay,
            stop,
            serving,
        })
    }

    /// Stops gracefully.
    pub async fn stop(self) {
        self.relay.end_polls();
        self.stop.send_replace(true);
        if self.serving.await.is_err() {
            tracing::error!("the relay's listener ended by a panic");
        }
        self.relay.stop().await;
    }
}

fn open(config: &Config) -> Result<Arc<Relay>, StartError> {
    let folder = Folder::new(&config.folder);
    let card = folder.card()?;
    let key = folder.relay_store_key()?;
    let options = SqliteOptions {
        max_bytes: config.store_max_bytes(),
        new_log: config.new_log,
    };
    let store = SqliteStore::open(&folder.relay_db(), &key, options, &config.env)?;
    match store.opened() {
        Opened::Fresh => tracing::info!("the relay begins its first log"),
        Opened::Same => tracing::info!("the relay goes on with its log"),
        Opened::Asked => tracing::warn!("the relay begins a new log, as it was told"),
        Opened::Restored => tracing::warn!(
            "relay.db is older than relay.mark: it was restored from a copy. The relay begins a \
             new log; phones and desk read it from its beginning and offer again what is missing"
        ),
    }
    Ok(Relay::start(
        Arc::new(store),
        card.root,
        config.relay_settings(),
        config.env.clone(),
    )?)
}
