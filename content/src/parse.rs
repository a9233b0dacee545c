//! Takes a Markdown file of the library apart: front matter, then blocks.

use loive_documents::library::Kind;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::value::Datetime;

use crate::item::{Class, Review};
use crate::registers::{Many, date};

/// What stands around the front matter.
const FENCE: &str = "+++";

/// The front matter of the Vietnamese original.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Original {
    pub(crate) id: String,
    #[serde(deserialize_with = "kind")]
    pub(crate) kind: Kind,
    pub(crate) lang: String,
    pub(crate) title: String,
    pub(crate) summary: String,
    #[serde(default)]
    pub(crate) topics: Vec<String>,
    pub(crate) audience: Vec<String>,
    #[serde(default)]
    pub(crate) sources: Vec<String>,
    #[serde(deserialize_with = "date")]
    pub(crate) checked_on: String,
    pub(crate) review: Review,
    #[serde(default)]
    pub(crate) related: Vec<String>,
    pub(crate) picture: Option<String>,
    #[serde(default)]
    pub(crate) country: Many,
    #[serde(default)]
    pub(crate) provinces: Many,
    pub(crate) from: Option<Datetime>,
}

/// The front matter of a translation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Translated {
    pub(crate) id: String,
    pub(crate) lang: String,
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) review: Review,
}

/// A block as it stands in a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct RawBlock {
    pub(crate) id: String,
    /// `None` where the braces hold the id alone.
    pub(crate) class: Option<Class>,
    /// The line of the braces.
    pub(crate) line: usize,
    /// The line on which the words begin.
    pub(crate) text_line: usize,
    pub(crate) text: String,
}

/// What cannot be read, at a line; 0 where the whole file is meant.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unreadable {
    pub(crate) line: usize,
    pub(crate) text: String,
}

impl Unreadable {
    fn new(line: usize, text: impl Into<String>) -> Self {
        Self {
            line,
            text: text.into(),
        }
    }
}

fn kind<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Kind, D::Error> {
    let code = String::deserialize(deserializer)?;
    let is_markdown = |kind: &Kind| {
        matches!(
            kind,
            Kind::Article | Kind::Guide | Kind::Kit | Kind::Checks | Kind::Alert
        )
    };
    Kind::from_code(&code).filter(is_markdown).ok_or_else(|| {
        serde::de::Error::custom("kind is one of article, guide, kit, checks, alert")
    })
}

/// Reads TOML that begins at `first_line` of its file.
pub(crate) fn toml<T: DeserializeOwned>(text: &str, first_line: usize) -> Result<T, Unreadable> {
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let line = before.map_or(0, |before| first_line + before.matches('\n').count());
        // One line of it says what is wrong; the rest repeats the file.
        Unreadable::new(line, error.message().replace('\n', ", "))
    })
}

/// Front matter and blocks of a file.
pub(crate) fn file<T: DeserializeOwned>(text: &str) -> Result<(T, Vec<RawBlock>), Vec<Unreadable>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let lines: Vec<&str> = text.lines().collect();
    let fences: Vec<usize> = (0..)
        .zip(&lines)
        .filter(|(_, line)| line.trim_end() == FENCE)
        .map(|(at, _)| at)
        .take(2)
        .collect();
    let [0, close] = fences[..] else {
        let text = "the file begins with front matter between two lines of +++";
        return Err(vec![Unreadable::new(1, text)]);
    };
    let front = lines.get(1..close).unwrap_or_default().join("\n");
    let body = lines.get(close + 1..).unwrap_or_default();
    let (blocks, mut problems) = blocks(body, close + 2);
    match toml::<T>(&front, 2) {
        Ok(front) if problems.is_empty() => Ok((front, blocks)),
        Ok(_) => Err(problems),
        Err(problem) => {
            problems.insert(0, problem);
            Err(problems)
        }
    }
}

/// The blocks of the lines after the front matter, the first of which has the
/// number `first_line` in its file.
fn blocks(lines: &[&str], first_line: usize) -> (Vec<RawBlock>, Vec<Unreadable>) {
    let mut blocks: Vec<RawBlock> = Vec::new();
    let mut problems = Vec::new();
    for (line, words) in (first_line..).zip(lines.iter().map(|line| line.trim_end())) {
        if words.starts_with('{') {
            match header(words) {
                Ok((id, class)) => blocks.push(RawBlock {
                    id,
                    class,
                    line,
                    text_line: line,
                    text: String::new(),
                }),
                Err(text) => problems.push(Unreadable::new(line, text)),
            }
        } else if let Some(block) = blocks.last_mut() {
            add_line(block, line, words);
        } else if !words.is_empty() && problems.is_empty() {
            let text = "words before the first block: begin it with a line like {#why .advice}";
            problems.push(Unreadable::new(line, text));
        }
    }
    for block in &mut blocks {
        block.text.truncate(block.text.trim_end().len());
    }
    (blocks, problems)
}

fn add_line(block: &mut RawBlock, line: usize, words: &str) {
    if block.text.is_empty() {
        if words.is_empty() {
            return;
        }
        block.text_line = line;
    } else {
        block.text.push('\n');
    }
    block.text.push_str(words);
}

/// Reads `{#id}`, `{#id .fact S13 S55}`, `{#id .advice}` or `{#id .draft}`.
fn header(line: &str) -> Result<(String, Option<Class>), &'static str> {
    const FORM: &str = "a block begins with {#id .fact S13}, {#id .advice} or {#id .draft}, \
        in a translation with {#id}";
    let inside = line
        .strip_prefix("{#")
        .and_then(|rest| rest.strip_suffix('}'))
        .ok_or(FORM)?;
    let mut words = inside.split_ascii_whitespace();
    let id = words
        .next()
        .filter(|id| is_id(id))
        .ok_or("the id of a block is small letters, digits and hyphens, right behind {#")?;
    let class = words.next();
    let sources: Vec<String> = words.map(str::to_owned).collect();
    let class = match class {
        None => None,
        Some(".fact") => Some(Class::Fact { sources }),
        Some(".draft") => Some(Class::Draft { sources }),
        Some(".advice") if sources.is_empty() => Some(Class::Advice),
        Some(".advice") => {
            return Err("advice has no source: make it a fact, or take the source away");
        }
        Some(_) => return Err(FORM),
    };
    Ok((id.to_owned(), class))
}

/// Whether something may be an id: it stands in keys, links and file names.
pub(crate) fn is_id(id: &str) -> bool {
    let fits = |letter: u8| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, b'-' | b'_')
    };
    !id.is_empty() && id.bytes().all(fits)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FRONT: &str = "+++\nid = \"a01\"\nlang = \"en\"\ntitle = \"T\"\nsummary = \"S\"\nreview = \"reviewed\"\n+++\n";

    fn problems(text: &str) -> Vec<Unreadable> {
        file::<Translated>(text).map(|_| ()).unwrap_err()
    }

    #[test]
    fn blocks_know_their_lines() {
        let text = format!("{FRONT}\n{{#one .fact S1 S2}}\n\n## A\n\nB\n\n{{#two}}\nC\n");
        let (front, blocks) = file::<Translated>(&text).unwrap();
        assert_eq!(front.id, "a01");
        let [one, two] = &blocks[..] else {
            panic!("{blocks:?}");
        };
        let sources = vec!["S1".to_owned(), "S2".to_owned()];
        assert_eq!(one.class, Some(Class::Fact { sources }));
        assert_eq!((one.line, one.text_line), (9, 11));
        assert_eq!(one.text, "## A\n\nB");
        assert_eq!(
            (two.class.as_ref(), two.line, two.text_line),
            (None, 15, 16)
        );
    }

    #[test]
    fn what_is_wrong_is_said_at_its_line() {
        assert_eq!(problems("").first().unwrap().line, 1);
        assert_eq!(problems("{#a}\n").first().unwrap().line, 1);
        let unknown = FRONT.replace("title =", "titel =");
        let found = problems(&unknown);
        assert_eq!(found.first().unwrap().line, 4, "{found:?}");
        for (body, line) in [
            ("words\n", 8),
            ("{#a\nx", 8),
            ("{#A}\nx", 8),
            ("{#a .fact S1}\nx\n{#b .rumour}", 10),
            ("{#a .advice S1}", 8),
            ("{.advice}", 8),
        ] {
            let found = problems(&format!("{FRONT}{body}"));
            assert_eq!(found.first().unwrap().line, line, "{body:?}: {found:?}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_somebody_types_panics(text in "\\PC*|[+{}#. a-zS0-9=\"\\n]{0,200}") {
            let _ = file::<Original>(&text);
            let _ = file::<Translated>(&text);
            let _ = file::<Translated>(&format!("{FRONT}{text}"));
        }

        #[test]
        fn every_line_of_words_stays_in_its_block(
            bodies in prop::collection::vec("[a-zđ -]{1,20}(\n[a-zđ -]{0,20}){0,3}", 1..5),
        ) {
            let blocks: Vec<String> = bodies
                .iter()
                .enumerate()
                .map(|(n, body)| format!("{{#b{n} .advice}}\n{body}\n"))
                .collect();
            let body = blocks.join("\n");
            let (_, blocks) = file::<Translated>(&format!("{FRONT}{body}")).unwrap();
            prop_assert_eq!(blocks.len(), bodies.len());
            for (block, body) in blocks.iter().zip(&bodies) {
                let words = |text: &str| -> Vec<String> {
                    text.split_whitespace().map(str::to_owned).collect()
                };
                prop_assert_eq!(words(&block.text), words(body));
            }
        }
    }
}
