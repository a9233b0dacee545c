//! `cargo xtask bench`: the measures, and the size of the phone's library.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::tally::Tally;
use crate::workspace::Workspace;

/// A crate outside the workspace that links what a phone links.
pub(crate) const SIZE_CRATE: &str = "benches/size";

/// Runs both measures; the exit code is 0 only when both could be taken.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> ExitCode {
    let mut measure = workspace.cargo();
    measure.args(["run", "--release", "--package", crate::FLEET]);
    measure
        .args(["--bin", "loive-measure", "--"])
        .args(arguments);
    let results = [Tally::default().watch(measure), library_size(workspace)];
    let mut code = ExitCode::SUCCESS;
    for problem in results.into_iter().filter_map(Result::err) {
        println!("not measured: {problem}");
        code = ExitCode::FAILURE;
    }
    code
}

/// Builds the library as for a phone, for this machine's processor, and prints
/// its size stripped and compressed.
fn library_size(workspace: &Workspace) -> Result<(), String> {
    let manifest = workspace.require(SIZE_CRATE)?.join("Cargo.toml");
    let target = workspace.target.join("size");
    let mut build = workspace.cargo();
    build.args(["build", "--profile", "mobile", "--manifest-path"]);
    build.arg(manifest).arg("--target-dir").arg(&target);
    Tally::default().watch(build)?;
    let library = shared_library(&target.join("mobile"))?;
    let stripped = fs::metadata(&library)
        .map_err(|problem| format!("cannot look at {}: {problem}", library.display()))?
        .len();
    println!(
        "\ncore library, {} {}",
        std::env::consts::ARCH,
        std::env::consts::OS
    );
    println!("  stripped    {} (goal ≤ 5.5 MB)", megabytes(stripped));
    match gzipped(&library) {
        Ok(compressed) => println!("  gzip -9     {} (goal ≤ 2.7 MB)", megabytes(compressed)),
        Err(problem) => println!("  gzip -9     not measured: {problem}"),
    }
    Ok(())
}

/// The one shared library in a folder.
fn shared_library(folder: &Path) -> Result<PathBuf, String> {
    let entries = fs::read_dir(folder)
        .map_err(|problem| format!("cannot read {}: {problem}", folder.display()))?;
    entries
        .flatten()
        .map(|entry| entry.path())
        .find(|path| {
            path.extension()
                .is_some_and(|extension| extension == "so" || extension == "dylib")
        })
        .ok_or_else(|| format!("{} holds no shared library", folder.display()))
}

/// The size in bytes that `gzip -9` makes of a file.
fn gzipped(file: &Path) -> Result<u64, String> {
    let output = Command::new("gzip")
        .args(["-9", "--stdout"])
        .arg(file)
        .output()
        .map_err(|problem| format!("cannot start gzip: {problem}"))?;
    if !output.status.success() {
        return Err(format!("gzip ended with {}", output.status));
    }
    u64::try_from(output.stdout.len()).map_err(|problem| problem.to_string())
}

/// Bytes as megabytes with two decimals, rounded up so as not to flatter.
fn megabytes(bytes: u64) -> String {
    let hundredths = bytes.div_ceil(10_000);
    format!("{}.{:02} MB", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded_against_us() {
        assert_eq!(megabytes(5_500_000), "5.50 MB");
        assert_eq!(megabytes(5_500_001), "5.51 MB");
        assert_eq!(megabytes(90_000), "0.09 MB");
    }

    #[test]
    fn a_folder_without_a_library_is_an_error() {
        let problem = shared_library(Path::new(env!("CARGO_MANIFEST_DIR")));
        assert!(problem.is_err_and(|text| text.contains("holds no shared library")));
    }
}
