//! The TOML files: sources, topics, terms, the directory, quizzes.

use serde::{Deserialize, Deserializer};
use toml::value::Datetime;

/// Words in both languages.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Both {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// A list that may be written as one string.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "OneOrMany")]
pub(crate) struct Many(pub(crate) Vec<String>);

#[derive(Deserialize)]
#[serde(untagged, expecting = "a text or a list of texts")]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl From<OneOrMany> for Many {
    fn from(either: OneOrMany) -> Self {
        match either {
            OneOrMany::One(text) => Self(vec![text]),
            OneOrMany::Many(texts) => Self(texts),
        }
    }
}

fn many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Many::deserialize(deserializer).map(|many| many.0)
}

/// A day without an hour, as `2026-11-23`.
pub(crate) fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    day(&Datetime::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

/// A TOML date as `2026-11-23`.
pub(crate) fn day(date: &Datetime) -> Result<String, &'static str> {
    match (date.date, date.time, date.offset) {
        (Some(date), None, None) => Ok(date.to_string()),
        _ => Err("a day is written like 2026-11-23, without quotes and without an hour"),
    }
}

/// A source of facts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceRef {
    /// Its id: `S13`.
    pub id: String,
    /// Where it can be read.
    #[serde(deserialize_with = "many")]
    pub urls: Vec<String>,
    /// What it is.
    pub title: String,
    /// Known to be wrong: no fact may stand on it.
    #[serde(default)]
    pub never_use: bool,
}

/// A topic.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// Its id: `t1`.
    pub id: String,
    /// Its Vietnamese name.
    pub vi: String,
    /// Its English name.
    pub en: String,
    /// The point of the inter-agency plan that it answers: `2.1`.
    pub plan: String,
    /// Its drawing.
    pub picture: Option<String>,
}

/// Somebody whom an item is for.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audience {
    /// Its id: `youth`.
    pub id: String,
    /// Its Vietnamese name.
    pub vi: String,
    /// Its English name.
    pub en: String,
}

/// A door of the home screen.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Door {
    /// Its id.
    pub id: String,
    /// Its Vietnamese name.
    pub vi: String,
    /// Its English name.
    pub en: String,
    /// Whose items stand behind it.
    #[serde(default, deserialize_with = "many")]
    pub audience: Vec<String>,
    /// Which topics stand behind it.
    #[serde(default, deserialize_with = "many")]
    pub topics: Vec<String>,
    /// What stands first.
    #[serde(default, deserialize_with = "many")]
    pub first: Vec<String>,
}

/// A term of the glossary.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// Its id: `referral`.
    pub id: String,
    /// The Vietnamese term.
    pub vi: String,
    /// The English term.
    pub en: String,
    /// Vietnamese words that are not used for it.
    #[serde(default, deserialize_with = "many")]
    pub avoid_vi: Vec<String>,
}

/// A language in which there may be words or recordings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Language {
    /// Its code, ISO 639: `hnj`.
    pub id: String,
    /// Its Vietnamese name.
    pub vi: String,
    /// Its English name.
    pub en: String,
    /// Border provinces where it is supposed to be spoken, by code. Not checked,
    /// and never published.
    #[serde(default)]
    pub draft_provinces: Vec<String>,
}

/// What people type, and the words of today.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alias {
    /// What people type.
    pub from: String,
    /// What it is called today.
    pub to: String,
    /// What became of it, in Vietnamese.
    pub note_vi: Option<String>,
    /// The same in English.
    pub note_en: Option<String>,
}

/// Somebody who helps.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its id: `d01`.
    pub id: String,
    /// Its Vietnamese name.
    pub vi: String,
    /// Its English name.
    pub en: String,
    /// Its telephone numbers.
    #[serde(default)]
    pub numbers: Vec<PhoneNumber>,
    /// Its address for e-mail.
    pub email: Option<String>,
    /// Its page.
    pub web: Option<String>,
    /// When somebody answers, in Vietnamese.
    pub hours_vi: Option<String>,
    /// The same in English.
    pub hours_en: Option<String>,
    /// What a call costs.
    pub cost: Option<String>,
    /// Whether calls are recorded.
    pub recorded: Option<bool>,
    /// Where it helps.
    pub scope: Scope,
    /// The countries in which it helps, ISO 3166-1 alpha-2.
    #[serde(default, deserialize_with = "many")]
    pub country: Vec<String>,
    /// Whether it is there only in provinces at a border.
    #[serde(default)]
    pub border_only: bool,
    /// What it helps with.
    #[serde(default, deserialize_with = "many")]
    pub needs: Vec<String>,
    /// The sources of all this.
    #[serde(default, deserialize_with = "many")]
    pub source: Vec<String>,
    /// One of the numbers 112 to 115, which need no source.
    #[serde(default)]
    pub emergency: bool,
    /// The day on which it was last compared with its source.
    #[serde(deserialize_with = "date")]
    pub checked_on: String,
    /// How far it can be relied on.
    pub status: Status,
}

/// A telephone number of an entry.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhoneNumber {
    /// As it is shown.
    pub number: String,
    /// Which of several it is, in Vietnamese.
    pub label_vi: Option<String>,
    /// The same in English.
    pub label_en: Option<String>,
}

impl PhoneNumber {
    /// As it is dialled: digits, perhaps after a `+`.
    pub fn dialled(&self) -> String {
        dialled(&self.number)
    }
}

/// A number without what only makes it readable.
pub(crate) fn dialled(number: &str) -> String {
    number
        .chars()
        .filter(|letter| letter.is_ascii_digit() || *letter == '+')
        .collect()
}

/// Where an entry of the directory helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everywhere in Việt Nam.
    Nationwide,
    /// Abroad.
    Abroad,
    /// One in every province.
    Province,
    /// One in every commune.
    Commune,
}

/// How far an entry of the directory can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Its source was found.
    Verified,
    /// Its source is old.
    Recheck,
    /// Still being looked up: phones show 111 instead.
    Placeholder,
    /// Known to the hotline, and never published.
    #[serde(alias = "not public", alias = "not-public")]
    NotPublic,
}

/// A quiz.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quiz {
    /// Its id: `q1`.
    pub id: String,
    /// `risk`, `readiness` or `knowledge`.
    pub kind: String,
    /// Its title.
    pub title: Both,
    /// What stands before the questions.
    pub intro: Both,
    /// Its questions, in order.
    #[serde(rename = "question", default)]
    pub questions: Vec<Question>,
    /// Its results, by rising points.
    #[serde(rename = "band", default)]
    pub bands: Vec<Band>,
}

/// Advice that goes with a question.
pub type Advice = Both;

/// A question of a quiz.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Its id within the quiz.
    pub id: String,
    /// The question in Vietnamese.
    pub vi: String,
    /// The question in English.
    pub en: String,
    /// Points for a yes.
    pub weight: Option<u32>,
    /// The sign of the checklist that a yes means.
    pub indicator: Option<String>,
    /// Whether a yes forces the worst result.
    #[serde(default)]
    pub forces: bool,
    /// Whether a no forces the worst result for a contract abroad.
    #[serde(default)]
    pub forces_no_for_abroad: bool,
    /// What to do about it.
    pub advice: Option<Advice>,
    /// The right answer, where there is one.
    pub key: Option<bool>,
    /// The sources of the answer.
    #[serde(default, deserialize_with = "many")]
    pub source: Vec<String>,
    /// Why the right answer is right.
    pub explain: Option<Both>,
    /// Items to read.
    #[serde(default, deserialize_with = "many")]
    pub see: Vec<String>,
}

/// A result of a quiz.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// The fewest points with which it is reached.
    pub from: u32,
    /// How alarming it is.
    pub level: String,
    /// What is shown, in Vietnamese.
    pub vi: String,
    /// What is shown, in English.
    pub en: String,
    /// Items to read.
    #[serde(default, deserialize_with = "many")]
    pub see: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SourcesFile {
    #[serde(default)]
    pub(crate) source: Vec<SourceRef>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TopicsFile {
    #[serde(default)]
    pub(crate) topic: Vec<Topic>,
    #[serde(default)]
    pub(crate) audience: Vec<Audience>,
    #[serde(default)]
    pub(crate) door: Vec<Door>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TermsFile {
    #[serde(default)]
    pub(crate) term: Vec<Term>,
    #[serde(default)]
    pub(crate) alias: Vec<Alias>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LanguagesFile {
    #[serde(default)]
    pub(crate) language: Vec<Language>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DirectoryFile {
    #[serde(default)]
    pub(crate) entry: Vec<Entry>,
}
