//! Where a report is, as a line of four steps.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span, Text};

use super::look;
use super::wrap::wrap;
use crate::tongue::Tongue;

/// How many steps there are.
pub(crate) const COUNT: usize = 4;
/// Rows that the large form takes.
pub(crate) const HEIGHT_ROWS: u16 = 4;
/// The names of the steps in `strings/`, in order.
const NAMES: [&str; COUNT] = [
    "state.on_phone",
    "state.at_relay",
    "state.opened",
    "state.read",
];

/// When each step was reached, in Unix seconds. Set by its own acknowledgement
/// and by nothing else.
#[derive(Clone, Copy, Default)]
pub(crate) struct Steps(pub(crate) [Option<u64>; COUNT]);

impl Steps {
    /// The last step reached.
    pub(crate) fn last(&self) -> usize {
        self.0.iter().rposition(Option::is_some).unwrap_or_default()
    }

    /// `●─●─○─○ Tổng đài đã mở`, for a row of a list.
    pub(crate) fn short(&self, tongue: Tongue) -> String {
        let mut line = String::new();
        for at in 0..COUNT {
            line.push_str(if at == 0 { "" } else { "─" });
            line.push_str(self.dot(at));
        }
        let name = NAMES.get(self.last()).copied().unwrap_or(NAMES[0]);
        format!("{line} {}", tongue.get(name))
    }

    /// A step is reached when it or a later one was acknowledged: the desk
    /// cannot have opened what never left the phone.
    fn dot(&self, at: usize) -> &'static str {
        if at <= self.last() { "●" } else { "○" }
    }

    /// Draws the line with names and times under it.
    pub(crate) fn draw(&self, tongue: Tongue, frame: &mut Frame<'_>, area: Rect) {
        let parts = Layout::horizontal([Constraint::Fill(1); COUNT]).split(area);
        for (at, part) in parts.iter().enumerate() {
            let reached = at <= self.last();
            let style = if reached { look::GOOD } else { look::QUIET };
            frame.render_widget(self.column(at, style, tongue, part.width), *part);
        }
    }

    fn column(&self, at: usize, style: Style, tongue: Tongue, width: u16) -> Text<'static> {
        let text_columns = usize::from(width.saturating_sub(1));
        let ahead = at + 1 < COUNT;
        let passed = at < self.last();
        let rail = if passed { "━" } else { "─" };
        let rail = if ahead {
            rail.repeat(text_columns)
        } else {
            String::new()
        };
        let rail_style = if passed { look::GOOD } else { look::QUIET };
        let mut text = Text::from(Line::from(vec![
            Span::styled(self.dot(at), style),
            Span::styled(rail, rail_style),
        ]));
        let name = NAMES.get(at).copied().unwrap_or(NAMES[0]);
        for line in wrap(tongue.get(name), text_columns) {
            text.push_line(Line::styled(line, style));
        }
        let time = self.0.get(at).copied().flatten();
        if let Some(time) = time {
            text.push_line(Line::styled(tongue.moment(time), look::QUIET));
        }
        text
    }
}
