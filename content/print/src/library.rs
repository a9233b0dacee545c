//! The library with its drawings, as it is printed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use loive_content::{Class, Entry, Item, Review, Source, Status, Translation, examine};
use loive_strings::Lang;

use crate::error::PrintError;
use crate::text::Text;

/// The largest drawing that is read.
const PICTURE_MAX_BYTES: usize = 64 * 1024;
/// The number that stands on every sheet, as the directory has it.
pub(crate) const HOTLINE: &str = "111";

/// A library and its drawings.
#[derive(Debug, Default)]
pub struct Library {
    /// Items, quizzes, topics, the directory, the register of sources.
    pub source: Source,
    /// The drawings by their name, without `.svg`.
    pub pictures: BTreeMap<String, String>,
}

/// A block that may be published.
#[derive(Debug, Clone)]
pub(crate) struct Published {
    /// Its id within the item.
    pub(crate) id: String,
    pub(crate) text: Text,
    /// Its sources; none: advice.
    pub(crate) sources: Vec<String>,
    /// Advice that the hotline has not reviewed.
    pub(crate) is_unreviewed: bool,
}

impl Library {
    /// Reads a library from its folder. What may not be published is not
    /// printed either, so a library with findings is refused as a whole.
    ///
    /// # Errors
    /// [`PrintError::NoLibrary`], [`PrintError::NotPublishable`] or
    /// [`PrintError::Picture`].
    pub fn read(dir: &Path) -> Result<Self, PrintError> {
        if !dir.join("topics.toml").is_file() {
            return Err(PrintError::NoLibrary(dir.to_owned()));
        }
        let refuse = |findings| PrintError::NotPublishable {
            dir: dir.to_owned(),
            findings,
        };
        let findings = examine(dir);
        if !findings.is_empty() {
            return Err(refuse(findings.len()));
        }
        let source = Source::read(dir).map_err(|findings| refuse(findings.len()))?;
        let mut pictures = BTreeMap::new();
        for name in &source.pictures {
            let path = dir.join("pictures").join(format!("{name}.svg"));
            let text = fs::read_to_string(&path)
                .ok()
                .filter(|text| text.len() <= PICTURE_MAX_BYTES);
            let text = text.ok_or(PrintError::Picture(path))?;
            pictures.insert(name.clone(), text);
        }
        Ok(Self { source, pictures })
    }

    /// An item by its id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.source.items.iter().find(|item| item.id == id)
    }

    /// The hotline's entry of the directory.
    pub(crate) fn hotline(&self) -> Result<&Entry, PrintError> {
        let has_number = |entry: &&Entry| {
            entry.status == Status::Verified && entry.numbers.iter().any(|it| it.number == HOTLINE)
        };
        let entry = self.source.directory.iter().find(has_number);
        entry.ok_or(PrintError::NoHotline(HOTLINE))
    }

    /// The drawing of an item, or else of its first topic that has one.
    pub(crate) fn picture_of<'a>(&'a self, item: &'a Item) -> Option<&'a str> {
        let of_topic = |id: &String| {
            let topic = self.source.topics.iter().find(|topic| topic.id == *id);
            topic?.picture.as_deref()
        };
        let own = item.picture.as_deref();
        let name = own.or_else(|| item.topics.iter().find_map(of_topic))?;
        self.pictures.contains_key(name).then_some(name)
    }
}

/// The words of an item in a language.
pub(crate) fn words_of(item: &Item, lang: Lang) -> Result<&Translation, PrintError> {
    item.translations
        .get(lang.code())
        .ok_or_else(|| PrintError::NoWords {
            id: item.id.clone(),
            lang: lang.code(),
        })
}

/// The blocks of an item that may be published, in order. Drafts never are.
pub(crate) fn published(item: &Item, lang: Lang) -> Result<Vec<Published>, PrintError> {
    let words = words_of(item, lang)?;
    // A translation can lag behind a reviewed original.
    let is_reviewed = item.review == Review::Reviewed && words.review == Review::Reviewed;
    let block = |spec: &loive_content::BlockSpec| {
        Some(Published {
            id: spec.id.clone(),
            text: Text::parse(&words.block(&spec.id)?.text),
            sources: spec.class.sources().to_vec(),
            is_unreviewed: spec.class == Class::Advice && !is_reviewed,
        })
    };
    let blocks: Vec<Published> = item.published().filter_map(block).collect();
    if blocks.is_empty() {
        return Err(PrintError::NoWords {
            id: item.id.clone(),
            lang: lang.code(),
        });
    }
    Ok(blocks)
}
