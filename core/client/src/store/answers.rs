//! Answers as rows: a kind and a value.

use loive_documents::{Answers, Form, Scalar, Value};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Params, Row, ToSql};

use crate::error::PhoneError;

const TEXT: i64 = 1;
const BOOL: i64 = 2;
const INT: i64 = 3;

/// A scalar on its way into a row.
pub(crate) struct Cell(Scalar);

impl Cell {
    pub(crate) fn of(value: &Value) -> Self {
        Self(value.to_scalar())
    }

    pub(crate) const fn kind(&self) -> i64 {
        match self.0 {
            Scalar::Str(_) => TEXT,
            Scalar::Bool(_) => BOOL,
            Scalar::Int(_) => INT,
        }
    }
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match &self.0 {
            Scalar::Str(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Scalar::Bool(yes) => i64::from(*yes).into(),
            Scalar::Int(number) => (*number).into(),
        })
    }
}

/// Reads rows of field, kind and value. A value that this version of the form
/// does not understand stays in its row and is left out.
pub(crate) fn read(
    connection: &Connection,
    form: &Form,
    sql: &str,
    params: impl Params,
) -> Result<Answers, PhoneError> {
    let mut answers = Answers::new();
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    while let Some(row) = rows.next()? {
        let id: String = row.get(0)?;
        let Some(field) = form.field(&id) else {
            continue;
        };
        if let Ok(value) = Value::from_scalar(field, &scalar(row)?) {
            answers.set(id, value);
        }
    }
    Ok(answers)
}

fn scalar(row: &Row<'_>) -> Result<Scalar, PhoneError> {
    Ok(match row.get(1)? {
        TEXT => Scalar::Str(row.get(2)?),
        BOOL => Scalar::Bool(row.get(2)?),
        INT => Scalar::Int(row.get(2)?),
        _ => return Err(PhoneError::Damaged),
    })
}
