//! The safety plan: a row for each answer, and one for the last check-in.

use loive_documents::{Answers, Form, Value};
use rusqlite::{Connection, OptionalExtension as _, Transaction};

use super::answers::{self, Cell};
use super::meta::{signed, unsigned};
use crate::error::PhoneError;

/// When the person last told those at home.
#[derive(Clone, Copy)]
pub(crate) struct Told {
    /// In Unix seconds.
    pub(crate) at: u64,
    /// In seconds that this phone has seen pass.
    pub(crate) observed: u64,
    /// The device's clock was not known to be wrong then.
    pub(crate) is_dated: bool,
}

pub(crate) fn answers(connection: &Connection) -> Result<Answers, PhoneError> {
    answers::read(
        connection,
        Form::safety_plan(),
        "SELECT field, kind, value FROM plan_answers",
        [],
    )
}

pub(crate) fn set(tx: &Transaction<'_>, field: &str, value: &Value) -> Result<(), PhoneError> {
    let cell = Cell::of(value);
    tx.prepare_cached(
        "INSERT INTO plan_answers (field, kind, value) VALUES (?1, ?2, ?3)
         ON CONFLICT (field) DO UPDATE SET kind = excluded.kind, value = excluded.value",
    )?
    .execute((field, cell.kind(), cell))?;
    Ok(())
}

pub(crate) fn clear(tx: &Transaction<'_>, field: &str) -> Result<(), PhoneError> {
    tx.prepare_cached("DELETE FROM plan_answers WHERE field = ?1")?
        .execute([field])?;
    Ok(())
}

pub(crate) fn told(connection: &Connection) -> Result<Option<Told>, PhoneError> {
    Ok(connection
        .prepare_cached("SELECT told_at, told_observed, is_dated FROM plan_checkins")?
        .query_row([], |row| {
            Ok(Told {
                at: unsigned(row.get(0)?),
                observed: unsigned(row.get(1)?),
                is_dated: row.get(2)?,
            })
        })
        .optional()?)
}

pub(crate) fn set_told(tx: &Transaction<'_>, told: Told) -> Result<(), PhoneError> {
    tx.prepare_cached(
        "INSERT INTO plan_checkins (one, told_at, told_observed, is_dated)
         VALUES (1, ?1, ?2, ?3)
         ON CONFLICT (one) DO UPDATE SET told_at = excluded.told_at,
             told_observed = excluded.told_observed, is_dated = excluded.is_dated",
    )?
    .execute((signed(told.at), signed(told.observed), told.is_dated))?;
    Ok(())
}

/// Forgets when the person told those at home: check-ins stop.
pub(crate) fn forget_told(tx: &Transaction<'_>) -> Result<(), PhoneError> {
    tx.execute("DELETE FROM plan_checkins", [])?;
    Ok(())
}

/// Deletes the whole plan. The caller scrubs.
pub(crate) fn erase(tx: &Transaction<'_>) -> Result<(), PhoneError> {
    tx.execute("DELETE FROM plan_answers", [])?;
    forget_told(tx)
}
