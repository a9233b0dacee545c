//! The queue: the most urgent first, then the longest waiting.

use std::collections::HashMap;
use std::sync::PoisonError;

use loive_documents::Place;
use loive_protocol::ReportId;
use rusqlite::{Connection, Row};

use super::Desk;
use super::audit;
use super::codes::{level_from, urgency_from};
use super::error::DeskError;
use super::store::{int, uint};
use super::view::{CaseState, QueueCounts, QueueFilter, QueuePage, QueueRow, User};

/// Rows in one page at most.
const PAGE_MAX_COUNT: usize = 500;
/// A page that keeps itself up to date looks again and again: of the queue, one
/// look in this time is noted for each person. A look at a report always is.
const LOOK_NOTED_EVERY_SECONDS: u64 = 900;

/// When each person's look at the queue was noted last.
pub(super) type Looks = HashMap<String, u64>;

/// The columns that [`from_row`] reads. `r` is the report, `u` who claimed it.
pub(super) const COLUMNS: &str = "r.id, r.number, r.urgency, r.level, r.what, r.place,
    r.written_at, r.received_at, r.closed, r.answered, r.read_at, u.display_name, r.unread,
    EXISTS (SELECT 1 FROM quarantine q WHERE q.claimed = r.id AND q.resolved = 0),
    r.minor, r.withdrawn_at, r.hoax";

pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<QueueRow> {
    let (closed, answered): (bool, bool) = (row.get(8)?, row.get(9)?);
    let read_at: Option<i64> = row.get(10)?;
    let place: Option<String> = row.get(5)?;
    Ok(QueueRow {
        report: ReportId::from_bytes(row.get(0)?),
        number: uint(row.get(1)?),
        urgency: urgency_from(row.get(2)?),
        level: level_from(row.get(3)?),
        what: row.get(4)?,
        place: place.as_deref().and_then(Place::from_code),
        written_at: uint(row.get(6)?),
        received_at: uint(row.get(7)?),
        state: match (closed, answered, read_at) {
            (true, _, _) => CaseState::Closed,
            (false, true, _) => CaseState::Answered,
            (false, false, Some(_)) => CaseState::Read,
            (false, false, None) => CaseState::New,
        },
        claimed_by: row.get(11)?,
        unread: row.get(12)?,
        quarantined: row.get(13)?,
        minor_possible: row.get(14)?,
        withdrawn: row.get::<_, Option<i64>>(15)?.is_some(),
        hoax: row.get(16)?,
    })
}

impl Desk {
    /// A page of the queue: `limit` rows (at most 500) after the first `after`.
    pub fn queue(
        &self,
        who: &User,
        filter: QueueFilter,
        after: usize,
        limit: usize,
    ) -> Result<QueuePage, DeskError> {
        self.note_look(who)?;
        let limit = limit.min(PAGE_MAX_COUNT);
        self.store.read(|connection| {
            let mut rows = rows(connection, who, filter, after, limit.saturating_add(1))?;
            let more = rows.len() > limit;
            rows.truncate(limit);
            Ok(QueuePage {
                rows,
                counts: counts(connection)?,
                more,
            })
        })
    }

    fn note_look(&self, who: &User) -> Result<(), DeskError> {
        let now = self.env.now();
        {
            let mut looks = self
                .queue_looks
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let noted = looks.get(&who.name);
            if noted.is_some_and(|at| now.abs_diff(*at) < LOOK_NOTED_EVERY_SECONDS) {
                return Ok(());
            }
            looks.insert(who.name.clone(), now);
        }
        self.note(who, audit::LOOKED_AT_QUEUE, None)
    }
}

fn rows(
    connection: &Connection,
    who: &User,
    filter: QueueFilter,
    after: usize,
    limit: usize,
) -> Result<Vec<QueueRow>, DeskError> {
    let condition = match filter {
        QueueFilter::Open => "r.kind = 1 AND r.closed = 0",
        QueueFilter::Unclaimed => "r.kind = 1 AND r.closed = 0 AND r.claimed_by IS NULL",
        QueueFilter::Mine => "r.kind = 1 AND r.closed = 0 AND r.claimed_by = ?3",
        QueueFilter::All => "r.kind = 1",
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM reports r LEFT JOIN users u ON u.name = r.claimed_by
         WHERE {condition} AND ?3 IS NOT NULL
         ORDER BY r.closed, r.urgency, r.received_at, r.number LIMIT ?1 OFFSET ?2"
    );
    let [limit, after] = [limit, after].map(|count| int(count as u64));
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map((limit, after, &who.name), from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn counts(connection: &Connection) -> Result<QueueCounts, DeskError> {
    let mut counts = QueueCounts::default();
    let sql = "SELECT urgency, count(*), sum(unread) FROM reports WHERE kind = 1 AND closed = 0
               GROUP BY urgency";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(open) = counts.open.get_mut(usize::from(row.get::<_, u8>(0)?)) {
            *open = uint(row.get(1)?);
        }
        counts.unread += uint(row.get(2)?);
    }
    let sql = "SELECT count(*), coalesce(sum(urgent), 0) FROM quarantine
               WHERE resolved = 0 AND seen = 0";
    let (quarantined, urgent) = connection
        .prepare_cached(sql)?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    (counts.quarantined, counts.quarantined_urgent) = (uint(quarantined), uint(urgent));
    Ok(counts)
}
