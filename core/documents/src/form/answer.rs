//! Whether an answer fits its field.

use super::{Field, Kind};
use crate::value::{DAY_MINUTES, Value};

/// Fewest digits of a telephone number: 111 and 113 are numbers too.
pub(crate) const PHONE_MIN_DIGITS: usize = 3;
/// Most digits of a telephone number (ITU-T E.164).
pub(crate) const PHONE_MAX_DIGITS: usize = 15;

/// An answer that does not fit its field. Names the field, never the answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer to `{field}` {reason}")]
pub struct AnswerError {
    /// The id of the field.
    pub field: String,
    /// What is wrong, so that a screen can say what to do.
    pub reason: Reason,
}

/// What is wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Too many characters (Unicode scalar values, not bytes).
    #[error("has {found} characters; shorten it to {limit}")]
    TooLong {
        /// The most characters allowed.
        limit: usize,
        /// How many there are.
        found: usize,
    },
    /// Not one of the field's options.
    #[error("is not one of the options")]
    UnknownOption,
    /// Another kind of answer than the field takes.
    #[error("is of another kind than the question")]
    WrongType,
    /// Not a telephone number.
    #[error("is not a telephone number: 3 to 15 digits, spaces and + ( ) - . only")]
    Phone,
    /// Not a time of day.
    #[error("is not a time between 00:00 and 23:59")]
    Time,
    /// A number outside the limits.
    #[error("must be a number from {min} to {max}")]
    Number {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// Not a place, or a place that this field does not take.
    #[error("is not a place of the list")]
    Place,
    /// The form has no such field, or the field takes no answer.
    #[error("belongs to no question of this form")]
    UnknownField,
}

impl Reason {
    /// A short name, for the key of the words that a screen shows.
    pub fn key(self) -> &'static str {
        match self {
            Self::TooLong { .. } => "too_long",
            Self::UnknownOption => "unknown_option",
            Self::WrongType => "wrong_type",
            Self::Phone => "phone",
            Self::Time => "time",
            Self::Number { .. } => "number",
            Self::Place => "place",
            Self::UnknownField => "unknown_field",
        }
    }
}

impl Field {
    /// Whether the value is a good answer to this field.
    ///
    /// Empty words and nothing ticked are good: they count as no answer.
    /// A place must look like one and need not be on our list of communes.
    ///
    /// # Errors
    /// [`AnswerError`], which says what to do about it.
    pub fn check(&self, value: &Value) -> Result<(), AnswerError> {
        self.reason_against(value)
            .map_or(Ok(()), |reason| Err(self.error(reason)))
    }

    pub(crate) fn error(&self, reason: Reason) -> AnswerError {
        AnswerError {
            field: self.id().to_owned(),
            reason,
        }
    }

    fn reason_against(&self, value: &Value) -> Option<Reason> {
        let known = |code: &str| self.option(code).is_some();
        match (self.kind(), value) {
            (Kind::Bool, Value::Bool(_)) => None,
            (Kind::Single, Value::Single(code)) => (!known(code)).then_some(Reason::UnknownOption),
            (Kind::Multi, Value::Multi(codes)) => {
                (!codes.iter().all(|code| known(code))).then_some(Reason::UnknownOption)
            }
            (Kind::Int, Value::Int(number)) => {
                let (min, max) = self.range()?;
                (!(min..=max).contains(number)).then_some(Reason::Number { min, max })
            }
            (Kind::Time, Value::Time(minutes)) => (*minutes >= DAY_MINUTES).then_some(Reason::Time),
            (Kind::Place, Value::Place(place)) => {
                let allowed = place.keyword().is_none_or(known);
                (!allowed || !place.is_well_formed()).then_some(Reason::Place)
            }
            (Kind::Text | Kind::Long, Value::Text(text)) => self.too_long(text),
            (Kind::Phone, Value::Text(text)) => {
                let bad = !text.is_empty() && !is_phone(text);
                self.too_long(text).or(bad.then_some(Reason::Phone))
            }
            (Kind::Note, _) => Some(Reason::UnknownField),
            _ => Some(Reason::WrongType),
        }
    }

    fn too_long(&self, text: &str) -> Option<Reason> {
        let limit = self.max_chars()?;
        let found = text.chars().count();
        (found > limit).then_some(Reason::TooLong { limit, found })
    }
}

/// Lenient on purpose: a number noted in a hurry is better than none, so only
/// what cannot be dialled is refused.
fn is_phone(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let plus_first = text
        .trim_start_matches([' ', '('])
        .rfind('+')
        .is_none_or(|at| at == 0);
    (PHONE_MIN_DIGITS..=PHONE_MAX_DIGITS).contains(&digits)
        && plus_first
        && text.chars().all(|c| PHONE_SYMBOLS.contains(c))
}

/// Everything that may stand in a telephone number: sixteen symbols, so that
/// the compact form needs half a byte for each.
pub(crate) const PHONE_SYMBOLS: &str = "0123456789+ .-()";
