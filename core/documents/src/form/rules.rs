//! The rules that a form file must keep, beyond what its types say.

use std::collections::HashSet;

use super::condition::{Condition, ConditionError, Literal};
use super::schema::{FieldFile, FormFile, IndicatorsFile, Kind, OptionFile, Words};

/// Longest answer that a form may allow, in characters.
pub(crate) const TEXT_MAX_CHARS: usize = 2_000;
/// Most fields of a form.
pub(crate) const FIELDS_MAX_COUNT: usize = 100;
/// Most options of a field.
pub(crate) const OPTIONS_MAX_COUNT: usize = 100;
/// How many questions the shortest way through a form asks.
pub(crate) const EXPRESS_COUNT: usize = 3;

/// What is wrong with a form file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SchemaError {
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    #[error("`{at}` has no label in `{lang}`")]
    MissingLabel { at: String, lang: &'static str },
    #[error("`{at}` has a decomposed character; write it in NFC")]
    NotComposed { at: String },
    #[error("`{id}` is not an id: use a-z, 0-9 and _")]
    BadId { id: String },
    #[error("`{field}` has an option `{code}`: use letters, digits, _ - +")]
    BadCode { field: String, code: String },
    #[error("there are two fields `{field}`")]
    DuplicateField { field: String },
    #[error("`{field}` has the option `{code}` twice")]
    DuplicateOption { field: String, code: String },
    #[error("there are two indicators `{id}`")]
    DuplicateIndicator { id: String },
    #[error("`{at}` names the field `{field}`, which does not exist")]
    UnknownField { at: String, field: String },
    #[error("`{at}` names the option `{code}`, which `{field}` does not have")]
    UnknownOption {
        at: String,
        field: String,
        code: String,
    },
    #[error("`{at}` names the indicator `{id}`, which does not exist")]
    UnknownIndicator { at: String, id: String },
    #[error("these fields show one another in a circle: {path}")]
    Cycle { path: String },
    #[error("`{at}` looks at `{field}`, which is asked later")]
    LaterField { at: String, field: String },
    #[error("the condition of `{at}` cannot be read: {why}")]
    Condition { at: String, why: ConditionError },
    #[error("the condition of `{at}` does not fit the kind of `{field}`")]
    ConditionKind { at: String, field: String },
    #[error("`{field}`: {rule}")]
    Rule { field: String, rule: &'static str },
}

impl IndicatorsFile {
    /// Checks what was read.
    pub(crate) fn checked(self) -> Result<Self, SchemaError> {
        let mut seen = HashSet::new();
        for indicator in &self.indicators {
            id(&indicator.id)?;
            labels(&indicator.id, &indicator.vi, &indicator.en)?;
            if !seen.insert(&indicator.id) {
                return Err(SchemaError::DuplicateIndicator {
                    id: indicator.id.clone(),
                });
            }
        }
        Ok(self)
    }
}

impl FormFile {
    /// Checks what was read.
    pub(crate) fn checked(self, indicators: &IndicatorsFile) -> Result<Self, SchemaError> {
        id(&self.id)?;
        for (at, said) in [("title", &self.title), ("yes", &self.yes), ("no", &self.no)] {
            words(at, said)?;
        }
        self.check_ids()?;
        for field in &self.fields {
            field.check()?;
        }
        for calculated in &self.calculated {
            labels(&calculated.id, &calculated.vi, &calculated.en)?;
            options(&calculated.id, &calculated.options)?;
        }
        self.check_conditions(indicators)?;
        self.check_express()?;
        Ok(self)
    }

    fn check_ids(&self) -> Result<(), SchemaError> {
        if self.fields.len() > FIELDS_MAX_COUNT {
            return rule(&self.id, "a form has at most 100 fields");
        }
        let mut seen = HashSet::new();
        let calculated = self.calculated.iter().map(|calculated| &calculated.id);
        for field in self.fields.iter().map(|field| &field.id).chain(calculated) {
            id(field)?;
            if !seen.insert(field) {
                return Err(SchemaError::DuplicateField {
                    field: field.clone(),
                });
            }
        }
        Ok(())
    }

    fn field(&self, at: &str, field: &str) -> Result<&FieldFile, SchemaError> {
        self.fields
            .iter()
            .find(|candidate| candidate.id == field)
            .ok_or_else(|| SchemaError::UnknownField {
                at: at.to_owned(),
                field: field.to_owned(),
            })
    }

    fn check_conditions(&self, indicators: &IndicatorsFile) -> Result<(), SchemaError> {
        for field in &self.fields {
            self.check_condition(&field.id, field.show_if.as_deref(), indicators)?;
        }
        self.check_condition("enough_alone", self.enough_alone.as_deref(), indicators)?;
        for field in &self.fields {
            self.check_cycle(field)?;
        }
        // A person answers from top to bottom, and what is shown is decided
        // in that order.
        let mut asked = HashSet::new();
        for field in &self.fields {
            if let Some(seen) = field.looks_at()?
                && !asked.contains(&seen)
            {
                return Err(SchemaError::LaterField {
                    at: field.id.clone(),
                    field: seen,
                });
            }
            asked.insert(field.id.clone());
        }
        Ok(())
    }

    fn check_condition(
        &self,
        at: &str,
        text: Option<&str>,
        indicators: &IndicatorsFile,
    ) -> Result<(), SchemaError> {
        let Some(condition) = text.map(|text| condition(at, text)).transpose()? else {
            return Ok(());
        };
        let field = self.field(at, condition.field())?;
        let misfit = || {
            Err(SchemaError::ConditionKind {
                at: at.to_owned(),
                field: field.id.clone(),
            })
        };
        match &condition {
            Condition::Is {
                answer: Literal::Bool(_),
                ..
            } if field.kind == Kind::Bool => Ok(()),
            Condition::Is {
                answer: Literal::Code(code),
                ..
            } if matches!(field.kind, Kind::Single | Kind::Place) => {
                field.check_option(at, code, indicators)
            }
            Condition::HasAny { options, .. } if field.kind.is_choice() => options
                .iter()
                .try_for_each(|code| field.check_option(at, code, indicators)),
            Condition::Is { .. } | Condition::HasAny { .. } => misfit(),
        }
    }

    /// A condition looks at one field, so a circle is found by walking.
    fn check_cycle(&self, start: &FieldFile) -> Result<(), SchemaError> {
        let mut path = vec![start.id.clone()];
        let mut at = start;
        while let Some(next) = at.looks_at()? {
            let back = path.contains(&next);
            path.push(next.clone());
            if back {
                return Err(SchemaError::Cycle {
                    path: path.join(" → "),
                });
            }
            at = self.field(&at.id, &next)?;
        }
        Ok(())
    }

    fn check_express(&self) -> Result<(), SchemaError> {
        if self.express.len() != EXPRESS_COUNT {
            return rule("express", "names three questions");
        }
        for name in &self.express {
            let field = self.field("express", name)?;
            if field.kind == Kind::Note || field.system || field.show_if.is_some() {
                return rule(name, "an express question is always asked");
            }
        }
        match self
            .fields
            .iter()
            .find(|field| field.required && !self.express.contains(&field.id))
        {
            // Nobody waits for a form that is sent nowhere.
            Some(_) if self.number.is_none() => Ok(()),
            Some(field) => rule(&field.id, "what is required must be an express question"),
            None => Ok(()),
        }
    }
}

impl FieldFile {
    fn looks_at(&self) -> Result<Option<String>, SchemaError> {
        let condition = self
            .show_if
            .as_deref()
            .map(|text| condition(&self.id, text))
            .transpose()?;
        Ok(condition.map(|condition| condition.field().to_owned()))
    }

    fn check(&self) -> Result<(), SchemaError> {
        labels(&self.id, &self.vi, &self.en)?;
        if let Some(help) = &self.help {
            words(&format!("{}.help", self.id), help)?;
        }
        options(&self.id, &self.options)?;
        let has_options = !self.options.is_empty();
        let fits = match self.kind {
            Kind::Single | Kind::Multi => has_options != self.options_from.is_some(),
            Kind::Place => {
                let keywords = ["abroad", "unknown", "moving"];
                self.options_from.is_none()
                    && self
                        .options
                        .iter()
                        .all(|option| keywords.contains(&option.code.as_str()))
            }
            _ => !has_options && self.options_from.is_none(),
        };
        if !fits {
            return rule(&self.id, "the options do not fit the kind");
        }
        if self.kind.is_words() != self.max_chars.is_some() {
            return rule(&self.id, "words, and nothing else, have max_chars");
        }
        if self
            .max_chars
            .is_some_and(|max| max == 0 || max > TEXT_MAX_CHARS)
        {
            return rule(&self.id, "max_chars is between 1 and 2000");
        }
        let range_fits = match (self.min, self.max) {
            (Some(min), Some(max)) => self.kind == Kind::Int && min < max,
            (None, None) => self.kind != Kind::Int,
            _ => false,
        };
        if !range_fits {
            return rule(&self.id, "a number, and nothing else, has min < max");
        }
        if self.required && (self.kind == Kind::Note || self.system || self.show_if.is_some()) {
            return rule(&self.id, "what is required is always asked");
        }
        Ok(())
    }

    fn check_option(
        &self,
        at: &str,
        code: &str,
        indicators: &IndicatorsFile,
    ) -> Result<(), SchemaError> {
        if self.options_from.is_some() {
            let known = indicators
                .indicators
                .iter()
                .any(|indicator| indicator.id == code);
            let unknown = || SchemaError::UnknownIndicator {
                at: at.to_owned(),
                id: code.to_owned(),
            };
            return known.then_some(()).ok_or_else(unknown);
        }
        let known = self.options.iter().any(|option| option.code == code);
        known
            .then_some(())
            .ok_or_else(|| SchemaError::UnknownOption {
                at: at.to_owned(),
                field: self.id.clone(),
                code: code.to_owned(),
            })
    }
}

fn condition(at: &str, text: &str) -> Result<Condition, SchemaError> {
    Condition::parse(text).map_err(|why| SchemaError::Condition {
        at: at.to_owned(),
        why,
    })
}

fn options(field: &str, options: &[OptionFile]) -> Result<(), SchemaError> {
    if options.len() > OPTIONS_MAX_COUNT {
        return rule(field, "a field has at most 100 options");
    }
    let mut seen = HashSet::new();
    for OptionFile { code, vi, en } in options {
        // Documents join codes by commas and places by a slash.
        let good = |b: u8| b.is_ascii_alphanumeric() || b"_-+".contains(&b);
        if code.is_empty() || !code.bytes().all(good) {
            return Err(SchemaError::BadCode {
                field: field.to_owned(),
                code: code.clone(),
            });
        }
        if !seen.insert(code) {
            let (field, code) = (field.to_owned(), code.clone());
            return Err(SchemaError::DuplicateOption { field, code });
        }
        labels(&format!("{field}.{code}"), vi, en)?;
    }
    Ok(())
}

fn id(id: &str) -> Result<(), SchemaError> {
    let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    let good = !id.is_empty() && id.bytes().all(good);
    good.then_some(())
        .ok_or_else(|| SchemaError::BadId { id: id.to_owned() })
}

fn words(at: &str, words: &Words) -> Result<(), SchemaError> {
    labels(at, &words.vi, &words.en)
}

fn labels(at: &str, vi: &str, en: &str) -> Result<(), SchemaError> {
    for (lang, text) in [("vi", vi), ("en", en)] {
        if text.trim().is_empty() {
            return Err(SchemaError::MissingLabel {
                at: at.to_owned(),
                lang,
            });
        }
        // Vietnamese has a composed character for every letter with its marks.
        if text.chars().any(|c| ('\u{300}'..='\u{36f}').contains(&c)) {
            return Err(SchemaError::NotComposed { at: at.to_owned() });
        }
    }
    Ok(())
}

fn rule<T>(field: &str, rule: &'static str) -> Result<T, SchemaError> {
    Err(SchemaError::Rule {
        field: field.to_owned(),
        rule,
    })
}
