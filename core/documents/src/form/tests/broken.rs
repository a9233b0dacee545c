//! A form with each mistake that an editor can make, and what the build says.

use crate::form::condition::ConditionError;
use crate::form::rules::SchemaError;
use crate::form::schema::{FormFile, IndicatorsFile};

const GOOD: &str = r#"
id = "lost_dog"
version = 1
number = 9
title = { vi = "Chó lạc", en = "Lost dog" }
yes = { vi = "Có", en = "Yes" }
no = { vi = "Không", en = "No" }
express = ["seen", "colour", "where"]
enough_alone = 'seen = "yes"'

[[field]]
id = "seen"
kind = "single"
required = true
vi = "Thấy chưa?"
en = "Seen?"
options = [{ code = "yes", vi = "Rồi", en = "Yes" }, { code = "no", vi = "Chưa", en = "No" }]

[[field]]
id = "colour"
kind = "multi"
vi = "Màu"
en = "Colour"
options = [{ code = "red", vi = "Đỏ", en = "Red" }]

[[field]]
id = "where"
kind = "place"
vi = "Ở đâu"
en = "Where"

[[field]]
id = "signs"
kind = "multi"
options_from = "indicators"
vi = "Dấu hiệu"
en = "Signs"

[[field]]
id = "story"
kind = "text"
max_chars = 10
show_if = 'colour has any of ["red"]'
vi = "Chuyện"
en = "Story"

[[field]]
id = "legs"
kind = "int"
min = 1
max = 4
vi = "Chân"
en = "Legs"
"#;

const SIGNS: &str = r#"
[[indicator]]
id = "barks"
phase = "transport"
weight = "weak"
vi = "Sủa"
en = "Barks"
"#;

fn parse(text: &str) -> Result<FormFile, SchemaError> {
    FormFile::parse(text, &IndicatorsFile::parse(SIGNS).unwrap())
}

/// The good form with one thing changed.
fn with(old: &str, new: &str) -> SchemaError {
    assert!(GOOD.contains(old), "the test changes nothing");
    parse(&GOOD.replacen(old, new, 1)).map(|_| ()).unwrap_err()
}

fn text(text: &str) -> String {
    text.to_owned()
}

#[test]
fn the_good_form_is_good() {
    assert!(parse(GOOD).is_ok());
}

#[test]
fn a_label_is_missing() {
    let missing = |at: &str, lang| SchemaError::MissingLabel { at: text(at), lang };
    assert_eq!(with("en = \"Colour\"", ""), missing("colour", "en"));
    assert_eq!(
        with("vi = \"Chuyện\"", "vi = \" \""),
        missing("story", "vi")
    );
    assert_eq!(with(", vi = \"Đỏ\"", ""), missing("colour.red", "vi"));
    assert_eq!(with(", en = \"Lost dog\"", ""), missing("title", "en"));
    let help = "en = \"Legs\"\nhelp = { vi = \"Đếm\" }";
    assert_eq!(with("en = \"Legs\"", help), missing("legs.help", "en"));
}

#[test]
fn a_label_is_decomposed() {
    let decomposed = with("vi = \"Đỏ\"", "vi = \"Đo\u{309}\"");
    assert_eq!(
        decomposed,
        SchemaError::NotComposed {
            at: text("colour.red")
        }
    );
}

#[test]
fn a_field_or_an_option_stands_twice() {
    assert_eq!(
        with("id = \"colour\"", "id = \"seen\""),
        SchemaError::DuplicateField {
            field: text("seen")
        }
    );
    assert_eq!(
        with("code = \"no\"", "code = \"yes\""),
        SchemaError::DuplicateOption {
            field: text("seen"),
            code: text("yes")
        }
    );
    let twice = IndicatorsFile::parse(&SIGNS.repeat(2))
        .map(|_| ())
        .unwrap_err();
    assert_eq!(twice, SchemaError::DuplicateIndicator { id: text("barks") });
}

#[test]
fn ids_and_codes_keep_to_their_letters() {
    assert_eq!(
        with("id = \"legs\"", "id = \"Legs\""),
        SchemaError::BadId { id: text("Legs") }
    );
    assert_eq!(
        with("code = \"red\"", "code = \"red,blue\""),
        SchemaError::BadCode {
            field: text("colour"),
            code: text("red,blue")
        }
    );
}

#[test]
fn a_condition_names_what_does_not_exist() {
    let condition = |new: &str| with("'colour has any of [\"red\"]'", &format!("'{new}'"));
    assert_eq!(
        condition("smell = \"bad\""),
        SchemaError::UnknownField {
            at: text("story"),
            field: text("smell")
        }
    );
    assert_eq!(
        condition("colour has any of [\"red\", \"blue\"]"),
        SchemaError::UnknownOption {
            at: text("story"),
            field: text("colour"),
            code: text("blue")
        }
    );
    assert_eq!(
        condition("signs has any of [\"bites\"]"),
        SchemaError::UnknownIndicator {
            at: text("story"),
            id: text("bites")
        }
    );
    assert_eq!(
        with("seen = \"yes\"", "seen = \"maybe\""),
        SchemaError::UnknownOption {
            at: text("enough_alone"),
            field: text("seen"),
            code: text("maybe")
        }
    );
    assert_eq!(
        with("\"colour\", \"where\"]", "\"colour\", \"when\"]"),
        SchemaError::UnknownField {
            at: text("express"),
            field: text("when")
        }
    );
}

#[test]
fn a_condition_cannot_be_read_or_does_not_fit() {
    let condition = |new: &str| with("'colour has any of [\"red\"]'", &format!("'{new}'"));
    let unread = |why| SchemaError::Condition {
        at: text("story"),
        why,
    };
    for (expression, why) in [
        ("seen", ConditionError::Operator),
        ("seen is \"yes\"", ConditionError::Operator),
        ("= \"yes\"", ConditionError::Operator),
        ("seen = yes", ConditionError::Answer),
        ("seen = \"\"", ConditionError::Answer),
        ("colour has any of \"red\"", ConditionError::List),
        ("colour has any of []", ConditionError::List),
        ("colour has any of [\"red\",]", ConditionError::List),
    ] {
        assert_eq!(condition(expression), unread(why), "{expression}");
    }
    for (expression, field) in [
        ("seen = true", "seen"),
        ("colour = \"red\"", "colour"),
        ("legs = \"4\"", "legs"),
    ] {
        let misfit = SchemaError::ConditionKind {
            at: text("story"),
            field: text(field),
        };
        assert_eq!(condition(expression), misfit, "{expression}");
    }
}

#[test]
fn fields_show_one_another_in_a_circle() {
    let circle = GOOD
        .replace(
            "express = [\"seen\", \"colour\", \"where\"]",
            "express = [\"seen\", \"where\", \"legs\"]",
        )
        .replace(
            "id = \"colour\"\n",
            "id = \"colour\"\nshow_if = 'signs has any of [\"barks\"]'\n",
        )
        .replace(
            "id = \"signs\"\n",
            "id = \"signs\"\nshow_if = 'colour has any of [\"red\"]'\n",
        );
    let error = parse(&circle).map(|_| ()).unwrap_err();
    assert_eq!(
        error,
        SchemaError::Cycle {
            path: text("colour → signs → colour")
        }
    );
    let itself = with(
        "id = \"signs\"\n",
        "id = \"signs\"\nshow_if = 'signs has any of [\"barks\"]'\n",
    );
    assert_eq!(
        itself,
        SchemaError::Cycle {
            path: text("signs → signs")
        }
    );
}

#[test]
fn a_condition_looks_at_a_question_that_comes_later() {
    let later = with(
        "id = \"where\"\n",
        "id = \"where\"\nshow_if = 'signs has any of [\"barks\"]'\n",
    );
    assert_eq!(
        later,
        SchemaError::LaterField {
            at: text("where"),
            field: text("signs")
        }
    );
}

#[test]
fn limits_and_kinds_do_not_fit() {
    for (old, new, field) in [
        ("max_chars = 10\n", "", "story"),
        ("max_chars = 10\n", "max_chars = 0\n", "story"),
        ("max_chars = 10\n", "max_chars = 2001\n", "story"),
        ("min = 1\n", "", "legs"),
        ("min = 1\n", "min = 4\n", "legs"),
        ("min = 1\n", "min = 1\nmax_chars = 3\n", "legs"),
        ("kind = \"place\"", "kind = \"single\"", "where"),
        ("options_from = \"indicators\"\n", "", "signs"),
        (
            "kind = \"text\"",
            "kind = \"text\"\noptions_from = \"indicators\"",
            "story",
        ),
        (
            "en = \"Where\"",
            "en = \"Where\"\noptions = [{ code = \"moon\", vi = \"Trăng\", en = \"Moon\" }]",
            "where",
        ),
        (
            "kind = \"text\"",
            "kind = \"text\"\nrequired = true",
            "story",
        ),
        ("kind = \"int\"", "kind = \"int\"\nrequired = true", "legs"),
        ("[\"seen\", \"colour\", \"where\"]", "[\"seen\"]", "express"),
        (
            "[\"seen\", \"colour\", \"where\"]",
            "[\"seen\", \"colour\", \"story\"]",
            "story",
        ),
    ] {
        let error = with(old, new);
        let SchemaError::Rule { field: found, .. } = &error else {
            panic!("{new}: {error}");
        };
        assert_eq!(found, field, "{new}: {error}");
    }
}

/// A report can be sent after three questions; a plan is sent nowhere, so it may
/// ask for more.
#[test]
fn only_a_form_without_a_number_may_need_more_than_three_answers() {
    let more = GOOD.replacen("kind = \"int\"", "kind = \"int\"\nrequired = true", 1);
    assert!(parse(&more).is_err());
    assert!(parse(&more.replacen("number = 9\n", "", 1)).is_ok());
}

#[test]
fn a_key_is_mistyped() {
    let error = with("max_chars = 10", "max_char = 10");
    assert!(error.to_string().contains("max_char"), "{error}");
}
