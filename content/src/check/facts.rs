//! Every fact has a source, and one that may be used.

use std::collections::BTreeSet;

use crate::finding::{Finding, Rule};
use crate::item::{Class, Item};
use crate::passage::quiz_file;
use crate::source::Source;

pub(super) fn check(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for item in &source.items {
        for block in &item.blocks {
            if matches!(&block.class, Class::Fact { sources } if sources.is_empty()) {
                let text = format!(
                    "the fact {} names no source: write it behind .fact, or make it advice",
                    block.id
                );
                findings.push(Finding::new(&item.file, block.line, Rule::FactSource, text));
            }
            for id in block.class.sources() {
                findings.extend(usable(source, &item.file, block.line, id));
            }
        }
        findings.extend(list(item));
    }
    for quiz in &source.quizzes {
        let file = quiz_file(source, quiz);
        for question in &quiz.questions {
            for id in &question.source {
                findings.extend(usable(source, file, source.line_of(file, &question.id), id));
            }
        }
    }
    for entry in &source.directory {
        for id in &entry.source {
            let line = source.line_of("directory.toml", &entry.id);
            findings.extend(usable(source, "directory.toml", line, id));
        }
    }
    findings
}

fn usable(source: &Source, file: &str, line: usize, id: &str) -> Option<Finding> {
    let text = match source.sources.iter().find(|known| known.id == id) {
        None => format!("sources.toml has no {id}: add it there, or name another"),
        Some(known) if known.never_use => {
            format!("{id} is known to be wrong and may not be used: name another source")
        }
        Some(_) => return None,
    };
    Some(Finding::new(file, line, Rule::UnknownSource, text))
}

/// The front matter lists the sources of the blocks, and no others.
fn list(item: &Item) -> Option<Finding> {
    let named: BTreeSet<&String> = item
        .blocks
        .iter()
        .flat_map(|block| block.class.sources())
        .collect();
    let listed: BTreeSet<&String> = item.sources.iter().collect();
    if named == listed {
        return None;
    }
    let words: Vec<String> = named.iter().map(|id| format!("{id:?}")).collect();
    let text = format!(
        "sources are those that blocks name: sources = [{}]",
        words.join(", ")
    );
    Some(Finding::new(&item.file, 0, Rule::SourceList, text))
}
