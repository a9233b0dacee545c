//! Just enough reading of Rust for the rules: what is code and what is a
//! comment or a literal, what is a test, and where functions begin and end.

/// A Rust file, read.
pub(super) struct Code {
    /// The text with comments and literals blanked, line by line.
    lines: Vec<String>,
    /// For each line, whether it belongs to tests only.
    is_test: Vec<bool>,
    /// Every function with a body.
    pub(super) functions: Vec<Function>,
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function {
    /// Its name.
    pub(super) name: String,
    /// Its first line, counted from 1.
    pub(super) line: usize,
    /// How many lines it has, signature and closing brace included.
    pub(super) length: usize,
    /// Whether it belongs to tests only.
    pub(super) is_test: bool,
}

impl Code {
    /// Reads a file; its path tells whether all of it is tests.
    pub(super) fn read(path: &str, text: &str) -> Self {
        let masked = mask(text);
        let lines: Vec<String> = masked.lines().map(str::to_owned).collect();
        let is_test = test_lines(path, &masked, lines.len());
        let functions = functions(&masked, &is_test);
        Self {
            lines,
            is_test,
            functions,
        }
    }

    /// The lines of code outside tests, counted from 1.
    pub(super) fn product_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.all_lines()
            .zip(&self.is_test)
            .filter(|(_, is_test)| !**is_test)
            .map(|(line, _)| line)
    }

    /// All lines of code, counted from 1.
    pub(super) fn all_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.lines.iter().map(String::as_str))
    }
}

/// Whether a letter can stand in an identifier.
pub(super) fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// Whether a word stands in a line as a word of its own.
pub(super) fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line
            .get(at + word.len()..)
            .and_then(|text| text.chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// Blanks comments and literals; newlines stay where they are.
fn mask(text: &str) -> String {
    let mut scanner = Scanner {
        rest: text,
        before: ' ',
        out: String::with_capacity(text.len()),
    };
    while !scanner.rest.is_empty() {
        scanner.step();
    }
    scanner.out
}

struct Scanner<'a> {
    rest: &'a str,
    /// The letter before `rest`.
    before: char,
    out: String,
}

impl Scanner<'_> {
    fn step(&mut self) {
        let rest = self.rest;
        if rest.starts_with("//") {
            self.blank(rest.find('\n').unwrap_or(rest.len()));
        } else if rest.starts_with("/*") {
            self.blank(block_comment(rest));
        } else if let Some(length) = raw_string(rest).filter(|_| !is_word(self.before)) {
            self.blank(length);
        } else if rest.starts_with('"') {
            self.blank(quoted(rest, '"'));
        } else if let Some(length) = character(rest) {
            self.blank(length);
        } else {
            self.keep();
        }
    }

    fn keep(&mut self) {
        let mut letters = self.rest.chars();
        if let Some(letter) = letters.next() {
            self.out.push(letter);
            self.before = letter;
        }
        self.rest = letters.as_str();
    }

    fn blank(&mut self, length: usize) {
        let (gone, rest) = self.rest.split_at(length);
        let blanks = gone
            .chars()
            .map(|letter| if letter == '\n' { '\n' } else { ' ' });
        self.out.extend(blanks);
        self.before = ' ';
        self.rest = rest;
    }
}

/// The length of a block comment, which may hold others.
fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of `r"…"`, `r#"…"#`, `br"…"` or `cr"…"`, if one begins here.
fn raw_string(text: &str) -> Option<usize> {
    let marked = text.strip_prefix(['b', 'c']).unwrap_or(text);
    let behind = marked.strip_prefix('r')?;
    let hashes = behind.len() - behind.trim_start_matches('#').len();
    let body = behind.get(hashes..)?.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let opening = text.len() - body.len();
    Some(
        body.find(&end)
            .map_or(text.len(), |at| opening + at + end.len()),
    )
}

/// The length of a literal between two quotes, with escapes.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if letter == '\\' {
            escaped = true;
        } else if letter == quote {
            return at + letter.len_utf8();
        }
    }
    text.len()
}

/// The length of a character literal; a lifetime is none.
fn character(text: &str) -> Option<usize> {
    let body = text.strip_prefix('\'')?;
    let mut letters = body.chars();
    let first = letters.next()?;
    if first == '\\' {
        return Some(quoted(text, '\''));
    }
    (letters.next()? == '\'').then_some(first.len_utf8() + 2)
}

/// Which lines belong to tests: whole files by their place, else what stands
/// behind `#[cfg(test)]`.
fn test_lines(path: &str, masked: &str, count: usize) -> Vec<bool> {
    let mut is_test = vec![is_test_path(path) || masked.contains("#![cfg(test)]"); count];
    for (at, _) in masked.match_indices("#[cfg(") {
        let rest = masked.get(at..).unwrap_or_default();
        let attribute = rest.split(']').next().unwrap_or_default();
        if !has_word(attribute, "test") || attribute.contains("not(test") {
            continue;
        }
        let end = at + attribute.len() + 1;
        let until = item_end(masked, end).unwrap_or(masked.len());
        let (first, last) = (line_of(masked, at), line_of(masked, until));
        let lines = is_test.iter_mut().skip(first - 1).take(last + 1 - first);
        lines.for_each(|line| *line = true);
    }
    is_test
}

/// Integration tests, benches, and modules called `tests`.
fn is_test_path(path: &str) -> bool {
    match path.split_once("/src/") {
        Some((_, inner)) => inner
            .split('/')
            .any(|part| part == "tests" || part == "tests.rs"),
        None => path.contains("/tests/") || path.contains("/benches/"),
    }
}

/// Every function with a body.
fn functions(masked: &str, is_test: &[bool]) -> Vec<Function> {
    let mut found = Vec::new();
    for (at, _) in masked.match_indices("fn ") {
        let before = masked.get(..at).and_then(|text| text.chars().next_back());
        let behind = masked.get(at + 3..).unwrap_or_default();
        let name: String = behind
            .chars()
            .take_while(|letter| is_word(*letter))
            .collect();
        if before.is_some_and(is_word) || name.is_empty() {
            continue;
        }
        let Some(end) = item_end(masked, at) else {
            continue;
        };
        let first = line_of(masked, at);
        found.push(Function {
            name,
            line: first,
            length: line_of(masked, end) + 1 - first,
            is_test: is_test.get(first - 1).copied().unwrap_or(false),
        });
    }
    found
}

/// Where the item that begins here ends: behind its block, or at its semicolon.
fn item_end(masked: &str, from: usize) -> Option<usize> {
    let mut in_brackets = 0_i32;
    let mut in_braces = 0_i32;
    for (offset, letter) in masked.get(from..)?.char_indices() {
        match letter {
            '(' | '[' => in_brackets += 1,
            ')' | ']' => in_brackets -= 1,
            '{' => in_braces += 1,
            '}' => {
                in_braces -= 1;
                if in_braces == 0 && in_brackets <= 0 {
                    return Some(from + offset);
                }
            }
            ';' if in_brackets == 0 && in_braces == 0 => return Some(from + offset),
            _ => {}
        }
    }
    None
}

/// The line of a byte, counted from 1.
fn line_of(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or(text);
    before.bytes().filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(path: &str, text: &str) -> Vec<usize> {
        let code = Code::read(path, text);
        code.product_lines().map(|(line, _)| line).collect()
    }

    #[test]
    fn comments_and_literals_are_blanked_and_code_is_not() {
        for (text, code) in [
            ("a // b\nc", "a     \nc"),
            ("a /* b /* c */ d */ e", "a                   e"),
            (r#"a("b \" c") d"#, "a(        ) d"),
            (r##"a(r#"b " c"#) d"##, "a(          ) d"),
            ("let c: &'a str = 'x';", "let c: &'a str =    ;"),
            (r"let q = '\''; b", "let q =     ; b"),
            ("let d = 'đ'; e", "let d =    ; e"),
            ("for r in var\"\" x", "for r in var   x"),
        ] {
            assert_eq!(mask(text), code, "{text}");
        }
    }

    #[test]
    fn an_unfinished_literal_or_comment_ends_with_the_file() {
        for text in ["\"abc", "/* abc", "r#\"abc", "'", "'\\"] {
            assert_eq!(mask(text).chars().count(), text.chars().count());
        }
    }

    #[test]
    fn a_test_module_is_no_product_code() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n";
        assert_eq!(product("core/x/src/lib.rs", text), [1, 6]);
        let elsewhere = "#[cfg(test)]\nmod tests;\nfn c() {}\n#[cfg(not(test))]\nfn d() {}\n";
        assert_eq!(product("core/x/src/lib.rs", elsewhere), [3, 4, 5]);
    }

    #[test]
    fn a_test_file_is_known_by_its_place() {
        let empty: [usize; 0] = [];
        assert_eq!(product("core/x/tests/story.rs", "fn a() {}"), empty);
        assert_eq!(product("core/x/src/relay/tests.rs", "fn a() {}"), empty);
        assert_eq!(product("tests/fleet/src/lib.rs", "fn a() {}"), [1]);
    }

    #[test]
    fn functions_are_measured_with_signature_and_brace() {
        let text =
            "fn a(x: [u8; 2]) -> u8\nwhere\n{\n    1\n}\ntrait T { fn b(); }\nlet f: fn (u8);\n";
        let code = Code::read("core/x/src/lib.rs", text);
        let lengths: Vec<_> = code
            .functions
            .iter()
            .map(|function| (function.name.as_str(), function.line, function.length))
            .collect();
        assert_eq!(lengths, [("a", 1, 5), ("b", 6, 1)]);
    }

    #[test]
    fn a_word_is_only_found_whole() {
        assert!(has_word("pub unsafe fn", "unsafe"));
        assert!(!has_word("unsafe_code", "unsafe"));
        assert!(!has_word("is_unsafe", "unsafe"));
    }
}
