//! `hotline serve`, `relay`, `desk`: run until told to stop.
#![expect(
    clippy::doc_markdown,
    reason = "these comments are read on a terminal, by --help"
)]

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use super::{Common, Failure, start_log};
use crate::config::Config;
use crate::running::Hotline;

/// `hotline serve`
#[derive(Debug, Args)]
#[command(after_help = "\
Stops gracefully on SIGTERM or Ctrl-C: requests in progress finish, what waits is written.
Plain HTTP is spoken on loopback addresses only; elsewhere give certificate and key.

Example:
  hotline serve --data /var/lib/hotline --relay-listen 127.0.0.1:8080 \\
      --console-listen 127.0.0.1:8081")]
pub(super) struct Serve {
    #[command(flatten)]
    relay: RelayFlags,
    #[command(flatten)]
    console: ConsoleFlags,
}

/// `hotline relay`
#[derive(Debug, Args)]
#[command(after_help = "\
A relay on its own needs, of the hotline's files, hotline.toml, hotline.card and
keys/store-relay.key, and must be given no more: it cannot open a report then, whoever takes it.

After relay.db was restored from a backup the relay notices by relay.mark and begins a new log:
phones and desk offer again what the copy does not have. If the whole machine was set back, mark
included, start once with --new-log.")]
pub(super) struct RelayAlone {
    #[command(flatten)]
    relay: RelayFlags,
}

/// `hotline desk`
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  hotline desk --data /var/lib/hotline --relay https://relay.example")]
pub(super) struct DeskAlone {
    /// The relay's address [config: desk.relay]
    #[arg(long, value_name = "URL")]
    relay: Option<String>,
    /// Certificate of your own authority that certified the relay, PEM [config: desk.relay_ca]
    #[arg(long, value_name = "FILE")]
    relay_ca: Option<PathBuf>,
    #[command(flatten)]
    console: ConsoleFlags,
}

#[derive(Debug, Args)]
struct RelayFlags {
    /// Where phones connect, such as 0.0.0.0:443 [config: relay.listen]
    #[arg(long, value_name = "ADDRESS:PORT")]
    relay_listen: Option<SocketAddr>,
    /// The relay's certificate chain, PEM [config: relay.tls_certificate]
    #[arg(long, value_name = "FILE")]
    relay_tls_certificate: Option<PathBuf>,
    /// The private key of that certificate, PEM [config: relay.tls_key]
    #[arg(long, value_name = "FILE")]
    relay_tls_key: Option<PathBuf>,
    /// Begin a new log: relay.db was restored from an older copy
    #[arg(long)]
    new_log: bool,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_field_names, reason = "they are the names of the flags")]
struct ConsoleFlags {
    /// Where counsellors' browsers connect [config: console.listen]
    #[arg(long, value_name = "ADDRESS:PORT")]
    console_listen: Option<SocketAddr>,
    /// The console's certificate chain, PEM [config: console.tls_certificate]
    #[arg(long, value_name = "FILE")]
    console_tls_certificate: Option<PathBuf>,
    /// The private key of that certificate, PEM [config: console.tls_key]
    #[arg(long, value_name = "FILE")]
    console_tls_key: Option<PathBuf>,
}

type Flags = Vec<(String, String)>;

fn flag(flags: &mut Flags, key: &str, value: Option<String>) {
    flags.extend(value.map(|value| (key.to_owned(), value)));
}

/// A path of a flag starts from where the command is run, not from the data
/// folder.
fn from_here(path: Option<&PathBuf>) -> Result<Option<String>, Failure> {
    let Some(path) = path else { return Ok(None) };
    let absolute = std::path::absolute(path)?;
    let text = absolute
        .into_os_string()
        .into_string()
        .map_err(|_| "a path is not UTF-8")?;
    Ok(Some(text))
}

impl RelayFlags {
    fn add_to(&self, flags: &mut Flags) -> Result<(), Failure> {
        flag(
            flags,
            "relay.listen",
            self.relay_listen.map(|listen| listen.to_string()),
        );
        let certificate = from_here(self.relay_tls_certificate.as_ref())?;
        flag(flags, "relay.tls_certificate", certificate);
        flag(
            flags,
            "relay.tls_key",
            from_here(self.relay_tls_key.as_ref())?,
        );
        Ok(())
    }
}

impl ConsoleFlags {
    fn add_to(&self, flags: &mut Flags) -> Result<(), Failure> {
        flag(
            flags,
            "console.listen",
            self.console_listen.map(|listen| listen.to_string()),
        );
        let certificate = from_here(self.console_tls_certificate.as_ref())?;
        flag(flags, "console.tls_certificate", certificate);
        flag(
            flags,
            "console.tls_key",
            from_here(self.console_tls_key.as_ref())?,
        );
        Ok(())
    }
}

impl Serve {
    pub(super) fn run(&self, common: &Common) -> Result<(), Failure> {
        let mut flags = Flags::new();
        self.relay.add_to(&mut flags)?;
        self.console.add_to(&mut flags)?;
        let mut config = common.load(flags)?;
        config.new_log = self.relay.new_log;
        run(config, async |config, stop| {
            let running = Hotline::start(config).await?;
            stop.await;
            running.stop().await;
            Ok(())
        })
    }
}

impl RelayAlone {
    pub(super) fn run(&self, common: &Common) -> Result<(), Failure> {
        let mut flags = Flags::new();
        self.relay.add_to(&mut flags)?;
        let mut config = common.load(flags)?;
        config.new_log = self.relay.new_log;
        run(config, async |config, stop| {
            let running = Hotline::start_relay(config).await?;
            stop.await;
            running.stop().await;
            Ok(())
        })
    }
}

impl DeskAlone {
    pub(super) fn run(&self, common: &Common) -> Result<(), Failure> {
        let mut flags = Flags::new();
        flag(&mut flags, "desk.relay", self.relay.clone());
        flag(
            &mut flags,
            "desk.relay_ca",
            from_here(self.relay_ca.as_ref())?,
        );
        self.console.add_to(&mut flags)?;
        run(common.load(flags)?, async |config, stop| {
            let running = Hotline::start_desk(config).await?;
            stop.await;
            running.stop().await;
            Ok(())
        })
    }
}

type Stop = std::pin::Pin<Box<dyn Future<Output = ()>>>;

fn run(
    config: Config,
    work: impl AsyncFnOnce(Config, Stop) -> Result<(), Failure>,
) -> Result<(), Failure> {
    start_log(&config);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        // Registered before the start: a signal in the middle of it is not lost.
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let stop = Box::pin(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            tracing::info!("stopping");
        });
        work(config, stop).await
    })
}
