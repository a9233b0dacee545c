//! What a response means: acknowledgements, lockers, certificates and pages,
//! all in one transaction, so that each page is durable before the next is
//! asked for.

use loive_protocol::{
    Ack, Certificates, Envelope, LockerAck, LockerAnswer, LogId, Refusal, ReportId, SyncResponse,
    open_locker,
};
use rusqlite::Transaction;

use super::answers::Inbox;
use super::exchange::{Asked, asked_after};
use crate::error::PhoneError;
use crate::library::Fetched;
use crate::phone::Inner;
use crate::store::outbox::{self, Kind};
use crate::store::reports::{self, NewReport, Origin};
use crate::store::{certificates, library, lockers, meta};

/// What one response brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Absorbed {
    /// There is more to fetch or to send right away.
    pub(crate) more: bool,
    /// The relay asked for patience with something.
    pub(crate) busy: bool,
    /// The relay's log is another one than before.
    pub(crate) new_log: bool,
    pub(crate) stored: usize,
    pub(crate) refused: usize,
    pub(crate) answers: usize,
    pub(crate) ignored: usize,
    pub(crate) changed: Vec<ReportId>,
    pub(crate) reopened: Vec<ReportId>,
    pub(crate) receipts_unknown: usize,
    /// Another release of the library is shown now.
    pub(crate) library: Option<u32>,
    /// There is something for the lane of reports.
    pub(crate) reports_too: bool,
}

impl Absorbed {
    fn take_library(&mut self, fetched: Fetched) {
        self.more |= fetched.more;
        self.library = fetched.shown;
        self.refused += usize::from(fetched.refused);
    }

    pub(crate) fn note(&mut self, report: ReportId) {
        if !self.changed.contains(&report) {
            self.changed.push(report);
        }
    }
}

/// What is true only once the transaction is through.
struct After {
    absorbed: Absorbed,
    certificates: Certificates,
    last_signed: u64,
    /// Lockers that need not be asked for again.
    answered: Vec<loive_protocol::Address>,
}

impl Inner {
    /// Takes a response in. All of it is durable when this returns; on an error
    /// nothing of it was taken and it can be asked for again.
    pub(crate) fn absorb(
        &self,
        asked: &Asked,
        response: &SyncResponse,
    ) -> Result<Absorbed, PhoneError> {
        let after = self.store.write(|tx| self.absorb_in(tx, asked, response))?;
        self.set_certificates(after.certificates);
        self.note_signed(after.last_signed);
        self.reopenings()
            .retain(|reopening| !after.answered.contains(reopening.address()));
        for report in &after.absorbed.changed {
            self.announce(*report);
        }
        Ok(after.absorbed)
    }

    fn absorb_in(
        &self,
        tx: &Transaction<'_>,
        asked: &Asked,
        response: &SyncResponse,
    ) -> Result<After, PhoneError> {
        let mut absorbed = Absorbed::default();
        let observed = meta::observe(tx, &self.env)?;
        let (certificates, is_new) = self.take_certificates(tx, response, &mut absorbed)?;
        if let Some(asked) = &asked.library {
            library::set_asked(tx, Some(observed))?;
            let answer = response.library.as_ref();
            absorbed.more |= self.take_recordings(tx, &asked.recordings, answer)?;
            if let Some(answer) = answer {
                absorbed.take_library(self.take_library(tx, asked, answer)?);
            }
            let mut inbox = Inbox::new(self, tx, &certificates);
            if is_new {
                // What waited for a key, and what was refused, may go now.
                inbox.try_held(&mut absorbed)?;
                absorbed.reports_too = true;
            }
            inbox.finish(&mut absorbed)?;
            return Ok(After {
                absorbed,
                certificates,
                last_signed: meta::last_signed(tx)?,
                answered: Vec::new(),
            });
        }
        absorbed.new_log = take_log(tx, response.log)?;
        // What was refused or could not be sealed may go now.
        absorbed.more |= absorbed.new_log || is_new;
        self.take_acks(tx, asked, response, observed, &mut absorbed)?;
        take_locker_acks(tx, asked, response, &mut absorbed)?;
        let answered = self.take_lockers(tx, asked, response, &mut absorbed)?;
        let mut inbox = Inbox::new(self, tx, &certificates);
        if is_new {
            inbox.try_held(&mut absorbed)?;
        }
        let (mut moves_on, mut stands_still) = (false, false);
        for page in &response.pages {
            // A cursor that moved meanwhile (a report came back, a sync was
            // dropped half-way) was asked for something else.
            let after = asked_after(asked, response.log, page.shard).unwrap_or_default();
            if reports::cursor(tx, page.shard)? != after {
                absorbed.more = true;
                continue;
            }
            inbox.take_page(page, &mut absorbed)?;
            reports::set_cursor(tx, page.shard, page.next)?;
            moves_on |= page.next > after;
            stands_still |= page.more && page.next == after;
            absorbed.more |= page.more && page.next > after;
        }
        // Where there was no room for a page, it comes once the others are
        // through; where nothing moved, the relay wants to be left alone a while.
        absorbed.more |= stands_still && moves_on;
        absorbed.busy |= stands_still && !moves_on;
        inbox.finish(&mut absorbed)?;
        Ok(After {
            absorbed,
            certificates,
            last_signed: meta::last_signed(tx)?,
            answered,
        })
    }

    /// Adds the certificates that the root signed; whoever sends others has
    /// sent nothing.
    fn take_certificates(
        &self,
        tx: &Transaction<'_>,
        response: &SyncResponse,
        absorbed: &mut Absorbed,
    ) -> Result<(Certificates, bool), PhoneError> {
        let mut all = self.certificates();
        let mut is_new = false;
        for certificate in &response.certificates {
            match all.add(certificate) {
                Ok(true) => {
                    certificates::insert(tx, certificate)?;
                    is_new = true;
                }
                Ok(false) => {}
                Err(_) => absorbed.ignored += 1,
            }
        }
        Ok((all, is_new))
    }

    fn take_acks(
        &self,
        tx: &Transaction<'_>,
        asked: &Asked,
        response: &SyncResponse,
        observed: u64,
        absorbed: &mut Absorbed,
    ) -> Result<(), PhoneError> {
        for (row, ack) in asked.pushed.iter().zip(&response.acks) {
            let owner = match ack {
                Ack::Stored => {
                    absorbed.stored += 1;
                    outbox::acknowledged(tx, *row, response.log, self.now(), observed)?
                }
                Ack::Refused(Refusal::Busy | Refusal::Full) => {
                    absorbed.busy = true;
                    None
                }
                Ack::Refused(refusal) => {
                    absorbed.refused += 1;
                    outbox::refused(tx, *row, *refusal)?
                }
            };
            // The row may have been erased while the request was under way.
            let Some((Some(report), kind)) = owner else {
                continue;
            };
            if *ack == Ack::Stored && matches!(kind, Kind::First | Kind::Proposal) {
                reports::set_at_relay(tx, &report, self.now(), observed)?;
            }
            absorbed.note(report);
        }
        // A full push may have left something behind.
        let is_left = !asked.pushed.is_empty()
            && !absorbed.busy
            && outbox::offers(tx, Some(response.log))?
                .iter()
                .any(|offer| offer.refused.is_none());
        absorbed.more |= is_left;
        Ok(())
    }

    /// Lockers that were asked for. One that opens brings its report back.
    fn take_lockers(
        &self,
        tx: &Transaction<'_>,
        asked: &Asked,
        response: &SyncResponse,
        absorbed: &mut Absorbed,
    ) -> Result<Vec<loive_protocol::Address>, PhoneError> {
        let mut answered = Vec::new();
        for (address, answer) in asked.locker_gets.iter().zip(&response.lockers) {
            let bytes = match answer {
                LockerAnswer::Busy => {
                    absorbed.busy = true;
                    continue;
                }
                LockerAnswer::Missing => None,
                LockerAnswer::Found(bytes) => Some(bytes),
            };
            let seed = bytes.and_then(|bytes| {
                let envelope = Envelope::parse(bytes.to_vec()).ok()?;
                let waiting = self.reopenings();
                let reopening = waiting.iter().find(|one| one.is_for(address))?;
                open_locker(reopening.keys(), &envelope).ok()
            });
            answered.push(*address);
            let Some(seed) = seed else {
                absorbed.receipts_unknown += 1;
                continue;
            };
            let id = seed.report_id();
            if reports::find(tx, &id)?.is_none() {
                reports::insert(
                    tx,
                    &NewReport {
                        kind: reports::Kind::Report,
                        seed: &seed,
                        origin: Origin::Reopened,
                        draft: None,
                        compact: None,
                        submitted_at: self.now(),
                    },
                )?;
                // Its answers may lie before what was read for other reports.
                reports::set_cursor(tx, seed.shard(), 0)?;
                absorbed.more = true;
            }
            absorbed.reopened.push(id);
            absorbed.note(id);
        }
        Ok(answered)
    }
}

/// Notes the relay's log. On a new one every cursor is worth nothing, and what
/// has no receipt of the desk is offered again.
fn take_log(tx: &Transaction<'_>, log: LogId) -> Result<bool, PhoneError> {
    let known = meta::log(tx)?;
    if known == Some(log) {
        return Ok(false);
    }
    meta::set_log(tx, log)?;
    if known.is_none() {
        return Ok(false);
    }
    reports::forget_cursors(tx)?;
    outbox::forget_refusals(tx)?;
    Ok(true)
}

fn take_locker_acks(
    tx: &Transaction<'_>,
    asked: &Asked,
    response: &SyncResponse,
    absorbed: &mut Absorbed,
) -> Result<(), PhoneError> {
    for (row, ack) in asked.locker_puts.iter().zip(&response.locker_acks) {
        let put = match ack {
            LockerAck::Stored => lockers::Put::Kept,
            LockerAck::Exists | LockerAck::Refused => lockers::Put::Refused,
            LockerAck::Busy => {
                absorbed.busy = true;
                continue;
            }
        };
        if put == lockers::Put::Refused {
            absorbed.refused += 1;
        }
        if let Some(report) = lockers::settle(tx, *row, put)? {
            absorbed.note(report);
        }
    }
    for (address, is_gone) in asked.locker_erasures.iter().zip(&response.locker_erased) {
        lockers::settle_erasure(tx, address, *is_gone)?;
    }
    absorbed.more |= asked.locker_puts.len() >= loive_protocol::limits::LOCKER_MAX_COUNT;
    Ok(())
}
