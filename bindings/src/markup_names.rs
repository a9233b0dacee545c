//! The markup of a block, the same on both sides.

use loive_documents::library::markup::{Inline, Markup, Part as MarkupPart, Target as LinkTarget};

/// The words of a block, taken apart.
#[uniffi::remote(Record)]
pub struct Markup {
    /// The heading, where there is one.
    pub heading: Option<Vec<Inline>>,
    /// What follows it.
    pub parts: Vec<MarkupPart>,
}

/// A paragraph or a list.
#[uniffi::remote(Enum)]
pub enum MarkupPart {
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A list, one entry a point.
    Points(Vec<Vec<Inline>>),
}

/// A stretch of words within a line.
#[uniffi::remote(Enum)]
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
        target: LinkTarget,
    },
}

/// Where a link leads.
#[uniffi::remote(Enum)]
pub enum LinkTarget {
    /// To an item of the library, by its id.
    Item(String),
    /// To a term, by its id.
    Term(String),
    /// To a telephone number: digits, perhaps after a `+`.
    Tel(String),
}
