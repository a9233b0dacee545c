//! A field to write in: a line or a small page, with a limit in characters.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Text};
use zeroize::Zeroize as _;

use super::wrap::{clusters, columns, line_starts, width};

/// What somebody is writing. Wiped from memory when dropped; no `Debug`.
pub(crate) struct Editor {
    text: String,
    /// A byte position between two letters.
    cursor: usize,
    limit_chars: usize,
    lines: Lines,
    /// The width at the last drawing, for moving up and down.
    drawn_columns: usize,
    first_line: usize,
}

/// What may stand in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lines {
    /// One line.
    One,
    /// One line that shows dots.
    Secret,
    /// As many as the limit allows.
    Many,
}

/// What a key did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edit {
    /// The text is another one now.
    Changed,
    /// Nothing but the cursor moved.
    Moved,
    /// The key is not for the editor.
    NotMine,
    /// There would be too many characters; the text stayed as it was.
    TooLong {
        /// The most that may stand here.
        limit: usize,
        /// How many there would have been.
        found: usize,
    },
}

impl Editor {
    /// An editor with a text in it and the cursor at its end.
    pub(crate) fn new(text: &str, limit_chars: usize, lines: Lines) -> Self {
        Self {
            text: text.to_owned(),
            cursor: text.len(),
            limit_chars,
            lines,
            drawn_columns: usize::MAX,
            first_line: 0,
        }
    }

    /// What stands in it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Characters used, and the most there may be.
    pub(crate) fn count(&self) -> (usize, usize) {
        (self.text.chars().count(), self.limit_chars)
    }

    /// Takes everything out.
    pub(crate) fn clear(&mut self) {
        self.text.zeroize();
        self.cursor = 0;
    }

    /// Writes where the cursor is: all of it or, past the limit, nothing.
    pub(crate) fn write(&mut self, written: &str) -> Edit {
        let new = self.cleaned(written);
        let found = self.text.chars().count() + new.chars().count();
        if found > self.limit_chars {
            let limit = self.limit_chars;
            return Edit::TooLong { limit, found };
        }
        if new.is_empty() {
            return Edit::Moved;
        }
        self.text.insert_str(self.cursor, &new);
        self.cursor += new.len();
        Edit::Changed
    }

    /// Without control characters; on one line, a new line is a space.
    fn cleaned(&self, written: &str) -> String {
        let many = self.lines == Lines::Many;
        let unix = written.replace("\r\n", "\n").replace('\r', "\n");
        let blank = |letter| match letter {
            '\n' if many => '\n',
            '\n' | '\t' => ' ',
            letter => letter,
        };
        unix.chars()
            .map(blank)
            .filter(|letter| *letter == '\n' || !letter.is_control())
            .collect()
    }

    /// Handles a key.
    pub(crate) fn key(&mut self, key: KeyEvent) -> Edit {
        let plain = !key
            .modifiers
            .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        match key.code {
            KeyCode::Char(letter) if plain => self.write(letter.encode_utf8(&mut [0; 4])),
            KeyCode::Enter if self.lines == Lines::Many => self.write("\n"),
            KeyCode::Backspace => self.delete(self.before(), self.cursor),
            KeyCode::Delete => self.delete(self.cursor, self.after()),
            KeyCode::Left => self.go(self.before()),
            KeyCode::Right => self.go(self.after()),
            KeyCode::Home => self.go(self.line_bounds().0),
            KeyCode::End => self.go(self.line_bounds().1),
            KeyCode::Up if self.lines == Lines::Many => self.go_lines(-1),
            KeyCode::Down if self.lines == Lines::Many => self.go_lines(1),
            _ => Edit::NotMine,
        }
    }

    fn delete(&mut self, from: usize, to: usize) -> Edit {
        if from == to {
            return Edit::Moved;
        }
        self.text.replace_range(from..to, "");
        self.cursor = from;
        Edit::Changed
    }

    fn go(&mut self, to: usize) -> Edit {
        self.cursor = to;
        Edit::Moved
    }

    fn before(&self) -> usize {
        let head = self.text.get(..self.cursor).unwrap_or_default();
        clusters(head).last().map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        let tail = self.text.get(self.cursor..).unwrap_or_default();
        self.cursor
            + clusters(tail)
                .next()
                .map_or(0, |(_, letters)| letters.len())
    }

    /// The lines as drawn, and on which of them the cursor stands.
    fn layout(&self) -> (Vec<(usize, usize)>, usize) {
        let lines = line_starts(&self.text, self.drawn_columns);
        let at = lines.iter().rposition(|(start, _)| *start <= self.cursor);
        (lines, at.unwrap_or_default())
    }

    /// Where the cursor's line begins and where its last letter ends.
    fn line_bounds(&self) -> (usize, usize) {
        let (lines, at) = self.layout();
        let (start, end) = lines.get(at).copied().unwrap_or_default();
        let is_last = at + 1 == lines.len();
        let line = self.text.get(start..end).unwrap_or_default();
        let last = clusters(line).last().map_or(start, |(at, _)| start + at);
        (start, if is_last { end } else { last })
    }

    fn go_lines(&mut self, step: isize) -> Edit {
        let (lines, at) = self.layout();
        let Some((start, end)) = at
            .checked_add_signed(step)
            .and_then(|to| lines.get(to).copied())
        else {
            return Edit::Moved;
        };
        let (line_start, _) = lines.get(at).copied().unwrap_or_default();
        let column = width(self.text.get(line_start..self.cursor).unwrap_or_default());
        let line = self.text.get(start..end).unwrap_or_default();
        let is_last = end == self.text.len() && !line.ends_with('\n');
        let mut to = start;
        let mut reached = 0;
        for (at, letters) in clusters(line) {
            let stays_inside = at + letters.len() < line.len() || is_last;
            if reached >= column || !stays_inside {
                break;
            }
            reached += width(letters);
            to = start + at + letters.len();
        }
        self.go(to)
    }

    /// Draws it, and puts the terminal's cursor where the next letter goes:
    /// input methods show their candidates there.
    pub(crate) fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, style: Style) {
        if area.is_empty() {
            return;
        }
        self.drawn_columns = usize::from(area.width.saturating_sub(1)).max(1);
        let (lines, at) = self.layout();
        let rows = usize::from(area.height);
        self.first_line = self.first_line.clamp((at + 1).saturating_sub(rows), at);
        let shown = |start: usize, end: usize| {
            let line = self.text.get(start..end).unwrap_or_default();
            let line = line.strip_suffix('\n').unwrap_or(line);
            match self.lines {
                Lines::Secret => "•".repeat(clusters(line).count()),
                Lines::One | Lines::Many => line.to_owned(),
            }
        };
        let text: Vec<Line<'_>> = lines
            .iter()
            .skip(self.first_line)
            .take(rows)
            .map(|(start, end)| Line::styled(shown(*start, *end), style))
            .collect();
        frame.render_widget(Text::from(text), area);
        let (start, _) = lines.get(at).copied().unwrap_or_default();
        let x = columns(width(&shown(start, self.cursor))).min(area.width - 1);
        let y = columns(at - self.first_line);
        frame.set_cursor_position(Position::new(area.x + x, area.y + y));
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::*;

    fn press(editor: &mut Editor, code: KeyCode) -> Edit {
        editor.key(KeyEvent::from(code))
    }

    fn type_in(editor: &mut Editor, text: &str) {
        for letter in text.chars() {
            press(editor, KeyCode::Char(letter));
        }
    }

    fn draw(editor: &mut Editor, columns: u16, rows: u16) -> Vec<String> {
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        terminal
            .draw(|frame| editor.draw(frame, frame.area(), Style::new()))
            .unwrap();
        let buffer = terminal.backend().buffer().clone();
        let line = |y| {
            (0..columns)
                .map(|x| buffer[(x, y)].symbol())
                .collect::<String>()
        };
        (0..rows).map(|y| line(y).trim_end().to_owned()).collect()
    }

    #[test]
    fn a_person_corrects_a_letter_in_the_middle() {
        let mut editor = Editor::new("", 20, Lines::One);
        type_in(&mut editor, "xe tải trắg");
        press(&mut editor, KeyCode::Left);
        type_in(&mut editor, "n");
        assert_eq!(editor.text(), "xe tải trắng");
        press(&mut editor, KeyCode::Home);
        press(&mut editor, KeyCode::Delete);
        press(&mut editor, KeyCode::End);
        press(&mut editor, KeyCode::Backspace);
        assert_eq!(editor.text(), "e tải trắn");
    }

    #[test]
    fn one_backspace_takes_a_letter_that_was_typed_in_pieces() {
        let mut editor = Editor::new("Vie\u{323}\u{302}", 20, Lines::One);
        press(&mut editor, KeyCode::Backspace);
        assert_eq!(editor.text(), "Vi");
    }

    #[test]
    fn a_hundred_thousand_pasted_characters_are_refused_and_nothing_is_lost() {
        let mut editor = Editor::new("đã viết", 500, Lines::Many);
        let answer = editor.write(&"ă".repeat(100_000));
        let (limit, found) = (500, 100_007);
        assert_eq!(answer, Edit::TooLong { limit, found });
        assert_eq!(editor.text(), "đã viết");
    }

    #[test]
    fn the_last_allowed_character_fits_and_the_next_does_not() {
        let mut editor = Editor::new("", 3, Lines::One);
        type_in(&mut editor, "ăâđ");
        assert_eq!(editor.count(), (3, 3));
        let full = press(&mut editor, KeyCode::Char('ê'));
        assert_eq!(full, Edit::TooLong { limit: 3, found: 4 });
        assert_eq!(editor.text(), "ăâđ");
    }

    #[test]
    fn what_a_terminal_could_be_driven_with_is_not_pasted() {
        let mut editor = Editor::new("", 50, Lines::Many);
        editor.write("một\r\nhai\u{1b}[2J\tba\u{7}");
        assert_eq!(editor.text(), "một\nhai[2J ba");
        let mut line = Editor::new("", 50, Lines::One);
        line.write("một\nhai");
        assert_eq!(line.text(), "một hai");
    }

    #[test]
    fn long_text_wraps_and_the_cursor_walks_through_its_lines() {
        let mut editor = Editor::new("một hai ba bốn năm", 50, Lines::Many);
        assert_eq!(draw(&mut editor, 9, 3), ["một hai", "ba bốn", "năm"]);
        press(&mut editor, KeyCode::Up);
        press(&mut editor, KeyCode::Up);
        type_in(&mut editor, "!");
        assert_eq!(editor.text(), "một! hai ba bốn năm");
        // Two rows show the cursor's line, wherever it is.
        assert_eq!(draw(&mut editor, 9, 2), ["một! hai", "ba bốn"]);
        press(&mut editor, KeyCode::Down);
        press(&mut editor, KeyCode::Down);
        assert_eq!(draw(&mut editor, 9, 2), ["ba bốn", "năm"]);
    }

    #[test]
    fn a_secret_shows_dots() {
        let mut editor = Editor::new("1234", 20, Lines::Secret);
        assert_eq!(draw(&mut editor, 9, 1), ["••••"]);
    }
}
