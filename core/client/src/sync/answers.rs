//! The hotline's answers: found in a shard, opened, checked, merged.

use std::collections::BTreeMap;

use loive_documents::validate::{Rules, check_change};
use loive_documents::{Applied, Thread};
use loive_protocol::{
    AnswerBatch, AnswerItem, Certificates, DeskReceipt, Envelope, OpenError, Outcome, Page,
    Refusal, ReportId, ReportItem, Seed, is_mine, open_answer,
};
use rusqlite::Transaction;

use super::absorb::Absorbed;
use crate::error::PhoneError;
use crate::phone::Inner;
use crate::store::changes::{self, NewChange, Purpose, Side};
use crate::store::outbox::{self, Kind};
use crate::store::{held, meta, project, reports};

/// What one response brings to the reports of this phone.
pub(super) struct Inbox<'a> {
    phone: &'a Inner,
    tx: &'a Transaction<'a>,
    certificates: &'a Certificates,
    seeds: BTreeMap<u8, Vec<(ReportId, Seed)>>,
    /// Threads that were loaded, each only once.
    threads: BTreeMap<ReportId, Thread>,
}

impl<'a> Inbox<'a> {
    pub(super) fn new(
        phone: &'a Inner,
        tx: &'a Transaction<'a>,
        certificates: &'a Certificates,
    ) -> Self {
        Self {
            phone,
            tx,
            certificates,
            seeds: BTreeMap::new(),
            threads: BTreeMap::new(),
        }
    }

    /// Takes a page of a shard: most of it is for other phones.
    pub(super) fn take_page(
        &mut self,
        page: &Page,
        absorbed: &mut Absorbed,
    ) -> Result<(), PhoneError> {
        if !self.seeds.contains_key(&page.shard) {
            let seeds = reports::seeds_of_shard(self.tx, page.shard)?;
            self.seeds.insert(page.shard, seeds);
        }
        for stored in &page.envelopes {
            let Ok(envelope) = Envelope::parse(stored.envelope.to_vec()) else {
                absorbed.ignored += 1;
                continue;
            };
            let seeds = self.seeds.get(&page.shard).map_or(&[][..], Vec::as_slice);
            let Some((report, seed)) = seeds
                .iter()
                .find(|(_, seed)| is_mine(&envelope, seed))
                .cloned()
            else {
                continue;
            };
            self.take_envelope(&report, &seed, &envelope, absorbed)?;
        }
        Ok(())
    }

    /// Tries again what was not signed by anybody known.
    pub(super) fn try_held(&mut self, absorbed: &mut Absorbed) -> Result<(), PhoneError> {
        for one in held::take_all(self.tx)? {
            let row = reports::get(self.tx, &one.report)?;
            if let Ok(envelope) = Envelope::parse(one.bytes) {
                self.take_envelope(&one.report, &row.seed, &envelope, absorbed)?;
            }
        }
        Ok(())
    }

    fn take_envelope(
        &mut self,
        report: &ReportId,
        seed: &Seed,
        envelope: &Envelope,
        absorbed: &mut Absorbed,
    ) -> Result<(), PhoneError> {
        match open_answer(envelope, seed, self.certificates) {
            Ok(batch) => self.take_batch(report, &batch, absorbed),
            Err(error) => {
                absorbed.ignored += 1;
                // Whoever made it holds the seed. It may be the hotline with a
                // key whose certificate is still on its way.
                if error == OpenError::NotSigned {
                    held::insert(self.tx, report, envelope)?;
                }
                Ok(())
            }
        }
    }

    fn take_batch(
        &mut self,
        report: &ReportId,
        batch: &AnswerBatch,
        absorbed: &mut Absorbed,
    ) -> Result<(), PhoneError> {
        absorbed.answers += 1;
        absorbed.note(*report);
        meta::note_signed(self.tx, batch.signed_at)?;
        for item in &batch.items {
            match item {
                AnswerItem::Receipt(receipt) => {
                    self.take_receipt(report, receipt, batch.signed_at, absorbed)?;
                }
                AnswerItem::Change(raw) => self.take_change(report, raw, absorbed)?,
            }
        }
        Ok(())
    }

    /// The desk's word on one envelope. It never takes back that something was
    /// merged, in whatever order the words arrive.
    fn take_receipt(
        &mut self,
        report: &ReportId,
        receipt: &DeskReceipt,
        signed_at: u64,
        absorbed: &mut Absorbed,
    ) -> Result<(), PhoneError> {
        if receipt.outcome != Outcome::Waiting {
            outbox::forget_guest(self.tx, &receipt.envelope)?;
        }
        let Some(sent) = outbox::find(self.tx, report, &receipt.envelope)? else {
            // Sent from another phone with the same receipt, or before this
            // store was begun.
            return Ok(());
        };
        if sent.is_merged {
            return Ok(());
        }
        outbox::settle(self.tx, sent.row, receipt.outcome)?;
        match receipt.outcome {
            Outcome::Merged if sent.kind != Kind::Changes => {
                reports::set_opened(self.tx, report, signed_at)?;
            }
            Outcome::Quarantined(Refusal::DuplicateSequence) => {
                // Somebody with our actor wrote before us: this store is a
                // copy. From now on it writes under another.
                meta::renew_actor(self.tx, &self.phone.env)?;
            }
            Outcome::SendRawChange => absorbed.more |= self.send_raw(report)?,
            Outcome::Merged | Outcome::Waiting | Outcome::Quarantined(_) => {}
        }
        Ok(())
    }

    /// Seals the first change in full, once.
    fn send_raw(&self, report: &ReportId) -> Result<bool, PhoneError> {
        let first = changes::first(self.tx, report)?;
        let key = self.certificates.seal_key(self.phone.now());
        let (Some(raw), Some(to)) = (first, key) else {
            return Ok(false);
        };
        if outbox::has_raw_first(self.tx, report)? {
            return Ok(false);
        }
        let items = vec![ReportItem::Change(raw.into())];
        let envelope = self
            .phone
            .seal(self.tx, report, Kind::RawFirst, items, to)?;
        let now = self.phone.now();
        outbox::insert(self.tx, Some(report), Kind::RawFirst, &envelope, now)?;
        Ok(true)
    }

    /// A change of the hotline's thread: our own parser judges it before
    /// Automerge sees it, by the same rule as at the desk.
    fn take_change(
        &mut self,
        report: &ReportId,
        raw: &[u8],
        absorbed: &mut Absorbed,
    ) -> Result<(), PhoneError> {
        let Ok(summary) = check_change(raw, &Rules::thread()) else {
            absorbed.ignored += 1;
            return Ok(());
        };
        if !self.threads.contains_key(report) {
            let thread = project::load_thread(self.tx, report)?;
            self.threads.insert(*report, thread);
        }
        let Some(thread) = self.threads.get_mut(report) else {
            return Ok(());
        };
        match thread.apply(raw) {
            Ok(Applied::New | Applied::Waiting) => changes::insert(
                self.tx,
                report,
                &NewChange {
                    side: Side::Thread,
                    purpose: Purpose::Hotlines,
                    hash: &summary.hash,
                    raw,
                    message_id: None,
                    outbox: None,
                },
            )?,
            Ok(Applied::Known) => {}
            Err(_) => absorbed.ignored += 1,
        }
        for released in thread.take_released() {
            if released.refusal.is_some() {
                changes::delete(self.tx, report, Side::Thread, &released.hash)?;
                absorbed.ignored += 1;
            }
        }
        Ok(())
    }

    /// Shows what was merged.
    pub(super) fn finish(self, absorbed: &mut Absorbed) -> Result<(), PhoneError> {
        for (id, thread) in &self.threads {
            let row = reports::get(self.tx, id)?;
            let report = project::load_report(self.tx, &row)?;
            project::project(self.tx, id, &report, thread)?;
            absorbed.note(*id);
        }
        Ok(())
    }
}
