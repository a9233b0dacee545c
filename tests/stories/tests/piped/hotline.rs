//! The other end of the pipes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;
use tokio::task::block_in_place;

const PROGRAM: &str = env!("CARGO_BIN_EXE_story-hotline");

/// The program at work.
pub(crate) struct Hotline {
    /// The first line that it said.
    pub(crate) greeting: Value,
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    /// Where it keeps its temporary files.
    folder: tempfile::TempDir,
}

impl Hotline {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(PROGRAM)
            .env("TMPDIR", folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut hotline = Self {
            greeting: Value::Null,
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
            folder,
        };
        hotline.greeting = hotline.next();
        hotline
    }

    /// Asks for what must be done.
    pub(crate) fn ask(&mut self, command: &Value) -> Value {
        let answer = self.ask_anything(&command.to_string());
        assert!(answer.get("error").is_none(), "{command}: {answer}");
        answer
    }

    pub(crate) fn ask_anything(&mut self, line: &str) -> Value {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
        self.next()
    }

    fn next(&mut self) -> Value {
        let mut line = String::new();
        // The hotline runs in another process: this thread has nothing to do.
        block_in_place(|| self.output.read_line(&mut line)).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// Nothing more is asked: it ends by itself and leaves nothing behind.
    pub(crate) fn end(mut self) {
        drop(self.input.take());
        assert!(block_in_place(|| self.child.wait()).unwrap().success());
        let left = std::fs::read_dir(self.folder.path()).unwrap().count();
        assert_eq!(left, 0, "it left files behind");
    }
}

impl Drop for Hotline {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
