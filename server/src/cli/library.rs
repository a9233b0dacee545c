//! `hotline library`: from text files to what phones show.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use loive_content::{Finding, Source, check};

use super::{Common, Failure, admin, say};
use crate::config::Config;
use crate::keys::Folder;

/// Findings that are printed; whoever mends these sees the others.
const FINDINGS_MAX_COUNT: usize = 200;

/// `hotline library`
#[derive(Debug, Args)]
#[command(after_help = "\
The way of a release: check the texts, build it, sign it, publish it. Nothing of it reaches a
phone before `publish`; a published release is never changed. May be done while the hotline runs;
it hands a published release out within half a minute.

Examples:
  hotline library check content
  hotline library build content --note \"New numbers\" --data /var/lib/hotline
  hotline library sign --data /var/lib/hotline
  hotline library publish --data /var/lib/hotline
  hotline library rollback 7 && hotline library sign && hotline library publish
  hotline library file starter.loive       (for an app to ship)")]
pub(super) struct Library {
    #[command(subcommand)]
    command: LibraryCommand,
}

#[derive(Debug, Subcommand)]
enum LibraryCommand {
    /// Say what of a folder of texts may not be published; needs no data folder
    Check {
        /// The folder
        #[arg(default_value = "content")]
        dir: PathBuf,
    },
    /// Make a release of what the library says now
    Build {
        /// A folder of texts to take first: it is checked, and replaces what the
        /// library says
        dir: Option<PathBuf>,
        /// What colleagues read in the history
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
    },
    /// Sign the release that was built
    Sign {
        /// The publishing key, if it is not in the data folder
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
    /// Hand the signed release out to phones
    Publish,
    /// List all releases
    History,
    /// Build a release that says what an earlier one said
    Rollback {
        /// The number of the earlier one
        release: u32,
    },
    /// Write the published release as one file
    File {
        /// The file to make
        out: PathBuf,
    },
    /// Make the publishing key of a hotline that has none yet
    Key {
        /// The root key, if it is not in the data folder
        #[arg(long, value_name = "FILE")]
        root: Option<PathBuf>,
    },
}

impl Library {
    pub(super) fn run(&self, common: &Common) -> Result<(), Failure> {
        if let LibraryCommand::Check { dir } = &self.command {
            read(dir)?;
            return say("Nothing stands in the way of a release.");
        }
        self.with(&common.load(Vec::new())?)
    }

    fn with(&self, config: &Config) -> Result<(), Failure> {
        let folder = Folder::new(&config.folder);
        match &self.command {
            LibraryCommand::Check { .. } => Ok(()),
            LibraryCommand::Build { dir, note } => build(config, dir.as_deref(), note),
            LibraryCommand::Sign { key } => {
                let (key, certificate) = folder.publishing(key.as_deref())?;
                let release = admin::open(config)?.sign_release(&key, &certificate, &[])?;
                say(&format!("Release {release} is signed."))
            }
            LibraryCommand::Publish => {
                let release = admin::open(config)?.publish_release()?;
                say(&format!("Phones get release {release} from now on."))
            }
            LibraryCommand::History => history(config),
            LibraryCommand::Rollback { release } => {
                let desk = admin::open(config)?;
                let changed = desk.restore_release(*release)?;
                let built = desk.build_release(&format!("as release {release}"))?;
                say(&format!(
                    "Release {} is built: {changed} items say again what they said in release \
                     {release}. Next: hotline library sign",
                    built.release
                ))
            }
            LibraryCommand::File { out } => {
                let bytes = admin::open(config)?.release_file()?;
                std::fs::write(out, &bytes).map_err(|error| at(out, &error))?;
                say(&format!("{}: {} bytes.", out.display(), bytes.len()))
            }
            LibraryCommand::Key { root } => {
                if folder.make_publish_key(root.as_deref(), &config.env)? {
                    say(
                        "There is a publishing key now, and it is on hotline.card. Restart the \
                         hotline.",
                    )
                } else {
                    say("There is a publishing key already.")
                }
            }
        }
    }
}

fn build(config: &Config, dir: Option<&Path>, note: &str) -> Result<(), Failure> {
    let documents = dir
        .map(|dir| read(dir).map(|source| source.documents()))
        .transpose()?;
    let desk = admin::open(config)?;
    if let Some(documents) = documents {
        let written = desk.import_library(&documents)?;
        say(&format!(
            "{} documents, {} of them changed, {} emptied.",
            documents.len(),
            written.changed,
            written.emptied
        ))?;
    }
    let built = desk.build_release(note)?;
    say(&format!(
        "Release {} is built: {} items, {} of them changed; {} bytes for a new phone{}.",
        built.release,
        built.items,
        built.changed,
        built.snapshot_bytes,
        built
            .delta_bytes
            .map(|bytes| format!(", {bytes} for one that has the last"))
            .unwrap_or_default()
    ))?;
    say("Next: hotline library sign")
}

fn history(config: &Config) -> Result<(), Failure> {
    let releases = admin::open(config)?.release_history()?;
    if releases.is_empty() {
        return say("There is no release yet.");
    }
    for release in releases {
        let state = match (release.published_at, release.is_signed) {
            (Some(at), _) => format!("published {}", crate::console::day(at)),
            (None, true) => "signed".to_owned(),
            (None, false) => "built".to_owned(),
        };
        say(&format!(
            "{}\tbuilt {}\t{} items, {} changed\t{state}\t{}",
            release.release,
            crate::console::day(release.built_at),
            release.items,
            release.changed,
            release.note
        ))?;
    }
    Ok(())
}

/// The texts of a folder, if they may be published.
fn read(dir: &Path) -> Result<Source, Failure> {
    let source = Source::read(dir).map_err(|findings| refused(&findings))?;
    let findings = check(&source);
    if findings.is_empty() {
        Ok(source)
    } else {
        Err(refused(&findings))
    }
}

fn refused(findings: &[Finding]) -> Failure {
    let shown = findings.iter().take(FINDINGS_MAX_COUNT);
    let mut lines: Vec<String> = shown.map(ToString::to_string).collect();
    if findings.len() > FINDINGS_MAX_COUNT {
        lines.push("…".to_owned());
    }
    let lines = lines.join("\n");
    let count = findings.len();
    format!("this may not be published:\n{lines}\n{count} findings").into()
}

fn at(path: &Path, error: &std::io::Error) -> Failure {
    format!("{}: {error}", path.display()).into()
}
