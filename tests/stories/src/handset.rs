//! A phone: a folder, a keystore, a clock, and the way to the relay.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use loive_client::{
    Cancel, Clock, Costs, Delivery, DraftId, Driver, Env, ManualClock, MemoryKeys, OpenRequest,
    Phone, PhoneError, ReportPage, SyncSummary,
};
use loive_documents::{Answers, Form, Lang};
use loive_protocol::{HotlineCard, ReportId};

use crate::eventually::eventually;

/// The engine's file in the phone's folder.
const STORE_FILE: &str = "phone.db";

/// A phone of a story. Its engine runs while it is open.
pub struct Handset {
    /// The clock of this phone.
    pub clock: ManualClock,
    dir: PathBuf,
    key: [u8; 32],
    card: HotlineCard,
    costs: Costs,
    /// Every opening draws other random numbers.
    seed: u64,
    driver: Driver,
    phone: Option<Phone>,
}

impl Handset {
    /// A phone whose engine is not open yet. `seed` must be its own.
    pub(crate) fn new(dir: PathBuf, card: HotlineCard, seed: u64, costs: Costs, now: u64) -> Self {
        let mut key = [0x5a; 32];
        for (byte, digit) in key.iter_mut().zip(seed.to_be_bytes()) {
            *byte = digit;
        }
        let driver = Driver::new(&card).expect("the card names a relay on this machine");
        let clock = ManualClock::at(now);
        Self {
            clock,
            dir,
            key,
            card,
            costs,
            seed: seed << 32,
            driver,
            phone: None,
        }
    }

    /// Opens the engine, as the app does when it starts.
    ///
    /// # Errors
    /// As [`Phone::open`].
    pub fn try_open(&mut self) -> Result<(), PhoneError> {
        self.seed += 1;
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        let keys = MemoryKeys::new(self.key);
        let mut request = OpenRequest::new(&self.dir, self.card.clone(), keys);
        request.env = Env::simulated(clock, self.seed);
        request.costs = self.costs;
        self.phone = Some(Phone::open(request)?);
        Ok(())
    }

    /// Opens the engine.
    ///
    /// # Panics
    /// If it does not open.
    pub fn open(&mut self) {
        self.try_open().expect("the phone opens");
    }

    /// Ends the engine, as the system does with apps that nobody looks at.
    pub fn close(&mut self) {
        self.phone = None;
    }

    /// Ends it and starts it again.
    pub fn restart(&mut self) {
        self.close();
        self.open();
    }

    /// The engine.
    ///
    /// # Panics
    /// If it is not open.
    pub fn phone(&self) -> &Phone {
        self.phone.as_ref().expect("the phone is open")
    }

    /// Its folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Its store.
    pub fn store_file(&self) -> PathBuf {
        self.dir.join(STORE_FILE)
    }

    /// The key that its keystore keeps.
    pub const fn store_key(&self) -> [u8; 32] {
        self.key
    }

    /// The hotline that it knows.
    pub const fn card(&self) -> &HotlineCard {
        &self.card
    }

    /// Begins a draft and answers its questions one by one.
    ///
    /// # Panics
    /// If an answer is not taken.
    pub fn draft(&self, answers: &Answers) -> DraftId {
        let form = Form::suspicion_report().id();
        let draft = self
            .phone()
            .new_draft(form, Lang::Vi)
            .expect("a draft begins");
        for (field, value) in answers.iter() {
            self.phone()
                .answer(draft, field, value)
                .expect("the answer is kept");
        }
        draft
    }

    /// Writes and submits a report.
    ///
    /// # Panics
    /// If it cannot be submitted.
    pub fn submit(&self, answers: &Answers) -> ReportId {
        self.phone()
            .submit(self.draft(answers))
            .expect("the report is submitted")
    }

    /// Synchronises once.
    ///
    /// # Errors
    /// As [`Phone::sync`].
    pub async fn try_sync(&self) -> Result<SyncSummary, PhoneError> {
        self.phone().sync(&self.driver, &Cancel::new()).await
    }

    /// Synchronises once, with a relay that is there.
    ///
    /// # Panics
    /// If it fails.
    pub async fn sync(&self) -> SyncSummary {
        self.try_sync().await.expect("the relay is there")
    }

    /// Synchronises, which must not fail, until there is something to see.
    pub async fn sync_until<T>(&self, what: &str, look: impl Fn(&Phone) -> Option<T>) -> T {
        eventually(what, async || {
            self.sync().await;
            look(self.phone())
        })
        .await
    }

    /// Synchronises until a report has come at least so far, and gives it.
    pub async fn sync_until_report_is(&self, id: &ReportId, delivery: Delivery) -> ReportPage {
        self.sync_until(&format!("a report becomes {delivery:?}"), |phone| {
            let page = phone.report(id).expect("the report is on the phone");
            (page.summary.delivery >= delivery).then_some(page)
        })
        .await
    }

    /// A report as its screen shows it.
    ///
    /// # Panics
    /// If it is not on this phone.
    pub fn report(&self, id: &ReportId) -> ReportPage {
        self.phone().report(id).expect("the report is on the phone")
    }

    /// How far a report has come, by this phone's screen.
    pub fn delivery(&self, id: &ReportId) -> Delivery {
        self.report(id).summary.delivery
    }

    /// What both sides wrote, in the order of the screen.
    pub fn lines(&self, id: &ReportId) -> Vec<String> {
        self.report(id)
            .timeline
            .into_iter()
            .map(|line| line.text)
            .collect()
    }
}
