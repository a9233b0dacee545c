//! Swift on Linux: a root of Debian 13 in a folder, with Debian's own Swift, in which
//! the tests run. No other Swift is packaged for the systems that this runs on.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The Debian release that has Swift 6.
const RELEASE: &str = "trixie";
/// What must be in it, beside Debian's smallest system.
const PACKAGES: &str = "swiftlang,libc6-dev,libstdc++-14-dev,gcc,binutils,zlib1g-dev";
/// Names another folder than the one in the person's cache.
const VARIABLE: &str = "LOIVE_SWIFT_ROOT";
/// What makes such a folder usable.
const COMPILER: &str = "usr/libexec/swift/bin/swift";
/// The program that makes it.
pub(super) const MAKER: &str = "debootstrap";

/// The root, if there is one: where the environment says, or in the person's cache,
/// which outlives a clone.
pub(super) fn find() -> Option<PathBuf> {
    let named = env::var_os(VARIABLE).map(PathBuf::from);
    named
        .or_else(cached)
        .filter(|root| root.join(COMPILER).exists())
}

/// Where it is made. It gets this name only when it is whole.
pub(super) fn cached() -> Option<PathBuf> {
    cache(env::var_os("XDG_CACHE_HOME"), env::var_os("HOME"))
}

fn cache(xdg: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    let xdg = xdg.map(PathBuf::from);
    let folder = xdg.or_else(|| Some(PathBuf::from(home?).join(".cache")))?;
    Some(folder.join("loive/swift-root"))
}

/// The arguments that make it in a folder, from the mirror that the program takes by
/// itself.
pub(super) fn making(folder: &Path) -> Vec<String> {
    vec![
        "--variant=minbase".to_owned(),
        format!("--include={PACKAGES}"),
        RELEASE.to_owned(),
        folder.display().to_string(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_is_the_persons_own() {
        let folder = |folder: &str| Some(OsString::from(folder));
        let root = |folder: &str| Some(PathBuf::from(folder).join("loive/swift-root"));
        assert_eq!(cache(folder("/c"), folder("/h")), root("/c"));
        assert_eq!(cache(None, folder("/h")), root("/h/.cache"));
        assert_eq!(cache(None, None), None);
    }
}
