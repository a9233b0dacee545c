//! The answers to a form, by field id.

use std::collections::BTreeMap;
use std::fmt;

use crate::value::Value;

/// The answers that a person gave. A field without an answer is not in it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Answers(BTreeMap<String, Value>);

impl Answers {
    /// No answers yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The answer to a field.
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.0.get(field)
    }

    /// Answers a field, and gives back the answer that was there before.
    pub fn set(&mut self, field: impl Into<String>, value: Value) -> Option<Value> {
        self.0.insert(field.into(), value)
    }

    /// Takes an answer back.
    pub fn remove(&mut self, field: &str) -> Option<Value> {
        self.0.remove(field)
    }

    /// All answers, in the order of the field ids (not of the form).
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(field, value)| (field.as_str(), value))
    }

    /// How many fields are answered.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True before the first answer.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True where the field is answered with this option, has it ticked, or
    /// names this keyword instead of a place.
    pub fn has(&self, field: &str, code: &str) -> bool {
        match self.get(field) {
            Some(Value::Single(chosen)) => chosen == code,
            Some(Value::Multi(ticked)) => ticked.iter().any(|one| one == code),
            Some(Value::Place(place)) => place.keyword() == Some(code),
            _ => false,
        }
    }

    /// True where [`has`](Self::has) is true for one of the codes.
    pub fn has_any(&self, field: &str, codes: &[&str]) -> bool {
        codes.iter().any(|code| self.has(field, code))
    }

    /// What is ticked in a field with several options.
    pub fn ticked(&self, field: &str) -> &[String] {
        match self.get(field) {
            Some(Value::Multi(codes)) => codes,
            _ => &[],
        }
    }
}

impl<K: Into<String>> FromIterator<(K, Value)> for Answers {
    fn from_iter<T: IntoIterator<Item = (K, Value)>>(answers: T) -> Self {
        Self(
            answers
                .into_iter()
                .map(|(field, value)| (field.into(), value))
                .collect(),
        )
    }
}

impl<K: Into<String>> Extend<(K, Value)> for Answers {
    fn extend<T: IntoIterator<Item = (K, Value)>>(&mut self, answers: T) {
        self.0.extend(
            answers
                .into_iter()
                .map(|(field, value)| (field.into(), value)),
        );
    }
}

impl IntoIterator for Answers {
    type Item = (String, Value);
    type IntoIter = std::collections::btree_map::IntoIter<String, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// Shows how many answers there are, and nothing of them: which questions
/// somebody answered can already tell too much.
impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answers({})", self.len())
    }
}
