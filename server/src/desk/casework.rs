//! What counsellors decide about a report. It stays at this desk: the reporter
//! is told nothing of it.

use loive_documents::Urgency;
use loive_protocol::ReportId;
use rusqlite::{Connection, OptionalExtension, Transaction};

use super::Desk;
use super::audit;
use super::case_file::{Number, report_number};
use super::codes::urgency_code;
use super::error::DeskError;
use super::store::int;
use super::view::{Changed, Role, User};

/// Longest reason, in characters.
pub const REASON_MAX_CHARS: usize = 500;

/// What came of a claim.
#[derive(Clone, PartialEq, Eq)]
pub enum ClaimOutcome {
    /// It is yours now.
    Claimed,
    /// It was yours.
    AlreadyYours,
    /// A colleague has it: their display name.
    TakenBy(String),
}

/// Something that a person did with a report.
pub(super) enum Event<'a> {
    Read,
    Claimed,
    Released,
    Urgency(Urgency, &'a str),
    Hoax(&'a str),
    HoaxUndone,
}

pub(super) mod kind {
    pub(in crate::desk) const READ: i64 = 1;
    pub(in crate::desk) const CLAIMED: i64 = 2;
    pub(in crate::desk) const RELEASED: i64 = 3;
    pub(in crate::desk) const URGENCY: i64 = 4;
    pub(in crate::desk) const HOAX: i64 = 5;
    pub(in crate::desk) const HOAX_UNDONE: i64 = 6;
}

pub(super) fn note(
    connection: &Connection,
    number: Number,
    at: u64,
    who: &User,
    event: &Event<'_>,
) -> Result<(), DeskError> {
    let (kind, urgency, text) = match event {
        Event::Read => (kind::READ, None, None),
        Event::Claimed => (kind::CLAIMED, None, None),
        Event::Released => (kind::RELEASED, None, None),
        Event::Urgency(urgency, reason) => {
            (kind::URGENCY, Some(urgency_code(*urgency)), Some(*reason))
        }
        Event::Hoax(reason) => (kind::HOAX, None, Some(*reason)),
        Event::HoaxUndone => (kind::HOAX_UNDONE, None, None),
    };
    let sql = "INSERT INTO events (report, at, user, kind, urgency, text)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    connection
        .prepare_cached(sql)?
        .execute((number, int(at), &who.name, kind, urgency, text))?;
    Ok(())
}

impl Desk {
    /// Takes a report on, so that two people do not ring one victim. Of two who
    /// try at once, one has it and the other learns who.
    pub fn claim(&self, who: &User, id: &ReportId) -> Result<ClaimOutcome, DeskError> {
        let outcome = self.act(id, |transaction, number, now| {
            let sql = "SELECT u.name, u.display_name FROM reports r
                       JOIN users u ON u.name = r.claimed_by WHERE r.number = ?1";
            let holder: Option<(String, String)> = transaction
                .prepare_cached(sql)?
                .query_row([number], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            match holder {
                Some((name, _)) if name == who.name => return Ok(ClaimOutcome::AlreadyYours),
                Some((_, display)) => return Ok(ClaimOutcome::TakenBy(display)),
                None => {}
            }
            let sql = "UPDATE reports SET claimed_by = ?2 WHERE number = ?1";
            transaction
                .prepare_cached(sql)?
                .execute((number, &who.name))?;
            note(transaction, number, now, who, &Event::Claimed)?;
            audit::write(transaction, now, &who.name, audit::CLAIMED, Some(number))?;
            Ok(ClaimOutcome::Claimed)
        })?;
        Ok(outcome)
    }

    /// Gives a report back to the queue. A colleague's report only an
    /// administrator gives back.
    pub fn release(&self, who: &User, id: &ReportId) -> Result<(), DeskError> {
        self.act(id, |transaction, number, now| {
            let sql = "SELECT claimed_by FROM reports WHERE number = ?1";
            let holder: Option<String> = transaction
                .prepare_cached(sql)?
                .query_row([number], |row| row.get(0))?;
            let Some(holder) = holder else { return Ok(()) };
            if holder != who.name && who.role != Role::Administrator {
                return Err(DeskError::NotYours);
            }
            let sql = "UPDATE reports SET claimed_by = NULL WHERE number = ?1";
            transaction.prepare_cached(sql)?.execute([number])?;
            note(transaction, number, now, who, &Event::Released)?;
            audit::write(transaction, now, &who.name, audit::RELEASED, Some(number))
        })
    }

    /// Changes the urgency, with a reason. It holds until the reporter says
    /// something that is more urgent than what was known then.
    pub fn set_urgency(
        &self,
        who: &User,
        id: &ReportId,
        urgency: Urgency,
        reason: &str,
    ) -> Result<(), DeskError> {
        let reason = checked(reason)?;
        self.act(id, |transaction, number, now| {
            let sql = "UPDATE reports SET urgency_set = ?2, urgency_basis = urgency_computed,
                           urgency_reason = ?3
                       WHERE number = ?1";
            transaction
                .prepare_cached(sql)?
                .execute((number, urgency_code(urgency), reason))?;
            note(
                transaction,
                number,
                now,
                who,
                &Event::Urgency(urgency, reason),
            )?;
            audit::write(
                transaction,
                now,
                &who.name,
                audit::CHANGED_URGENCY,
                Some(number),
            )
        })
    }

    /// Marks a report as a hoax, with a reason. It is kept, and can be undone.
    pub fn mark_hoax(&self, who: &User, id: &ReportId, reason: &str) -> Result<(), DeskError> {
        let reason = checked(reason)?;
        self.act(id, |transaction, number, now| {
            if set_hoax(transaction, number, true)? {
                note(transaction, number, now, who, &Event::Hoax(reason))?;
                audit::write(
                    transaction,
                    now,
                    &who.name,
                    audit::MARKED_HOAX,
                    Some(number),
                )?;
            }
            Ok(())
        })
    }

    /// It was no hoax after all.
    pub fn undo_hoax(&self, who: &User, id: &ReportId) -> Result<(), DeskError> {
        self.act(id, |transaction, number, now| {
            if set_hoax(transaction, number, false)? {
                note(transaction, number, now, who, &Event::HoaxUndone)?;
                audit::write(transaction, now, &who.name, audit::UNDID_HOAX, Some(number))?;
            }
            Ok(())
        })
    }

    /// One act on one report, and the news of it.
    fn act<T>(
        &self,
        id: &ReportId,
        act: impl FnOnce(&Transaction<'_>, Number, u64) -> Result<T, DeskError>,
    ) -> Result<T, DeskError> {
        let now = self.env.now();
        let done = self.store.write(|transaction| {
            let number = report_number(transaction, id)?.ok_or(DeskError::NotFound)?;
            act(transaction, number, now)
        })?;
        self.announce(Changed {
            report: Some(*id),
            urgent: false,
        });
        Ok(done)
    }
}

/// `false` if it was so already.
fn set_hoax(connection: &Connection, number: Number, hoax: bool) -> Result<bool, DeskError> {
    let sql = "UPDATE reports SET hoax = ?2 WHERE number = ?1 AND hoax <> ?2";
    Ok(connection.prepare_cached(sql)?.execute((number, hoax))? > 0)
}

fn checked(reason: &str) -> Result<&str, DeskError> {
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(DeskError::Empty);
    }
    if reason.chars().count() > REASON_MAX_CHARS {
        return Err(DeskError::TooLong {
            limit: REASON_MAX_CHARS,
        });
    }
    Ok(reason)
}
