//! Who helps: only what is public, and only numbers with a source.

use crate::finding::{Finding, Rule};
use crate::parse::is_id;
use crate::registers::{Entry, PhoneNumber, Scope, Status};
use crate::source::Source;

const FILE: &str = "directory.toml";
/// The fewest digits of a telephone number.
const NUMBER_MIN_DIGITS: usize = 3;
/// The need that a shelter answers.
const SHELTER: &str = "shelter";

pub(super) fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for entry in &source.directory {
        let line = source.line_of(FILE, &entry.id);
        let problems = public(entry).into_iter().chain(whole(entry));
        findings.extend(
            problems.map(|(rule, text)| {
                Finding::new(FILE, line, rule, format!("{}: {text}", entry.id))
            }),
        );
    }
    findings
}

/// Nothing that endangers somebody.
fn public(entry: &Entry) -> Vec<(Rule, &'static str)> {
    let mut problems = Vec::new();
    if entry.status == Status::NotPublic {
        let text = "it is not public: take it out of this file altogether";
        problems.push((Rule::NotPublic, text));
    }
    if entry.needs.iter().any(|need| need == SHELTER) {
        if entry.email.is_some() || entry.web.is_some() {
            let text = "a page or an e-mail address leads to a shelter: leave a number only";
            problems.push((Rule::Shelter, text));
        }
        if matches!(entry.scope, Scope::Province | Scope::Commune) {
            let text =
                "it says where a shelter is: shelters are reached through nationwide entries";
            problems.push((Rule::Shelter, text));
        }
    }
    problems
}

/// Nothing that a phone would show wrongly.
fn whole(entry: &Entry) -> Vec<(Rule, &'static str)> {
    let mut texts = Vec::new();
    let has_numbers = !entry.numbers.is_empty();
    let is_reachable = has_numbers || entry.email.is_some() || entry.web.is_some();
    match entry.status {
        Status::Placeholder if has_numbers || entry.email.is_some() => {
            texts
                .push("a placeholder has no number and no e-mail address: phones show 111 instead");
        }
        Status::Verified | Status::Recheck if !is_reachable => {
            texts.push("nobody can reach it: give a number, or make it a placeholder");
        }
        _ => {}
    }
    let is_universal = |number: &String| matches!(number.as_str(), "112" | "113" | "114" | "115");
    let numbers: Vec<String> = entry.numbers.iter().map(PhoneNumber::dialled).collect();
    if entry.emergency && !(has_numbers && numbers.iter().all(is_universal)) {
        texts.push("emergency = true is for the numbers 112 to 115 alone");
    }
    if entry.source.is_empty() && !entry.emergency && entry.status != Status::Placeholder {
        texts.push("it has no source: name one, or make it a placeholder");
    }
    if !entry.numbers.iter().all(|it| is_number(&it.number)) {
        texts.push(
            "a number has at least three digits and nothing else but spaces, hyphens and a +",
        );
    }
    if !is_id(&entry.id) {
        texts.push("an id is small letters, digits and hyphens");
    }
    if entry.needs.is_empty() || !entry.needs.iter().all(|need| is_id(need)) {
        texts.push("it says for what one may call: needs, in small letters");
    }
    texts.into_iter().map(|text| (Rule::Entry, text)).collect()
}

fn is_number(number: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_digit() || matches!(letter, ' ' | '-');
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let rest = number.strip_prefix('+').unwrap_or(number);
    digits >= NUMBER_MIN_DIGITS && rest.chars().all(is_part)
}
