//! Prepares what the pocket card needs, so that no phone carries a parser of TOML or
//! the tables of Unicode: the words before its numbers, and which letter a mark makes
//! of another.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use loive_strings::{Area, Lang, words};
use unicode_normalization::UnicodeNormalization as _;

/// The keys of the card's words.
const KEYS: &str = "plan.card_";
/// The letters with marks that the card's typeface has: `fonts/README.md`.
const COMPOSED: [(char, char); 4] = [
    ('\u{c0}', '\u{17f}'),
    ('\u{1a0}', '\u{1a1}'),
    ('\u{1af}', '\u{1b0}'),
    ('\u{1ea0}', '\u{1ef9}'),
];
/// Combining marks, those included that Unicode only keeps for old texts.
const MARKS: (char, char) = ('\u{300}', '\u{36f}');

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let folder = env::var_os("OUT_DIR").ok_or("cargo names no OUT_DIR")?;
    let folder = Path::new(&folder);
    fs::write(folder.join("card_words.rs"), card_words()?)?;
    fs::write(folder.join("compositions.rs"), compositions()?)?;
    Ok(())
}

/// `&[(key, in Vietnamese, in English)]`
fn card_words() -> Result<String, Box<dyn Error>> {
    let mut table = "&[".to_owned();
    for (key, vi) in words(Area::Phone, Lang::Vi).iter() {
        if key.starts_with(KEYS) {
            let en = words(Area::Phone, Lang::En).find(key);
            let en = en.ok_or_else(|| format!("{key} has no English words"))?;
            write!(table, "({key:?}, {vi:?}, {en:?}),")?;
        }
    }
    table.push(']');
    Ok(table)
}

/// `&[((letter, mark), letter with the mark)]`, in order.
fn compositions() -> Result<String, Box<dyn Error>> {
    let bases = ('A'..='z').chain(COMPOSED.into_iter().flat_map(|(from, to)| from..=to));
    let mut table = "&[".to_owned();
    for base in bases {
        for mark in MARKS.0..=MARKS.1 {
            let mut normal = [base, mark].into_iter().nfc();
            let (Some(letter), None) = (normal.next(), normal.next()) else {
                continue;
            };
            let is_drawn = |(from, to)| (from..=to).contains(&letter);
            if COMPOSED.into_iter().any(is_drawn) {
                write!(table, "(({base:?}, {mark:?}), {letter:?}),")?;
            }
        }
    }
    table.push(']');
    Ok(table)
}
