//! The way back to a report by its receipt.

use crossterm::event::{KeyCode, KeyEvent};
use loive_client::Problem;
use loive_protocol::{Receipt, ReceiptError};
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Text};

use super::input::draw_editor;
use super::{Done, Hint, Job, Screen, Step};
use crate::context::Context;
use crate::parts::editor::{Editor, Lines};
use crate::parts::look;
use crate::parts::wrap::{columns, wrap};
use crate::problem;
use crate::tongue::Tongue;

/// Twenty digits, with spaces and marks between them.
pub(crate) const TYPED_MAX_CHARS: usize = 48;

/// What is wrong with what was typed as a receipt.
pub(crate) fn receipt_problem(error: ReceiptError, tongue: Tongue) -> String {
    let reason = match error {
        ReceiptError::Length(found) => Problem::ReceiptLength { found },
        ReceiptError::NotDigits => Problem::ReceiptNotDigits,
        ReceiptError::Prefix(which) => Problem::ReceiptPrefix { which },
        ReceiptError::CheckDigit => Problem::ReceiptCheckDigit,
    };
    problem::problem(reason, tongue)
}

/// Asks for the two numbers of a receipt.
pub(crate) struct Reopen {
    editor: Editor,
}

impl Reopen {
    /// With nothing typed yet.
    pub(crate) fn new() -> Self {
        Self {
            editor: Editor::new("", TYPED_MAX_CHARS, Lines::One),
        }
    }
}

impl Screen for Reopen {
    fn title(&self, tongue: Tongue) -> String {
        tongue.get("reopen.title").to_owned()
    }

    fn hints(&self, _context: &Context) -> Vec<Hint> {
        vec![
            ("key.enter", "hint.search_receipt"),
            ("key.esc", "hint.back"),
            ("key.esc_esc", "hint.quit"),
        ]
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn key(&mut self, key: KeyEvent, context: &mut Context) -> Step {
        match key.code {
            KeyCode::Esc => Step::Back,
            // A slip is told at once; only a whole receipt is worth the work.
            KeyCode::Enter => match Receipt::from_typed(self.editor.text()) {
                Ok(_) => Step::Run(Job::Reopen(self.editor.text().to_owned())),
                Err(error) => {
                    context.warn(receipt_problem(error, context.tongue));
                    Step::Stay
                }
            },
            _ => {
                let edit = self.editor.key(key);
                {
                    context.note(edit);
                    Step::Stay
                }
            }
        }
    }

    fn paste(&mut self, text: &str, context: &mut Context) -> Step {
        let edit = self.editor.write(text);
        {
            context.note(edit);
            Step::Stay
        }
    }

    fn done(&mut self, _done: Done, context: &mut Context) -> Step {
        context.wakes = true;
        let key = if context.signal {
            "reopen.asked"
        } else {
            "reopen.asked_later"
        };
        context.tell(context.tongue.get(key));
        Step::Home(None)
    }

    fn draw(&mut self, context: &Context, frame: &mut Frame<'_>, area: Rect) {
        let tongue = context.tongue;
        let help = wrap(tongue.get("reopen.help"), usize::from(area.width));
        let [top, rest] = Layout::vertical([
            Constraint::Max(columns(help.len() + 1)),
            Constraint::Fill(1),
        ])
        .areas(area);
        let help: Vec<Line<'_>> = help
            .into_iter()
            .map(|line| Line::styled(line, look::QUIET))
            .collect();
        frame.render_widget(Text::from(help), top);
        draw_editor(&mut self.editor, 1, tongue, frame, rest);
    }
}
