//! The few looks that text has. Never colour alone: what matters is also said
//! in words, and every look survives a terminal without colours.

use ratatui::style::{Color, Modifier, Style};

/// Headings and questions.
pub(crate) const STRONG: Style = Style::new().add_modifier(Modifier::BOLD);
/// What is only beside the point.
pub(crate) const QUIET: Style = Style::new().fg(Color::DarkGray);
/// What helps.
pub(crate) const GOOD: Style = Style::new().fg(Color::Green);
/// What must be seen.
pub(crate) const WARNING: Style = Style::new().fg(Color::Yellow).add_modifier(Modifier::BOLD);
/// What cannot wait.
pub(crate) const DANGER: Style = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);
/// Emergency numbers, and a report that was not sent.
pub(crate) const ALARM: Style = Style::new()
    .fg(Color::White)
    .bg(Color::Red)
    .add_modifier(Modifier::BOLD);
/// The row under the cursor.
pub(crate) const CURSOR: Style = Style::new().add_modifier(Modifier::REVERSED);
/// Names of keys.
pub(crate) const KEY: Style = Style::new().fg(Color::Cyan).add_modifier(Modifier::BOLD);
