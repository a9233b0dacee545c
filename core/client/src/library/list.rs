//! Lists. They read rows only, whatever the number of documents.

use std::collections::HashMap;

use loive_documents::library::Kind;
use rusqlite::{Connection, Row};

use super::view::{Lang, LibraryLine, LibraryQuery};
use crate::error::PhoneError;
use crate::phone::Phone;

/// The language that every item has.
pub(super) const FIRST_LANG: &Lang = "vi";

const COLUMNS: &str = "i.id, i.kind, w.title, w.summary, w.lang, w.topics, w.picture";
/// The line in the language that was asked for, or else in the first one.
const JOINED: &str = "FROM library_items i JOIN library_lines w ON w.item = i.id AND w.lang =
    coalesce((SELECT lang FROM library_lines a WHERE a.item = i.id AND a.lang = ?1),
             (SELECT lang FROM library_lines b WHERE b.item = i.id AND b.lang = 'vi'),
             (SELECT min(lang) FROM library_lines c WHERE c.item = i.id))";

impl Phone {
    /// What the library has, by kind and in order. Where something does not
    /// exist in `lang`, it is listed in Vietnamese and says so.
    pub fn library_list(
        &self,
        query: &LibraryQuery,
        lang: &Lang,
    ) -> Result<Vec<LibraryLine>, PhoneError> {
        self.0
            .store
            .read(|connection| list(connection, query, lang))
    }
}

pub(super) fn list(
    connection: &Connection,
    query: &LibraryQuery,
    lang: &Lang,
) -> Result<Vec<LibraryLine>, PhoneError> {
    let sql = format!(
        "SELECT {COLUMNS} {JOINED}
         WHERE (?2 IS NULL OR i.kind = ?2)
           AND (?3 IS NULL OR instr(' ' || w.topics || ' ', ' ' || ?3 || ' ') > 0)
           AND (?4 IS NULL OR instr(' ' || w.audience || ' ', ' ' || ?4 || ' ') > 0)
         ORDER BY i.place"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(
        (
            lang,
            query.kind.map(Kind::code),
            query.topic.as_deref(),
            query.audience.as_deref(),
        ),
        |row| line(row, lang),
    )?;
    let lines: Vec<Option<LibraryLine>> = rows.collect::<Result<_, _>>()?;
    Ok(lines.into_iter().flatten().collect())
}

/// Lines of these items, in the order of `ids`. What does not exist is left out.
pub(super) fn lines<'a>(
    connection: &Connection,
    ids: impl IntoIterator<Item = &'a str>,
    lang: &Lang,
) -> Result<Vec<LibraryLine>, PhoneError> {
    let sql = format!("SELECT {COLUMNS} {JOINED} WHERE i.id = ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut lines = Vec::new();
    for id in ids {
        let mut rows = statement.query((lang, id))?;
        if let Some(row) = rows.next()? {
            lines.extend(line(row, lang)?);
        }
    }
    Ok(lines)
}

/// The item before and the one after, among their kind.
pub(super) fn neighbours(
    connection: &Connection,
    id: &str,
    lang: &Lang,
) -> Result<(Option<LibraryLine>, Option<LibraryLine>), PhoneError> {
    let beside = |order: &str, sign: &str| -> Result<Option<LibraryLine>, PhoneError> {
        let sql = format!(
            "SELECT {COLUMNS} {JOINED}
             WHERE i.kind = (SELECT kind FROM library_items WHERE id = ?2)
               AND i.place {sign} (SELECT place FROM library_items WHERE id = ?2)
             ORDER BY i.place {order} LIMIT 1"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query((lang, id))?;
        match rows.next()? {
            Some(row) => Ok(line(row, lang)?),
            None => Ok(None),
        }
    };
    Ok((beside("DESC", "<")?, beside("ASC", ">")?))
}

/// All lines by id, for whoever needs many.
pub(super) fn by_id(
    connection: &Connection,
    lang: &Lang,
) -> Result<HashMap<String, LibraryLine>, PhoneError> {
    let all = list(connection, &LibraryQuery::default(), lang)?;
    Ok(all
        .into_iter()
        .map(|line| (line.id.clone(), line))
        .collect())
}

/// `None` for a kind that this version does not know.
fn line(row: &Row<'_>, asked: &Lang) -> rusqlite::Result<Option<LibraryLine>> {
    let kind: String = row.get(1)?;
    let Some(kind) = Kind::from_code(&kind) else {
        return Ok(None);
    };
    let lang: String = row.get(4)?;
    let topics: String = row.get(5)?;
    Ok(Some(LibraryLine {
        id: row.get(0)?,
        kind,
        title: row.get(2)?,
        summary: row.get(3)?,
        is_fallback: lang != asked,
        lang,
        topics: topics.split_whitespace().map(str::to_owned).collect(),
        picture: row.get(6)?,
    }))
}
