//! A list of things, one of them under the cursor, that scrolls to where the
//! cursor is.

use crossterm::event::KeyCode;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::look;
use super::wrap::wrap;

/// Columns that the mark of the cursor takes.
const GUTTER_COLUMNS: u16 = 2;
/// Rows that a page key moves.
const PAGE_ROWS: usize = 8;

/// Where the cursor is, and how far the list is scrolled.
#[derive(Default)]
pub(crate) struct List {
    /// Counts rows that can be chosen.
    cursor: usize,
    first_line: usize,
}

/// Something in a list: words between rows, or a row that can be chosen.
pub(crate) struct Item {
    lines: Vec<Line<'static>>,
    is_row: bool,
}

impl Item {
    /// Words that cannot be chosen.
    pub(crate) fn words(text: &str, style: Style, columns: usize) -> Self {
        let lines = wrap(text, columns);
        Self {
            lines: lines
                .into_iter()
                .map(|line| Line::styled(line, style))
                .collect(),
            is_row: false,
        }
    }

    /// Lines that are laid out already and cannot be chosen.
    pub(crate) fn lines(lines: Vec<Line<'static>>) -> Self {
        Self {
            lines,
            is_row: false,
        }
    }

    /// An empty line.
    pub(crate) fn gap() -> Self {
        Self {
            lines: vec![Line::default()],
            is_row: false,
        }
    }

    /// A row: its words, behind a mark such as a tick box.
    pub(crate) fn row(mark: &str, text: &str, style: Style, columns: usize) -> Self {
        let indent = super::wrap::width(mark);
        let mut head = Span::raw(mark.to_owned());
        let lines = wrap(text, columns.saturating_sub(indent))
            .into_iter()
            .map(|line| {
                let words = Span::styled(line, style);
                let row = Line::from(vec![head.clone(), words]);
                head = Span::raw(" ".repeat(indent));
                row
            })
            .collect();
        Self {
            lines,
            is_row: true,
        }
    }

    /// The same row with another line under it.
    pub(crate) fn and(mut self, text: &str, style: Style, indent: usize, columns: usize) -> Self {
        for line in wrap(text, columns.saturating_sub(indent)) {
            let words = Span::styled(line, style);
            self.lines
                .push(Line::from(vec![Span::raw(" ".repeat(indent)), words]));
        }
        self
    }
}

impl List {
    /// A list with the cursor on a row.
    pub(crate) fn at(cursor: usize) -> Self {
        Self {
            cursor,
            first_line: 0,
        }
    }

    /// The row under the cursor, of so many.
    pub(crate) fn cursor(&self, rows: usize) -> usize {
        self.cursor.min(rows.saturating_sub(1))
    }

    /// Puts the cursor on a row.
    pub(crate) fn move_to(&mut self, row: usize) {
        self.cursor = row;
    }

    /// Moves the cursor; false where the key is not for a list.
    pub(crate) fn key(&mut self, code: KeyCode, rows: usize) -> bool {
        let last = rows.saturating_sub(1);
        let at = self.cursor(rows);
        self.cursor = match code {
            KeyCode::Up => at.saturating_sub(1),
            KeyCode::Down => (at + 1).min(last),
            KeyCode::PageUp => at.saturating_sub(PAGE_ROWS),
            KeyCode::PageDown => (at + PAGE_ROWS).min(last),
            KeyCode::Home => 0,
            KeyCode::End => last,
            _ => return false,
        };
        true
    }

    /// Columns left for the words of an item.
    pub(crate) fn columns(area: Rect) -> usize {
        usize::from(area.width.saturating_sub(GUTTER_COLUMNS + 1)).max(1)
    }

    /// Draws the items, scrolled so that the row under the cursor is seen
    /// whole, and so are the words above the first row.
    pub(crate) fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, items: &[Item]) {
        let rows = items.iter().filter(|item| item.is_row).count();
        let cursor = self.cursor(rows);
        let mut lines: Vec<Line<'_>> = Vec::new();
        let (mut row, mut chosen) = (0, (0, 0));
        for item in items {
            let is_chosen = item.is_row && row == cursor;
            row += usize::from(item.is_row);
            if is_chosen {
                let from = if cursor == 0 { 0 } else { lines.len() };
                chosen = (from, lines.len() + item.lines.len());
            }
            lines.extend(item.lines.iter().map(|line| gutter(line, is_chosen)));
        }
        let height = usize::from(area.height);
        let (from, to) = chosen;
        let all = lines.len().saturating_sub(height);
        // Its beginning is more important than its end, and an empty end of
        // the page is no use to anybody.
        let earliest = to.saturating_sub(height).min(from);
        self.first_line = self.first_line.clamp(earliest, from).min(all.max(earliest));
        let above = self.first_line > 0;
        let below = lines.len() > self.first_line + height;
        for (at, line) in lines.iter().skip(self.first_line).take(height).enumerate() {
            let Some(place) = area.rows().nth(at) else {
                break;
            };
            frame.render_widget(line, place);
        }
        arrows(frame, area, above, below);
    }
}

fn gutter(line: &Line<'static>, is_chosen: bool) -> Line<'static> {
    let mark = if is_chosen { "▸ " } else { "  " };
    let mut spans = vec![Span::raw(mark)];
    spans.extend(line.spans.iter().cloned().map(|span| {
        let style = line.style.patch(span.style);
        Span::styled(
            span.content,
            if is_chosen {
                style.patch(look::CURSOR)
            } else {
                style
            },
        )
    }));
    Line::from(spans)
}

/// Says at the right edge that there is more above or below.
fn arrows(frame: &mut Frame<'_>, area: Rect, above: bool, below: bool) {
    let Some(edge) = area.columns().next_back() else {
        return;
    };
    let mut rows = edge.rows();
    if let Some(top) = rows.next().filter(|_| above) {
        frame.render_widget(Span::styled("▲", look::QUIET), top);
    }
    if let Some(bottom) = rows.next_back().filter(|_| below) {
        frame.render_widget(Span::styled("▼", look::QUIET), bottom);
    }
}

/// A page of words that scrolls.
#[derive(Default)]
pub(crate) struct Page {
    first_line: usize,
    last_first: usize,
}

impl Page {
    /// Scrolls; false where the key is not for a page.
    pub(crate) fn key(&mut self, code: KeyCode) -> bool {
        self.first_line = match code {
            KeyCode::Up => self.first_line.saturating_sub(1),
            KeyCode::Down => self.first_line + 1,
            KeyCode::PageUp => self.first_line.saturating_sub(PAGE_ROWS),
            KeyCode::PageDown => self.first_line + PAGE_ROWS,
            KeyCode::Home => 0,
            KeyCode::End => usize::MAX,
            _ => return false,
        }
        .min(self.last_first);
        true
    }

    /// Goes to the end at the next drawing.
    pub(crate) fn show_end(&mut self) {
        self.first_line = usize::MAX;
    }

    /// Draws the lines from where it is scrolled to.
    pub(crate) fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, lines: &[Line<'_>]) {
        let height = usize::from(area.height);
        self.last_first = lines.len().saturating_sub(height);
        self.first_line = self.first_line.min(self.last_first);
        for (line, place) in lines.iter().skip(self.first_line).zip(area.rows()) {
            frame.render_widget(line, place);
        }
        let below = self.first_line < self.last_first;
        arrows(frame, area, self.first_line > 0, below);
    }
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;

    fn draw(list: &mut List, items: &[Item], rows: u16) -> Vec<String> {
        let mut terminal = Terminal::new(TestBackend::new(16, rows)).unwrap();
        terminal
            .draw(|frame| list.draw(frame, frame.area(), items))
            .unwrap();
        let buffer = terminal.backend().buffer().clone();
        let line = |y| (0..16).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        (0..rows).map(|y| line(y).trim_end().to_owned()).collect()
    }

    fn items() -> Vec<Item> {
        let row = |text: &str| Item::row("", text, Style::new(), 12);
        vec![
            Item::words("Đầu đề", look::STRONG, 12),
            row("một"),
            row("hai dòng dài hơn"),
            row("ba"),
            row("bốn"),
        ]
    }

    #[test]
    fn the_cursor_drags_the_list_with_it_and_back_to_its_heading() {
        let mut list = List::default();
        let items = items();
        assert_eq!(
            draw(&mut list, &items, 3),
            ["  Đầu đề", "▸ một", "  hai dòng dài ▼"]
        );
        for _ in 0..9 {
            list.key(KeyCode::Down, 4);
        }
        assert_eq!(
            draw(&mut list, &items, 3),
            ["  hơn          ▲", "  ba", "▸ bốn"]
        );
        list.key(KeyCode::Home, 4);
        assert_eq!(
            draw(&mut list, &items, 3),
            ["  Đầu đề", "▸ một", "  hai dòng dài ▼"]
        );
    }

    #[test]
    fn a_list_without_rows_and_a_window_without_height_are_drawn_too() {
        let mut list = List::default();
        list.key(KeyCode::Down, 0);
        assert_eq!(
            draw(&mut list, &[Item::words("trống", look::QUIET, 12)], 2),
            ["  trống", ""]
        );
        assert_eq!(list.cursor(0), 0);
        let mut terminal = Terminal::new(TestBackend::new(16, 2)).unwrap();
        terminal
            .draw(|frame| list.draw(frame, Rect::new(0, 0, 0, 0), &items()))
            .unwrap();
    }
}
