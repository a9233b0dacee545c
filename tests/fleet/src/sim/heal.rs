//! The end of a world: the road is good, the relay honest, the clocks right.
//! Everybody syncs until nobody has anything to say; then both sides must agree.

use std::collections::{BTreeMap, BTreeSet};

use loive_cipher::faults::Mood;
use loive_client::{Delivery, Event, Origin, Speaker, Wake};
use loive_documents::Answers;
use loive_protocol::{Refusal, ReportId};
use loive_server::desk::{ReportPage, TimelineWhat};

use super::handset::Held;
use super::looks::{plain, surprise};
use super::site::Start;
use super::truth::{Sending, TAG_FIELD, text_of};
use super::violation::{Rule, Violation};
use super::world::World;

/// Rounds after which everybody must have everything.
const ROUNDS_MAX_COUNT: usize = 20;
/// Between two rounds, so that the relay's budget for lockers fills.
const ROUND_SECONDS: u64 = 90;

type Checked = Result<(), Violation>;

impl World<'_> {
    /// Puts everything right and lets everybody sync until it is quiet.
    pub(super) fn heal(&mut self) -> Checked {
        self.note("healing");
        self.put_right()?;
        for round in 0..ROUNDS_MAX_COUNT {
            self.pass(ROUND_SECONDS);
            let before = self.pushed;
            for number in 0..self.phones.len() {
                self.feed(number, Event::Wake(Wake::Person))?;
                self.carry_for(number)?;
            }
            if self.house.begin() {
                self.desk_works()?;
            }
            self.carry_for_desk()?;
            if self.pushed == before && round > 0 && self.is_at_rest()? {
                self.tally.more("rounds until it was quiet", round as u64);
                return Ok(());
            }
        }
        let text = "somebody still has something to send after the last round";
        Err(Violation::new(Rule::Converges, text))
    }

    fn is_at_rest(&self) -> Result<bool, Violation> {
        for handset in &self.phones {
            let unsent = handset.phone().unsent().map_err(surprise)?;
            if unsent > 0 || !handset.is_idle() || handset.phone().reopening() > 0 {
                return Ok(false);
            }
        }
        Ok(!self.house.is_busy())
    }

    fn put_right(&mut self) -> Checked {
        let kit = self.kit;
        for site in &self.sites {
            site.disk.revive();
            site.disk.set_mood(Mood::Works);
            site.clock.set_seconds(self.now);
        }
        self.house.disk.revive();
        self.house.disk.set_mood(Mood::Works);
        for number in 0..self.phones.len() {
            let now = self.now;
            let handset = self.handset_mut(number);
            handset.disk.revive();
            handset.disk.set_mood(Mood::Works);
            handset.clock.set(now);
            handset.is_full = false;
            self.feed(number, Event::Cancel)?;
        }
        self.bag.clear();
        self.house.stop();
        self.house.start(kit)?;
        self.check_whole_desk(Rule::KeptIsKept)?;
        if self.has_lied {
            // Whoever takes a relay back from a liar says so: what it told to
            // whom is worth nothing, and everybody offers again.
            self.site_mut().stop(kit);
            self.site_mut().start(kit, Start::NewLog)?;
        }
        Ok(())
    }

    /// Whether something may be lost by the rules: a desk that was set back has
    /// it from the relay, unless that lost it too.
    fn both_lost(&self) -> bool {
        self.desk_losses > 0 && (self.relay_losses > 0 || self.has_forgotten)
    }

    /// The last look.
    pub(super) fn judge(&mut self) -> Checked {
        self.check_whole_desk(Rule::KeptIsKept)?;
        self.site().check_no_doubles(self.kit)?;
        let mut pages = BTreeMap::new();
        for id in self.queue()? {
            let Some(page) = self.page(&id)? else {
                continue;
            };
            self.check_only_record(id, &page)?;
            pages.insert(id, page);
        }
        for number in 0..self.phones.len() {
            self.check_all_of_phone(number)?;
            self.judge_phone(number, &pages)?;
        }
        self.judge_relay(&pages)?;
        self.tally.more("reports at the desk", pages.len() as u64);
        Ok(())
    }

    /// What was sent off once has one record.
    fn check_only_record(&mut self, id: ReportId, page: &ReportPage) -> Checked {
        let is_stranger = self.truth.strangers.contains(&id);
        if is_stranger || text_of(page.answers.get(TAG_FIELD)).is_none() {
            return Ok(());
        }
        let sending = self.truth.report(id).sending.clone();
        if self.truth.ids.get(&sending) == Some(&id) {
            return Ok(());
        }
        let text = format!("{id}: the desk has a second record of one report");
        Err(Violation::new(Rule::OneOfEach, text))
    }

    fn judge_phone(&mut self, number: usize, pages: &BTreeMap<ReportId, ReportPage>) -> Checked {
        let known = self.handset(number).known.clone();
        for sending in &known.guests {
            let id = self.truth.ids.get(sending).copied();
            let Some(id) = id else {
                let text = format!("phone {number}: a guest's report was never sent");
                return Err(Violation::new(Rule::NothingIsLost, text));
            };
            self.must_have(id, pages.get(&id), &sending.tag)?;
        }
        for (id, held) in &known.reports {
            let page = pages.get(id);
            let tag = self.truth.report(*id).sending.tag.clone();
            if held.origin == Origin::Written && !self.must_have(*id, page, &tag)? {
                continue;
            }
            let Some(page) = page else { continue };
            for words in &held.messages {
                self.must_have(*id, Some(page), words)?;
            }
            self.judge_report(number, *id, held, page)?;
        }
        Ok(())
    }

    /// `false` if it is gone by the rules. What a stolen receipt or a copied
    /// phone spoilt must at least be seen in quarantine.
    fn must_have(
        &mut self,
        id: ReportId,
        page: Option<&ReportPage>,
        words: &str,
    ) -> Result<bool, Violation> {
        if page.is_some_and(|page| shows(page, words)) {
            return Ok(true);
        }
        let truth = self.truth.report(id);
        let is_spoilt = truth.is_preempted || truth.is_forked;
        let in_quarantine = page.is_some_and(|page| {
            let mut rows = page.quarantine.iter();
            rows.any(|row| row.readable.iter().any(|text| text.contains(words)))
        });
        if is_spoilt && in_quarantine {
            self.tally.count("words seen in quarantine");
            return Ok(false);
        }
        // Without its beginning, what came later lies sealed in quarantine.
        let sending = truth.sending.clone();
        let tag = &sending.tag;
        let is_headless = page.is_none_or(|page| !shows(page, tag));
        let receipted = self.truth.was_receipted(&id, words)
            || (is_headless && self.truth.was_receipted(&id, tag))
            || (self.has_forgotten && self.truth.was_at_desk(&id, words));
        if is_headless && words != tag && !self.is_kept(id, &sending) {
            // Its own writer erased it before it had arrived, or lost it with a
            // copy; somebody with its receipt wrote on.
            self.tally.count("words about a report that nobody kept");
            return Ok(false);
        }
        if page.is_some_and(|page| waits(page, words))
            && !self.is_kept(id, &sending)
            && self.rests_on_nothing(id, words)?
        {
            // Erased on its phone before this relay had all of it.
            self.tally.count("words that wait for what was erased");
            return Ok(false);
        }
        if self.both_lost() && receipted {
            self.tally.count("words lost with both desk and relay");
            return Ok(false);
        }
        let text = if in_quarantine {
            format!("{id}: genuine words are in quarantine")
        } else {
            format!("{id}: the desk does not have {words:?}")
        };
        Err(Violation::new(Rule::NothingIsLost, text))
    }

    fn rests_on_nothing(&self, id: ReportId, words: &str) -> Result<bool, Violation> {
        let inbox = self.site().inbox(self.kit)?;
        Ok(self.truth.rests_on_nothing(&id, words, &inbox))
    }

    /// Whether any phone still has what begins a report.
    fn is_kept(&self, id: ReportId, sending: &Sending) -> bool {
        self.phones.iter().any(|handset| {
            let held = handset.known.reports.get(&id);
            held.is_some_and(|held| held.origin == Origin::Written)
                || handset.known.guests.contains(sending)
        })
    }

    fn judge_report(
        &mut self,
        number: usize,
        id: ReportId,
        held: &Held,
        page: &ReportPage,
    ) -> Checked {
        let truth = self.truth.report(id);
        let (is_preempted, is_forked) = (truth.is_preempted, truth.is_forked);
        let lossy = self.both_lost() || (self.desk_losses > 0 && self.has_lied);
        let at = |what: &str| format!("phone {number}, {id}: {what}");
        let fails = |what: &str| Err(Violation::new(Rule::Converges, at(what)));
        let is_spoilt = is_preempted || is_forked;
        if held.is_withdrawn && !page.row.withdrawn && !lossy && !is_spoilt {
            return fails("withdrawn, and the desk does not know");
        }
        let mut answers = Answers::new();
        for (field, value) in &page.answers {
            answers.set(field.clone(), value.clone());
        }
        let comparable = held.origin == Origin::Written && !is_spoilt && !lossy;
        if comparable && plain(&answers) != plain(&held.answers) {
            return fails("the desk has other answers");
        }
        let phone = self.handset(number).phone().clone();
        let shown = phone.report(&id).map_err(surprise)?;
        let read = page.timeline.iter().any(|entry| {
            matches!(
                entry.what,
                TimelineWhat::Read(_) | TimelineWhat::FromHotline(..)
            )
        });
        let least = if read {
            Delivery::Read
        } else {
            Delivery::Opened
        };
        if shown.summary.delivery < least && !is_preempted {
            return fails(&format!("only {:?}", shown.summary.delivery));
        }
        let theirs: BTreeSet<&str> = shown
            .timeline
            .iter()
            .filter(|line| line.speaker == Speaker::Hotline)
            .map(|line| line.text.as_str())
            .collect();
        let answered: BTreeSet<&str> = page
            .timeline
            .iter()
            .filter_map(|entry| match &entry.what {
                TimelineWhat::FromHotline(_, text) => Some(text.as_str()),
                _ => None,
            })
            .collect();
        if !theirs.is_superset(&answered) {
            return fails("an answer did not arrive");
        }
        if !lossy && theirs != answered {
            return fails("the desk has forgotten an answer");
        }
        Ok(())
    }

    /// What lies at the relay is at the desk, or seen in quarantine.
    fn judge_relay(&mut self, pages: &BTreeMap<ReportId, ReportPage>) -> Checked {
        let inbox = self.site().inbox(self.kit)?;
        let mut genuine = Vec::new();
        for id in &inbox {
            if let Some(sealed) = self.truth.sealed.get(id) {
                genuine.push((sealed.report, sealed.words.clone()));
            }
        }
        for (id, words) in genuine {
            for words in words {
                self.must_have(id, pages.get(&id), &words)?;
            }
        }
        let garbage = self.truth.garbage.intersection(&inbox).count();
        let Some(desk) = &self.house.desk else {
            return Ok(());
        };
        let rows = desk
            .quarantine(&self.kit.counsellor)
            .map_err(|error| Violation::new(Rule::NoSurprise, error.to_string()))?;
        self.tally.more("rows in quarantine", rows.len() as u64);
        if rows.len() < garbage {
            let text = format!("{garbage} forgeries, {} rows in quarantine", rows.len());
            return Err(Violation::new(Rule::RefusedIsVisible, text));
        }
        Ok(())
    }
}

/// Whether counsellors see these words wait for what they rest on.
fn waits(page: &ReportPage, words: &str) -> bool {
    let mut rows = page.quarantine.iter();
    rows.any(|row| {
        row.reason == Refusal::MissingDependency.key()
            && row.readable.iter().any(|text| text.contains(words))
    })
}

/// Whether counsellors see these words as the reporter's own.
fn shows(page: &ReportPage, words: &str) -> bool {
    let tag = text_of(page.answers.get(TAG_FIELD));
    let mut lines = page.timeline.iter();
    tag.as_deref() == Some(words)
        || lines
            .any(|entry| matches!(&entry.what, TimelineWhat::FromReporter(text) if text == words))
}
