//! Drafts: rows, one for each answer, until a report is born at submit.

use std::fmt;

use loive_documents::{Answers, Form, Lang, Value};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction};

use super::answers::{self, Cell};
use super::meta::{signed, unsigned};
use crate::error::PhoneError;

/// A draft on this phone. Never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DraftId(i64);

impl DraftId {
    /// For passing through a screen's state.
    pub const fn from_i64(id: i64) -> Self {
        Self(id)
    }

    /// The number.
    pub const fn to_i64(self) -> i64 {
        self.0
    }
}

impl fmt::Display for DraftId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

pub(crate) struct DraftRow {
    pub(crate) id: DraftId,
    pub(crate) form: &'static Form,
    pub(crate) lang: Lang,
    pub(crate) started_at: u64,
    pub(crate) answered: usize,
}

const COLUMNS: &str = "SELECT id, form_version, lang, started_at,
    (SELECT count(*) FROM draft_answers WHERE draft = drafts.id) FROM drafts";

pub(crate) fn insert(
    tx: &Transaction<'_>,
    form: &Form,
    lang: Lang,
    started_at: u64,
    observed: u64,
) -> Result<DraftId, PhoneError> {
    tx.prepare_cached(
        "INSERT INTO drafts (form, form_version, lang, started_at, touched_observed)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((
        form.id(),
        form.version(),
        lang.code(),
        signed(started_at),
        signed(observed),
    ))?;
    Ok(DraftId(tx.last_insert_rowid()))
}

pub(crate) fn find(connection: &Connection, id: DraftId) -> Result<Option<DraftRow>, PhoneError> {
    Ok(connection
        .prepare_cached(&format!("{COLUMNS} WHERE id = ?1"))?
        .query_row([id.0], from_row)
        .optional()?)
}

pub(crate) fn list(connection: &Connection) -> Result<Vec<DraftRow>, PhoneError> {
    Ok(connection
        .prepare_cached(&format!("{COLUMNS} ORDER BY id DESC"))?
        .query_map([], from_row)?
        .collect::<rusqlite::Result<_>>()?)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<DraftRow> {
    Ok(DraftRow {
        id: DraftId(row.get(0)?),
        // There is one form; a draft that an older version of it began goes on
        // in the newer one.
        form: Form::suspicion_report(),
        lang: Lang::from_code(&row.get::<_, String>(2)?).unwrap_or_default(),
        started_at: unsigned(row.get(3)?),
        answered: usize::try_from(row.get::<_, i64>(4)?).unwrap_or_default(),
    })
}

pub(crate) fn answers(connection: &Connection, id: DraftId) -> Result<Answers, PhoneError> {
    answers::read(
        connection,
        Form::suspicion_report(),
        "SELECT field, kind, value FROM draft_answers WHERE draft = ?1",
        [id.0],
    )
}

pub(crate) fn set(
    tx: &Transaction<'_>,
    id: DraftId,
    field: &str,
    value: &Value,
) -> Result<(), PhoneError> {
    let cell = Cell::of(value);
    tx.prepare_cached(
        "INSERT INTO draft_answers (draft, field, kind, value) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (draft, field) DO UPDATE SET kind = excluded.kind, value = excluded.value",
    )?
    .execute((id.0, field, cell.kind(), cell))?;
    Ok(())
}

pub(crate) fn clear(tx: &Transaction<'_>, id: DraftId, field: &str) -> Result<(), PhoneError> {
    tx.prepare_cached("DELETE FROM draft_answers WHERE draft = ?1 AND field = ?2")?
        .execute((id.0, field))?;
    Ok(())
}

pub(crate) fn touch(tx: &Transaction<'_>, id: DraftId, observed: u64) -> Result<(), PhoneError> {
    tx.prepare_cached("UPDATE drafts SET touched_observed = ?2 WHERE id = ?1")?
        .execute((id.0, signed(observed)))?;
    Ok(())
}

/// `true` if it was there.
pub(crate) fn delete(tx: &Transaction<'_>, id: DraftId) -> Result<bool, PhoneError> {
    Ok(tx
        .prepare_cached("DELETE FROM drafts WHERE id = ?1")?
        .execute([id.0])?
        > 0)
}

/// Deletes drafts that were not touched since `before`; gives their number.
pub(crate) fn delete_untouched(tx: &Transaction<'_>, before: u64) -> Result<usize, PhoneError> {
    Ok(tx
        .prepare_cached("DELETE FROM drafts WHERE touched_observed <= ?1")?
        .execute([signed(before)])?)
}
