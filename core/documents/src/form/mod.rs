//! Forms are data: what is asked, in which order, in both languages, and when.

mod answer;
mod condition;
mod field;
mod rules;
mod schema;
#[cfg(any(test, feature = "fuzzing"))]
mod source;
#[cfg(test)]
mod tests;

use std::sync::OnceLock;

pub(crate) use answer::PHONE_SYMBOLS;
pub use answer::{AnswerError, Reason};
pub use condition::{Condition, Literal};
use field::condition;
pub use field::{Calculated, Choice, Field};
use rules::SchemaError;
pub use schema::{Calculation, Indicator, Kind, Phase, Weight, Words};
use schema::{FormFile, IndicatorsFile};
use serde::de::DeserializeOwned;

use crate::answers::Answers;
use crate::lang::Lang;
use crate::places;
use crate::value::Value;

/// The files in `forms/`, as the build script read and checked them.
const SUSPICION_REPORT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/suspicion_report.form"));
const SAFETY_PLAN: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/safety_plan.form"));
const INDICATORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/indicators.form"));

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, SchemaError> {
    postcard::from_bytes(bytes).map_err(|error| SchemaError::Unreadable(error.to_string()))
}

/// A form: fields in the order in which they are asked.
#[derive(Debug)]
pub struct Form {
    id: String,
    version: u16,
    number: Option<u8>,
    title: Words,
    yes: Words,
    no: Words,
    fields: Vec<Field>,
    express: [usize; rules::EXPRESS_COUNT],
    enough_alone: Option<Condition>,
    calculated: Vec<Calculated>,
}

/// From the two files as their editor writes them.
#[cfg(feature = "fuzzing")]
pub(crate) fn parse(form: &str, indicators: &str) -> Result<Form, String> {
    IndicatorsFile::parse(indicators)
        .and_then(|indicators| FormFile::parse(form, &indicators))
        .and_then(Form::from_file)
        .map_err(|error| error.to_string())
}

/// All indicators, in the order of the checklist.
pub fn indicators() -> &'static [Indicator] {
    static FILE: OnceLock<IndicatorsFile> = OnceLock::new();
    &FILE
        .get_or_init(|| {
            read::<IndicatorsFile>(INDICATORS)
                .and_then(IndicatorsFile::checked)
                .expect("the build checked this file")
        })
        .indicators
}

impl Form {
    /// The report of a suspicion, in its newest version.
    pub fn suspicion_report() -> &'static Self {
        static FORM: OnceLock<Form> = OnceLock::new();
        FORM.get_or_init(|| Self::open(SUSPICION_REPORT).expect("the build checked this file"))
    }

    /// The safety plan of somebody who is leaving. It stays on the phone: no
    /// document and no compact form is made of it.
    pub fn safety_plan() -> &'static Self {
        static FORM: OnceLock<Form> = OnceLock::new();
        FORM.get_or_init(|| Self::open(SAFETY_PLAN).expect("the build checked this file"))
    }

    /// The form of reports with this id and version, if this program knows it.
    pub fn find(id: &str, version: u16) -> Option<&'static Self> {
        let form = Self::suspicion_report();
        (form.id == id && form.version == version).then_some(form)
    }

    pub(crate) fn by_number(number: u8) -> Option<&'static Self> {
        let form = Self::suspicion_report();
        (form.number == Some(number)).then_some(form)
    }

    fn open(bytes: &[u8]) -> Result<Self, SchemaError> {
        let indicators = IndicatorsFile {
            indicators: indicators().to_vec(),
        };
        Self::from_file(read::<FormFile>(bytes)?.checked(&indicators)?)
    }

    fn from_file(file: FormFile) -> Result<Self, SchemaError> {
        let fields: Vec<Field> = file
            .fields
            .into_iter()
            .map(Field::from_file)
            .collect::<Result<_, _>>()?;
        let mut express = [0; rules::EXPRESS_COUNT];
        for (slot, id) in express.iter_mut().zip(&file.express) {
            *slot = fields
                .iter()
                .position(|field| field.id() == *id)
                .unwrap_or_default();
        }
        let enough_alone = file.enough_alone.as_deref();
        Ok(Self {
            id: file.id,
            version: file.version,
            number: file.number,
            title: file.title,
            yes: file.yes,
            no: file.no,
            fields,
            express,
            enough_alone: condition("enough_alone", enough_alone)?,
            calculated: file
                .calculated
                .into_iter()
                .map(Calculated::from_file)
                .collect(),
        })
    }

    /// The id, such as `suspicion_report`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The version. A report records which one it was written with.
    pub fn version(&self) -> u16 {
        self.version
    }

    /// Whether reports are made of it. The safety plan never leaves its phone.
    pub fn travels(&self) -> bool {
        self.number.is_some()
    }

    /// None for a form that never travels.
    pub(crate) fn number(&self) -> Option<u8> {
        self.number
    }

    /// The heading of the form.
    pub fn title(&self, lang: Lang) -> &str {
        self.title.get(lang)
    }

    /// All fields in schema order, with notes and hidden system fields.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The fields that hold an answer, in schema order: all but the notes.
    pub fn questions(&self) -> impl Iterator<Item = &Field> {
        self.fields
            .iter()
            .filter(|field| field.kind() != Kind::Note)
    }

    /// The field with this id.
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id() == id)
    }

    /// What is computed from the answers, with the words to show it.
    pub fn calculated(&self) -> &[Calculated] {
        &self.calculated
    }

    /// The three questions after which a report can be sent.
    pub fn express(&self) -> [&Field; rules::EXPRESS_COUNT] {
        self.express.map(|at| {
            self.fields
                .get(at)
                .expect("positions come from the same list")
        })
    }

    /// The questions and notes to show, given the answers so far.
    pub fn visible(&self, answers: &Answers) -> Vec<&Field> {
        let effective = self.effective(answers);
        let shown = |field: &&Field| !field.system() && field.is_asked(&effective);
        self.fields.iter().filter(shown).collect()
    }

    /// The answers that count: those of hidden and unknown fields and the
    /// empty ones are left out, and ticked options are in schema order.
    ///
    /// Somebody who takes "call me back" away takes the number with it.
    pub fn effective(&self, answers: &Answers) -> Answers {
        let mut effective = Answers::new();
        // A field looks only at fields before it, so one pass decides all.
        for field in self.questions() {
            let Some(value) = answers.get(field.id()) else {
                continue;
            };
            if !value.is_empty() && field.is_asked(&effective) {
                effective.set(field.id(), field.in_order(value));
            }
        }
        effective
    }

    /// An answer in words, one for each option ticked: labels of options, the
    /// name of a place, "19:30", yes or no, and text as it was typed.
    ///
    /// An option that the field does not have shows its code.
    pub fn show(&self, field: &Field, value: &Value, lang: Lang) -> Vec<String> {
        let label = |code: &String| {
            field
                .option(code)
                .map_or(code.as_str(), |it| it.label(lang))
                .to_owned()
        };
        match value {
            Value::Bool(true) => vec![self.yes.get(lang).to_owned()],
            Value::Bool(false) => vec![self.no.get(lang).to_owned()],
            Value::Int(number) => vec![number.to_string()],
            Value::Text(text) => vec![text.clone()],
            Value::Single(code) => vec![label(code)],
            Value::Multi(codes) => codes.iter().map(label).collect(),
            Value::Place(place) => vec![places::name(place, lang)],
            Value::Time(minutes) => vec![format!("{:02}:{:02}", minutes / 60, minutes % 60)],
        }
    }

    /// Whether the value is a good answer to the field.
    ///
    /// # Errors
    /// See [`Field::check`].
    pub fn check(&self, field: &Field, value: &Value) -> Result<(), AnswerError> {
        field.check(value)
    }

    /// Checks all answers, and that the form has their fields.
    ///
    /// # Errors
    /// The first one found, in schema order after the unknown fields.
    pub fn check_all(&self, answers: &Answers) -> Result<(), AnswerError> {
        for (id, _) in answers.iter() {
            if self.field(id).is_none() {
                return Err(AnswerError {
                    field: id.to_owned(),
                    reason: Reason::UnknownField,
                });
            }
        }
        let answered = self
            .fields
            .iter()
            .filter_map(|field| Some((field, answers.get(field.id())?)));
        answered
            .into_iter()
            .try_for_each(|(field, value)| field.check(value))
    }

    /// What must still be answered before the report can be sent, or the plan is
    /// whole.
    ///
    /// Nothing, where somebody is in danger now: that report always goes.
    pub fn missing(&self, answers: &Answers) -> Vec<&Field> {
        let effective = self.effective(answers);
        if self
            .enough_alone
            .as_ref()
            .is_some_and(|enough| enough.holds(&effective))
        {
            return Vec::new();
        }
        let missing = |field: &&Field| field.required() && effective.get(field.id()).is_none();
        self.fields.iter().filter(missing).collect()
    }
}
