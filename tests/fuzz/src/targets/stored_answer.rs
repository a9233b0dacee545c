use loive_documents::{Answers, Form, Lang, Scalar, Value, compact};

/// What stands at a field, in a document or in a row: the first byte says which
/// field, the second what kind, the rest is the value.
pub fn stored_answer(bytes: &[u8]) {
    let Some((&[field, kind], rest)) = bytes.split_first_chunk() else {
        return;
    };
    let form = Form::suspicion_report();
    let fields = form.fields();
    let Some(field) = fields.get(usize::from(field) % fields.len()) else {
        return;
    };
    let scalar = match kind % 3 {
        0 => Scalar::Str(String::from_utf8_lossy(rest).into_owned()),
        1 => Scalar::Bool(rest.first().is_some_and(|byte| byte & 1 == 1)),
        _ => Scalar::Int(number(rest)),
    };
    let Ok(value) = Value::from_scalar(field, &scalar) else {
        return;
    };
    assert!(
        form.check(field, &value).is_ok(),
        "an answer that does not fit"
    );
    let again = Value::from_scalar(field, &value.to_scalar());
    assert!(
        again.is_ok_and(|again| again == value),
        "it reads otherwise"
    );
    for lang in [Lang::Vi, Lang::En] {
        drop(form.show(field, &value, lang));
    }
    let answers: Answers = [(field.id(), value)].into_iter().collect();
    let bytes = compact::encode(form, &answers).expect("an answer that fits");
    let (_, read) = compact::decode(&bytes).expect("our own compact form");
    assert!(
        read == form.effective(&answers),
        "the compact form says something else"
    );
}

/// Up to eight bytes as a number.
fn number(bytes: &[u8]) -> i64 {
    bytes
        .iter()
        .take(8)
        .fold(0, |number, byte| number << 8 | i64::from(*byte))
}
