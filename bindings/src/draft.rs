//! Drafts as screens show them.

use std::time::SystemTime;

use loive_client::DraftId;
use loive_documents::screening::{Level, score_level};
use loive_documents::{Answers, Field, Form, Kind, Lang, Urgency};

use crate::error::count;
use crate::form::Answer;
use crate::report::time;

/// A draft in a list.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DraftSummary {
    /// Which draft.
    pub id: DraftId,
    /// Id of its form.
    pub form: String,
    /// When it was begun.
    pub started_at: SystemTime,
    /// How many questions are answered.
    pub answered: u64,
}

/// A draft as a screen shows it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct DraftView {
    /// Which draft.
    pub id: DraftId,
    /// Id of its form.
    pub form: String,
    /// The heading of the form.
    pub title: String,
    /// The language in which it is filled in.
    pub lang: Lang,
    /// When it was begun.
    pub started_at: SystemTime,
    /// The questions and notes to show now, in order. Answers of hidden questions
    /// are kept and come back with their question.
    pub questions: Vec<Question>,
    /// The ids of the questions that must still be answered before it can be
    /// sent.
    pub missing: Vec<String>,
    /// How soon somebody must act on it, as far as it is answered.
    pub urgency: Urgency,
    /// What the signs ticked so far amount to. A screening aid, no judgement.
    pub level: Level,
}

/// A question, or words to read between questions.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct Question {
    /// The id to answer it by.
    pub id: String,
    /// What kind of answer it takes.
    pub kind: Kind,
    /// The question, or the words of a note.
    pub label: String,
    /// A hint that stands under the question.
    pub help: Option<String>,
    /// Whether a report needs it.
    pub required: bool,
    /// Whether it is one of the three of the express way.
    pub express: bool,
    /// The options in order. For a place: what stands beside the list of
    /// provinces.
    pub options: Vec<QuestionChoice>,
    /// The longest answer, in characters.
    pub max_chars: Option<u64>,
    /// The smallest number.
    pub min: Option<i64>,
    /// The largest number.
    pub max: Option<i64>,
    /// The answer given.
    pub answer: Option<Answer>,
    /// The answer in words, one for each option ticked.
    pub shown: Vec<String>,
}

/// One option of a question.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct QuestionChoice {
    /// The code to answer with.
    pub code: String,
    /// The words.
    pub label: String,
    /// One of those that are shown first.
    pub common: bool,
}

impl From<loive_client::DraftSummary> for DraftSummary {
    fn from(draft: loive_client::DraftSummary) -> Self {
        Self {
            id: draft.id,
            form: draft.form.to_owned(),
            started_at: time(draft.started_at),
            answered: count(draft.answered),
        }
    }
}

impl DraftView {
    pub(crate) fn new(draft: &loive_client::DraftView, lang: Lang) -> Self {
        let question = |field: &&'static Field| question(draft.form, field, &draft.answers, lang);
        Self {
            id: draft.id,
            form: draft.form.id().to_owned(),
            title: draft.form.title(lang).to_owned(),
            lang: draft.lang,
            started_at: time(draft.started_at),
            questions: draft.visible.iter().map(question).collect(),
            missing: draft.missing.iter().map(|it| it.id().to_owned()).collect(),
            urgency: draft.urgency,
            level: score_level(&draft.form.effective(&draft.answers)),
        }
    }
}

pub(crate) fn question(form: &Form, field: &Field, answers: &Answers, lang: Lang) -> Question {
    let answer = answers.get(field.id());
    let range = field.range();
    Question {
        id: field.id().to_owned(),
        kind: field.kind(),
        label: field.label(lang).to_owned(),
        help: field.help(lang).map(str::to_owned),
        required: field.required(),
        express: form.express().iter().any(|it| it.id() == field.id()),
        options: field
            .options()
            .iter()
            .map(|option| QuestionChoice {
                code: option.code().to_owned(),
                label: option.label(lang).to_owned(),
                common: option.common(),
            })
            .collect(),
        max_chars: field.max_chars().map(count),
        min: range.map(|(min, _)| min),
        max: range.map(|(_, max)| max),
        answer: answer.map(Answer::from),
        shown: answer.map_or_else(Vec::new, |it| form.show(field, it, lang)),
    }
}
