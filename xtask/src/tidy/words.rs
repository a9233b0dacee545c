//! Rules on words: what must stand in no file, whatever its kind.

use super::Finding;
use super::repository::Repository;

/// Where Cargo's packages come from.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";
/// Where npm's packages come from.
const NPM: &str = "https://registry.npmjs.org/";
/// Options that bend where packages come from.
const DETOURS: [&str; 5] = [
    "index-url",
    "find-links",
    "trusted-host",
    "replace-with",
    "registry=",
];

/// No path of somebody's machine, and no name of a tool of theirs. Put
/// together here, so that this file does not find itself.
pub(super) fn no_workplace(repository: &Repository) -> Vec<Finding> {
    let words = [
        concat!("/wo", "rk/"),
        concat!("/fa", "rm/"),
        concat!("/tmp/", "bash_jobs"),
        concat!("/ro", "ot/"),
        concat!("/.lib", "rary"),
        concat!("hel", "per-"),
    ];
    let mut findings = Vec::new();
    for file in &repository.files {
        // Names of other people's packages stand in lock files.
        if is_lock(file.name()) {
            continue;
        }
        for (number, line) in file.lines() {
            for word in words.iter().filter(|word| line.contains(**word)) {
                let text = format!("{word:?} belongs to somebody's workplace");
                findings.push(Finding::new(&file.path, number, text));
            }
        }
    }
    findings
}

/// What is locked can be fetched by everybody.
pub(super) fn public_registries(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &repository.files {
        let is_setting = matches!(file.name(), "requirements.txt" | ".npmrc" | "pip.conf")
            || file.path.contains(".cargo/config");
        for (number, line) in file.lines() {
            let entry = line.trim();
            let foreign = match file.name() {
                "Cargo.lock" => quoted_after(entry, "source = ").is_some_and(|at| at != CRATES_IO),
                "package-lock.json" => {
                    quoted_after(entry, "\"resolved\": ").is_some_and(|at| !at.starts_with(NPM))
                }
                _ => is_setting && DETOURS.iter().any(|detour| entry.contains(detour)),
            };
            if foreign {
                let text = "packages come from the public registries, by their defaults";
                findings.push(Finding::new(&file.path, number, text));
            }
        }
    }
    findings
}

/// Vietnamese is written with composed letters, so that equal words are equal
/// bytes. Every Vietnamese letter has a composed form, so one combining mark
/// is one too many.
pub(super) fn composed_form(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &repository.files {
        for (number, line) in file.lines() {
            if line
                .chars()
                .any(|letter| ('\u{300}'..='\u{36f}').contains(&letter))
            {
                let text = "a combining mark: write composed letters (NFC)";
                findings.push(Finding::new(&file.path, number, text));
            }
        }
    }
    findings
}

fn is_lock(name: &str) -> bool {
    matches!(name, "package-lock.json" | "Cargo.lock")
}

/// The text between quotes behind a key.
fn quoted_after<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let value = line.strip_prefix(key)?.trim_end_matches(',');
    value.strip_prefix('"')?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(rule: fn(&Repository) -> Vec<Finding>, path: &str, text: &str) -> usize {
        rule(&Repository::of(&[(path, text)])).len()
    }

    #[test]
    fn a_path_of_somebodys_machine_is_found() {
        let path = concat!("see /wo", "rk/notes\n");
        assert_eq!(count(no_workplace, "docs/a.md", path), 1);
        let words = "network/ and a framework\n";
        assert_eq!(count(no_workplace, "docs/a.md", words), 0);
    }

    #[test]
    fn a_package_from_elsewhere_is_found() {
        let rule = public_registries;
        for (path, good, bad) in [
            (
                "Cargo.lock",
                "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n",
                "source = \"registry+https://mirror.example/index\"\n",
            ),
            (
                "tests/interop/package-lock.json",
                "  \"resolved\": \"https://registry.npmjs.org/a/-/a-1.tgz\",\n",
                "  \"resolved\": \"http://mirror.example/a/-/a-1.tgz\",\n",
            ),
            (
                "tests/interop/requirements.txt",
                "cbor2==6.3.0\n",
                "--extra-index-url https://mirror.example/\n",
            ),
            (
                ".cargo/config.toml",
                "[alias]\n",
                "[source.crates-io]\nreplace-with = \"mirror\"\n",
            ),
        ] {
            assert_eq!(count(rule, path, good), 0, "{path}");
            assert_eq!(count(rule, path, bad), 1, "{path}");
        }
    }

    #[test]
    fn a_decomposed_letter_is_found() {
        assert_eq!(count(composed_form, "strings/phone/vi.toml", "Lối Về\n"), 0);
        let decomposed = "Lo\u{302}\u{301}i Ve\u{302}\u{300}\n";
        assert_eq!(count(composed_form, "strings/phone/vi.toml", decomposed), 1);
    }
}
