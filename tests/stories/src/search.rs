//! Looking for a sentence where it must not be, in every dress in which a
//! program might have let it out.

use std::collections::HashMap;
use std::fmt::Write as _;

/// Characters of the sentence that are enough to have betrayed it. Short enough
/// that a cut or wrapped copy is found, long enough that nothing else has them.
const WINDOW_CHARS: usize = 9;
/// Needles are found by their first bytes.
const KEY_BYTES: usize = 6;

/// Looks for any part of one sentence.
pub struct Search {
    needles: HashMap<[u8; KEY_BYTES], Vec<Needle>>,
}

struct Needle {
    bytes: Vec<u8>,
    dress: &'static str,
}

impl Search {
    /// A search for every stretch of nine characters of `sentence`: as UTF-8
    /// in both normal forms, without diacritics, UTF-16, percent-encoded, escaped
    /// as Rust's `Debug`, JSON or HTML do it, in hexadecimal and in Base64.
    pub fn new(sentence: &str) -> Self {
        Self::for_any(&[sentence])
    }

    /// The same for several sentences at once.
    pub fn for_any(sentences: &[&str]) -> Self {
        let mut search = Self {
            needles: HashMap::new(),
        };
        for sentence in sentences {
            let characters: Vec<char> = sentence.chars().collect();
            for window in characters.windows(WINDOW_CHARS) {
                let text: String = window.iter().collect();
                search.add_text(&text);
            }
        }
        search
    }

    /// A search for these bytes, for what is no text.
    pub fn for_bytes(bytes: &[u8]) -> Self {
        let mut search = Self {
            needles: HashMap::new(),
        };
        search.add(bytes.to_vec(), "as they are");
        search.add_encoded(bytes);
        search
    }

    fn add_text(&mut self, text: &str) {
        self.add(text.into(), "UTF-8");
        self.add(decompose(text).into(), "UTF-8, decomposed");
        self.add(bare(text).into(), "without diacritics");
        self.add(bare(text).to_lowercase().into(), "folded");
        self.add(
            text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            "UTF-16 LE",
        );
        self.add(
            text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            "UTF-16 BE",
        );
        self.add(crate::browser::percent(text).into(), "percent-encoded");
        self.add(
            text.escape_default().to_string().into(),
            "escaped as Rust does",
        );
        let units = |form: fn(u16) -> String| -> String {
            let unit = |character: char| {
                if character.is_ascii() {
                    character.to_string()
                } else {
                    character
                        .encode_utf16(&mut [0; 2])
                        .iter()
                        .copied()
                        .map(form)
                        .collect()
                }
            };
            text.chars().map(unit).collect()
        };
        self.add(
            units(|unit| format!("\\u{unit:04x}")).into(),
            "escaped as JSON does",
        );
        self.add(
            units(|unit| format!("&#{unit};")).into(),
            "escaped as HTML does",
        );
        self.add_encoded(text.as_bytes());
    }

    fn add_encoded(&mut self, bytes: &[u8]) {
        let hex = hexadecimal(bytes);
        self.add(hex.to_uppercase().into(), "hexadecimal");
        self.add(hex.into(), "hexadecimal");
        let list: Vec<String> = bytes.iter().map(u8::to_string).collect();
        self.add(list.join(", ").into(), "as a list of numbers");
        // Base64 looks different at each of three places; what is left of the
        // first and last letters belongs to the neighbours.
        for shift in 0..3 {
            let inner = base64(bytes.get(shift..).unwrap_or_default());
            let url_safe: String = inner
                .chars()
                .map(|letter| match letter {
                    '+' => '-',
                    '/' => '_',
                    letter => letter,
                })
                .collect();
            self.add(inner.into(), "Base64");
            self.add(url_safe.into(), "Base64");
        }
    }

    fn add(&mut self, bytes: Vec<u8>, dress: &'static str) {
        let key = *bytes.first_chunk().expect("a needle has some bytes");
        let bucket = self.needles.entry(key).or_default();
        if bucket.iter().all(|needle| needle.bytes != bytes) {
            bucket.push(Needle { bytes, dress });
        }
    }

    /// The dress in which some part of the sentence is in `haystack`, if it is.
    pub fn find(&self, haystack: &[u8]) -> Option<&'static str> {
        haystack
            .windows(KEY_BYTES)
            .enumerate()
            .find_map(|(place, window)| {
                let bucket = self.needles.get(window)?;
                let rest = haystack.get(place..)?;
                bucket
                    .iter()
                    .find(|needle| rest.starts_with(&needle.bytes))
                    .map(|needle| needle.dress)
            })
    }
}

/// Bytes in hexadecimal, small letters.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Base64 of whole groups of three bytes.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |sextet: u32| {
        let place = usize::try_from(sextet & 63).unwrap_or_default();
        LETTERS.get(place).copied().map_or('=', char::from)
    };
    bytes
        .chunks_exact(3)
        .filter_map(|group| <[u8; 3]>::try_from(group).ok())
        .flat_map(|[a, b, c]| {
            let bits = u32::from_be_bytes([0, a, b, c]);
            [
                letter(bits >> 18),
                letter(bits >> 12),
                letter(bits >> 6),
                letter(bits),
            ]
        })
        .collect()
}

/// The letters of the canary sentences with what they are made of. A sentence
/// with a letter that is not here is refused by the test below.
const LETTERS: &[(char, &str)] = &[
    ('à', "a\u{300}"),
    ('â', "a\u{302}"),
    ('è', "e\u{300}"),
    ('ê', "e\u{302}"),
    ('í', "i\u{301}"),
    ('ô', "o\u{302}"),
    ('ú', "u\u{301}"),
    ('ă', "a\u{306}"),
    ('ũ', "u\u{303}"),
    ('ư', "u\u{31b}"),
    ('ạ', "a\u{323}"),
    ('ả', "a\u{309}"),
    ('ắ', "a\u{306}\u{301}"),
    ('ằ', "a\u{306}\u{300}"),
    ('ế', "e\u{302}\u{301}"),
    ('ọ', "o\u{323}"),
    ('ỏ', "o\u{309}"),
    ('ố', "o\u{302}\u{301}"),
    ('ồ', "o\u{302}\u{300}"),
    ('ờ', "o\u{31b}\u{300}"),
    ('ở', "o\u{31b}\u{309}"),
    ('ỡ', "o\u{31b}\u{303}"),
    ('ứ', "u\u{31b}\u{301}"),
];

fn decompose(text: &str) -> String {
    text.chars()
        .map(
            |letter| match LETTERS.iter().find(|(known, _)| *known == letter) {
                Some((_, parts)) => (*parts).to_owned(),
                None => letter.to_string(),
            },
        )
        .collect()
}

fn bare(text: &str) -> String {
    decompose(text)
        .chars()
        .filter(|letter| !('\u{300}'..='\u{36f}').contains(letter))
        .map(|letter| if letter == 'đ' { 'd' } else { letter })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canary;

    #[test]
    fn every_dress_is_seen_through() {
        let sentence = canary::IN_THE_FORM;
        let search = Search::new(sentence);
        let middle: String = sentence.chars().skip(7).take(24).collect();
        let utf16 = |to: fn(u16) -> [u8; 2]| middle.encode_utf16().flat_map(to).collect();
        let dressed: [Vec<u8>; 10] = [
            middle.clone().into(),
            decompose(&middle).into(),
            bare(&middle).to_lowercase().into(),
            utf16(u16::to_le_bytes),
            utf16(u16::to_be_bytes),
            crate::browser::percent(&middle).into(),
            middle.escape_default().to_string().into(),
            hexadecimal(middle.as_bytes()).into(),
            format!("{:?}", middle.as_bytes()).into(),
            base64(format!("xy{middle}").as_bytes()).into(),
        ];
        for dress in dressed {
            let haystack = [b"before ".as_slice(), &dress, b" after"].concat();
            assert!(
                search.find(&haystack).is_some(),
                "{}",
                String::from_utf8_lossy(&haystack)
            );
        }
        assert_eq!(
            search.find(b"nothing of it, but a whole lot of other words"),
            None
        );
    }

    #[test]
    fn the_canaries_have_no_letter_that_cannot_be_decomposed_here() {
        for sentence in canary::ALL {
            assert!(bare(sentence).is_ascii(), "{sentence}");
        }
    }
}
