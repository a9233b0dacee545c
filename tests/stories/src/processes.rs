//! Programs that can be killed, and disks that are full.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;

use tokio::task::block_in_place;

use crate::eventually::PATIENCE;

/// Mounts an empty disk of `$1` bytes at `$2` and runs the rest there. The disk
/// is seen by this process alone and is gone with it.
const ON_A_SMALL_DISK: &str = r#"mount -t tmpfs -o "size=$1" tmpfs "$2" && shift 2 && exec "$@""#;
/// Runs the rest with no file longer than `$1` blocks of 512 bytes. A write
/// beyond it fails instead of ending the program.
const WITH_SMALL_FILES: &str = r#"trap '' XFSZ; ulimit -f "$1"; shift; exec "$@""#;

/// A program of a story. It is killed when it is dropped.
pub struct Process {
    child: Child,
    lines: Receiver<String>,
}

impl Process {
    /// Starts it and listens to what it prints.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let output = child.stdout.take().expect("its output is piped");
        let (sender, lines) = channel();
        // Ends with the program, whose output it reads.
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, lines }
    }

    /// The next line that it printed; `None` once it has ended.
    ///
    /// # Panics
    /// If it says nothing for too long.
    pub fn line(&mut self) -> Option<String> {
        match block_in_place(|| self.lines.recv_timeout(PATIENCE)) {
            Ok(line) => Some(line),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("the program says nothing any more"),
        }
    }

    /// What it has printed so far and nobody has heard.
    pub fn heard(&mut self) -> Vec<String> {
        self.lines.try_iter().collect()
    }

    /// Writes a line to its standard input, if that is a pipe. A program that
    /// has ended hears nothing.
    pub fn tell(&mut self, line: &str) {
        if let Some(input) = &mut self.child.stdin {
            let _ = writeln!(input, "{line}");
        }
    }

    /// Kills it at once, as when the battery falls out (`kill -9`), and gives
    /// what it had printed besides.
    ///
    /// # Panics
    /// If it cannot be killed.
    pub fn kill(&mut self) -> Vec<String> {
        self.child.kill().expect("the program is killed");
        self.child.wait().expect("the program is gone");
        std::iter::from_fn(|| self.line()).collect()
    }

    /// Waits for its end and says whether it succeeded.
    ///
    /// # Panics
    /// If it cannot be waited for.
    pub fn succeeded(mut self) -> bool {
        while self.line().is_some() {}
        self.child.wait().expect("the program is gone").success()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A command that runs `program` with an empty disk of `bytes` at `folder`;
/// `None` where the system lets nobody mount one.
///
/// # Panics
/// If there is no shell.
pub fn small_disk(bytes: u64, folder: &Path, program: &str) -> Option<Command> {
    let ways: [&[&str]; 2] = [
        &["--user", "--map-root-user", "--mount", "--"],
        &["--mount", "--"],
    ];
    ways.into_iter().find_map(|way| {
        let command = |program: &str| {
            let mut command = Command::new("unshare");
            command.args(way).args(["sh", "-c", ON_A_SMALL_DISK, "sh"]);
            command.arg(bytes.to_string()).arg(folder).arg(program);
            command
        };
        let tried = command("true").stderr(Stdio::null()).status();
        tried
            .is_ok_and(|status| status.success())
            .then(|| command(program))
    })
}

/// A command that runs `program` with no file longer than `bytes`.
pub fn small_files(bytes: u64, program: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", WITH_SMALL_FILES, "sh"]);
    command.arg((bytes / 512).to_string()).arg(program);
    command
}
