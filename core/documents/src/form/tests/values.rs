//! Answers that fit their field, and those that do not.

use std::borrow::Borrow;

use crate::form::Form;
use crate::{Answers, Place, Reason, Scalar, Value};

fn reason(field: &str, value: impl Borrow<Value>) -> Option<Reason> {
    let form = Form::suspicion_report();
    form.check(form.field(field).unwrap(), value.borrow())
        .err()
        .map(|error| error.reason)
}

fn words(field: &str, text: &str) -> Option<Reason> {
    reason(field, Value::Text(text.to_owned()))
}

#[test]
fn length_is_counted_in_characters_as_people_count_them() {
    let hint = "ở".repeat(120);
    assert!(hint.len() > 300, "three bytes each");
    assert_eq!(words("where_hint", &hint), None);
    let longer = format!("{hint}!");
    assert_eq!(
        words("where_hint", &longer),
        Some(Reason::TooLong {
            limit: 120,
            found: 121
        })
    );
    assert_eq!(words("where_hint", ""), None);
}

#[test]
fn a_telephone_number_is_taken_as_people_write_it() {
    for good in [
        "111",
        "0912345678",
        "0912 345 678",
        "+84 912-345-678",
        "(+84) 912.345.678",
        "",
    ] {
        assert_eq!(words("safe_phone", good), None, "{good}");
    }
    for bad in [
        "11",
        "1234567890123456",
        "09123456a8",
        "0912+345678",
        "số của Lan",
        "091234567٨",
    ] {
        assert_eq!(words("safe_phone", bad), Some(Reason::Phone), "{bad}");
    }
    let long = format!("0912345678{}", " ".repeat(20));
    assert_eq!(
        words("safe_phone", &long),
        Some(Reason::TooLong {
            limit: 24,
            found: 30
        })
    );
}

#[test]
fn an_answer_must_be_of_the_fields_kind() {
    assert_eq!(
        reason("danger_now", Value::Bool(true)),
        Some(Reason::WrongType)
    );
    assert_eq!(words("danger_now", "yes"), Some(Reason::WrongType));
    assert_eq!(
        reason("contact_wanted", Value::Single("yes".into())),
        Some(Reason::WrongType)
    );
    assert_eq!(reason("safe_from", Value::Int(60)), Some(Reason::WrongType));
    assert_eq!(
        reason("opening", Value::Bool(true)),
        Some(Reason::UnknownField)
    );
}

#[test]
fn options_times_and_places_are_checked() {
    assert_eq!(
        reason("danger_now", Value::Single("maybe".into())),
        Some(Reason::UnknownOption)
    );
    let ticked = Value::Multi(vec!["boat".into(), "ship".into()]);
    assert_eq!(reason("what_type", ticked), Some(Reason::UnknownOption));
    assert_eq!(reason("safe_from", Value::Time(1439)), None);
    assert_eq!(reason("safe_from", Value::Time(1440)), Some(Reason::Time));
    for bad in ["8", "080", "xx"] {
        let place = Value::Place(Place::Province(bad.into()));
        assert_eq!(reason("where", place), Some(Reason::Place), "{bad}");
    }
    let newer = Place::Commune {
        province: "08".into(),
        commune: "99999".into(),
    };
    assert_eq!(
        reason("where", Value::Place(newer)),
        None,
        "communes are merged and renamed"
    );
}

#[test]
fn every_answer_goes_through_a_document_and_comes_back() {
    let form = Form::suspicion_report();
    for (field, value, scalar) in [
        (
            "danger_now",
            Value::Single("yes".into()),
            Scalar::Str("yes".into()),
        ),
        ("contact_wanted", Value::Bool(true), Scalar::Bool(true)),
        (
            "what_type",
            Value::Multi(vec!["marriage".into(), "boat".into()]),
            Scalar::Str("marriage,boat".into()),
        ),
        (
            "where",
            Value::Place(Place::Commune {
                province: "01".into(),
                commune: "00004".into(),
            }),
            Scalar::Str("01/00004".into()),
        ),
        (
            "where",
            Value::Place(Place::Province("01".into())),
            Scalar::Str("01".into()),
        ),
        (
            "where",
            Value::Place(Place::Moving),
            Scalar::Str("moving".into()),
        ),
        ("safe_from", Value::Time(8 * 60 + 30), Scalar::Int(510)),
        (
            "where_hint",
            Value::Text("chợ, cổng sau".into()),
            Scalar::Str("chợ, cổng sau".into()),
        ),
    ] {
        assert!(value.to_scalar() == scalar, "{field}");
        let back = Value::from_scalar(form.field(field).unwrap(), &scalar).unwrap();
        assert!(back == value, "{field}");
    }
}

#[test]
fn a_scalar_that_is_no_answer_is_refused() {
    let form = Form::suspicion_report();
    let refused = |field: &str, scalar: Scalar| {
        Value::from_scalar(form.field(field).unwrap(), &scalar)
            .unwrap_err()
            .reason
    };
    assert_eq!(refused("danger_now", Scalar::Bool(true)), Reason::WrongType);
    assert_eq!(
        refused("what_type", Scalar::Str("boat,ship".into())),
        Reason::UnknownOption
    );
    assert_eq!(refused("safe_from", Scalar::Int(-1)), Reason::Time);
    assert_eq!(refused("safe_from", Scalar::Int(70_000)), Reason::Time);
    for bad in ["", "1", "01/", "01/4", "01/00004/1", "sea", "०१"] {
        assert_eq!(
            refused("where", Scalar::Str(bad.into())),
            Reason::Place,
            "{bad}"
        );
    }
    assert!(matches!(
        refused("suspect_info", Scalar::Str("a".repeat(501))),
        Reason::TooLong {
            limit: 500,
            found: 501
        }
    ));
}

#[test]
fn picking_puts_options_in_the_order_of_the_form() {
    let form = Form::suspicion_report();
    let field = form.field("what_type").unwrap();
    let picked = field.pick(["unsure", "boat", "marriage", "boat"]).unwrap();
    assert!(picked == Value::Multi(["marriage", "boat", "unsure"].map(String::from).into()));
    assert_eq!(
        field.pick(["ship"]).unwrap_err().reason,
        Reason::UnknownOption
    );
    let one = form.field("danger_now").unwrap();
    assert_eq!(one.pick(["yes"]).unwrap_err().reason, Reason::WrongType);
}

#[test]
fn an_answer_to_no_question_is_named() {
    let answers: Answers = [("shoe_size", Value::Int(42))].into_iter().collect();
    let error = Form::suspicion_report().check_all(&answers).unwrap_err();
    assert_eq!(
        (error.field.as_str(), error.reason),
        ("shoe_size", Reason::UnknownField)
    );
}

#[test]
fn nothing_that_somebody_wrote_reaches_a_log() {
    let secret = "Mèo Vạc";
    let values = [
        Value::Text(secret.into()),
        Value::Single(secret.into()),
        Value::Multi(vec![secret.into()]),
        Value::Place(Place::Province(secret.into())),
    ];
    let form = Form::suspicion_report();
    for value in values {
        let shown = format!("{value:?} {:?} {:?}", value.to_scalar(), Some(&value));
        let mut answers = Answers::new();
        answers.set("danger_now", value.clone());
        answers.set("where_hint", Value::Text(secret.repeat(50)));
        let error = form.check_all(&answers).unwrap_err();
        let hint = form.field("where_hint").unwrap();
        let long = form
            .check(hint, &Value::Text(secret.repeat(50)))
            .unwrap_err();
        let all = format!("{shown} {answers:?} {error} {error:?} {long} {long:?}");
        assert!(!all.contains("Mèo"), "{all}");
    }
    let place = Place::Province(secret.into());
    assert!(!format!("{place:?}").contains("Mèo"));
}
