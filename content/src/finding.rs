//! What may not be published, and where it stands.

use std::fmt;

/// One thing that keeps the library from being published.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, from the library's folder on: `articles/a01.vi.md`.
    pub file: String,
    /// The line, counted from 1, where it is known.
    pub line: Option<usize>,
    /// The rule that it breaks.
    pub rule: Rule,
    /// A sentence that says what is wrong and what the author can do.
    pub text: String,
}

impl Finding {
    /// A finding at a line; 0 where the line is not known.
    pub(crate) fn new(file: &str, line: usize, rule: Rule, text: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            line: (line > 0).then_some(line),
            rule,
            text: text.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(formatter, ":{line}")?;
        }
        write!(formatter, ": {} [{}]", self.text, self.rule.code())
    }
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])* $name:ident = $code:literal,)*) => {
        /// What may not be published. The codes are stable: scripts and people
        /// refer to them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[doc = $doc])* $name,)*
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its stable code.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }
        }
    };
}

rules! {
    /// A file that cannot be read, or is not in the form of the README.
    Form = "form",
    /// A file whose name, folder, id, kind and language do not go together.
    Name = "name",
    /// Markdown outside of the subset that phones show.
    Markup = "markup",
    /// Two things with one id.
    Duplicate = "duplicate",
    /// An article, guide, kit or quiz of the plan that is not there.
    Missing = "missing",
    /// A block that this kind of item needs and that is not there.
    NeededBlock = "needed-block",
    /// A point of the inter-agency plan that no article covers.
    Coverage = "coverage",
    /// Words that one language has not.
    Language = "language",
    /// Blocks that both languages do not share, in one order.
    Parity = "parity",
    /// A fact without a source.
    FactSource = "fact-source",
    /// A source that the register does not know, or that may not be used.
    UnknownSource = "unknown-source",
    /// A list of sources that is not the one that the blocks name.
    SourceList = "source-list",
    /// Digits outside of a fact.
    Number = "number",
    /// A deadline outside of a fact.
    Deadline = "deadline",
    /// A claim about law outside of a fact.
    Legal = "legal",
    /// A number or a claim in a title or summary that no fact of the item holds.
    Headline = "headline",
    /// A link or reference to an item that is not there.
    Link = "link",
    /// A link to a term that is not there.
    TermLink = "term-link",
    /// A telephone number that the directory does not have.
    Phone = "phone",
    /// A picture that is not there.
    Picture = "picture",
    /// A topic, audience, sign or province that is not known.
    Unknown = "unknown",
    /// A term that `terms.toml` says to avoid.
    AvoidedTerm = "avoided-term",
    /// A sentence that is too long.
    Sentence = "sentence",
    /// An article that is too short or too long, or a summary that is too long.
    Length = "length",
    /// An entry of the directory that is not public.
    NotPublic = "not-public",
    /// A shelter of which more is said than that it is there.
    Shelter = "shelter",
    /// An entry of the directory that does not hold together.
    Entry = "entry",
    /// A quiz that does not hold together.
    Quiz = "quiz",
    /// A result that reassures.
    Reassures = "reassures",
    /// A result that says that somebody is a victim.
    Victim = "victim",
    /// A percentage in a result.
    Percentage = "percentage",
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_rule_has_a_code_of_its_own() {
        let codes: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.code()).collect();
        assert_eq!(codes.len(), Rule::ALL.len());
    }

    #[test]
    fn a_finding_says_where_what_and_which_rule() {
        let finding = Finding::new("articles/a01.vi.md", 7, Rule::Number, "digits in advice");
        assert_eq!(
            finding.to_string(),
            "articles/a01.vi.md:7: digits in advice [number]"
        );
        let whole = Finding::new("topics.toml", 0, Rule::Form, "cannot be read");
        assert_eq!(whole.to_string(), "topics.toml: cannot be read [form]");
    }
}
