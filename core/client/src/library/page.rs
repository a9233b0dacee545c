//! One item to read.

use loive_documents::library::{Block, Class, Fields, ItemView, keys};
use rusqlite::Connection;

use super::list::{FIRST_LANG, lines, neighbours};
use super::listen::recording_view;
use super::private;
use super::view::{BlockView, ItemPage, Lang, SourceLine};
use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::library as rows;

/// The item that holds the register of sources.
const SOURCES_ITEM: &str = "sources";

impl Phone {
    /// An item to read in `lang`. What does not exist in it is there in
    /// Vietnamese and says so. Writes nothing.
    ///
    /// # Errors
    /// [`PhoneError::NotFound`] if the library has no such item.
    pub fn library_item(&self, id: &str, lang: &Lang) -> Result<ItemPage, PhoneError> {
        self.0.store.read(|connection| page(connection, id, lang))
    }
}

fn page(connection: &Connection, id: &str, lang: &Lang) -> Result<ItemPage, PhoneError> {
    let fields = rows::fields(connection, id)?.ok_or(PhoneError::NotFound)?;
    let view = ItemView::new(id, &fields);
    let line = lines(connection, [id], lang)?
        .pop()
        .ok_or(PhoneError::NotFound)?;
    let (previous, next) = neighbours(connection, id, lang)?;
    Ok(ItemPage {
        line,
        blocks: blocks(connection, &view, lang)?,
        sources: sources(connection, view.list(keys::SOURCES))?,
        checked_on: view.get(keys::CHECKED_ON).map(str::to_owned),
        is_reviewed: view.get(keys::REVIEW) == Some("reviewed"),
        related: lines(connection, view.list(keys::RELATED), lang)?,
        previous,
        next,
        languages: view.languages().into_iter().map(str::to_owned).collect(),
        is_favourite: private::is_favourite(connection, id)?,
    })
}

fn blocks(
    connection: &Connection,
    view: &ItemView<'_>,
    lang: &Lang,
) -> Result<Vec<BlockView>, PhoneError> {
    let mut blocks = Vec::new();
    for block in view.blocks() {
        if let Some(mut shown) = block_view(view, &block, lang) {
            shown.recording = recording_view(connection, view, block.id, lang)?;
            blocks.push(shown);
        }
    }
    Ok(blocks)
}

/// `None` for a block that has no words in any language that is tried.
fn block_view(view: &ItemView<'_>, block: &Block<'_>, lang: &Lang) -> Option<BlockView> {
    let (text, shown) = view
        .text(lang, block.id)
        .map(|text| (text, lang))
        .or_else(|| Some((view.text(FIRST_LANG, block.id)?, FIRST_LANG)))?;
    let sources = match block.class() {
        Class::Fact => block.words().map(str::to_owned).collect(),
        Class::Advice | Class::Part => Vec::new(),
    };
    Some(BlockView {
        id: block.id.to_owned(),
        class: block.class(),
        role: block.role.to_owned(),
        text: text.to_owned(),
        lang: shown.to_owned(),
        is_fallback: shown != lang,
        sources,
        recording: None,
    })
}

fn sources<'a>(
    connection: &Connection,
    ids: impl Iterator<Item = &'a str>,
) -> Result<Vec<SourceLine>, PhoneError> {
    let register: Fields = rows::fields(connection, SOURCES_ITEM)?.unwrap_or_default();
    let register = ItemView::new(SOURCES_ITEM, &register);
    let line = |id: &str| SourceLine {
        id: id.to_owned(),
        title: register.text(FIRST_LANG, id).unwrap_or_default().to_owned(),
        urls: register
            .get(&format!("urls.{id}"))
            .unwrap_or_default()
            .to_owned(),
    };
    Ok(ids.map(line).collect())
}
