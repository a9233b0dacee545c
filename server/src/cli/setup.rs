//! `hotline init`, `keys`, `card`, `config`.
#![expect(
    clippy::doc_markdown,
    reason = "these comments are read on a terminal, by --help"
)]

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::{Failure, say};
use crate::clock::Env;
use crate::config::Config;
use crate::desk::link::relay_url;
use crate::keys::{Folder, NewFolder, Rotation, destroy_expired, pin_relay};

/// `hotline init`
#[derive(Debug, Args)]
#[command(after_help = "\
Nothing that exists is ever overwritten. Afterwards:
  1. copy DIR/root.key to a medium that is kept offline, and delete it from DIR
  2. back up DIR/keys
  3. hotline admin user add NAME --data DIR
  4. hotline serve --data DIR
  5. give DIR/hotline.card to whoever builds or configures the phones' app")]
pub(super) struct Init {
    /// The folder to make
    dir: PathBuf,
    /// Where phones will reach the relay
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    relay_url: String,
}

impl Init {
    pub(super) fn run(&self) -> Result<(), Failure> {
        relay_url(&self.relay_url)?;
        let folder = Folder::new(&self.dir);
        folder.init(
            &NewFolder {
                relay_url: self.relay_url.clone(),
            },
            &Env::system(),
        )?;
        let dir = self.dir.display();
        say(&format!("A new hotline lies in {dir}."))?;
        say(&format!(
            "  {dir}/hotline.card  give this to phones; it holds no secret"
        ))?;
        say(&format!("  {dir}/root.key      move this offline now"))?;
        say(&format!(
            "  {dir}/keys          back this up, apart from the databases"
        ))?;
        say(&format!("Next: hotline admin user add NAME --data {dir}"))?;
        say(&format!("Then: hotline serve --data {dir}"))
    }
}

/// `hotline keys`
#[derive(Debug, Args)]
pub(super) struct Keys {
    #[command(subcommand)]
    command: KeysCommand,
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Make a new seal key; older ones open reports until their grace ends
    #[command(after_help = "\
Needs the root key. Restart the hotline afterwards: it reads its keys when it starts, and hands
the new certificate to phones at their next sync. The private halves of older keys are overwritten
and deleted when their grace ends; what a phone seals to one of them later cannot be opened.")]
    Rotate(Rotate),
    /// Certify the relay's TLS key (relay.tls_key), so that phones with a wrong clock know it
    #[command(after_help = "\
Needs the root key. Run it again whenever the relay gets another private key; a renewed certificate
for the same key needs nothing. Restart the hotline afterwards.")]
    Pin(Pin),
    /// Destroy the private halves whose grace has ended, now (the desk does it every hour)
    Destroy,
}

#[derive(Debug, Args)]
struct Rotate {
    /// The root key, if it is not in the data folder
    #[arg(long, value_name = "FILE")]
    root: Option<PathBuf>,
    /// Days that older keys still open reports: longer than phones are offline
    #[arg(long, value_name = "DAYS", default_value_t = 180)]
    grace_days: u32,
    /// Tell phones not to use keys below this serial, because they may be known
    /// to others
    #[arg(long, value_name = "SERIAL")]
    retires_below: Option<u32>,
}

#[derive(Debug, Args)]
struct Pin {
    /// The root key, if it is not in the data folder
    #[arg(long, value_name = "FILE")]
    root: Option<PathBuf>,
}

impl Keys {
    pub(super) fn run(&self, config: &Config) -> Result<(), Failure> {
        let folder = Folder::new(&config.folder);
        match &self.command {
            KeysCommand::Rotate(rotate) => {
                let rotation = Rotation {
                    root: rotate.root.clone(),
                    grace_days: rotate.grace_days,
                    retires_below: rotate.retires_below,
                };
                let rotated = rotation.run(&folder, &config.env)?;
                say(&format!("The new seal key has serial {}.", rotated.serial))?;
                say(&format!(
                    "Older ones open reports for {} days more.",
                    rotate.grace_days
                ))?;
                say(
                    "Restart the hotline now. hotline.card has changed: new phones get the new one.",
                )
            }
            KeysCommand::Pin(pin) => {
                let key = config
                    .path(&config.relay.tls_key)
                    .ok_or("relay.tls_key is not set: there is no key to certify")?;
                if pin_relay(&folder, &key, pin.root.as_deref(), &config.env)? {
                    say("The relay's TLS key is on hotline.card now. Restart the hotline.")
                } else {
                    say("The relay's TLS key is on hotline.card already.")
                }
            }
            KeysCommand::Destroy => {
                let serials = destroy_expired(&folder, config.env.now())?;
                if serials.is_empty() {
                    return say("No key's grace has ended.");
                }
                for serial in serials {
                    say(&format!("Destroyed the private half of seal key {serial}."))?;
                }
                say("Restart the hotline: what runs still holds them in memory.")
            }
        }
    }
}

/// `hotline card`
#[derive(Debug, Args)]
#[command(after_help = "\
Example, after relay.public_url or relay.own_ca was changed in hotline.toml:
  hotline card --write --data /var/lib/hotline")]
pub(super) struct Card {
    /// Write hotline.card again with relay.public_url and relay.own_ca
    #[arg(long)]
    write: bool,
}

impl Card {
    pub(super) fn run(&self, config: &Config) -> Result<(), Failure> {
        relay_url(&config.relay.public_url)?;
        let folder = Folder::new(&config.folder);
        let card = if self.write {
            folder.refresh_card(config)?
        } else {
            folder.card()?
        };
        say(&card.to_text())
    }
}

/// `hotline config`
pub(super) fn list_configuration() -> Result<(), Failure> {
    say(Config::template(&[]).trim_end())?;
    say("\n# Variables:")?;
    for key in crate::config::KEYS {
        say(&format!("#   {}", key.variable()))?;
    }
    Ok(())
}
