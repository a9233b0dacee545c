//! Every text of the library with what it is, so that a rule on words looks at
//! all of them alike.

use loive_documents::Lang;

use crate::item::{Class, Item};
use crate::registers::{Both, Quiz};
use crate::source::Source;
use crate::words::runs;

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A title of an item or quiz.
    Title,
    /// A summary.
    Summary,
    /// A block with a source, or a question whose answer has one.
    Fact,
    /// A block without, or anything in a quiz that has none.
    Advice,
    /// A result of a quiz, or what is advised for one of its questions.
    Result,
    /// A name or note in a register or the directory.
    Name,
}

/// A text that is published.
pub(crate) struct Passage<'a> {
    /// The file, from the library's folder on.
    pub(crate) file: &'a str,
    /// The line on which it begins; 0 where it is not known.
    pub(crate) line: usize,
    pub(crate) lang: Lang,
    pub(crate) role: Role,
    /// The item of which it is a part, where it is one of Markdown.
    pub(crate) item: Option<&'a Item>,
    /// The id of its block, or of what it names.
    pub(crate) id: &'a str,
    /// As it stands in the file.
    pub(crate) text: &'a str,
    /// Its words as shown: the heading, a paragraph, a point each.
    pub(crate) runs: Vec<String>,
}

impl Passage<'_> {
    /// All its words as shown.
    pub(crate) fn shown(&self) -> String {
        self.runs.join(" \n")
    }

    /// The line on which some words of it stand.
    pub(crate) fn line_of(&self, words: &str) -> usize {
        let begin: String = words.trim().chars().take(12).collect();
        let found = self.text.lines().position(|line| line.contains(&begin));
        match self.line {
            0 => 0,
            line => line + found.unwrap_or_default(),
        }
    }
}

/// Every text that is published.
pub(crate) fn passages(source: &Source) -> Vec<Passage<'_>> {
    let mut found = Vec::new();
    for item in &source.items {
        of_item(item, &mut found);
    }
    let mut files = Vec::new();
    for quiz in &source.quizzes {
        of_quiz(source, quiz, &mut files);
    }
    of_registers(source, &mut files);
    found.extend(files);
    found
}

fn of_item<'a>(item: &'a Item, found: &mut Vec<Passage<'a>>) {
    for lang in Lang::ALL {
        let Some(words) = item.words(lang) else {
            continue;
        };
        let mut add = |line, role, id, text: &'a str, runs| {
            found.push(Passage {
                file: &words.file,
                line,
                lang,
                role,
                item: Some(item),
                id,
                text,
                runs,
            });
        };
        let whole = |text: &String| vec![text.clone()];
        add(0, Role::Title, "title", &words.title, whole(&words.title));
        add(
            0,
            Role::Summary,
            "summary",
            &words.summary,
            whole(&words.summary),
        );
        for block in item.published() {
            let Some(written) = words.block(&block.id) else {
                continue;
            };
            let role = match block.class {
                Class::Fact { .. } => Role::Fact,
                Class::Advice | Class::Draft { .. } => Role::Advice,
            };
            let runs = runs(&written.text);
            add(written.line, role, &block.id, &written.text, runs);
        }
    }
}

/// Adds the two languages of a text. The line is that of its id.
struct Adder<'a, 'f> {
    file: &'a str,
    found: &'f mut Vec<Passage<'a>>,
    source: &'a Source,
}

impl<'a> Adder<'a, '_> {
    fn both(&mut self, role: Role, id: &'a str, vi: &'a str, en: &'a str) {
        let line = self.source.line_of(self.file, id);
        for (lang, text) in [(Lang::Vi, vi), (Lang::En, en)] {
            self.found.push(Passage {
                file: self.file,
                line,
                lang,
                role,
                item: None,
                id,
                text,
                runs: runs(text),
            });
        }
    }

    fn optional(&mut self, role: Role, id: &'a str, both: Option<&'a Both>) {
        if let Some(both) = both {
            self.both(role, id, &both.vi, &both.en);
        }
    }
}

fn of_quiz<'a>(source: &'a Source, quiz: &'a Quiz, found: &mut Vec<Passage<'a>>) {
    let file = quiz_file(source, quiz);
    let mut adder = Adder {
        file,
        found,
        source,
    };
    adder.both(Role::Title, &quiz.id, &quiz.title.vi, &quiz.title.en);
    adder.both(Role::Advice, &quiz.id, &quiz.intro.vi, &quiz.intro.en);
    for question in &quiz.questions {
        let role = if question.source.is_empty() {
            Role::Advice
        } else {
            Role::Fact
        };
        adder.both(role, &question.id, &question.vi, &question.en);
        adder.optional(role, &question.id, question.explain.as_ref());
        adder.optional(Role::Result, &question.id, question.advice.as_ref());
    }
    for band in &quiz.bands {
        adder.both(Role::Result, &quiz.id, &band.vi, &band.en);
    }
}

/// The file of a quiz.
pub(crate) fn quiz_file<'a>(source: &'a Source, quiz: &Quiz) -> &'a str {
    let name = format!("quizzes/{}.toml", quiz.id);
    let found = source.texts.get_key_value(&name);
    found.map_or("quizzes", |(file, _)| file.as_str())
}

fn of_registers<'a>(source: &'a Source, found: &mut Vec<Passage<'a>>) {
    let mut adder = Adder {
        file: "directory.toml",
        found,
        source,
    };
    for entry in &source.directory {
        adder.both(Role::Name, &entry.id, &entry.vi, &entry.en);
        if let (Some(vi), Some(en)) = (&entry.hours_vi, &entry.hours_en) {
            adder.both(Role::Name, &entry.id, vi, en);
        }
        for number in &entry.numbers {
            if let (Some(vi), Some(en)) = (&number.label_vi, &number.label_en) {
                adder.both(Role::Name, &entry.id, vi, en);
            }
        }
    }
    adder.file = "topics.toml";
    for topic in &source.topics {
        adder.both(Role::Name, &topic.id, &topic.vi, &topic.en);
    }
    for audience in &source.audiences {
        adder.both(Role::Name, &audience.id, &audience.vi, &audience.en);
    }
    for door in &source.doors {
        adder.both(Role::Name, &door.id, &door.vi, &door.en);
    }
}
