//! A copy of a store, taken while nobody had it open.

use std::fs;
use std::path::{Path, PathBuf};

/// A copy in memory.
pub struct Backup {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl Backup {
    /// Copies a closed store.
    ///
    /// # Panics
    /// If it cannot be read, or somebody has it open.
    pub fn of(path: &Path) -> Self {
        assert!(!log_of(path).exists(), "somebody has this store open");
        let bytes = fs::read(path).expect("the store is read");
        Self {
            path: path.to_owned(),
            bytes,
        }
    }

    /// Puts the copy back, as an administrator does: the file is another one
    /// now.
    ///
    /// # Panics
    /// If it cannot be written, or somebody has the store open.
    pub fn restore(&self) {
        lose(&self.path);
        fs::write(&self.path, &self.bytes).expect("the store is written");
    }

    /// Puts the copy back into the very file that is there, as a tool does that
    /// copies a disk block by block.
    ///
    /// # Panics
    /// If it cannot be written, or somebody has the store open.
    pub fn restore_in_place(&self) {
        assert!(!log_of(&self.path).exists(), "somebody has this store open");
        // Writing truncates and fills the same file: its identity stays.
        fs::write(&self.path, &self.bytes).expect("the store is written");
    }
}

/// Loses a closed store.
///
/// # Panics
/// If somebody has it open, or it is not there.
pub fn lose(path: &Path) {
    assert!(!log_of(path).exists(), "somebody has this store open");
    fs::remove_file(path).expect("the store was there");
}

fn log_of(path: &Path) -> PathBuf {
    path.with_extension("db-wal")
}
