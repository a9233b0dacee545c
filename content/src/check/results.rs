//! No result reassures, names somebody a victim, or is a percentage.

use loive_documents::Lang;

use crate::finding::{Finding, Rule};
use crate::passage::{Passage, Role};
use crate::words::{bare, find_row, has_row};

pub(super) fn check(passages: &[Passage<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for passage in passages {
        let is_of_quiz = passage.file.starts_with("quizzes");
        if !is_of_quiz && passage.role != Role::Title {
            continue;
        }
        for run in &passage.runs {
            let words = bare(run);
            let mut found = Vec::new();
            if let Some(word) = reassuring(passage, &words) {
                let text = format!("“{word}” reassures: say what to check instead");
                found.push((Rule::Reassures, text));
            }
            if passage.role == Role::Result {
                found.extend(of_result(passage.lang, run, &words));
            }
            let line = passage.line_of(run);
            findings.extend(found.into_iter().map(|(rule, text)| {
                let text = format!("{}: {text}", passage.id);
                Finding::new(passage.file, line, rule, text)
            }));
        }
    }
    findings
}

fn of_result(lang: Lang, run: &str, words: &[String]) -> Vec<(Rule, String)> {
    let mut found = Vec::new();
    if names_a_victim(lang, words) {
        let text = "only the competent agencies say who is a victim: leave it out";
        found.push((Rule::Victim, text.to_owned()));
    }
    let percent: &[&[&str]] = &[&["phần", "trăm"], &["percent"], &["per", "cent"]];
    if run.contains('%') || percent.iter().any(|row| has_row(words, row)) {
        let text = "a percentage looks more certain than it is: leave it out";
        found.push((Rule::Percentage, text.to_owned()));
    }
    found
}

/// "Stable", and places and times that people agree on.
const HARMLESS: [[&str; 2]; 5] = [
    ["ổn", "định"],
    ["safe", "place"],
    ["safe", "time"],
    ["safe", "word"],
    ["safe", "person"],
];

/// In a title or question, only what says that all is well; in a result, every
/// word that soothes.
fn reassuring(passage: &Passage<'_>, words: &[String]) -> Option<String> {
    let (everywhere, in_results): (&[&[&str]], &[&[&str]]) = match passage.lang {
        Lang::Vi => (
            &[&["ổn"], &["an", "toàn", "rồi"]],
            &[&["yên", "tâm"], &["không", "sao"], &["không", "đáng", "lo"]],
        ),
        Lang::En => (
            &[
                &["is", "safe"],
                &["are", "safe"],
                &["it's", "safe"],
                &["is", "fine"],
            ],
            &[
                &["safe"],
                &["safely"],
                &["fine"],
                &["ok"],
                &["okay"],
                &["no", "worry"],
                &["don't", "worry"],
            ],
        ),
    };
    let mut words = words.to_vec();
    for row in HARMLESS {
        while let Some(at) = find_row(&words, &row) {
            words.splice(at..at + row.len(), [String::new()]);
        }
    }
    let more = if passage.role == Role::Result {
        in_results
    } else {
        &[]
    };
    let found = everywhere
        .iter()
        .chain(more)
        .find(|row| has_row(&words, row))?;
    Some(found.join(" "))
}

fn names_a_victim(lang: Lang, words: &[String]) -> bool {
    match lang {
        Lang::Vi => has_row(words, &["là", "nạn", "nhân"]),
        Lang::En => words.windows(3).any(|three| match three {
            [is, article, victim] => {
                matches!(
                    is.as_str(),
                    "is" | "are" | "am" | "be" | "were" | "was" | "you're"
                ) && matches!(article.as_str(), "a" | "the" | "already" | "now")
                    && victim.starts_with("victim")
            }
            _ => false,
        }),
    }
}
