//! Words, sentences and numbers of a text.

use loive_documents::library::markup::{Markup, plain};

/// The most syllables of a Vietnamese sentence, and words of an English one.
pub(crate) const SENTENCE_MAX_WORDS: (usize, usize) = (25, 20);
/// The same where only officers and counsellors read.
pub(crate) const STAFF_SENTENCE_MAX_WORDS: (usize, usize) = (35, 28);

/// The words between spaces: Vietnamese syllables, English words. What has no
/// letter and no digit is none.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
        .filter(|token| token.contains(char::is_alphanumeric))
}

/// The words in small letters, without punctuation around them. A hyphen inside
/// stays: "mother-in-law" is one word.
pub(crate) fn bare(text: &str) -> Vec<String> {
    tokens(text)
        .flat_map(|token| token.split(['/', '–', '—']))
        .map(|token| token.trim_matches(|letter: char| !letter.is_alphanumeric()))
        .filter(|token| !token.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Where words stand in a row, counted in words.
pub(crate) fn find_row(words: &[String], row: &[&str]) -> Option<usize> {
    if row.is_empty() {
        return None;
    }
    words.windows(row.len()).position(|window| window == row)
}

/// Whether words stand in a row.
pub(crate) fn has_row(words: &[String], row: &[&str]) -> bool {
    find_row(words, row).is_some()
}

/// The sentences of a run of words: to a full stop, question mark, exclamation
/// mark, colon or ellipsis with a space behind it.
pub(crate) fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut begin = 0;
    let mut may_end = false;
    for (at, letter) in text.char_indices() {
        match letter {
            '.' | '?' | '!' | ':' | '…' => may_end = true,
            '”' | '’' | '"' | ')' => {}
            _ if letter.is_whitespace() && may_end => {
                found.extend(text.get(begin..at));
                begin = at;
                may_end = false;
            }
            _ => may_end = false,
        }
    }
    found.extend(text.get(begin..));
    found.retain(|sentence| tokens(sentence).next().is_some());
    found
}

/// The words of a text as a phone shows them: the heading, a paragraph, a point
/// each.
pub fn runs(text: &str) -> Vec<String> {
    Markup::parse(text).runs().map(plain).collect()
}

/// The runs of digits of a text.
pub fn numbers(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_numeric())
        .filter(|run| !run.is_empty())
}

/// Whether a run of digits is one of the numbers that everybody should know.
pub fn is_emergency(number: &str) -> bool {
    matches!(number, "111" | "112" | "113" | "114" | "115")
}

/// A text with what stands in quotation marks taken out.
pub(crate) fn unquoted(text: &str) -> String {
    let mut outside = String::new();
    let mut rest = text;
    while let Some((before, quoted)) = rest.split_once('“') {
        outside.push_str(before);
        let Some((_, after)) = quoted.split_once('”') else {
            outside.push_str(quoted);
            return outside;
        };
        // A mark stays, so that the words around it do not become neighbours.
        outside.push_str(" ” ");
        rest = after;
    }
    outside.push_str(rest);
    outside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_a_reader_breathes() {
        let text = "Nói: “Tôi cần giúp.” Rồi gọi 111! Thư a@b.vn, 8:00 và 1.000 đồng… Hết";
        let parts: Vec<&str> = sentences(text).into_iter().map(str::trim).collect();
        assert_eq!(
            parts,
            [
                "Nói:",
                "“Tôi cần giúp.”",
                "Rồi gọi 111!",
                "Thư a@b.vn, 8:00 và 1.000 đồng…",
                "Hết"
            ]
        );
        assert_eq!(tokens("một – hai · (ba)").count(), 3);
        assert!(sentences(" … ").is_empty());
    }

    #[test]
    fn words_are_bare() {
        assert_eq!(
            bare("“Việc nhẹ”, mother-in-law/LAW."),
            ["việc", "nhẹ", "mother-in-law", "law"]
        );
        assert!(has_row(&bare("Bộ luật Hình sự"), &["bộ", "luật"]));
        assert!(!has_row(&bare("miễn phí"), &["phí", "dịch"]));
    }

    #[test]
    fn numbers_are_runs_of_digits() {
        assert_eq!(
            numbers("1/7/2025, 111").collect::<Vec<_>>(),
            ["1", "7", "2025", "111"]
        );
        assert!(is_emergency("113") && !is_emergency("116") && !is_emergency("1113"));
    }

    #[test]
    fn what_is_quoted_is_left_out() {
        assert_eq!(
            bare(&unquoted("Họ nói “đặt cọc” trước “x")),
            ["họ", "nói", "trước", "x"]
        );
    }
}
