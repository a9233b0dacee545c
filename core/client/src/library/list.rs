//! Lists. They read rows only, whatever the number of documents.

use std::collections::{HashMap, HashSet};

use loive_documents::library::Kind;
use rusqlite::{Connection, Row};

use super::view::{Lang, LibraryLine, LibraryQuery};
use crate::error::PhoneError;
use crate::phone::Phone;

/// The language that every item has.
pub(crate) const FIRST_LANG: &Lang = "vi";

const COLUMNS: &str = "item, kind, title, summary, lang, topics, picture";

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

/// One pass over the lines of the language, and one over those of the first
/// language for what it lacks.
pub(super) fn list(
    connection: &Connection,
    query: &LibraryQuery,
    lang: &Lang,
) -> Result<Vec<LibraryLine>, PhoneError> {
    let mut lines = in_language(connection, query, lang, lang)?;
    if lang == FIRST_LANG {
        lines.sort_by(|a, b| order(a).cmp(&order(b)));
    } else {
        let fallback = in_language(connection, query, FIRST_LANG, lang)?;
        lines.extend(fallback);
        // The first of two is the one in the language that was asked for.
        lines.sort_by(|a, b| {
            order(a)
                .cmp(&order(b))
                .then(a.is_fallback.cmp(&b.is_fallback))
        });
        lines.dedup_by(|later, first| later.id == first.id);
    }
    Ok(lines)
}

/// Every list has the same order.
pub(super) fn order(line: &LibraryLine) -> (Kind, &str) {
    (line.kind, &line.id)
}

fn in_language(
    connection: &Connection,
    query: &LibraryQuery,
    lang: &Lang,
    asked: &Lang,
) -> Result<Vec<LibraryLine>, PhoneError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM library_lines
         WHERE lang = ?1 AND (?2 IS NULL OR kind = ?2)
           AND (?3 IS NULL OR instr(' ' || topics || ' ', ' ' || ?3 || ' ') > 0)
           AND (?4 IS NULL OR instr(' ' || audience || ' ', ' ' || ?4 || ' ') > 0)"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(
        (
            lang,
            query.kind.map(Kind::code),
            query.topic.as_deref(),
            query.audience.as_deref(),
        ),
        |row| line(row, asked),
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
    let sql = format!("SELECT {COLUMNS} FROM library_lines WHERE lang = ?1 AND item = ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut lines = Vec::new();
    for id in ids {
        for tried in [lang, FIRST_LANG] {
            let mut rows = statement.query((tried, id))?;
            if let Some(row) = rows.next()? {
                lines.extend(line(row, lang)?);
                break;
            }
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
    let beside = |sql: &str| -> Result<Option<LibraryLine>, PhoneError> {
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query([id])?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let id: String = row.get(0)?;
        Ok(lines(connection, [id.as_str()], lang)?.pop())
    };
    let previous = "SELECT max(id) FROM library_items
         WHERE id < ?1 AND kind = (SELECT kind FROM library_items WHERE id = ?1)
         HAVING max(id) IS NOT NULL";
    let next = "SELECT min(id) FROM library_items
         WHERE id > ?1 AND kind = (SELECT kind FROM library_items WHERE id = ?1)
         HAVING min(id) IS NOT NULL";
    Ok((beside(previous)?, beside(next)?))
}

/// The ids of what is for each audience.
pub(super) fn audiences(
    connection: &Connection,
) -> Result<HashMap<String, HashSet<String>>, PhoneError> {
    let mut statement =
        connection.prepare_cached("SELECT DISTINCT item, audience FROM library_lines")?;
    let mut rows = statement.query([])?;
    let mut audiences: HashMap<String, HashSet<String>> = HashMap::new();
    while let Some(row) = rows.next()? {
        let (item, names): (String, String) = (row.get(0)?, row.get(1)?);
        for name in names.split_whitespace() {
            let ids = audiences.entry(name.to_owned()).or_default();
            ids.insert(item.clone());
        }
    }
    Ok(audiences)
}

/// `None` for a kind that this version does not know.
fn line(row: &Row<'_>, asked: &Lang) -> rusqlite::Result<Option<LibraryLine>> {
    let Some(kind) = Kind::from_code(row.get_ref(1)?.as_str()?) else {
        return Ok(None);
    };
    let lang: String = row.get(4)?;
    let topics = row.get_ref(5)?.as_str()?;
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
