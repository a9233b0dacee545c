//! The `hotline` command line. Its words are for the administrator, in English.
#![expect(
    clippy::doc_markdown,
    reason = "these comments are read on a terminal, by --help"
)]

mod admin;
mod ask;
mod library;
mod serve;
mod setup;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::config::{Config, ConfigError, Layers};

/// Files that a data folder holds, for `--help`.
const FILES: &str = "\
Files of a data folder (made by `hotline init DIR`):
  hotline.toml          the configuration, every key explained
  hotline.card          give this to phones; it holds no secret
  root.key              signs all other keys: move it offline, you need it to rotate keys
  keys/                 the keys of relay and desk; back them up apart from the databases
  relay.db, relay.mark  the relay's log; never put relay.mark into a backup
  desk.db               reports, cases, users

Examples:
  hotline init /var/lib/hotline --relay-url https://relay.example
  hotline admin user add linh --display \"Chị Linh\" --data /var/lib/hotline
  hotline serve --data /var/lib/hotline
  hotline relay --data /srv/relay --relay-listen 0.0.0.0:443    (needs TLS files)

Configuration comes from hotline.toml, then from variables such as
HOTLINE_RELAY_LISTEN, then from flags; what comes later is stronger.
`hotline config` lists every key. Docs: docs/operations.md";

/// The server of a Lối Về hotline: a relay that keeps sealed reports, a desk
/// that opens them, and a console where counsellors read and answer them.
#[derive(Debug, Parser)]
#[command(name = "hotline", version, after_help = FILES, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
struct Common {
    /// The data folder
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "HOTLINE_DATA",
        default_value = "."
    )]
    data: PathBuf,
    /// Another configuration file than hotline.toml in the data folder
    #[arg(long, global = true, value_name = "FILE", env = "HOTLINE_CONFIG")]
    config: Option<PathBuf>,
    /// Sets one key of the configuration, such as relay.lockers_burst=20; may be
    /// given again
    #[arg(long = "set", global = true, value_name = "SECTION.KEY=VALUE")]
    assignments: Vec<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the data folder of a new hotline: keys, card, configuration
    Init(setup::Init),
    /// Run relay, desk and console in one process
    Serve(serve::Serve),
    /// Run the relay alone, for a desk elsewhere
    Relay(serve::RelayAlone),
    /// Run desk and console alone, with the relay at desk.relay
    Desk(serve::DeskAlone),
    /// Manage the people who may log in
    Admin(admin::Admin),
    /// Manage the hotline's keys
    Keys(setup::Keys),
    /// Check, build, sign and publish the library that phones show
    Library(library::Library),
    /// Show the card that phones need, or write it again
    Card(setup::Card),
    /// List every key of the configuration, its default and its variable
    Config,
}

/// Why a command failed.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Runs the program with the arguments of the process.
pub fn run() -> ExitCode {
    hide_panic_messages();
    let cli = Cli::parse();
    match dispatch(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nothing is left to do if standard error is closed.
            let _ = writeln!(std::io::stderr(), "hotline: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// A panic of a library may quote what it was working on, which may be a word of
/// a form. Where it happened is enough to find the bug.
fn hide_panic_messages() {
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(std::io::stderr(), "hotline: internal error at {place}");
    }));
}

fn dispatch(cli: Cli) -> Result<(), Failure> {
    let Cli { common, command } = cli;
    match command {
        Command::Init(init) => init.run(),
        Command::Serve(serve) => serve.run(&common),
        Command::Relay(relay) => relay.run(&common),
        Command::Desk(desk) => desk.run(&common),
        Command::Admin(admin) => admin.run(&common.load(Vec::new())?),
        Command::Keys(keys) => keys.run(&common.load(Vec::new())?),
        Command::Library(library) => library.run(&common),
        Command::Card(card) => card.run(&common.load(Vec::new())?),
        Command::Config => setup::list_configuration(),
    }
}

impl Common {
    /// The configuration with variables and flags laid over it; `flags` are
    /// those that a command has of its own.
    fn load(&self, flags: Vec<(String, String)>) -> Result<Config, ConfigError> {
        let mut layers = Layers {
            file: self.config.clone(),
            variables: std::env::vars_os()
                .filter_map(|(name, value)| {
                    Some((name.into_string().ok()?, value.into_string().ok()?))
                })
                .collect(),
            flags: Vec::new(),
        };
        for assignment in &self.assignments {
            layers.assign(assignment)?;
        }
        layers.flags.extend(flags);
        layers.load(&self.data)
    }
}

/// Log lines on standard error, ours only: those of libraries may hold network
/// addresses.
fn start_log(config: &Config) {
    let filter = EnvFilter::try_new(format!("off,loive_server={}", config.log.level))
        .unwrap_or_else(|_| EnvFilter::new("off,loive_server=info"));
    let started = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .try_init();
    // Another log is at work already: in a test.
    drop(started);
}

/// A line for the person at the terminal.
fn say(line: &str) -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
