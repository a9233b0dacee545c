//! What cannot be undone is asked twice.

use crossterm::event::{KeyCode, KeyEvent};
use loive_client::DraftId;
use loive_protocol::ReportId;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::receipt::ReceiptScreen;
use super::{Done, Hint, Job, Screen, Step};
use crate::context::Context;
use crate::parts::list::{Item, List};
use crate::parts::look;
use crate::tongue::Tongue;

/// What is about to be done.
#[derive(Clone, Copy)]
pub(crate) enum Deed {
    /// Send a draft and leave nothing of it here.
    SubmitGuest(DraftId),
    /// Throw a draft away.
    Discard(DraftId),
    /// Make a receipt.
    MakeReceipt(ReportId),
    /// Take a report back.
    Withdraw(ReportId),
    /// Erase a report from this phone.
    Erase(ReportId),
}

/// The words of a deed, as keys of `strings/`.
struct Words {
    title: &'static str,
    text: &'static str,
    yes: &'static str,
    done: &'static str,
}

/// Asks before something is done.
pub(crate) struct Confirm {
    deed: Deed,
    list: List,
}

impl Confirm {
    /// Asks before this is done.
    pub(crate) fn new(deed: Deed) -> Self {
        Self {
            deed,
            list: List::default(),
        }
    }

    fn words(&self) -> Words {
        let [title, text, yes, done] = match self.deed {
            Deed::SubmitGuest(_) => ["guest.title", "guest.text", "guest.yes", "guest.done"],
            Deed::Discard(_) => [
                "discard.title",
                "discard.text",
                "discard.yes",
                "discard.done",
            ],
            Deed::MakeReceipt(_) => [
                "make_receipt.title",
                "make_receipt.text",
                "make_receipt.yes",
                "make_receipt.done",
            ],
            Deed::Withdraw(_) => [
                "withdraw.title",
                "withdraw.text",
                "withdraw.yes",
                "withdraw.done",
            ],
            Deed::Erase(_) => ["erase.title", "erase.text", "erase.yes", "erase.done"],
        };
        Words {
            title,
            text,
            yes,
            done,
        }
    }

    fn act(&self, context: &mut Context) -> Step {
        Step::Run(match self.deed {
            Deed::SubmitGuest(draft) => Job::SubmitGuest(draft),
            Deed::Discard(draft) => Job::Discard(draft),
            Deed::MakeReceipt(report) => Job::MakeReceipt(report),
            Deed::Erase(report) => Job::Erase(report),
            Deed::Withdraw(report) => {
                let withdrawn = context.phone.withdraw(&report);
                if context.attempt(withdrawn).is_none() {
                    return Step::Stay;
                }
                context.wakes = true;
                context.tell(context.tongue.get(self.words().done));
                return Step::Back;
            }
        })
    }
}

impl Screen for Confirm {
    fn title(&self, tongue: Tongue) -> String {
        tongue.get(self.words().title).to_owned()
    }

    fn hints(&self, _context: &Context) -> Vec<Hint> {
        vec![
            ("key.arrows", "hint.move"),
            ("key.enter", "hint.choose"),
            ("key.esc", "hint.back"),
            ("key.quit", "hint.quit"),
        ]
    }

    fn key(&mut self, key: KeyEvent, context: &mut Context) -> Step {
        // The first row, under the cursor at the beginning, does nothing.
        if self.list.key(key.code, 2) {
            return Step::Stay;
        }
        match key.code {
            KeyCode::Enter if self.list.cursor(2) == 1 => self.act(context),
            KeyCode::Enter | KeyCode::Esc => Step::Back,
            _ => Step::Stay,
        }
    }

    fn done(&mut self, done: Done, context: &mut Context) -> Step {
        context.wakes = true;
        context.tell(context.tongue.get(self.words().done));
        match (done, self.deed) {
            (Done::Receipt(receipt), Deed::MakeReceipt(_)) => {
                Step::Instead(Box::new(ReceiptScreen::new(receipt)))
            }
            (Done::Receipt(receipt), _) => Step::Home(Some(Box::new(ReceiptScreen::new(receipt)))),
            (Done::Nothing, _) => Step::Home(None),
        }
    }

    fn draw(&mut self, context: &Context, frame: &mut Frame<'_>, area: Rect) {
        let columns = List::columns(area);
        let tongue = context.tongue;
        let words = self.words();
        let items = [
            Item::words(tongue.get(words.text), Style::new(), columns),
            Item::gap(),
            Item::row("", tongue.get("confirm.no"), Style::new(), columns),
            Item::row("", tongue.get(words.yes), look::DANGER, columns),
        ];
        self.list.draw(frame, area, &items);
    }
}
