//! One report, as a screen shows it.

use loive_documents::Form;
use loive_protocol::ReportId;
use rusqlite::{Connection, Row};

use super::list::summary;
use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::meta::unsigned;
use crate::store::reports::{self, Kind, Origin, ReportRow};
use crate::store::{answers, lockers, meta, outbox};
use crate::view::{Delivery, Line, ReportPage, Speaker, Times, Trouble, Withdrawal};

impl Phone {
    /// A report with its states, its answers and what was written from both
    /// sides. Reads rows only.
    ///
    /// # Errors
    /// [`PhoneError::NotFound`] if it is not on this phone.
    pub fn report(&self, id: &ReportId) -> Result<ReportPage, PhoneError> {
        self.0.store.read(|connection| {
            let observed = meta::observed(connection, &self.0.env)?;
            let row = reports::get_of_kind(connection, id, Kind::Report)?;
            Ok(ReportPage {
                summary: summary(connection, &row, observed)?,
                times: times(&row),
                answers: answers::read(
                    connection,
                    Form::suspicion_report(),
                    "SELECT field, kind, value FROM report_answers WHERE report = ?1",
                    [id.as_bytes()],
                )?,
                timeline: timeline(connection, id)?,
                withdrawal: withdrawal(connection, &row)?,
                troubles: troubles(connection, id)?,
                receipt: lockers::state(connection, id)?,
            })
        })
    }
}

pub(crate) fn times(row: &ReportRow) -> Times {
    Times {
        at_relay: row.at_relay_at,
        opened: row.opened_at,
        read: row.read_at.filter(|_| row.opened_at.is_some()),
        closed: row.closed_at,
    }
}

pub(crate) fn timeline(connection: &Connection, id: &ReportId) -> Result<Vec<Line>, PhoneError> {
    Ok(connection
        .prepare_cached(
            "SELECT lines.side, written_at, text, lines.message_id, changes.id,
                    acked_at, outcome
             FROM lines
             LEFT JOIN changes ON changes.report = lines.report AND changes.side = 1
                  AND lines.side = 1 AND changes.message_id = lines.message_id
             LEFT JOIN outbox ON outbox.id = changes.outbox
             WHERE lines.report = ?1 ORDER BY place",
        )?
        .query_map([id.as_bytes()], line)?
        .collect::<rusqlite::Result<_>>()?)
}

fn line(row: &Row<'_>) -> rusqlite::Result<Line> {
    let is_ours = row.get::<_, i64>(0)? == 1;
    let is_written_here = row.get::<_, Option<i64>>(4)?.is_some();
    Ok(Line {
        speaker: if is_ours {
            Speaker::Reporter
        } else {
            Speaker::Hotline
        },
        written_at: unsigned(row.get(1)?),
        text: row.get(2)?,
        id: row.get(3)?,
        delivery: if is_ours && is_written_here {
            step(row.get(5)?, row.get(6)?)
        } else {
            Delivery::Opened
        },
    })
}

/// How far an envelope has come, by what is known of it.
fn step(acked_at: Option<i64>, outcome: Option<i64>) -> Delivery {
    match (acked_at, outcome) {
        (_, Some(outbox::MERGED)) => Delivery::Opened,
        (Some(_), _) | (_, Some(_)) => Delivery::AtRelay,
        (None, None) => Delivery::OnThisPhone,
    }
}

pub(crate) fn withdrawal(
    connection: &Connection,
    report: &ReportRow,
) -> Result<Option<Withdrawal>, PhoneError> {
    let Some(written_at) = report.withdrawn_at else {
        return Ok(None);
    };
    let delivery = connection
        .prepare_cached(
            "SELECT acked_at, outcome FROM changes
             LEFT JOIN outbox ON outbox.id = changes.outbox
             WHERE changes.report = ?1 AND side = 1 AND purpose = 4
             ORDER BY changes.id DESC LIMIT 1",
        )?
        .query_map([report.id.as_bytes()], |row| {
            Ok(step(row.get(0)?, row.get(1)?))
        })?
        .next()
        .transpose()?;
    Ok(Some(Withdrawal {
        written_at,
        delivery: delivery.unwrap_or(Delivery::OnThisPhone),
        seen_at: report.withdrawn_seen_at,
    }))
}

pub(crate) fn troubles(connection: &Connection, id: &ReportId) -> Result<Vec<Trouble>, PhoneError> {
    let known = outbox::trouble(connection, id)?;
    let troubles = [
        known.relay_refused.map(Trouble::RefusedByRelay),
        known.quarantined.map(Trouble::Quarantined),
        known.raw_wanted.then_some(Trouble::SendRaw),
        known.is_waiting.then_some(Trouble::WaitingForEarlier),
    ];
    Ok(troubles.into_iter().flatten().collect())
}

impl ReportPage {
    /// Whether the answers of the report are on this phone.
    pub fn has_text(&self) -> bool {
        self.summary.origin == Origin::Written
    }
}
