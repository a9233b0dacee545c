//! The files of `corpus/` and `regressions/`, which are part of the repository.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The largest file of a corpus, in bytes.
pub const FILE_MAX_BYTES: usize = 16_384;
/// Files of one target.
pub const FILES_MAX_COUNT: usize = 40;
/// All files of one target together, in bytes.
pub const TARGET_MAX_BYTES: usize = 102_400;

/// One file, and what is in it.
pub struct Input {
    /// Where it lies.
    pub path: PathBuf,
    /// The fuzzer's bytes.
    pub bytes: Vec<u8>,
}

/// The seeds and finds that every run begins with, by target.
pub fn corpus() -> io::Result<BTreeMap<String, Vec<Input>>> {
    by_target("corpus")
}

/// Bytes that once broke a promise, by target.
pub fn regressions() -> io::Result<BTreeMap<String, Vec<Input>>> {
    by_target("regressions")
}

fn by_target(folder: &str) -> io::Result<BTreeMap<String, Vec<Input>>> {
    let mut targets = BTreeMap::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            let name = entry.file_name().to_string_lossy().into_owned();
            targets.insert(name, inputs(&entry.path())?);
        }
    }
    Ok(targets)
}

/// By name, so that every run goes the same way.
fn inputs(folder: &Path) -> io::Result<Vec<Input>> {
    let mut inputs = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let bytes = fs::read(&path)?;
        inputs.push(Input { path, bytes });
    }
    inputs.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(inputs)
}
