//! What a form file and the indicators file may contain.
//!
//! The build script reads the files with this same module, so a file that
//! would not load never becomes a program. It writes them anew in a form that
//! needs no parser of TOML on the phone.

use serde::{Deserialize, Serialize};

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    #[serde(default)]
    pub(crate) vi: String,
    #[serde(default)]
    pub(crate) en: String,
}

/// What kind of answer a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Yes or no to a statement.
    Bool,
    /// One of the options.
    Single,
    /// Any number of the options.
    Multi,
    /// A whole number between two limits.
    Int,
    /// A commune, a province, or one of the field's options instead.
    Place,
    /// One line of words.
    Text,
    /// Several lines of words.
    Long,
    /// A telephone number, as typed.
    Phone,
    /// A time of day, in minutes after midnight.
    Time,
    /// No question: words to read.
    Note,
}

impl Kind {
    pub(crate) fn is_choice(self) -> bool {
        matches!(self, Self::Single | Self::Multi)
    }

    pub(crate) fn is_words(self) -> bool {
        matches!(self, Self::Text | Self::Long | Self::Phone)
    }
}

/// What is computed from the answers, and never stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Calculation {
    /// Somebody may be under 18.
    MinorPossible,
    /// The screening level of the indicators ticked.
    ScoreLevel,
    /// The urgency of the report.
    Urgency,
    /// Every check of a safety plan is done.
    AllChecks,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FormFile {
    pub(crate) id: String,
    pub(crate) version: u16,
    /// Stands for id and version in the compact form. Never reused. A form without
    /// one stays where it is filled in.
    pub(crate) number: Option<u8>,
    pub(crate) title: Words,
    /// How a bool is said.
    pub(crate) yes: Words,
    pub(crate) no: Words,
    /// The questions of the shortest way through the form.
    pub(crate) express: Vec<String>,
    /// Where this holds, nothing else is required.
    pub(crate) enough_alone: Option<String>,
    #[serde(rename = "field")]
    pub(crate) fields: Vec<FieldFile>,
    #[serde(default)]
    pub(crate) calculated: Vec<CalculatedFile>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldFile {
    pub(crate) id: String,
    pub(crate) kind: Kind,
    #[serde(default)]
    pub(crate) vi: String,
    #[serde(default)]
    pub(crate) en: String,
    pub(crate) help: Option<Words>,
    #[serde(default)]
    pub(crate) required: bool,
    /// Filled in by the program and not shown.
    #[serde(default)]
    pub(crate) system: bool,
    pub(crate) show_if: Option<String>,
    #[serde(default)]
    pub(crate) options: Vec<OptionFile>,
    pub(crate) options_from: Option<OptionsFrom>,
    pub(crate) max_chars: Option<usize>,
    pub(crate) min: Option<i64>,
    pub(crate) max: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OptionsFrom {
    Indicators,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OptionFile {
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) vi: String,
    #[serde(default)]
    pub(crate) en: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CalculatedFile {
    pub(crate) id: String,
    pub(crate) calculation: Calculation,
    #[serde(default)]
    pub(crate) vi: String,
    #[serde(default)]
    pub(crate) en: String,
    #[serde(default)]
    pub(crate) options: Vec<OptionFile>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IndicatorsFile {
    #[serde(rename = "indicator")]
    pub(crate) indicators: Vec<Indicator>,
}

/// One sign that something may be wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    pub(crate) id: String,
    pub(crate) phase: Phase,
    pub(crate) weight: Weight,
    /// One of the ten that are shown first.
    #[serde(default)]
    pub(crate) common: bool,
    #[serde(default)]
    pub(crate) vi: String,
    #[serde(default)]
    pub(crate) en: String,
}

/// When a sign shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// While somebody is recruited.
    Recruitment,
    /// On the way.
    Transport,
    /// Where somebody is exploited or controlled.
    Exploitation,
    /// Before anything happened; never raises a level alone.
    Vulnerability,
}

/// How much a sign weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Act at once.
    Critical,
    /// Strong.
    Strong,
    /// Medium.
    Medium,
    /// Weak.
    Weak,
}
