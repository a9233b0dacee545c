//! Answers to questions.

use loive_documents::{Place, Value};

/// One answer. Printing it shows no word of it.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
#[uniffi::export(Debug, Display)]
pub enum Answer {
    /// Yes or no to a statement.
    Bool {
        /// Yes.
        yes: bool,
    },
    /// A whole number.
    Number {
        /// The number.
        number: i64,
    },
    /// Words or a telephone number, kept as typed.
    Text {
        /// The words.
        text: String,
    },
    /// The one option chosen.
    Single {
        /// Its code.
        code: String,
    },
    /// The options ticked, in any order.
    Multi {
        /// Their codes.
        codes: Vec<String>,
    },
    /// A place.
    Somewhere {
        /// Which.
        place: Place,
    },
    /// A time of day.
    Time {
        /// Minutes after midnight, 0 to 1439.
        minutes: u16,
    },
}

impl From<Answer> for Value {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Bool { yes } => Self::Bool(yes),
            Answer::Number { number } => Self::Int(number),
            Answer::Text { text } => Self::Text(text),
            Answer::Single { code } => Self::Single(code),
            Answer::Multi { codes } => Self::Multi(codes),
            Answer::Somewhere { place } => Self::Place(place),
            Answer::Time { minutes } => Self::Time(minutes),
        }
    }
}

impl From<&Value> for Answer {
    fn from(value: &Value) -> Self {
        match value {
            Value::Bool(yes) => Self::Bool { yes: *yes },
            Value::Int(number) => Self::Number { number: *number },
            Value::Text(text) => Self::Text { text: text.clone() },
            Value::Single(code) => Self::Single { code: code.clone() },
            Value::Multi(codes) => Self::Multi {
                codes: codes.clone(),
            },
            Value::Place(place) => Self::Somewhere {
                place: place.clone(),
            },
            Value::Time(minutes) => Self::Time { minutes: *minutes },
        }
    }
}
