//! Writing to the hotline about a report.

use crossterm::event::{KeyCode, KeyEvent};
use loive_client::PhoneError;
use loive_client::limits::MESSAGE_MAX_CHARS;
use loive_protocol::ReportId;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Text};
use zeroize::Zeroizing;

use super::input::draw_editor;
use super::{Hint, Screen, Step};
use crate::context::Context;
use crate::parts::editor::{Editor, Lines};
use crate::parts::look;
use crate::parts::wrap::{columns, wrap};
use crate::tongue::Tongue;

/// Rows to write in.
const PAGE_MAX_ROWS: u16 = 12;

/// A message under way.
pub(crate) struct Compose {
    report: ReportId,
    editor: Editor,
}

impl Compose {
    /// A message about a report: the one that was begun, or a new one.
    pub(crate) fn new(report: ReportId, context: &Context) -> Self {
        let begun = context.begun.get(&report).map_or("", |text| text.as_str());
        Self {
            report,
            editor: Editor::new(begun, MESSAGE_MAX_CHARS, Lines::Many),
        }
    }
}

impl Screen for Compose {
    fn title(&self, tongue: Tongue) -> String {
        tongue.get("compose.title").to_owned()
    }

    fn hints(&self, _context: &Context) -> Vec<Hint> {
        vec![
            ("key.tab", "hint.send"),
            ("key.enter", "hint.new_line"),
            ("key.esc", "hint.back"),
            ("key.esc_esc", "hint.quit"),
        ]
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn key(&mut self, key: KeyEvent, context: &mut Context) -> Step {
        match key.code {
            KeyCode::Esc => {
                let begun = Zeroizing::new(self.editor.text().to_owned());
                context.begun.insert(self.report, begun);
                Step::Back
            }
            KeyCode::Tab => {
                let sent = context.phone.send_message(&self.report, self.editor.text());
                if context.attempt(sent).is_none() {
                    return Step::Stay;
                }
                context.begun.remove(&self.report);
                context.wakes = true;
                context.tell(context.tongue.get("compose.kept"));
                Step::Back
            }
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

    fn refresh(&mut self, context: &mut Context) -> Result<(), PhoneError> {
        context.phone.report(&self.report).map(drop)
    }

    fn draw(&mut self, context: &Context, frame: &mut Frame<'_>, area: Rect) {
        let tongue = context.tongue;
        let help = wrap(tongue.get("compose.help"), usize::from(area.width));
        let [top, rest] =
            Layout::vertical([Constraint::Max(columns(help.len() + 1)), Constraint::Min(3)])
                .areas(area);
        let help: Vec<Line<'_>> = help
            .into_iter()
            .map(|line| Line::styled(line, look::QUIET))
            .collect();
        frame.render_widget(Text::from(help), top);
        draw_editor(&mut self.editor, PAGE_MAX_ROWS, tongue, frame, rest);
    }
}
