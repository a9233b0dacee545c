//! A quiz on paper: boxes to tick, and what the answers mean.
//!
//! Results that phones work out from points and signs are left to phones: one
//! engine judges them, and nobody adds up in a village hall what it would.

use loive_content::{Both, Quiz};
use loive_strings::Lang;
use serde::Serialize;

use super::{Common, Sheet, sheet, sources, strings};
use crate::error::PrintError;
use crate::job::Form;
use crate::library::{HOTLINE, Library};

/// Questions in front; answers, where there are any, behind.
const PAGES_OF_QUESTIONS: usize = 1;

#[derive(Serialize)]
struct Paper {
    #[serde(flatten)]
    common: Common,
    intro: String,
    /// What stands over the boxes.
    columns: Vec<&'static str>,
    questions: Vec<Question>,
    /// What to do after a doubtful answer.
    after: Option<String>,
    /// What stands over the answers.
    answers: Option<&'static str>,
    note: Option<&'static str>,
}

#[derive(Serialize)]
struct Question {
    text: String,
    /// What to do about it.
    advice: Option<String>,
    /// Why the right answer is right.
    explain: Option<String>,
    sources: Option<String>,
}

fn of(both: &Both, lang: Lang) -> String {
    match lang {
        Lang::Vi => both.vi.clone(),
        Lang::En => both.en.clone(),
    }
}

pub(super) fn quiz(library: &Library, quiz: &Quiz, lang: Lang) -> Result<Sheet, PrintError> {
    let strings = strings(lang);
    let title = of(&quiz.title, lang);
    let columns: &[&str] = match quiz.kind.as_str() {
        "risk" => &["quiz.yes", "quiz.no", "quiz.unknown"],
        "readiness" => &["quiz.done"],
        _ => &["quiz.right", "quiz.wrong"],
    };
    let questions: Vec<Question> = quiz
        .questions
        .iter()
        .map(|question| Question {
            text: match lang {
                Lang::Vi => question.vi.clone(),
                Lang::En => question.en.clone(),
            },
            advice: question.advice.as_ref().map(|advice| of(advice, lang)),
            explain: question.explain.as_ref().map(|it| of(it, lang)),
            sources: sources(&question.source, strings),
        })
        .collect();
    let has_advice = questions.iter().any(|it| it.advice.is_some());
    let has_answers = questions.iter().any(|it| it.explain.is_some());
    let paper = Paper {
        common: Common::new(library, lang, &quiz.id, &title, None)?,
        intro: of(&quiz.intro, lang),
        columns: columns.iter().map(|key| strings.get(key)).collect(),
        questions,
        after: (quiz.kind == "risk")
            .then(|| strings.with("quiz.after_risk", &[("number", HOTLINE)])),
        answers: has_answers.then(|| strings.get("quiz.answers")),
        // Quizzes have no mark of a review, so what they advise has none.
        note: has_advice.then(|| strings.get("foot.unreviewed_sheet")),
    };
    let sheet = sheet(
        Form::Leaflet,
        &quiz.id,
        lang,
        PAGES_OF_QUESTIONS + usize::from(has_answers),
        &paper,
        Vec::new(),
    );
    Ok(Sheet {
        template: "/quiz.typ",
        ..sheet
    })
}
