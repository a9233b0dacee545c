//! Numbers so large that they can be copied by hand from across a table.

use ratatui::text::Line;

use super::look;

/// Rows that a large number takes.
pub(crate) const HEIGHT_ROWS: u16 = 5;

const GLYPHS: [[&str; HEIGHT_ROWS as usize]; 10] = [
    ["███", "█ █", "█ █", "█ █", "███"],
    [" █ ", "██ ", " █ ", " █ ", "███"],
    ["███", "  █", "███", "█  ", "███"],
    ["███", "  █", " ██", "  █", "███"],
    ["█ █", "█ █", "███", "  █", "  █"],
    ["███", "█  ", "███", "  █", "███"],
    ["███", "█  ", "███", "█ █", "███"],
    ["███", "  █", "  █", "  █", "  █"],
    ["███", "█ █", "███", "█ █", "███"],
    ["███", "█ █", "███", "  █", "███"],
];

/// The number in large digits; anything but a digit is a gap.
pub(crate) fn large(number: &str) -> Vec<Line<'static>> {
    (0..usize::from(HEIGHT_ROWS))
        .map(|row| {
            let mut line = String::new();
            for letter in number.chars() {
                let glyph = letter
                    .to_digit(10)
                    .and_then(|digit| GLYPHS.get(usize::try_from(digit).ok()?)?.get(row));
                line.push_str(glyph.copied().unwrap_or_default());
                line.push(' ');
            }
            Line::styled(line.trim_end().to_owned(), look::STRONG)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_digits_fit_in_a_narrow_terminal_and_differ_from_each_other() {
        let widest = large("0912 345 678").iter().map(Line::width).max();
        assert!(widest.is_some_and(|columns| columns <= 46), "{widest:?}");
        for (at, glyph) in GLYPHS.iter().enumerate() {
            for other in GLYPHS.iter().skip(at + 1) {
                assert_ne!(glyph, other);
            }
        }
    }
}
