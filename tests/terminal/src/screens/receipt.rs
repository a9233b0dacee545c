//! A receipt, shown once and large, and typed back once to see that it was
//! copied rightly.

use crossterm::event::{KeyCode, KeyEvent};
use loive_protocol::Receipt;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span, Text};

use super::input::draw_editor;
use super::reopen::{TYPED_MAX_CHARS, receipt_problem};
use super::{Hint, Screen, Step};
use crate::context::Context;
use crate::parts::digits;
use crate::parts::editor::{Editor, Lines};
use crate::parts::look;
use crate::parts::wrap::{columns, wrap};
use crate::tongue::Tongue;

/// Below this height the numbers are written small.
const LARGE_MIN_ROWS: u16 = 16;

/// A receipt that was just made.
pub(crate) struct ReceiptScreen {
    receipt: Receipt,
    typed_back: Option<Editor>,
}

impl ReceiptScreen {
    /// Shows this receipt, which is stored nowhere.
    pub(crate) fn new(receipt: Receipt) -> Self {
        Self {
            receipt,
            typed_back: None,
        }
    }

    fn compare(&self, typed: &str, context: &mut Context) -> Step {
        match Receipt::from_typed(typed) {
            Ok(receipt) if receipt == self.receipt => {
                context.tell(context.tongue.get("receipt.right"));
                Step::Back
            }
            Ok(_) => {
                context.warn(context.tongue.get("receipt.other"));
                Step::Stay
            }
            Err(error) => {
                context.warn(receipt_problem(error, context.tongue));
                Step::Stay
            }
        }
    }

    fn draw_numbers(&self, tongue: Tongue, frame: &mut Frame<'_>, area: Rect) {
        let wide = usize::from(area.width);
        let is_large = area.height >= LARGE_MIN_ROWS;
        let mut text = Text::default();
        for (key, number) in ["receipt.first", "receipt.second"]
            .into_iter()
            .zip(self.receipt.numbers())
        {
            if is_large && text.height() > 0 {
                text.push_line(Line::default());
            }
            let name = Span::styled(format!("{}  ", tongue.get(key)), look::QUIET);
            let small = Span::styled(number.clone(), look::STRONG);
            text.push_line(Line::from(vec![name, small]));
            if is_large {
                for line in digits::large(&number) {
                    text.push_line(line);
                }
            }
        }
        if !is_large || usize::from(area.height) > text.height() {
            text.push_line(Line::default());
        }
        for line in wrap(tongue.get("receipt.keep"), wide) {
            text.push_line(Line::styled(line, look::WARNING));
        }
        frame.render_widget(text, area);
    }
}

impl Screen for ReceiptScreen {
    fn title(&self, tongue: Tongue) -> String {
        let key = if self.typed_back.is_some() {
            "receipt.type_back"
        } else {
            "receipt.title"
        };
        tongue.get(key).to_owned()
    }

    fn hints(&self, _context: &Context) -> Vec<Hint> {
        if self.typed_back.is_some() {
            vec![
                ("key.enter", "hint.compare"),
                ("key.esc", "hint.show_again"),
                ("key.esc_esc", "hint.quit"),
            ]
        } else {
            vec![
                ("key.enter", "hint.type_back"),
                ("key.leave", "hint.without_check"),
                ("key.quit", "hint.quit"),
            ]
        }
    }

    fn takes_text(&self) -> bool {
        self.typed_back.is_some()
    }

    fn key(&mut self, key: KeyEvent, context: &mut Context) -> Step {
        let Some(editor) = &mut self.typed_back else {
            match key.code {
                KeyCode::Enter => {
                    self.typed_back = Some(Editor::new("", TYPED_MAX_CHARS, Lines::One));
                }
                KeyCode::Char('x') => return Step::Back,
                KeyCode::Esc => context.warn(context.tongue.get("receipt.not_yet")),
                _ => {}
            }
            return Step::Stay;
        };
        match key.code {
            KeyCode::Enter => {
                let editor = self.typed_back.as_ref();
                self.compare(editor.map_or("", Editor::text), context)
            }
            KeyCode::Esc => {
                self.typed_back = None;
                Step::Stay
            }
            _ => {
                let edit = editor.key(key);
                {
                    context.note(edit);
                    Step::Stay
                }
            }
        }
    }

    fn paste(&mut self, text: &str, context: &mut Context) -> Step {
        let Some(editor) = &mut self.typed_back else {
            return Step::Stay;
        };
        let edit = editor.write(text);
        {
            context.note(edit);
            Step::Stay
        }
    }

    fn draw(&mut self, context: &Context, frame: &mut Frame<'_>, area: Rect) {
        let tongue = context.tongue;
        let Some(editor) = &mut self.typed_back else {
            self.draw_numbers(tongue, frame, area);
            return;
        };
        let help = wrap(
            tongue.get("receipt.type_back_help"),
            usize::from(area.width),
        );
        let [top, rest] = Layout::vertical([
            Constraint::Max(columns(help.len() + 1)),
            Constraint::Fill(1),
        ])
        .areas(area);
        let help: Vec<Line<'_>> = help.into_iter().map(Line::from).collect();
        frame.render_widget(Text::from(help).style(Style::new()), top);
        draw_editor(editor, 1, tongue, frame, rest);
    }
}
