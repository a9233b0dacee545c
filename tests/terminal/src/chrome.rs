//! What stands around every screen: its name and the signal above, what is
//! said and the keys below.

use loive_client::PhoneError;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line as Row, Span, Text};

use crate::context::{Context, Line};
use crate::parts::look;
use crate::parts::wrap::{columns, shorten, width, wrap};
use crate::screens::Hint;
use crate::tongue::Tongue;

/// Lines that the keys may take.
const HINTS_MAX_ROWS: usize = 2;
/// Lines that a sentence above the keys may take.
const NOTICE_MAX_ROWS: usize = 4;
/// Columns left free at both sides.
const MARGIN_COLUMNS: u16 = 1;
/// Spaces between two keys.
const BETWEEN_HINTS: &str = "  ";

/// What a screen says of itself.
pub(crate) struct Words {
    /// Its name.
    pub(crate) title: String,
    /// Its keys.
    pub(crate) hints: Vec<Hint>,
    /// Whether it waits for something slow.
    pub(crate) is_busy: bool,
}

/// Draws what stands around a screen and gives the place for the screen.
pub(crate) fn draw(context: &Context, words: &Words, frame: &mut Frame<'_>) -> Rect {
    let area = frame.area();
    let area = Rect {
        x: area.x + MARGIN_COLUMNS.min(area.width),
        width: area.width.saturating_sub(2 * MARGIN_COLUMNS),
        ..area
    };
    let text_columns = usize::from(area.width);
    let notice = notice(context, words.is_busy, text_columns);
    let hints = hints(&words.hints, context.tongue, text_columns);
    let [head, rule, body, gap, said, keys] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(1),
        Constraint::Fill(1),
        Constraint::Length(1),
        Constraint::Length(columns(notice.height())),
        Constraint::Length(columns(hints.height())),
    ])
    .areas(area);
    draw_head(context, &words.title, frame, head);
    for line in [rule, gap] {
        let dashes = "─".repeat(usize::from(line.width));
        frame.render_widget(Span::styled(dashes, look::QUIET), line);
    }
    frame.render_widget(notice, said);
    frame.render_widget(hints, keys);
    body
}

fn draw_head(context: &Context, title: &str, frame: &mut Frame<'_>, area: Rect) {
    let tongue = context.tongue;
    let (style, words) = signal(context);
    let language = format!("  {}", tongue.get("app.language"));
    let right = Row::from(vec![
        Span::styled(words.to_owned(), style),
        Span::styled(language, look::QUIET),
    ]);
    let right_columns = columns(right.width());
    let [left, right_area] =
        Layout::horizontal([Constraint::Fill(1), Constraint::Length(right_columns)]).areas(area);
    let title = shorten(title, usize::from(left.width.saturating_sub(1)));
    frame.render_widget(Span::styled(title, look::STRONG), left);
    frame.render_widget(right, right_area);
}

fn signal(context: &Context) -> (Style, &'static str) {
    let tongue = context.tongue;
    if !context.signal {
        return (look::WARNING, tongue.get("signal.off"));
    }
    match &context.line {
        Line::Untried | Line::Good => (look::GOOD, tongue.get("signal.on")),
        Line::Talking => (look::GOOD, tongue.get("signal.talking")),
        Line::Bad(PhoneError::Offline) => (look::WARNING, tongue.get("signal.unreached")),
        Line::Bad(_) => (look::WARNING, tongue.get("signal.trouble")),
    }
}

fn notice(context: &Context, is_busy: bool, columns: usize) -> Text<'static> {
    let (style, words) = match context.notice() {
        _ if is_busy => (look::WARNING, context.tongue.get("app.busy")),
        Some(said) => said,
        None => return Text::default(),
    };
    let lines = wrap(words, columns).into_iter().take(NOTICE_MAX_ROWS);
    lines.map(|line| Row::styled(line, style)).collect()
}

/// The keys in as few lines as they need. The last hint is the way out: it is
/// shown even where others must go.
fn hints(hints: &[Hint], tongue: Tongue, columns: usize) -> Text<'static> {
    let spelled: Vec<(&str, &str)> = hints
        .iter()
        .map(|(key, does)| (tongue.get(key), tongue.get(does)))
        .collect();
    for dropped in 0..spelled.len() {
        let kept = spelled.len() - dropped;
        let shown: Vec<_> = match spelled.split_last() {
            Some((last, rest)) => rest.iter().take(kept - 1).chain([last]).copied().collect(),
            None => Vec::new(),
        };
        let rows = lay_out(&shown, columns);
        if rows.len() <= HINTS_MAX_ROWS {
            return Text::from(rows);
        }
    }
    Text::default()
}

fn lay_out(hints: &[(&'static str, &'static str)], columns: usize) -> Vec<Row<'static>> {
    let mut rows: Vec<Row<'static>> = vec![Row::default()];
    let mut used = 0;
    for (key, does) in hints {
        let wide = width(key) + 1 + width(does);
        let between = if used == 0 { 0 } else { width(BETWEEN_HINTS) };
        if used > 0 && used + between + wide > columns {
            rows.push(Row::default());
            used = 0;
        }
        let Some(row) = rows.last_mut() else { break };
        if used > 0 {
            row.push_span(BETWEEN_HINTS);
            used += between;
        }
        row.push_span(Span::styled(*key, look::KEY));
        row.push_span(format!(" {does}"));
        used += wide;
    }
    rows
}
