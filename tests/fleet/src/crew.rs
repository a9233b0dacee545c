//! A fleet of phones at work.

use std::sync::Arc;
use std::time::Duration;

use loive_client::{Cancel, Delivery, Driver, OpenRequest, Phone, PhoneError};
use loive_documents::{Answers, Form, Lang};
use loive_protocol::{HotlineCard, ReportId};
use loive_server::clock::Env;

use crate::folder::DemoFolder;

/// How often a phone that is awake looks for news.
const SYNC_EVERY: Duration = Duration::from_millis(400);

/// One phone of the fleet with the reports that it wrote in this run.
pub struct Member {
    phone: Phone,
    driver: Driver,
    reports: Vec<ReportId>,
}

impl Member {
    /// Opens the phone's own encrypted store; it will reach the relay at
    /// `relay_url`.
    pub fn open(
        folder: &DemoFolder,
        name: &str,
        card: &HotlineCard,
        relay_url: &str,
    ) -> Result<Self, MemberError> {
        let keys = folder.phone_keys(name, Env::system().random())?;
        let phone = Phone::open(OpenRequest::new(folder.phone(name), card.clone(), keys))?;
        let driver = Driver::to(card, relay_url)?;
        Ok(Self {
            phone,
            driver,
            reports: Vec::new(),
        })
    }

    /// Writes a report as a person does: a draft, its answers one by one,
    /// submit.
    pub fn write(&mut self, answers: &Answers) -> Result<ReportId, MemberError> {
        let draft = self
            .phone
            .new_draft(Form::suspicion_report().id(), Lang::Vi)?;
        for (field, value) in answers.iter() {
            self.phone.answer(draft, field, value)?;
        }
        let report = self.phone.submit(draft)?;
        self.reports.push(report);
        Ok(report)
    }

    /// Its engine.
    pub const fn phone(&self) -> &Phone {
        &self.phone
    }

    /// The reports that it wrote in this run.
    pub fn reports(&self) -> impl Iterator<Item = ReportId> {
        self.reports.iter().copied()
    }

    /// How many of its reports have come at least so far.
    pub fn count(&self, delivery: Delivery) -> Result<usize, MemberError> {
        self.count_by(|summary| summary.delivery >= delivery)
    }

    /// How many of its reports have an answer.
    pub fn count_answered(&self) -> Result<usize, MemberError> {
        self.count_by(|summary| summary.messages_of_hotline > 0)
    }

    fn count_by(
        &self,
        wanted: impl Fn(&loive_client::ReportSummary) -> bool,
    ) -> Result<usize, MemberError> {
        let all = self.phone.reports()?;
        Ok(all
            .iter()
            .filter(|one| self.reports.contains(&one.id) && wanted(one))
            .count())
    }

    /// Synchronises again and again until it is aborted, as a phone in a pocket
    /// does. A failure is no news: there was no path.
    pub async fn live(self: Arc<Self>) {
        loop {
            let _ = self.phone.sync(&self.driver, &Cancel::new()).await;
            tokio::time::sleep(SYNC_EVERY).await;
        }
    }
}

/// A phone of the fleet failed.
#[derive(Debug, thiserror::Error)]
pub enum MemberError {
    /// The engine.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// Its folder.
    #[error(transparent)]
    Folder(#[from] std::io::Error),
}
