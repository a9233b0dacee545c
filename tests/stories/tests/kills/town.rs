//! Phones, a relay and a desk whose programs are killed again and again, on
//! stores that stay.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use loive_client::{Cancel, Delivery, Phone, Speaker};
use loive_stories::{DeskBooks, DeskReport, Options, World, eventually};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::hotline::Hotline;
use crate::owner::{LIKINGS, Owner};
use crate::truth::Written;

const PHONES: usize = 3;
/// Longest life between its start and its end.
const LIFE_MAX_MICROSECONDS: u64 = 350_000;
/// Longest life of a program that is killed while it starts.
const BIRTH_MAX_MICROSECONDS: u64 = 120_000;
/// How long phones go on without the hotline.
const ALONE: Duration = Duration::from_millis(60);
/// One in so many phones is killed while it starts.
const KILLED_AT_START: u32 = 6;

/// A small world of programs that can be killed.
pub(crate) struct Town {
    pub(crate) world: World,
    pub(crate) hotline: Hotline,
    pub(crate) owners: Vec<Owner>,
    /// Phones that were killed while their store was made. On a quick machine
    /// they may have sent a report before.
    newborns: Vec<Owner>,
    pub(crate) rng: StdRng,
    /// Kills that were survived, by what was killed.
    pub(crate) tally: BTreeMap<String, u64>,
}

impl Town {
    pub(crate) async fn new(seed: u64, now: u64) -> Self {
        let world = World::with(Options {
            all_elsewhere: true,
            begins_at: Some(now),
            ..Options::default()
        })
        .await;
        let owners = (1..=PHONES).map(|number| Owner::new(&world, number));
        Self {
            owners: owners.collect(),
            newborns: Vec::new(),
            hotline: Hotline::default(),
            rng: StdRng::seed_from_u64(seed),
            tally: BTreeMap::new(),
            world,
        }
    }

    pub(crate) fn kills(&self) -> u64 {
        self.tally.values().sum()
    }

    pub(crate) fn note(&mut self, what: &str) {
        *self.tally.entry(what.to_owned()).or_default() += 1;
    }

    /// Starts relay and desk if they do not run.
    pub(crate) fn open_hotline(&mut self) {
        let started = self.hotline.start(&self.world);
        started.expect("relay and desk start on stores of killed ones");
    }

    /// Lets some time pass, nobody knows how much.
    pub(crate) async fn live_on(&mut self) {
        let micros = self.rng.random_range(0..LIFE_MAX_MICROSECONDS);
        tokio::time::sleep(Duration::from_micros(micros)).await;
    }

    /// One phone is killed, at any instant of its life.
    pub(crate) async fn kill_a_phone(&mut self) {
        self.open_hotline();
        let chosen = self.rng.random_range(0..self.owners.len());
        let liking = LIKINGS[self.rng.random_range(0..LIKINGS.len())];
        let at_start = self.rng.random_ratio(1, KILLED_AT_START);
        let owner = &mut self.owners[chosen];
        if owner.runs() {
            self.end_phone(chosen);
        }
        let owner = &mut self.owners[chosen];
        owner.start(liking);
        if !at_start {
            owner.wait().expect("the phone opens again");
        }
        self.live_on().await;
        self.end_phone(chosen);
    }

    /// A phone is killed while its store is made, and nobody uses it again.
    pub(crate) async fn kill_a_newborn(&mut self) {
        let number = self.owners.len() + self.newborns.len() + 1;
        let mut owner = Owner::new(&self.world, number);
        for _ in 0..2 {
            owner.start("writing");
            let micros = self.rng.random_range(0..BIRTH_MAX_MICROSECONDS);
            tokio::time::sleep(Duration::from_micros(micros)).await;
            let what = owner.kill();
            drop(owner.settle());
            self.note(&format!("phone, {what}"));
        }
        self.newborns.push(owner);
    }

    /// Relay and desk are killed while they start on the stores of killed ones.
    pub(crate) async fn kill_the_hotline_at_its_start(&mut self) {
        self.hotline.kill_relay();
        self.hotline.kill_desk();
        let micros = self.rng.random_range(0..BIRTH_MAX_MICROSECONDS);
        self.hotline
            .start_and_kill(&self.world, Duration::from_micros(micros))
            .await;
        self.note("relay, starting");
        self.note("desk, starting");
    }

    /// Kills a phone and looks at what it left.
    pub(crate) fn end_phone(&mut self, number: usize) {
        let owner = &mut self.owners[number];
        let what = owner.kill();
        drop(owner.settle());
        owner.truth.assert_nothing_refused();
        self.note(&format!("phone, {what}"));
    }

    /// Relay or desk or everything is killed while all phones are busy.
    pub(crate) async fn kill_the_hotline(&mut self, relay: bool, desk: bool, phones: bool) {
        self.open_hotline();
        for owner in self.owners.iter_mut().filter(|owner| !owner.runs()) {
            owner.start("sending");
            owner.wait().expect("the phone opens again");
        }
        self.live_on().await;
        if relay {
            self.hotline.kill_relay();
            self.note("relay, while phones push");
        }
        if desk {
            let what = self.hotline.kill_desk();
            self.note(&format!("desk, {what}"));
        }
        if phones {
            (0..self.owners.len()).for_each(|number| self.end_phone(number));
        } else {
            tokio::time::sleep(ALONE).await;
        }
        self.owners.iter_mut().for_each(Owner::hear);
        self.hotline.listen();
    }

    /// Ends every phone and holds everything against everything.
    pub(crate) async fn reckon(&mut self) {
        self.open_hotline();
        let mut phones = Vec::new();
        for number in 0..self.owners.len() {
            if self.owners[number].runs() {
                self.end_phone(number);
            }
            phones.push(self.owners[number].settle());
        }
        self.hotline.tell("quiet");
        self.nothing_acknowledged_is_lost(&phones).await;
        for (owner, phone) in self.owners.iter().zip(&phones) {
            through(owner, phone).await;
        }
        let books = self.all_arrived(&phones).await;
        assert_eq!(self.hotline.failures, Vec::<String>::new());
        assert_eq!(self.hotline.refusals, Vec::new());
        self.desk_is_right(&books);
        for (owner, phone) in self.owners.iter().zip(&phones) {
            answers_are_right(owner, phone, &books).await;
        }
        self.hotline.tell("work");
    }

    /// No phone has sent anything since: what is acknowledged is at the hotline.
    async fn nothing_acknowledged_is_lost(&mut self, phones: &[Phone]) {
        let mut at_hotline = BTreeSet::new();
        let mut opened = BTreeSet::new();
        let mut read = BTreeSet::new();
        for report in phones
            .iter()
            .flat_map(|phone| phone.reports().expect("it is read"))
        {
            let id = report.id.to_string();
            if report.delivery >= Delivery::AtRelay {
                at_hotline.insert(id.clone());
            }
            if report.delivery >= Delivery::Opened {
                opened.insert(id.clone());
            }
            if report.delivery >= Delivery::Read {
                read.insert(id);
            }
        }
        let books = self.hotline.books();
        for id in &opened {
            assert!(
                books.reports.contains_key(id),
                "{id} is called opened and is not"
            );
        }
        for id in &read {
            let report = books.reports.get(id);
            assert!(
                report.is_some_and(|report| report.is_read),
                "{id} is called read"
            );
        }
        let hotline = &mut self.hotline;
        eventually("everything acknowledged is opened", async || {
            let books = hotline.books();
            at_hotline
                .iter()
                .all(|id| books.reports.contains_key(id))
                .then_some(())
        })
        .await;
    }

    /// Waits until the desk has every report and every message.
    async fn all_arrived(&mut self, phones: &[Phone]) -> DeskBooks {
        let guests: BTreeSet<_> = self
            .owners
            .iter()
            .flat_map(|owner| &owner.truth.guests)
            .collect();
        let hotline = &mut self.hotline;
        let owners = &self.owners;
        eventually("the desk has everything that was written", async || {
            for (owner, phone) in owners.iter().zip(phones) {
                let _ = phone.sync(&owner.driver, &Cancel::new()).await;
            }
            let books = hotline.books();
            let here = |(id, written): (&String, &Written)| {
                books
                    .reports
                    .get(id)
                    .is_some_and(|report| same(report, written))
            };
            let markers: BTreeSet<_> = books.reports.values().filter_map(marker).collect();
            let whole = owners
                .iter()
                .all(|owner| owner.truth.held.reports.iter().all(here));
            (whole && guests.iter().all(|guest| markers.contains(guest.as_str()))).then_some(books)
        })
        .await
    }

    /// Nothing is there twice, and nothing that nobody wrote.
    fn desk_is_right(&self, books: &DeskBooks) {
        assert_eq!(books.quarantine, Vec::<String>::new());
        let mut markers = BTreeSet::new();
        for (id, report) in &books.reports {
            let marker = marker(report).expect("every report has a marker");
            assert!(markers.insert(marker), "{marker} came twice");
            let is_known = self.owners.iter().chain(&self.newborns).any(|owner| {
                let truth = &owner.truth;
                truth.held.reports.contains_key(id)
                    || truth.erased.contains(id)
                    || truth.guests.contains(marker)
            });
            assert!(is_known, "nobody wrote {id}");
            assert_eq!(report.conflicts, 0, "{id}");
            let nothing = crate::hotline::Replies::default();
            let said = self.hotline.replies.get(id).unwrap_or(&nothing);
            for sure in &said.sure {
                let count = report.replies.iter().filter(|reply| *reply == sure).count();
                assert_eq!(count, 1, "an answer of the hotline, {count} times");
            }
            for reply in &report.replies {
                let is_known = said.sure.contains(reply) || said.perhaps.contains(reply);
                assert!(is_known, "nobody answered that");
            }
            assert!(
                report.is_read || !self.hotline.read.contains(id),
                "{id} was read"
            );
        }
        for id in self.hotline.read.iter().chain(self.hotline.replies.keys()) {
            assert!(books.reports.contains_key(id), "the desk has lost {id}");
        }
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        if std::thread::panicking() {
            crate::report("kills until it failed", &self.tally);
        }
    }
}

/// Whether the desk shows a report as it was written.
fn same(report: &DeskReport, written: &Written) -> bool {
    let mut answers = report.answers.clone();
    answers.remove("lang");
    answers == written.answers
        && report.messages == written.messages
        && report.is_withdrawn == written.is_withdrawn
}

/// What marks a report, whatever was amended.
fn marker(report: &DeskReport) -> Option<&str> {
    let words = report.answers.get("suspect_info")?;
    Some(words.split_once(" / ").map_or(words, |(marker, _)| marker))
}

/// Syncs until everything of this phone is opened.
async fn through(owner: &Owner, phone: &Phone) {
    eventually("everything of the phone is opened", async || {
        let synced = phone.sync(&owner.driver, &Cancel::new()).await;
        synced.expect("the relay is there");
        let reports = phone.reports().expect("the list is read");
        let opened = reports.iter().all(|one| one.delivery >= Delivery::Opened);
        (opened && phone.unsent() == Ok(0)).then_some(())
    })
    .await;
}

/// Waits until the phone shows what the hotline said, once each.
async fn answers_are_right(owner: &Owner, phone: &Phone, books: &DeskBooks) {
    for summary in phone.reports().expect("the list is read") {
        let desk = &books.reports[&summary.id.to_string()];
        eventually("the hotline's answers are on the phone", async || {
            let page = phone.report(&summary.id).expect("the report is here");
            assert!(page.troubles.is_empty(), "{:?}", page.troubles);
            let theirs = page
                .timeline
                .iter()
                .filter(|line| line.speaker == Speaker::Hotline);
            let mut theirs: Vec<_> = theirs.map(|line| line.text.clone()).collect();
            theirs.sort();
            let is_read = page.summary.delivery == Delivery::Read;
            assert!(desk.is_read || !is_read, "called read before it was");
            let whole = theirs == desk.replies
                && is_read == desk.is_read
                && page
                    .timeline
                    .iter()
                    .all(|line| line.delivery >= Delivery::Opened);
            if !whole {
                let synced = phone.sync(&owner.driver, &Cancel::new()).await;
                synced.expect("the relay is there");
            }
            whole.then_some(())
        })
        .await;
    }
}
