//! Opening: from an envelope of the inbox to what counsellors see.
//!
//! Every envelope stands for itself. Whatever one of them holds, the others are
//! processed, and of this one everything is kept: merged, waiting, or in
//! quarantine.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use loive_protocol::{
    Envelope, EnvelopeId, OpenError, OpenedReport, Outcome, Refusal, ReportId, ReportItem, Seed,
    open_report,
};
use rusqlite::{Connection, OptionalExtension, Transaction, named_params};

use super::answers::{self, Receipts};
use super::case_file::{self, CaseFile, CaseKind, Number};
use super::codes::{outcome_code, refusal_of_bytes, refusal_of_open};
use super::error::DeskError;
use super::identity::Identity;
use super::library::proposals;
use super::metrics::Metrics;
use super::parts::Parts;
use super::projection;
use super::quarantine::{self, Refused, Reopen};
use super::reading::Reading;
use super::store::int;
use crate::clock::Env;

/// The code of an envelope at which this program itself failed.
const CRASHED: Refusal = Refusal::Other(u8::MAX);

/// Reports that are kept open while a page is processed.
const CASES_MAX_COUNT: usize = 16;

/// What opens the envelopes of one page, in one transaction.
pub(super) struct Opener<'a> {
    identity: &'a Identity,
    env: &'a Env,
    metrics: &'a Metrics,
    actor: [u8; 16],
    receipts: Receipts,
    /// Loading a report costs as much as it has changes: somebody who sends one
    /// after the other must not make each cost more than the last.
    cases: RefCell<Vec<CaseFile>>,
    /// How many more sealed envelopes quarantine takes, once that was counted.
    room: Cell<Option<i64>>,
}

/// What a page of envelopes changed.
#[derive(Default)]
pub(super) struct Touched {
    /// Reports, and whether they became a P0 by it.
    pub(super) reports: BTreeMap<Number, bool>,
    /// Something new lies in quarantine.
    pub(super) quarantined: bool,
    /// Something in quarantine looks like a P0.
    pub(super) urgent_quarantine: bool,
}

impl Touched {
    fn join(&mut self, other: Self) {
        for (number, urgent) in other.reports {
            *self.reports.entry(number).or_default() |= urgent;
        }
        self.quarantined |= other.quarantined;
        self.urgent_quarantine |= other.urgent_quarantine;
    }
}

impl<'a> Opener<'a> {
    pub(super) fn new(
        identity: &'a Identity,
        env: &'a Env,
        metrics: &'a Metrics,
        actor: [u8; 16],
        receipts: Receipts,
    ) -> Self {
        let (cases, room) = (RefCell::default(), Cell::default());
        Self {
            identity,
            env,
            metrics,
            actor,
            receipts,
            cases,
            room,
        }
    }

    /// The report, from memory if it was just at hand. Whoever is done with it
    /// and has not failed puts it back.
    fn case(&self, connection: &Connection, number: Number) -> Result<CaseFile, DeskError> {
        let mut cases = self.cases.borrow_mut();
        match cases.iter().position(|case| case.number == number) {
            Some(at) => Ok(cases.remove(at)),
            None => CaseFile::load(connection, number),
        }
    }

    fn put_back(&self, case: CaseFile) {
        let mut cases = self.cases.borrow_mut();
        if cases.len() >= CASES_MAX_COUNT {
            cases.remove(0);
        }
        cases.push(case);
    }

    /// Processes one envelope of the inbox.
    ///
    /// # Errors
    /// Only if the store fails: then nothing of the page is kept.
    pub(super) fn arrive(
        &self,
        transaction: &mut Transaction<'_>,
        bytes: &[u8],
        received_at: u64,
        touched: &mut Touched,
    ) -> Result<(), DeskError> {
        let savepoint = transaction.savepoint()?;
        let mut here = Touched::default();
        // The validator leaves nothing by which Automerge could panic. Should it
        // be wrong once, one envelope is in quarantine and not the whole inbox.
        let done = catch_unwind(AssertUnwindSafe(|| {
            self.take(&savepoint, bytes, received_at, &mut here)
        }));
        match done {
            Ok(Ok(())) => {
                savepoint.commit()?;
                touched.join(here);
                Ok(())
            }
            Ok(Err(DeskError::Internal { .. })) | Err(_) => {
                drop(savepoint);
                // What is in memory may be ahead of the store now.
                self.cases.take();
                tracing::error!("an envelope could not be processed and is in quarantine");
                let id = EnvelopeId::from_bytes(quarantine::part_of(bytes));
                let shut = Shut {
                    id,
                    bytes,
                    received_at,
                    claimed: None,
                    refusal: CRASHED,
                };
                self.shut(transaction, &shut, touched)
            }
            Ok(Err(error)) => Err(error),
        }
    }

    fn take(
        &self,
        connection: &Connection,
        bytes: &[u8],
        received_at: u64,
        touched: &mut Touched,
    ) -> Result<(), DeskError> {
        let id = EnvelopeId::from_bytes(quarantine::part_of(bytes));
        if is_known(connection, &id)? {
            self.metrics.repeated_envelopes.add(1);
            return answers::offer_again(connection, &id);
        }
        let mut shut = Shut {
            id,
            bytes,
            received_at,
            claimed: None,
            refusal: Refusal::Malformed,
        };
        let envelope = match Envelope::parse(bytes.to_vec()) {
            Ok(envelope) => envelope,
            Err(error) => {
                shut.refusal = refusal_of_bytes(error);
                return self.shut(connection, &shut, touched);
            }
        };
        match self.open(connection, &envelope)? {
            Ok(opened) => self.merge(connection, &id, &opened, received_at, touched),
            Err(error) => {
                if let OpenError::UnknownReport(report) = error {
                    shut.claimed = Some(report);
                }
                shut.refusal = refusal_of_open(error);
                self.shut(connection, &shut, touched)
            }
        }
    }

    fn open(
        &self,
        connection: &Connection,
        envelope: &Envelope,
    ) -> Result<Result<OpenedReport, OpenError>, DeskError> {
        let failed = RefCell::new(None);
        let seed_of = |report: &ReportId| -> Option<Seed> {
            case_file::seed_of(connection, report).unwrap_or_else(|error| {
                failed.replace(Some(error));
                None
            })
        };
        let keys = &self.identity.seal_keys;
        let opened = open_report(envelope, keys, self.identity.root(), seed_of);
        failed.into_inner().map_or(Ok(opened), Err)
    }

    /// Keeps an envelope that did not open, and says so.
    fn shut(
        &self,
        connection: &Connection,
        shut: &Shut<'_>,
        touched: &mut Touched,
    ) -> Result<(), DeskError> {
        self.metrics.unopened_envelopes.add(1);
        let room = match self.room.get() {
            Some(room) => room,
            None => quarantine::sealed_room(connection)?,
        };
        self.room.set(Some(room - 1));
        if room <= 0 {
            self.metrics.dropped_envelopes.add(1);
            tracing::warn!("quarantine is full: an envelope that does not open was not kept");
            return Ok(());
        }
        let refused = Refused {
            envelope: &shut.id,
            claimed: shut.claimed,
            received_at: shut.received_at,
            refusal: shut.refusal,
            sealed: true,
            bytes: shut.bytes,
            reading: Reading::default(),
        };
        quarantine::put(connection, &refused)?;
        touched.quarantined = true;
        let outcome = Outcome::Quarantined(shut.refusal);
        note_envelope(connection, &shut.id, None, shut.received_at, outcome)
    }

    fn merge(
        &self,
        connection: &Connection,
        id: &EnvelopeId,
        opened: &OpenedReport,
        received_at: u64,
        touched: &mut Touched,
    ) -> Result<(), DeskError> {
        let known = case_file::number_of(connection, &opened.report)?;
        let number = match (&opened.seed, known) {
            (_, Some(number)) => number,
            (Some(seed), None) => match self.begin(connection, seed, opened, received_at)? {
                Some(number) => number,
                None => return Ok(()),
            },
            (None, None) => return Err(DeskError::Internal { code: 0 }),
        };
        self.metrics.opened_envelopes.add(1);
        note_envelope(connection, id, Some(number), received_at, Outcome::Merged)?;
        let before = known.map(|_| is_urgent(connection, number)).transpose()?;

        let mut case = self.case(connection, number)?;
        let mut parts = Parts {
            connection,
            case: &mut case,
            envelope: id,
            received_at,
        };
        let found = parts.take(&opened.batch.items)?;
        projection::snapshot_report(connection, &case)?;
        self.put_back(case);
        if found.news {
            let sql = "UPDATE reports SET unread = 1 WHERE number = ?1";
            connection.prepare_cached(sql)?.execute([number])?;
        }
        touched.quarantined |= found.quarantined;
        touched.urgent_quarantine |= found.urgent;
        let became_urgent = is_urgent(connection, number)? && before != Some(true);
        *touched.reports.entry(number).or_default() |= became_urgent;

        if known.is_none() {
            // What came before the report's beginning can be proved now.
            let early = quarantine::reopen(connection, Reopen::EarlyFor(&opened.report))?;
            for sealed in early {
                self.take(connection, &sealed.bytes, sealed.received_at, touched)?;
            }
        }
        Ok(())
    }

    /// Begins what a seed stands for; `None` if that is not kept.
    fn begin(
        &self,
        connection: &Connection,
        seed: &Seed,
        opened: &OpenedReport,
        received_at: u64,
    ) -> Result<Option<Number>, DeskError> {
        let kind = match opened.batch.items.first() {
            Some(ReportItem::Branch { .. }) => CaseKind::Proposal,
            _ => CaseKind::Report,
        };
        match kind {
            CaseKind::Report => self.metrics.new_reports.add(1),
            CaseKind::Proposal if proposals::is_full(connection)? => {
                self.metrics.dropped_proposals.add(1);
                tracing::warn!("too many proposals wait for a decision: one was not kept");
                return Ok(None);
            }
            CaseKind::Proposal => self.metrics.new_proposals.add(1),
        }
        let (written_at, now) = (opened.batch.written_at, self.env.now());
        case_file::begin(connection, seed, kind, written_at, received_at, now).map(Some)
    }

    /// Tells the reporters of these reports what became of what they sent. One
    /// who cannot be told does not keep the others waiting.
    pub(super) fn acknowledge_all(
        &self,
        transaction: &mut Transaction<'_>,
        numbers: impl IntoIterator<Item = Number>,
    ) -> Result<(), DeskError> {
        for number in numbers {
            let savepoint = transaction.savepoint()?;
            match self.acknowledge(&savepoint, number) {
                Ok(()) => savepoint.commit()?,
                Err(error @ (DeskError::Internal { .. } | DeskError::Full)) => {
                    drop(savepoint);
                    self.cases.take();
                    tracing::error!(%error, number, "a reporter could not be answered");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn acknowledge(&self, connection: &Connection, number: Number) -> Result<(), DeskError> {
        let mut case = self.case(connection, number)?;
        if self.receipts == Receipts::Give {
            let (now, actor) = (self.env.now(), self.actor);
            case.write(connection, now, |thread| thread.mark_opened(actor, now))?;
            if case.view.withdrawn.is_some() {
                case.write(connection, now, |thread| {
                    thread.mark_withdrawn_seen(actor, now)
                })?;
            }
        }
        answers::seal(connection, &case, self.identity, self.env, self.receipts)
    }
}

/// An envelope that did not open.
struct Shut<'a> {
    id: EnvelopeId,
    bytes: &'a [u8],
    received_at: u64,
    claimed: Option<ReportId>,
    refusal: Refusal,
}

fn is_known(connection: &Connection, id: &EnvelopeId) -> Result<bool, DeskError> {
    let sql = "SELECT 1 FROM envelopes WHERE id = ?1";
    Ok(connection
        .prepare_cached(sql)?
        .exists([id.as_bytes().as_slice()])?)
}

fn note_envelope(
    connection: &Connection,
    id: &EnvelopeId,
    report: Option<Number>,
    received_at: u64,
    outcome: Outcome,
) -> Result<(), DeskError> {
    let sql = "INSERT INTO envelopes (id, report, received_at, outcome)
               VALUES (:id, :report, :received_at, :outcome)";
    connection.prepare_cached(sql)?.execute(named_params! {
        ":id": id.as_bytes().as_slice(),
        ":report": report,
        ":received_at": int(received_at),
        ":outcome": outcome_code(outcome),
    })?;
    Ok(())
}

/// Whether a report calls for the alarm.
fn is_urgent(connection: &Connection, number: Number) -> Result<bool, DeskError> {
    let sql = "SELECT kind = 1 AND urgency = 0 AND closed = 0 FROM reports WHERE number = ?1";
    let urgent = connection
        .prepare_cached(sql)?
        .query_row([number], |row| row.get(0));
    Ok(urgent.optional()?.unwrap_or(false))
}
