//! What a person may still read of a change that was refused: quarantine must
//! show the words of somebody in danger even when the machine cannot take them.

use core::fmt;

use loive_protocol::Refusal;

use super::chunk::{CHANGE_CHUNK, Chunk, Columns, Scalar};
use super::limits::CHANGE_MAX_BYTES;
use super::reader::Reader;

/// Texts shown of one refused change.
const TEXTS_MAX_COUNT: usize = 64;
/// Longest text shown, in characters.
const TEXT_MAX_CHARS: usize = 2_000;
/// Shorter stretches of unstructured bytes are noise, in characters.
const STRETCH_MIN_CHARS: usize = 4;

/// A text, with the key under which it stands if that can be told. `Debug`
/// shows neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Readable {
    /// The key of the root map; empty if it cannot be told.
    pub key: String,
    /// The text, as it was written.
    pub text: String,
}

impl fmt::Debug for Readable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readable").finish_non_exhaustive()
    }
}

pub(crate) fn of_chunk(chunk: &Chunk<'_>) -> Vec<Readable> {
    chunk
        .operations
        .iter()
        .filter_map(|operation| match operation.value {
            Some(Scalar::Text(text)) => Some(shown(operation.key, text)),
            _ => None,
        })
        .collect()
}

/// Keys and texts of bytes that were refused, as far as they can be read: by
/// the structure of a change if that still stands, else every stretch of
/// letters. Bounded, total, and for people only.
///
/// Compressed bytes give nothing: we do not inflate what a stranger sent.
pub fn readable(raw: &[u8]) -> Vec<Readable> {
    let raw = raw.get(..CHANGE_MAX_BYTES).unwrap_or(raw);
    if raw.get(8).is_some_and(|kind| *kind != CHANGE_CHUNK) {
        return Vec::new();
    }
    let texts = match structured(raw) {
        Ok(texts) if !texts.is_empty() => texts,
        _ => stretches(raw),
    };
    texts.into_iter().take(TEXTS_MAX_COUNT).collect()
}

/// The same without the keys.
pub fn readable_texts(raw: &[u8]) -> Vec<String> {
    readable(raw).into_iter().map(|found| found.text).collect()
}

fn shown(key: &str, text: &str) -> Readable {
    Readable {
        key: key.chars().take(TEXT_MAX_CHARS).collect(),
        text: text.chars().take(TEXT_MAX_CHARS).collect(),
    }
}

/// Walks the head of a change without judging it.
fn structured(raw: &[u8]) -> Result<Vec<Readable>, Refusal> {
    let mut reader = Reader::new(raw);
    reader.take(9)?;
    reader.unsigned()?;
    let dependencies = reader.length()?;
    reader.take(dependencies.checked_mul(32).ok_or(Refusal::TooLarge)?)?;
    skip_prefixed(&mut reader)?;
    reader.unsigned()?;
    reader.unsigned()?;
    reader.signed()?;
    skip_prefixed(&mut reader)?;
    for _ in 0..reader.length()? {
        skip_prefixed(&mut reader)?;
    }
    let columns = Columns::parse_leniently(&mut reader)?;
    let pairs = columns.readable();
    Ok(pairs
        .into_iter()
        .map(|(key, text)| shown(key, text))
        .collect())
}

fn skip_prefixed(reader: &mut Reader<'_>) -> Result<(), Refusal> {
    let length = reader.length()?;
    reader.take(length)?;
    Ok(())
}

/// Every stretch of letters, digits and punctuation.
fn stretches(raw: &[u8]) -> Vec<Readable> {
    let mut found = Vec::new();
    for piece in raw.utf8_chunks() {
        for stretch in piece.valid().split(|c: char| c.is_control() && c != '\n') {
            let is_text = stretch.chars().nth(STRETCH_MIN_CHARS - 1).is_some()
                && stretch.chars().any(char::is_alphabetic);
            if is_text && found.len() < TEXTS_MAX_COUNT {
                found.push(shown("", stretch));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "tests may panic"
    )]

    use super::*;
    use crate::encode;
    use crate::value::Scalar as Answer;

    fn change() -> Vec<u8> {
        let text = |key: &str, text: &str| (key.to_owned(), Answer::Str(text.to_owned()));
        let entries = [
            text("danger_now", "yes"),
            ("how_many".to_owned(), Answer::Int(3)),
            text("where_hint", "Nhà trọ cạnh bến phà Cái Rồng"),
        ];
        encode::first_change([1; 16], &entries).0
    }

    fn pairs(raw: &[u8]) -> Vec<(String, String)> {
        readable(raw)
            .into_iter()
            .map(|found| (found.key, found.text))
            .collect()
    }

    #[test]
    fn a_change_with_a_wrong_checksum_is_still_read() {
        let mut raw = change();
        raw[5] ^= 1;
        let expected = [
            ("danger_now", "yes"),
            ("where_hint", "Nhà trọ cạnh bến phà Cái Rồng"),
        ];
        assert_eq!(
            pairs(&raw),
            expected.map(|(key, text)| (key.to_owned(), text.to_owned()))
        );
    }

    #[test]
    fn a_change_that_was_cut_off_gives_what_is_left() {
        let raw = change();
        // The value that was cut through is lost, the one before it is not.
        let cut = &raw[..raw.len() - 4];
        assert_eq!(readable_texts(cut), ["yes"]);
    }

    #[test]
    fn words_in_ruins_are_found() {
        let mut raw = change();
        // The length of the actor is nonsense now.
        raw[11] = 0xff;
        let all = readable_texts(&raw).join(" ");
        assert!(all.contains("Nhà trọ cạnh bến phà Cái Rồng"), "{all}");
        assert_eq!(readable_texts(&[0xff; 3_000]), Vec::<String>::new());
        assert_eq!(readable_texts(b""), Vec::<String>::new());
    }

    #[test]
    fn a_flood_is_cut() {
        let flood = "a".repeat(40_000);
        let texts = readable_texts(flood.as_bytes());
        assert!(
            texts
                .iter()
                .all(|text| text.chars().count() <= TEXT_MAX_CHARS)
        );
        let many = "abcde\u{1}".repeat(8_000);
        assert!(readable_texts(many.as_bytes()).len() <= TEXTS_MAX_COUNT);
    }

    #[test]
    fn what_is_compressed_is_not_inflated() {
        let mut raw = change();
        raw[8] = 2;
        assert_eq!(readable_texts(&raw), Vec::<String>::new());
    }

    #[test]
    fn the_texts_of_a_good_change_are_in_its_summary() {
        let rules = crate::validate::Rules::report();
        let summary = crate::validate::check_change(&change(), &rules).unwrap();
        assert_eq!(summary.texts, readable(&change()));
    }
}
