//! The words for what stands in a report: from its form where they are the
//! reporter's, from our own where they are the desk's.

use loive_documents::screening::Level;
use loive_documents::{Form, Lang as FormLang, Place, Urgency, Value, places};
use loive_strings::{Area, Lang, Words, words};

use super::time::of_day;

/// A mobile number's digits, as people read it: 4, 3 and 3.
const MOBILE_DIGITS: usize = 10;

/// Labels in one language.
#[derive(Clone, Copy)]
pub(super) struct Labels {
    /// Our own words.
    pub(super) words: &'static Words,
    lang: FormLang,
    form: &'static Form,
}

/// An urgency, ready to be shown.
#[derive(Clone, Copy)]
pub(super) struct UrgencyView {
    /// For the style sheet and forms: `p0`.
    pub(super) code: &'static str,
    /// For the eye: `P0`.
    pub(super) short: &'static str,
    /// Its name.
    pub(super) name: &'static str,
}

impl Labels {
    pub(super) fn new(lang: Lang) -> Self {
        let form_lang = match lang {
            Lang::Vi => FormLang::Vi,
            Lang::En => FormLang::En,
        };
        Self {
            words: words(Area::Console, lang),
            lang: form_lang,
            form: Form::suspicion_report(),
        }
    }

    /// The form that reports are read with.
    pub(super) fn form(&self) -> &'static Form {
        self.form
    }

    /// What it looks like.
    pub(super) fn what(&self, code: Option<&str>) -> String {
        let named = code.and_then(|code| self.option("what_type", code));
        named
            .unwrap_or_else(|| self.words.get("row.what_unknown"))
            .to_owned()
    }

    /// Where it was seen.
    pub(super) fn place(&self, place: Option<&Place>) -> String {
        place.map_or_else(
            || self.words.get("row.place_unknown").to_owned(),
            |place| places::name(place, self.lang),
        )
    }

    /// The question of a field; its id, if the form has no such field.
    pub(super) fn field<'text>(&self, id: &'text str) -> &'text str {
        self.form
            .field(id)
            .map_or(id, |field| field.label(self.lang))
    }

    /// An option of a field.
    pub(super) fn option(&self, field: &str, code: &str) -> Option<&'static str> {
        Some(self.form.field(field)?.option(code)?.label(self.lang))
    }

    /// A red flag; its id, if this version does not know it.
    pub(super) fn flag(&self, id: &str) -> String {
        self.option("indicators", id).unwrap_or(id).to_owned()
    }

    /// An answer as text.
    pub(super) fn value(&self, field: &str, value: &Value) -> String {
        let option = |code: &String| self.option(field, code).unwrap_or(code).to_owned();
        match value {
            Value::Bool(true) => self.words.get("report.yes").to_owned(),
            Value::Bool(false) => self.words.get("report.no").to_owned(),
            Value::Int(number) => number.to_string(),
            Value::Text(text) => text.clone(),
            Value::Single(code) => option(code),
            Value::Multi(codes) => codes.iter().map(option).collect::<Vec<_>>().join("\n"),
            Value::Place(place) => places::name(place, self.lang),
            Value::Time(minutes) => of_day(*minutes),
        }
    }

    /// The red-flag level in the words that the reporter's phone shows too.
    pub(super) fn level(&self, level: Level) -> String {
        let shown = self
            .form
            .calculated()
            .iter()
            .find(|one| one.id() == "score_level");
        let option = shown.and_then(|it| it.options().iter().find(|o| o.code() == level.code()));
        option
            .map_or(level.code(), |option| option.label(self.lang))
            .to_owned()
    }

    pub(super) fn urgency(&self, urgency: Urgency) -> UrgencyView {
        let (short, key) = match urgency {
            Urgency::P0 => ("P0", "urgency.p0"),
            Urgency::P1 => ("P1", "urgency.p1"),
            Urgency::P2 => ("P2", "urgency.p2"),
            Urgency::P3 => ("P3", "urgency.p3"),
            Urgency::P4 => ("P4", "urgency.p4"),
        };
        UrgencyView {
            code: urgency.code(),
            short,
            name: self.words.get(key),
        }
    }
}

/// A number in groups that can be dialled without losing one's place. Anything
/// but a plain mobile number stays as it was typed.
pub(super) fn phone_in_groups(typed: &str) -> String {
    let digits: String = typed
        .chars()
        .filter(|letter| !" .-".contains(*letter))
        .collect();
    let plain = digits.len() == MOBILE_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
    match (plain, digits.get(..4), digits.get(4..7), digits.get(7..)) {
        (true, Some(first), Some(second), Some(third)) => format!("{first} {second} {third}"),
        _ => typed.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_the_desk_has_its_words_in_both_languages() {
        for lang in Lang::ALL {
            let labels = Labels::new(lang);
            for urgency in Urgency::ALL {
                assert!(!labels.urgency(urgency).name.is_empty());
            }
            for level in [Level::Grey, Level::Yellow, Level::Orange, Level::Red] {
                assert_ne!(labels.level(level), level.code());
            }
            for refusal in loive_protocol::Refusal::ALL {
                let key = format!("refusal.{}", refusal.key());
                assert!(labels.words.find(&key).is_some(), "no words for {key}");
            }
        }
    }

    #[test]
    fn what_this_version_does_not_know_shows_its_code() {
        let labels = Labels::new(Lang::Vi);
        assert_eq!(labels.flag("x_new_sign"), "x_new_sign");
        let multi = Value::Multi(vec!["marriage".into(), "x_new".into()]);
        assert_eq!(labels.value("what_type", &multi), "Kết hôn\nx_new");
        assert_eq!(labels.what(None), "Chưa rõ việc gì");
    }

    #[test]
    fn a_phone_number_is_read_in_groups() {
        assert_eq!(phone_in_groups("0912345678"), "0912 345 678");
        assert_eq!(phone_in_groups("09.12.34.56.78"), "0912 345 678");
        assert_eq!(phone_in_groups("+84912345678"), "+84912345678");
        assert_eq!(phone_in_groups("gọi số nhà bà"), "gọi số nhà bà");
    }
}
