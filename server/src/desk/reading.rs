//! What a person may still read of something that was refused, and whether it
//! looks like an emergency.

use loive_documents::validate::readable;
use loive_documents::{
    Answers, Form, Indicator, Scalar, Urgency, Value, Weight, indicators, urgency,
};

/// Texts kept of one refused part.
const TEXTS_MAX_COUNT: usize = 64;
/// Longest text kept, in characters.
const TEXT_MAX_CHARS: usize = 2_000;
/// Shorter stretches of unstructured bytes are noise, in characters.
const STRETCH_MIN_CHARS: usize = 4;
/// The question whose yes means that somebody is in danger now.
const DANGER: &str = "danger_now";

/// What can be read.
#[derive(Default)]
pub(super) struct Reading {
    pub(super) texts: Vec<String>,
    pub(super) urgent: bool,
}

/// Of a change that was refused.
pub(super) fn of_change(raw: &[u8]) -> Reading {
    let found = readable(raw);
    let mut answers = Answers::new();
    for pair in &found {
        let scalar = Scalar::Str(pair.text.clone());
        let field = Form::suspicion_report().field(&pair.key);
        if let Some(value) = field.and_then(|field| Value::from_scalar(field, &scalar).ok()) {
            answers.set(pair.key.clone(), value);
        }
    }
    // Where the structure is gone an answer cannot be told from its neighbours:
    // that the question was touched is reason enough to look first.
    let torn = found.is_empty() || found.iter().any(|pair| pair.key.is_empty());
    let mentions = |word: &str| {
        raw.windows(word.len())
            .any(|bytes| bytes == word.as_bytes())
    };
    let torn_danger = torn && (mentions(DANGER) || critical_signs().any(mentions));
    Reading {
        urgent: torn_danger || urgency(&answers) == Urgency::P0,
        texts: bounded(found.into_iter().map(|pair| pair.text)),
    }
}

/// Signs each of which alone makes a P0.
fn critical_signs() -> impl Iterator<Item = &'static str> {
    let critical = indicators()
        .iter()
        .filter(|indicator| indicator.weight() == Weight::Critical);
    critical.map(Indicator::id)
}

/// Of a compact form that was refused: its words stand at its end as they were
/// typed.
pub(super) fn of_compact(bytes: &[u8]) -> Reading {
    let mut texts = Vec::new();
    for piece in bytes.utf8_chunks() {
        for stretch in piece.valid().split(|c: char| c.is_control() && c != '\n') {
            let long_enough = stretch.chars().nth(STRETCH_MIN_CHARS - 1).is_some();
            if long_enough && stretch.chars().any(char::is_alphabetic) {
                texts.push(stretch.to_owned());
            }
        }
    }
    Reading {
        texts: bounded(texts),
        urgent: false,
    }
}

/// Of answers that were understood, though what carried them was not taken.
pub(super) fn of_answers(answers: &Answers) -> Reading {
    let texts = answers.iter().filter_map(|(_, value)| match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    });
    Reading {
        texts: bounded(texts),
        urgent: urgency(answers) == Urgency::P0,
    }
}

fn bounded(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    texts
        .into_iter()
        .take(TEXTS_MAX_COUNT)
        .map(|text| text.chars().take(TEXT_MAX_CHARS).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_compact_form_that_is_cut_short_can_be_read() {
        let bytes = [
            &[9, 1, 0xff, 0x80, 2],
            "Biển số 24A, xe trắng".as_bytes(),
            &[0xe1],
        ]
        .concat();
        let reading = of_compact(&bytes);
        assert_eq!(reading.texts, ["Biển số 24A, xe trắng"]);
        assert!(!reading.urgent);
    }

    #[test]
    fn a_torn_change_that_asks_about_danger_is_looked_at_first() {
        let mut raw = vec![0; 8];
        raw.push(1);
        raw.extend(b"\x01\x02danger_now\x03\x04yes");
        assert!(of_change(&raw).urgent);
        let mut raw = vec![0; 8];
        raw.push(1);
        raw.extend(b"\x01\x02indicators\x03\x04r_no_contract,e_locked");
        assert!(of_change(&raw).urgent);
        let mut raw = vec![0; 8];
        raw.push(1);
        raw.extend(b"\x01\x02suspect_info\x03\x04");
        assert!(!of_change(&raw).urgent);
    }
}
