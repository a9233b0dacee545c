//! Everything that is referred to is there.

use std::collections::BTreeSet;

use loive_documents::library::markup::{self, Markup, Target};
use loive_documents::places;

use crate::finding::{Finding, Rule};
use crate::item::Item;
use crate::passage::{Passage, quiz_file};
use crate::registers::{PhoneNumber, dialled};
use crate::source::{Source, WANTED_PICTURES};
use crate::words::is_emergency;

/// The most other items that an item may refer to.
const RELATED_MAX_COUNT: usize = 4;
/// Fewer digits than this are taken for another number, not for a telephone's.
const BARE_NUMBER_MIN_DIGITS: usize = 8;

pub(super) fn check(source: &Source, passages: &[Passage<'_>]) -> Vec<Finding> {
    let known = Known::new(source);
    let mut findings = Vec::new();
    for passage in passages {
        findings.extend(of_passage(&known, passage));
    }
    for item in &source.items {
        findings.extend(of_item(&known, item));
    }
    findings.extend(of_registers(source, &known));
    findings.extend(drawn_and_wanted(source));
    findings
}

/// Drawings that are on the list of those to be made.
fn drawn_and_wanted(source: &Source) -> impl Iterator<Item = Finding> + '_ {
    let is_drawn = |name: &&String| source.pictures.contains(*name);
    source.wanted_pictures.keys().filter(is_drawn).map(|name| {
        let text = format!("{name} is drawn: take its line away");
        Finding::new(WANTED_PICTURES, 0, Rule::Picture, text)
    })
}

/// What may be referred to.
struct Known<'a> {
    items: BTreeSet<&'a str>,
    terms: BTreeSet<&'a str>,
    topics: BTreeSet<&'a str>,
    audiences: BTreeSet<&'a str>,
    /// Drawn, or still to be.
    pictures: BTreeSet<&'a str>,
    numbers: BTreeSet<String>,
}

impl<'a> Known<'a> {
    fn new(source: &'a Source) -> Self {
        let mut items: BTreeSet<&str> = source.unread.iter().map(String::as_str).collect();
        items.extend(source.items.iter().map(|it| it.id.as_str()));
        items.extend(source.quizzes.iter().map(|it| it.id.as_str()));
        items.extend(source.directory.iter().map(|it| it.id.as_str()));
        let entries = source.directory.iter();
        let drawn = source.pictures.iter();
        let wanted = source.wanted_pictures.keys();
        Self {
            items,
            terms: source.terms.iter().map(|it| it.id.as_str()).collect(),
            topics: source.topics.iter().map(|it| it.id.as_str()).collect(),
            audiences: source.audiences.iter().map(|it| it.id.as_str()).collect(),
            pictures: drawn.chain(wanted).map(String::as_str).collect(),
            numbers: entries
                .flat_map(|entry| entry.numbers.iter().map(PhoneNumber::dialled))
                .collect(),
        }
    }

    fn has_number(&self, number: &str) -> bool {
        is_emergency(number) || self.numbers.contains(number)
    }

    /// What is wrong with a reference to an item.
    fn item(&self, id: &str) -> Option<(Rule, String)> {
        let text = || format!("there is no {id}: write it, or refer to another");
        (!self.items.contains(id)).then(|| (Rule::Link, text()))
    }

    /// What is wrong with a name that another file must know.
    fn name(known: &BTreeSet<&str>, file: &str, name: &str) -> Option<(Rule, String)> {
        let text = || format!("{file} has no {name}: add it there, or use one that it has");
        (!known.contains(name)).then(|| (Rule::Unknown, text()))
    }

    fn picture(&self, name: &str) -> Option<(Rule, String)> {
        let text =
            || format!("there is no pictures/{name}.svg: draw it, or add it to {WANTED_PICTURES}");
        (!self.pictures.contains(name)).then(|| (Rule::Picture, text()))
    }
}

fn of_passage(known: &Known<'_>, passage: &Passage<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = markup::check(passage.text)
        .into_iter()
        .map(|problem| {
            let line = match passage.line {
                0 => 0,
                line => line + problem.line - 1,
            };
            Finding::new(passage.file, line, Rule::Markup, problem.what.to_string())
        })
        .collect();
    for (text, target) in Markup::parse(passage.text).links() {
        let problem = match target {
            Target::Item(id) => known.item(id),
            Target::Term(id) => {
                let text = || format!("terms.toml has no {id}: add it there, or link another");
                (!known.terms.contains(id.as_str())).then(|| (Rule::TermLink, text()))
            }
            Target::Tel(number) => phone(known, text, number),
        };
        findings.extend(
            problem.map(|(rule, words)| {
                Finding::new(passage.file, passage.line_of(text), rule, words)
            }),
        );
    }
    for run in &passage.runs {
        for number in bare_numbers(run).filter(|number| !known.has_number(number)) {
            let text =
                format!("directory.toml has no number {number}: add it there with its source");
            let line = passage.line_of(run);
            findings.push(Finding::new(passage.file, line, Rule::Phone, text));
        }
    }
    findings
}

fn phone(known: &Known<'_>, shown: &str, number: &str) -> Option<(Rule, String)> {
    if !known.has_number(number) {
        let text = format!("directory.toml has no number {number}: add it there with its source");
        return Some((Rule::Phone, text));
    }
    let shown = dialled(shown);
    let is_another = !shown.is_empty() && shown != number;
    is_another.then(|| {
        let text = format!("the link shows {shown} and dials {number}: make them the same");
        (Rule::Phone, text)
    })
}

/// What looks like a telephone number in running words: many digits that begin
/// as numbers do in Việt Nam or after a `+`.
fn bare_numbers(run: &str) -> impl Iterator<Item = String> {
    run.split(|letter: char| !(letter.is_ascii_digit() || matches!(letter, ' ' | '+' | '-')))
        .map(dialled)
        .filter(|number| {
            let begins = ["+", "0", "1800", "1900"];
            number.trim_start_matches('+').len() >= BARE_NUMBER_MIN_DIGITS
                && begins.iter().any(|begin| number.starts_with(begin))
        })
}

fn of_item(known: &Known<'_>, item: &Item) -> Vec<Finding> {
    let mut problems: Vec<(Rule, String)> = Vec::new();
    for id in &item.related {
        if *id == item.id {
            let text = "related names the item itself: take it away".to_owned();
            problems.push((Rule::Link, text));
        }
        problems.extend(known.item(id));
    }
    if item.related.len() > RELATED_MAX_COUNT {
        let text = format!("related has more than {RELATED_MAX_COUNT}: keep the most useful");
        problems.push((Rule::Link, text));
    }
    problems.extend(names(&known.topics, &item.topics));
    problems.extend(names(&known.audiences, &item.audience));
    problems.extend(item.picture.iter().filter_map(|name| known.picture(name)));
    for code in item
        .provinces
        .iter()
        .filter(|code| places::province(code).is_none())
    {
        let text = format!("there is no province with the code {code}");
        problems.push((Rule::Unknown, text));
    }
    problems.extend(item.country.iter().filter_map(|code| country(code)));
    problems
        .into_iter()
        .map(|(rule, text)| Finding::new(&item.file, 0, rule, text))
        .collect()
}

fn names<'a>(
    known: &'a BTreeSet<&str>,
    names: &'a [String],
) -> impl Iterator<Item = (Rule, String)> + 'a {
    names
        .iter()
        .filter_map(|name| Known::name(known, "topics.toml", name))
}

fn country(code: &str) -> Option<(Rule, String)> {
    let is_code = code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_uppercase());
    let text = || format!("{code:?} is no country: write its two capital letters (ISO 3166-1)");
    (!is_code).then(|| (Rule::Unknown, text()))
}

fn of_registers(source: &Source, known: &Known<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |file: &str, id: &str, problem: Option<(Rule, String)>| {
        findings.extend(problem.map(|(rule, text)| {
            let text = format!("{id}: {text}");
            Finding::new(file, source.line_of(file, id), rule, text)
        }));
    };
    for topic in &source.topics {
        if let Some(name) = &topic.picture {
            add("topics.toml", &topic.id, known.picture(name));
        }
    }
    for door in &source.doors {
        let audiences = names(&known.audiences, &door.audience);
        let problems: Vec<_> = audiences
            .chain(names(&known.topics, &door.topics))
            .collect();
        for problem in problems {
            add("topics.toml", &door.id, Some(problem));
        }
        for id in &door.first {
            add("topics.toml", &door.id, known.item(id));
        }
    }
    for entry in &source.directory {
        for code in &entry.country {
            add("directory.toml", &entry.id, country(code));
        }
    }
    for quiz in &source.quizzes {
        let file = quiz_file(source, quiz);
        for question in &quiz.questions {
            for id in &question.see {
                add(file, &question.id, known.item(id));
            }
        }
        for id in quiz.bands.iter().flat_map(|band| &band.see) {
            add(file, &quiz.id, known.item(id));
        }
    }
    findings
}
