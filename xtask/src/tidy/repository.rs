//! The repository as the rules see it: its text files, read once.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::rust::Code;

/// Folders that are built or fetched, never written by us.
const SKIPPED: [&str; 6] = [
    ".git",
    "target",
    "node_modules",
    "__pycache__",
    "demo-data",
    ".venv",
];

/// One text file.
pub(super) struct TextFile {
    /// From the root, with forward slashes.
    pub(super) path: String,
    /// The whole text.
    pub(super) text: String,
    /// What only Rust files have.
    pub(super) code: Option<Code>,
}

impl TextFile {
    fn new(path: String, text: String) -> Self {
        let is_rust = Path::new(&path)
            .extension()
            .is_some_and(|extension| extension == "rs");
        let code = is_rust.then(|| Code::read(&path, &text));
        Self { path, text, code }
    }

    /// The part of the name behind the last dot.
    pub(super) fn extension(&self) -> &str {
        self.path.rsplit_once('.').map_or("", |(_, ending)| ending)
    }

    /// The name without its folders.
    pub(super) fn name(&self) -> &str {
        self.path
            .rsplit_once('/')
            .map_or(self.path.as_str(), |(_, name)| name)
    }

    /// The folder, empty for the root.
    pub(super) fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The lines, counted from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.text.lines())
    }
}

/// All files.
pub(super) struct Repository {
    /// The text files, by path.
    pub(super) files: Vec<TextFile>,
    /// Every file and folder, pictures and fonts too.
    paths: BTreeSet<String>,
}

impl Repository {
    /// Reads all files under a root.
    pub(super) fn read(root: &Path) -> Result<Self, String> {
        let mut repository = Self {
            files: Vec::new(),
            paths: BTreeSet::new(),
        };
        repository.walk(root, "")?;
        Ok(repository)
    }

    /// A repository of nothing but these files.
    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let mut repository = Self {
            files: Vec::new(),
            paths: BTreeSet::new(),
        };
        for (path, text) in files {
            let mut folder = *path;
            while let Some((outer, _)) = folder.rsplit_once('/') {
                repository.paths.insert(outer.to_owned());
                folder = outer;
            }
            repository.paths.insert((*path).to_owned());
            let file = TextFile::new((*path).to_owned(), (*text).to_owned());
            repository.files.push(file);
        }
        repository
    }

    /// Whether a file or folder is there.
    pub(super) fn has(&self, path: &str) -> bool {
        path.is_empty() || self.paths.contains(path)
    }

    /// A text file by its path.
    pub(super) fn get(&self, path: &str) -> Option<&TextFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The Rust files with what was read out of them.
    pub(super) fn rust(&self) -> impl Iterator<Item = (&TextFile, &Code)> {
        self.files
            .iter()
            .filter_map(|file| file.code.as_ref().map(|code| (file, code)))
    }

    fn walk(&mut self, folder: &Path, prefix: &str) -> Result<(), String> {
        let complain = |problem| format!("cannot read {}: {problem}", folder.display());
        let mut names = Vec::new();
        for entry in fs::read_dir(folder).map_err(complain)? {
            let entry = entry.map_err(complain)?;
            let is_folder = entry.file_type().map_err(complain)?.is_dir();
            names.push((entry.file_name().to_string_lossy().into_owned(), is_folder));
        }
        names.sort();
        for (name, is_folder) in names {
            if SKIPPED.contains(&name.as_str()) {
                continue;
            }
            let path = format!("{prefix}{name}");
            let full = folder.join(&name);
            self.paths.insert(path.clone());
            if is_folder {
                self.walk(&full, &format!("{path}/"))?;
            } else if let Ok(text) = fs::read_to_string(&full) {
                // What is not UTF-8 is a font or a picture.
                self.files.push(TextFile::new(path, text));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_apart() {
        let repository = Repository::of(&[("core/client/src/lib.rs", "")]);
        let file = repository
            .get("core/client/src/lib.rs")
            .expect("it is there");
        assert_eq!(file.extension(), "rs");
        assert_eq!(file.name(), "lib.rs");
        assert_eq!(file.folder(), "core/client/src");
        assert!(repository.has("core/client") && !repository.has("core/server"));
    }

    #[test]
    fn this_crate_is_read_and_its_target_folder_is_not() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let repository = Repository::read(root).expect("our own folder can be read");
        assert!(repository.get("src/tidy/repository.rs").is_some());
        assert!(!repository.paths.iter().any(|path| path.contains("target/")));
    }
}
