//! The markup of a block, ready to be drawn.

use loive_documents::library::markup::{Inline, Markup, Part, Target};

/// A block's words.
#[derive(Clone, Default)]
pub(in crate::console) struct WordsView {
    /// The heading; empty if there is none.
    pub(in crate::console) heading: Vec<Span>,
    /// Paragraphs and lists.
    pub(in crate::console) parts: Vec<PartView>,
}

/// A paragraph, or a list.
#[derive(Clone)]
pub(in crate::console) struct PartView {
    /// Whether it is a list.
    pub(in crate::console) list: bool,
    /// One run for a paragraph, one for each point of a list.
    pub(in crate::console) runs: Vec<Vec<Span>>,
}

/// Words within a line.
#[derive(Clone)]
pub(in crate::console) struct Span {
    /// The words.
    pub(in crate::console) text: String,
    /// Whether they stand out.
    pub(in crate::console) strong: bool,
    /// Where they lead.
    pub(in crate::console) href: Option<String>,
}

impl WordsView {
    /// The words of a text; links lead to previews in the same language.
    pub(in crate::console) fn of(text: &str, lang: &str) -> Self {
        let markup = Markup::parse(text);
        let run = |inlines: &Vec<Inline>| inlines.iter().map(|it| span(it, lang)).collect();
        Self {
            heading: markup.heading.iter().flat_map(run).collect(),
            parts: markup
                .parts
                .iter()
                .map(|part| match part {
                    Part::Paragraph(words) => PartView {
                        list: false,
                        runs: vec![run(words)],
                    },
                    Part::Points(points) => PartView {
                        list: true,
                        runs: points.iter().map(run).collect(),
                    },
                })
                .collect(),
        }
    }
}

fn span(inline: &Inline, lang: &str) -> Span {
    let href = match inline {
        Inline::Text(_) | Inline::Strong(_) => None,
        Inline::Link { target, .. } => Some(match target {
            Target::Item(id) => format!("/library/{id}/preview?lang={lang}"),
            Target::Term(id) => format!("/library/terms#{id}"),
            Target::Tel(number) => format!("tel:{number}"),
        }),
    };
    Span {
        text: inline.text().to_owned(),
        strong: matches!(inline, Inline::Strong(_)),
        href,
    }
}
