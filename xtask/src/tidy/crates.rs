//! Rules on crates: a front page each, and dependencies that point downward.

use super::Finding;
use super::repository::{Repository, TextFile};

/// Every crate of ours and those of ours that it may name. The server never
/// depends on the client, nor the client on the server; only what stands in
/// `tests/` sees both.
const FLOORS: [(&str, &[&str]); 16] = [
    ("loive-protocol", &[]),
    ("loive-documents", &["loive-protocol"]),
    ("loive-cipher", &[]),
    ("loive-strings", &[]),
    ("loive-content", &["loive-documents"]),
    (
        "loive-print",
        &["loive-documents", "loive-content", "loive-strings"],
    ),
    (
        "loive-client",
        &[
            "loive-protocol",
            "loive-documents",
            "loive-cipher",
            "loive-strings",
        ],
    ),
    (
        "loive-bindings",
        &["loive-protocol", "loive-documents", "loive-client"],
    ),
    ("loive-bindgen", &[]),
    (
        "loive-server",
        &[
            "loive-protocol",
            "loive-documents",
            "loive-cipher",
            "loive-content",
            "loive-strings",
        ],
    ),
    (
        "loive-terminal",
        &[
            "loive-protocol",
            "loive-documents",
            "loive-strings",
            "loive-client",
            "loive-server",
        ],
    ),
    (
        "loive-fleet",
        &[
            "loive-protocol",
            "loive-documents",
            "loive-cipher",
            "loive-content",
            "loive-strings",
            "loive-client",
            "loive-server",
        ],
    ),
    ("loive-fuzz", &["loive-protocol", "loive-documents"]),
    (
        "loive-consumer",
        &["loive-protocol", "loive-documents", "loive-client"],
    ),
    (
        "loive-stories",
        &[
            "loive-protocol",
            "loive-documents",
            "loive-cipher",
            "loive-content",
            "loive-strings",
            "loive-client",
            "loive-server",
            "loive-fleet",
        ],
    ),
    ("xtask", &[]),
];
/// A crate outside the workspace that holds nothing but the programs that a
/// fuzzer starts.
const OUTSIDE: [&str; 1] = ["tests/fuzz/fuzz/"];
/// How a crate shows its README as its documentation.
const FRONT_PAGE: &str = "#![doc = include_str!(\"../README.md\")]";

/// Every crate has a description and a README, which is its front page.
pub(super) fn front_pages(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for manifest in manifests(repository) {
        let folder = manifest.folder();
        let description = field(&manifest.text, "description").unwrap_or_default();
        if description.is_empty() {
            findings.push(Finding::new(&manifest.path, 0, "no description"));
        }
        if !repository.has(&format!("{folder}/README.md")) {
            findings.push(Finding::new(&manifest.path, 0, "no README.md beside it"));
        }
        let root = ["src/lib.rs", "src/main.rs"]
            .iter()
            .find_map(|root| repository.get(&format!("{folder}/{root}")));
        match root {
            Some(root) if !root.text.contains(FRONT_PAGE) => {
                let text = format!("the README is not its front page: `{FRONT_PAGE}`");
                findings.push(Finding::new(&root.path, 0, text));
            }
            Some(_) => {}
            None => findings.push(Finding::new(
                &manifest.path,
                0,
                "no src/lib.rs or src/main.rs",
            )),
        }
    }
    findings
}

/// A crate names only crates on lower floors, for its tests too.
pub(super) fn point_downward(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for manifest in manifests(repository) {
        let name = field(&manifest.text, "name").unwrap_or_default();
        let Some((_, below)) = FLOORS.iter().find(|(known, _)| *known == name) else {
            let text = format!("{name:?} has no floor yet: give it one in xtask");
            findings.push(Finding::new(&manifest.path, 0, text));
            continue;
        };
        for (line, dependency) in own_dependencies(manifest) {
            if !below.contains(&dependency) {
                let text = format!("{name} may not depend on {dependency}");
                findings.push(Finding::new(&manifest.path, line, text));
            }
        }
    }
    findings
}

/// The manifests of the workspace's packages.
fn manifests(repository: &Repository) -> impl Iterator<Item = &TextFile> {
    repository.files.iter().filter(|file| {
        file.name() == "Cargo.toml"
            && !OUTSIDE.iter().any(|folder| file.path.starts_with(folder))
            && file.text.lines().any(|line| line == "[package]")
    })
}

/// The dependencies that are crates of ours, with their line.
fn own_dependencies(manifest: &TextFile) -> Vec<(usize, &str)> {
    let mut in_dependencies = false;
    let mut found = Vec::new();
    for (number, line) in manifest.lines() {
        let line = line.trim();
        if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_end_matches(']');
            in_dependencies = section.ends_with("dependencies");
            // The long form, `[dependencies.loive-client]`.
            let named = section.rsplit_once("dependencies.");
            found.extend(named.map(|(_, name)| (number, name)));
        } else if in_dependencies {
            let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
            found.push((number, name));
        }
    }
    found.retain(|(_, name)| FLOORS.iter().any(|(known, _)| known == name));
    found
}

/// The first `name = "value"` of a manifest.
fn field<'a>(manifest: &'a str, name: &str) -> Option<&'a str> {
    manifest.lines().find_map(|line| {
        let value = line.strip_prefix(name)?.trim_start().strip_prefix('=')?;
        value.trim().strip_prefix('"')?.strip_suffix('"')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[package]\nname = \"loive-client\"\ndescription = \"What a phone does\"\n";

    #[test]
    fn a_crate_with_everything_passes() {
        let repository = Repository::of(&[
            ("core/client/Cargo.toml", GOOD),
            ("core/client/README.md", "# loive-client"),
            ("core/client/src/lib.rs", FRONT_PAGE),
        ]);
        assert!(front_pages(&repository).is_empty());
        assert!(point_downward(&repository).is_empty());
    }

    #[test]
    fn what_a_crate_lacks_is_found() {
        let repository = Repository::of(&[
            (
                "core/client/Cargo.toml",
                "[package]\nname = \"loive-client\"\ndescription = \"\"\n",
            ),
            ("core/client/src/lib.rs", "//! A phone."),
        ]);
        let texts: Vec<String> = front_pages(&repository)
            .into_iter()
            .map(|finding| finding.text)
            .collect();
        assert_eq!(texts.len(), 3, "{texts:?}");
    }

    #[test]
    fn a_client_that_names_the_server_is_found_in_every_form() {
        for lines in [
            "[dependencies]\nloive-server.workspace = true\n",
            "[dependencies]\nloive-server = { path = \"../../server\" }\n",
            "[dev-dependencies]\nloive-server.workspace = true\n",
            "[target.'cfg(unix)'.dependencies]\nloive-server.workspace = true\n",
            "[dependencies.loive-server]\nworkspace = true\n",
        ] {
            let manifest = format!("{GOOD}\n{lines}");
            let repository = Repository::of(&[("core/client/Cargo.toml", &manifest)]);
            let findings = point_downward(&repository);
            assert_eq!(findings.len(), 1, "{lines}");
        }
    }

    #[test]
    fn a_crate_that_nobody_placed_is_found() {
        let manifest = "[package]\nname = \"loive-surprise\"\n";
        let repository = Repository::of(&[("surprise/Cargo.toml", manifest)]);
        assert_eq!(point_downward(&repository).len(), 1);
    }
}
