//! The languages of the library: their names, and what there is in each.

use std::collections::{BTreeMap, BTreeSet};

use loive_documents::library::{Fields, ItemView};
use rusqlite::Connection;

use super::list::FIRST_LANG;
use super::view::Lang;
use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::library as rows;
use crate::store::recordings::{self, lengths};

/// The item that holds the list of languages: a block each, by its code.
const LANGUAGES_ITEM: &str = "languages";

/// A language, and what the library has in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LanguageView {
    /// Its code, ISO 639: `vi`, `hnj`.
    pub code: String,
    /// Its name; the code where the hotline's list has none.
    pub name: String,
    /// Items that have words in it.
    pub items: u32,
    /// Blocks that have a recording in it.
    pub recordings: u32,
    /// All of its recordings, in bytes.
    pub bytes: u64,
    /// So many of these bytes are on this phone.
    pub bytes_here: u64,
    /// The person wants to hear it: see [`Phone::set_listening`].
    pub is_wanted: bool,
}

impl Phone {
    /// The languages of the hotline's list in its order, then others in which
    /// there is something; with names in `lang`, or else in Vietnamese. Writes
    /// nothing.
    pub fn languages(&self, lang: &Lang) -> Result<Vec<LanguageView>, PhoneError> {
        self.0.store.read(|connection| {
            let mut found = counted(connection)?;
            let list: Fields = rows::fields(connection, LANGUAGES_ITEM)?.unwrap_or_default();
            let list = ItemView::new(LANGUAGES_ITEM, &list);
            let mut languages = Vec::new();
            for block in list.blocks() {
                let mut one = found.remove(block.id).unwrap_or_default();
                let name = list
                    .text(lang, block.id)
                    .or_else(|| list.text(FIRST_LANG, block.id));
                name.unwrap_or(block.id).clone_into(&mut one.name);
                block.id.clone_into(&mut one.code);
                languages.push(one);
            }
            languages.extend(found.into_iter().map(|(code, one)| LanguageView {
                name: code.clone(),
                code,
                ..one
            }));
            Ok(languages)
        })
    }
}

/// What there is in each language, by code.
fn counted(connection: &Connection) -> Result<BTreeMap<String, LanguageView>, PhoneError> {
    let mut found: BTreeMap<String, LanguageView> = BTreeMap::new();
    let mut statement =
        connection.prepare_cached("SELECT lang, count(*) FROM library_lines GROUP BY lang")?;
    let mut lines = statement.query([])?;
    while let Some(row) = lines.next()? {
        let items = u32::try_from(row.get::<_, i64>(1)?).unwrap_or(u32::MAX);
        found.entry(row.get(0)?).or_default().items = items;
    }
    let here = recordings::here(connection)?;
    // The same sound in two blocks is fetched once.
    let mut seen = BTreeSet::new();
    for one in recordings::all(connection)? {
        let language = found.entry(one.lang.clone()).or_default();
        language.recordings += 1;
        for (hash, bytes) in lengths(&one.recording) {
            if !seen.insert((one.lang.clone(), *hash)) {
                continue;
            }
            language.bytes += bytes;
            if here.contains(hash) {
                language.bytes_here += bytes;
            }
        }
    }
    for lang in recordings::heard(connection)? {
        found.entry(lang).or_default().is_wanted = true;
    }
    Ok(found)
}
