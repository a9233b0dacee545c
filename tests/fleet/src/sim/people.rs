//! What reporters do with their phones.

use loive_client::{DraftId, Origin, Phone, PhoneError};
use loive_documents::{Answers, Form, Lang, Place, Value};
use loive_protocol::ReportId;

use super::handset::{Came, Doubt, Draft, Held};
use super::plan::{Dice, What};
use super::truth::{AMENDED_FIELD, Sending, TAG_FIELD, tag_of};
use super::violation::{Rule, Violation};
use super::world::World;

type Did = Result<bool, Violation>;

impl World<'_> {
    pub(super) fn person(&mut self, what: What, dice: &mut Dice) -> Did {
        let phone = dice.below(self.phones.len());
        match what {
            What::Draft => self.goes_on_with_a_draft(phone, dice),
            What::Submit | What::Guest => {
                let drafts = &self.handset(phone).known.drafts;
                let Some(draft) = dice.pick(drafts).map(|draft| draft.id) else {
                    return self.writes_at_once(phone, what == What::Guest, dice);
                };
                self.sends(phone, draft, what == What::Guest)
            }
            What::Report => self.writes_at_once(phone, false, dice),
            _ => self.about_a_report(what, phone, dice),
        }
    }

    fn writes_at_once(&mut self, phone: usize, guest: bool, dice: &mut Dice) -> Did {
        let Some(draft) = self.begins(phone)? else {
            return Ok(true);
        };
        let answers = self.whole_report(dice);
        for (field, value) in answers.iter() {
            if !self.answers(phone, draft, field, value)? {
                return Ok(true);
            }
        }
        self.sends(phone, draft, guest)
    }

    fn begins(&mut self, phone: usize) -> Result<Option<DraftId>, Violation> {
        let verb = |phone: &Phone| phone.new_draft(Form::suspicion_report().id(), Lang::Vi);
        let handset = self.handset_mut(phone);
        let Came::Done(id) = handset.attempt(Doubt::Begin, verb)? else {
            return Ok(None);
        };
        handset.known.drafts.push(Draft::new(id));
        Ok(Some(id))
    }

    /// `false` if it was not kept.
    fn answers(&mut self, phone: usize, id: DraftId, field: &str, value: &Value) -> Did {
        let handset = self.handset_mut(phone);
        let Some(at) = handset.known.drafts.iter().position(|one| one.id == id) else {
            return Ok(false);
        };
        let Some(draft) = handset.known.drafts.get(at) else {
            return Ok(false);
        };
        let mut after = draft.answers.clone();
        after.set(field, value.clone());
        let doubt = Doubt::Answer(id, after.clone());
        let came = handset.attempt(doubt, |phone| phone.answer(id, field, value))?;
        match came {
            Came::Done(()) => {
                if let Some(draft) = handset.known.drafts.get_mut(at) {
                    draft.answers = after;
                }
                Ok(true)
            }
            Came::Refused(PhoneError::NotFound) => {
                // It was not touched for three days.
                self.draft_expired(phone, id)?;
                Ok(false)
            }
            Came::Refused(_) | Came::Unknown => Ok(false),
        }
    }

    /// The questions that must be answered, one that names the report, and one
    /// that is changed later.
    fn whole_report(&mut self, dice: &mut Dice) -> Answers {
        let mut answers = Answers::new();
        let danger = if dice.chance(1, 5) { "yes" } else { "unknown" };
        answers.set("danger_now", Value::Single(danger.to_owned()));
        let place = if dice.chance(1, 2) {
            Place::Unknown
        } else {
            Place::Abroad
        };
        answers.set("where", Value::Place(place));
        answers.set("what_type", Value::Multi(vec!["unsure".to_owned()]));
        answers.set(TAG_FIELD, Value::Text(self.fresh_words("Báo cáo")));
        if dice.chance(2, 3) {
            let words = self.fresh_words("Người lạ");
            answers.set(AMENDED_FIELD, Value::Text(words));
        }
        answers
    }

    fn goes_on_with_a_draft(&mut self, phone: usize, dice: &mut Dice) -> Did {
        let drafts = &self.handset(phone).known.drafts;
        let known = dice.pick(drafts).map(|draft| draft.id);
        let draft = match known {
            Some(draft) if dice.chance(2, 3) => draft,
            _ => match self.begins(phone)? {
                Some(draft) => draft,
                None => return Ok(true),
            },
        };
        let answers = self.whole_report(dice);
        let has_tag = |world: &Self| {
            let drafts = &world.handset(phone).known.drafts;
            let draft = drafts.iter().find(|one| one.id == draft);
            draft.is_some_and(|draft| tag_of(&draft.answers).is_some())
        };
        for (field, value) in answers.iter() {
            let keeps_name = field == TAG_FIELD && has_tag(self);
            if !keeps_name && !self.answers(phone, draft, field, value)? {
                break;
            }
        }
        Ok(true)
    }

    fn sends(&mut self, phone: usize, id: DraftId, guest: bool) -> Did {
        let handset = self.handset_mut(phone);
        let Some(draft) = handset.known.drafts.iter().find(|one| one.id == id) else {
            return Ok(false);
        };
        let draft = draft.clone();
        let answers = Form::suspicion_report().effective(&draft.answers);
        if tag_of(&answers).is_none() {
            // The simulation would not know it from others.
            return Ok(false);
        }
        if guest {
            let came = handset.attempt(Doubt::Guest(id), |phone| phone.submit_guest(id))?;
            match came {
                Came::Done(receipt) => {
                    handset.known.drafts.retain(|one| one.id != id);
                    let sending = self.sent(&draft)?;
                    self.receipts
                        .push((receipt.numbers().join(" "), sending.clone()));
                    self.handset_mut(phone).known.guests.insert(sending);
                }
                Came::Refused(PhoneError::NotFound) => self.draft_expired(phone, id)?,
                Came::Refused(_) | Came::Unknown => {}
            }
            return Ok(true);
        }
        let came = handset.attempt(Doubt::Submit(id), |phone| phone.submit(id))?;
        match came {
            Came::Done(report) => {
                handset.known.drafts.retain(|one| one.id != id);
                let sending = self.sent(&draft)?;
                self.adopt(phone, report, sending, &answers);
                self.taps_again(phone, id, report)?;
            }
            Came::Refused(PhoneError::NotFound) => self.draft_expired(phone, id)?,
            Came::Refused(_) | Came::Unknown => {}
        }
        Ok(true)
    }

    /// A second tap on "send" gives the same report.
    fn taps_again(&mut self, phone: usize, id: DraftId, report: ReportId) -> Result<(), Violation> {
        let handset = self.handset_mut(phone);
        let came = handset.attempt(Doubt::Other, |phone| phone.submit(id))?;
        match came {
            Came::Done(again) if again != report => Err(Violation::new(
                Rule::OneOfEach,
                format!("phone {phone}: a second tap made a second report"),
            )),
            _ => Ok(()),
        }
    }

    /// A draft was sent. What comes of it is a report of its own, also if the
    /// same was sent before the phone was set back.
    pub(super) fn sent(&mut self, draft: &Draft) -> Result<Sending, Violation> {
        if draft.came_back {
            self.tally
                .count("drafts sent again that a backup brought back");
        }
        let tag = tag_of(&draft.answers).unwrap_or_default();
        self.truth.send(&tag, draft.came_back)
    }

    /// From here on the report is on the phone.
    pub(super) fn adopt(
        &mut self,
        phone: usize,
        report: ReportId,
        sending: Sending,
        answers: &Answers,
    ) {
        self.truth.name(report, sending);
        let held = Held {
            origin: Origin::Written,
            answers: answers.clone(),
            messages: Vec::new(),
            is_withdrawn: false,
        };
        self.handset_mut(phone).known.reports.insert(report, held);
    }

    /// A draft that is gone was left for three days that the phone has seen
    /// pass, or it is lost.
    pub(super) fn draft_expired(&mut self, phone: usize, id: DraftId) -> Result<(), Violation> {
        let jumped = self.clocks_jumped;
        let handset = self.handset_mut(phone);
        handset.known.drafts.retain(|one| one.id != id);
        if jumped {
            self.tally.count("draft expired");
            return Ok(());
        }
        let text = format!("phone {phone}: a draft is gone");
        Err(Violation::new(Rule::KeptIsKept, text))
    }

    fn about_a_report(&mut self, what: What, phone: usize, dice: &mut Dice) -> Did {
        if matches!(what, What::Reopen | What::EraseReceipt) {
            return self.types_a_receipt(what, phone, dice);
        }
        let known: Vec<ReportId> = self.handset(phone).known.reports.keys().copied().collect();
        let Some(report) = dice.pick(&known).copied() else {
            return Ok(false);
        };
        match what {
            What::Amend => self.amends(phone, report),
            What::Message => self.writes_a_message(phone, report),
            What::MakeReceipt => self.asks_for_a_receipt(phone, report),
            What::Withdraw => {
                let handset = self.handset_mut(phone);
                let doubt = Doubt::Withdraw(report);
                let came = handset.attempt(doubt, |phone| phone.withdraw(&report))?;
                if let (Came::Done(()), Some(held)) = (came, handset.known.reports.get_mut(&report))
                {
                    held.is_withdrawn = true;
                }
                self.truth.report(report).withdrawn = true;
                Ok(true)
            }
            _ => {
                let handset = self.handset_mut(phone);
                let doubt = Doubt::Erase(report);
                let came = handset.attempt(doubt, |phone| phone.erase_report(&report))?;
                if let Came::Done(()) = came {
                    self.erased(phone, report);
                }
                Ok(true)
            }
        }
    }

    pub(super) fn erased(&mut self, phone: usize, report: ReportId) {
        let known = &mut self.handset_mut(phone).known;
        known.reports.remove(&report);
        known.delivery.remove(&report);
        let is_asked = self.handset(phone).phone().reopening() > 0;
        let sending = self.truth.report(report).sending.clone();
        if !is_asked {
            // From here on only its receipt, typed once more, brings it back.
            self.handset_mut(phone).known.asked.remove(&sending);
        }
    }

    fn amends(&mut self, phone: usize, report: ReportId) -> Did {
        let words = self.fresh_words("Nhớ lại");
        let value = Value::Text(words);
        let handset = self.handset_mut(phone);
        let Some(held) = handset.known.reports.get(&report) else {
            return Ok(false);
        };
        if held.origin == Origin::Reopened || held.is_withdrawn {
            return Ok(false);
        }
        let mut after = held.answers.clone();
        after.set(AMENDED_FIELD, value.clone());
        let doubt = Doubt::Amend(report, after.clone());
        let verb = |phone: &Phone| phone.amend(&report, AMENDED_FIELD, &value);
        if let (Came::Done(()), Some(held)) = (
            handset.attempt(doubt, verb)?,
            handset.known.reports.get_mut(&report),
        ) {
            held.answers = after;
        }
        Ok(true)
    }

    fn writes_a_message(&mut self, phone: usize, report: ReportId) -> Did {
        let words = self.fresh_words("Lời nhắn");
        self.truth.report(report).words.insert(words.clone());
        let handset = self.handset_mut(phone);
        let doubt = Doubt::Message(report, words.clone());
        let came = handset.attempt(doubt, |phone| phone.send_message(&report, &words))?;
        if let (Came::Done(()), Some(held)) = (came, handset.known.reports.get_mut(&report)) {
            held.messages.push(words);
        }
        Ok(true)
    }

    fn asks_for_a_receipt(&mut self, phone: usize, report: ReportId) -> Did {
        let sending = self.truth.report(report).sending.clone();
        let handset = self.handset_mut(phone);
        let came = handset.attempt(Doubt::Other, |phone| phone.make_receipt(&report))?;
        if let Came::Done(receipt) = came {
            self.receipts.push((receipt.numbers().join(" "), sending));
        }
        Ok(true)
    }

    fn types_a_receipt(&mut self, what: What, phone: usize, dice: &mut Dice) -> Did {
        let Some((typed, sending)) = dice.pick(&self.receipts).cloned() else {
            return Ok(false);
        };
        let handset = self.handset_mut(phone);
        if what == What::Reopen {
            handset.known.asked.insert(sending);
        }
        handset.attempt(Doubt::Other, |phone| match what {
            What::Reopen => phone.reopen(&typed),
            _ => phone.erase_receipt(&typed),
        })?;
        Ok(true)
    }
}
