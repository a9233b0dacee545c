//! From the source form to the documents of the library.

use std::collections::BTreeMap;

use loive_documents::library::{Fields, Kind, keys};
use loive_documents::{Indicator, Lang, Phase, Weight, indicators};

use crate::item::{Class, Item};
use crate::registers::{Entry, Language, Quiz, Scope, Status};
use crate::source::Source;

impl Source {
    /// Every document that the library has, by id. Drafts are in documents of
    /// their own, whose ids end in [`keys::DRAFT_SUFFIX`].
    pub fn documents(&self) -> BTreeMap<String, Fields> {
        let mut documents = BTreeMap::new();
        for item in &self.items {
            documents.insert(item.id.clone(), article(item, Class::is_published));
            let drafts = article(item, |class| !class.is_published());
            if drafts.contains_key(keys::BLOCKS) {
                documents.insert(format!("{}{}", item.id, keys::DRAFT_SUFFIX), drafts);
            }
        }
        // Whatever else is asked: what is not public is in no document.
        let public = |entry: &&Entry| entry.status != Status::NotPublic;
        for entry in self.directory.iter().filter(public) {
            documents.insert(entry.id.clone(), self::entry(entry));
        }
        for quiz in &self.quizzes {
            documents.insert(quiz.id.clone(), self::quiz(quiz));
        }
        for (id, fields) in [
            ("doors", self.doors()),
            ("topics", self.topics()),
            ("sources", self.sources()),
            ("terms", self.terms()),
            ("aliases", self.aliases()),
            ("languages", self.languages()),
            ("flags", flags()),
        ] {
            documents.insert(id.to_owned(), fields);
        }
        let drafts = format!("languages{}", keys::DRAFT_SUFFIX);
        documents.insert(drafts, self.provinces_of_languages());
        documents
    }

    fn doors(&self) -> Fields {
        let mut writer = Writer::new(Kind::Doors);
        for door in &self.doors {
            let values = [
                ("first", door.first.join(",")),
                ("topics", door.topics.join(",")),
                ("audience", door.audience.join(",")),
            ];
            writer.block(&door.id, &spec("door", &values));
            writer.both(&door.id, &door.vi, &door.en);
        }
        writer.finish()
    }

    fn topics(&self) -> Fields {
        let mut writer = Writer::new(Kind::Topics);
        for topic in &self.topics {
            let picture = topic.picture.clone().unwrap_or_default();
            let values = [("plan", topic.plan.clone()), ("picture", picture)];
            writer.block(&topic.id, &spec("topic", &values));
            writer.both(&topic.id, &topic.vi, &topic.en);
        }
        for audience in &self.audiences {
            writer.block(&audience.id, "audience");
            writer.both(&audience.id, &audience.vi, &audience.en);
        }
        writer.finish()
    }

    /// Only those that something stands on.
    fn sources(&self) -> Fields {
        let mut writer = Writer::new(Kind::Sources);
        let is_named = |id: &str| {
            let by_items = self.items.iter().flat_map(|item| &item.sources);
            let by_entries = self.directory.iter().flat_map(|entry| &entry.source);
            let by_questions = self
                .quizzes
                .iter()
                .flat_map(|quiz| &quiz.questions)
                .flat_map(|question| &question.source);
            by_items
                .chain(by_entries)
                .chain(by_questions)
                .any(|named| named == id)
        };
        for source in self.sources.iter().filter(|source| is_named(&source.id)) {
            writer.block(&source.id, "source");
            writer.text(Lang::Vi, &source.id, &source.title);
            writer.put(format!("urls.{}", source.id), source.urls.join(" "));
        }
        writer.finish()
    }

    fn terms(&self) -> Fields {
        let mut writer = Writer::new(Kind::Terms);
        for term in &self.terms {
            writer.block(&term.id, "term");
            writer.both(&term.id, &term.vi, &term.en);
        }
        writer.finish()
    }

    fn languages(&self) -> Fields {
        let mut writer = Writer::new(Kind::Languages);
        for language in &self.languages {
            writer.block(&language.id, "language");
            writer.both(&language.id, &language.vi, &language.en);
        }
        writer.finish()
    }

    /// Where they are supposed to be spoken: nobody has checked it.
    fn provinces_of_languages(&self) -> Fields {
        let mut writer = Writer::new(Kind::Languages);
        let supposed = |it: &&Language| !it.draft_provinces.is_empty();
        for language in self.languages.iter().filter(supposed) {
            let provinces = [("provinces", language.draft_provinces.join(","))];
            writer.block(&language.id, &spec("draft", &provinces));
        }
        writer.finish()
    }

    fn aliases(&self) -> Fields {
        let mut writer = Writer::new(Kind::Aliases);
        for (index, alias) in self.aliases.iter().enumerate() {
            let id = format!("n{}", index + 1);
            writer.block(&id, "alias");
            writer.put(format!("from.{id}"), alias.from.clone());
            writer.put(format!("to.{id}"), alias.to.clone());
            let note = |note: &Option<String>| note.clone().unwrap_or_default();
            writer.both(&id, &note(&alias.note_vi), &note(&alias.note_en));
        }
        writer.finish()
    }
}

/// Strings under their keys. Empty ones are left out.
struct Writer {
    fields: Fields,
    blocks: Vec<String>,
}

impl Writer {
    fn new(kind: Kind) -> Self {
        let mut writer = Self {
            fields: Fields::new(),
            blocks: Vec::new(),
        };
        writer.put(keys::KIND, kind.code());
        writer
    }

    fn put(&mut self, key: impl Into<String>, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.fields.insert(key.into(), text);
        }
    }

    fn block(&mut self, id: &str, spec: &str) {
        self.blocks.push(id.to_owned());
        self.put(keys::block(id), spec);
    }

    fn text(&mut self, lang: Lang, block: &str, text: &str) {
        self.put(keys::text(lang.code(), block), text);
    }

    fn both(&mut self, block: &str, vi: &str, en: &str) {
        self.text(Lang::Vi, block, vi);
        self.text(Lang::En, block, en);
    }

    fn titles(&mut self, vi: &str, en: &str) {
        self.put(keys::title(Lang::Vi.code()), vi);
        self.put(keys::title(Lang::En.code()), en);
    }

    fn finish(mut self) -> Fields {
        let blocks = self.blocks.join(" ");
        self.put(keys::BLOCKS, blocks);
        self.fields
    }
}

/// A role and its values; those that are empty are left out.
fn spec(role: &str, values: &[(&str, String)]) -> String {
    let values = values
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| format!(" {key}={value}"));
    std::iter::once(role.to_owned()).chain(values).collect()
}

fn yes(is: bool) -> String {
    if is { "yes" } else { "" }.to_owned()
}

fn article(item: &Item, wanted: impl Fn(&Class) -> bool) -> Fields {
    let mut writer = Writer::new(item.kind);
    for (key, value) in [
        (keys::TOPICS, item.topics.join(" ")),
        (keys::AUDIENCE, item.audience.join(" ")),
        (keys::SOURCES, sources_of(item, &wanted)),
        (keys::CHECKED_ON, item.checked_on.clone()),
        (keys::REVIEW, item.review.code().to_owned()),
        (keys::RELATED, item.related.join(" ")),
        (keys::PICTURE, item.picture.clone().unwrap_or_default()),
        (keys::COUNTRY, item.country.join(" ")),
        (keys::PROVINCES, item.provinces.join(" ")),
        (keys::FROM, item.from.clone().unwrap_or_default()),
    ] {
        writer.put(key, value);
    }
    for block in item.blocks.iter().filter(|block| wanted(&block.class)) {
        writer.block(&block.id, &block.class.spec());
    }
    for (lang, words) in &item.translations {
        writer.put(keys::title(lang), words.title.clone());
        writer.put(keys::summary(lang), words.summary.clone());
        for text in &words.blocks {
            if writer.blocks.contains(&text.id) {
                writer.put(keys::text(lang, &text.id), text.text.trim());
            }
        }
    }
    writer.finish()
}

/// Those that the blocks of this document name, in the order of the item.
fn sources_of(item: &Item, wanted: impl Fn(&Class) -> bool) -> String {
    let blocks = || item.blocks.iter().filter(|block| wanted(&block.class));
    let named: Vec<&str> = item
        .sources
        .iter()
        .filter(|id| blocks().any(|block| block.class.sources().contains(id)))
        .map(String::as_str)
        .collect();
    named.join(" ")
}

fn entry(entry: &Entry) -> Fields {
    let mut writer = Writer::new(Kind::Entry);
    writer.titles(&entry.vi, &entry.en);
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    for (key, value) in [
        ("cost", text(&entry.cost)),
        ("recorded", yes(entry.recorded == Some(true))),
        ("scope", scope(entry.scope).to_owned()),
        (keys::COUNTRY, entry.country.join(" ")),
        ("needs", entry.needs.join(" ")),
        ("status", status(entry.status).to_owned()),
        ("emergency", yes(entry.emergency)),
        ("email", text(&entry.email)),
        ("web", text(&entry.web)),
        (keys::SOURCES, entry.source.join(" ")),
        (keys::CHECKED_ON, entry.checked_on.clone()),
    ] {
        writer.put(key, value);
    }
    for (index, number) in entry.numbers.iter().enumerate() {
        let id = format!("n{}", index + 1);
        writer.block(&id, &spec("number", &[("dial", number.dialled())]));
        let shown = |label: &Option<String>| match label {
            Some(label) => format!("{} ({label})", number.number),
            None => number.number.clone(),
        };
        writer.both(&id, &shown(&number.label_vi), &shown(&number.label_en));
    }
    if entry.hours_vi.is_some() || entry.hours_en.is_some() {
        writer.block("hours", "hours");
        writer.both("hours", &text(&entry.hours_vi), &text(&entry.hours_en));
    }
    writer.finish()
}

const fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::Nationwide => "nationwide",
        Scope::Abroad => "abroad",
        Scope::Province => "province",
        Scope::Commune => "commune",
    }
}

const fn status(status: Status) -> &'static str {
    match status {
        Status::Verified => "verified",
        Status::Recheck => "recheck",
        Status::Placeholder | Status::NotPublic => "placeholder",
    }
}

fn quiz(quiz: &Quiz) -> Fields {
    let mut writer = Writer::new(Kind::Quiz);
    writer.titles(&quiz.title.vi, &quiz.title.en);
    writer.put(keys::summary(Lang::Vi.code()), quiz.intro.vi.clone());
    writer.put(keys::summary(Lang::En.code()), quiz.intro.en.clone());
    writer.put(keys::QUIZ, quiz.kind.clone());
    let mut more = Vec::new();
    for question in &quiz.questions {
        let number = |number: Option<u32>| number.map(|it| it.to_string()).unwrap_or_default();
        let key = question.key.map(|key| key.to_string());
        let values = [
            ("weight", number(question.weight)),
            ("indicator", question.indicator.clone().unwrap_or_default()),
            ("forces", yes(question.forces)),
            ("abroad", yes(question.forces_no_for_abroad)),
            ("key", key.unwrap_or_default()),
            ("source", question.source.join(",")),
            ("see", question.see.join(",")),
        ];
        writer.block(&question.id, &spec("question", &values));
        writer.both(&question.id, &question.vi, &question.en);
        if let Some(words) = question.advice.as_ref().or(question.explain.as_ref()) {
            more.push((format!("{}-more", question.id), words.clone()));
        }
    }
    for (index, band) in quiz.bands.iter().enumerate() {
        let id = format!("band-{}", index + 1);
        let values = [
            ("from", band.from.to_string()),
            ("level", band.level.clone()),
            ("see", band.see.join(",")),
        ];
        writer.block(&id, &spec("band", &values));
        writer.both(&id, &band.vi, &band.en);
    }
    // Shown with the result, not between the questions.
    for (id, words) in more {
        writer.block(&id, "more");
        writer.both(&id, &words.vi, &words.en);
    }
    let sources: Vec<&str> = quiz
        .questions
        .iter()
        .flat_map(|question| &question.source)
        .map(String::as_str)
        .collect();
    writer.put(keys::SOURCES, sources.join(" "));
    writer.finish()
}

/// The checklist: its words are those of the form, so that they stand once.
fn flags() -> Fields {
    let mut writer = Writer::new(Kind::Flags);
    writer.titles("Dấu hiệu nhận biết", "Warning signs");
    for sign in indicators() {
        let values = [
            ("phase", phase(sign).to_owned()),
            ("weight", weight(sign).to_owned()),
        ];
        writer.block(sign.id(), &spec("flag", &values));
        writer.both(sign.id(), sign.label(Lang::Vi), sign.label(Lang::En));
    }
    writer.finish()
}

fn phase(sign: &Indicator) -> &'static str {
    match sign.phase() {
        Phase::Recruitment => "recruitment",
        Phase::Transport => "transport",
        Phase::Exploitation => "exploitation",
        Phase::Vulnerability => "vulnerability",
    }
}

fn weight(sign: &Indicator) -> &'static str {
    match sign.weight() {
        Weight::Critical => "critical",
        Weight::Strong => "strong",
        Weight::Medium => "medium",
        Weight::Weak => "weak",
    }
}
