//! Rules on the documentation.

use std::collections::BTreeSet;

use super::Finding;
use super::repository::{Repository, TextFile};

/// Where decisions stand.
const DECISIONS: &str = "docs/adr";
/// What each of them says.
const PARTS: [&str; 3] = ["## Context", "## Decision", "## Consequences"];

/// Every link inside the repository leads to a file and, where it names one,
/// to a heading.
pub(super) fn links_lead_somewhere(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &repository.files {
        if file.extension() != "md" || is_of_library(&file.path) {
            continue;
        }
        for (number, line) in prose(file) {
            for target in links(&line) {
                if !leads_somewhere(repository, file, target) {
                    let text = format!("the link {target:?} leads nowhere");
                    findings.push(Finding::new(&file.path, number, text));
                }
            }
        }
    }
    findings
}

/// Links of the library lead to items and telephone numbers; `loive-content`
/// checks them.
fn is_of_library(path: &str) -> bool {
    path.strip_prefix("content/")
        .is_some_and(|inside| inside.contains('/') && !inside.starts_with("print/"))
}

fn leads_somewhere(repository: &Repository, from: &TextFile, target: &str) -> bool {
    // Other people's pages, and links of rustdoc, which checks its own.
    if target.contains("://") || target.starts_with("mailto:") || target.contains("::") {
        return true;
    }
    let (path, heading) = match target.split_once('#') {
        Some((path, heading)) => (path, Some(heading)),
        None => (target, None),
    };
    let full = if path.is_empty() {
        from.path.clone()
    } else {
        match join(from.folder(), path) {
            Some(full) => full,
            None => return false,
        }
    };
    match heading {
        None => repository.has(&full),
        Some(heading) => repository
            .get(&full)
            .is_some_and(|file| headings(file).contains(heading)),
    }
}

/// A relative path from a folder; none when it leaves the repository.
fn join(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The lines outside code, with code spans taken out.
fn prose(file: &TextFile) -> impl Iterator<Item = (usize, String)> {
    let mut in_code = false;
    file.lines().filter_map(move |(number, line)| {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
            return None;
        }
        let outside_spans = line.split('`').step_by(2);
        (!in_code).then(|| (number, outside_spans.collect::<Vec<_>>().join("`")))
    })
}

/// The targets of `[text](target)`.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', ' ']).next())
}

/// The anchors of a file's headings, as the usual viewers make them.
fn headings(file: &TextFile) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut in_code = false;
    for (_, line) in file.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        let title = line.trim_start_matches('#');
        if in_code || title.len() == line.len() || !title.starts_with(' ') {
            continue;
        }
        let anchor = anchor(title.trim());
        let copies = (0..).map(|copy| match copy {
            0 => anchor.clone(),
            copy => format!("{anchor}-{copy}"),
        });
        for candidate in copies {
            if anchors.insert(candidate) {
                break;
            }
        }
    }
    anchors
}

fn anchor(title: &str) -> String {
    title
        .chars()
        .flat_map(char::to_lowercase)
        .filter_map(|letter| match letter {
            ' ' => Some('-'),
            '-' | '_' => Some(letter),
            letter => letter.is_alphanumeric().then_some(letter),
        })
        .collect()
}

/// The decisions, each with the number in its name.
fn decisions(repository: &Repository) -> impl Iterator<Item = (&TextFile, &str)> {
    repository
        .files
        .iter()
        .filter(|file| file.folder() == DECISIONS && file.name() != "README.md")
        .map(|file| (file, file.name().split('-').next().unwrap_or_default()))
}

/// Decisions are numbered 0001, 0002 and on, without a gap, and each begins
/// with its number.
pub(super) fn decisions_are_numbered(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, (file, number)) in (1..).zip(decisions(repository)) {
        if number != format!("{at:04}") {
            let text = format!("here {at:04} should follow; the numbers have a gap or a twin");
            findings.push(Finding::new(&file.path, 0, text));
        }
        if number_in_title(&file.text) != Some(at) {
            let text = format!("does not begin with `# {number}. `");
            findings.push(Finding::new(&file.path, 1, text));
        }
    }
    findings
}

/// The 7 of `# 0007. Title` or `# 7. Title`.
fn number_in_title(text: &str) -> Option<u32> {
    let (number, _) = text.strip_prefix("# ")?.split_once(". ")?;
    number.parse().ok()
}

/// A decision says what forced it, what was decided and what follows.
pub(super) fn decisions_have_their_parts(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, _) in decisions(repository) {
        for part in PARTS {
            if !file.lines().any(|(_, line)| line.trim_end() == part) {
                findings.push(Finding::new(&file.path, 0, format!("no `{part}`")));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(text: &str) -> usize {
        let repository = Repository::of(&[
            ("docs/a.md", text),
            ("docs/b.md", "# Nơi gửi\n\n## Twice\n\n## Twice\n"),
            ("README.md", "# Lối Về\n"),
        ]);
        links_lead_somewhere(&repository).len()
    }

    #[test]
    fn links_that_lead_somewhere_pass() {
        for text in [
            "[b](b.md) and [root](../README.md), [folder](../docs)\n",
            "[heading](b.md#nơi-gửi) [second](b.md#twice-1)\n",
            "# Own\n[own](#own)\n",
            "[law](https://example.org/x) [code](crate::Seed)\n",
            "`[not a link](nowhere.md)`\n```\n[neither](nowhere.md)\n```\n",
        ] {
            assert_eq!(broken(text), 0, "{text}");
        }
    }

    #[test]
    fn links_that_lead_nowhere_are_found() {
        for text in [
            "[gone](gone.md)\n",
            "[no such heading](b.md#gone)\n",
            "[no such heading here](#gone)\n",
            "[out of the repository](../../etc/passwd)\n",
        ] {
            assert_eq!(broken(text), 1, "{text}");
        }
    }

    #[test]
    fn the_library_has_links_of_its_own_and_its_readme_has_not() {
        let text = "[111](tel:111), [another](a02)\n";
        let found = |path: &str| links_lead_somewhere(&Repository::of(&[(path, text)])).len();
        assert_eq!(found("content/articles/a01.vi.md"), 0);
        assert_eq!(found("content/README.md"), 2);
    }

    #[test]
    fn a_gap_or_a_wrong_title_among_decisions_is_found() {
        let good = Repository::of(&[
            ("docs/adr/0001-a.md", "# 1. A\n"),
            ("docs/adr/0002-b.md", "# 0002. B\n"),
        ]);
        assert!(decisions_are_numbered(&good).is_empty());
        let gap = Repository::of(&[
            ("docs/adr/0001-a.md", "# 1. A\n"),
            ("docs/adr/0003-b.md", "# 0003. B\n"),
        ]);
        assert_eq!(decisions_are_numbered(&gap).len(), 2);
        let title = Repository::of(&[("docs/adr/0001-a.md", "# A\n")]);
        assert_eq!(decisions_are_numbered(&title).len(), 1);
    }

    #[test]
    fn a_decision_without_consequences_is_found() {
        let text = "# 1. A\n\n## Context\n\n## Decision\n";
        let repository = Repository::of(&[("docs/adr/0001-a.md", text)]);
        assert_eq!(decisions_have_their_parts(&repository).len(), 1);
    }
}
