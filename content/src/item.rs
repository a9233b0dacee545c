//! An item that is written as Markdown: an article, a guide, a kit, the checks,
//! a warning.

use std::collections::BTreeMap;

use loive_documents::Lang;
use loive_documents::library::Kind;
use serde::Deserialize;

/// An article, a guide, a kit, the checks or a warning, in all its languages.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its id: `a01`.
    pub id: String,
    /// The file of the original, from the library's folder on.
    pub file: String,
    /// What it is.
    pub kind: Kind,
    /// Ids of its topics.
    pub topics: Vec<String>,
    /// Ids of those whom it is for.
    pub audience: Vec<String>,
    /// Ids of the sources that its blocks name.
    pub sources: Vec<String>,
    /// The day on which its facts were last compared: `2026-11-23`.
    pub checked_on: String,
    /// Whether the hotline has reviewed it, in the original.
    pub review: Review,
    /// Ids of other items to read.
    pub related: Vec<String>,
    /// The drawing that goes with it, without `.svg`.
    pub picture: Option<String>,
    /// Countries that it is about, ISO 3166-1 alpha-2.
    pub country: Vec<String>,
    /// Codes of the provinces that it is about; none: everywhere.
    pub provinces: Vec<String>,
    /// The day from which a warning holds.
    pub from: Option<String>,
    /// What its blocks are, in order. Drafts are among them.
    pub blocks: Vec<BlockSpec>,
    /// Its words, by the code of the language.
    pub translations: BTreeMap<String, Translation>,
}

/// What a block is, in every language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockSpec {
    /// Its id within the item.
    pub id: String,
    /// How far one may rely on it.
    pub class: Class,
    /// Its line in the original.
    pub line: usize,
}

/// How far one may rely on a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Class {
    /// Has sources.
    Fact {
        /// Their ids.
        sources: Vec<String>,
    },
    /// Has no number, deadline or legal claim.
    Advice,
    /// Is never published.
    Draft {
        /// What it would stand on.
        sources: Vec<String>,
    },
}

/// The words of an item in one language.
#[derive(Debug, Clone)]
pub struct Translation {
    /// The file, from the library's folder on.
    pub file: String,
    /// Its title.
    pub title: String,
    /// One or two sentences.
    pub summary: String,
    /// Whether the hotline has reviewed it in this language.
    pub review: Review,
    /// Its blocks, in the order of the file.
    pub blocks: Vec<BlockText>,
}

/// The words of a block in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockText {
    /// Its id within the item.
    pub id: String,
    /// The line of its id in braces.
    pub line: usize,
    /// Its words, in the subset of Markdown that phones show.
    pub text: String,
}

/// Whether the hotline has reviewed something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Review {
    /// Not yet: phones say so.
    NeedsReview,
    /// It has.
    Reviewed,
}

impl Review {
    /// As it stands in a file.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NeedsReview => "needs_review",
            Self::Reviewed => "reviewed",
        }
    }
}

impl Class {
    /// Whether it may go into a release.
    pub const fn is_published(&self) -> bool {
        !matches!(self, Self::Draft { .. })
    }

    /// The sources that it names.
    pub fn sources(&self) -> &[String] {
        match self {
            Self::Fact { sources } | Self::Draft { sources } => sources,
            Self::Advice => &[],
        }
    }

    /// As the library keeps it: `fact S13 S55`, `advice`.
    pub fn spec(&self) -> String {
        let name = match self {
            Self::Fact { .. } => "fact",
            Self::Advice => "advice",
            Self::Draft { .. } => "draft",
        };
        let words = std::iter::once(name).chain(self.sources().iter().map(String::as_str));
        words.collect::<Vec<_>>().join(" ")
    }
}

impl Item {
    /// Its words in a language.
    pub fn words(&self, lang: Lang) -> Option<&Translation> {
        self.translations.get(lang.code())
    }

    /// The blocks that may be published, in order.
    pub fn published(&self) -> impl Iterator<Item = &BlockSpec> {
        self.blocks
            .iter()
            .filter(|block| block.class.is_published())
    }

    /// Whether only officers and counsellors read it.
    pub fn is_for_staff(&self) -> bool {
        let is_staff = |who: &String| matches!(who.as_str(), "officer" | "counsellor");
        !self.audience.is_empty() && self.audience.iter().all(is_staff)
    }
}

impl Translation {
    /// The words of a block.
    pub fn block(&self, id: &str) -> Option<&BlockText> {
        self.blocks.iter().find(|block| block.id == id)
    }
}
