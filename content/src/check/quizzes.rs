//! A quiz holds together: every answer leads to a result.

use loive_documents::indicators;

use crate::finding::{Finding, Rule};
use crate::parse::is_id;
use crate::passage::quiz_file;
use crate::registers::{Question, Quiz};
use crate::source::Source;

/// How alarming the result of a quiz on risk is, by rising severity.
const LEVELS: [&str; 4] = ["grey", "yellow", "orange", "red"];

pub(super) fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for quiz in &source.quizzes {
        let file = quiz_file(source, quiz);
        for text in of_quiz(quiz) {
            findings.push(Finding::new(file, 0, Rule::Quiz, text));
        }
        for question in &quiz.questions {
            let line = source.line_of(file, &question.id);
            findings.extend(
                of_question(&quiz.kind, question)
                    .into_iter()
                    .map(|(rule, text)| {
                        Finding::new(file, line, rule, format!("{}: {text}", question.id))
                    }),
            );
        }
    }
    findings
}

fn of_quiz(quiz: &Quiz) -> Vec<String> {
    let mut texts = Vec::new();
    if !matches!(quiz.kind.as_str(), "risk" | "readiness" | "knowledge") {
        texts.push("kind is risk, readiness or knowledge".to_owned());
    }
    if quiz.questions.is_empty() {
        texts.push("it asks nothing: add a [[question]]".to_owned());
    }
    let froms: Vec<u32> = quiz.bands.iter().map(|band| band.from).collect();
    if froms.first() != Some(&0) || !froms.is_sorted_by(|a, b| a < b) {
        texts.push("the first [[band]] begins from = 0 and each begins higher".to_owned());
    }
    let most = most_points(quiz);
    if froms.last().is_some_and(|from| *from > most) {
        texts.push(format!(
            "nobody reaches the last band: there are {most} points in all"
        ));
    }
    if quiz.kind == "risk" {
        let severity = |level: &str| LEVELS.iter().position(|known| *known == level);
        let severities: Vec<_> = quiz.bands.iter().map(|it| severity(&it.level)).collect();
        if severities.contains(&None) || !severities.is_sorted() {
            texts.push(format!("levels rise among {}", LEVELS.join(", ")));
        }
        if severities.last() != Some(&Some(LEVELS.len() - 1)) {
            texts.push("the last band is red: signs of an emergency end there".to_owned());
        }
    } else if !quiz.bands.iter().all(|band| is_id(&band.level)) {
        texts.push("a level is a word in small letters".to_owned());
    }
    texts
}

fn most_points(quiz: &Quiz) -> u32 {
    quiz.questions.iter().fold(0_u32, |sum, question| {
        let points = match quiz.kind.as_str() {
            "knowledge" => 1,
            _ => question.weight.unwrap_or_default(),
        };
        sum.saturating_add(points)
    })
}

fn of_question(kind: &str, question: &Question) -> Vec<(Rule, String)> {
    let mut problems = Vec::new();
    let mut add = |is_wrong: bool, text: &str| {
        if is_wrong {
            problems.push((Rule::Quiz, text.to_owned()));
        }
    };
    let is_knowledge = kind == "knowledge";
    add(
        !is_id(&question.id),
        "an id is small letters, digits, - and _",
    );
    add(
        is_knowledge && question.key.is_none(),
        "it has no right answer: key = true or key = false",
    );
    add(
        is_knowledge && question.explain.is_none(),
        "it does not say why the answer is right: add explain",
    );
    add(
        !is_knowledge && question.key.is_some(),
        "only questions of knowledge have a right answer",
    );
    add(
        !is_knowledge && question.weight.unwrap_or_default() == 0,
        "it has no weight: without one its answer changes nothing",
    );
    add(
        question.forces && kind != "risk",
        "forces is for a quiz on risk",
    );
    add(
        question.forces_no_for_abroad && kind != "readiness",
        "forces_no_for_abroad is for a quiz on readiness",
    );
    if let Some(id) = &question.indicator
        && !indicators().iter().any(|known| known.id() == id)
    {
        let text = format!("the checklist has no sign {id}: use one of its ids");
        problems.push((Rule::Unknown, text));
    }
    problems
}
