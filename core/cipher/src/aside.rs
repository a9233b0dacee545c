use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What SQLite keeps beside a database. The database comes first: should the
/// program be killed half-way, [`open`](crate::open) sees a log without its
/// database and refuses, instead of a database without its last commits.
const SUFFIXES: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// How many damaged stores may lie beside each other.
const SET_ASIDE_MAX_COUNT: u32 = 10_000;

/// Moves a store that no longer opens out of the way, with the log and the other
/// files beside it, to the first free name of the form `<name>.damaged-<n>`,
/// which it returns. Nothing is deleted or overwritten: it may be the only copy.
///
/// Close every connection to the store first.
///
/// # Errors
///
/// [`io::ErrorKind::NotFound`] if there is nothing to move; otherwise what the
/// file system said. Calling it again moves what remained.
pub fn set_aside(path: &Path) -> io::Result<PathBuf> {
    let mut present = Vec::new();
    for suffix in SUFFIXES {
        if beside(path, suffix).symlink_metadata().is_ok() {
            present.push(suffix);
        }
    }
    if present.is_empty() || path.file_name().is_none() {
        return Err(io::ErrorKind::NotFound.into());
    }

    for number in 1..=SET_ASIDE_MAX_COUNT {
        let target = beside(path, &format!(".damaged-{number}"));
        if reserve(&target)? {
            for suffix in present {
                fs::rename(beside(path, suffix), beside(&target, suffix))?;
            }
            return Ok(target);
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Claims `target` by creating it empty, so that the rename that follows replaces
/// our own file and never someone else's. `false` if the name, or one that its
/// companions would need, is taken.
fn reserve(target: &Path) -> io::Result<bool> {
    for suffix in SUFFIXES {
        if beside(target, suffix).symlink_metadata().is_ok() {
            return Ok(false);
        }
    }
    match fs::File::create_new(target) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}
