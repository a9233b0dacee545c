//! The demo: from phones without signal to a counsellor's screen.

mod counsellor;
mod hotline;
mod library;
mod phases;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use crate::crew::MemberError;
use crate::folder::DemoFolder;
use crate::link::Link;

/// What the demo is to do.
pub struct Options {
    /// How many reports are written.
    pub reports: u32,
    /// How many phones write them.
    pub phones: u32,
    /// Decides what is written and when the link is down.
    pub seed: u64,
    /// End with the summary.
    pub once: bool,
    /// The data folder.
    pub data: PathBuf,
}

/// The demo could not be run.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The hotline.
    #[error("the hotline did not start: {0}")]
    Hotline(#[from] loive_server::StartError),
    /// Its data folder.
    #[error("the hotline's folder: {0}")]
    Folder(#[from] loive_server::keys::FolderError),
    /// Its configuration.
    #[error("the hotline's configuration: {0}")]
    Config(#[from] loive_server::config::ConfigError),
    /// Its desk.
    #[error("the desk: {0}")]
    Desk(#[from] loive_server::desk::DeskError),
    /// Its library.
    #[error("the library: {0}")]
    Library(#[from] loive_server::desk::library::LibraryError),
    /// The texts of the library.
    #[error("content/ cannot be read: {0}")]
    Content(String),
    /// A phone.
    #[error("a phone: {0}")]
    Member(#[from] MemberError),
    /// What somebody reads on a phone.
    #[error("a phone: {0}")]
    Phone(#[from] loive_client::PhoneError),
    /// A file or socket.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A task ended early.
    #[error("a part of the demo ended early: {0}")]
    Task(#[from] tokio::task::JoinError),
}

/// Runs the demo and says by the exit code whether every report has exactly one
/// record at the desk and one receipt on its phone.
pub async fn run(options: Options) -> ExitCode {
    match whole(&options).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(&format!("\nThe demo stopped: {error}"));
            ExitCode::FAILURE
        }
    }
}

async fn whole(options: &Options) -> Result<bool, DemoError> {
    let folder = DemoFolder::new(&options.data);
    let hotline = hotline::DemoHotline::start(&folder).await?;
    let link = Link::open(hotline.running.relay_addr).await?;
    say(&format!("Data folder      {}", folder.path().display()));
    say(&format!(
        "Hotline          relay {}, console {}",
        hotline.running.relay_url, hotline.running.console_url
    ));
    say(&format!(
        "Fleet            {} phones, {} reports, seed {}",
        options.phones, options.reports, options.seed
    ));
    let published = library::publish(&hotline.running.desk, &folder).await?;
    say(&format!(
        "Library          release {}, {} kB whole\n",
        published.release,
        published.bytes / 1_000
    ));
    let started = Instant::now();
    let outcome = phases::play(options, &folder, &hotline, &link, published.release).await?;
    table::print(&outcome, link.traffic(), started.elapsed());
    if !options.once {
        stay(&hotline, &folder).await?;
    }
    drop(link);
    hotline.running.stop().await;
    Ok(outcome.is_whole())
}

/// Keeps the console up until the demo is interrupted.
async fn stay(hotline: &hotline::DemoHotline, folder: &DemoFolder) -> Result<(), DemoError> {
    say(&format!(
        "\n  Look at it:      {}",
        hotline.running.console_url
    ));
    say(&format!(
        "  Log in:          {} / {}",
        hotline.user.name, hotline.password
    ));
    say(&format!(
        "  A phone for you: cargo xtask phone --data {} (in another terminal)",
        folder.path().display()
    ));
    say("  Stop:            Ctrl-C\n");
    tokio::signal::ctrl_c().await?;
    Ok(())
}

/// The demo speaks to the developer who runs it.
#[expect(clippy::print_stdout, reason = "the demo is a program of the terminal")]
fn say(line: &str) {
    println!("{line}");
}
