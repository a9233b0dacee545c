//! A project outside the workspace, built with nothing of ours but the lines
//! that an ADR gives it, and what it leaves on the disk.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Context;
use crate::tally::Tally;
use crate::workspace::Workspace;

/// The project, as it stands in the repository.
pub(super) const CRATE: &str = "tests/consumer";
/// Where the lines for its `.cargo/config.toml` are written down.
const DECISION: &str = "docs/adr/0012-what-a-project-outside-needs.md";
/// How those lines begin.
const SETTINGS: &str = "```toml\n[env]\n";
/// What stands there for the folder of this repository.
const CHECKOUT: &str = "../loive/";
/// Cargo gives these to this program; the project must not get them from us.
const OURS: [&str; 2] = ["LIBSQLITE3_FLAGS", "OPENSSL_DIR"];
/// Words that a phone keeps, and that nobody may find in its folder.
const WORDS: &str = "mienlang-cho-Bac-Ha-0417";
/// What stops the build of SQLCipher without our lines and without OpenSSL.
const WITHOUT_OPENSSL: &str = "openssl/crypto.h";
/// How a database begins that is not encrypted.
const PLAIN_HEADER: &[u8] = b"SQLite format 3";

/// With the ADR's lines the project stores encrypted; without them it does not
/// store readable words.
pub(super) fn run(context: &Context<'_>, tally: &mut Tally) -> Result<(), String> {
    let workspace = context.workspace;
    let project = Project::copy(workspace)?;
    let result = project
        .with_settings(workspace, tally)
        .and_then(|()| project.without_settings(workspace, tally));
    let removed = fs::remove_dir_all(&project.folder).map_err(|problem| problem.to_string());
    result.and(removed)
}

/// The copy of the project, outside the repository.
struct Project {
    folder: PathBuf,
}

impl Project {
    fn copy(workspace: &Workspace) -> Result<Self, String> {
        let root = workspace.root.to_string_lossy();
        // One name for each checkout: under a new one all would be built anew.
        let name = format!("loive-consumer{}", root.replace(['/', '\\', ':'], "-"));
        let folder = env::temp_dir().join(name);
        if folder.starts_with(&workspace.root) {
            return Err("the temporary folder lies inside the repository".to_owned());
        }
        let from = workspace.require(CRATE)?;
        empty(&folder)?;
        for file in ["Cargo.lock", "README.md", "src/main.rs"] {
            let text = read(&from.join(file))?;
            write(&folder.join(file), &text)?;
        }
        let manifest = String::from_utf8_lossy(&read(&from.join("Cargo.toml"))?).into_owned();
        let elsewhere = manifest.replace("\"../../", &format!("\"{root}/"));
        write(&folder.join("Cargo.toml"), &elsewhere)?;
        Ok(Self { folder })
    }

    fn with_settings(&self, workspace: &Workspace, tally: &mut Tally) -> Result<(), String> {
        let decision = workspace.read(DECISION).unwrap_or_default();
        let settings = settings(&decision, &workspace.root)?;
        write(&self.folder.join(".cargo/config.toml"), &settings)?;
        let target = workspace.target.join("consumer");
        tally.watch(self.build(workspace, &target))?;
        let program = target.join("debug/loive-consumer");
        if contains(&read(&program)?, b"libcrypto.so") {
            return Err("it links the machine's OpenSSL in spite of the lines".to_owned());
        }
        self.keeps_its_words(&program)
    }

    /// In a folder of its own, so that nothing is left of the other build.
    fn without_settings(&self, workspace: &Workspace, tally: &mut Tally) -> Result<(), String> {
        empty(&self.folder.join(".cargo"))?;
        let target = workspace.target.join("consumer-bare");
        // Only what the lines are about: it fails in seconds, where it fails.
        let mut build = self.build(workspace, &target);
        build.args(["--package", "libsqlite3-sys"]);
        let output = build.output().map_err(|problem| problem.to_string())?;
        if !output.status.success() {
            let problems = String::from_utf8_lossy(&output.stderr);
            if !problems.contains(WITHOUT_OPENSSL) {
                return Err(format!("without the lines it fails otherwise:\n{problems}"));
            }
            println!("it does not build without the lines, as it should be");
            return Ok(());
        }
        tally.watch(self.build(workspace, &target))?;
        println!("it builds without the lines, since this machine has OpenSSL");
        self.keeps_its_words(&target.join("debug/loive-consumer"))
    }

    fn build(&self, workspace: &Workspace, target: &Path) -> Command {
        let mut command = workspace.cargo();
        command.args(["build", "--target-dir"]).arg(target);
        self.stand_outside(&mut command);
        command
    }

    /// Writes the words, looks at the bytes, and reads the words again.
    fn keeps_its_words(&self, program: &Path) -> Result<(), String> {
        let phone = self.folder.join("phone");
        if phone.exists() {
            fs::remove_dir_all(&phone).map_err(|problem| problem.to_string())?;
        }
        self.ask(program, "write", &phone, &[WORDS])?;
        let mut files = Vec::new();
        files_below(&phone, &mut files)?;
        let store = phone.join("phone.db");
        if !files.contains(&store) {
            return Err(format!("it wrote no {}", store.display()));
        }
        for file in &files {
            let bytes = read(file)?;
            if contains(&bytes, WORDS.as_bytes()) || contains(&bytes, PLAIN_HEADER) {
                return Err(format!("{} is not encrypted", file.display()));
            }
        }
        let words = self.ask(program, "read", &phone, &[])?;
        if words.trim_end() != WORDS {
            return Err("it did not read what it had written".to_owned());
        }
        println!("{} files, and none of them readable", files.len());
        Ok(())
    }

    fn ask(
        &self,
        program: &Path,
        verb: &str,
        phone: &Path,
        rest: &[&str],
    ) -> Result<String, String> {
        let mut command = Command::new(program);
        command.arg(verb).arg(phone).args(rest);
        self.stand_outside(&mut command);
        let output = command
            .stderr(Stdio::inherit())
            .output()
            .map_err(|problem| format!("cannot start {}: {problem}", program.display()))?;
        if !output.status.success() {
            return Err(format!("`{verb}` ended with {}", output.status));
        }
        String::from_utf8(output.stdout).map_err(|problem| problem.to_string())
    }

    fn stand_outside(&self, command: &mut Command) {
        command.current_dir(&self.folder);
        for name in OURS {
            command.env_remove(name);
        }
    }
}

/// The lines of the decision, with the path to this repository filled in.
fn settings(decision: &str, root: &Path) -> Result<String, String> {
    let lines = decision
        .split_once(SETTINGS)
        .and_then(|(_, rest)| rest.split_once("```"))
        .map(|(lines, _)| lines)
        .ok_or_else(|| format!("{DECISION} gives no `[env]` lines"))?;
    if !lines.contains(CHECKOUT) {
        return Err(format!("{DECISION} names no {CHECKOUT}"));
    }
    let lines = lines.replace(CHECKOUT, &format!("{}/", root.display()));
    Ok(format!("[env]\n{lines}"))
}

fn empty(folder: &Path) -> Result<(), String> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|problem| problem.to_string())?;
    }
    fs::create_dir_all(folder).map_err(|problem| problem.to_string())
}

fn files_below(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries = fs::read_dir(folder)
        .map_err(|problem| format!("cannot read {}: {problem}", folder.display()))?;
    for entry in entries {
        let path = entry.map_err(|problem| problem.to_string())?.path();
        if path.is_dir() {
            files_below(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn contains(bytes: &[u8], sought: &[u8]) -> bool {
    bytes.windows(sought.len()).any(|window| window == sought)
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|problem| format!("cannot read {}: {problem}", path.display()))
}

fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), String> {
    let complain = |problem| format!("cannot write {}: {problem}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(complain)?;
    }
    fs::write(path, bytes).map_err(complain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_are_found_and_point_at_the_repository() {
        let page = "text\n```toml\n[env]\nA = \"1\"\nB = { value = \"../loive/core\" }\n```\nmore";
        let lines = settings(page, Path::new("/src/loive-2")).expect("the page has lines");
        assert_eq!(
            lines,
            "[env]\nA = \"1\"\nB = { value = \"/src/loive-2/core\" }\n"
        );
    }

    #[test]
    fn a_page_without_lines_or_without_a_path_is_refused() {
        assert!(settings("```toml\n[dependencies]\n```", Path::new("/")).is_err());
        assert!(settings("```toml\n[env]\nA = \"1\"\n```", Path::new("/")).is_err());
    }

    #[test]
    fn words_are_found_anywhere_in_bytes() {
        assert!(contains(b"\0\0words\xff", b"words"));
        assert!(!contains(b"wor", b"words"));
    }
}
