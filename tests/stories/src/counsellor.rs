//! Somebody at the desk.

use std::collections::BTreeMap;

use loive_documents::{Answers, Form, Value};
use loive_protocol::ReportId;
use loive_server::desk::{
    Desk, DeskError, FindOutcome, QuarantineRow, QueueFilter, QueueRow, ReportPage, Role,
    TimelineWhat, User,
};
use tokio::task::block_in_place;

use crate::world::PASSWORD;

/// Rows of one page of the queue.
const ROWS_MAX_COUNT: usize = 500;

/// A counsellor, who reads and answers. The calls block: the story must run on
/// a runtime with several threads.
pub struct Counsellor<'a> {
    desk: &'a Desk,
    who: User,
}

impl<'a> Counsellor<'a> {
    /// Somebody with this login, who gets it if it is not there (any more).
    ///
    /// # Panics
    /// If the desk's store cannot be read or written.
    pub fn at(desk: &'a Desk, name: &str) -> Self {
        let who = block_in_place(|| {
            let known = desk.users().expect("the desk's store is read");
            known
                .into_iter()
                .find(|user| user.name == name)
                .unwrap_or_else(|| {
                    let display = format!("Chị {name}");
                    desk.add_user(name, &display, Role::Administrator, PASSWORD)
                        .expect("a counsellor gets a login")
                })
        });
        Self { desk, who }
    }

    /// Everything that ever came, the most urgent first.
    ///
    /// # Panics
    /// If the desk's store cannot be read.
    pub fn queue(&self) -> Vec<QueueRow> {
        let mut rows = Vec::new();
        loop {
            let page = block_in_place(|| {
                self.desk
                    .queue(&self.who, QueueFilter::All, rows.len(), ROWS_MAX_COUNT)
            });
            let page = page.expect("the queue is read");
            rows.extend(page.rows);
            if !page.more {
                return rows;
            }
        }
    }

    /// How many reports there are.
    pub fn count(&self) -> usize {
        self.queue().len()
    }

    /// A report, if it is here.
    ///
    /// # Panics
    /// If the desk's store cannot be read.
    pub fn find(&self, id: &ReportId) -> Option<ReportPage> {
        block_in_place(|| self.desk.report(&self.who, id)).expect("the report is read")
    }

    /// A report.
    ///
    /// # Panics
    /// If it is not here.
    pub fn report(&self, id: &ReportId) -> ReportPage {
        self.find(id).expect("the report is at the desk")
    }

    /// Has read a report.
    ///
    /// # Panics
    /// If that cannot be noted.
    pub fn read(&self, id: &ReportId) {
        block_in_place(|| self.desk.mark_read(&self.who, id)).expect("it is noted as read");
    }

    /// Has read a report, if that can be noted.
    ///
    /// # Errors
    /// As [`Desk::mark_read`].
    pub fn try_read(&self, id: &ReportId) -> Result<(), DeskError> {
        block_in_place(|| self.desk.mark_read(&self.who, id))
    }

    /// Answers a reporter, if the answer can be kept.
    ///
    /// # Errors
    /// As [`Desk::reply`].
    pub fn try_reply(&self, id: &ReportId, text: &str) -> Result<(), DeskError> {
        block_in_place(|| self.desk.reply(&self.who, id, text, ""))
    }

    /// Answers a reporter.
    ///
    /// # Panics
    /// If the answer is not taken.
    pub fn reply(&self, id: &ReportId, text: &str) {
        // No token of a form: every call is an answer of its own.
        block_in_place(|| self.desk.reply(&self.who, id, text, "")).expect("the answer is taken");
    }

    /// What could not be merged.
    ///
    /// # Panics
    /// If the desk's store cannot be read.
    pub fn quarantine(&self) -> Vec<QuarantineRow> {
        block_in_place(|| self.desk.quarantine(&self.who)).expect("the quarantine is read")
    }

    /// Looks for the report of a receipt that a caller reads out.
    ///
    /// # Panics
    /// If the desk's store cannot be read.
    pub fn find_by_receipt(&self, typed: &str) -> FindOutcome {
        block_in_place(|| self.desk.find_by_receipt(&self.who, typed)).expect("it is looked for")
    }

    /// What both sides wrote under a report, in the order of the screen.
    pub fn lines(&self, id: &ReportId) -> Vec<String> {
        let texts = self
            .report(id)
            .timeline
            .into_iter()
            .filter_map(|entry| match entry.what {
                TimelineWhat::FromReporter(text) | TimelineWhat::FromHotline(_, text) => Some(text),
                _ => None,
            });
        texts.collect()
    }

    /// Asserts that a report says here what was typed on the phone, no answer
    /// more and none less.
    ///
    /// # Panics
    /// With the question whose answer differs.
    pub fn assert_says(&self, id: &ReportId, typed: &Answers) {
        let shown = self.report(id).answers;
        let typed: BTreeMap<String, Value> = Form::suspicion_report()
            .effective(typed)
            .iter()
            .map(|(field, value)| (field.to_owned(), value.clone()))
            .collect();
        for field in typed.keys().chain(shown.keys()) {
            // The language is noted by the phone itself.
            let same = field == "lang" || typed.get(field) == shown.get(field);
            assert!(same, "the answer to `{field}` is not what was typed");
        }
    }
}
