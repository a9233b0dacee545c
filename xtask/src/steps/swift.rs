//! What the iPhone's screens stand on, and the stories told through it.

use std::fs;
use std::path::Path;

use super::Context;
use crate::bindings;
use crate::tally::Tally;

/// The package.
const PACKAGE: &str = "ios-demo/LoiVeKit";
/// Where its build and the tests' own files lie, under the target folder.
const FOLDER: &str = "xtask/swift";
/// Enters the root with nothing of it changed: repository and target folder are seen
/// under `/mnt` and `/srv` by this process and what it starts, and by nobody else.
///
/// The root is `$1`, the repository `$2`, the target folder `$3`.
const ENTER: &str = r#"
mount --rbind /proc "$1/proc"
mount --rbind /dev "$1/dev"
mount --rbind "$2" "$1/mnt"
mount --rbind "$3" "$1/srv"
exec chroot "$1" /usr/bin/env -i LC_ALL=C.UTF-8 \
    HOME=/srv/xtask/swift/tmp TMPDIR=/srv/xtask/swift/tmp \
    PATH=/usr/libexec/swift/bin:/usr/bin:/bin \
    LD_LIBRARY_PATH=/srv/bindings/native:/usr/libexec/swift/lib/swift/linux \
    LOIVE_BINDINGS=/srv/bindings LOIVE_STORY_HOTLINE=/srv/debug/story-hotline \
    LOIVE_STORIES=/mnt/tests/bindings/stories.toml LOIVE_STRINGS=/mnt/strings/phone \
    sh -c "$4"
"#;
/// Looks at the format, builds the package and runs its tests. `stdbuf`: each test is
/// seen when it ends.
const TEST: &str = "cd /mnt/ios-demo/LoiVeKit \
    && swift-format lint --strict --recursive --configuration ../.swift-format \
        . ../../bindings/swift 2>&1 \
    && exec stdbuf --output=L swift test \
        --disable-sandbox --disable-swift-testing --scratch-path /srv/xtask/swift/build \
        -Xlinker -L/srv/bindings/native 2>&1";

/// Every story of the list, and what the screens rely on besides.
pub(super) fn run(context: &Context<'_>, tally: &mut Tally) -> Result<(), String> {
    let workspace = context.workspace;
    let root = context.tools.swift_root.as_ref();
    let root = root.ok_or("there is no root with Swift")?;
    workspace.require(PACKAGE)?;
    let mut command = workspace.command("unshare");
    context.for_stories(tally, &mut command)?;
    bindings::swift::package(workspace, &bindings::folder(workspace))?;
    empty(&workspace.target.join(FOLDER).join("tmp"))?;
    command.arg("--mount");
    if !is_administrator() {
        command.arg("--map-root-user");
    }
    command.args(["sh", "-ec", ENTER, "sh"]).arg(root);
    command.arg(&workspace.root).arg(&workspace.target);
    command.arg(TEST);
    let before = tally.passed;
    tally.watch_swift_tests(command)?;
    if tally.passed == before {
        return Err("no story was told".to_owned());
    }
    Ok(())
}

/// Phones of former runs are not needed any more.
fn empty(folder: &Path) -> Result<(), String> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|problem| problem.to_string())?;
    }
    fs::create_dir_all(folder).map_err(|problem| problem.to_string())
}

fn is_administrator() -> bool {
    let user = std::process::Command::new("id").arg("-u").output();
    user.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
