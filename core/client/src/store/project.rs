//! Projections: what screens read, made from the changes.

use loive_documents::{
    Answers, ReportDocument, Side as Speaker, Thread, Urgency, timeline, urgency,
};
use loive_protocol::ReportId;
use rusqlite::Transaction;

use super::answers::Cell;
use super::changes::{self, Side};
use super::meta::{self, signed};
use super::reports::{self, Kind, Origin, ReportRow, States};
use crate::error::PhoneError;

/// Makes the rows that screens read of one report, from its two documents.
pub(crate) fn project(
    tx: &Transaction<'_>,
    id: &ReportId,
    report: &ReportDocument,
    thread: &Thread,
) -> Result<(), PhoneError> {
    let row = reports::get(tx, id)?;
    let (report, thread) = (report.view(), thread.view());
    reports::set_states(
        tx,
        id,
        &States {
            opened: match row.origin {
                // Only the receipt for what was written here says so.
                Origin::Written => None,
                Origin::Reopened => thread.opened.or(thread.read),
            },
            read: thread.read,
            closed: thread.closed,
            withdrawn: report.withdrawn,
            withdrawn_seen: thread.withdrawn_seen,
            urgency: row.begins_here().then(|| urgency_of(&report.answers)),
            accepted: thread.accepted,
            declined: thread.declined,
        },
    )?;
    replace_answers(tx, id, &report.answers)?;
    tx.prepare_cached("DELETE FROM lines WHERE report = ?1")?
        .execute([id.as_bytes()])?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO lines (report, place, side, message_id, written_at, text)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (place, entry) in (0_i64..).zip(timeline(&report, &thread)) {
        let side = match entry.side {
            Speaker::Reporter => Side::Report,
            Speaker::Hotline => Side::Thread,
        };
        insert.execute((
            id.as_bytes(),
            place,
            side as i64,
            entry.id,
            signed(entry.at),
            entry.text,
        ))?;
    }
    Ok(())
}

fn replace_answers(
    tx: &Transaction<'_>,
    id: &ReportId,
    answers: &Answers,
) -> Result<(), PhoneError> {
    tx.prepare_cached("DELETE FROM report_answers WHERE report = ?1")?
        .execute([id.as_bytes()])?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO report_answers (report, field, kind, value) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (field, value) in answers.iter() {
        let cell = Cell::of(value);
        insert.execute((id.as_bytes(), field, cell.kind(), cell))?;
    }
    Ok(())
}

fn urgency_of(answers: &Answers) -> Urgency {
    urgency(answers)
}

/// The reporter's document, from its rows.
pub(crate) fn load_report(
    tx: &Transaction<'_>,
    row: &ReportRow,
) -> Result<ReportDocument, PhoneError> {
    let rows = changes::raws(tx, &row.id, Side::Report)?;
    if row.begins_here() && rows.is_empty() {
        return Err(PhoneError::Damaged);
    }
    Ok(ReportDocument::load(rows.iter().map(Vec::as_slice))?)
}

/// The hotline's document, from its rows.
pub(crate) fn load_thread(tx: &Transaction<'_>, id: &ReportId) -> Result<Thread, PhoneError> {
    let rows = changes::raws(tx, id, Side::Thread)?;
    Ok(Thread::load(rows.iter().map(Vec::as_slice))?)
}

/// Makes the projections of one report from its rows.
pub(crate) fn project_from_rows(tx: &Transaction<'_>, id: &ReportId) -> Result<(), PhoneError> {
    let row = reports::get(tx, id)?;
    let report = load_report(tx, &row)?;
    let thread = load_thread(tx, id)?;
    project(tx, id, &report, &thread)
}

/// Makes all projections again.
pub(crate) fn project_all(tx: &Transaction<'_>) -> Result<(), PhoneError> {
    for kind in [Kind::Report, Kind::Proposal] {
        for row in reports::list(tx, kind)? {
            project_from_rows(tx, &row.id)?;
        }
    }
    meta::project_done(tx)
}
