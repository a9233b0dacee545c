//! People filling in the report of a suspicion.

use crate::form::{Field, Kind};
use crate::screening::Level;
use crate::{Answers, Form, Lang, Place, Value, indicators};

fn form() -> &'static Form {
    Form::suspicion_report()
}

fn single(code: &str) -> Value {
    Value::Single(code.to_owned())
}

fn ids<'a>(fields: impl IntoIterator<Item = &'a Field>) -> Vec<&'a str> {
    fields.into_iter().map(Field::id).collect()
}

fn visible(answers: &Answers) -> Vec<&'static str> {
    ids(form().visible(answers))
}

#[test]
fn the_form_opens_with_the_numbers_to_call() {
    let first = form().visible(&Answers::new())[0];
    assert_eq!(first.kind(), Kind::Note);
    assert!(first.label(Lang::Vi).contains("113") && first.label(Lang::Vi).contains("111"));
    assert!(first.label(Lang::En).contains("113") && first.label(Lang::En).contains("111"));
}

#[test]
fn three_answers_are_enough_to_send() {
    let mut answers = Answers::new();
    assert_eq!(
        ids(form().missing(&answers)),
        ["danger_now", "where", "what_type"]
    );
    assert_eq!(ids(form().express()), ["danger_now", "where", "what_type"]);
    answers.set("danger_now", single("no"));
    answers.set("where", Value::Place(Place::Unknown));
    assert_eq!(ids(form().missing(&answers)), ["what_type"]);
    answers.set("what_type", Value::Multi(Vec::new()));
    assert_eq!(
        ids(form().missing(&answers)),
        ["what_type"],
        "nothing ticked is no answer"
    );
    answers.set("what_type", Value::Multi(vec!["unsure".into()]));
    assert!(form().missing(&answers).is_empty());
}

#[test]
fn somebody_in_danger_is_never_held_up_by_the_form() {
    let danger: Answers = [("danger_now", single("yes"))].into_iter().collect();
    assert!(form().missing(&danger).is_empty());
}

#[test]
fn a_person_who_wants_no_name_and_no_call_can_send() {
    let answers: Answers = [
        ("danger_now", single("unknown")),
        ("where", Value::Place(Place::Province("08".into()))),
        ("what_type", Value::Multi(vec!["marriage".into()])),
        ("reporter_anonymous", Value::Bool(true)),
        ("contact_wanted", Value::Bool(false)),
    ]
    .into_iter()
    .collect();
    assert!(form().missing(&answers).is_empty());
    assert!(form().check_all(&answers).is_ok());
}

#[test]
fn questions_appear_when_they_make_sense() {
    let asks = |field: &str, value: Value, question: &str| {
        let answers: Answers = [(field, value)].into_iter().collect();
        visible(&answers).contains(&question)
    };
    assert!(asks("danger_now", single("yes"), "danger_call_done"));
    assert!(!asks("danger_now", single("no"), "danger_call_done"));
    assert!(asks("where", Value::Place(Place::Abroad), "country_abroad"));
    assert!(!asks(
        "where",
        Value::Place(Place::Moving),
        "country_abroad"
    ));
    for kind in ["cross_border", "job_abroad"] {
        assert!(asks(
            "what_type",
            Value::Multi(vec!["other".into(), kind.into()]),
            "route_info"
        ));
    }
    assert!(!asks(
        "what_type",
        Value::Multi(vec!["begging".into()]),
        "route_info"
    ));
    let about_the_call = [
        "safe_phone",
        "safe_days",
        "safe_from",
        "safe_to",
        "safe_word",
        "voicemail_ok",
        "sms_ok",
        "phone_shared",
    ];
    for question in about_the_call {
        assert!(
            asks("contact_wanted", Value::Bool(true), question),
            "{question}"
        );
        assert!(
            !asks("contact_wanted", Value::Bool(false), question),
            "{question}"
        );
        assert!(!visible(&Answers::new()).contains(&question), "{question}");
    }
}

#[test]
fn the_language_is_recorded_and_nobody_is_asked() {
    assert!(!visible(&Answers::new()).contains(&"lang"));
    let answers: Answers = [("lang", single("vi"))].into_iter().collect();
    assert_eq!(form().effective(&answers), answers);
}

#[test]
fn who_takes_back_the_wish_to_be_called_takes_the_number_with_it() {
    let mut answers = Answers::new();
    answers.set("contact_wanted", Value::Bool(true));
    answers.set("safe_phone", Value::Text("0912 345 678".into()));
    assert!(form().effective(&answers).get("safe_phone").is_some());
    answers.set("contact_wanted", Value::Bool(false));
    assert!(form().effective(&answers).get("safe_phone").is_none());
    assert!(answers.get("safe_phone").is_some(), "the draft keeps it");
}

#[test]
fn what_is_sent_is_in_order_and_holds_nothing_empty_or_strange() {
    let mut answers = Answers::new();
    answers.set(
        "what_type",
        Value::Multi(["other", "boat", "boat"].map(String::from).into()),
    );
    answers.set("where_hint", Value::Text(String::new()));
    answers.set("consent_share", Value::Multi(Vec::new()));
    answers.set("from_a_newer_app", Value::Bool(true));
    answers.set("opening", Value::Bool(true));
    let effective = form().effective(&answers);
    assert_eq!(effective.ticked("what_type"), ["boat", "other"]);
    assert_eq!(effective.len(), 1);
}

#[test]
fn what_the_form_never_asks_and_never_stores() {
    let ids = ids(form().fields());
    let gone = [
        "attach_ad",
        "public_receipt_code",
        "sync_state",
        "minor_possible",
        "urgency",
    ];
    for id in gone {
        assert!(!ids.contains(&id), "{id}");
    }
    assert_eq!(
        form()
            .calculated()
            .iter()
            .map(crate::Calculated::id)
            .collect::<Vec<_>>(),
        ["minor_possible", "score_level", "urgency"]
    );
    assert_eq!(
        form().questions().count(),
        29,
        "all of the form, and the language"
    );
}

#[test]
fn only_three_questions_are_required() {
    let required = form().fields().iter().filter(|field| field.required());
    assert_eq!(ids(required), ["danger_now", "where", "what_type"]);
}

#[test]
fn every_sign_can_be_ticked_and_the_common_ones_are_marked() {
    let field = form().field("indicators").unwrap();
    assert_eq!(field.options().len(), 40);
    for (option, indicator) in field.options().iter().zip(indicators()) {
        assert_eq!(option.code(), indicator.id());
        assert_eq!(option.label(Lang::Vi), indicator.label(Lang::Vi));
    }
    assert_eq!(
        field
            .options()
            .iter()
            .filter(|option| option.common())
            .count(),
        10
    );
}

#[test]
fn there_are_words_for_every_result() {
    let codes = |id: &str| {
        let calculated = form()
            .calculated()
            .iter()
            .find(|one| one.id() == id)
            .unwrap();
        calculated
            .options()
            .iter()
            .map(|option| option.code().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        codes("urgency"),
        crate::Urgency::ALL.map(crate::Urgency::code)
    );
    assert_eq!(
        codes("score_level"),
        [Level::Red, Level::Orange, Level::Yellow, Level::Grey].map(Level::code)
    );
}

#[test]
fn answers_are_read_out_in_words() {
    let show = |id: &str, value: Value, lang| form().show(form().field(id).unwrap(), &value, lang);
    assert_eq!(show("danger_now", single("yes"), Lang::Vi), ["Có"]);
    let kinds = Value::Multi(vec!["boat".into(), "other".into()]);
    assert_eq!(
        show("what_type", kinds, Lang::En),
        ["Work on a fishing boat", "Something else"]
    );
    let place = Value::Place(Place::from_code("01/00004").unwrap());
    assert_eq!(show("where", place, Lang::Vi), ["Phường Ba Đình, Hà Nội"]);
    assert_eq!(
        show("contact_wanted", Value::Bool(false), Lang::Vi),
        ["Không"]
    );
    assert_eq!(
        show("safe_from", Value::Time(9 * 60 + 5), Lang::En),
        ["09:05"]
    );
    assert_eq!(
        show("safe_word", Value::Text("hoa ban".into()), Lang::En),
        ["hoa ban"]
    );
    assert_eq!(show("country_abroad", single("XX"), Lang::En), ["XX"]);
}

#[test]
fn no_label_uses_a_word_that_the_glossary_avoids() {
    let avoided = [
        "buôn người",
        "buôn bán",
        "nạn nhân",
        "công ty online",
        "huyện",
        "quận",
        "xuất khẩu lao động",
        "đẩy ca",
        "điều tra",
        "ham giàu",
        "18001567",
        "đặt cọc",
        "vượt biên",
    ];
    let mut labels: Vec<&str> = indicators().iter().map(|one| one.label(Lang::Vi)).collect();
    for field in form().fields().iter().chain(Form::safety_plan().fields()) {
        labels.push(field.label(Lang::Vi));
        labels.extend(field.help(Lang::Vi));
        labels.extend(field.options().iter().map(|option| option.label(Lang::Vi)));
    }
    for label in labels {
        let small = label.to_lowercase();
        let words: Vec<&str> = small
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let line = format!(" {} ", words.join(" "));
        assert!(
            !avoided
                .iter()
                .any(|word| line.contains(&format!(" {word} "))),
            "{label}"
        );
    }
}
