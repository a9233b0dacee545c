//! Numbers, deadlines and claims about law stand in facts only.

use std::collections::BTreeSet;

use loive_documents::Lang;
use loive_documents::library::Kind;

use crate::finding::{Finding, Rule};
use crate::passage::{Passage, Role};
use crate::words::{bare, find_row, has_row, is_emergency, numbers};

/// The block of a kit in which minutes may be written: it says how long each step
/// of a session takes.
pub const RUN_SHEET: &str = "run-sheet";

pub(super) fn check(passages: &[Passage<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for passage in passages {
        match passage.role {
            Role::Advice | Role::Result => findings.extend(of_advice(passage)),
            Role::Title | Role::Summary => findings.extend(of_headline(passage, passages)),
            Role::Fact | Role::Name => {}
        }
    }
    findings
}

fn of_advice(passage: &Passage<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for run in &passage.runs {
        let words = bare(run);
        let mut found = Vec::new();
        let digits = numbers(run).filter(|number| !is_emergency(number)).count();
        if digits > minutes(passage, &words) {
            let text = "digits other than 111 to 115 in advice: say it without, or make it a fact with a source";
            found.push((Rule::Number, text.to_owned()));
        }
        if let Some(deadline) = deadline(passage.lang, &words, is_run_sheet(passage)) {
            let text = format!("“{deadline}” sounds like a deadline: make it a fact with a source");
            found.push((Rule::Deadline, text));
        }
        if let Some(claim) = legal(passage.lang, &words) {
            let text =
                format!("“{claim}” sounds like a claim about law: make it a fact with a source");
            found.push((Rule::Legal, text));
        }
        let line = passage.line_of(run);
        let finding = |(rule, text)| {
            let text = format!("{}: {text}", passage.id);
            Finding::new(passage.file, line, rule, text)
        };
        findings.extend(found.into_iter().map(finding));
    }
    findings
}

fn is_run_sheet(passage: &Passage<'_>) -> bool {
    let is_kit = passage.item.is_some_and(|item| item.kind == Kind::Kit);
    is_kit && passage.id == RUN_SHEET
}

/// How many numbers of a run sheet are minutes.
fn minutes(passage: &Passage<'_>, words: &[String]) -> usize {
    if !is_run_sheet(passage) {
        return 0;
    }
    let is_minute = |word: &str| matches!(word, "phút" | "minute" | "minutes" | "min");
    let followed = words.iter().zip(words.iter().skip(1));
    let single = followed
        .filter(|(number, unit)| numbers(number).next().is_some() && is_minute(unit))
        .count();
    // "5–10 phút" is two words before one unit.
    let range = words.windows(3).filter(|three| match three {
        [from, to, unit] => {
            [from, to].iter().all(|it| it.parse::<u32>().is_ok()) && is_minute(unit)
        }
        _ => false,
    });
    single + range.count()
}

/// A title or summary says only what a fact of the item says.
fn of_headline(passage: &Passage<'_>, passages: &[Passage<'_>]) -> Vec<Finding> {
    let facts: Vec<&Passage<'_>> = passages
        .iter()
        .filter(|other| other.role == Role::Fact && other.file == passage.file)
        .collect();
    let held: BTreeSet<String> = facts
        .iter()
        .flat_map(|fact| fact.runs.iter().flat_map(|run| numbers(run)))
        .map(str::to_owned)
        .collect();
    let shown = passage.shown();
    let mut texts: Vec<String> = numbers(&shown)
        .filter(|number| !is_emergency(number) && !held.contains(*number))
        .map(|number| format!("{number} stands in no fact of it: say it there, with a source"))
        .collect();
    let words = bare(&shown);
    if facts.is_empty() {
        let claims = [
            deadline(passage.lang, &words, false),
            legal(passage.lang, &words),
        ];
        let text =
            |claim| format!("“{claim}” is backed by no fact of it: say it there, with a source");
        texts.extend(claims.into_iter().flatten().map(text));
    }
    texts
        .into_iter()
        .map(|text| {
            let text = format!("{}: {text}", passage.id);
            Finding::new(passage.file, passage.line, Rule::Headline, text)
        })
        .collect()
}

const VI_MARKS: [&[&str]; 5] = [
    &["trong"],
    &["sau"],
    &["chậm", "nhất"],
    &["muộn", "nhất"],
    &["tối", "đa"],
];
const VI_FILLERS: [&str; 5] = ["vòng", "khoảng", "chừng", "tầm", "hơn"];
const VI_NUMBERS: [&str; 11] = [
    "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười", "vài",
];
const VI_UNITS: [&str; 6] = ["phút", "giờ", "ngày", "tuần", "tháng", "năm"];
const EN_MARKS: [&[&str]; 7] = [
    &["within"],
    &["in"],
    &["after"],
    &["at", "most"],
    &["at", "the", "latest"],
    &["no", "later", "than"],
    &["up", "to"],
];
const EN_FILLERS: [&str; 7] = ["the", "about", "next", "first", "a", "an", "of"];
const EN_NUMBERS: [&str; 13] = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "few",
    "several", "couple",
];
const EN_UNITS: [&str; 6] = ["minute", "hour", "day", "week", "month", "year"];

/// Words that set a time: "trong ba ngày", "within a few hours".
fn deadline(lang: Lang, words: &[String], minutes_allowed: bool) -> Option<String> {
    let marks: &[&[&str]] = match lang {
        Lang::Vi => &VI_MARKS,
        Lang::En => &EN_MARKS,
    };
    for begin in 0..words.len() {
        let rest = words.get(begin..).unwrap_or_default();
        let starts = |mark: &&&[&str]| rest.len() >= mark.len() && find_row(rest, mark) == Some(0);
        let Some(mark) = marks.iter().find(starts) else {
            continue;
        };
        let behind = rest.get(mark.len()..).unwrap_or_default();
        let length = time_span(lang, behind, *mark == ["within"]);
        let span = length.and_then(|length| rest.get(..mark.len() + length));
        let is_minutes = |span: &[String]| {
            let unit = span.last().map(String::as_str);
            matches!(unit, Some("phút" | "minute" | "minutes"))
        };
        if let Some(span) = span.filter(|span| !(minutes_allowed && is_minutes(span))) {
            return Some(span.join(" "));
        }
    }
    None
}

/// How many words of a span of time stand at the beginning.
fn time_span(lang: Lang, words: &[String], one_is_enough: bool) -> Option<usize> {
    let (fillers, known, units): (&[&str], &[&str], &[&str]) = match lang {
        Lang::Vi => (&VI_FILLERS, &VI_NUMBERS, &VI_UNITS),
        Lang::En => (&EN_FILLERS, &EN_NUMBERS, &EN_UNITS),
    };
    let is_unit = |word: &String| {
        let single = match lang {
            Lang::Vi => word,
            Lang::En => word.strip_suffix('s').unwrap_or(word),
        };
        units.contains(&single)
    };
    let mut has_number = false;
    let mut has_article = false;
    for (at, word) in words.iter().enumerate().take(5) {
        if has_number && is_unit(word) || has_article && one_is_enough && is_unit(word) {
            return Some(at + 1);
        }
        if known.contains(&word.as_str()) {
            has_number = true;
        } else if fillers.contains(&word.as_str()) {
            has_article |= matches!(word.as_str(), "a" | "an");
        } else {
            return None;
        }
    }
    None
}

/// Services and people, no claims.
const NO_CLAIMS: [&[&str]; 4] = [
    &["luật", "sư"],
    &["hỗ", "trợ", "pháp", "luật"],
    &["tư", "vấn", "pháp", "luật"],
    &["kỷ", "luật"],
];

/// Words that claim something about law.
fn legal(lang: Lang, words: &[String]) -> Option<String> {
    let rows: &[&[&str]] = match lang {
        Lang::Vi => &[
            &["luật"],
            &["nghị", "định"],
            &["phạt", "tù"],
            &["phạm", "tội"],
            &["bị", "phạt"],
        ],
        Lang::En => &[
            &["law"],
            &["laws"],
            &["decree"],
            &["decrees"],
            &["crime"],
            &["crimes"],
            &["prison"],
            &["penalty"],
            &["penalties"],
        ],
    };
    let mut words = words.to_vec();
    for row in NO_CLAIMS {
        while let Some(at) = find_row(&words, row) {
            words.splice(at..at + row.len(), [String::new()]);
        }
    }
    let found = rows.iter().find(|row| has_row(&words, row))?;
    Some(found.join(" "))
}
