//! One report with its two documents, loaded to be changed.

use loive_documents::validate::{Actor, ChangeHash, ChangeSummary, Rules, check_change};
use loive_documents::{Applied, ReportDocument, ReportView, Thread, WriteError};
use loive_protocol::{Refusal, ReportId, Seed};
use rusqlite::{Connection, OptionalExtension, named_params};

use super::codes::Side;
use super::error::DeskError;
use super::projection;
use super::store::int;

/// A report's number inside the store.
pub(super) type Number = i64;

pub(super) struct CaseFile {
    pub(super) number: Number,
    pub(super) kind: CaseKind,
    pub(super) seed: Seed,
    /// The compact form of a first change that is still wanted in full.
    pub(super) compact: Option<Vec<u8>>,
    pub(super) report: ReportDocument,
    pub(super) thread: Thread,
    /// What the report says, kept level with the document.
    pub(super) view: ReportView,
}

/// What begins under a seed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum CaseKind {
    /// A report.
    Report,
    /// A proposal for the library.
    Proposal,
}

impl CaseKind {
    const fn code(self) -> i64 {
        match self {
            Self::Report => 1,
            Self::Proposal => 2,
        }
    }

    const fn from_code(code: i64) -> Self {
        match code {
            2 => Self::Proposal,
            _ => Self::Report,
        }
    }
}

/// What became of one change of the reporter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// Part of the document, now or before.
    Merged,
    /// It depends on a change that is not here.
    Waiting,
}

/// The number of a report that counsellors may look at: no proposal.
pub(super) fn report_number(
    connection: &Connection,
    report: &ReportId,
) -> Result<Option<Number>, DeskError> {
    let sql = "SELECT number FROM reports WHERE id = ?1 AND kind = 1";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement
        .query_row([report.as_bytes().as_slice()], |row| row.get(0))
        .optional()?)
}

/// The number of a report or proposal that is known here.
pub(super) fn number_of(
    connection: &Connection,
    report: &ReportId,
) -> Result<Option<Number>, DeskError> {
    let sql = "SELECT number FROM reports WHERE id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement
        .query_row([report.as_bytes().as_slice()], |row| row.get(0))
        .optional()?)
}

/// The seed of a report or proposal that is known here.
pub(super) fn seed_of(
    connection: &Connection,
    report: &ReportId,
) -> Result<Option<Seed>, DeskError> {
    let sql = "SELECT seed FROM reports WHERE id = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let seed = statement
        .query_row([report.as_bytes().as_slice()], |row| row.get(0))
        .optional()?;
    Ok(seed.map(Seed::from_bytes))
}

impl CaseFile {
    pub(super) fn load(connection: &Connection, number: Number) -> Result<Self, DeskError> {
        let sql = "SELECT seed, compact, kind FROM reports WHERE number = ?1";
        let (seed, compact, kind) = connection
            .prepare_cached(sql)?
            .query_row([number], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?
            .ok_or(DeskError::NotFound)?;
        let rows = raw_changes(connection, number, Side::Reporter)?;
        let report = ReportDocument::load(rows.iter().map(Vec::as_slice));
        let rows = raw_changes(connection, number, Side::Hotline)?;
        let thread = Thread::load(rows.iter().map(Vec::as_slice));
        // Rows that were merged once and none of which loads any more are a bug:
        // better said than built upon.
        let (Ok(report), Ok(thread)) = (report, thread) else {
            return Err(DeskError::Internal { code: 0 });
        };
        Ok(Self {
            number,
            kind: CaseKind::from_code(kind),
            seed: Seed::from_bytes(seed),
            compact,
            view: report.view(),
            report,
            thread,
        })
    }

    /// Whether the first change is here. What somebody wrote who came back by a
    /// receipt is none: it may have come before.
    pub(super) fn has_first(&self) -> bool {
        self.view.form.is_some()
    }

    /// Judges a change of the reporter by everything but the document.
    pub(super) fn check(&self, raw: &[u8]) -> Result<ChangeSummary, Refusal> {
        let rules = match self.kind {
            CaseKind::Report => Rules::report(),
            CaseKind::Proposal => Rules::proposal(),
        };
        check_change(raw, &rules.with_first_actor(self.seed.first_actor()))
    }

    /// Takes a change of the reporter into the document and its row, or finds
    /// that it must wait. Nothing is stored of one that is refused or waits.
    pub(super) fn take(
        &mut self,
        connection: &Connection,
        raw: &[u8],
        summary: &ChangeSummary,
        at: u64,
    ) -> Result<Result<Taken, Refusal>, DeskError> {
        if self.report.contains(&summary.hash) {
            return Ok(Ok(Taken::Merged));
        }
        // The document would keep a change that waits and release it together
        // with others: it waits in the store instead, so that changes are merged
        // one by one and in an order that can be repeated.
        if !summary.deps.iter().all(|hash| self.report.contains(hash)) {
            return Ok(Ok(Taken::Waiting));
        }
        match self.report.apply(raw) {
            Err(refusal) => Ok(Err(refusal)),
            Ok(Applied::Waiting) => Ok(Err(Refusal::MissingDependency)),
            Ok(Applied::Known) => Ok(Ok(Taken::Merged)),
            Ok(Applied::New) => {
                insert_change(
                    connection,
                    self.number,
                    Side::Reporter,
                    &summary.hash,
                    raw,
                    at,
                )?;
                let after = self.report.view();
                let first = !self.has_first();
                let step = projection::Step {
                    hash: &summary.hash,
                    at,
                    first,
                };
                projection::follow(connection, self.number, &self.view, &after, &step)?;
                self.view = after;
                Ok(Ok(Taken::Merged))
            }
        }
    }

    /// Writes to the hotline's thread; `None` if it stood there already. The
    /// change is sealed later, by [`super::answers::seal`].
    pub(super) fn write(
        &mut self,
        connection: &Connection,
        now: u64,
        write: impl FnOnce(&mut Thread) -> Result<Option<Vec<u8>>, WriteError>,
    ) -> Result<Option<ChangeSummary>, DeskError> {
        let Some(raw) = write(&mut self.thread).map_err(of_write)? else {
            return Ok(None);
        };
        let summary = check_change(&raw, &Rules::thread())
            // The document has judged it by the same rules.
            .map_err(|_| DeskError::Internal { code: 0 })?;
        insert_change(
            connection,
            self.number,
            Side::Hotline,
            &summary.hash,
            &raw,
            now,
        )?;
        projection::snapshot_thread(connection, self.number, &self.thread.view())?;
        Ok(Some(summary))
    }
}

fn of_write(error: WriteError) -> DeskError {
    match error {
        WriteError::Empty => DeskError::Empty,
        WriteError::TooLong { limit, .. } => DeskError::TooLong { limit },
        WriteError::Full => DeskError::Full,
        _ => DeskError::Internal { code: 0 },
    }
}

pub(super) fn raw_changes(
    connection: &Connection,
    number: Number,
    side: Side,
) -> Result<Vec<Vec<u8>>, DeskError> {
    let sql = "SELECT raw FROM changes WHERE report = ?1 AND side = ?2 ORDER BY position";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map((number, side.code()), |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn insert_change(
    connection: &Connection,
    number: Number,
    side: Side,
    hash: &ChangeHash,
    raw: &[u8],
    at: u64,
) -> Result<(), DeskError> {
    let sql = "INSERT INTO changes (report, side, hash, raw, at)
               VALUES (:report, :side, :hash, :raw, :at)";
    connection.prepare_cached(sql)?.execute(named_params! {
        ":report": number,
        ":side": side.code(),
        ":hash": hash.as_slice(),
        ":raw": raw,
        ":at": int(at),
    })?;
    Ok(())
}

/// The report or proposal of a seed, begun if it is not here yet.
pub(super) fn begin(
    connection: &Connection,
    seed: &Seed,
    kind: CaseKind,
    written_at: u64,
    received_at: u64,
    now: u64,
) -> Result<Number, DeskError> {
    let id = seed.report_id();
    if let Some(number) = number_of(connection, &id)? {
        return Ok(number);
    }
    let sql = "INSERT INTO reports (id, seed, kind, shard, written_at, received_at, opened_at)
               VALUES (:id, :seed, :kind, :shard, :written_at, :received_at, :opened_at)";
    connection.prepare_cached(sql)?.execute(named_params! {
        ":id": id.as_bytes().as_slice(),
        ":seed": seed.as_bytes().as_slice(),
        ":kind": kind.code(),
        ":shard": seed.shard(),
        ":written_at": int(written_at.min(received_at)),
        ":received_at": int(received_at),
        ":opened_at": int(now),
    })?;
    Ok(connection.last_insert_rowid())
}

/// A fresh actor for this run of the desk.
///
/// Automerge loses what one actor writes under one sequence number twice. A
/// store that was restored from an older copy would do that, and nothing inside
/// the copy tells that it is old. A new actor at every start needs no such sign;
/// it costs a few bytes in a thread that several runs wrote to.
pub(super) fn fresh_actor(env: &crate::clock::Env) -> Actor {
    env.random()
}
