//! The small part of Markdown that a block may use.
//!
//! At most one heading (`## `, the first line), paragraphs, `- ` lists,
//! `**strong**` and links: `[text](a02)` to an item, `[text](term:referral)` to
//! a term, `[111](tel:111)` to a number. Any text parses into something, so
//! that an older phone shows what a newer library says; [`check`] names what
//! lies outside.

use std::fmt;

/// The most digits that a telephone number has, and a `+` (ITU-T E.164).
const TEL_MAX_CHARS: usize = 16;

/// The words of a block, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Markup {
    /// The heading, where there is one.
    pub heading: Option<Vec<Inline>>,
    /// What follows it.
    pub parts: Vec<Part>,
}

/// A paragraph or a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A list, one entry a point.
    Points(Vec<Vec<Inline>>),
}

/// A stretch of words within a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    /// Words.
    Text(String),
    /// Words that stand out.
    Strong(String),
    /// Words that lead somewhere.
    Link {
        /// What is shown.
        text: String,
        /// Where it leads.
        target: Target,
    },
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// To an item of the library, by its id.
    Item(String),
    /// To a term, by its id.
    Term(String),
    /// To a telephone number: digits, perhaps after a `+`.
    Tel(String),
}

/// What [`check`] found outside of the subset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Problem {
    /// The line of the text, counted from 1.
    pub line: usize,
    /// What it is.
    pub what: Outside,
}

/// What a block may not use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outside {
    /// A heading that is not `## ` on the first line, or a second one.
    Heading,
    /// A list that is numbered, nested, or marked with anything but `- `.
    List,
    /// A heading or a point of a list without words.
    Empty,
    /// A paragraph right under a list, without an empty line.
    NoEmptyLine,
    /// A table, a quotation, a rule or code.
    Construct,
    /// HTML.
    Html,
    /// An image.
    Image,
    /// `*` other than around `**strong**` words.
    Star,
    /// A bracket that belongs to no link, or a link that leads to nothing that
    /// a phone can show.
    Link,
}

impl fmt::Display for Outside {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Heading => "a heading is `## ` and stands once, on the first line of its block",
            Self::List => "a list has `- ` at the beginning of a line, and none inside another",
            Self::Empty => "a heading or a point of a list has no words",
            Self::NoEmptyLine => "an empty line is missing between a list and what follows it",
            Self::Construct => "tables, quotations, rules and code are not shown on phones",
            Self::Html => "HTML is not shown on phones",
            Self::Image => "images are not shown; a picture is named in the front matter",
            Self::Star => "`**` stands around strong words and nowhere else",
            Self::Link => "a link is `[words](a02)`, `[words](term:id)` or `[111](tel:111)`",
        })
    }
}

impl Inline {
    /// The words that are shown.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Strong(text) | Self::Link { text, .. } => text,
        }
    }
}

impl Target {
    /// Reads what stands between the parentheses of a link.
    pub fn parse(target: &str) -> Option<Self> {
        if let Some(number) = target.strip_prefix("tel:") {
            return is_tel(number).then(|| Self::Tel(number.to_owned()));
        }
        if let Some(term) = target.strip_prefix("term:") {
            return is_id(term).then(|| Self::Term(term.to_owned()));
        }
        is_id(target).then(|| Self::Item(target.to_owned()))
    }
}

fn is_tel(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or(number);
    !digits.is_empty()
        && number.len() <= TEL_MAX_CHARS
        && digits.bytes().all(|digit| digit.is_ascii_digit())
}

fn is_id(id: &str) -> bool {
    !id.is_empty()
        && id.bytes().all(|letter| {
            letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, b'-' | b'_')
        })
}

/// The words that are shown, without what they lead to.
pub fn plain(inlines: &[Inline]) -> String {
    inlines.iter().map(Inline::text).collect()
}

impl Markup {
    /// Takes a text apart. Anything parses: what is not understood is words.
    pub fn parse(text: &str) -> Self {
        let mut lines = text.lines().map(str::trim_end).peekable();
        while lines.next_if(|line| line.is_empty()).is_some() {}
        let heading = lines
            .next_if(|line| line.starts_with("## "))
            .and_then(|line| line.strip_prefix("## "))
            .map(|words| inlines(words.trim()));
        let mut builder = Builder::default();
        for line in lines {
            builder.line(line);
        }
        builder.end();
        Self {
            heading,
            parts: builder.parts,
        }
    }

    /// Every stretch of words, heading first: one for the heading, a paragraph
    /// and each point of a list.
    pub fn runs(&self) -> impl Iterator<Item = &[Inline]> {
        let parts = self.parts.iter().flat_map(|part| match part {
            Part::Paragraph(words) => std::slice::from_ref(words),
            Part::Points(points) => points.as_slice(),
        });
        self.heading.iter().chain(parts).map(Vec::as_slice)
    }

    /// Where its links lead, and with what words.
    pub fn links(&self) -> impl Iterator<Item = (&str, &Target)> {
        self.runs().flatten().filter_map(|inline| match inline {
            Inline::Link { text, target } => Some((text.as_str(), target)),
            Inline::Text(_) | Inline::Strong(_) => None,
        })
    }
}

/// Puts lines together to paragraphs and lists.
#[derive(Default)]
struct Builder {
    parts: Vec<Part>,
    /// Lines of the paragraph or point that is being read.
    words: String,
    in_point: bool,
}

impl Builder {
    fn line(&mut self, line: &str) {
        if line.is_empty() {
            self.end();
        } else if let Some(point) = line.strip_prefix("- ") {
            self.end();
            self.in_point = true;
            point.trim().clone_into(&mut self.words);
        } else {
            // Only an indented line goes on with a point.
            if self.in_point && !line.starts_with("  ") {
                self.end();
            }
            if !self.words.is_empty() {
                self.words.push(' ');
            }
            self.words.push_str(line.trim());
        }
    }

    fn end(&mut self) {
        let words = std::mem::take(&mut self.words);
        let in_point = std::mem::take(&mut self.in_point);
        if words.is_empty() {
            return;
        }
        let words = inlines(&words);
        match (in_point, self.parts.last_mut()) {
            (true, Some(Part::Points(points))) => points.push(words),
            (true, _) => self.parts.push(Part::Points(vec![words])),
            (false, _) => self.parts.push(Part::Paragraph(words)),
        }
    }
}

/// Takes a run of words apart, in time that grows with its length only.
fn inlines(words: &str) -> Vec<Inline> {
    let mut found = Vec::new();
    let mut plain = String::new();
    let mut rest = words;
    while let Some(at) = rest.find(['*', '[']) {
        let (before, marked) = rest.split_at(at);
        plain.push_str(before);
        if let Some((inline, after)) = strong(marked).or_else(|| link(marked)) {
            if !plain.is_empty() {
                found.push(Inline::Text(std::mem::take(&mut plain)));
            }
            found.push(inline);
            rest = after;
        } else {
            // Both marks are one byte long.
            let (mark, after) = marked.split_at(1);
            plain.push_str(mark);
            rest = after;
        }
    }
    plain.push_str(rest);
    if !plain.is_empty() {
        found.push(Inline::Text(plain));
    }
    found
}

/// `**words**` at the beginning: no other mark inside, no space at its edges.
fn strong(marked: &str) -> Option<(Inline, &str)> {
    let inside = marked.strip_prefix("**")?;
    let (words, from_end) = inside.split_at(inside.find(['*', '[', ']'])?);
    let after = from_end.strip_prefix("**")?;
    let is_tight = !words.is_empty() && words.trim() == words;
    is_tight.then(|| (Inline::Strong(words.to_owned()), after))
}

/// `[words](target)` at the beginning.
fn link(marked: &str) -> Option<(Inline, &str)> {
    let inside = marked.strip_prefix('[')?;
    let (words, from_end) = inside.split_at(inside.find(['[', ']', '*'])?);
    let from_target = from_end.strip_prefix("](")?;
    let is_of_target = |letter: char| letter.is_ascii_alphanumeric() || "+:-_".contains(letter);
    let end = from_target.find(|letter| !is_of_target(letter))?;
    let (target, from_end) = from_target.split_at(end);
    let after = from_end.strip_prefix(')')?;
    let target = Target::parse(target)?;
    let has_words = !words.trim().is_empty();
    has_words.then(|| {
        let text = words.to_owned();
        (Inline::Link { text, target }, after)
    })
}

/// Names everything in a text that is outside of the subset.
pub fn check(text: &str) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut is_first = true;
    let mut in_list = false;
    for (line, words) in (1..).zip(text.lines().map(str::trim_end)) {
        if words.is_empty() {
            in_list = false;
            continue;
        }
        let is_point = words == "-" || words.starts_with("- ");
        let goes_on = in_list && words.starts_with("  ");
        if in_list && !is_point && !goes_on {
            problems.push(Problem {
                line,
                what: Outside::NoEmptyLine,
            });
        }
        in_list = is_point || goes_on;
        let found = of_line(words, is_first).into_iter().chain(of_words(words));
        problems.extend(found.map(|what| Problem { line, what }));
        is_first = false;
    }
    problems
}

/// What the beginning of a line says.
fn of_line(line: &str, is_first: bool) -> Option<Outside> {
    if is_first && line.starts_with("## ") {
        return None;
    }
    if matches!(line, "-" | "##") {
        return Some(Outside::Empty);
    }
    let begin = line.trim_start();
    let is_nested = begin.len() < line.len() && begin.starts_with("- ");
    let number = begin.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let is_numbered =
        number.len() < begin.len() && [". ", ") "].iter().any(|it| number.starts_with(it));
    if is_nested || is_numbered || begin.starts_with("* ") || begin.starts_with("+ ") {
        return Some(Outside::List);
    }
    if begin.starts_with('#') {
        return Some(Outside::Heading);
    }
    let is_rule = begin.len() >= 3
        && ["-", "=", "_", "*"]
            .iter()
            .any(|it| begin.replace(it, "").is_empty());
    let is_construct = is_rule || begin.starts_with(['|', '>', '~']) || begin.contains('`');
    is_construct.then_some(Outside::Construct)
}

/// What the words of a line say, once strong words and links are taken out.
fn of_words(line: &str) -> Vec<Outside> {
    let words = line.strip_prefix("- ").unwrap_or(line);
    let mut found = Vec::new();
    for inline in inlines(words) {
        let Inline::Text(text) = inline else {
            continue;
        };
        if text.contains("![") || text.ends_with('!') && words.contains("![") {
            found.push(Outside::Image);
        } else if text.contains(['[', ']']) {
            found.push(Outside::Link);
        }
        if text.contains('*') {
            found.push(Outside::Star);
        }
        if is_html(&text) {
            found.push(Outside::Html);
        }
    }
    found
}

/// A tag, a comment or an entity.
fn is_html(text: &str) -> bool {
    let opens = |(at, _): (usize, &str)| {
        let next = text.get(at + 1..).and_then(|rest| rest.chars().next());
        next.is_some_and(|letter| letter.is_ascii_alphabetic() || matches!(letter, '/' | '!'))
    };
    let is_entity = |(at, _): (usize, &str)| {
        let rest = text.get(at + 1..).unwrap_or_default();
        let name = rest.split(';').next().unwrap_or_default();
        name.len() < rest.len()
            && !name.is_empty()
            && name
                .bytes()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == b'#')
    };
    text.match_indices('<').any(opens) || text.match_indices('&').any(is_entity)
}

#[cfg(test)]
mod tests;
