//! The phone: a newtype over the engine. Every verb is one line.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use loive_client::{DraftId, Pin};
use loive_documents::Lang;
use loive_protocol::ReportId;

use crate::draft::{DraftSummary, DraftView};
use crate::error::{PhoneError, count};
use crate::form::Answer;
use crate::open::OpenOutcome;
use crate::report::{ReportPage, ReportSummary, time};
use crate::runtime::{blocking, runtime};

static PHONES: AtomicU64 = AtomicU64::new(0);

/// What a phone does: drafts, reports, messages, receipts and sync, over one
/// encrypted store. When a verb that writes has returned, what was written
/// survives whatever happens to the phone.
#[derive(uniffi::Object)]
pub struct Phone(pub(crate) loive_client::Phone);

/// Two numbers that look like telephone numbers. Stored nowhere: show them once.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct Receipt {
    /// Ten digits, grouped as people write telephone numbers.
    pub first: String,
    /// Ten digits, grouped likewise.
    pub second: String,
}

/// What the library holds for the app right now. For tests that look for leaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Live {
    /// Phones that the app holds.
    pub phones: u64,
    /// Tasks that run or wait: syncs, subscriptions.
    pub tasks: u64,
}

/// What the library holds for the app right now.
#[uniffi::export]
pub fn live() -> Live {
    Live {
        phones: PHONES.load(Ordering::SeqCst),
        tasks: count(runtime().metrics().num_alive_tasks()),
    }
}

impl Phone {
    pub(crate) fn new(phone: loive_client::Phone) -> Arc<Self> {
        PHONES.fetch_add(1, Ordering::SeqCst);
        Arc::new(Self(phone))
    }

    /// Runs a verb of the engine away from the app's own thread.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        verb: impl FnOnce(&loive_client::Phone) -> Result<T, loive_client::PhoneError> + Send + 'static,
    ) -> Result<T, PhoneError> {
        let phone = self.0.clone();
        blocking(move || verb(&phone)).await
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        PHONES.fetch_sub(1, Ordering::SeqCst);
    }
}

#[uniffi::export]
impl Phone {
    /// What became of the store when it was opened.
    pub fn outcome(&self) -> OpenOutcome {
        self.0.outcome().into()
    }

    /// The time to go by: the latest of the device's clock, the time of the app's
    /// release and the last time that the hotline signed.
    pub fn now(&self) -> SystemTime {
        time(self.0.now())
    }

    /// Begins a draft of a form (`suspicion_report`).
    pub async fn new_draft(&self, form: String, lang: Lang) -> Result<DraftId, PhoneError> {
        self.run(move |phone| phone.new_draft(&form, lang)).await
    }

    /// All drafts, the newest first.
    pub async fn drafts(&self) -> Result<Vec<DraftSummary>, PhoneError> {
        let drafts = self.run(loive_client::Phone::drafts).await?;
        Ok(drafts.into_iter().map(DraftSummary::from).collect())
    }

    /// A draft with its questions and answers, in a language.
    pub async fn draft(&self, draft: DraftId, lang: Lang) -> Result<DraftView, PhoneError> {
        let view =
            move |phone: &loive_client::Phone| Ok(DraftView::new(&phone.draft_view(draft)?, lang));
        self.run(view).await
    }

    /// Answers a question. An empty answer takes the old one away.
    pub async fn answer(
        &self,
        draft: DraftId,
        question: String,
        answer: Answer,
    ) -> Result<(), PhoneError> {
        self.run(move |phone| phone.answer(draft, &question, &answer.into()))
            .await
    }

    /// Takes an answer away.
    pub async fn clear_answer(&self, draft: DraftId, question: String) -> Result<(), PhoneError> {
        self.run(move |phone| phone.clear_answer(draft, &question))
            .await
    }

    /// Throws a draft away. Nothing of it is left on this phone.
    pub async fn discard_draft(&self, draft: DraftId) -> Result<(), PhoneError> {
        self.run(move |phone| phone.discard_draft(draft)).await
    }

    /// Throws away every draft that nobody touched for 72 hours that this phone
    /// has seen pass, and says how many. Call it when the app comes to the front.
    pub async fn expire_drafts(&self) -> Result<u64, PhoneError> {
        let expired = self.run(loive_client::Phone::expire_drafts).await?;
        Ok(count(expired))
    }

    /// Makes a report of a draft: sealed once and kept, with no network needed. A
    /// second tap gives the same report.
    pub async fn submit(&self, draft: DraftId) -> Result<ReportId, PhoneError> {
        self.run(move |phone| phone.submit(draft)).await
    }

    /// Sends a draft as a guest: afterwards only sealed bytes remain on this
    /// phone, lists show nothing, and the receipt is the only way back. Takes
    /// some hundred milliseconds.
    pub async fn submit_guest(&self, draft: DraftId) -> Result<Receipt, PhoneError> {
        let receipt = self.run(move |phone| phone.submit_guest(draft)).await?;
        Ok(receipt.into())
    }

    /// All reports of this phone, the newest first. Guests' reports are in no
    /// list.
    pub async fn reports(&self) -> Result<Vec<ReportSummary>, PhoneError> {
        let reports = self.run(loive_client::Phone::reports).await?;
        Ok(reports.into_iter().map(ReportSummary::from).collect())
    }

    /// A report with its states, its answers and what was written from both
    /// sides.
    pub async fn report(&self, report: ReportId, lang: Lang) -> Result<ReportPage, PhoneError> {
        self.run(move |phone| Ok(ReportPage::new(phone.report(&report)?, lang)))
            .await
    }

    /// Changes an answer of a report. An empty answer takes it back.
    pub async fn amend(
        &self,
        report: ReportId,
        question: String,
        answer: Answer,
    ) -> Result<(), PhoneError> {
        self.run(move |phone| phone.amend(&report, &question, &answer.into()))
            .await
    }

    /// Takes an answer of a report back.
    pub async fn amend_clear(&self, report: ReportId, question: String) -> Result<(), PhoneError> {
        self.run(move |phone| phone.amend_clear(&report, &question))
            .await
    }

    /// Writes to the hotline about a report, at most 2,000 characters.
    pub async fn send_message(&self, report: ReportId, text: String) -> Result<(), PhoneError> {
        self.run(move |phone| phone.send_message(&report, &text))
            .await
    }

    /// Takes a report back. The hotline keeps it and sees that it was taken back.
    pub async fn withdraw(&self, report: ReportId) -> Result<(), PhoneError> {
        self.run(move |phone| phone.withdraw(&report)).await
    }

    /// Erases everything of a report from this phone. The hotline keeps what it
    /// has; a receipt stays valid.
    pub async fn erase_report(&self, report: ReportId) -> Result<(), PhoneError> {
        self.run(move |phone| phone.erase_report(&report)).await
    }

    /// Makes a receipt for a report. It opens states and messages from any phone
    /// once the next sync has brought its locker to the relay. Takes some hundred
    /// milliseconds.
    pub async fn make_receipt(&self, report: ReportId) -> Result<Receipt, PhoneError> {
        let receipt = self.run(move |phone| phone.make_receipt(&report)).await?;
        Ok(receipt.into())
    }

    /// Asks the relay, at the next sync, to erase the locker of a receipt, so that
    /// the receipt opens nothing any more.
    pub async fn erase_receipt(&self, typed: String) -> Result<(), PhoneError> {
        self.run(move |phone| phone.erase_receipt(&typed)).await
    }

    /// Asks the relay, at the next sync, for the locker of a receipt that was
    /// typed in. If it is there, its report appears.
    pub async fn reopen(&self, typed: String) -> Result<(), PhoneError> {
        self.run(move |phone| phone.reopen(&typed)).await
    }

    /// How many receipts that were typed in still wait for the relay.
    pub fn reopening(&self) -> u64 {
        count(self.0.reopening())
    }

    /// How many pieces, guests' reports included, no relay has acknowledged.
    pub async fn unsent(&self) -> Result<u64, PhoneError> {
        Ok(count(self.run(loive_client::Phone::unsent).await?))
    }

    /// Gives the store a PIN of 4 to 64 characters, or another one.
    pub async fn set_pin(&self, pin: String) -> Result<(), PhoneError> {
        self.run(move |phone| phone.set_pin(&Pin::new(pin))).await
    }

    /// Takes the PIN away.
    pub async fn remove_pin(&self) -> Result<(), PhoneError> {
        self.run(loive_client::Phone::remove_pin).await
    }

    /// Whether the store has a PIN.
    pub async fn has_pin(&self) -> Result<bool, PhoneError> {
        self.run(|phone| Ok(phone.has_pin())).await
    }

    /// Closes the store's file, with everything in it. iOS ends an app that is
    /// suspended while it holds a lock on a file. Until `resume` every other verb
    /// fails.
    pub async fn suspend(&self) -> Result<(), PhoneError> {
        self.run(loive_client::Phone::suspend).await
    }

    /// Opens the store again with the key that opened it before.
    pub async fn resume(&self) -> Result<(), PhoneError> {
        self.run(loive_client::Phone::resume).await
    }
}

impl From<loive_protocol::Receipt> for Receipt {
    fn from(receipt: loive_protocol::Receipt) -> Self {
        let [first, second] = receipt.numbers();
        Self { first, second }
    }
}
