//! Both languages say the same things, in the words of the glossary.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeSet;

use loive_strings::{Area, Lang, placeholders, words};

fn keys(area: Area, lang: Lang) -> BTreeSet<&'static str> {
    words(area, lang).iter().map(|(key, _)| key).collect()
}

/// Every text with a name for messages, as `console/vi queue.title`.
fn every_text(lang: Lang) -> impl Iterator<Item = (String, &'static str)> {
    Area::ALL.into_iter().flat_map(move |area| {
        words(area, lang)
            .iter()
            .map(move |(key, text)| (format!("{}/{} {key}", area.folder(), lang.code()), text))
    })
}

#[test]
fn both_languages_have_the_same_keys() {
    for area in Area::ALL {
        let vi = keys(area, Lang::Vi);
        let en = keys(area, Lang::En);
        assert!(!vi.is_empty(), "{} has no words", area.folder());
        let only_vi: Vec<_> = vi.difference(&en).collect();
        let only_en: Vec<_> = en.difference(&vi).collect();
        assert!(
            only_vi.is_empty(),
            "{}: not in English: {only_vi:?}",
            area.folder()
        );
        assert!(
            only_en.is_empty(),
            "{}: not in Vietnamese: {only_en:?}",
            area.folder()
        );
    }
}

#[test]
fn both_languages_have_the_same_placeholders() {
    for area in Area::ALL {
        let en = words(area, Lang::En);
        for (key, text) in words(area, Lang::Vi).iter() {
            let in_vi: BTreeSet<_> = placeholders(text).collect();
            let in_en: BTreeSet<_> = placeholders(en.find(key).unwrap()).collect();
            assert_eq!(in_vi, in_en, "placeholders of {}/{key}", area.folder());
            let braces = text
                .chars()
                .filter(|letter| matches!(letter, '{' | '}'))
                .count();
            assert_eq!(
                braces,
                2 * placeholders(text).count(),
                "a lone brace in {key}"
            );
        }
    }
}

/// Every Vietnamese letter has a precomposed form, so NFC means: no combining
/// mark at all.
#[test]
fn letters_are_precomposed() {
    for lang in Lang::ALL {
        for (name, text) in every_text(lang) {
            assert!(
                !text
                    .chars()
                    .any(|letter| ('\u{300}'..='\u{36f}').contains(&letter)),
                "{name} has a combining mark: {text:?}"
            );
        }
    }
}

#[test]
fn no_text_is_empty_or_has_loose_spaces() {
    for lang in Lang::ALL {
        for (name, text) in every_text(lang) {
            assert!(!text.is_empty() && text == text.trim(), "{name}: {text:?}");
            assert!(!text.contains("  "), "{name} has two spaces: {text:?}");
        }
    }
}

/// The column "avoid" of the glossary, and what the design says never happens:
/// the screen says that someone "is a victim", or that something seems fine.
const AVOIDED_VI: &[&str] = &[
    "buôn người",
    "buôn bán phụ nữ",
    "kẻ bị lừa",
    "nạn nhân giả",
    "lấy chồng xa",
    "công ty online",
    "18001567",
    "đẩy ca",
    "điều tra",
    "ban ơn",
    "tiền đền",
    "trại",
    "huyện",
    "quận",
    "phòng lđtbxh",
    "xuất khẩu lao động",
    "công ty môi giới",
    "đặt cọc",
    "ham giàu",
    "dại",
    "là nạn nhân",
    "có vẻ ổn",
    "an toàn tuyệt đối",
];
const AVOIDED_EN: &[&str] = &[
    "operator",
    "operators",
    "investigate",
    "investigation",
    "is a victim",
    "seems fine",
    "looks fine",
    "district",
    "modern slavery",
];

/// Whether `phrase` stands in `text` as whole words.
fn says(text: &str, phrase: &str) -> bool {
    text.match_indices(phrase).any(|(at, found)| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let after = text
            .get(at + found.len()..)
            .and_then(|tail| tail.chars().next());
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

#[test]
fn no_word_is_used_that_the_glossary_avoids() {
    for (lang, avoided) in [(Lang::Vi, AVOIDED_VI), (Lang::En, AVOIDED_EN)] {
        for (name, text) in every_text(lang) {
            let lower = text.to_lowercase();
            for phrase in avoided {
                assert!(!says(&lower, phrase), "{name} says {phrase:?}: {text:?}");
            }
        }
    }
}

/// Others see a locked screen and search pockets.
#[test]
fn reminders_and_the_pocket_card_say_nothing_of_the_matter() {
    let keys = [
        "reminder.neutral",
        "plan.card_person",
        "plan.card_citizens",
        "plan.card_hotline",
        "plan.card_police",
    ];
    let telling = [
        "mua bán",
        "di cư",
        "kế hoạch",
        "an toàn",
        "nguy hiểm",
        "lối về",
        "trafficking",
        "migration",
        "plan",
        "safe",
        "danger",
    ];
    for lang in Lang::ALL {
        for key in keys {
            let text = words(Area::Phone, lang).get(key).to_lowercase();
            assert!(text.chars().count() <= 24, "{key} fits on a card: {text}");
            for word in telling {
                assert!(!text.contains(word), "{key} says {word:?}: {text}");
            }
        }
    }
}

#[test]
fn whole_words_are_told_from_parts() {
    assert!(says("không điều tra thêm", "điều tra"));
    assert!(!says("cổng trạihè", "trại"));
    assert!(says("trại", "trại"));
}

#[test]
fn placeholders_are_filled_once_and_never_inside_what_was_filled_in() {
    let words = words(Area::Console, Lang::En);
    assert_eq!(words.with("time.minutes", &[("n", "{n}")]), "{n} min");
    assert_eq!(words.with("time.minutes", &[]), "{n} min");
}

#[test]
fn languages_go_by_their_code() {
    for lang in Lang::ALL {
        assert_eq!(Lang::from_code(lang.code()), Some(lang));
    }
    assert_eq!(Lang::from_code("fr"), None);
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "no words for the key")]
fn a_forgotten_key_is_found_by_the_first_look() {
    words(Area::Console, Lang::Vi).get("no.such.key");
}
