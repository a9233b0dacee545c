//! What a person answered, in memory and as the scalar that a document holds.
//!
//! None of these types shows its content in `Debug`: a word that somebody
//! wrote must never reach a log line.

use std::fmt;

use crate::form::{AnswerError, Field, Kind, Reason};

/// Minutes in a day, the limit of [`Value::Time`].
pub(crate) const DAY_MINUTES: u16 = 24 * 60;

/// One answer. Fields without an answer are simply not there.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// Yes or no to a statement.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Words or a phone number, kept byte for byte as typed.
    Text(String),
    /// The code of the one option chosen.
    Single(String),
    /// The codes of the options ticked, in schema order: see [`Field::pick`].
    Multi(Vec<String>),
    /// A place.
    Place(Place),
    /// A time of day, in minutes after midnight (0–1439).
    Time(u16),
}

/// Where something was seen, as exactly as the form asks and no more.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A commune, ward or special zone.
    Commune {
        /// Two digits, the code of the province.
        province: String,
        /// Five digits, the code of the commune.
        commune: String,
    },
    /// A province (two digits); the commune is not known.
    Province(String),
    /// Outside Việt Nam.
    Abroad,
    /// The person does not know.
    Unknown,
    /// On the way.
    Moving,
}

/// What one field is in a document: always one scalar under the field's id.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Scalar {
    /// Text, a code, codes joined by commas, or a place.
    Str(String),
    /// Yes or no.
    Bool(bool),
    /// A number, or minutes after midnight.
    Int(i64),
}

impl Value {
    /// The scalar that stands for this answer in a document.
    pub fn to_scalar(&self) -> Scalar {
        match self {
            Self::Bool(yes) => Scalar::Bool(*yes),
            Self::Int(number) => Scalar::Int(*number),
            Self::Text(text) => Scalar::Str(text.clone()),
            Self::Single(code) => Scalar::Str(code.clone()),
            Self::Multi(codes) => Scalar::Str(codes.join(",")),
            Self::Place(place) => Scalar::Str(place.to_code()),
            Self::Time(minutes) => Scalar::Int(i64::from(*minutes)),
        }
    }

    /// The answer that a document's scalar stands for.
    ///
    /// # Errors
    /// The same as [`Form::check`](crate::Form::check): what comes back is a
    /// good answer to the field. An option that a newer app added is
    /// [`Reason::UnknownOption`]; keep the scalar, it is not damage.
    pub fn from_scalar(field: &Field, scalar: &Scalar) -> Result<Self, AnswerError> {
        let wrong = || field.error(Reason::WrongType);
        let value = match (field.kind(), scalar) {
            (Kind::Bool, Scalar::Bool(yes)) => Self::Bool(*yes),
            (Kind::Int, Scalar::Int(number)) => Self::Int(*number),
            (Kind::Time, Scalar::Int(minutes)) => {
                Self::Time(u16::try_from(*minutes).map_err(|_| field.error(Reason::Time))?)
            }
            (Kind::Text | Kind::Long | Kind::Phone, Scalar::Str(text)) => Self::Text(text.clone()),
            (Kind::Single, Scalar::Str(code)) => Self::Single(code.clone()),
            (Kind::Multi, Scalar::Str(codes)) => field.pick(codes.split(','))?,
            (Kind::Place, Scalar::Str(code)) => {
                Self::Place(Place::from_code(code).ok_or_else(|| field.error(Reason::Place))?)
            }
            _ => return Err(wrong()),
        };
        field.check(&value)?;
        Ok(value)
    }

    /// True for words of no length and for a list with nothing ticked: both
    /// count as no answer.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Multi(codes) => codes.is_empty(),
            _ => false,
        }
    }
}

impl Place {
    /// The code in documents: `01/00004`, `01`, `abroad`, `unknown`, `moving`.
    pub fn to_code(&self) -> String {
        match self {
            Self::Commune { province, commune } => format!("{province}/{commune}"),
            Self::Province(province) => province.clone(),
            Self::Abroad => "abroad".to_owned(),
            Self::Unknown => "unknown".to_owned(),
            Self::Moving => "moving".to_owned(),
        }
    }

    /// The place of a code; `None` where it has not the form of one.
    ///
    /// The code need not be in our list of communes: communes are merged and
    /// renamed, and a report from a newer list must not be lost.
    pub fn from_code(code: &str) -> Option<Self> {
        let place = match code {
            "abroad" => Self::Abroad,
            "unknown" => Self::Unknown,
            "moving" => Self::Moving,
            _ => match code.split_once('/') {
                Some((province, commune)) => Self::Commune {
                    province: province.to_owned(),
                    commune: commune.to_owned(),
                },
                None => Self::Province(code.to_owned()),
            },
        };
        place.is_well_formed().then_some(place)
    }

    /// The keyword of a place that is no place on the map of Việt Nam.
    pub fn keyword(&self) -> Option<&'static str> {
        match self {
            Self::Abroad => Some("abroad"),
            Self::Unknown => Some("unknown"),
            Self::Moving => Some("moving"),
            Self::Commune { .. } | Self::Province(_) => None,
        }
    }

    pub(crate) fn is_well_formed(&self) -> bool {
        let digits =
            |code: &str, len| code.len() == len && code.bytes().all(|b| b.is_ascii_digit());
        match self {
            Self::Commune { province, commune } => digits(province, 2) && digits(commune, 5),
            Self::Province(province) => digits(province, 2),
            Self::Abroad | Self::Unknown | Self::Moving => true,
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bool(_) => "Bool(…)",
            Self::Int(_) => "Int(…)",
            Self::Text(_) => "Text(…)",
            Self::Single(_) => "Single(…)",
            Self::Multi(_) => "Multi(…)",
            Self::Place(_) => "Place(…)",
            Self::Time(_) => "Time(…)",
        })
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Place(…)")
    }
}

impl fmt::Debug for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Str(_) => "Str(…)",
            Self::Bool(_) => "Bool(…)",
            Self::Int(_) => "Int(…)",
        })
    }
}
