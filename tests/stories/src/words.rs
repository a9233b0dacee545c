//! What people in the stories write.

use loive_documents::{Answers, Place, Value};

/// Answers under construction.
pub struct ReportWords(Answers);

/// The three answers with which a report can be sent: nobody is in danger, a
/// commune, and something about a job abroad.
pub fn a_report() -> ReportWords {
    ReportWords(Answers::new())
        .single("danger_now", "no")
        .with("where", Value::Place(Place::Province("01".into())))
        .with("what_type", Value::Multi(vec!["job_abroad".into()]))
}

/// The one answer that is enough alone: somebody is in danger now.
pub fn danger() -> ReportWords {
    ReportWords(Answers::new()).single("danger_now", "yes")
}

impl ReportWords {
    /// With one more answer.
    #[must_use]
    pub fn with(mut self, field: &str, value: Value) -> Self {
        self.0.set(field, value);
        self
    }

    /// With an option.
    #[must_use]
    pub fn single(self, field: &str, code: &str) -> Self {
        self.with(field, Value::Single(code.into()))
    }

    /// With words about the recruiter.
    #[must_use]
    pub fn saying(self, text: &str) -> Self {
        self.with("suspect_info", Value::Text(text.into()))
    }

    /// All of them.
    pub fn answers(self) -> Answers {
        self.0
    }
}
