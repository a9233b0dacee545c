//! What somebody typed, as letters that can be drawn side by side.

/// What stands where something could not be drawn.
pub(super) const ELLIPSIS: char = '…';

/// A letter, a mark, and what both are together. Sorted; the build script wrote it.
const COMPOSITIONS: &[((char, char), char)] =
    include!(concat!(env!("OUT_DIR"), "/compositions.rs"));

/// A text that can be drawn.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Letters {
    /// In NFC, with single spaces, nothing but letters that can be drawn.
    pub(super) text: String,
    /// Nothing that one would see is missing.
    pub(super) is_whole: bool,
}

impl Letters {
    /// Makes a text drawable. Marks join their letters, whatever is white is one space, what
    /// only steers (direction, joining) goes; an ellipsis stands for what the typeface
    /// lacks, and for what comes after `max_chars`.
    pub(super) fn new(text: &str, max_chars: usize, can_draw: impl Fn(char) -> bool) -> Self {
        let mut letters = Self {
            text: String::new(),
            is_whole: true,
        };
        let mut count = 0;
        for c in text.chars().filter(|c| !is_unseen(*c)) {
            if let Some(composed) = letters.composed_with(c) {
                letters.text.pop();
                letters.text.push(composed);
            } else if c.is_whitespace() || c.is_control() {
                letters.push_once(' ', &mut count);
            } else if can_draw(c) && count < max_chars {
                letters.text.push(c);
                count += 1;
            } else {
                letters.is_whole = false;
                // The letter below a strange mark can be read without it.
                if !is_mark(c) {
                    letters.push_once(ELLIPSIS, &mut count);
                    if count >= max_chars {
                        break;
                    }
                }
            }
        }
        letters.text.truncate(letters.text.trim_end().len());
        letters
    }

    /// The last letter with a mark on it.
    fn composed_with(&self, mark: char) -> Option<char> {
        let pair = (self.text.chars().next_back()?, mark);
        let at = COMPOSITIONS.binary_search_by_key(&pair, |(pair, _)| *pair);
        Some(COMPOSITIONS.get(at.ok()?)?.1)
    }

    fn push_once(&mut self, c: char, count: &mut usize) {
        let starts_with_space = c == ' ' && self.text.is_empty();
        if !starts_with_space && !self.text.ends_with(c) {
            self.text.push(c);
            *count += 1;
        }
    }
}

fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// What has no look of its own: soft hyphens, joiners, direction, variants and tags.
/// Direction does not steer here: letters stand in the order in which they were typed.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization as _;

    use super::*;
    use crate::plan::card::font;

    fn letters(text: &str) -> (String, bool) {
        let letters = Letters::new(text, 20, |c| font::regular().has(c));
        (letters.text, letters.is_whole)
    }

    fn whole(text: &str) -> (String, bool) {
        (text.to_owned(), true)
    }

    fn part(text: &str) -> (String, bool) {
        (text.to_owned(), false)
    }

    #[test]
    fn marks_join_their_letters_in_every_order() {
        for typed in ["Nguyễn Thị Ươm", "Đặng Ỷ"] {
            assert_eq!(letters(&typed.nfd().collect::<String>()), whole(typed));
        }
        // As some keyboards write: the letter with its hat, then the tone; or the tone first.
        assert_eq!(
            letters("Viê\u{323}t Vie\u{302}\u{323}t"),
            whole("Việt Việt")
        );
        // The tone mark that Unicode keeps for old texts.
        assert_eq!(letters("o\u{341}"), whole("ó"));
    }

    #[test]
    fn every_letter_of_the_typeface_is_made_of_its_parts() {
        let mut count = 0;
        for c in ('\u{c0}'..'\u{1f00}').filter(|c| font::regular().has(*c)) {
            let parts: String = c.nfd().collect();
            assert_eq!(letters(&parts), whole(&c.to_string()), "{c:?}");
            count += usize::from(parts.chars().count() > 1);
        }
        assert!(count > 200, "{count}");
    }

    #[test]
    fn white_is_one_space_and_what_steers_is_not_seen() {
        assert_eq!(letters(" \tDì\r\n\u{0}\u{a0} Hoa\u{2028}"), whole("Dì Hoa"));
        assert_eq!(letters("\u{202e}Dì \u{200f}Hoa\u{202c}"), whole("Dì Hoa"));
        assert_eq!(letters("\u{feff}\u{200b}\u{ad}"), whole(""));
        assert_eq!(letters(""), whole(""));
    }

    #[test]
    fn what_the_typeface_lacks_is_an_ellipsis_and_said() {
        assert_eq!(letters("Hoa 💕💕 em"), part("Hoa … em"));
        assert_eq!(letters("សុខា"), part("…"));
        assert_eq!(letters("李娜 (Na)"), part("… (Na)"));
        assert_eq!(letters("Ho\u{30f}a"), part("Hoa"), "an odd mark");
        assert_eq!(letters("\u{301}"), part(""));
    }

    #[test]
    fn a_text_without_end_ends() {
        assert_eq!(letters(&"a".repeat(20)), whole(&"a".repeat(20)));
        assert_eq!(
            letters(&"ạ".repeat(100_000)),
            part(&format!("{}…", "ạ".repeat(20)))
        );
        assert_eq!(letters(&"\u{301}".repeat(100_000)), part(""));
        assert_eq!(letters(&" \u{202e}".repeat(100_000)), whole(""));
        let pairs = letters(&"💕 ".repeat(100_000)).0.chars().count();
        assert!(pairs <= 21, "{pairs}");
    }
}
