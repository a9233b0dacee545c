//! The size of the phone's library, and the ledger that says why it grew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::processor::{ARM, Processor};
use crate::tally::Tally;
use crate::workspace::Workspace;

/// The package of the library that an app ships.
const PACKAGE: &str = "loive-bindings";
/// The library, as it is called on Linux.
const LIBRARY: &str = "libloive.so";
/// Where sizes are written down.
const LEDGER: &str = "docs/size.md";
/// The processor that every change is measured on: the first in the ledger.
const MEASURED: &str = "x86_64";
/// Growth beyond this needs a line that says why.
const UNEXPLAINED_MAX_BYTES: u64 = 100_000;

/// What a library weighs, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Size {
    /// Without its symbols: what it takes on the phone.
    stripped: u64,
    /// That by `gzip -9`: what is downloaded, nearly.
    compressed: u64,
}

/// Prints what the library weighs on every processor that can be built for.
pub(crate) fn print(workspace: &Workspace) -> Result<(), String> {
    println!("\nphone's library, Linux, stripped and by gzip -9 (goals ≤ 5.5 and ≤ 2.7 MB)");
    let here = (std::env::consts::ARCH, None);
    let arm = ARM.map(|processor| (processor.name, Some(processor)));
    for (name, processor) in std::iter::once(here).chain(arm) {
        match weigh(workspace, processor, &mut Tally::default()) {
            Ok(size) => println!("  {name:<8} {}", in_megabytes(size)),
            Err(problem) if processor.is_some() => println!("  {name:<8} not measured: {problem}"),
            Err(problem) => return Err(problem),
        }
    }
    Ok(())
}

/// The library has not grown without a word in the ledger.
pub(crate) fn is_explained(workspace: &Workspace, tally: &mut Tally) -> Result<(), String> {
    if std::env::consts::ARCH != MEASURED {
        return Err(format!("the ledger is kept for {MEASURED}"));
    }
    let ledger = workspace.read(LEDGER).unwrap_or_default();
    let known = last_entry(&ledger).ok_or_else(|| format!("{LEDGER} has no entry"))?;
    let size = weigh(workspace, None, tally)?;
    println!(
        "{} now, {} in the ledger",
        in_megabytes(size),
        megabytes(known)
    );
    if size.stripped.saturating_sub(known) <= UNEXPLAINED_MAX_BYTES {
        return Ok(());
    }
    Err(format!(
        "it grew by more than {} kB: say why in {LEDGER}, in a line with {} / {}",
        UNEXPLAINED_MAX_BYTES / 1_000,
        grouped(size.stripped),
        grouped(size.compressed),
    ))
}

/// Builds the library as for a phone, and weighs it.
fn weigh(
    workspace: &Workspace,
    processor: Option<&Processor>,
    tally: &mut Tally,
) -> Result<Size, String> {
    let library = build(workspace, processor, tally)?;
    Ok(Size {
        stripped: length(&library)?,
        compressed: gzipped(&library)?,
    })
}

/// Builds the library as for a phone; for this machine's processor, or another.
pub(crate) fn build(
    workspace: &Workspace,
    processor: Option<&Processor>,
    tally: &mut Tally,
) -> Result<PathBuf, String> {
    let mut build = workspace.cargo();
    // As a shared library and nothing else: Cargo optimises across crates only
    // where no Rust library is asked for beside it. That is a fifth of the size.
    build.args(["rustc", "--profile", "mobile", "--package", PACKAGE]);
    build.args(["--lib", "--crate-type", "cdylib"]);
    let mut folder = workspace.target.clone();
    if let Some(processor) = processor {
        if !processor.has_tools() || !processor.has_libraries() {
            return Err("no tools for it; `cargo xtask test` names them".to_owned());
        }
        processor.build(&mut build);
        folder.push(processor.target);
    }
    tally.watch(build)?;
    Ok(folder.join("mobile").join(LIBRARY))
}

/// The first number of the last line of the ledger's table, in bytes.
fn last_entry(ledger: &str) -> Option<u64> {
    let line = ledger.lines().rfind(|line| line.starts_with("| 20"))?;
    let sizes = line.split('|').nth(2)?;
    let (stripped, _) = sizes.split_once('/')?;
    stripped.trim().replace(',', "").parse().ok()
}

fn length(library: &PathBuf) -> Result<u64, String> {
    fs::metadata(library)
        .map(|metadata| metadata.len())
        .map_err(|problem| format!("cannot look at {}: {problem}", library.display()))
}

/// The size in bytes that `gzip -9` makes of a file.
fn gzipped(file: &Path) -> Result<u64, String> {
    let output = Command::new("gzip")
        .args(["-9", "--no-name", "--stdout"])
        .arg(file)
        .output()
        .map_err(|problem| format!("cannot start gzip: {problem}"))?;
    if !output.status.success() {
        return Err(format!("gzip ended with {}", output.status));
    }
    u64::try_from(output.stdout.len()).map_err(|problem| problem.to_string())
}

fn in_megabytes(size: Size) -> String {
    let (stripped, compressed) = (megabytes(size.stripped), megabytes(size.compressed));
    let (exactly, by_gzip) = (grouped(size.stripped), grouped(size.compressed));
    format!("{stripped}, {compressed}   ({exactly} / {by_gzip})")
}

/// Bytes as megabytes with two decimals, rounded up so as not to flatter.
fn megabytes(bytes: u64) -> String {
    let hundredths = bytes.div_ceil(10_000);
    format!("{}.{:02} MB", hundredths / 100, hundredths % 100)
}

/// A number with commas, as the ledger has it.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
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
    fn numbers_stand_as_in_the_ledger_and_are_read_from_its_last_line() {
        assert_eq!(grouped(5_983_744), "5,983,744");
        assert_eq!(grouped(999), "999");
        let ledger = "| date | x86-64 |\n|---|---|\n\
            | 2026-11-01 | 4,000 / 2,000 | 1 / 1 | why |\n\
            | 2026-11-02 | 5,983,744 / 2,958,601 | 1 / 1 | why |\n\nwords\n";
        assert_eq!(last_entry(ledger), Some(5_983_744));
        assert_eq!(last_entry("| date |\n|---|\n"), None);
    }

    #[test]
    fn this_repository_has_a_ledger() {
        let workspace = Workspace::find().expect("this test runs inside the workspace");
        let ledger = workspace.read(LEDGER).unwrap_or_default();
        assert!(last_entry(&ledger).is_some());
    }
}
