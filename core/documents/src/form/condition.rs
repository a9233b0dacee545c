//! Skip logic: the expressions of `show_if` and `enough_alone`.
//!
//! ```text
//! danger_now = "yes"
//! contact_wanted = true
//! what_type has any of ["job_abroad", "cross_border"]
//! ```

/// When a field is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The field has exactly this answer.
    Is {
        /// The field that is looked at.
        field: String,
        /// The answer it must have.
        answer: Literal,
    },
    /// At least one of the options is chosen.
    HasAny {
        /// The field that is looked at.
        field: String,
        /// The codes of the options.
        options: Vec<String>,
    },
}

/// An answer as an expression writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// The code of an option.
    Code(String),
    /// Yes or no.
    Bool(bool),
}

/// Why an expression cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ConditionError {
    #[error("write a field id, then `=` or `has any of`")]
    Operator,
    #[error("after `=` write true, false or a code in double quotes")]
    Answer,
    #[error("after `has any of` write [\"code\", \"code\"]")]
    List,
}

impl Condition {
    /// Reads an expression.
    pub(crate) fn parse(text: &str) -> Result<Self, ConditionError> {
        let text = text.trim();
        let end = text
            .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .ok_or(ConditionError::Operator)?;
        let (field, rest) = text.split_at(end);
        if field.is_empty() {
            return Err(ConditionError::Operator);
        }
        let field = field.to_owned();
        let rest = rest.trim_start();
        if let Some(answer) = rest.strip_prefix('=') {
            Ok(Self::Is {
                field,
                answer: literal(answer.trim())?,
            })
        } else if let Some(list) = rest.strip_prefix("has any of") {
            Ok(Self::HasAny {
                field,
                options: codes(list.trim())?,
            })
        } else {
            Err(ConditionError::Operator)
        }
    }

    /// The field that the condition looks at.
    pub fn field(&self) -> &str {
        match self {
            Self::Is { field, .. } | Self::HasAny { field, .. } => field,
        }
    }
}

fn literal(text: &str) -> Result<Literal, ConditionError> {
    match text {
        "true" => Ok(Literal::Bool(true)),
        "false" => Ok(Literal::Bool(false)),
        _ => code(text).map(Literal::Code).ok_or(ConditionError::Answer),
    }
}

fn codes(text: &str) -> Result<Vec<String>, ConditionError> {
    text.strip_prefix('[')
        .and_then(|list| list.strip_suffix(']'))
        .and_then(|list| list.split(',').map(|item| code(item.trim())).collect())
        .ok_or(ConditionError::List)
}

fn code(text: &str) -> Option<String> {
    let code = text.strip_prefix('"')?.strip_suffix('"')?;
    (!code.is_empty() && !code.contains('"')).then(|| code.to_owned())
}
