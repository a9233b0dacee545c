//! Looking at phones: what they show is what was kept, and never more than what
//! is true.

use loive_client::{Delivery, Line, Origin, Phone, ReportPage, ReportSummary, Speaker, Warning};
use loive_documents::{Answers, Form};
use loive_protocol::ReportId;

use super::handset::{Doubt, Draft, Held};
use super::plan::Dice;
use super::violation::{Rule, Violation};
use super::world::World;

/// The hidden question that the program answers.
const LANG_FIELD: &str = "lang";
/// Steps into an opening after which a phone is killed once more.
const AGAIN_MAX_STEPS: usize = 12;

type Checked = Result<(), Violation>;

/// Answers as they are compared: without what the program added.
pub(super) fn plain(answers: &Answers) -> Answers {
    let mut plain = Form::suspicion_report().effective(answers);
    plain.remove(LANG_FIELD);
    plain
}

impl World<'_> {
    /// A phone that died is opened again. What it kept is there; what was under
    /// way is done or not done, and nothing between.
    pub(super) fn phone_comes_back(&mut self, number: usize, dice: &mut Dice) -> Checked {
        self.tally.count("phone died between two storage steps");
        let again = dice
            .chance(1, 4)
            .then(|| dice.below(AGAIN_MAX_STEPS) as u64);
        let kit = self.kit;
        let seed = dice.any();
        let lost = self.handset_mut(number).come_back(kit, seed, again)?;
        self.tally.lost_writes(lost);
        self.note(format!("    phone {number} died and came back"));
        if let Some(doubt) = self.handset_mut(number).doubt.take() {
            self.resolve(number, doubt)?;
        }
        self.check_all_of_phone(number)?;
        // What was typed in was kept in memory only.
        self.handset_mut(number).known.asked.clear();
        Ok(())
    }

    /// Finds out whether a verb came through that the phone died of.
    fn resolve(&mut self, number: usize, doubt: Doubt) -> Checked {
        let phone = self.handset(number).phone().clone();
        match doubt {
            Doubt::Begin => {
                let drafts = phone.drafts().map_err(surprise)?;
                let known = &mut self.handset_mut(number).known.drafts;
                for draft in drafts {
                    if !known.iter().any(|one| one.id == draft.id) {
                        known.push(Draft::new(draft.id));
                    }
                }
            }
            Doubt::Answer(id, after) => {
                let kept = phone.draft_view(id).map_err(surprise)?.answers == after;
                let known = &mut self.handset_mut(number).known.drafts;
                if let (true, Some(draft)) = (kept, known.iter_mut().find(|one| one.id == id)) {
                    draft.answers = after;
                }
            }
            Doubt::Submit(id) | Doubt::Guest(id) => {
                if phone.draft_view(id).is_err() {
                    let guest = matches!(doubt, Doubt::Guest(_));
                    self.was_sent(number, &phone, id, guest)?;
                }
            }
            Doubt::Amend(report, after) => {
                let page = phone.report(&report).map_err(surprise)?;
                if plain(&page.answers) == plain(&after)
                    && let Some(held) = self.held_mut(number, &report)
                {
                    held.answers = after;
                }
            }
            Doubt::Message(report, words) => {
                let page = phone.report(&report).map_err(surprise)?;
                if page.timeline.iter().any(|line| line.text == words)
                    && let Some(held) = self.held_mut(number, &report)
                {
                    held.messages.push(words);
                }
            }
            Doubt::Withdraw(report) => {
                let page = phone.report(&report).map_err(surprise)?;
                if let Some(held) = self.held_mut(number, &report) {
                    held.is_withdrawn = page.withdrawal.is_some();
                }
            }
            Doubt::Erase(report) => {
                if phone.report(&report).is_err() {
                    self.erased(number, report);
                }
            }
            Doubt::Other => self.adopt_reopened(number, &phone)?,
        }
        Ok(())
    }

    fn held_mut(&mut self, number: usize, report: &ReportId) -> Option<&mut Held> {
        self.handset_mut(number).known.reports.get_mut(report)
    }

    /// The draft is gone: then the report is there, or is on its way as a
    /// guest's.
    fn was_sent(
        &mut self,
        number: usize,
        phone: &Phone,
        id: loive_client::DraftId,
        guest: bool,
    ) -> Checked {
        let known = &mut self.handset_mut(number).known;
        let Some(at) = known.drafts.iter().position(|one| one.id == id) else {
            return Ok(());
        };
        let draft = known.drafts.remove(at);
        let answers = Form::suspicion_report().effective(&draft.answers);
        let sending = self.sent(&draft)?;
        if guest {
            self.handset_mut(number).known.guests.insert(sending);
            return Ok(());
        }
        for summary in phone.reports().map_err(surprise)? {
            let page = phone.report(&summary.id).map_err(surprise)?;
            let is_new = !self.handset(number).known.reports.contains_key(&summary.id);
            if is_new && plain(&page.answers) == plain(&answers) {
                self.adopt(number, summary.id, sending, &answers);
                return Ok(());
            }
        }
        let text = format!("phone {number}: neither the draft nor the report is there");
        Err(Violation::new(Rule::KeptIsKept, text))
    }

    /// A report came back by its receipt.
    fn came_back(&mut self, number: usize, report: ReportId) {
        let known = &mut self.handset_mut(number).known;
        known.reports.entry(report).or_insert_with(|| Held {
            origin: Origin::Reopened,
            answers: Answers::new(),
            messages: Vec::new(),
            is_withdrawn: false,
        });
    }

    /// Reports may have come back in a response during which the phone died, or
    /// in a session that is not over.
    fn adopt_reopened(&mut self, number: usize, phone: &Phone) -> Checked {
        for summary in phone.reports().map_err(surprise)? {
            let known = self.handset(number).known.reports.contains_key(&summary.id);
            let truth = self.truth.reports.get(&summary.id);
            let asked = &self.handset(number).known.asked;
            let is_asked = truth.is_some_and(|truth| asked.contains(&truth.sending));
            if summary.origin == Origin::Reopened && !known && is_asked {
                self.came_back(number, summary.id);
            }
        }
        Ok(())
    }

    /// Looks at the list of a phone.
    pub(super) fn check_phone(&mut self, number: usize) -> Checked {
        let phone = self.handset(number).phone().clone();
        self.adopt_reopened(number, &phone)?;
        let summaries = phone.reports().map_err(surprise)?;
        let known = &self.handset(number).known;
        if let Some(lost) = known
            .reports
            .keys()
            .find(|id| !summaries.iter().any(|summary| summary.id == **id))
        {
            let text = format!("phone {number} does not have {lost}");
            return Err(Violation::new(Rule::KeptIsKept, text));
        }
        for summary in &summaries {
            if !known.reports.contains_key(&summary.id) {
                let text = format!("phone {number} shows {}", summary.id);
                return Err(Violation::new(Rule::ErasedIsGone, text));
            }
            self.check_state(number, summary)?;
        }
        for summary in summaries {
            let delivery = &mut self.handset_mut(number).known.delivery;
            delivery.insert(summary.id, summary.delivery);
        }
        Ok(())
    }

    fn check_state(&self, number: usize, summary: &ReportSummary) -> Checked {
        let id = &summary.id;
        let at = |what: &str| format!("phone {number}, {id}: {what}");
        let truth = self.truth.reports.get(id);
        let before = self.handset(number).known.delivery.get(id);
        if before.is_some_and(|before| *before > summary.delivery) {
            let text = at(&format!("{before:?} became {:?}", summary.delivery));
            return Err(Violation::new(Rule::StateStays, text));
        }
        let is_written = summary.origin == Origin::Written;
        let ahead = match summary.delivery {
            Delivery::AtRelay if is_written && !self.truth.was_acknowledged(id) => {
                Some("at the relay, and no relay has acknowledged it")
            }
            Delivery::OnThisPhone | Delivery::AtRelay => None,
            state => {
                let opened =
                    truth.is_some_and(|truth| truth.opened || (!is_written && truth.at_desk));
                let read = truth.is_some_and(|truth| truth.read);
                if !opened {
                    Some("opened, and the desk has never had it")
                } else if state == Delivery::Read && !read {
                    Some("read, and nobody has read it")
                } else {
                    None
                }
            }
        };
        if let Some(what) = ahead {
            return Err(Violation::new(Rule::StateIsTrue, at(what)));
        }
        let says = summary.warnings.contains(&Warning::NotSentYet);
        if says != (summary.delivery == Delivery::OnThisPhone) {
            let text = at("the warning does not fit the state");
            return Err(Violation::new(Rule::StateIsTrue, text));
        }
        Ok(())
    }

    /// Looks at everything on a phone.
    pub(super) fn check_all_of_phone(&mut self, number: usize) -> Checked {
        self.check_phone(number)?;
        self.check_drafts(number)?;
        let phone = self.handset(number).phone().clone();
        let handset = self.handset(number);
        for (id, held) in &handset.known.reports {
            let page = phone.report(id).map_err(surprise)?;
            let at = |what: &str| format!("phone {number}, {id}: {what}");
            if held.origin == Origin::Written && plain(&page.answers) != plain(&held.answers) {
                let text = at("other answers than were given");
                return Err(Violation::new(Rule::KeptIsKept, text));
            }
            if page.withdrawal.is_some() != held.is_withdrawn {
                let text = at("the withdrawal is not as it was");
                return Err(Violation::new(Rule::KeptIsKept, text));
            }
            self.check_lines(number, id, held, &page)?;
        }
        Ok(())
    }

    fn check_lines(&self, number: usize, id: &ReportId, held: &Held, page: &ReportPage) -> Checked {
        let at = |what: &str| format!("phone {number}, {id}: {what}");
        let truth = self.truth.reports.get(id);
        let (ours, theirs): (Vec<&Line>, Vec<&Line>) = page
            .timeline
            .iter()
            .partition(|line| line.speaker == Speaker::Reporter);
        for words in &held.messages {
            let count = ours.iter().filter(|line| line.text == *words).count();
            if count != 1 {
                let text = at(&format!("a message stands there {count} times"));
                return Err(Violation::new(Rule::KeptIsKept, text));
            }
        }
        if ours.len() != held.messages.len() {
            let text = at("a message that was not written here");
            return Err(Violation::new(Rule::NothingForged, text));
        }
        for line in ours {
            let is_had = truth.is_some_and(|truth| truth.had.contains(&line.text));
            if line.delivery >= Delivery::Opened && !is_had {
                let text = at("a message counts as opened and never was at the desk");
                return Err(Violation::new(Rule::StateIsTrue, text));
            }
        }
        for (place, line) in theirs.iter().enumerate() {
            let is_real = truth.is_some_and(|truth| truth.replies.contains(&line.text));
            if !is_real {
                let text = at("an answer that no counsellor wrote");
                return Err(Violation::new(Rule::NothingForged, text));
            }
            if theirs
                .iter()
                .skip(place + 1)
                .any(|other| other.text == line.text)
            {
                return Err(Violation::new(Rule::OneOfEach, at("an answer twice")));
            }
        }
        Ok(())
    }

    fn check_drafts(&mut self, number: usize) -> Checked {
        let phone = self.handset(number).phone().clone();
        for draft in self.handset(number).known.drafts.clone() {
            match phone.draft_view(draft.id) {
                Ok(view) if view.answers == draft.answers => {}
                Ok(_) => {
                    let text = format!("phone {number}: a draft has other answers");
                    return Err(Violation::new(Rule::KeptIsKept, text));
                }
                Err(_) => self.draft_expired(number, draft.id)?,
            }
        }
        Ok(())
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is what `map_err` hands over"
)]
pub(super) fn surprise(error: loive_client::PhoneError) -> Violation {
    Violation::new(Rule::NoSurprise, format!("a phone cannot be read: {error}"))
}
