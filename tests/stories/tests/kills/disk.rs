//! A small disk under a folder, which can be filled, freed and locked. Only for
//! a process that may mount: see `inside`.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use loive_stories::small_disk;

/// Bytes of all small disks together.
const WORLD_BYTES: u64 = 1_000_000_000;
const BALLAST: &str = "ballast";
const BALLAST_STEP_BYTES: usize = 4_096;
/// Says that this process may mount.
const INSIDE: &str = "LOIVE_TEST_INSIDE";

/// Runs one of this program's tests as a process of its own that may mount, and
/// gives what it printed. What it mounts is gone with it.
pub(crate) fn run_inside(test: &str) {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    let program = std::env::current_exe().expect("this program has a path");
    let program = program.display().to_string();
    let mut command = small_disk(WORLD_BYTES, folder.path(), &program).expect(
        "this story mounts small disks: run it as root, or where user namespaces are allowed",
    );
    command.args(["--exact", test, "--nocapture"]);
    command.env(INSIDE, "1").env("TMPDIR", folder.path());
    let status = command.stdin(Stdio::null()).status();
    let status = status.expect("the process starts");
    assert!(status.success(), "the story inside failed");
}

/// Whether this process was started to mount.
pub(crate) fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// A disk of its own under a folder.
pub(crate) struct Disk {
    folder: PathBuf,
    is_full: bool,
}

impl Disk {
    /// Puts a disk under a folder, with what lies in it.
    pub(crate) fn under(folder: &Path, bytes: u64) -> Self {
        fs::create_dir_all(folder).expect("the folder is there");
        let aside = folder.with_extension("aside");
        fs::create_dir(&aside).expect("a folder is made");
        copy(folder, &aside);
        run(Command::new("mount")
            .args(["-t", "tmpfs", "-o"])
            .arg(format!("size={bytes}"))
            .arg("tmpfs")
            .arg(folder));
        copy(&aside, folder);
        fs::remove_dir_all(&aside).expect("the copy is removed");
        Self {
            folder: folder.to_owned(),
            is_full: false,
        }
    }

    /// Takes every byte except about `spare` of them.
    pub(crate) fn fill(&mut self, spare: u64) {
        let path = self.folder.join(BALLAST);
        let mut file = File::create(&path).expect("a file is begun");
        let zeros = [0; BALLAST_STEP_BYTES];
        let error = loop {
            if let Err(error) = file.write_all(&zeros) {
                break error;
            }
        };
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        let length = file.metadata().expect("it has a length").len();
        file.set_len(length.saturating_sub(spare))
            .expect("it is cut");
        self.is_full = true;
    }

    /// Gives the bytes back.
    pub(crate) fn free(&mut self) {
        if self.is_full {
            fs::remove_file(self.folder.join(BALLAST)).expect("the ballast is removed");
            self.is_full = false;
        }
    }

    /// Nobody may write any more. Nobody may have a file open.
    pub(crate) fn lock(&self) {
        run(Command::new("mount")
            .args(["-o", "remount,ro"])
            .arg(&self.folder));
    }

    /// As before.
    pub(crate) fn unlock(&self) {
        run(Command::new("mount")
            .args(["-o", "remount,rw"])
            .arg(&self.folder));
    }
}

fn run(command: &mut Command) {
    let status = command.status().expect("there is such a program");
    assert!(status.success(), "{command:?}");
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("the folder is read") {
        let entry = entry.expect("it is read");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir(&target).expect("a folder is made");
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file is copied");
        }
    }
}
