//! Text in columns: how wide it is, and where its lines break.

use ratatui::text::Span;

/// How many columns a text takes, marks and wide letters counted rightly.
pub(crate) fn width(text: &str) -> usize {
    Span::raw(text).width()
}

/// Columns as the drawing library counts them.
pub(crate) fn columns(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// The lines of a text in so many columns, broken between words where that is
/// possible. An empty text has one empty line.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    line_starts(text, columns)
        .into_iter()
        .map(|(start, end)| {
            let line = text.get(start..end).unwrap_or_default();
            line.trim_end_matches([' ', '\n']).to_owned()
        })
        .collect()
}

/// The byte ranges of the lines of a text in so many columns. Every byte is in
/// exactly one of them, so that a cursor always has a place.
pub(crate) fn line_starts(text: &str, columns: usize) -> Vec<(usize, usize)> {
    let columns = columns.max(1);
    let mut lines = Vec::new();
    let (mut start, mut used) = (0, 0);
    // Where the line could be broken, and the columns used up to there.
    let mut chance: Option<(usize, usize)> = None;
    for (at, letters) in clusters(text) {
        let end = at + letters.len();
        if letters == "\n" {
            lines.push((start, end));
            (start, used, chance) = (end, 0, None);
            continue;
        }
        let wide = width(letters);
        if used + wide > columns && letters != " " {
            let (break_at, used_there) = chance.unwrap_or((at, used));
            if break_at > start {
                lines.push((start, break_at));
                (start, used, chance) = (break_at, used - used_there, None);
            }
        }
        used += wide;
        if letters == " " {
            chance = Some((end, used));
        }
    }
    lines.push((start, text.len()));
    lines
}

/// The letters of a text, each with the marks that stand on it, so that a
/// letter typed as several characters is moved over and deleted as one.
pub(crate) fn clusters(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let mut letters = rest.char_indices();
        let (_, first) = letters.next()?;
        let end = if first == '\n' {
            1
        } else {
            letters
                .find(|(_, letter)| !is_mark(*letter))
                .map_or(rest.len(), |(end, _)| end)
        };
        let cluster = rest.get(..end)?;
        let start = at;
        at += end;
        Some((start, cluster))
    })
}

fn is_mark(letter: char) -> bool {
    letter != '\n' && width(letter.encode_utf8(&mut [0; 4])) == 0
}

/// The beginning of a text that fits, with an ellipsis where something is cut.
pub(crate) fn shorten(text: &str, columns: usize) -> String {
    let one_line = text.replace('\n', " ");
    if width(&one_line) <= columns {
        return one_line;
    }
    let mut short = String::new();
    let mut used = 1;
    for (_, letters) in clusters(&one_line) {
        used += width(letters);
        if used > columns {
            break;
        }
        short.push_str(letters);
    }
    if columns > 0 {
        short.truncate(short.trim_end().len());
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_long_words_break_anywhere() {
        assert_eq!(wrap("Hãy gọi 111 ngay", 8), ["Hãy gọi", "111 ngay"]);
        assert_eq!(wrap("nguycấpquá rồi", 5), ["nguyc", "ấpquá", "rồi"]);
        assert_eq!(wrap("một\n\nhai", 20), ["một", "", "hai"]);
        assert_eq!(wrap("", 20), [""]);
        assert_eq!(wrap("abc", 0), ["a", "b", "c"]);
    }

    #[test]
    fn letters_typed_in_pieces_take_one_column_and_are_one_letter() {
        // "ệ" as e, dot below, circumflex.
        let typed = "Vie\u{323}\u{302}t";
        assert_eq!(width(typed), 4);
        assert_eq!(clusters(typed).count(), 4);
        assert_eq!(wrap(typed, 2), ["Vi", "e\u{323}\u{302}t"]);
    }

    #[test]
    fn every_byte_has_a_line_of_its_own() {
        let text = "Đường đi  qua\nlối mở, ban đêm  ";
        for columns in 1..40 {
            let mut reached = 0;
            for (start, end) in line_starts(text, columns) {
                assert_eq!(start, reached, "{columns} columns");
                reached = end;
            }
            assert_eq!(reached, text.len(), "{columns} columns");
        }
    }

    #[test]
    fn what_is_cut_says_so() {
        assert_eq!(shorten("Phường Ba Đình", 20), "Phường Ba Đình");
        assert_eq!(shorten("Phường Ba Đình", 8), "Phường…");
        assert_eq!(shorten("một\nhai", 20), "một hai");
        assert_eq!(shorten("một", 0), "");
    }
}
