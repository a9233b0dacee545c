//! The pocket card: what somebody needs when the phone is gone.

mod canvas;
mod draw;
mod font;
mod letters;
mod pdf;
mod png;
mod words;

use loive_documents::{Answers, Lang, Value};

use crate::error::PhoneError;
use crate::library::numbers_of;
use crate::limits;
use crate::phone::Phone;
use crate::store::plan;

/// The library's entry for Vietnamese abroad who need their state.
const CITIZENS_ENTRY: &str = "d04";
/// Questions with name and number of the people trusted.
const TRUSTED: [(&str, &str); 2] = [
    ("trusted_1_name", "trusted_1_phone"),
    ("trusted_2_name", "trusted_2_phone"),
];
/// Both are short, and free in Việt Nam.
const HOTLINE: &str = "111";
const POLICE: &str = "113";

/// A card of 85 × 54 mm, for a pocket that others may search: numbers to call, and
/// neither code words, nor a route, nor a QR code, nor what it is for. `Debug` is left
/// out: it holds words.
#[derive(Clone, PartialEq, Eq)]
pub struct PlanCard {
    /// From top to bottom.
    pub lines: Vec<CardLine>,
}

/// A line of the card.
#[derive(Clone, PartialEq, Eq)]
pub struct CardLine {
    /// The key of the words that stand before it.
    pub words_key: &'static str,
    /// A name that the person wrote.
    pub name: Option<String>,
    /// The number, as one reads it.
    pub number: String,
}

/// The card as files, in memory: who writes them down sees to it that no gallery, no
/// backup and no other app finds them. `Debug` is left out: it holds words.
#[derive(Clone, PartialEq, Eq)]
pub struct DrawnCard {
    /// A PNG of 2,022 × 1,275 pixels in grey: the card at 600 dots per inch.
    pub png: Vec<u8>,
    /// A PDF with one page of A4: the same picture in real size, with marks to cut it
    /// out.
    pub pdf: Vec<u8>,
    /// The lines of which something is missing, with an ellipsis in its place: the
    /// typeface has Latin letters only, and names may be too long.
    pub not_whole: Vec<CardLine>,
}

impl PlanCard {
    /// Draws the card with the words of a language. The same card gives the same bytes,
    /// and nothing of it is kept anywhere.
    pub fn draw(&self, lang: Lang) -> DrawnCard {
        let (picture, is_whole) = draw::draw(&self.lines, lang);
        let deflated = png::deflated(&picture);
        let lines = self.lines.iter().zip(is_whole);
        DrawnCard {
            png: png::file(&deflated),
            pdf: pdf::file(&deflated),
            not_whole: lines
                .filter(|(_, is_whole)| !is_whole)
                .map(|(line, _)| line.clone())
                .collect(),
        }
    }
}

impl Phone {
    /// The pocket card, as far as the plan and the library have its numbers.
    pub fn plan_card(&self) -> Result<PlanCard, PhoneError> {
        let now = self.now();
        self.0.store.read(|connection| {
            let answers = plan::answers(connection)?;
            let mut lines: Vec<CardLine> = TRUSTED
                .iter()
                .filter_map(|(name, phone)| {
                    let number = text(&answers, phone)?;
                    let line = CardLine::new("plan.card_person", number);
                    Some(CardLine {
                        name: text(&answers, name),
                        ..line
                    })
                })
                .collect();
            let citizens = numbers_of(connection, CITIZENS_ENTRY, now)?;
            lines.extend(
                citizens
                    .into_iter()
                    .take(limits::CARD_CITIZENS_MAX_COUNT)
                    .map(|number| CardLine::new("plan.card_citizens", number.shown)),
            );
            lines.push(CardLine::new("plan.card_hotline", HOTLINE.to_owned()));
            lines.push(CardLine::new("plan.card_police", POLICE.to_owned()));
            Ok(PlanCard { lines })
        })
    }
}

impl CardLine {
    const fn new(words_key: &'static str, number: String) -> Self {
        Self {
            words_key,
            name: None,
            number,
        }
    }
}

fn text(answers: &Answers, field: &str) -> Option<String> {
    match answers.get(field)? {
        Value::Text(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        _ => None,
    }
}
