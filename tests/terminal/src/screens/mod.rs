//! What can be on the screen, one file a screen.

mod choice;
mod compose;
mod confirm;
mod form;
mod home;
mod input;
mod place;
mod question;
mod receipt;
mod reopen;
mod report;
mod review;
mod screening;
mod sheet;
mod summary;

use crossterm::event::KeyEvent;
use loive_client::{DraftId, PhoneError};
use loive_protocol::{Receipt, ReportId};
use ratatui::Frame;
use ratatui::layout::Rect;

use crate::context::Context;
use crate::tongue::Tongue;
pub(crate) use home::Home;

/// A hint in the footer: the name of a key and what it does, both as keys of
/// `strings/`.
pub(crate) type Hint = (&'static str, &'static str);

/// One screen. It holds what is on it and asks the phone for the rest.
pub(crate) trait Screen {
    /// What stands at the top.
    fn title(&self, tongue: Tongue) -> String;

    /// Which keys do what.
    fn hints(&self, context: &Context) -> Vec<Hint>;

    /// Draws it.
    fn draw(&mut self, context: &Context, frame: &mut Frame<'_>, area: Rect);

    /// Handles a key.
    fn key(&mut self, key: KeyEvent, context: &mut Context) -> Step;

    /// Handles what was pasted.
    fn paste(&mut self, _text: &str, _context: &mut Context) -> Step {
        Step::Stay
    }

    /// Reads anew what it shows: when it comes to the top, and every second.
    fn refresh(&mut self, _context: &mut Context) -> Result<(), PhoneError> {
        Ok(())
    }

    /// Whether letters are written rather than obeyed.
    fn takes_text(&self) -> bool {
        false
    }

    /// Takes the result of a job that it began.
    fn done(&mut self, _done: Done, _context: &mut Context) -> Step {
        Step::Stay
    }
}

/// Where to go from a screen.
pub(crate) enum Step {
    /// Nowhere.
    Stay,
    /// To the screen under it.
    Back,
    /// To a screen on top of it.
    To(Box<dyn Screen>),
    /// To a screen in its place.
    Instead(Box<dyn Screen>),
    /// To the first screen, and from there to another one.
    Home(Option<Box<dyn Screen>>),
    /// Nowhere, while something slow is done.
    Run(Job),
}

/// Something slow: it never runs on the thread that draws.
pub enum Job {
    /// Send a draft as a guest.
    SubmitGuest(DraftId),
    /// Make a receipt for a report.
    MakeReceipt(ReportId),
    /// Ask for a report by its receipt, as typed.
    Reopen(String),
    /// Erase a report from this phone.
    Erase(ReportId),
    /// Throw a draft away.
    Discard(DraftId),
}

/// What came of a job.
pub enum Done {
    /// A receipt, to be shown once.
    Receipt(Receipt),
    /// It is done and there is nothing to show.
    Nothing,
}

impl Job {
    /// Does it. Blocks for up to a second or so.
    pub fn run(&self, phone: &loive_client::Phone) -> Result<Done, PhoneError> {
        match self {
            Self::SubmitGuest(draft) => phone.submit_guest(*draft).map(Done::Receipt),
            Self::MakeReceipt(report) => phone.make_receipt(report).map(Done::Receipt),
            Self::Reopen(typed) => phone.reopen(typed).map(|()| Done::Nothing),
            Self::Erase(report) => phone.erase_report(report).map(|()| Done::Nothing),
            Self::Discard(draft) => phone.discard_draft(*draft).map(|()| Done::Nothing),
        }
    }
}
