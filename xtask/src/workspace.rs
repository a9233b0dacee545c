//! Where the repository is, and how its programs are started.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Variables that `cargo run` sets for this program and that an inner cargo
/// must not inherit: they describe `xtask`, not what is being built.
const CARGO_OF_XTASK: [&str; 6] = [
    "CARGO",
    "CARGO_BIN_",
    "CARGO_CRATE_",
    "CARGO_MANIFEST_",
    "CARGO_PKG_",
    "CARGO_PRIMARY_",
];

/// The repository that this program was built from.
pub(crate) struct Workspace {
    /// The folder with the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Where cargo puts what it builds.
    pub(crate) target: PathBuf,
}

impl Workspace {
    /// Finds the repository around this crate.
    pub(crate) fn find() -> Result<Self, String> {
        let own = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = own
            .parent()
            .filter(|root| root.join("Cargo.toml").is_file())
            .ok_or_else(|| format!("no workspace above {}", own.display()))?
            .to_path_buf();
        let target = env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |folder| root.join(folder));
        Ok(Self { root, target })
    }

    /// Where xtask keeps what it installs.
    pub(crate) fn tools(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// A program, to be started in the root of the repository.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        for (name, _) in env::vars_os() {
            if belongs_to_xtask(&name.to_string_lossy()) {
                command.env_remove(name);
            }
        }
        command
    }

    /// The cargo that runs this program.
    pub(crate) fn cargo(&self) -> Command {
        self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }

    /// The text of a file of the repository, if it is there.
    pub(crate) fn read(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.root.join(path)).ok()
    }

    /// The packages of the workspace.
    pub(crate) fn members(&self) -> Result<Vec<Member>, String> {
        let root = self.read("Cargo.toml").unwrap_or_default();
        let (_, list) = root
            .split_once("members = [")
            .ok_or("the root Cargo.toml lists no members")?;
        let list = list.split(']').next().unwrap_or_default();
        list.split(',')
            .map(|entry| entry.trim().trim_matches('"'))
            .filter(|folder| !folder.is_empty())
            .map(|folder| {
                let manifest = format!("{folder}/Cargo.toml");
                let text = self.read(&manifest);
                Member::read(&text.ok_or_else(|| format!("{manifest} is missing"))?)
                    .ok_or_else(|| format!("{manifest} names no package"))
            })
            .collect()
    }

    /// Builds a program of the workspace and becomes it, so that its exit code
    /// and a Ctrl-C are nobody else's affair.
    pub(crate) fn become_program(
        &self,
        package: &str,
        program: &str,
        arguments: &[String],
    ) -> Result<ExitCode, String> {
        let mut command = self.cargo();
        command.args(["run", "--package", package, "--bin", program, "--"]);
        // A relative `--data` is meant from where the person stands.
        if let Ok(here) = env::current_dir() {
            command.current_dir(here);
        }
        command.args(arguments);
        become_command(command)
    }

    /// Fails with a clear sentence when a path of the repository is missing.
    pub(crate) fn require(&self, path: &str) -> Result<PathBuf, String> {
        let full = self.root.join(path);
        if full.exists() {
            Ok(full)
        } else {
            Err(format!("{path} is missing from the repository"))
        }
    }
}

/// A package of the workspace.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// Its name.
    pub(crate) package: String,
    /// Its features, `default` left out.
    pub(crate) features: Vec<String>,
}

impl Member {
    /// Reads as much of a manifest as is needed here: lines of `key = value`
    /// under headings.
    fn read(manifest: &str) -> Option<Self> {
        let mut section = "";
        let mut package = None;
        let mut features = Vec::new();
        for line in manifest.lines() {
            if line.starts_with('[') {
                section = line.trim_end();
            } else if let Some((key, value)) = line.split_once('=') {
                match (section, key.trim()) {
                    ("[package]", "name") => {
                        package = Some(value.trim().trim_matches('"').to_owned());
                    }
                    ("[features]", "default") => {}
                    ("[features]", name) if !name.starts_with('#') => {
                        features.push(name.to_owned());
                    }
                    _ => {}
                }
            }
        }
        Some(Self {
            package: package?,
            features,
        })
    }
}

fn belongs_to_xtask(name: &str) -> bool {
    CARGO_OF_XTASK.iter().any(|known| {
        if known.ends_with('_') {
            name.starts_with(known)
        } else {
            name == *known
        }
    })
}

#[cfg(unix)]
fn become_command(mut command: Command) -> Result<ExitCode, String> {
    use std::os::unix::process::CommandExt as _;
    let problem = command.exec();
    Err(format!("cannot start {}: {problem}", name_of(&command)))
}

#[cfg(not(unix))]
fn become_command(mut command: Command) -> Result<ExitCode, String> {
    let status = command
        .status()
        .map_err(|problem| format!("cannot start {}: {problem}", name_of(&command)))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(1)))
}

/// The name of a command's program, for messages.
pub(crate) fn name_of(command: &Command) -> String {
    Path::new(command.get_program())
        .file_name()
        .unwrap_or_else(|| command.get_program())
        .to_string_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inner_cargo_does_not_inherit_what_describes_xtask() {
        assert!(belongs_to_xtask("CARGO_PKG_NAME"));
        assert!(belongs_to_xtask("CARGO_MANIFEST_DIR"));
        assert!(belongs_to_xtask("CARGO"));
        assert!(!belongs_to_xtask("CARGO_HOME"));
        assert!(!belongs_to_xtask("CARGO_TARGET_DIR"));
        assert!(!belongs_to_xtask("OPENSSL_DIR"));
    }

    #[test]
    fn a_manifest_gives_its_name_and_features() {
        let text = "[package]\nname = \"a\"\n[features]\n# why = so\ndefault = []\nb = []\n[dependencies]\nc = \"1\"\n";
        let member = Member::read(text).expect("it names a package");
        assert_eq!(member.package, "a");
        assert_eq!(member.features, ["b"]);
        assert_eq!(Member::read("[workspace]\n"), None);
    }

    #[test]
    fn the_workspace_is_found_from_its_own_crate() {
        let workspace = Workspace::find().expect("this test runs inside the workspace");
        assert!(workspace.require("xtask/README.md").is_ok());
        let missing = workspace.require("no/such/file");
        assert_eq!(
            missing,
            Err("no/such/file is missing from the repository".to_owned())
        );
    }
}
