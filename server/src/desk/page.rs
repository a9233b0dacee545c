//! All about one report, from rows alone.

use std::collections::BTreeMap;

use loive_documents::{Answers, Form, Indicator, Value, Weight, indicators};
use loive_protocol::ReportId;
use rusqlite::{Connection, OptionalExtension};

use super::Desk;
use super::audit;
use super::case_file::{Number, report_number};
use super::casework::kind;
use super::codes::{Side, scalar_from_stored, urgency_from};
use super::error::DeskError;
use super::projection::{ANSWERS, CONFLICTS, UNKNOWN};
use super::quarantine;
use super::queue;
use super::store::uint;
use super::view::{ContactRules, QueueRow, ReportPage, TimelineEntry, TimelineWhat, User};

/// The language of a report that does not name one.
const DEFAULT_LANGUAGE: &str = "vi";

impl Desk {
    /// All about a report; `None` if it is not here. The look is noted before
    /// anything is shown.
    pub fn report(&self, who: &User, id: &ReportId) -> Result<Option<ReportPage>, DeskError> {
        let Some(number) = self
            .store
            .read(|connection| report_number(connection, id))?
        else {
            return Ok(None);
        };
        self.note(who, audit::LOOKED_AT_REPORT, Some(number))?;
        self.store
            .read(|connection| page(connection, number, id).map(Some))
    }
}

/// The columns that only this page shows.
struct More {
    language: Option<String>,
    form_version: i64,
    urgency_reason: Option<String>,
    opened_at: u64,
    read_at: Option<u64>,
    withdrawn_at: Option<u64>,
}

fn page(connection: &Connection, number: Number, id: &ReportId) -> Result<ReportPage, DeskError> {
    let columns = queue::COLUMNS;
    let sql = format!(
        "SELECT {columns} FROM reports r LEFT JOIN users u ON u.name = r.claimed_by
         WHERE r.number = ?1"
    );
    let row = connection
        .prepare_cached(&sql)?
        .query_row([number], queue::from_row)?;
    let more = more(connection, number)?;
    let lists = lists(connection, number)?;
    let effective = Form::suspicion_report().effective(&lists.answers);
    let timeline = timeline(connection, number, &row, &more)?;
    Ok(ReportPage {
        row,
        contact: contact(&effective),
        reader_language: more.language.unwrap_or_else(|| DEFAULT_LANGUAGE.to_owned()),
        red_flags: red_flags(&effective),
        answers: effective.into_iter().collect(),
        conflicts: lists.conflicts,
        unknown: lists.unknown,
        timeline,
        quarantine: quarantine::rows(connection, Some(id))?,
        urgency_reason: more.urgency_reason,
        form_version: u16::try_from(more.form_version).unwrap_or(u16::MAX),
    })
}

fn more(connection: &Connection, number: Number) -> Result<More, DeskError> {
    let sql = "SELECT language, form_version, urgency_reason,
                      min(opened_at, coalesce(thread_opened_at, opened_at)), read_at, withdrawn_at
               FROM reports WHERE number = ?1";
    let more = connection.prepare_cached(sql)?.query_row([number], |row| {
        Ok(More {
            language: row.get(0)?,
            form_version: row.get(1)?,
            urgency_reason: row.get(2)?,
            opened_at: uint(row.get(3)?),
            read_at: row.get::<_, Option<i64>>(4)?.map(uint),
            withdrawn_at: row.get::<_, Option<i64>>(5)?.map(uint),
        })
    });
    more.optional()?.ok_or(DeskError::NotFound)
}

#[derive(Default)]
struct Lists {
    answers: Answers,
    conflicts: BTreeMap<String, Vec<Value>>,
    unknown: Vec<(String, String)>,
}

fn lists(connection: &Connection, number: Number) -> Result<Lists, DeskError> {
    let form = Form::suspicion_report();
    let sql = "SELECT list, field, kind, value FROM answers_given
               WHERE report = ?1 ORDER BY list, field, rank";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([number])?;
    let mut lists = Lists::default();
    while let Some(row) = rows.next()? {
        let (list, key): (i64, String) = (row.get(0)?, row.get(1)?);
        let Some(scalar) = scalar_from_stored(row.get(2)?, row.get_ref(3)?) else {
            continue;
        };
        if list == UNKNOWN {
            if let loive_documents::Scalar::Str(text) = scalar {
                lists.unknown.push((key, text));
            }
            continue;
        }
        let value = form
            .field(&key)
            .and_then(|field| Value::from_scalar(field, &scalar).ok());
        match (list, value) {
            (ANSWERS, Some(value)) => {
                lists.answers.set(key, value);
            }
            (CONFLICTS, Some(value)) => lists.conflicts.entry(key).or_default().push(value),
            _ => {}
        }
    }
    Ok(lists)
}

/// How the reporter may be reached. Of what counts: whoever takes "call me back"
/// away takes the number with it.
fn contact(answers: &Answers) -> ContactRules {
    let text = |field| match answers.get(field) {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let single = |field| match answers.get(field) {
        Some(Value::Single(code)) => Some(code.clone()),
        _ => None,
    };
    let minutes = |field| match answers.get(field) {
        Some(Value::Time(minutes)) => Some(*minutes),
        _ => None,
    };
    ContactRules {
        wanted: match answers.get("contact_wanted") {
            Some(Value::Bool(wanted)) => Some(*wanted),
            _ => None,
        },
        phone: text("safe_phone"),
        days: answers.ticked("safe_days").to_vec(),
        from_minutes: minutes("safe_from"),
        to_minutes: minutes("safe_to"),
        word: text("safe_word"),
        voicemail_ok: single("voicemail_ok"),
        sms_ok: single("sms_ok"),
        phone_shared: single("phone_shared"),
    }
}

/// The signs that were ticked, the gravest first, then as in the checklist.
fn red_flags(answers: &Answers) -> Vec<String> {
    let gravity = |indicator: &&Indicator| match indicator.weight() {
        Weight::Critical => 0,
        Weight::Strong => 1,
        Weight::Medium => 2,
        Weight::Weak => 3,
    };
    let ticked = answers.ticked("indicators");
    let mut flags: Vec<&Indicator> = indicators()
        .iter()
        .filter(|indicator| ticked.iter().any(|id| id == indicator.id()))
        .collect();
    flags.sort_by_key(gravity);
    flags
        .into_iter()
        .map(|indicator| indicator.id().to_owned())
        .collect()
}

fn timeline(
    connection: &Connection,
    number: Number,
    row: &QueueRow,
    more: &More,
) -> Result<Vec<TimelineEntry>, DeskError> {
    let entry = |at, what| TimelineEntry { at, what };
    let mut entries = vec![
        entry(row.written_at, TimelineWhat::Written),
        entry(row.received_at, TimelineWhat::Received),
        entry(more.opened_at.max(row.received_at), TimelineWhat::Opened),
    ];
    amendments(connection, number, &mut entries)?;
    messages(connection, number, &mut entries)?;
    if let Some(at) = more.withdrawn_at {
        entries.push(entry(at, TimelineWhat::Withdrawn));
    }
    let before = entries.len();
    events(connection, number, &mut entries)?;
    let noted = entries.iter().skip(before);
    let read_is_noted = noted
        .into_iter()
        .any(|entry| matches!(entry.what, TimelineWhat::Read(_)));
    if let (Some(at), false) = (more.read_at, read_is_noted) {
        // By somebody at the desk whose store was lost.
        entries.push(entry(at, TimelineWhat::Read(String::new())));
    }
    // Stable: of one second, in the order above.
    entries.sort_by_key(|entry| entry.at);
    Ok(entries)
}

fn amendments(
    connection: &Connection,
    number: Number,
    entries: &mut Vec<TimelineEntry>,
) -> Result<(), DeskError> {
    let sql = "SELECT at, fields FROM amendments WHERE report = ?1 ORDER BY at, hash";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([number])?;
    while let Some(row) = rows.next()? {
        let fields: String = row.get(1)?;
        let fields = fields.split(',').map(str::to_owned).collect();
        entries.push(TimelineEntry {
            at: uint(row.get(0)?),
            what: TimelineWhat::Amended(fields),
        });
    }
    Ok(())
}

fn messages(
    connection: &Connection,
    number: Number,
    entries: &mut Vec<TimelineEntry>,
) -> Result<(), DeskError> {
    let sql = "SELECT m.at, m.side, m.text, u.display_name FROM messages m
               LEFT JOIN authors a ON a.report = m.report AND a.message = m.id AND m.side = 2
               LEFT JOIN users u ON u.name = a.user
               WHERE m.report = ?1 ORDER BY m.at, m.side, m.id, m.text";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([number])?;
    while let Some(row) = rows.next()? {
        let (side, text): (i64, String) = (row.get(1)?, row.get(2)?);
        let author: Option<String> = row.get(3)?;
        let what = if side == Side::Reporter.code() {
            TimelineWhat::FromReporter(text)
        } else {
            TimelineWhat::FromHotline(author.unwrap_or_default(), text)
        };
        entries.push(TimelineEntry {
            at: uint(row.get(0)?),
            what,
        });
    }
    Ok(())
}

fn events(
    connection: &Connection,
    number: Number,
    entries: &mut Vec<TimelineEntry>,
) -> Result<(), DeskError> {
    let sql = "SELECT e.at, e.kind, u.display_name, e.urgency, e.text FROM events e
               JOIN users u ON u.name = e.user WHERE e.report = ?1 ORDER BY e.id";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([number])?;
    while let Some(row) = rows.next()? {
        let (what, name): (i64, String) = (row.get(1)?, row.get(2)?);
        let text =
            |index| Ok::<_, DeskError>(row.get::<_, Option<String>>(index)?.unwrap_or_default());
        let what = match what {
            kind::READ => TimelineWhat::Read(name),
            kind::CLAIMED => TimelineWhat::Claimed(name),
            kind::RELEASED => TimelineWhat::Released(name),
            kind::URGENCY => {
                let urgency: Option<i64> = row.get(3)?;
                let urgency = urgency_from(urgency.unwrap_or(i64::MAX));
                TimelineWhat::Urgency(name, urgency, text(4)?)
            }
            kind::HOAX => TimelineWhat::Hoax(name, text(4)?),
            kind::HOAX_UNDONE => TimelineWhat::HoaxUndone(name),
            _ => continue,
        };
        entries.push(TimelineEntry {
            at: uint(row.get(0)?),
            what,
        });
    }
    Ok(())
}
