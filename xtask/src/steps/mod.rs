//! The steps of `cargo xtask test`, cheapest first.
//!
//! Features, profile and compiler flags stay the same from step to step as far
//! as they can, so that little is built twice.

mod arm;
mod consumer;
mod fuzz;
mod kotlin;
mod python;
pub(crate) mod simulate;
mod swift;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::bindings;
use crate::needs::{Need, Tools};
use crate::processor::{ARM32, ARM64};
use crate::size;
use crate::tally::Tally;
use crate::tidy;
use crate::workspace::Workspace;

/// The feature behind which a crate keeps its tests against implementations
/// that we did not write.
const PEER_FEATURE: &str = "peer-tests";
/// Crates whose peers are written in Python.
const PEERS_IN_PYTHON: [&str; 2] = ["loive-protocol", "loive-cipher"];
/// Crates whose peers are written in JavaScript.
const PEERS_IN_NODE: [&str; 1] = ["loive-documents"];
/// The console in a real browser.
const BROWSER: &str = "tests/browser/run.mjs";
/// What the stories in other languages are about.
const STORIES: &str = "tests/bindings/stories.toml";
/// Reports in the demo that runs as a check: enough for every kind of answer,
/// few enough for a slow machine.
const DEMO_REPORTS_COUNT: &str = "40";

/// Crates outside the workspace.
const OUTSIDE: [&str; 2] = [consumer::CRATE, fuzz::CRATE];

/// What a step works with.
pub(crate) struct Context<'a> {
    /// The repository.
    pub(crate) workspace: &'a Workspace,
    /// What was found on this machine.
    pub(crate) tools: &'a Tools,
}

/// One named check.
pub(crate) struct Step {
    /// The name for `--only` and `--waive`.
    pub(crate) name: &'static str,
    /// What it checks.
    pub(crate) about: &'static str,
    /// What it needs beyond Rust.
    pub(crate) needs: &'static [Need],
    /// Runs it, counting its tests as they pass.
    pub(crate) run: fn(&Context<'_>, &mut Tally) -> Result<(), String>,
}

/// Every step, in order.
pub(crate) const STEPS: &[Step] = &[
    Step {
        name: "fmt",
        about: "the code is formatted",
        needs: &[],
        run: formatted,
    },
    Step {
        name: "tidy",
        about: "the repository keeps its own rules",
        needs: &[],
        run: repository_is_tidy,
    },
    Step {
        name: "deny",
        about: "licences, banned crates and sources of what we depend on",
        needs: &[Need::CargoDeny],
        run: dependencies,
    },
    Step {
        name: "clippy",
        about: "no lint warns, in code and tests",
        needs: &[],
        run: lints,
    },
    Step {
        name: "rustdoc",
        about: "the documentation builds without a warning",
        needs: &[],
        run: documentation,
    },
    Step {
        name: "server-alone",
        about: "the server builds without the rest of the workspace and encrypts",
        needs: &[],
        run: server_alone,
    },
    Step {
        name: "consumer",
        about: "a project outside, with the lines of ADR 0012, stores encrypted",
        needs: &[],
        run: consumer::run,
    },
    Step {
        name: "tests",
        about: "unit tests, stories and examples in the documentation",
        needs: &[],
        run: tests,
    },
    Step {
        name: "fuzz",
        about: "some seconds of fuzzing for every decoder, where nightly is",
        needs: &[],
        run: fuzz::run,
    },
    Step {
        name: "peers-python",
        about: "protocol and stores against implementations in Python",
        needs: &[Need::Python],
        run: |context, tally| peers(context, tally, &PEERS_IN_PYTHON),
    },
    Step {
        name: "peers-node",
        about: "documents against their implementation in JavaScript",
        needs: &[Need::Node, Need::NodePackages],
        run: |context, tally| peers(context, tally, &PEERS_IN_NODE),
    },
    Step {
        name: "bindings",
        about: "the bindings are generated, and their public face is the reviewed one",
        needs: &[],
        run: |context, tally| {
            let folder = bindings::sources(context.workspace, tally)?;
            bindings::compare(context.workspace, &folder)
        },
    },
    Step {
        name: "python",
        about: "the stories of the bindings, told in Python to the wheel",
        needs: &[Need::Python],
        run: python::run,
    },
    Step {
        name: "kotlin",
        about: "the stories of the bindings, told in Kotlin to the state of the app",
        needs: &[Need::Jdk],
        run: kotlin::run,
    },
    Step {
        name: "swift",
        about: "the stories of the bindings, told in Swift to what the iPhone's screens stand on",
        needs: &[Need::SwiftRoot],
        run: swift::run,
    },
    Step {
        name: "simulate",
        about: "300 simulated worlds in which everything goes wrong that can",
        needs: &[],
        run: simulate::run,
    },
    Step {
        name: "demo",
        about: "the demo runs through once",
        needs: &[],
        run: demo,
    },
    Step {
        name: "size",
        about: "the phone's library has not grown without a word in docs/size.md",
        needs: &[],
        run: |context, tally| size::is_explained(context.workspace, tally),
    },
    Step {
        name: "arm64",
        about: "the core's tests on 64-bit Arm, emulated",
        needs: &[Need::ArmTools, Need::ArmLibraries],
        run: |context, tally| arm::run(context, tally, &ARM64),
    },
    Step {
        name: "arm32",
        about: "the core's tests on 32-bit Arm, emulated",
        needs: &[Need::ArmTools, Need::ArmLibraries],
        run: |context, tally| arm::run(context, tally, &ARM32),
    },
    Step {
        name: "browser",
        about: "the console in a real browser",
        needs: &[Need::Node, Need::NodePackages, Need::Chromium],
        run: browser,
    },
];

impl Context<'_> {
    fn cargo<const N: usize>(&self, arguments: [&str; N]) -> Command {
        let mut command = self.workspace.cargo();
        command.args(arguments);
        self.tools.hand_to(self.workspace, &mut command);
        command
    }

    /// Builds what the stories in other languages need, and says where it is in
    /// `LOIVE_BINDINGS`, `LOIVE_STORY_HOTLINE` and `LOIVE_STORIES`.
    fn for_stories(&self, tally: &mut Tally, command: &mut Command) -> Result<(), String> {
        let folder = bindings::sources(self.workspace, tally)?;
        let hotline = [
            "build",
            "--package",
            "loive-stories",
            "--bin",
            "story-hotline",
        ];
        tally.watch(self.cargo(hotline))?;
        command.env("LOIVE_BINDINGS", folder);
        command.env("LOIVE_STORY_HOTLINE", self.program("story-hotline"));
        command.env("LOIVE_STORIES", self.workspace.require(STORIES)?);
        Ok(())
    }

    /// Where a finished program of the workspace lies.
    fn program(&self, name: &str) -> PathBuf {
        self.workspace.target.join("debug").join(name)
    }
}

/// What stands outside the workspace is formatted as well.
fn formatted(context: &Context<'_>, tally: &mut Tally) -> Result<(), String> {
    tally.watch(context.cargo(["fmt", "--all", "--", "--check"]))?;
    for folder in OUTSIDE {
        let manifest = format!("{folder}/Cargo.toml");
        context.workspace.require(&manifest)?;
        tally.watch(context.cargo(["fmt", "--manifest-path", &manifest, "--", "--check"]))?;
    }
    Ok(())
}

fn repository_is_tidy(context: &Context<'_>, tally: &mut Tally) -> Result<(), String> {
    let report = tidy::check(&context.workspace.root)?;
    for finding in &report.findings {
        println!("{finding}");
    }
    tally.passed += report.passed;
    tally.failed += report.failed;
    match report.findings.len() {
        0 => Ok(()),
        count => Err(format!("{count} findings")),
    }
}

fn dependencies(context: &Context<'_>, tally: &mut Tally) -> Result<(), String> {
    let deny = context.tools.deny.as_ref().ok_or("cargo-deny is missing")?;
    let mut command = context.workspace.command(deny);
    command.args(["check", "licenses", "bans", "sources"]);
    tally.watch(command)
}

fn lints(context: &Context<'_>, tally: &mut Tally) -> Result<(), String> {
    let mut command = context.cargo(["clippy", "--workspace", "--all-targets"]);
    command.args(["--all-features", "--", "-D", "warnings"]);
    tally.watch(command)
}

fn documentation(context: &Context<'_>, tally: &mut Tally) -> Result<(), String> {
    let mut command = context.cargo(["doc", "--workspace", "--no-deps"]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    tally.watch(command)
}

/// Built alone, the server must bring its own SQLCipher: plain SQLite would take
/// the key, ignore it and write in the clear.
fn server_alone(context: &Context<'_>, tally: &mut Tally) -> Result<(), String> {
    tally.watch(context.cargo(["build", "--package", "loive-server"]))?;
    let folder = context.workspace.target.join("xtask/server-alone");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|problem| problem.to_string())?;
    }
    let hotline = |arguments: &[&str]| {
        let mut command = context.workspace.command(context.program("hotline"));
        command.args(arguments).arg(&folder);
        command
    };
    let init = ["init", "--relay-url", "http://127.0.0.1:8471"];
    tally.watch(hotline(&init))?;
    let user = ["admin", "user", "add", "probe", "--generate", "--data"];
    tally.watch(hotline(&user))?;
    let store = fs::read(folder.join("desk.db")).map_err(|problem| problem.to_string())?;
    if store.is_empty() || store.starts_with(b"SQLite format 3") {
        return Err("the server built alone does not encrypt its store".to_owned());
    }
    Ok(())
}

/// With every feature but the peers', so that no test hides behind one.
fn tests(context: &Context<'_>, tally: &mut Tally) -> Result<(), String> {
    let mut command = context.cargo(["test", "--workspace", "--no-fail-fast"]);
    for member in context.workspace.members()? {
        for feature in member.features {
            if feature != PEER_FEATURE {
                command.arg("--features");
                command.arg(format!("{}/{feature}", member.package));
            }
        }
    }
    tally.watch_rust_tests(command)
}

/// Only the test programs with `peer` in their name: the others have run.
fn peers(context: &Context<'_>, tally: &mut Tally, crates: &[&str]) -> Result<(), String> {
    let mut command = context.cargo(["test", "--no-fail-fast", "--test", "*peer*"]);
    for package in crates {
        let feature = format!("{package}/{PEER_FEATURE}");
        command.args(["--package", package, "--features", &feature]);
    }
    tally.watch_rust_tests(command)
}

fn demo(context: &Context<'_>, tally: &mut Tally) -> Result<(), String> {
    let mut command = context.cargo(["run", "--package", crate::FLEET]);
    command.args(["--bin", "loive-demo", "--", "--once"]);
    command.args(["--reports", DEMO_REPORTS_COUNT]);
    tally.watch(command)
}

/// Hands the programs over ready built: `LOIVE_HOTLINE` and `LOIVE_DEMO`.
fn browser(context: &Context<'_>, tally: &mut Tally) -> Result<(), String> {
    let script = context.workspace.require(BROWSER)?;
    let node = context.tools.node.as_ref().ok_or("Node is missing")?;
    for (package, program) in [("loive-server", "hotline"), (crate::FLEET, "loive-demo")] {
        tally.watch(context.cargo(["build", "--package", package, "--bin", program]))?;
    }
    let mut command = context.workspace.command(&node.node);
    context.tools.hand_to(context.workspace, &mut command);
    command.env("LOIVE_HOTLINE", context.program("hotline"));
    command.env("LOIVE_DEMO", context.program("loive-demo"));
    command.arg(script);
    tally.watch(command)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_step_has_a_name_of_its_own_that_can_be_typed() {
        let names: BTreeSet<&str> = STEPS.iter().map(|step| step.name).collect();
        assert_eq!(names.len(), STEPS.len());
        for name in names {
            assert!(
                name.chars()
                    .all(|letter| matches!(letter, 'a'..='z' | '0'..='9' | '-'))
            );
        }
    }
    #[test]
    fn no_crate_with_peers_is_forgotten() {
        let workspace = Workspace::find().expect("this test runs inside the workspace");
        let with_peers: BTreeSet<String> = workspace
            .members()
            .expect("the workspace has members")
            .into_iter()
            .filter(|member| member.features.iter().any(|name| name == PEER_FEATURE))
            .map(|member| member.package)
            .collect();
        let named = PEERS_IN_PYTHON.iter().chain(&PEERS_IN_NODE);
        let named: BTreeSet<String> = named.map(|name| (*name).to_owned()).collect();
        assert_eq!(with_peers, named);
    }
}
