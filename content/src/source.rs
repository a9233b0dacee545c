//! Reads the whole library from its folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use loive_documents::library::Kind;
use serde::de::DeserializeOwned;

use crate::finding::{Finding, Rule};
use crate::item::{BlockSpec, BlockText, Class, Item, Translation};
use crate::parse::{self, Original, RawBlock, Translated, Unreadable};
use crate::registers::{
    Alias, Audience, DirectoryFile, Door, Entry, Language, LanguagesFile, Quiz, SourceRef,
    SourcesFile, Term, TermsFile, Topic, TopicsFile, day,
};

/// The largest file that is read.
const FILE_MAX_BYTES: u64 = 512 * 1024;
/// The folders of Markdown files, and what stands in each.
const FOLDERS: [(&str, Kind); 5] = [
    ("alerts", Kind::Alert),
    ("articles", Kind::Article),
    ("checks", Kind::Checks),
    ("guides", Kind::Guide),
    ("kits", Kind::Kit),
];
/// The files that the others refer to.
pub(crate) const REGISTERS: [&str; 5] = [
    "directory.toml",
    "languages.toml",
    "sources.toml",
    "terms.toml",
    "topics.toml",
];
/// The list of drawings that are still to be made.
pub(crate) const WANTED_PICTURES: &str = "pictures/wanted.toml";
/// The languages in which everything exists, the original first.
const LANGS: [&str; 2] = ["vi", "en"];

/// The library as it was read.
#[derive(Debug, Default)]
pub struct Source {
    /// Articles, guides, kits, the checks and warnings, by their id.
    pub items: Vec<Item>,
    /// Who helps, in the order of the file.
    pub directory: Vec<Entry>,
    /// The quizzes, by their file.
    pub quizzes: Vec<Quiz>,
    /// Topics, in the order of the file.
    pub topics: Vec<Topic>,
    /// Whom items are for, in the order of the file.
    pub audiences: Vec<Audience>,
    /// The doors of the home screen, in order.
    pub doors: Vec<Door>,
    /// The glossary.
    pub terms: Vec<Term>,
    /// What people type, and the words of today.
    pub aliases: Vec<Alias>,
    /// Languages, in the order of the file.
    pub languages: Vec<Language>,
    /// The register of sources.
    pub sources: Vec<SourceRef>,
    /// The names of the drawings, without `.svg`.
    pub pictures: BTreeSet<String>,
    /// Drawings that are still to be made, and what each shows.
    pub wanted_pictures: BTreeMap<String, String>,
    /// Ids that have a file, but one that could not be read; for a translation
    /// with its language, `a01.en`.
    pub(crate) unread: BTreeSet<String>,
    /// The TOML files as they stand, to find the line of an id.
    pub(crate) texts: BTreeMap<String, String>,
}

impl Source {
    /// Reads a library from its folder.
    ///
    /// # Errors
    /// Everything that is not in the form of the README.
    pub fn read(dir: &Path) -> Result<Self, Vec<Finding>> {
        let (source, findings) = Self::read_what_can_be(dir);
        if findings.is_empty() {
            Ok(source)
        } else {
            Err(findings)
        }
    }

    /// Reads what can be read, and says what could not.
    pub(crate) fn read_what_can_be(dir: &Path) -> (Self, Vec<Finding>) {
        let mut reader = Reader {
            dir,
            source: Self::default(),
            findings: Vec::new(),
        };
        for (folder, kind) in FOLDERS {
            reader.folder(folder, kind);
        }
        reader.quizzes();
        reader.registers();
        reader.pictures();
        (reader.source, reader.findings)
    }

    /// The line on which an id stands in a TOML file; 0 if it is not found.
    pub(crate) fn line_of(&self, file: &str, id: &str) -> usize {
        let Some(text) = self.texts.get(file) else {
            return 0;
        };
        let is_it = |line: &str| {
            let value = line.trim_start().strip_prefix("id");
            let value = value.and_then(|rest| rest.trim_start().strip_prefix('='));
            value.is_some_and(|rest| rest.trim().trim_matches(['"', '\'']) == id)
        };
        let found = (1..).zip(text.lines()).find(|(_, line)| is_it(line));
        found.map_or(0, |(line, _)| line)
    }
}

struct Reader<'a> {
    dir: &'a Path,
    source: Source,
    findings: Vec<Finding>,
}

/// The files of an item: language, path and text.
type Files = BTreeMap<String, (String, String)>;

impl Reader<'_> {
    /// The names in a folder, sorted. None where there is no such folder.
    fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.dir.join(folder)).into_iter().flatten();
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| !name.starts_with('.'))
            .collect();
        names.sort();
        names
    }

    fn text(&mut self, file: &str) -> Option<String> {
        let path = self.dir.join(file);
        let is_small = |path: &Path| fs::metadata(path).map(|it| it.len() <= FILE_MAX_BYTES);
        let problem = match (is_small(&path), fs::read_to_string(&path)) {
            (Ok(true), Ok(text)) => return Some(text),
            (Ok(false), _) => "the file is too large",
            _ => "the file is missing, or not UTF-8 text",
        };
        self.findings
            .push(Finding::new(file, 0, Rule::Form, problem));
        None
    }

    fn unreadable(&mut self, file: &str, problems: Vec<Unreadable>) {
        let finding = |it: Unreadable| Finding::new(file, it.line, Rule::Form, it.text);
        self.findings.extend(problems.into_iter().map(finding));
    }

    fn stray(&mut self, file: &str, text: &str) {
        self.findings.push(Finding::new(file, 0, Rule::Name, text));
    }

    fn folder(&mut self, folder: &str, kind: Kind) {
        let mut files: BTreeMap<String, Files> = BTreeMap::new();
        for name in self.names(folder) {
            let path = format!("{folder}/{name}");
            let Some((id, lang)) = name_parts(&name) else {
                self.stray(&path, "a file here is named like a01.vi.md or a01.en.md");
                continue;
            };
            self.source.unread.insert(id.clone());
            if let Some(text) = self.text(&path) {
                files.entry(id).or_default().insert(lang, (path, text));
            }
        }
        for (id, files) in files {
            if let Some(item) = self.item(&id, kind, files) {
                self.source.unread.remove(&id);
                self.source.items.push(item);
            }
        }
    }

    fn item(&mut self, id: &str, kind: Kind, mut files: Files) -> Option<Item> {
        let Some((path, text)) = files.remove("vi") else {
            let (path, _) = files.into_values().next()?;
            let text = format!("the original, {id}.vi.md, is missing: write it first");
            self.findings
                .push(Finding::new(&path, 0, Rule::Language, text));
            return None;
        };
        let (front, blocks) = match parse::file::<Original>(&text) {
            Ok(read) => read,
            Err(problems) => {
                self.unreadable(&path, problems);
                return None;
            }
        };
        if front.kind != kind {
            let text = format!("this folder is for kind = {:?}", kind.code());
            self.stray(&path, &text);
        }
        self.compare(&path, id, "vi", &front.id, &front.lang);
        let from = match front.from.as_ref().map(day).transpose() {
            Ok(from) => from,
            Err(text) => {
                self.findings.push(Finding::new(&path, 0, Rule::Form, text));
                None
            }
        };
        let mut item = Item {
            id: id.to_owned(),
            file: path.clone(),
            kind,
            topics: front.topics,
            audience: front.audience,
            sources: front.sources,
            checked_on: front.checked_on,
            review: front.review,
            related: front.related,
            picture: front.picture,
            country: front.country.0,
            provinces: front.provinces.0,
            from,
            blocks: self.specs(&path, &blocks),
            translations: BTreeMap::new(),
        };
        let original = Translation {
            file: path,
            title: front.title,
            summary: front.summary,
            review: front.review,
            blocks: blocks.into_iter().map(BlockText::from).collect(),
        };
        item.translations.insert("vi".to_owned(), original);
        for (lang, (path, text)) in files {
            match self.translation(id, &lang, path, &text) {
                Some(translation) => _ = item.translations.insert(lang, translation),
                None => _ = self.source.unread.insert(format!("{id}.{lang}")),
            }
        }
        Some(item)
    }

    fn specs(&mut self, path: &str, blocks: &[RawBlock]) -> Vec<BlockSpec> {
        let mut specs = Vec::new();
        for block in blocks {
            let class = block.class.clone().unwrap_or_else(|| {
                let text = format!(
                    "the original says what the block {} is: .fact with a source, .advice or .draft",
                    block.id
                );
                self.findings
                    .push(Finding::new(path, block.line, Rule::Form, text));
                Class::Draft { sources: vec![] }
            });
            specs.push(BlockSpec {
                id: block.id.clone(),
                class,
                line: block.line,
            });
        }
        specs
    }

    fn translation(
        &mut self,
        id: &str,
        lang: &str,
        path: String,
        text: &str,
    ) -> Option<Translation> {
        let (front, blocks) = match parse::file::<Translated>(text) {
            Ok(read) => read,
            Err(problems) => {
                self.unreadable(&path, problems);
                return None;
            }
        };
        self.compare(&path, id, lang, &front.id, &front.lang);
        for block in blocks.iter().filter(|block| block.class.is_some()) {
            let text = "class and sources stand once, in the original: write {#id} alone";
            self.findings
                .push(Finding::new(&path, block.line, Rule::Form, text));
        }
        Some(Translation {
            file: path,
            title: front.title,
            summary: front.summary,
            review: front.review,
            blocks: blocks.into_iter().map(BlockText::from).collect(),
        })
    }

    /// A file says of itself what its name says.
    fn compare(&mut self, path: &str, id: &str, lang: &str, id_inside: &str, lang_inside: &str) {
        if id != id_inside || lang != lang_inside {
            let text =
                format!("the front matter says {id_inside}.{lang_inside}: rename one of both");
            self.stray(path, &text);
        }
    }

    fn quizzes(&mut self) {
        for name in self.names("quizzes") {
            let path = format!("quizzes/{name}");
            let Some(id) = name.strip_suffix(".toml").filter(|id| parse::is_id(id)) else {
                self.stray(&path, "a quiz is a file like q1.toml");
                continue;
            };
            let Some(quiz) = self.toml::<Quiz>(&path) else {
                self.source.unread.insert(id.to_owned());
                continue;
            };
            if quiz.id != id {
                self.stray(
                    &path,
                    "id and name of the file are not the same: rename one of both",
                );
            }
            self.source.quizzes.push(quiz);
        }
    }

    fn pictures(&mut self) {
        for name in self.names("pictures") {
            let path = format!("pictures/{name}");
            match name.strip_suffix(".svg") {
                Some(picture) => _ = self.source.pictures.insert(picture.to_owned()),
                None if path == WANTED_PICTURES => {
                    self.source.wanted_pictures = self.toml(&path).unwrap_or_default();
                }
                None => self.stray(&path, "a picture is an .svg"),
            }
        }
    }

    fn registers(&mut self) {
        let sources: SourcesFile = self.toml("sources.toml").unwrap_or_default();
        self.source.sources = sources.source;
        let topics: TopicsFile = self.toml("topics.toml").unwrap_or_default();
        self.source.topics = topics.topic;
        self.source.audiences = topics.audience;
        self.source.doors = topics.door;
        let terms: TermsFile = self.toml("terms.toml").unwrap_or_default();
        self.source.terms = terms.term;
        self.source.aliases = terms.alias;
        let languages: LanguagesFile = self.toml("languages.toml").unwrap_or_default();
        self.source.languages = languages.language;
        let directory: DirectoryFile = self.toml("directory.toml").unwrap_or_default();
        self.source.directory = directory.entry;
    }

    fn toml<T: DeserializeOwned>(&mut self, path: &str) -> Option<T> {
        let text = self.text(path)?;
        let read = parse::toml(&text, 1);
        self.source.texts.insert(path.to_owned(), text);
        match read {
            Ok(value) => Some(value),
            Err(problem) => {
                self.unreadable(path, vec![problem]);
                None
            }
        }
    }
}

/// Takes `a01.vi.md` apart.
fn name_parts(name: &str) -> Option<(String, String)> {
    let (id, lang) = name.strip_suffix(".md")?.rsplit_once('.')?;
    let is_known = parse::is_id(id) && LANGS.contains(&lang);
    is_known.then(|| (id.to_owned(), lang.to_owned()))
}

impl From<RawBlock> for BlockText {
    fn from(block: RawBlock) -> Self {
        Self {
            id: block.id,
            line: block.text_line,
            text: block.text,
        }
    }
}
