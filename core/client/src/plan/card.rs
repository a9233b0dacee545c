//! The pocket card: what somebody needs when the phone is gone.

use loive_documents::{Answers, Value};

use crate::error::PhoneError;
use crate::library::numbers_of;
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
/// neither code words, nor a route, nor a QR code, nor what it is for. The platform
/// draws it. `Debug` is left out: it holds words.
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
