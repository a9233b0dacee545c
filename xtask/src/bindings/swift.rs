//! The Swift package around the generated sources.

use std::fs;
use std::path::{Path, PathBuf};

use crate::workspace::Workspace;

/// What we wrote of it.
const OURS: &str = "bindings/swift";

/// Lays the package out beside the generated sources. What did not change is left
/// alone, so that nobody compiles it again.
pub(crate) fn package(workspace: &Workspace, folder: &Path) -> Result<PathBuf, String> {
    let ours = workspace.require(OURS)?;
    let package = folder.join("swift");
    let sources = package.join("Sources");
    for (from, to) in [
        (ours.join("Package.swift"), package.join("Package.swift")),
        (
            package.join("LoiVe.swift"),
            sources.join("LoiVe/LoiVe.swift"),
        ),
        (
            package.join("LoiVeFFI.h"),
            sources.join("LoiVeFFI/LoiVeFFI.h"),
        ),
        (
            package.join("LoiVeFFI.modulemap"),
            sources.join("LoiVeFFI/module.modulemap"),
        ),
    ] {
        copy(&from, &to).map_err(|problem| format!("cannot copy {}: {problem}", from.display()))?;
    }
    Ok(package)
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    let text = fs::read(from)?;
    if fs::read(to).is_ok_and(|there| there == text) {
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(to, text)
}
