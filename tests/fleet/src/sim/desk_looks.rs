//! Looking at the desk: what counsellors see, and what the desk says of it.

use std::collections::BTreeSet;

use loive_protocol::{
    AnswerItem, Envelope, Outcome, ReportId, SignedDeskRequest, is_mine, open_answer,
};
use loive_server::desk::{DeskError, QueueFilter, ReportPage, TimelineWhat};

use super::plan::Dice;
use super::truth::{TAG_FIELD, text_of};
use super::violation::{Rule, Violation};
use super::world::World;

/// More than any world's queue holds.
const QUEUE_MAX_COUNT: usize = 500;

type Checked = Result<(), Violation>;

impl World<'_> {
    /// Everything in the queue.
    pub(super) fn queue(&self) -> Result<Vec<ReportId>, Violation> {
        let Some(desk) = &self.house.desk else {
            return Ok(Vec::new());
        };
        let who = &self.kit.counsellor;
        match desk.queue(who, QueueFilter::All, 0, QUEUE_MAX_COUNT) {
            Ok(page) => Ok(page.rows.iter().map(|row| row.report).collect()),
            Err(_) if self.house.disk.is_dead() => Ok(Vec::new()),
            Err(error) => Err(desk_failed(error)),
        }
    }

    /// A report as counsellors see it.
    pub(super) fn page(&self, id: &ReportId) -> Result<Option<ReportPage>, Violation> {
        let Some(desk) = &self.house.desk else {
            return Ok(None);
        };
        match desk.report(&self.kit.counsellor, id) {
            Ok(page) => Ok(page),
            Err(_) if self.house.disk.is_dead() => Ok(None),
            Err(error) => Err(desk_failed(error)),
        }
    }

    /// What came of something that a counsellor did.
    pub(super) fn desk_did(&mut self, done: Result<(), DeskError>) -> Checked {
        match done {
            _ if self.house.disk.is_dead() => Ok(()),
            Ok(()) => self.check_desk(),
            // The disk is full, or the report is closed.
            Err(_) => {
                self.tally.count("acts of counsellors that failed");
                Ok(())
            }
        }
    }

    pub(super) fn any_report_at_desk(
        &self,
        dice: &mut Dice,
    ) -> Result<Option<ReportId>, Violation> {
        if self.house.disk.is_dead() || self.desk_is_full() {
            return Ok(None);
        }
        Ok(dice.pick(&self.queue()?).copied())
    }

    /// Even looking writes a line into the audit log.
    fn desk_is_full(&self) -> bool {
        self.house.disk.mood() != loive_cipher::faults::Mood::Works
    }

    /// Looks at what changed.
    pub(super) fn check_desk(&mut self) -> Checked {
        if self.desk_is_full() || self.house.disk.is_dead() {
            return Ok(());
        }
        let changed = match self.house.changed() {
            Some(changed) => changed,
            None => self.queue()?.into_iter().collect(),
        };
        for id in changed {
            if self.house.disk.is_dead() {
                return Ok(());
            }
            self.check_at_desk(id)?;
        }
        Ok(())
    }

    fn check_at_desk(&mut self, id: ReportId) -> Checked {
        let Some(page) = self.page(&id)? else {
            return Ok(());
        };
        if self.truth.strangers.contains(&id) {
            return Ok(());
        }
        let Some(truth) = self.truth.reports.get_mut(&id) else {
            let text = format!("the desk has {id}, which nobody wrote");
            return Err(Violation::new(Rule::NothingForged, text));
        };
        truth.at_desk = true;
        let tag = text_of(page.answers.get(TAG_FIELD));
        let mut seen = BTreeSet::new();
        if let Some(tag) = tag {
            if tag == truth.sending.tag {
                truth.opened = true;
                seen.insert(tag);
            } else if !truth.is_preempted && !truth.words.contains(&tag) {
                let text = format!("{id} begins at the desk as nobody wrote it");
                return Err(Violation::new(Rule::NothingForged, text));
            }
        }
        for entry in &page.timeline {
            let (words, genuine) = match &entry.what {
                TimelineWhat::FromReporter(text) => (text, truth.words.contains(text)),
                TimelineWhat::FromHotline(_, text) => (text, truth.replies.contains(text)),
                _ => continue,
            };
            if !genuine {
                let text = format!("{id}: the desk shows words that nobody wrote");
                return Err(Violation::new(Rule::NothingForged, text));
            }
            if !seen.insert(words.clone()) {
                let text = format!("{id}: the desk shows one message twice");
                return Err(Violation::new(Rule::OneOfEach, text));
            }
        }
        if page.row.withdrawn && !truth.withdrawn {
            let text = format!("{id} is withdrawn, and nobody did it");
            return Err(Violation::new(Rule::NothingForged, text));
        }
        truth.had.extend(seen.iter().cloned());
        self.house.shown.insert(id, seen);
        Ok(())
    }

    /// Everything that this store ever showed is there.
    pub(super) fn check_whole_desk(&mut self, rule: Rule) -> Checked {
        if self.desk_is_full() {
            return Ok(());
        }
        let shown = self.house.shown.clone();
        for id in self.queue()? {
            self.check_at_desk(id)?;
        }
        if self.house.disk.is_dead() {
            return Ok(());
        }
        for (id, words) in shown {
            let now = self.house.shown.get(&id);
            let page = self.page(&id)?;
            if self.house.disk.is_dead() {
                return Ok(());
            }
            let is_there = page.is_some() && now.is_some_and(|now| now.is_superset(&words));
            if !is_there {
                let text = format!("the desk has shown more of {id} than it has");
                return Err(Violation::new(rule, text));
            }
        }
        Ok(())
    }

    pub(super) fn shown_to_desk(&mut self, bytes: &[u8]) {
        if let Ok(envelope) = Envelope::parse(bytes.to_vec()) {
            self.truth.shown_to_desk.insert(envelope.id());
        }
    }

    /// Reads what the desk says to reporters: what it signs for, it has.
    pub(super) fn watch_desk(&mut self, signed: &SignedDeskRequest) -> Checked {
        let now = self.house_time();
        let Ok(request) = signed.verify(&self.kit.card.root, now) else {
            return Ok(());
        };
        self.pushed += request.push.len() as u64;
        for bytes in &request.push {
            let Ok(envelope) = Envelope::parse(bytes.to_vec()) else {
                continue;
            };
            let seeds = self.truth.seeds.iter();
            let owner = seeds.clone().find(|(_, seed)| is_mine(&envelope, seed));
            let Some((id, seed)) = owner else { continue };
            let Ok(batch) = open_answer(&envelope, seed, &self.kit.certificates) else {
                continue;
            };
            let id = *id;
            // A desk that was set back lays its answers of before into the mailboxes
            // again: they are the word of the desk as it was then.
            let is_of_old = self
                .desk_set_back_at
                .is_some_and(|at| batch.signed_at <= at);
            for item in &batch.items {
                if let AnswerItem::Receipt(receipt) = item {
                    self.tally.count(outcome_name(receipt.outcome));
                    if receipt.outcome == Outcome::Merged {
                        self.truth.receipted.insert(receipt.envelope);
                        if !is_of_old {
                            self.check_receipted(id, &receipt.envelope)?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn house_time(&self) -> u64 {
        self.now
    }

    fn check_receipted(&self, id: ReportId, envelope: &loive_protocol::EnvelopeId) -> Checked {
        if self.desk_is_full() {
            return Ok(());
        }
        let Some(sealed) = self.truth.sealed.get(envelope) else {
            return Ok(());
        };
        let shown = self.house.shown.get(&id);
        let missing = sealed
            .words
            .iter()
            .find(|words| shown.is_none_or(|shown| !shown.contains(*words)));
        match missing {
            Some(_) => Err(Violation::new(
                Rule::ReceiptedIsThere,
                format!("the desk signed for {envelope} of {id} and does not show it"),
            )),
            None => Ok(()),
        }
    }
}

const fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Merged => "receipts: merged",
        Outcome::Waiting => "receipts: waiting",
        Outcome::Quarantined(_) => "receipts: quarantined",
        Outcome::SendRawChange => "receipts: send the raw change",
    }
}

fn desk_failed(error: DeskError) -> Violation {
    Violation::new(Rule::NoSurprise, format!("the desk: {error}"))
}
