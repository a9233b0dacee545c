//! Proposals: what was sealed, so that it can be sealed again and shown.

use loive_protocol::{ReportId, ReportItem};
use rusqlite::{Connection, OptionalExtension as _, Transaction};

use crate::error::PhoneError;

/// What a proposal is made of.
pub(crate) struct ProposalRow {
    /// The item of the library.
    pub(crate) item: String,
    /// The change to a branch of it.
    pub(crate) change: Vec<u8>,
    /// The recording that the change names, cleaned.
    pub(crate) recording: Option<Vec<u8>>,
}

impl ProposalRow {
    /// As it travels.
    pub(crate) fn items(self) -> Vec<ReportItem> {
        let branch = ReportItem::Branch {
            item: self.item,
            change: self.change.into(),
        };
        let recording = self.recording.map(|it| ReportItem::Recording(it.into()));
        std::iter::once(branch).chain(recording).collect()
    }
}

pub(crate) fn insert(
    tx: &Transaction<'_>,
    report: &ReportId,
    row: &ProposalRow,
) -> Result<(), PhoneError> {
    tx.prepare_cached(
        "INSERT INTO proposals (report, item, change, recording) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((report.as_bytes(), &row.item, &row.change, &row.recording))?;
    Ok(())
}

pub(crate) fn count(connection: &Connection) -> Result<usize, PhoneError> {
    let count: i64 =
        connection.query_row("SELECT count(*) FROM proposals", [], |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

pub(crate) fn get(connection: &Connection, report: &ReportId) -> Result<ProposalRow, PhoneError> {
    connection
        .prepare_cached("SELECT item, change, recording FROM proposals WHERE report = ?1")?
        .query_row([report.as_bytes()], |row| {
            Ok(ProposalRow {
                item: row.get(0)?,
                change: row.get(1)?,
                recording: row.get(2)?,
            })
        })
        .optional()?
        .ok_or(PhoneError::NotFound)
}
