//! The desk with its console.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{DRAIN_MAX, StartError, url};
use crate::clock::Env;
use crate::config::Config;
use crate::console::{self, ConsoleConfig, Publishing};
use crate::desk::link::{DeskLink, RemoteLink};
use crate::desk::{Desk, DeskConfig};
use crate::http::Listener;
use crate::keys::{self, Folder, FolderError};
use crate::tls;

/// How often keys whose grace has ended are looked for.
const LOOK_FOR_OLD_KEYS_EVERY: Duration = Duration::from_hours(1);

/// A desk and its console at work.
pub struct RunningDesk {
    /// Where the console listens.
    pub console_addr: SocketAddr,
    /// The same as an address for a browser on this machine.
    pub console_url: String,
    /// The desk.
    pub desk: Arc<Desk>,
    stop: watch::Sender<bool>,
    tasks: [JoinHandle<()>; 3],
}

impl RunningDesk {
    pub(super) async fn start_remote(config: &Config) -> Result<Self, StartError> {
        let ca = config.path(&config.desk.relay_ca);
        let link = RemoteLink::new(&config.desk.relay, ca.as_deref())?;
        Self::start(config, Arc::new(link)).await
    }

    pub(super) async fn start(
        config: &Config,
        link: Arc<dyn DeskLink>,
    ) -> Result<Self, StartError> {
        let section = &config.console;
        let files = config.tls_files("console", &section.tls_certificate, &section.tls_key)?;
        let tls = files
            .map(|(certificate, key)| tls::server_config(&certificate, &key))
            .transpose()?;
        let has_tls = tls.is_some();
        let listener = Listener::bind("console", section.listen, tls).await?;
        let console_addr = listener.address()?;

        let folder = Folder::new(&config.folder);
        destroy_old_keys(&folder, &config.env)?;
        let desk_config = DeskConfig {
            database: folder.desk_db(),
            keys: folder.desk_keys()?,
            receipt_cost: config.receipt_cost,
            env: config.env.clone(),
        };
        let opening = tokio::task::spawn_blocking(move || Desk::open(desk_config, link));
        let desk = opening.await.map_err(std::io::Error::other)??;

        let (stop, stopping) = watch::channel(false);
        let console_config = ConsoleConfig {
            secure_cookies: has_tls || section.behind_tls_proxy,
            env: config.env.clone(),
            publishing: publishing(&folder),
        };
        let router = console::router(Arc::clone(&desk), console_config);
        let tasks = [
            tokio::spawn(listener.serve(router, stopping.clone(), DRAIN_MAX, || {})),
            tokio::spawn(Arc::clone(&desk).run(stopped(stopping.clone()))),
            tokio::spawn(watch_old_keys(folder, config.env.clone(), stopping)),
        ];
        tracing::info!(
            port = console_addr.port(),
            tls = has_tls,
            "the console listens"
        );
        let console_url = url(console_addr, has_tls);
        Ok(Self {
            console_addr,
            console_url,
            desk,
            stop,
            tasks,
        })
    }

    /// Stops gracefully.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        for task in self.tasks {
            if task.await.is_err() {
                tracing::error!("a task of the desk ended by a panic");
            }
        }
        tracing::info!("the desk has stopped");
    }
}

/// The publishing key, if it is in the folder. Without it everything but
/// publishing at the console works.
fn publishing(folder: &Folder) -> Option<Publishing> {
    match folder.publishing(None) {
        Ok((key, certificate)) => Some(Publishing::new(key, certificate)),
        Err(error) => {
            tracing::info!(%error, "the console does not publish the library");
            None
        }
    }
}

/// Ends when the hotline stops, or when nobody is left to stop it.
async fn stopped(mut stopping: watch::Receiver<bool>) {
    if stopping.wait_for(|stopping| *stopping).await.is_err() {
        tracing::debug!("a running desk was dropped without being stopped");
    }
}

async fn watch_old_keys(folder: Folder, env: Env, stopping: watch::Receiver<bool>) {
    let mut stopped = std::pin::pin!(stopped(stopping));
    loop {
        tokio::select! {
            () = &mut stopped => return,
            () = tokio::time::sleep(LOOK_FOR_OLD_KEYS_EVERY) => {}
        }
        let (folder, env) = (folder.clone(), env.clone());
        match tokio::task::spawn_blocking(move || destroy_old_keys(&folder, &env)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "old keys were not destroyed"),
            Err(_) => tracing::error!("destroying old keys panicked"),
        }
    }
}

fn destroy_old_keys(folder: &Folder, env: &Env) -> Result<(), FolderError> {
    for serial in keys::destroy_expired(folder, env.now())? {
        // This process holds it in memory until it is restarted.
        tracing::info!(
            serial,
            "a seal key's grace has ended: its private half was destroyed"
        );
    }
    Ok(())
}
