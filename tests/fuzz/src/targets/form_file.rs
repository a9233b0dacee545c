use loive_documents::{Answers, Field, Kind, Lang, Place, Value, compact, fuzzing};

/// The indicators, where the bytes bring none.
const INDICATORS: &str = include_str!("../../../../core/documents/forms/indicators.toml");
/// What stands between a form and the indicators that it brings.
const BETWEEN: &str = "\n---\n";

/// The file of a form, as an editor may leave it: it is understood, and can be
/// asked, shown and encoded, or what is wrong with it is said.
pub fn form_file(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else {
        return;
    };
    let (form, indicators) = text.split_once(BETWEEN).unwrap_or((text, INDICATORS));
    let form = match fuzzing::form_file(form, indicators) {
        Ok(form) => form,
        Err(why) => {
            assert!(!why.is_empty());
            return;
        }
    };
    let mut answers = Answers::new();
    drop((form.visible(&answers), form.missing(&answers)));
    for field in form.express() {
        assert!(form.field(field.id()).is_some());
    }
    for field in form.fields() {
        assert!(!field.label(Lang::Vi).is_empty() && !field.label(Lang::En).is_empty());
        if let Some(value) = some_answer(field) {
            assert!(
                form.check(field, &value).is_ok(),
                "a good answer is refused"
            );
            drop(form.show(field, &value, Lang::Vi));
            answers.set(field.id(), value);
        }
    }
    drop((form.visible(&answers), form.missing(&answers)));
    assert!(form.effective(&form.effective(&answers)) == form.effective(&answers));
    assert_eq!(
        compact::encode(&form, &answers).is_ok(),
        form.travels(),
        "good answers are refused, or a plan would be sent"
    );
}

/// An answer that fits the field.
fn some_answer(field: &Field) -> Option<Value> {
    let option = || field.options().first().map(|it| it.code().to_owned());
    Some(match field.kind() {
        Kind::Bool => Value::Bool(true),
        Kind::Single => Value::Single(option()?),
        Kind::Multi => Value::Multi(vec![option()?]),
        Kind::Int => Value::Int(field.range()?.1),
        Kind::Place => Value::Place(Place::Province("01".to_owned())),
        Kind::Text | Kind::Long => Value::Text("đ".repeat(field.max_chars()?)),
        Kind::Phone if field.max_chars()? >= 3 => Value::Text("113".to_owned()),
        Kind::Time => Value::Time(1_439),
        Kind::Phone | Kind::Note => return None,
    })
}
