//! What is read far more often than it changes: rows made from the documents.
//! All of it can be made again, and a test does.

use std::collections::{BTreeSet, HashSet};

use loive_documents::validate::ChangeHash;
use loive_documents::{
    Answers, Field, Form, Place, ReportDocument, ReportView, Scalar, ThreadView, Value, compact,
    screening, urgency,
};
use rusqlite::{Connection, named_params};

use super::case_file::{CaseFile, CaseKind, Number};
use super::codes::{Side, level_code, scalar_to_stored, urgency_code};
use super::error::DeskError;
use super::library::proposals;
use super::store::{int, uint};

pub(super) const ANSWERS: i64 = 1;
pub(super) const CONFLICTS: i64 = 2;
pub(super) const UNKNOWN: i64 = 3;

/// Keys that this version does not know, of one report, that are shown. All of
/// them stay in the document.
const UNKNOWN_MAX_COUNT: usize = 200;

/// Of a report of which nothing can be read: somebody should look soon.
const UNREADABLE_URGENCY: loive_documents::Urgency = loive_documents::Urgency::P1;

/// Where one change stands among the others.
pub(super) struct Step<'a> {
    pub(super) hash: &'a ChangeHash,
    /// When the relay received it.
    pub(super) at: u64,
    pub(super) first: bool,
}

/// Notes what one change did: messages, a withdrawal, answers amended. A phone's
/// clock never puts anything later than its arrival.
pub(super) fn follow(
    connection: &Connection,
    number: Number,
    before: &ReportView,
    after: &ReportView,
    step: &Step<'_>,
) -> Result<(), DeskError> {
    let known: HashSet<(&str, &str)> = before
        .messages
        .iter()
        .map(|message| (message.id.as_str(), message.text.as_str()))
        .collect();
    for message in &after.messages {
        let (id, text) = (message.id.as_str(), message.text.as_str());
        if !known.contains(&(id, text)) {
            let at = message.written_at.min(step.at);
            insert_message(connection, number, Side::Reporter, id, text, at)?;
        }
    }
    if let (None, Some(at)) = (before.withdrawn, after.withdrawn) {
        let sql = "UPDATE reports SET withdrawn_at = ?2 WHERE number = ?1";
        connection
            .prepare_cached(sql)?
            .execute((number, int(at.min(step.at))))?;
    }
    let amended = if step.first {
        Vec::new()
    } else {
        amended(before, after)
    };
    if !amended.is_empty() {
        let sql = "INSERT OR IGNORE INTO amendments (report, hash, at, fields)
                   VALUES (?1, ?2, ?3, ?4)";
        connection.prepare_cached(sql)?.execute((
            number,
            step.hash.as_slice(),
            int(step.at),
            amended.join(","),
        ))?;
    }
    Ok(())
}

/// Fields that read otherwise than before, in the order of the form.
fn amended(before: &ReportView, after: &ReportView) -> Vec<String> {
    let changed: BTreeSet<&str> = before
        .answers
        .iter()
        .chain(after.answers.iter())
        .map(|(field, _)| field)
        .filter(|field| {
            before.answers.get(field) != after.answers.get(field)
                || before.conflicts.get(*field) != after.conflicts.get(*field)
        })
        .collect();
    let form = Form::suspicion_report();
    let in_order = form.questions().map(Field::id);
    in_order
        .filter(|field| changed.contains(field))
        .map(str::to_owned)
        .collect()
}

fn insert_message(
    connection: &Connection,
    number: Number,
    side: Side,
    id: &str,
    text: &str,
    at: u64,
) -> Result<(), DeskError> {
    let sql = "INSERT OR IGNORE INTO messages (report, side, id, text, at)
               VALUES (?1, ?2, ?3, ?4, ?5)";
    connection
        .prepare_cached(sql)?
        .execute((number, side.code(), id, text, int(at)))?;
    Ok(())
}

/// Writes what the report says now, from its document, or from its compact form
/// while the first change is still wanted.
pub(super) fn snapshot_report(connection: &Connection, case: &CaseFile) -> Result<(), DeskError> {
    // A proposal answers no question of a form, and is never urgent.
    if case.kind == CaseKind::Proposal {
        return Ok(());
    }
    if case.has_first() {
        let unknown = unknown_of(&case.report, &case.view);
        let version = case.view.form_version.unwrap_or(0);
        let now = Now {
            answers: &case.view.answers,
            version,
            readable: true,
        };
        write(connection, case.number, &now)?;
        return write_lists(connection, case.number, &case.view, &unknown);
    }
    let read = case
        .compact
        .as_deref()
        .and_then(|bytes| compact::decode(bytes).ok());
    let (version, answers) = match read {
        Some((form, answers)) => (i64::from(form.version), answers),
        None => (0, Answers::new()),
    };
    let now = Now {
        answers: &answers,
        version,
        readable: !answers.is_empty(),
    };
    write(connection, case.number, &now)?;
    let view = ReportView {
        answers,
        ..ReportView::default()
    };
    write_lists(connection, case.number, &view, &[])
}

/// What the columns are computed from.
struct Now<'a> {
    answers: &'a Answers,
    version: i64,
    readable: bool,
}

fn write(connection: &Connection, number: Number, now: &Now<'_>) -> Result<(), DeskError> {
    let answers = Form::suspicion_report().effective(now.answers);
    let urgency = if now.readable {
        urgency(&answers)
    } else {
        UNREADABLE_URGENCY
    };
    let sql = "UPDATE reports SET urgency_computed = :urgency, level = :level, what = :what,
                   place = :place, minor = :minor, language = :language,
                   form_version = :form_version
               WHERE number = :number";
    connection.prepare_cached(sql)?.execute(named_params! {
        ":urgency": urgency_code(urgency),
        ":level": level_code(screening::score_level(&answers)),
        ":what": answers.ticked("what_type").first(),
        ":place": match answers.get("where") {
            Some(Value::Place(place)) => Some(Place::to_code(place)),
            _ => None,
        },
        ":minor": screening::minor_possible(&answers),
        ":language": match answers.get("lang") {
            Some(Value::Single(code)) => Some(code.as_str()),
            _ => None,
        },
        ":form_version": now.version,
        ":number": number,
    })?;
    Ok(())
}

/// What this version does not understand, as text. Bounded: a stranger may have
/// filled a report with it.
fn unknown_of(report: &ReportDocument, view: &ReportView) -> Vec<(String, Vec<String>)> {
    let shown = view.unknown.iter().take(UNKNOWN_MAX_COUNT);
    shown
        .map(|key| (key.clone(), report.raw_texts(key)))
        .collect()
}

fn write_lists(
    connection: &Connection,
    number: Number,
    view: &ReportView,
    unknown: &[(String, Vec<String>)],
) -> Result<(), DeskError> {
    let sql = "DELETE FROM answers_given WHERE report = ?1";
    connection.prepare_cached(sql)?.execute([number])?;
    for (field, value) in view.answers.iter() {
        insert_answer(connection, number, ANSWERS, field, 0, value.to_scalar())?;
    }
    for (field, values) in &view.conflicts {
        for (rank, value) in values.iter().enumerate() {
            insert_answer(
                connection,
                number,
                CONFLICTS,
                field,
                rank,
                value.to_scalar(),
            )?;
        }
    }
    for (key, texts) in unknown {
        for (rank, text) in texts.iter().enumerate() {
            let scalar = Scalar::Str(text.clone());
            insert_answer(connection, number, UNKNOWN, key, rank, scalar)?;
        }
    }
    Ok(())
}

fn insert_answer(
    connection: &Connection,
    number: Number,
    list: i64,
    field: &str,
    rank: usize,
    scalar: Scalar,
) -> Result<(), DeskError> {
    let (kind, value) = scalar_to_stored(scalar);
    let sql = "INSERT INTO answers_given (report, list, field, rank, kind, value)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let rank = i64::try_from(rank).unwrap_or(i64::MAX);
    connection
        .prepare_cached(sql)?
        .execute((number, list, field, rank, kind, value))?;
    Ok(())
}

/// Writes what the thread says now.
pub(super) fn snapshot_thread(
    connection: &Connection,
    number: Number,
    view: &ThreadView,
) -> Result<(), DeskError> {
    for message in &view.messages {
        let (id, text, at) = (&message.id, &message.text, message.written_at);
        insert_message(connection, number, Side::Hotline, id, text, at)?;
    }
    let sql = "UPDATE reports SET thread_opened_at = :opened, read_at = :read,
                   withdrawn_seen_at = :withdrawn_seen, answered = :answered
               WHERE number = :number";
    connection.prepare_cached(sql)?.execute(named_params! {
        ":opened": view.opened.map(int),
        ":read": view.read.map(int),
        ":withdrawn_seen": view.withdrawn_seen.map(int),
        ":answered": !view.messages.is_empty(),
        ":number": number,
    })?;
    proposals::note_decision(connection, number, view)
}

/// Makes the projections of one report again, from its changes alone.
pub(super) fn rebuild(connection: &Connection, number: Number) -> Result<(), DeskError> {
    for sql in [
        "DELETE FROM messages WHERE report = ?1",
        "DELETE FROM amendments WHERE report = ?1",
        "UPDATE reports SET withdrawn_at = NULL WHERE number = ?1",
    ] {
        connection.prepare_cached(sql)?.execute([number])?;
    }
    let mut report = ReportDocument::load([]).map_err(|_| DeskError::Internal { code: 0 })?;
    let mut before = report.view();
    let sql = "SELECT raw, hash, at FROM changes WHERE report = ?1 AND side = ?2 ORDER BY position";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query((number, Side::Reporter.code()))?;
    while let Some(row) = rows.next()? {
        let (raw, hash): (Vec<u8>, ChangeHash) = (row.get(0)?, row.get(1)?);
        let step = Step {
            hash: &hash,
            at: uint(row.get(2)?),
            first: before.form.is_none(),
        };
        report
            .apply(&raw)
            .map_err(|_| DeskError::Internal { code: 0 })?;
        let after = report.view();
        follow(connection, number, &before, &after, &step)?;
        before = after;
    }
    let case = CaseFile::load(connection, number)?;
    snapshot_report(connection, &case)?;
    snapshot_thread(connection, number, &case.thread.view())
}
