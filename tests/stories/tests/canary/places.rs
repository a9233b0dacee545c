//! Where it is looked for.

use std::fs;
use std::path::{Path, PathBuf};

use loive_stories::Search;

/// Asserts that no part of a marked sentence is in `bytes`.
pub(crate) fn assert_nowhere(canary: &Search, place: &str, bytes: &[u8]) {
    if let Some(dress) = canary.find(bytes) {
        panic!("a part of a marked sentence ({dress}) is in {place}");
    }
}

/// Every file in a folder and below, its name first.
pub(crate) fn files_under(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder is read") {
            let path = entry.expect("the folder is read").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                // A log of a store may have gone between the two looks.
                found.extend(fs::read(&path).ok().map(|bytes| (path, bytes)));
            }
        }
    }
    found
}
