//! One question of a form, its options, and what is computed.

use super::answer::{AnswerError, Reason};
use super::condition::{Condition, Literal};
use super::indicators;
use super::rules::SchemaError;
use super::schema::{
    CalculatedFile, Calculation, FieldFile, Indicator, Kind, OptionFile, OptionsFrom, Words,
};
use crate::answers::Answers;
use crate::lang::Lang;
use crate::value::Value;

/// One question of a form, or a note between questions.
#[derive(Debug)]
pub struct Field {
    id: String,
    kind: Kind,
    label: Words,
    help: Option<Words>,
    required: bool,
    system: bool,
    show_if: Option<Condition>,
    options: Vec<Choice>,
    max_chars: Option<usize>,
    range: Option<(i64, i64)>,
}

/// One option of a field.
#[derive(Debug)]
pub struct Choice {
    code: String,
    label: Words,
    common: bool,
}

/// Something computed from the answers. It is never stored.
#[derive(Debug)]
pub struct Calculated {
    id: String,
    calculation: Calculation,
    label: Words,
    options: Vec<Choice>,
}

impl Field {
    pub(super) fn from_file(file: FieldFile) -> Result<Self, SchemaError> {
        let show_if = condition(&file.id, file.show_if.as_deref())?;
        let options = match file.options_from {
            Some(OptionsFrom::Indicators) => indicators().iter().map(Choice::from).collect(),
            None => file.options.into_iter().map(Choice::from).collect(),
        };
        Ok(Self {
            show_if,
            options,
            id: file.id,
            kind: file.kind,
            label: Words {
                vi: file.vi,
                en: file.en,
            },
            help: file.help,
            required: file.required,
            system: file.system,
            max_chars: file.max_chars,
            range: file.min.zip(file.max),
        })
    }

    /// The id, which is also the key in the document.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What kind of answer it takes.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The question, or the words of a note.
    pub fn label(&self, lang: Lang) -> &str {
        self.label.get(lang)
    }

    /// A hint that stands under the question.
    pub fn help(&self, lang: Lang) -> Option<&str> {
        self.help.as_ref().map(|help| help.get(lang))
    }

    /// Whether a report needs it (see [`Form::missing`](crate::Form::missing)).
    pub fn required(&self) -> bool {
        self.required
    }

    /// Whether the program fills it in and nobody is asked.
    pub fn system(&self) -> bool {
        self.system
    }

    /// When it is shown; always, where there is no condition.
    pub fn show_if(&self) -> Option<&Condition> {
        self.show_if.as_ref()
    }

    /// The options in schema order. For a place: what stands beside the list
    /// of provinces.
    pub fn options(&self) -> &[Choice] {
        &self.options
    }

    /// The option with this code.
    pub fn option(&self, code: &str) -> Option<&Choice> {
        self.options.iter().find(|option| option.code == code)
    }

    /// The longest answer in characters (Unicode scalar values, not bytes).
    pub fn max_chars(&self) -> Option<usize> {
        self.max_chars
    }

    /// The smallest and the largest number allowed.
    pub fn range(&self) -> Option<(i64, i64)> {
        self.range
    }

    /// The answer that ticks these options, once each and in schema order.
    ///
    /// # Errors
    /// [`Reason::WrongType`] where only one can be chosen,
    /// [`Reason::UnknownOption`] for a code that the field does not have.
    pub fn pick<C: AsRef<str>>(
        &self,
        codes: impl IntoIterator<Item = C>,
    ) -> Result<Value, AnswerError> {
        if self.kind != Kind::Multi {
            return Err(self.error(Reason::WrongType));
        }
        let codes = codes.into_iter().map(|code| code.as_ref().to_owned());
        let value = Value::Multi(codes.filter(|code| !code.is_empty()).collect());
        self.check(&value)?;
        Ok(self.in_order(&value))
    }

    pub(super) fn in_order(&self, value: &Value) -> Value {
        let Value::Multi(codes) = value else {
            return value.clone();
        };
        let ticked = self
            .options
            .iter()
            .filter(|option| codes.contains(&option.code));
        let mut sorted: Vec<String> = ticked.map(|option| option.code.clone()).collect();
        // What we do not know is not ours to drop; a check reports it.
        sorted.extend(
            codes
                .iter()
                .filter(|code| self.option(code).is_none())
                .cloned(),
        );
        Value::Multi(sorted)
    }

    /// Whether the field has a place in the form, given answers that count.
    pub(crate) fn is_asked(&self, effective: &Answers) -> bool {
        self.show_if
            .as_ref()
            .is_none_or(|condition| condition.holds(effective))
    }
}

impl Choice {
    /// The code, which is what a document holds.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The words of the option.
    pub fn label(&self, lang: Lang) -> &str {
        self.label.get(lang)
    }

    /// Whether it is shown before "more", where a list is long.
    pub fn common(&self) -> bool {
        self.common
    }
}

impl From<OptionFile> for Choice {
    fn from(file: OptionFile) -> Self {
        Self {
            code: file.code,
            label: Words {
                vi: file.vi,
                en: file.en,
            },
            common: false,
        }
    }
}

impl From<&Indicator> for Choice {
    fn from(indicator: &Indicator) -> Self {
        let label = Words {
            vi: indicator.vi.clone(),
            en: indicator.en.clone(),
        };
        Self {
            code: indicator.id.clone(),
            label,
            common: indicator.common,
        }
    }
}

impl Calculated {
    pub(super) fn from_file(file: CalculatedFile) -> Self {
        Self {
            id: file.id,
            calculation: file.calculation,
            label: Words {
                vi: file.vi,
                en: file.en,
            },
            options: file.options.into_iter().map(Choice::from).collect(),
        }
    }

    /// The id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What is computed.
    pub fn calculation(&self) -> Calculation {
        self.calculation
    }

    /// What it is called.
    pub fn label(&self, lang: Lang) -> &str {
        self.label.get(lang)
    }

    /// The words for each result.
    pub fn options(&self) -> &[Choice] {
        &self.options
    }
}

impl Words {
    /// The text in a language.
    pub fn get(&self, lang: Lang) -> &str {
        Self::pick(&self.vi, &self.en, lang)
    }

    pub(crate) fn pick<'a>(vi: &'a str, en: &'a str, lang: Lang) -> &'a str {
        match lang {
            Lang::Vi => vi,
            Lang::En => en,
        }
    }
}

impl Condition {
    /// Whether the condition holds for these answers.
    pub fn holds(&self, answers: &Answers) -> bool {
        match self {
            Self::Is {
                field,
                answer: Literal::Code(code),
            } => answers.has(field, code),
            Self::Is {
                field,
                answer: Literal::Bool(yes),
            } => answers.get(field) == Some(&Value::Bool(*yes)),
            Self::HasAny { field, options } => options.iter().any(|code| answers.has(field, code)),
        }
    }
}

pub(super) fn condition(at: &str, text: Option<&str>) -> Result<Option<Condition>, SchemaError> {
    text.map(Condition::parse)
        .transpose()
        .map_err(|why| SchemaError::Condition {
            at: at.to_owned(),
            why,
        })
}
