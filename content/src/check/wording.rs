//! Words to avoid, and how long sentences and articles may be.

use loive_documents::Lang;
use loive_documents::library::Kind;

use crate::finding::{Finding, Rule};
use crate::item::Item;
use crate::passage::{Passage, Role};
use crate::source::Source;
use crate::words::{
    SENTENCE_MAX_WORDS, STAFF_SENTENCE_MAX_WORDS, bare, find_row, has_row, sentences, tokens,
    unquoted,
};

/// The longest summary, in characters.
pub const SUMMARY_MAX_CHARS: usize = 160;
/// The fewest and most Vietnamese syllables of an article.
const ARTICLE_MIN_WORDS: usize = 150;
const ARTICLE_MAX_WORDS: usize = 280;
/// Words of two syllables, one of which alone may be a word to avoid.
const COMPOUNDS: [&str; 6] = [
    "miễn phí",
    "chi phí",
    "học phí",
    "trang trại",
    "dại dột",
    "cơ quan điều tra",
];

pub(super) fn check(source: &Source, passages: &[Passage<'_>]) -> Vec<Finding> {
    let avoided = Avoided::new(source);
    let mut findings = Vec::new();
    for passage in passages {
        if passage.lang == Lang::Vi {
            findings.extend(avoided.find(passage));
        }
        if passage.role != Role::Name {
            findings.extend(long_sentences(passage));
        }
        if passage.role == Role::Summary && passage.text.chars().count() > SUMMARY_MAX_CHARS {
            let text = format!(
                "the summary has {} characters, at most {SUMMARY_MAX_CHARS}: shorten it",
                passage.text.chars().count()
            );
            findings.push(Finding::new(passage.file, passage.line, Rule::Length, text));
        }
    }
    findings.extend(article_lengths(source, passages));
    findings
}

/// The words that `terms.toml` says to avoid.
struct Avoided<'a> {
    /// In small letters: the words, what stands in the file, what to say.
    rows: Vec<(Vec<String>, &'a str, &'a str)>,
    /// Words in which an avoided one may stand.
    harmless: Vec<Vec<String>>,
}

impl<'a> Avoided<'a> {
    fn new(source: &'a Source) -> Self {
        let mut rows = Vec::new();
        let mut harmless: Vec<Vec<String>> = COMPOUNDS.iter().map(|words| bare(words)).collect();
        for term in &source.terms {
            let rows_of = term
                .avoid_vi
                .iter()
                .map(|it| (bare(it), it.as_str(), term.vi.as_str()));
            rows.extend(rows_of.filter(|(row, _, _)| !row.is_empty()));
            harmless.extend(term.vi.split(',').map(bare));
        }
        harmless.retain(|row| !row.is_empty());
        Self { rows, harmless }
    }

    fn find(&self, passage: &Passage<'_>) -> Vec<Finding> {
        let mut findings = Vec::new();
        for run in &passage.runs {
            // Between quotation marks an article may warn of a word.
            let words = bare(&unquoted(run));
            for (row, avoided, better) in &self.rows {
                if self.stands_alone(&words, row) {
                    let text = format!("“{avoided}” is avoided: say “{better}”");
                    let line = passage.line_of(run);
                    findings.push(Finding::new(passage.file, line, Rule::AvoidedTerm, text));
                }
            }
        }
        findings
    }

    /// Whether a row stands somewhere other than inside a harmless one.
    fn stands_alone(&self, words: &[String], row: &[String]) -> bool {
        let row: Vec<&str> = row.iter().map(String::as_str).collect();
        if !has_row(words, &row) {
            return false;
        }
        let mut words = words.to_vec();
        for harmless in &self.harmless {
            let harmless: Vec<&str> = harmless.iter().map(String::as_str).collect();
            let holds_it = harmless.len() > row.len()
                && harmless.windows(row.len()).any(|window| window == row);
            while let Some(at) = find_row(&words, &harmless).filter(|_| holds_it) {
                words.splice(at..at + harmless.len(), [String::new()]);
            }
        }
        has_row(&words, &row)
    }
}

fn long_sentences(passage: &Passage<'_>) -> Vec<Finding> {
    let is_for_staff = passage.item.is_some_and(Item::is_for_staff);
    let (vi, en) = if is_for_staff {
        STAFF_SENTENCE_MAX_WORDS
    } else {
        SENTENCE_MAX_WORDS
    };
    let most = match passage.lang {
        Lang::Vi => vi,
        Lang::En => en,
    };
    let mut findings = Vec::new();
    for sentence in passage.runs.iter().flat_map(|run| sentences(run)) {
        let count = tokens(sentence).count();
        if count > most {
            let begin: Vec<&str> = sentence.split_whitespace().take(6).collect();
            let text = format!(
                "the sentence “{} …” has {count} words, at most {most}: make two of it",
                begin.join(" ")
            );
            let line = passage.line_of(sentence);
            findings.push(Finding::new(passage.file, line, Rule::Sentence, text));
        }
    }
    findings
}

/// Vietnamese syllables of the blocks that are published, headings included.
fn article_lengths(source: &Source, passages: &[Passage<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for item in source.items.iter().filter(|it| it.kind == Kind::Article) {
        let is_of_it = |passage: &&Passage<'_>| {
            passage.file == item.file && matches!(passage.role, Role::Fact | Role::Advice)
        };
        let blocks = passages.iter().filter(is_of_it);
        let count: usize = blocks.map(|block| tokens(&block.shown()).count()).sum();
        if !(ARTICLE_MIN_WORDS..=ARTICLE_MAX_WORDS).contains(&count) {
            let text = format!(
                "the article has {count} syllables without its drafts: \
                 make it {ARTICLE_MIN_WORDS} to {ARTICLE_MAX_WORDS}"
            );
            findings.push(Finding::new(&item.file, 0, Rule::Length, text));
        }
    }
    findings
}
