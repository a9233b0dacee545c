//! Both languages have the same blocks, with words in them.

use loive_documents::Lang;
use loive_documents::places::province;

use crate::finding::{Finding, Rule};
use crate::item::{Item, Translation};
use crate::passage::quiz_file;
use crate::source::Source;

/// Where languages have their names.
const LIST: &str = "languages.toml";

pub(super) fn check(source: &Source) -> Vec<Finding> {
    let mut findings: Vec<Finding> = source
        .items
        .iter()
        .flat_map(|item| of_item(source, item))
        .collect();
    for (file, id, words) in pairs(source) {
        if words.iter().any(|text| text.trim().is_empty()) {
            let line = source.line_of(file, id);
            let text = format!("{id} has no words in one of the languages");
            findings.push(Finding::new(file, line, Rule::Language, text));
        }
    }
    findings.extend(halves(source));
    findings.extend(list(source));
    findings
}

/// The list of languages: codes as ISO 639 has them, provinces that exist, and
/// every language in which something is written.
fn list(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for it in &source.languages {
        let line = source.line_of(LIST, &it.id);
        let mut find = |text: String| {
            findings.push(Finding::new(LIST, line, Rule::Language, text));
        };
        let is_code = (2..=3).contains(&it.id.len())
            && it.id.bytes().all(|letter| letter.is_ascii_lowercase());
        if !is_code {
            let id = &it.id;
            find(format!(
                "{id} is no code of ISO 639: two or three small letters"
            ));
        }
        for code in &it.draft_provinces {
            if province(code).is_none() {
                find(format!(
                    "{} is spoken in {code}, which is no province",
                    it.id
                ));
            }
        }
    }
    let is_listed = |code: &str| source.languages.iter().any(|it| it.id == code);
    let written = source.items.iter().flat_map(|item| &item.translations);
    for (code, words) in written.filter(|(code, _)| !is_listed(code)) {
        let text = format!("{LIST} does not have the language {code}: add it there");
        findings.push(Finding::new(&words.file, 0, Rule::Language, text));
    }
    findings
}

fn of_item(source: &Source, item: &Item) -> Vec<Finding> {
    let mut findings = Vec::new();
    for lang in Lang::ALL {
        let Some(words) = item.words(lang) else {
            let name = format!("{}.{}", item.id, lang.code());
            if !source.unread.contains(&name) {
                let text = format!("{name}.md is missing: translate the item");
                findings.push(Finding::new(&item.file, 0, Rule::Language, text));
            }
            continue;
        };
        let mut empty: Vec<(usize, &str)> = Vec::new();
        for (name, text) in [("title", &words.title), ("summary", &words.summary)] {
            if text.trim().is_empty() {
                empty.push((0, name));
            }
        }
        let blocks = words.blocks.iter().filter(|block| block.text.is_empty());
        empty.extend(blocks.map(|block| (block.line, block.id.as_str())));
        findings.extend(empty.into_iter().map(|(line, name)| {
            let text =
                format!("{name} has no words: write them, or take it away in both languages");
            Finding::new(&words.file, line, Rule::Language, text)
        }));
        findings.extend(parity(item, words));
    }
    findings
}

/// The same blocks in the same order.
fn parity(item: &Item, words: &Translation) -> Vec<Finding> {
    let wanted: Vec<&str> = item.blocks.iter().map(|block| block.id.as_str()).collect();
    let there: Vec<&str> = words.blocks.iter().map(|block| block.id.as_str()).collect();
    let mut findings: Vec<Finding> = wanted
        .iter()
        .filter(|id| !there.contains(id))
        .map(|id| {
            let text = format!("the block {id} is in the original and not here: translate it");
            Finding::new(&words.file, 0, Rule::Parity, text)
        })
        .collect();
    for block in &words.blocks {
        if !wanted.contains(&block.id.as_str()) {
            let text = format!(
                "the block {} is not in the original: add it there",
                block.id
            );
            findings.push(Finding::new(&words.file, block.line, Rule::Parity, text));
        }
    }
    if findings.is_empty() && wanted != there {
        let text = "the blocks stand in another order than in the original: move them";
        findings.push(Finding::new(&words.file, 0, Rule::Parity, text));
    }
    findings
}

/// Words that stand in both languages, with file and id.
type Pair<'a> = (&'a str, &'a str, [&'a str; 2]);

fn pairs(source: &Source) -> Vec<Pair<'_>> {
    let mut found: Vec<Pair<'_>> = Vec::new();
    for it in &source.directory {
        found.push(("directory.toml", &it.id, [&it.vi, &it.en]));
    }
    for it in &source.topics {
        found.push(("topics.toml", &it.id, [&it.vi, &it.en]));
    }
    for it in &source.languages {
        found.push((LIST, &it.id, [&it.vi, &it.en]));
    }
    for it in &source.audiences {
        found.push(("topics.toml", &it.id, [&it.vi, &it.en]));
    }
    for it in &source.doors {
        found.push(("topics.toml", &it.id, [&it.vi, &it.en]));
    }
    for it in &source.terms {
        found.push(("terms.toml", &it.id, [&it.vi, &it.en]));
    }
    for quiz in &source.quizzes {
        let file = quiz_file(source, quiz);
        for both in [&quiz.title, &quiz.intro] {
            found.push((file, &quiz.id, [&both.vi, &both.en]));
        }
        for it in &quiz.questions {
            found.push((file, &it.id, [&it.vi, &it.en]));
            let more = it.advice.iter().chain(&it.explain);
            found.extend(more.map(|both| (file, it.id.as_str(), [both.vi.as_str(), &both.en])));
        }
        for it in &quiz.bands {
            found.push((file, &quiz.id, [&it.vi, &it.en]));
        }
    }
    found
}

/// Optional words of which one language has none.
fn halves(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut compare = |file: &str, id: &str, vi: Option<&String>, en: Option<&String>| {
        if vi.is_some() != en.is_some() {
            let line = source.line_of(file, id);
            let text = format!("{id} has hours, a label or a note in one language only");
            findings.push(Finding::new(file, line, Rule::Language, text));
        }
    };
    for it in &source.directory {
        compare(
            "directory.toml",
            &it.id,
            it.hours_vi.as_ref(),
            it.hours_en.as_ref(),
        );
        for number in &it.numbers {
            let (vi, en) = (number.label_vi.as_ref(), number.label_en.as_ref());
            compare("directory.toml", &it.id, vi, en);
        }
    }
    for it in &source.aliases {
        compare(
            "terms.toml",
            &it.from,
            it.note_vi.as_ref(),
            it.note_en.as_ref(),
        );
    }
    findings
}
