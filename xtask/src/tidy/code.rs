//! Rules on code.

use super::Finding;
use super::repository::Repository;
use super::rust::{has_word, is_word};

/// Beyond this a file asks to be two.
const FILE_MAX_LINES: usize = 500;
/// What fits on a screen, generously. Tests tell stories and may be longer;
/// clippy bounds them too.
const FUNCTION_MAX_LINES: usize = 80;
/// Endings of what somebody wrote by hand.
const SOURCES: [&str; 11] = [
    "rs", "py", "js", "mjs", "ts", "css", "html", "sh", "sql", "kt", "swift",
];
/// Files that may be longer, each with its reason.
const LONG_FILES: [(&str, &str); 0] = [];
/// Who may write `unsafe`: the cipher.
const UNSAFE: [&str; 1] = ["core/cipher/"];
/// Crates without a clock, randomness, files or sockets of their own.
const SANS_IO: [&str; 2] = ["core/protocol/src/", "core/documents/src/"];
/// What such a crate may not name.
const OUTSIDE_WORLD: [&str; 10] = [
    "std::fs",
    "std::net",
    "std::env",
    "std::process",
    "SystemTime",
    "Instant",
    "getrandom",
    "rand::rng",
    "SysRng",
    "tokio",
];
/// Units of a limit's name that are no plural.
const UNITS: [&str; 7] = [
    "COUNT", "KIB", "MIB", "PERCENT", "DEPTH", "SERIAL", "VERSION",
];

/// Files have at most [`FILE_MAX_LINES`] lines, and an exception that is no
/// longer needed is taken out.
pub(super) fn files_are_short(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &repository.files {
        if !SOURCES.contains(&file.extension()) {
            continue;
        }
        let lines = file.text.lines().count();
        let excepted = LONG_FILES.iter().any(|(path, _)| *path == file.path);
        if lines > FILE_MAX_LINES && !excepted {
            let text = format!("{lines} lines; over {FILE_MAX_LINES} a file asks to be two");
            findings.push(Finding::new(&file.path, 0, text));
        }
        if lines <= FILE_MAX_LINES && excepted {
            let text = "is short now: take its exception out of xtask";
            findings.push(Finding::new(&file.path, 0, text));
        }
    }
    findings
}

/// Functions outside tests have at most [`FUNCTION_MAX_LINES`] lines.
pub(super) fn functions_fit_on_a_screen(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, code) in repository.rust() {
        for function in &code.functions {
            if function.length > FUNCTION_MAX_LINES && !function.is_test {
                let text = format!(
                    "`{}` has {} lines; {FUNCTION_MAX_LINES} fit on a screen",
                    function.name, function.length
                );
                findings.push(Finding::new(&file.path, function.line, text));
            }
        }
    }
    findings
}

/// `unwrap` tells nobody why it cannot fail.
pub(super) fn no_unwrap(repository: &Repository) -> Vec<Finding> {
    product_lines_with(
        repository,
        "`unwrap` outside tests: `expect` with a reason",
        |_, line| line.contains(".unwrap()") || line.contains(".unwrap_err()"),
    )
}

/// Everything else forbids it with the compiler; this also catches a crate
/// that took the lint out.
pub(super) fn unsafe_in_one_place(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, code) in repository.rust() {
        if UNSAFE.iter().any(|folder| file.path.starts_with(folder)) {
            continue;
        }
        for (number, line) in code.all_lines() {
            if has_word(line, "unsafe") {
                let text = "`unsafe` outside core/cipher";
                findings.push(Finding::new(&file.path, number, text));
            }
        }
    }
    findings
}

/// No marks of unfinished work.
pub(super) fn nothing_left_open(repository: &Repository) -> Vec<Finding> {
    // Put together, so that this file does not find itself.
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
    ];
    let macros = [concat!("to", "do!"), concat!("unimple", "mented!")];
    let mut findings = Vec::new();
    for file in &repository.files {
        if !SOURCES.contains(&file.extension()) && file.extension() != "toml" {
            continue;
        }
        for (number, line) in file.lines() {
            let open = marks.iter().any(|mark| has_word(line, mark))
                || macros.iter().any(|name| line.contains(name));
            if open {
                findings.push(Finding::new(&file.path, number, "left open"));
            }
        }
    }
    findings
}

/// `allow` stays when its reason is gone; `expect` complains.
pub(super) fn expect_not_allow(repository: &Repository) -> Vec<Finding> {
    product_lines_with(
        repository,
        "write `#[expect(…, reason = \"…\")]`",
        |_, line| line.contains("[allow("),
    )
}

/// Protocol and documents do nothing that they were not handed the means for.
pub(super) fn core_is_sans_io(repository: &Repository) -> Vec<Finding> {
    product_lines_with(
        repository,
        "the outside world is handed in here, never reached for",
        |path, line| {
            SANS_IO
                .iter()
                .any(|crate_path| path.starts_with(crate_path))
                && OUTSIDE_WORLD.iter().any(|name| has_word(line, name))
        },
    )
}

/// A limit says in what it counts: `ENVELOPE_MAX_BYTES`.
pub(super) fn limits_name_their_unit(repository: &Repository) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, code) in repository.rust() {
        for (number, line) in code.product_lines() {
            let Some(name) = limit_constant(line) else {
                continue;
            };
            if !ends_with_unit(name) {
                let text = format!("`{name}` does not end with what it counts");
                findings.push(Finding::new(&file.path, number, text));
            }
        }
    }
    findings
}

/// A unit is a plural (`BYTES`, `SECONDS`, `CHANGES`) or one of [`UNITS`].
fn ends_with_unit(name: &str) -> bool {
    let last = name.rsplit('_').next().unwrap_or_default();
    UNITS.contains(&last) || (last.len() > 2 && last.ends_with('S') && !last.ends_with("SS"))
}

/// The name of a numeric constant that is a limit.
fn limit_constant(line: &str) -> Option<&str> {
    let (before, behind) = line.split_once("const ")?;
    if before.chars().next_back().is_some_and(is_word) {
        return None;
    }
    let (name, rest) = behind.split_once(':')?;
    let kind = rest.split(['=', ';']).next().unwrap_or_default().trim();
    let is_number = matches!(
        kind,
        "u8" | "u16" | "u32" | "u64" | "u128" | "usize" | "i32" | "i64" | "f64"
    );
    let is_limit = name
        .split('_')
        .any(|part| matches!(part, "MAX" | "MIN" | "LIMIT"));
    (is_number && is_limit).then_some(name)
}

/// Findings for the lines outside tests of which something is true.
fn product_lines_with(
    repository: &Repository,
    text: &str,
    is_wrong: impl Fn(&str, &str) -> bool,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, code) in repository.rust() {
        for (number, line) in code.product_lines() {
            if is_wrong(&file.path, line) {
                findings.push(Finding::new(&file.path, number, text));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_found(rule: fn(&Repository) -> Vec<Finding>, path: &str, text: &str) -> Vec<usize> {
        let repository = Repository::of(&[(path, text)]);
        rule(&repository)
            .iter()
            .map(|finding| finding.line)
            .collect()
    }

    #[test]
    fn a_file_of_501_lines_is_found_and_one_of_500_is_not() {
        let findings = |lines: usize, path| {
            files_are_short(&Repository::of(&[(path, &"x\n".repeat(lines))])).len()
        };
        assert_eq!(findings(500, "server/src/a.rs"), 0);
        assert_eq!(findings(501, "server/src/a.rs"), 1);
        assert_eq!(findings(501, "docs/a.md"), 0);
    }

    #[test]
    fn a_long_function_is_found_but_not_in_tests() {
        let text = format!("\nfn long() {{\n{}}}\n", "    x();\n".repeat(79));
        let path = "server/src/a.rs";
        assert_eq!(lines_found(functions_fit_on_a_screen, path, &text), [2]);
        let in_tests = format!("#[cfg(test)]\nmod tests {{\n{text}}}\n");
        assert!(lines_found(functions_fit_on_a_screen, path, &in_tests).is_empty());
    }

    #[test]
    fn unwrap_is_found_in_code_and_not_in_a_comment_or_test() {
        let text =
            "a.unwrap();\n// b.unwrap()\nc.unwrap_or(1);\n#[cfg(test)]\nfn t() { d.unwrap(); }\n";
        assert_eq!(lines_found(no_unwrap, "server/src/a.rs", text), [1]);
    }

    #[test]
    fn unsafe_is_found_outside_the_cipher_even_in_tests() {
        let text = "#[cfg(test)]\nmod tests { unsafe fn a() {} }\n";
        assert_eq!(
            lines_found(unsafe_in_one_place, "core/client/src/a.rs", text),
            [2]
        );
        assert!(lines_found(unsafe_in_one_place, "core/cipher/src/a.rs", text).is_empty());
    }

    #[test]
    fn open_marks_are_found_in_code_and_comments() {
        let mark = concat!("TO", "DO");
        let text = format!(
            "// {mark}: later\nlet mastodon = 1;\n{}();\n",
            concat!("to", "do!")
        );
        assert_eq!(
            lines_found(nothing_left_open, "server/src/a.rs", &text),
            [1, 3]
        );
        assert_eq!(
            lines_found(nothing_left_open, "tests/browser/a.mjs", &text),
            [1, 3]
        );
    }

    #[test]
    fn an_allow_attribute_is_found() {
        let text = "#[expect(dead_code, reason = \"x\")]\n#![allow(dead_code)]\n";
        assert_eq!(lines_found(expect_not_allow, "server/src/a.rs", text), [2]);
    }

    #[test]
    fn a_clock_is_found_in_the_core_and_left_alone_elsewhere() {
        let text = "fn now() { std::time::SystemTime::now(); }\n#[cfg(test)]\nfn t() { std::fs::read(x); }\n";
        assert_eq!(
            lines_found(core_is_sans_io, "core/protocol/src/a.rs", text),
            [1]
        );
        assert!(lines_found(core_is_sans_io, "core/client/src/a.rs", text).is_empty());
    }

    #[test]
    fn a_limit_without_its_unit_is_found() {
        let text = "const PAGE_MAX: usize = 1;\npub const PAGE_MAX_BYTES: u64 = 1;\nconst MAX_WAIT: Duration = D;\nconst MAX: (&str, u8) = x;\nconst SEND_LIMIT: u32 = 2;\nconst HOPS_MIN_COUNT: u8 = 1;\nconst MIN_ACCESS: u8 = 1;\nconst TRIES_MAX_JOBS: u8 = 1;\n";
        assert_eq!(
            lines_found(limits_name_their_unit, "server/src/a.rs", text),
            [1, 5, 7]
        );
    }
}
