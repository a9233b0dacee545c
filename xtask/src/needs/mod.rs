//! What steps need beyond Rust: finding it, naming what is missing.

mod install;
mod swift_root;

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub(crate) use install::obtain;

use crate::processor::ARM;
use crate::workspace::Workspace;

/// The pinned Python packages.
const REQUIREMENTS: &str = "tests/interop/requirements.txt";
/// Oldest Node that the tests are written for.
const NODE_MIN_MAJOR_VERSION: u32 = 20;
/// Oldest Java that runs the tests in Kotlin.
const JAVA_MIN_MAJOR_VERSION: u32 = 17;
/// Tells whether a Python is new enough and can make a virtual environment.
const PYTHON_PROBE: &str = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";

/// One thing that a step needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    /// Python with the pinned packages, in an environment of its own.
    Python,
    /// Node with npm.
    Node,
    /// The packages of every `package-lock.json` under `tests/`.
    NodePackages,
    /// A browser.
    Chromium,
    /// The licence and source check.
    CargoDeny,
    /// Java and Maven, which brings Kotlin.
    Jdk,
    /// A Debian with Swift in a folder.
    SwiftRoot,
    /// Cross compilers and an emulator for the processors of phones.
    ArmTools,
    /// Rust's own libraries for them.
    ArmLibraries,
}

impl Need {
    /// What it is, in a few words.
    pub(crate) fn describe(self) -> &'static str {
        match self {
            Self::Python => "Python 3.11 or newer with venv, and tests/interop/requirements.txt",
            Self::Node => "Node 20 or newer with npm",
            Self::NodePackages => "the npm packages locked under tests/",
            Self::Chromium => "Chromium",
            Self::CargoDeny => "cargo-deny",
            Self::Jdk => "a JDK 17 or newer, and Maven",
            Self::SwiftRoot => {
                "a Debian 13 with Swift in a folder (LOIVE_SWIFT_ROOT, or made in your cache: 3 GB)"
            }
            Self::ArmTools => "C compilers and QEMU's user emulation for aarch64 and armv7",
            Self::ArmLibraries => "Rust's libraries for aarch64 and armv7 (rustup target add)",
        }
    }
}

/// What was found on this machine.
#[derive(Default)]
pub(crate) struct Tools {
    /// A Python that can make environments.
    system_python: Option<PathBuf>,
    /// The Python of our environment, with all packages.
    pub(crate) python: Option<PathBuf>,
    /// Node and npm.
    pub(crate) node: Option<Node>,
    /// Whether all locked npm packages are unpacked.
    packages: bool,
    /// A browser.
    pub(crate) chromium: Option<PathBuf>,
    /// The cargo-deny program.
    pub(crate) deny: Option<PathBuf>,
    /// Maven, where Java is new enough.
    pub(crate) maven: Option<PathBuf>,
    /// The folder with a Debian that has Swift.
    pub(crate) swift_root: Option<PathBuf>,
    /// Whether Arm's compilers and emulators are there.
    arm_compilers: bool,
    /// Whether Rust's libraries for Arm are there.
    arm_libraries: bool,
}

/// A Node and the npm beside it.
#[derive(Clone)]
pub(crate) struct Node {
    /// `node`.
    pub(crate) node: PathBuf,
    /// `npm`.
    pub(crate) npm: PathBuf,
}

impl Tools {
    /// Looks for everything.
    pub(crate) fn find(workspace: &Workspace) -> Self {
        Self {
            system_python: find_python(),
            python: Some(python_of(&environment(workspace)))
                .filter(|python| python.is_file() && requirements_are_current(workspace)),
            node: find_node(workspace),
            packages: locked_folders(workspace)
                .iter()
                .all(|folder| packages_are_current(folder)),
            chromium: find_chromium(),
            deny: find_deny(workspace),
            maven: on_path("mvn").filter(|_| has_new_java()),
            swift_root: swift_root::find(),
            arm_compilers: ARM.iter().all(|processor| processor.has_tools()),
            arm_libraries: ARM.iter().all(|processor| processor.has_libraries()),
        }
    }

    /// Whether a need is met.
    pub(crate) fn has(&self, need: Need) -> bool {
        match need {
            Need::Python => self.python.is_some(),
            Need::Node => self.node.is_some(),
            Need::NodePackages => self.packages,
            Need::Chromium => self.chromium.is_some(),
            Need::CargoDeny => self.deny.is_some(),
            Need::Jdk => self.maven.is_some(),
            Need::SwiftRoot => self.swift_root.is_some(),
            Need::ArmTools => self.arm_compilers,
            Need::ArmLibraries => self.arm_libraries,
        }
    }

    /// The needs among these that are not met.
    pub(crate) fn lacking(&self, needs: impl IntoIterator<Item = Need>) -> BTreeSet<Need> {
        needs.into_iter().filter(|need| !self.has(*need)).collect()
    }

    /// Tells a program where the tools are: `LOIVE_PYTHON`, `LOIVE_NODE`,
    /// `LOIVE_NODE_MODULES` (the folder in which `npm ci` was run),
    /// `LOIVE_CHROMIUM`.
    pub(crate) fn hand_to(&self, workspace: &Workspace, command: &mut Command) {
        if let Some(python) = &self.python {
            command.env("LOIVE_PYTHON", python);
        }
        if let Some(node) = &self.node {
            command.env("LOIVE_NODE", &node.node);
            put_first_on_path(command, &node.node);
        }
        if self.packages {
            let folder = workspace.root.join("tests/interop");
            command.env("LOIVE_NODE_MODULES", folder);
        }
        if let Some(chromium) = &self.chromium {
            command.env("LOIVE_CHROMIUM", chromium);
        }
    }
}

/// Puts a program's folder first on a command's `PATH`, since npm and its
/// scripts look for `node` there.
fn put_first_on_path(command: &mut Command, program: &Path) {
    let Some(folder) = program.parent() else {
        return;
    };
    let rest = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_path_buf()).chain(env::split_paths(&rest));
    if let Ok(path) = env::join_paths(folders) {
        command.env("PATH", path);
    }
}

/// Our Python environment.
fn environment(workspace: &Workspace) -> PathBuf {
    workspace.tools().join("venv")
}

fn python_of(environment: &Path) -> PathBuf {
    environment.join("bin/python")
}

/// A copy of the requirements that were installed last lies in the environment.
fn requirements_are_current(workspace: &Workspace) -> bool {
    let installed = fs::read_to_string(environment(workspace).join("requirements.txt")).ok();
    installed.is_some() && installed == workspace.read(REQUIREMENTS)
}

/// The folders under `tests/` that lock npm packages.
fn locked_folders(workspace: &Workspace) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(workspace.root.join("tests")) else {
        return Vec::new();
    };
    let mut folders: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|folder| folder.join("package-lock.json").is_file())
        .collect();
    folders.sort();
    folders
}

/// The copy of the lock file that says what is unpacked in a folder.
fn unpacked_lock(folder: &Path) -> PathBuf {
    folder.join("node_modules/.unpacked-lock.json")
}

fn packages_are_current(folder: &Path) -> bool {
    let unpacked = fs::read(unpacked_lock(folder)).ok();
    unpacked.is_some() && unpacked == fs::read(folder.join("package-lock.json")).ok()
}

fn find_python() -> Option<PathBuf> {
    [
        "python3",
        "python3.14",
        "python3.13",
        "python3.12",
        "python3.11",
    ]
    .iter()
    .filter_map(|name| on_path(name))
    .find(|python| succeeds(Command::new(python).args(["-c", PYTHON_PROBE])))
}

fn find_node(workspace: &Workspace) -> Option<Node> {
    let installed = environment(workspace).join("bin");
    let on_this_path = on_path("node").zip(on_path("npm"));
    [
        on_this_path,
        Some((installed.join("node"), installed.join("npm"))),
    ]
    .into_iter()
    .flatten()
    .map(|(node, npm)| Node { node, npm })
    .find(|found| found.npm.is_file() && is_new_enough(&found.node))
}

fn is_new_enough(node: &Path) -> bool {
    let version = Command::new(node).arg("--version").output();
    version.is_ok_and(|output| {
        major_version(&String::from_utf8_lossy(&output.stdout))
            .is_some_and(|major| major >= NODE_MIN_MAJOR_VERSION)
    })
}

/// The 20 of `v20.11.1`.
fn major_version(text: &str) -> Option<u32> {
    text.trim()
        .strip_prefix('v')?
        .split('.')
        .next()?
        .parse()
        .ok()
}

fn find_chromium() -> Option<PathBuf> {
    let named = env::var_os("LOIVE_CHROMIUM").map(PathBuf::from);
    named.filter(|path| path.is_file()).or_else(|| {
        [
            "chromium",
            "chromium-browser",
            "google-chrome-stable",
            "google-chrome",
        ]
        .iter()
        .find_map(|name| on_path(name))
    })
}

fn find_deny(workspace: &Workspace) -> Option<PathBuf> {
    let installed = workspace.tools().join("bin/cargo-deny");
    on_path("cargo-deny").or_else(|| Some(installed).filter(|path| path.is_file()))
}

/// Whether the Java that Maven would take is new enough. It says so on the
/// standard error: `openjdk version "17.0.15" 2025-04-15`.
fn has_new_java() -> bool {
    let home = env::var_os("JAVA_HOME").map(|home| PathBuf::from(home).join("bin/java"));
    let Some(java) = home.or_else(|| on_path("java")) else {
        return false;
    };
    let version = Command::new(java).arg("-version").output();
    version.is_ok_and(|output| {
        let text = String::from_utf8_lossy(&output.stderr);
        java_version(&text).is_some_and(|major| major >= JAVA_MIN_MAJOR_VERSION)
    })
}

/// The 17 of `openjdk version "17.0.15"`.
fn java_version(text: &str) -> Option<u32> {
    let (_, version) = text.split_once("version \"")?;
    version.split(['.', '"', '-']).next()?.parse().ok()
}

/// A program on the `PATH`.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}

fn succeeds(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_versions_are_read() {
        assert_eq!(major_version("v20.11.1\n"), Some(20));
        assert_eq!(major_version("v8"), Some(8));
        assert_eq!(major_version("node: not found"), None);
    }

    #[test]
    fn java_versions_are_read() {
        let text = "Picked up a variable\nopenjdk version \"17.0.15\" 2025-04-15\n";
        assert_eq!(java_version(text), Some(17));
        assert_eq!(java_version("openjdk version \"21-ea\""), Some(21));
        assert_eq!(java_version("java version \"1.8.0_402\""), Some(1));
        assert_eq!(java_version("java: not found"), None);
    }

    #[test]
    fn what_was_not_found_is_lacking() {
        let nothing = Tools::default();
        let lacking = nothing.lacking([Need::Chromium, Need::Python, Need::Chromium]);
        assert_eq!(lacking, BTreeSet::from([Need::Python, Need::Chromium]));
        let browser = Tools {
            chromium: Some("chromium".into()),
            ..Tools::default()
        };
        assert!(browser.lacking([Need::Chromium]).is_empty());
    }

    #[test]
    fn a_program_that_nobody_has_is_not_found() {
        assert_eq!(on_path("no-such-program-anywhere"), None);
    }
}
