//! The words of a block, as a template gets them.

use loive_documents::library::markup::{Inline, Markup, Part, Target};
use serde::Serialize;

/// A stretch of words that look alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Run {
    /// The words, to be printed as they stand.
    pub(crate) text: String,
    /// How they look.
    pub(crate) look: Look,
}

/// How a stretch of words looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Look {
    /// Like everything else.
    Plain,
    /// They stand out.
    Strong,
    /// A telephone number: it stands out, and no line breaks inside it.
    Number,
}

/// A line of words: a heading, a paragraph, a point of a list.
pub(crate) type Words = Vec<Run>;

/// A paragraph or a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Piece {
    /// A paragraph.
    Paragraph(Words),
    /// A list, one entry a point.
    Points(Vec<Words>),
}

/// A block of text, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub(crate) struct Text {
    /// The heading, where there is one.
    pub(crate) heading: Option<Words>,
    /// What follows it.
    pub(crate) pieces: Vec<Piece>,
}

impl Text {
    /// Takes the text of a block apart.
    pub(crate) fn parse(text: &str) -> Self {
        let markup = Markup::parse(text);
        let piece = |part: &Part| match part {
            Part::Paragraph(inlines) => Piece::Paragraph(words(inlines)),
            Part::Points(points) => Piece::Points(points.iter().map(|it| words(it)).collect()),
        };
        Self {
            heading: markup.heading.as_deref().map(words),
            pieces: markup.parts.iter().map(piece).collect(),
        }
    }
}

/// The words alone.
pub(crate) fn bare(words: &[Run]) -> String {
    words.iter().map(|run| run.text.as_str()).collect()
}

/// Paper leads nowhere: of a link to another item or a term the words stay.
fn words(inlines: &[Inline]) -> Words {
    let run = |inline: &Inline| Run {
        text: inline.text().to_owned(),
        look: match inline {
            Inline::Strong(_) => Look::Strong,
            Inline::Link {
                target: Target::Tel(_),
                ..
            } => Look::Number,
            Inline::Text(_) | Inline::Link { .. } => Look::Plain,
        },
    };
    inlines.iter().map(run).collect()
}

/// The first sentence: to a full stop, question mark, exclamation mark or
/// ellipsis at the end or with a space behind it, closing quotation marks
/// included.
pub(crate) fn first_sentence(words: &[Run]) -> Words {
    let text = bare(words);
    let mut left = sentence_end(&text);
    let mut sentence = Words::new();
    for run in words {
        let text = run.text.get(..left).unwrap_or(&run.text);
        left = left.saturating_sub(run.text.len());
        if !text.is_empty() {
            sentence.push(Run {
                text: text.to_owned(),
                look: run.look,
            });
        }
    }
    sentence
}

/// Where the first sentence ends, in bytes.
fn sentence_end(text: &str) -> usize {
    let mut may_end = false;
    for (at, letter) in text.char_indices() {
        match letter {
            '.' | '?' | '!' | '…' => may_end = true,
            '”' | '’' | '"' | ')' => {}
            _ if letter.is_whitespace() && may_end => return at,
            _ => may_end = false,
        }
    }
    text.len()
}

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "tests may panic")]
mod tests {
    use super::*;

    fn plain(text: &str) -> Words {
        vec![Run {
            text: text.to_owned(),
            look: Look::Plain,
        }]
    }

    #[test]
    fn a_block_is_taken_apart_and_its_links_are_words() {
        let text = Text::parse("## Gọi\n\nGọi [111](tel:111), đọc [bài này](a02).\n\n- **Một**\n");
        assert_eq!(text.heading, Some(plain("Gọi")));
        let looks = |words: &Words| words.iter().map(|it| it.look).collect::<Vec<_>>();
        let [Piece::Paragraph(words), Piece::Points(points)] = &text.pieces[..] else {
            panic!("{text:?}");
        };
        assert_eq!(bare(words), "Gọi 111, đọc bài này.");
        assert_eq!(looks(words)[..2], [Look::Plain, Look::Number]);
        assert_eq!(looks(&points[0]), [Look::Strong]);
    }

    #[test]
    fn the_first_sentence_ends_where_a_reader_breathes() {
        for (text, first) in [
            ("Một câu. Hai câu.", "Một câu."),
            ("Nói: “Tôi bị lừa.” Rồi đi.", "Nói: “Tôi bị lừa.”"),
            (
                "Từ 5.000 đồng, ngày 1/7/2025",
                "Từ 5.000 đồng, ngày 1/7/2025",
            ),
            ("Gọi **111!** Ngay.", "Gọi 111!"),
            ("", ""),
        ] {
            let text = Text::parse(text);
            let words = match text.pieces.first() {
                Some(Piece::Paragraph(words)) => words.clone(),
                _ => Words::new(),
            };
            assert_eq!(bare(&first_sentence(&words)), first);
        }
    }
}
