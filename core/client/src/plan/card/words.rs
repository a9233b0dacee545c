//! The words that stand before the numbers, from `strings/`: the build script wrote
//! them here.

use loive_documents::Lang;

/// A key with its words in Vietnamese and in English.
type Words = (&'static str, &'static str, &'static str);

const WORDS: &[Words] = include!(concat!(env!("OUT_DIR"), "/card_words.rs"));

/// The words for a key of a card's line.
pub(super) fn words(key: &str, lang: Lang) -> Option<&'static str> {
    let (_, vi, en) = WORDS.iter().find(|(known, ..)| *known == key)?;
    Some(match lang {
        Lang::Vi => vi,
        Lang::En => en,
    })
}
