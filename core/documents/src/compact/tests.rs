#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

use super::{COMPACT_MAX_BYTES, CompactError, GENERATION, decode, encode};
use crate::{Answers, Field, Form, Kind, Place, Reason, Value};

fn form() -> &'static Form {
    Form::suspicion_report()
}

fn answers<const N: usize>(list: [(&str, Value); N]) -> Answers {
    list.into_iter().collect()
}

/// A small generator with a fixed beginning, so that a failure repeats.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        let sides = u64::try_from(sides).unwrap();
        usize::try_from((self.0 >> 11) % sides).unwrap()
    }

    fn text(&mut self, max_chars: usize) -> String {
        let letters = [
            'a', 'ề', 'e', '\u{302}', '\u{300}', '\n', '\0', '🚢', ' ', 'Đ',
        ];
        (0..=self.roll(max_chars))
            .map(|_| letters[self.roll(letters.len())])
            .collect()
    }

    fn value(&mut self, field: &Field) -> Value {
        let options = field.options();
        match field.kind() {
            Kind::Bool => Value::Bool(self.roll(2) == 1),
            Kind::Single => Value::Single(options[self.roll(options.len())].code().to_owned()),
            Kind::Multi => {
                let sides = 1 + self.roll(options.len());
                let ticked = options.iter().filter(|_| self.roll(sides) == 0);
                Value::Multi(ticked.map(|option| option.code().to_owned()).collect())
            }
            Kind::Place => Value::Place(match self.roll(5) {
                0 => Place::Abroad,
                1 => Place::Unknown,
                2 => Place::Moving,
                3 => Place::Province(format!("{:02}", self.roll(100))),
                _ => Place::Commune {
                    province: format!("{:02}", self.roll(100)),
                    commune: format!("{:05}", self.roll(100_000)),
                },
            }),
            Kind::Time => Value::Time(u16::try_from(self.roll(1440)).unwrap()),
            Kind::Phone => {
                let digits = 3 + self.roll(13);
                let plus = if self.roll(2) == 0 { "+" } else { "" };
                let digits = (0..digits).map(|_| char::from(b"0123456789"[self.roll(10)]));
                Value::Text(plus.chars().chain(digits).collect())
            }
            Kind::Text | Kind::Long => Value::Text(self.text(field.max_chars().unwrap())),
            Kind::Int | Kind::Note => unreachable!("the form has none that is answered"),
        }
    }

    fn report(&mut self) -> Answers {
        let often = 1 + self.roll(4);
        let mut report = Answers::new();
        for field in form().questions() {
            if self.roll(often) == 0 {
                report.set(field.id(), self.value(field));
            }
        }
        report
    }
}

#[test]
fn any_report_comes_back_as_it_counts() {
    let mut dice = Dice(0x10_1f_e5);
    for round in 0..4_000 {
        let report = dice.report();
        let bytes = encode(form(), &report).unwrap();
        assert!(bytes.len() <= COMPACT_MAX_BYTES);
        let (reference, back) = decode(&bytes).unwrap();
        assert_eq!((reference.id, reference.version), ("suspicion_report", 1));
        assert!(back == form().effective(&report), "round {round}");
        assert!(
            encode(reference.form(), &back).unwrap() == bytes,
            "round {round}"
        );
    }
}

#[test]
fn damaged_bytes_are_refused_or_are_another_report_in_its_one_form() {
    let mut dice = Dice(0xda_3a_6e);
    let mut refused = 0;
    for _ in 0..8_000 {
        let mut bytes = encode(form(), &dice.report()).unwrap();
        match dice.roll(3) {
            0 => bytes.truncate(dice.roll(bytes.len())),
            1 => bytes.push(u8::try_from(dice.roll(256)).unwrap()),
            _ => {
                let at = dice.roll(bytes.len());
                bytes[at] ^= 1 << dice.roll(8);
            }
        }
        match decode(&bytes) {
            Ok((reference, back)) => {
                assert!(
                    encode(reference.form(), &back).unwrap() == bytes,
                    "one form only"
                );
            }
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 4_000, "{refused}");
}

#[test]
fn noise_is_never_a_panic() {
    let mut dice = Dice(0x00_15_e0);
    for _ in 0..20_000 {
        let mut bytes = vec![GENERATION, form().number().unwrap()];
        bytes.extend((0..dice.roll(80)).map(|_| u8::try_from(dice.roll(256)).unwrap()));
        if let Ok((reference, back)) = decode(&bytes) {
            assert!(encode(reference.form(), &back).unwrap() == bytes);
        }
    }
    for length in 0..4 {
        assert_eq!(
            decode(&vec![GENERATION; length]),
            Err(CompactError::Truncated)
        );
    }
}

#[test]
fn the_longest_report_still_fits() {
    let mut report = Answers::new();
    for field in form().questions() {
        let value = match field.kind() {
            Kind::Bool => Value::Bool(true),
            Kind::Single => Value::Single(field.options()[0].code().to_owned()),
            Kind::Multi => field
                .pick(field.options().iter().map(crate::Choice::code))
                .unwrap(),
            Kind::Place => Value::Place(Place::Abroad),
            Kind::Time => Value::Time(1439),
            Kind::Phone => Value::Text("(+84) 912 345 678       ".to_owned()),
            _ => Value::Text("🚢".repeat(field.max_chars().unwrap())),
        };
        report.set(field.id(), value);
    }
    assert!(form().effective(&report) == report, "everything is shown");
    let bytes = encode(form(), &report).unwrap();
    assert!(bytes.len() <= COMPACT_MAX_BYTES, "{}", bytes.len());
    assert!(decode(&bytes).unwrap().1 == report);
}

#[test]
fn a_report_without_words_is_a_handful_of_bytes() {
    let report = answers([
        ("danger_now", Value::Single("no".into())),
        ("when_seen", Value::Single("this_week".into())),
        ("where", Value::Place(Place::from_code("08/00721").unwrap())),
        ("how_many", Value::Single("2-5".into())),
        ("who_involved", Value::Multi(vec!["girl_u18".into()])),
        (
            "what_type",
            Value::Multi(vec!["marriage".into(), "missing".into()]),
        ),
        (
            "indicators",
            Value::Multi(vec!["r_fake_love".into(), "r_secret_hurry".into()]),
        ),
        ("contact_wanted", Value::Bool(false)),
        ("lang", Value::Single("vi".into())),
    ]);
    assert!(encode(form(), &report).unwrap().len() <= 20);
}

#[test]
fn what_was_typed_is_kept_byte_for_byte() {
    let decomposed = "Vie\u{323}\u{302}t Tri\u{300}\r\n";
    let report = answers([("where_hint", Value::Text(decomposed.into()))]);
    let bytes = encode(form(), &report).unwrap();
    assert!(
        bytes.ends_with(decomposed.as_bytes()),
        "words come last, whole"
    );
    assert!(decode(&bytes).unwrap().1 == report);
}

#[test]
fn answers_of_hidden_questions_never_leave_the_phone() {
    let shown = answers([("contact_wanted", Value::Bool(false))]);
    let mut hidden = shown.clone();
    hidden.set("safe_phone", Value::Text("0912345678".into()));
    assert_eq!(
        encode(form(), &hidden).unwrap(),
        encode(form(), &shown).unwrap()
    );
}

#[test]
fn a_bad_answer_is_not_written() {
    let report = answers([("danger_now", Value::Single("maybe".into()))]);
    assert_eq!(
        encode(form(), &report).unwrap_err().reason,
        Reason::UnknownOption
    );
    let report = answers([("shoe_size", Value::Int(42))]);
    assert_eq!(
        encode(form(), &report).unwrap_err().reason,
        Reason::UnknownField
    );
}

#[test]
fn each_refusal_has_its_name() {
    let good = encode(
        form(),
        &answers([("where_hint", Value::Text("chợ".into()))]),
    )
    .unwrap();
    assert!(decode(&good).is_ok());
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        decode(&bytes).unwrap_err()
    };
    assert_eq!(with(0, 2), CompactError::UnknownGeneration(2));
    assert_eq!(with(1, 7), CompactError::UnknownForm(7));
    let not_text = CompactError::NotText {
        field: "where_hint".into(),
    };
    assert_eq!(with(good.len() - 1, 0xff), not_text);
    let mut long = good.clone();
    long.push(b'!');
    assert_eq!(decode(&long), Err(CompactError::Trailing));
    assert_eq!(
        decode(&good[..good.len() - 1]),
        Err(CompactError::Truncated)
    );
    assert_eq!(
        decode(&vec![GENERATION; COMPACT_MAX_BYTES + 1]),
        Err(CompactError::TooLarge)
    );
    // The second bit of `reporter_anonymous` and its first: 3 stands for nothing.
    // Before it: 2 bits of danger_now and 4 of reporter_role.
    let malformed = CompactError::Malformed {
        field: "reporter_anonymous".into(),
    };
    assert_eq!(with(2, 0b0000_0011), malformed);
}

#[test]
fn the_same_answers_in_another_way_are_refused() {
    // Nothing is answered but one list; the last byte is filled with ones.
    let report = answers([("lang", Value::Single("vi".into()))]);
    let mut bytes = encode(form(), &report).unwrap();
    let last = bytes.last_mut().unwrap();
    assert_eq!(*last & 1, 0, "there is room to fill");
    *last |= 1;
    assert_eq!(decode(&bytes), Err(CompactError::NotCanonical));
}
