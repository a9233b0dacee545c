//! `loive-content check [DIR]`: says what may not be published.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use loive_content::examine;

const USAGE: &str = "usage: loive-content check [DIR]\n";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let dir = match words[..] {
        ["check"] => PathBuf::from("content"),
        ["check", dir] => PathBuf::from(dir),
        _ => {
            let _ = io::stderr().write_all(USAGE.as_bytes());
            return ExitCode::from(2);
        }
    };
    let findings = examine(&dir);
    let mut out = io::stdout().lock();
    for finding in &findings {
        // A reader that hangs up early, such as `head`, is no error of ours.
        let _ = writeln!(out, "{finding}");
    }
    if findings.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
