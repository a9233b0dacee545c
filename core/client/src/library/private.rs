//! What is only this phone's: in no envelope, and gone at one call.

use rusqlite::Connection;

use super::list::lines;
use super::view::{Lang, LibraryLine};
use crate::error::{PhoneError, Rejection};
use crate::limits::FAVOURITES_MAX_COUNT;
use crate::phone::Phone;
use crate::store::{meta, plan, recordings};

impl Phone {
    /// Marks an item, or takes the mark away. Twice is once.
    ///
    /// # Errors
    /// [`PhoneError::NotFound`] if the library has no such item;
    /// [`PhoneError::Rejected`] if there are [`FAVOURITES_MAX_COUNT`] marks.
    pub fn set_favourite(&self, id: &str, is_favourite: bool) -> Result<(), PhoneError> {
        let now = meta::signed(self.now());
        self.0.store.write(|tx| {
            if !is_favourite {
                tx.execute("DELETE FROM favourites WHERE item = ?1", [id])?;
                // That it was marked is to be seen nowhere.
                return meta::scrub_due(tx);
            }
            if !tx
                .prepare_cached("SELECT 1 FROM library_items WHERE id = ?1")?
                .exists([id])?
            {
                return Err(PhoneError::NotFound);
            }
            let count: i64 =
                tx.query_row("SELECT count(*) FROM favourites", [], |row| row.get(0))?;
            if usize::try_from(count).unwrap_or_default() >= FAVOURITES_MAX_COUNT {
                return Err(PhoneError::rejected(Rejection::TooMany {
                    limit: FAVOURITES_MAX_COUNT,
                }));
            }
            tx.execute(
                "INSERT OR IGNORE INTO favourites (item, added_at) VALUES (?1, ?2)",
                (id, now),
            )?;
            Ok(())
        })?;
        self.0.store.scrub()
    }

    /// What the person marked, the latest first.
    pub fn favourites(&self, lang: &Lang) -> Result<Vec<LibraryLine>, PhoneError> {
        self.0.store.read(|connection| favourites(connection, lang))
    }

    /// Erases everything that is only this phone's and in no report: marks,
    /// the safety plan, and the languages that are heard with their recordings. Nothing of it can be read from the store afterwards.
    pub fn erase_private(&self) -> Result<(), PhoneError> {
        self.0.store.write(|tx| {
            tx.execute_batch("DELETE FROM favourites;")?;
            plan::erase(tx)?;
            recordings::erase(tx)?;
            meta::scrub_due(tx)
        })?;
        self.0.store.scrub()
    }
}

pub(super) fn is_favourite(connection: &Connection, id: &str) -> Result<bool, PhoneError> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM favourites WHERE item = ?1")?
        .exists([id])?)
}

pub(super) fn favourites(
    connection: &Connection,
    lang: &Lang,
) -> Result<Vec<LibraryLine>, PhoneError> {
    let ids: Vec<String> = connection
        .prepare_cached("SELECT item FROM favourites ORDER BY added_at DESC, rowid DESC")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    lines(connection, ids.iter().map(String::as_str), lang)
}
