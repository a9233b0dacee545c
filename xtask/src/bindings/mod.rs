//! `cargo xtask bindings`: the library and its packages for Kotlin, Swift and
//! Python, and whether their public face is the one that was reviewed.

mod api;
pub(crate) mod swift;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::size;
use crate::tally::Tally;
use crate::workspace::Workspace;
use api::Language;

/// The crate whose library crosses the border.
const PACKAGE: &str = "loive-bindings";
/// The generator, built from the same version.
const GENERATOR: &str = "loive-bindgen";
/// Where the reviewed faces are kept.
const REVIEWED: &str = "bindings/api";

/// What the person asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// Takes today's public face as reviewed.
    accept: bool,
    /// Builds the library as it ships: small, which takes some minutes.
    mobile: bool,
}

impl Options {
    fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self::default();
        for argument in arguments {
            match argument.as_str() {
                "--accept" => options.accept = true,
                "--mobile" => options.mobile = true,
                other => {
                    return Err(format!(
                        "bindings does not know {other:?}; it knows --accept and --mobile"
                    ));
                }
            }
        }
        Ok(options)
    }
}

/// Makes the packages that can be made on this machine and says where they are.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<ExitCode, String> {
    let options = Options::parse(arguments)?;
    let mut tally = Tally::default();
    let folder = sources(workspace, &mut tally)?;
    if options.mobile {
        ship(&folder, &size::build(workspace, None, &mut tally)?)?;
    }
    if options.accept {
        accept(workspace, &folder)?;
    } else {
        compare(workspace, &folder)?;
    }
    println!("sources and library: {}", folder.display());
    let mut code = ExitCode::SUCCESS;
    for (name, package) in PACKAGES {
        match package(workspace, &folder, &mut tally) {
            Ok(made) => println!("{name:<8} {}", made.display()),
            Err(problem) => {
                println!("{name:<8} not made: {problem}");
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

type Package = fn(&Workspace, &Path, &mut Tally) -> Result<PathBuf, String>;

/// The packages and how each is made of the generated sources and the library.
const PACKAGES: [(&str, Package); 3] = [("Kotlin", jar), ("Swift", swift), ("Python", wheel)];

/// Builds the library and generates all sources under `target/bindings`. The
/// generator reads what the library says of itself, and only a library with all
/// its symbols does: so from the one of `dev`, whichever is to ship.
pub(crate) fn sources(workspace: &Workspace, tally: &mut Tally) -> Result<PathBuf, String> {
    let mut build = workspace.cargo();
    build.args(["build", "--package", PACKAGE, "--package", GENERATOR]);
    tally.watch(build)?;
    let folder = folder(workspace);
    let library = workspace.target.join("debug").join(library_name());
    for language in Language::ALL {
        let mut generate = workspace.command(workspace.target.join("debug/uniffi-bindgen"));
        generate.arg("generate").arg(&library);
        generate.args(["--no-format", "--language", language.name(), "--out-dir"]);
        generate.arg(folder.join(language.name()));
        tally.watch(generate)?;
    }
    ship(&folder, &library)?;
    Ok(folder)
}

/// Where everything that is made lies.
pub(crate) fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("bindings")
}

/// Puts a library in the place where the languages look for it.
fn ship(folder: &Path, library: &Path) -> Result<(), String> {
    let native = folder.join("native");
    fs::create_dir_all(&native).map_err(|problem| problem.to_string())?;
    fs::copy(library, native.join(library_name()))
        .map(|_| ())
        .map_err(|problem| format!("cannot copy {}: {problem}", library.display()))
}

/// Fails if the public face is not the reviewed one, and shows what differs.
pub(crate) fn compare(workspace: &Workspace, folder: &Path) -> Result<(), String> {
    let mut differences = 0;
    for language in Language::REVIEWED {
        let today = language.signatures(folder)?;
        let path = format!("{REVIEWED}/{}.txt", language.name());
        let reviewed = workspace.read(&path).unwrap_or_default();
        for line in api::differences(&reviewed, &today) {
            println!("{path}: {line}");
            differences += 1;
        }
    }
    if differences == 0 {
        return Ok(());
    }
    Err(format!(
        "the public face of the bindings changed in {differences} lines; if that is meant, \
         `cargo xtask bindings --accept` writes it down for review"
    ))
}

fn accept(workspace: &Workspace, folder: &Path) -> Result<(), String> {
    let reviewed = workspace.root.join(REVIEWED);
    fs::create_dir_all(&reviewed).map_err(|problem| problem.to_string())?;
    for language in Language::REVIEWED {
        let path = reviewed.join(format!("{}.txt", language.name()));
        fs::write(&path, language.signatures(folder)?).map_err(|problem| problem.to_string())?;
    }
    Ok(())
}

/// The jar with the classes and the library of this machine.
fn jar(workspace: &Workspace, folder: &Path, tally: &mut Tally) -> Result<PathBuf, String> {
    let pom = workspace.require("bindings/kotlin/pom.xml")?;
    let mut maven = workspace.command("mvn");
    maven.args(["--quiet", "--batch-mode", "package", "--file"]);
    maven.arg(pom).env("LOIVE_BINDINGS", folder);
    tally.watch(maven)?;
    Ok(folder.join("kotlin"))
}

/// The Swift package is its sources beside the library: nothing to build here.
fn swift(workspace: &Workspace, folder: &Path, _: &mut Tally) -> Result<PathBuf, String> {
    swift::package(workspace, folder)
}

/// The wheel with the library of this machine.
fn wheel(workspace: &Workspace, folder: &Path, tally: &mut Tally) -> Result<PathBuf, String> {
    let script = workspace.require("bindings/python/build.py")?;
    let python = workspace.tools().join("venv/bin/python");
    if !python.is_file() {
        return Err("`cargo xtask test --only python` sets its tools up first".to_owned());
    }
    let mut build = workspace.command(python);
    build.arg(script).env("LOIVE_BINDINGS", folder);
    tally.watch(build)?;
    Ok(folder.join("python/dist"))
}

/// The library as this system names it.
fn library_name() -> String {
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    format!("{prefix}loive{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_refused_and_the_known_arguments_are_named() {
        let problem = Options::parse(&["--acept".to_owned()]).expect_err("not an argument");
        assert!(problem.contains("--acept") && problem.contains("--accept"));
        let both = ["--accept".to_owned(), "--mobile".to_owned()];
        assert!(Options::parse(&both).is_ok_and(|options| options.accept && options.mobile));
    }
}
