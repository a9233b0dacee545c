//! The list of reports.

use loive_documents::Urgency;
use loive_protocol::ReportId;
use rusqlite::Connection;

use crate::error::PhoneError;
use crate::limits::{NOT_OPENED_P0_SECONDS, NOT_OPENED_SECONDS};
use crate::phone::Phone;
use crate::store::meta;
use crate::store::reports::{self, Kind, ReportRow};
use crate::view::{Delivery, ReportSummary, Warning};

impl Phone {
    /// All reports of this phone, the newest first. Guests' reports are in no
    /// list. Reads rows only, whatever the number of documents.
    pub fn reports(&self) -> Result<Vec<ReportSummary>, PhoneError> {
        self.0.store.read(|connection| {
            let observed = meta::observed(connection, &self.0.env)?;
            reports::list(connection, Kind::Report)?
                .iter()
                .map(|row| summary(connection, row, observed))
                .collect()
        })
    }
}

pub(super) fn summary(
    connection: &Connection,
    row: &ReportRow,
    observed: u64,
) -> Result<ReportSummary, PhoneError> {
    Ok(ReportSummary {
        id: row.id,
        origin: row.origin,
        submitted_at: row.submitted_at,
        delivery: delivery(row),
        urgency: row.urgency,
        withdrawn_at: row.withdrawn_at,
        messages_of_hotline: messages_of_hotline(connection, &row.id)?,
        warnings: warnings(row, observed),
    })
}

/// The furthest step that was acknowledged. What is read was opened before:
/// somebody who stole the receipt may have begun the report at the hotline while
/// what was written here never came so far.
pub(crate) fn delivery(row: &ReportRow) -> Delivery {
    if row.opened_at.is_some() {
        match row.read_at {
            Some(_) => Delivery::Read,
            None => Delivery::Opened,
        }
    } else if row.at_relay_at.is_some() {
        Delivery::AtRelay
    } else {
        Delivery::OnThisPhone
    }
}

fn warnings(row: &ReportRow, observed: u64) -> Vec<Warning> {
    let seconds = match row.urgency {
        Some(Urgency::P0) => NOT_OPENED_P0_SECONDS,
        _ => NOT_OPENED_SECONDS,
    };
    let since = row
        .at_relay_observed
        .map(|at_relay| observed.saturating_sub(at_relay));
    match (delivery(row), since) {
        (Delivery::OnThisPhone, _) => vec![Warning::NotSentYet],
        (Delivery::AtRelay, Some(since)) if since >= seconds => {
            vec![Warning::NotOpenedAfter { seconds }]
        }
        _ => Vec::new(),
    }
}

pub(crate) fn messages_of_hotline(
    connection: &Connection,
    id: &ReportId,
) -> Result<usize, PhoneError> {
    let count: i64 = connection
        .prepare_cached("SELECT count(*) FROM lines WHERE report = ?1 AND side = 2")?
        .query_row([id.as_bytes()], |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}
