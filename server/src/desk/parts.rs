//! The parts of an opened envelope: what becomes of each of its changes.

use loive_documents::compact::{self, CompactError};
use loive_documents::validate::limits::{WAITING_MAX_BYTES, WAITING_MAX_COUNT};
use loive_documents::validate::{ChangeHash, ChangeSummary};
use loive_documents::{FirstChange, first_change};
use loive_protocol::{EnvelopeId, Outcome, Refusal, ReportItem};
use rusqlite::Connection;

use super::case_file::{CaseFile, CaseKind, Taken};
use super::codes::{Side, outcome_code};
use super::error::DeskError;
use super::library::proposals::{self, Branch};
use super::quarantine::{self, Refused};
use super::reading::{self, Reading};
use super::store::{int, uint};

pub(super) struct Parts<'a> {
    pub(super) connection: &'a Connection,
    pub(super) case: &'a mut CaseFile,
    pub(super) envelope: &'a EnvelopeId,
    pub(super) received_at: u64,
}

/// What an envelope brought.
#[derive(Default, Clone, Copy)]
pub(super) struct Found {
    /// Something that a counsellor has not seen.
    pub(super) news: bool,
    pub(super) quarantined: bool,
    /// Something in quarantine looks like a P0.
    pub(super) urgent: bool,
}

/// A change that waits in the store.
struct WaitingRow {
    hash: ChangeHash,
    raw: Vec<u8>,
    at: u64,
    envelope: Vec<u8>,
}

impl Parts<'_> {
    pub(super) fn take(&mut self, items: &[ReportItem]) -> Result<Found, DeskError> {
        let mut found = Found::default();
        if items.is_empty() {
            self.worsen(
                self.envelope.as_bytes(),
                Outcome::Quarantined(Refusal::Malformed),
            )?;
        }
        let rest = self.branch(items, &mut found)?;
        for item in rest {
            match item {
                ReportItem::First { compact, check } => self.first(compact, *check, &mut found)?,
                ReportItem::Change(raw) => self.change(raw, &mut found)?,
                ReportItem::Branch { change: raw, .. } | ReportItem::Recording(raw) => {
                    self.stray(raw, Refusal::SchemaPath, &mut found)?;
                }
            }
        }
        self.release(&mut found)?;
        Ok(found)
    }

    /// Takes the proposal that a batch begins with, if it does, and gives the rest.
    fn branch<'i>(
        &mut self,
        items: &'i [ReportItem],
        found: &mut Found,
    ) -> Result<&'i [ReportItem], DeskError> {
        let [ReportItem::Branch { item, change }, rest @ ..] = items else {
            return Ok(items);
        };
        let (recording, rest) = match rest {
            [ReportItem::Recording(recording), rest @ ..] => (Some(recording.as_slice()), rest),
            rest => (None, rest),
        };
        let branch = Branch {
            item,
            change,
            recording,
        };
        match proposals::take(self.connection, self.case, &branch)? {
            Ok(is_new) => found.news |= is_new,
            Err(refusal) => {
                self.stray(change, refusal, found)?;
                if let Some(recording) = recording {
                    self.stray(recording, refusal, found)?;
                }
            }
        }
        Ok(rest)
    }

    /// Something for the library that was not taken. Whatever words are in it,
    /// they are about an article and not about somebody in danger.
    fn stray(
        &mut self,
        bytes: &[u8],
        refusal: Refusal,
        found: &mut Found,
    ) -> Result<(), DeskError> {
        let reading = Reading {
            urgent: false,
            ..reading::of_change(bytes)
        };
        self.quarantine(bytes, refusal, reading, found)
    }

    /// The first change in its compact form.
    fn first(&mut self, bytes: &[u8], check: [u8; 8], found: &mut Found) -> Result<(), DeskError> {
        let first = match first_change(bytes, self.case.seed.first_actor()) {
            Ok(first) => first,
            Err(error) => {
                let reading = reading::of_compact(bytes);
                return self.quarantine(bytes, refusal_of_compact(&error), reading, found);
            }
        };
        if self.case.report.contains(&first.hash) {
            return Ok(());
        }
        if self.case.has_first() || self.case.kind == CaseKind::Proposal {
            return self.quarantine(bytes, Refusal::DuplicateFirst, read(bytes), found);
        }
        if first.check() == check {
            return self.begin(bytes, &first, found);
        }
        self.ask_for_raw(bytes, found)
    }

    fn begin(
        &mut self,
        bytes: &[u8],
        first: &FirstChange,
        found: &mut Found,
    ) -> Result<(), DeskError> {
        let taken = match self.case.check(&first.raw) {
            Ok(summary) => self.merge(&first.raw, &summary, self.received_at, found)?,
            Err(refusal) => Err(refusal),
        };
        match taken {
            Ok(_) => Ok(()),
            Err(refusal) => self.quarantine(bytes, refusal, read(bytes), found),
        }
    }

    /// The change that we make of the compact form is not the one that the phone
    /// made. The report is kept and shown by its compact form until the phone
    /// sends the change itself.
    fn ask_for_raw(&mut self, bytes: &[u8], found: &mut Found) -> Result<(), DeskError> {
        self.quarantine(bytes, Refusal::HashMismatch, read(bytes), found)?;
        if self.case.compact.is_none() {
            let sql = "UPDATE reports SET compact = ?2 WHERE number = ?1";
            self.connection
                .prepare_cached(sql)?
                .execute((self.case.number, bytes))?;
            self.case.compact = Some(bytes.to_vec());
        }
        let sql = "UPDATE envelopes SET outcome = ?2 WHERE id = ?1";
        let outcome = outcome_code(Outcome::SendRawChange);
        let id = self.envelope.as_bytes().as_slice();
        self.connection
            .prepare_cached(sql)?
            .execute((id, outcome))?;
        Ok(())
    }

    fn change(&mut self, raw: &[u8], found: &mut Found) -> Result<(), DeskError> {
        let summary = match self.case.check(raw) {
            Ok(summary) => summary,
            Err(refusal) => {
                return self.quarantine(raw, refusal, reading::of_change(raw), found);
            }
        };
        match self.merge(raw, &summary, self.received_at, found)? {
            Ok(Taken::Merged) => Ok(()),
            Ok(Taken::Waiting) => self.wait(raw, &summary, found),
            Err(refusal) => self.quarantine(raw, refusal, reading::of_change(raw), found),
        }
    }

    fn merge(
        &mut self,
        raw: &[u8],
        summary: &ChangeSummary,
        at: u64,
        found: &mut Found,
    ) -> Result<Result<Taken, Refusal>, DeskError> {
        let known = self.case.report.contains(&summary.hash);
        let begins = !self.case.has_first();
        let taken = self.case.take(self.connection, raw, summary, at)?;
        if taken == Ok(Taken::Merged) && !known {
            found.news = true;
            if begins && self.case.has_first() {
                self.first_is_here()?;
            }
        }
        Ok(taken)
    }

    /// The first change has come in full: whoever was asked for it is told, and
    /// what the compact form said is dropped from quarantine only if the change
    /// says the same.
    fn first_is_here(&mut self) -> Result<(), DeskError> {
        let Some(bytes) = self.case.compact.take() else {
            return Ok(());
        };
        let same =
            compact::decode(&bytes).is_ok_and(|(_, answers)| answers == self.case.view.answers);
        let outcome = if same {
            let sql = "UPDATE quarantine SET resolved = 1 WHERE part = ?1 AND claimed = ?2";
            let (part, report) = (quarantine::part_of(&bytes), self.case.seed.report_id());
            self.connection
                .prepare_cached(sql)?
                .execute((part.as_slice(), report.as_bytes().as_slice()))?;
            Outcome::Merged
        } else {
            Outcome::Quarantined(Refusal::HashMismatch)
        };
        let sql = "UPDATE reports SET compact = NULL WHERE number = ?1";
        self.connection
            .prepare_cached(sql)?
            .execute([self.case.number])?;
        let sql = "UPDATE envelopes SET outcome = ?2 WHERE report = ?1 AND outcome = ?3";
        let asked = outcome_code(Outcome::SendRawChange);
        let parameters = (self.case.number, outcome_code(outcome), asked);
        self.connection.prepare_cached(sql)?.execute(parameters)?;
        Ok(())
    }

    /// Keeps a change until what it depends on is here, where people see it.
    fn wait(
        &mut self,
        raw: &[u8],
        summary: &ChangeSummary,
        found: &mut Found,
    ) -> Result<(), DeskError> {
        let reading = reading::of_change(raw);
        if !self.has_room_to_wait(raw.len())? {
            return self.quarantine(raw, Refusal::TooManyChanges, reading, found);
        }
        let sql = "INSERT OR IGNORE INTO waiting (report, side, hash, raw, at, envelope)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let new = self.connection.prepare_cached(sql)?.execute((
            self.case.number,
            Side::Reporter.code(),
            summary.hash.as_slice(),
            raw,
            int(self.received_at),
            self.envelope.as_bytes().as_slice(),
        ))?;
        if new > 0 {
            let sql = "UPDATE envelopes SET waiting = waiting + 1 WHERE id = ?1";
            let id = self.envelope.as_bytes().as_slice();
            self.connection.prepare_cached(sql)?.execute([id])?;
            self.put(raw, Refusal::MissingDependency, reading, found)?;
        }
        Ok(())
    }

    fn has_room_to_wait(&self, bytes: usize) -> Result<bool, DeskError> {
        let sql = "SELECT count(*), coalesce(sum(length(raw)), 0) FROM waiting WHERE report = ?1";
        let (count, sum): (i64, i64) = self
            .connection
            .prepare_cached(sql)?
            .query_row([self.case.number], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let fits = |used: i64, more: usize, max: usize| {
            usize::try_from(used).is_ok_and(|used| used.saturating_add(more) <= max)
        };
        Ok(fits(count, 1, WAITING_MAX_COUNT) && fits(sum, bytes, WAITING_MAX_BYTES))
    }

    /// Takes whatever waited only for what is here now.
    fn release(&mut self, found: &mut Found) -> Result<(), DeskError> {
        loop {
            let mut moved = false;
            for row in self.waiting()? {
                moved |= self.try_release(&row, found)?;
            }
            if !moved {
                return Ok(());
            }
        }
    }

    fn waiting(&self) -> Result<Vec<WaitingRow>, DeskError> {
        let sql = "SELECT hash, raw, at, envelope FROM waiting
                   WHERE report = ?1 AND side = ?2 ORDER BY at, hash";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map((self.case.number, Side::Reporter.code()), |row| {
            Ok(WaitingRow {
                hash: row.get(0)?,
                raw: row.get(1)?,
                at: uint(row.get(2)?),
                envelope: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn try_release(&mut self, row: &WaitingRow, found: &mut Found) -> Result<bool, DeskError> {
        let taken = match self.case.check(&row.raw) {
            Ok(summary) => self.merge(&row.raw, &summary, row.at, found)?,
            Err(refusal) => Err(refusal),
        };
        match taken {
            Ok(Taken::Waiting) => return Ok(false),
            Ok(Taken::Merged) => quarantine::resolve(self.connection, &row.envelope, &row.raw)?,
            Err(refusal) => {
                quarantine::refuse(self.connection, &row.envelope, &row.raw, refusal)?;
                self.worsen(&row.envelope, Outcome::Quarantined(refusal))?;
                found.quarantined = true;
            }
        }
        let sql = "DELETE FROM waiting
                   WHERE report = ?1 AND side = ?2 AND hash = ?3 AND envelope = ?4";
        let side = Side::Reporter.code();
        let parameters = (
            self.case.number,
            side,
            row.hash.as_slice(),
            row.envelope.as_slice(),
        );
        self.connection.prepare_cached(sql)?.execute(parameters)?;
        let sql = "UPDATE envelopes SET waiting = waiting - 1 WHERE id = ?1";
        self.connection
            .prepare_cached(sql)?
            .execute([row.envelope.as_slice()])?;
        Ok(true)
    }

    fn quarantine(
        &mut self,
        bytes: &[u8],
        refusal: Refusal,
        reading: Reading,
        found: &mut Found,
    ) -> Result<(), DeskError> {
        self.put(bytes, refusal, reading, found)?;
        self.worsen(self.envelope.as_bytes(), Outcome::Quarantined(refusal))
    }

    fn put(
        &mut self,
        bytes: &[u8],
        refusal: Refusal,
        reading: Reading,
        found: &mut Found,
    ) -> Result<(), DeskError> {
        let urgent = reading.urgent;
        let refused = Refused {
            envelope: self.envelope,
            claimed: Some(self.case.seed.report_id()),
            received_at: self.received_at,
            refusal,
            sealed: false,
            bytes,
            reading,
        };
        if quarantine::put(self.connection, &refused)? {
            found.news = true;
            found.quarantined = true;
            found.urgent |= urgent;
        }
        Ok(())
    }

    /// Notes the first thing that went wrong with an envelope. A request for the
    /// first change in full stands above it: the phone can do something then.
    fn worsen(&self, envelope: &[u8], outcome: Outcome) -> Result<(), DeskError> {
        let sql = "UPDATE envelopes SET outcome = ?2 WHERE id = ?1 AND outcome = ?3";
        let merged = outcome_code(Outcome::Merged);
        let parameters = (envelope, outcome_code(outcome), merged);
        self.connection.prepare_cached(sql)?.execute(parameters)?;
        Ok(())
    }
}

/// The words of a compact form that was understood.
fn read(bytes: &[u8]) -> Reading {
    compact::decode(bytes).map_or_else(
        |_| reading::of_compact(bytes),
        |(_, answers)| reading::of_answers(&answers),
    )
}

fn refusal_of_compact(error: &CompactError) -> Refusal {
    match error {
        CompactError::UnknownGeneration(_) | CompactError::UnknownForm(_) => {
            Refusal::UnknownVersion
        }
        CompactError::TooLarge => Refusal::TooLarge,
        CompactError::NotCanonical => Refusal::NotCanonical,
        CompactError::Answer(_) => Refusal::BadValue,
        CompactError::Truncated
        | CompactError::Trailing
        | CompactError::Malformed { .. }
        | CompactError::NotText { .. } => Refusal::Malformed,
    }
}
