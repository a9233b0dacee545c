//! Writing documents: from the source form, or one string at a time.

use std::collections::{BTreeMap, BTreeSet};

use loive_documents::library::{Fields, ItemDocument, ItemView, keys};
use rusqlite::Transaction;

use super::{LibraryError, rows};
use crate::desk::Desk;

/// The languages of text files.
const IN_FILES: [&str; 2] = ["vi", "en"];

/// What an import wrote.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Documents that say something else than before.
    pub changed: usize,
    /// Documents that were emptied, because the source has them no more.
    pub emptied: usize,
}

/// An item as the console lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// Its id.
    pub id: String,
    /// What it says.
    pub fields: Fields,
    /// Part of it has not gone out yet.
    pub is_unpublished: bool,
}

impl Desk {
    /// Makes the library say what these documents say, and nothing else. Twice
    /// the same writes nothing.
    ///
    /// What came by proposals stays where its block does: recordings, and words
    /// in languages that are neither Vietnamese nor English, unless a document
    /// has others.
    pub fn import_library(
        &self,
        documents: &BTreeMap<String, Fields>,
    ) -> Result<Written, LibraryError> {
        self.write_library(|transaction| {
            let mut written = Written::default();
            for (id, fields) in documents {
                let mut wanted = proposed_before(transaction, id, fields)?;
                wanted.extend(fields.clone());
                written.changed += usize::from(self.set(transaction, id, &wanted)?);
            }
            let stored: Vec<String> = transaction
                .prepare("SELECT DISTINCT item FROM library_changes ORDER BY item")?
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            for id in stored.iter().filter(|id| !documents.contains_key(*id)) {
                written.emptied += usize::from(self.set(transaction, id, &Fields::new())?);
            }
            Ok(written)
        })
    }

    /// Puts one string of one item, or takes it away. `true` if it stood
    /// otherwise.
    ///
    /// # Errors
    /// [`LibraryError::NotFound`] if there is no such item.
    pub fn edit_library(
        &self,
        item: &str,
        key: &str,
        text: Option<&str>,
    ) -> Result<bool, LibraryError> {
        self.write_library(|transaction| {
            let mut document = rows::load(transaction, item)?;
            if document.changes().len() == 0 {
                return Err(LibraryError::NotFound(item.to_owned()));
            }
            self.put(transaction, item, &mut document, (key, text))
        })
    }

    /// Everything that the library has, drafts included, by id.
    pub fn library_items(&self) -> Result<Vec<ItemRow>, LibraryError> {
        self.read_library(|connection| {
            let mut items = Vec::new();
            for (id, changes) in rows::all(connection)? {
                let fields = rows::document(&id, &changes, None)?.fields();
                // What was emptied is kept for its history only.
                if ItemView::new(&id, &fields).get(keys::KIND).is_some() {
                    items.push(ItemRow {
                        is_unpublished: changes.iter().any(|change| change.release.is_none()),
                        fields,
                        id,
                    });
                }
            }
            Ok(items)
        })
    }

    /// Puts one string of the document of an item.
    pub(super) fn put(
        &self,
        transaction: &Transaction<'_>,
        item: &str,
        document: &mut ItemDocument,
        (key, text): (&str, Option<&str>),
    ) -> Result<bool, LibraryError> {
        let now = self.env.now();
        let change = document
            .put(key, text, self.actor, now)
            .map_err(|error| unwritten(item, error))?;
        if let Some(raw) = &change {
            rows::insert(transaction, item, raw, now)?;
        }
        Ok(change.is_some())
    }

    pub(super) fn set(
        &self,
        transaction: &Transaction<'_>,
        item: &str,
        fields: &Fields,
    ) -> Result<bool, LibraryError> {
        let now = self.env.now();
        let mut document = rows::load(transaction, item)?;
        let changes = document
            .set(fields, self.actor, now)
            .map_err(|error| unwritten(item, error))?;
        for raw in &changes {
            rows::insert(transaction, item, raw, now)?;
        }
        Ok(!changes.is_empty())
    }

    /// One transaction: all of it is durable, or none of it.
    pub(super) fn write_library<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, LibraryError>,
    ) -> Result<T, LibraryError> {
        self.store.write_or(|transaction| work(transaction))
    }

    pub(super) fn read_library<T>(
        &self,
        work: impl FnOnce(&rusqlite::Connection) -> Result<T, LibraryError>,
    ) -> Result<T, LibraryError> {
        self.store.read_or(work)
    }
}

/// What stands in an item that text files do not have, of what `wanted` has room
/// for.
fn proposed_before(
    transaction: &Transaction<'_>,
    item: &str,
    wanted: &Fields,
) -> Result<Fields, LibraryError> {
    let view = ItemView::new(item, wanted);
    let blocks: BTreeSet<&str> = view.blocks().map(|block| block.id).collect();
    let mut standing = rows::load(transaction, item)?.fields();
    standing.retain(|key, _| match (keys::recorded(key), keys::language(key)) {
        (Some((_, block)), _) => blocks.contains(block),
        (None, Some((lang, block))) => {
            !IN_FILES.contains(&lang) && block.is_none_or(|block| blocks.contains(block))
        }
        (None, None) => false,
    });
    Ok(standing)
}

fn unwritten(item: &str, error: loive_documents::WriteError) -> LibraryError {
    LibraryError::Write {
        item: item.to_owned(),
        error,
    }
}
