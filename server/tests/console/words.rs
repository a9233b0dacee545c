//! No sentence stands in a template or in code, and every key has its words.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use loive_server::desk::audit::ACTIONS;
use loive_strings::{Area, Lang, words};

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path
            .extension()
            .is_some_and(|extension| extension == ending)
        {
            found.push(path);
        }
    }
    found
}

fn texts(folder: &str, ending: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    files(&root.join(folder), ending)
        .into_iter()
        .map(|path| {
            (
                path.display().to_string(),
                fs::read_to_string(&path).unwrap(),
            )
        })
        .collect()
}

/// Everything in quotes that looks like a key: `area.name`.
fn keys_in(text: &str) -> BTreeSet<String> {
    let is_key = |quoted: &&str| {
        quoted.contains('.')
            && !quoted.starts_with('.')
            && !quoted.ends_with('.')
            && !quoted.contains(".html")
            && quoted
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._".contains(&b))
    };
    text.split('"').filter(is_key).map(str::to_owned).collect()
}

#[test]
fn every_key_that_is_used_has_words_and_all_words_are_used() {
    let known: BTreeSet<String> = words(Area::Console, Lang::Vi)
        .iter()
        .map(|(key, _)| key.to_owned())
        .collect();
    let areas: BTreeSet<&str> = known
        .iter()
        .filter_map(|key| key.split('.').next())
        .collect();
    let mut used = BTreeSet::new();
    for (_, text) in texts("templates", "html")
        .iter()
        .chain(&texts("src/console", "rs"))
    {
        let of_area = |key: &String| {
            key.split('.')
                .next()
                .is_some_and(|area| areas.contains(area))
        };
        used.extend(keys_in(text).into_iter().filter(of_area));
    }
    used.extend(
        loive_protocol::Refusal::ALL
            .iter()
            .map(|it| format!("refusal.{}", it.key())),
    );
    used.extend(ACTIONS.iter().map(|action| format!("audit.{action}")));

    let files: BTreeSet<String> = ["console.css", "console.js"].map(str::to_owned).into();
    let missing: Vec<_> = used
        .difference(&known)
        .filter(|key| !files.contains(*key))
        .collect();
    assert!(missing.is_empty(), "no words for {missing:?}");
    let idle: Vec<_> = known.difference(&used).collect();
    assert!(idle.is_empty(), "nobody says {idle:?}");
}

/// What is left of a template without its tags and expressions.
fn bare_text(template: &str) -> String {
    let mut rest = template.to_owned();
    for (open, close) in [("{%", "%}"), ("{{", "}}"), ("<", ">")] {
        while let Some(start) = rest.find(open) {
            let length = rest[start..]
                .find(close)
                .map_or(rest.len() - start, |at| at + close.len());
            rest.replace_range(start..start + length, " ");
        }
    }
    rest
}

#[test]
fn templates_hold_no_sentence_of_their_own() {
    for (name, text) in texts("templates", "html") {
        let bare = bare_text(&text);
        assert!(
            !bare.chars().any(char::is_alphabetic),
            "{name} says {:?}",
            bare.trim()
        );
    }
}

#[test]
fn code_holds_no_vietnamese_sentence() {
    for (name, text) in texts("src/console", "rs") {
        let code = text.split("#[cfg(test)]").next().unwrap();
        for line in code
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
        {
            let marked = line
                .chars()
                .any(|c| ('\u{1ea0}'..='\u{1ef9}').contains(&c) || "ăâđêôơư".contains(c));
            assert!(!marked, "{name}: {line}");
        }
    }
}
