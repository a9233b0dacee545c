//! Everything of the plan is there, once.

use std::collections::{BTreeMap, BTreeSet};

use loive_documents::library::Kind;

use crate::finding::{Finding, Rule};
use crate::item::Item;
use crate::passage::quiz_file;
use crate::source::Source;

/// The points of the inter-agency plan that the library answers: its item 2,
/// one to seven, and item 4 on safe migration within the country and abroad.
pub const PLAN_POINTS: [&str; 9] = [
    "2.1",
    "2.2",
    "2.3",
    "2.4",
    "2.5",
    "2.6",
    "2.7",
    "4.domestic",
    "4.abroad",
];
const ARTICLES: usize = 56;
const GUIDES: usize = 15;
const QUIZZES: usize = 3;
const KITS: [&str; 9] = [
    "k_t1", "k_t2", "k_t3", "k_t4", "k_t5", "k_t6", "k_t7", "k_md", "k_ma",
];
/// The ten checks before leaving have a block each.
const CHECKS: usize = 10;
const GUIDE_BLOCKS: [&str; 5] = ["lawful", "trap", "signs", "numbers", "ask"];
const KIT_BLOCKS: [&str; 6] = [
    "aim",
    "messages",
    "run-sheet",
    "activity",
    "questions",
    "closing",
];

pub(super) fn check(source: &Source) -> Vec<Finding> {
    let mut findings = missing(source);
    findings.extend(source.items.iter().flat_map(needed_blocks));
    findings.extend(duplicates(source));
    findings.extend(uncovered(source));
    findings
}

/// Which articles cover which point of the plan, by the topics that they name.
/// An article without a block that may be published covers nothing.
pub fn coverage(source: &Source) -> BTreeMap<String, Vec<String>> {
    let mut covered: BTreeMap<String, Vec<String>> = PLAN_POINTS
        .iter()
        .map(|point| ((*point).to_owned(), Vec::new()))
        .collect();
    let published = |item: &&Item| item.kind == Kind::Article && item.published().next().is_some();
    for item in source.items.iter().filter(published) {
        let topics = source
            .topics
            .iter()
            .filter(|topic| item.topics.contains(&topic.id));
        let points: BTreeSet<&str> = topics.map(|topic| topic.plan.as_str()).collect();
        for point in points {
            let articles = covered.entry(point.to_owned()).or_default();
            articles.push(item.id.clone());
        }
    }
    covered
}

fn uncovered(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (point, articles) in coverage(source) {
        if articles.is_empty() {
            let text = format!("no article covers point {point} of the plan: name a topic with it");
            findings.push(Finding::new("topics.toml", 0, Rule::Coverage, text));
        }
    }
    let is_known = |plan: &str| PLAN_POINTS.contains(&plan);
    for topic in source.topics.iter().filter(|topic| !is_known(&topic.plan)) {
        let line = source.line_of("topics.toml", &topic.id);
        let text = format!("plan is one of {}", PLAN_POINTS.join(", "));
        findings.push(Finding::new("topics.toml", line, Rule::Coverage, text));
    }
    findings
}

fn missing(source: &Source) -> Vec<Finding> {
    let mut there: BTreeSet<&str> = source.unread.iter().map(String::as_str).collect();
    there.extend(source.items.iter().map(|item| item.id.as_str()));
    there.extend(source.quizzes.iter().map(|quiz| quiz.id.as_str()));
    let articles = (1..=ARTICLES).map(|n| (format!("a{n:02}"), "articles"));
    let guides = (1..=GUIDES).map(|n| (format!("g{n:02}"), "guides"));
    let quizzes = (1..=QUIZZES).map(|n| (format!("q{n}"), "quizzes"));
    let kits = KITS.iter().map(|id| ((*id).to_owned(), "kits"));
    let checks = std::iter::once(("checks".to_owned(), "checks"));
    let wanted = articles
        .chain(guides)
        .chain(quizzes)
        .chain(kits)
        .chain(checks);
    wanted
        .filter(|(id, _)| !there.contains(id.as_str()))
        .map(|(id, folder)| {
            let text = format!("{id} is missing: write it");
            Finding::new(folder, 0, Rule::Missing, text)
        })
        .collect()
}

fn needed_blocks(item: &Item) -> Vec<Finding> {
    let wanted: &[&str] = match item.kind {
        Kind::Guide => &GUIDE_BLOCKS,
        Kind::Kit => &KIT_BLOCKS,
        _ => &[],
    };
    let has = |id: &str| item.published().any(|block| block.id == id);
    let mut texts: Vec<String> = wanted
        .iter()
        .filter(|id| !has(id))
        .map(|id| format!("the block {id} is missing or a draft: every item of this kind has it"))
        .collect();
    let count = item.published().count();
    if item.kind == Kind::Checks && item.id == "checks" && count != CHECKS {
        texts.push(format!(
            "there are {CHECKS} checks, a block each; here are {count}"
        ));
    }
    if count == 0 {
        texts.push("nothing in it may be published: it needs a fact or advice".to_owned());
    }
    if item.kind == Kind::Alert && item.from.is_none() {
        texts.push("a warning says from which day it holds: from = 2026-11-23".to_owned());
    }
    texts
        .into_iter()
        .map(|text| Finding::new(&item.file, 0, Rule::NeededBlock, text))
        .collect()
}

/// A place where an id stands: file, line, id.
type Place<'a> = (&'a str, usize, &'a str);

fn duplicates(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let register = |file: &'static str, id| (file, source.line_of(file, id), id);
    let items = source
        .items
        .iter()
        .map(|item| (item.file.as_str(), 0, item.id.as_str()));
    let quizzes = source
        .quizzes
        .iter()
        .map(|quiz| (quiz_file(source, quiz), 0, quiz.id.as_str()));
    let entries = source
        .directory
        .iter()
        .map(|it| register("directory.toml", &it.id));
    findings.extend(twice(items.chain(quizzes).chain(entries)));
    findings.extend(twice(
        source
            .topics
            .iter()
            .map(|it| register("topics.toml", &it.id)),
    ));
    findings.extend(twice(
        source
            .languages
            .iter()
            .map(|it| register("languages.toml", &it.id)),
    ));
    findings.extend(twice(
        source
            .audiences
            .iter()
            .map(|it| register("topics.toml", &it.id)),
    ));
    findings.extend(twice(
        source
            .doors
            .iter()
            .map(|it| register("topics.toml", &it.id)),
    ));
    findings.extend(twice(
        source.terms.iter().map(|it| register("terms.toml", &it.id)),
    ));
    findings.extend(twice(
        source
            .sources
            .iter()
            .map(|it| register("sources.toml", &it.id)),
    ));
    for item in &source.items {
        let blocks = item.blocks.iter();
        findings.extend(twice(
            blocks.map(|block| (item.file.as_str(), block.line, block.id.as_str())),
        ));
    }
    for quiz in &source.quizzes {
        let file = quiz_file(source, quiz);
        let places = quiz.questions.iter();
        findings.extend(twice(
            places.map(|it| (file, source.line_of(file, &it.id), it.id.as_str())),
        ));
    }
    findings
}

fn twice<'a>(places: impl Iterator<Item = Place<'a>>) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    places
        .filter(|(_, _, id)| !seen.insert(*id))
        .map(|(file, line, id)| {
            let text = format!("the id {id} stands twice: give one of both another");
            Finding::new(file, line, Rule::Duplicate, text)
        })
        .collect()
}
