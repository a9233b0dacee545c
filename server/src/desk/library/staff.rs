//! What staff does with the library at the console: who may do it, and what the
//! audit log says of it.
//!
//! Everybody who may log in reads; administrators write and publish.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use loive_documents::library::{Fields, ItemDocument, ItemView, keys};
use loive_protocol::{Certificate, PublishKey};
use rusqlite::Transaction;
use sha2::{Digest as _, Sha256};

use super::{LibraryError, rows};
use crate::desk::view::{Role, User};
use crate::desk::{Desk, DeskError, audit};

pub(super) const NEEDS_REVIEW: &str = "needs_review";
pub(super) const REVIEWED: &str = "reviewed";
/// Bytes of a fingerprint: enough that no two texts of one string share it.
const FINGERPRINT_BYTES: usize = 8;

/// One item, as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemPage {
    /// Its id.
    pub id: String,
    /// What it says.
    pub fields: Fields,
    /// Every value, where two people wrote at once; the last one is in `fields`.
    pub conflicts: BTreeMap<String, Vec<String>>,
    /// Part of it has not gone out yet.
    pub is_unpublished: bool,
}

/// What the next release would change of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemChange {
    /// Its id.
    pub id: String,
    /// What the last release says.
    pub before: Fields,
    /// What it says now.
    pub after: Fields,
}

/// What the next release would change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unpublished {
    /// The items, by id.
    pub items: Vec<ItemChange>,
    /// Number of the last change that is in them: whoever publishes names it, so
    /// that nothing goes out that they have not seen.
    pub mark: u64,
}

/// A short name of a text, for "as I saw it".
pub fn fingerprint(text: Option<&str>) -> String {
    let Some(text) = text else {
        return "-".to_owned();
    };
    let hash = Sha256::digest(text.as_bytes());
    hash.iter()
        .take(FINGERPRINT_BYTES)
        .fold(String::new(), |mut name, byte| {
            // Writing to a string cannot fail.
            let _ = write!(name, "{byte:02x}");
            name
        })
}

impl Desk {
    /// One item; `None` if there is none of this id, or it was emptied.
    pub fn library_item(&self, id: &str) -> Result<Option<ItemPage>, LibraryError> {
        self.read_library(|connection| {
            let document = rows::load(connection, id)?;
            let fields = document.fields();
            if ItemView::new(id, &fields).get(keys::KIND).is_none() {
                return Ok(None);
            }
            let conflicts = fields.keys().filter_map(|key| {
                let values = document.values(key);
                (values.len() > 1).then(|| (key.clone(), values))
            });
            Ok(Some(ItemPage {
                id: id.to_owned(),
                conflicts: conflicts.collect(),
                fields,
                is_unpublished: rows::is_published(id) && rows::has_unpublished(connection, id)?,
            }))
        })
    }

    /// What the next release would change.
    pub fn unpublished_library(&self) -> Result<Unpublished, LibraryError> {
        self.read_library(|connection| {
            let last = rows::last_release(connection)?;
            let mut items = Vec::new();
            for (id, changes) in rows::all(connection)? {
                let is_new = changes.iter().any(|change| change.release.is_none());
                if is_new && rows::is_published(&id) {
                    items.push(ItemChange {
                        before: rows::document(&id, &changes, Some(last))?.fields(),
                        after: rows::document(&id, &changes, None)?.fields(),
                        id,
                    });
                }
            }
            Ok(Unpublished {
                items,
                mark: rows::last_change(connection)?,
            })
        })
    }

    /// Puts words in the place of those with the fingerprint `seen`. What was
    /// reviewed asks for a review again: it held for other words.
    ///
    /// # Errors
    /// [`DeskError::Forbidden`] for a counsellor, [`LibraryError::NotFound`] for
    /// an unknown item, [`LibraryError::Stale`] if other words stand there now.
    pub fn edit_library_as(
        &self,
        who: &User,
        item: &str,
        key: &str,
        seen: &str,
        text: Option<&str>,
    ) -> Result<bool, LibraryError> {
        may_write(who)?;
        let now = self.env.now();
        self.write_library(|transaction| {
            let mut document = existing(transaction, item)?;
            let before = document.fields();
            let stands = before.get(key).map(String::as_str);
            if stands == text {
                return Ok(false);
            }
            if fingerprint(stands) != seen {
                return Err(LibraryError::Stale);
            }
            self.put(transaction, item, &mut document, (key, text))?;
            if before.get(keys::REVIEW).is_some_and(|it| it == REVIEWED) {
                let review = (keys::REVIEW, Some(NEEDS_REVIEW));
                self.put(transaction, item, &mut document, review)?;
            }
            let subject = format!("{item} {key}");
            audit::write_about(transaction, now, &who.name, audit::EDITED_LIBRARY, &subject)?;
            Ok(true)
        })
    }

    /// Notes that the hotline has reviewed an item.
    ///
    /// # Errors
    /// As [`Desk::edit_library_as`].
    pub fn review_library(&self, who: &User, item: &str) -> Result<bool, LibraryError> {
        let value = (keys::REVIEW, REVIEWED);
        self.mark_library(who, item, value, audit::REVIEWED_LIBRARY)
    }

    /// Notes that the facts of an item were compared with their sources on a day
    /// (`2026-11-23`).
    ///
    /// # Errors
    /// As [`Desk::edit_library_as`].
    pub fn check_library(&self, who: &User, item: &str, day: &str) -> Result<bool, LibraryError> {
        let value = (keys::CHECKED_ON, day);
        self.mark_library(who, item, value, audit::CHECKED_LIBRARY)
    }

    /// Builds, signs and publishes what was seen at `mark`; gives the number of
    /// the release. One that was built before and is not out yet goes out.
    ///
    /// # Errors
    /// [`LibraryError::Stale`] if something was written since then,
    /// [`LibraryError::Unchanged`] if nothing waits.
    pub fn publish_library(
        &self,
        who: &User,
        note: &str,
        mark: u64,
        (key, certificate): (&PublishKey, &Certificate),
    ) -> Result<u32, LibraryError> {
        may_write(who)?;
        if self.read_library(rows::last_change)? != mark {
            return Err(LibraryError::Stale);
        }
        match self.build_release(note) {
            Ok(_) => {}
            Err(error @ LibraryError::Unchanged(_)) => {
                let history = self.release_history()?;
                let waits = history.first().is_some_and(|it| it.published_at.is_none());
                if !waits {
                    return Err(error);
                }
            }
            Err(error) => return Err(error),
        }
        self.hand_out(who, audit::PUBLISHED_LIBRARY, key, certificate)
    }

    /// Publishes a new release that says what an earlier one said.
    ///
    /// # Errors
    /// [`LibraryError::NotFound`] if there was no such release,
    /// [`LibraryError::Unchanged`] if phones read the same already.
    pub fn return_library(
        &self,
        who: &User,
        release: u32,
        note: &str,
        (key, certificate): (&PublishKey, &Certificate),
    ) -> Result<u32, LibraryError> {
        may_write(who)?;
        self.restore_release(release)?;
        self.build_release(note)?;
        self.hand_out(who, audit::RETURNED_LIBRARY, key, certificate)
    }

    fn hand_out(
        &self,
        who: &User,
        action: &str,
        key: &PublishKey,
        certificate: &Certificate,
    ) -> Result<u32, LibraryError> {
        match self.sign_release(key, certificate, &[]) {
            // Signed before, and not published yet.
            Ok(_) | Err(LibraryError::NoRelease(_)) => {}
            Err(error) => return Err(error),
        }
        let release = self.publish_release()?;
        let now = self.env.now();
        self.write_library(|transaction| {
            let subject = release.to_string();
            Ok(audit::write_about(
                transaction,
                now,
                &who.name,
                action,
                &subject,
            )?)
        })?;
        Ok(release)
    }

    fn mark_library(
        &self,
        who: &User,
        item: &str,
        (key, value): (&str, &str),
        action: &str,
    ) -> Result<bool, LibraryError> {
        may_write(who)?;
        let now = self.env.now();
        self.write_library(|transaction| {
            let mut document = existing(transaction, item)?;
            let is_written = self.put(transaction, item, &mut document, (key, Some(value)))?;
            audit::write_about(transaction, now, &who.name, action, item)?;
            Ok(is_written)
        })
    }
}

/// The document of an item that says something.
pub(super) fn existing(
    transaction: &Transaction<'_>,
    item: &str,
) -> Result<ItemDocument, LibraryError> {
    let document = rows::load(transaction, item)?;
    if document.values(keys::KIND).is_empty() {
        return Err(LibraryError::NotFound(item.to_owned()));
    }
    Ok(document)
}

pub(super) fn may_write(who: &User) -> Result<(), DeskError> {
    if who.role == Role::Administrator {
        Ok(())
    } else {
        Err(DeskError::Forbidden)
    }
}
