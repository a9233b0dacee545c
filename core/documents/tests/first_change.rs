//! Three SMS bring the compact form, and the desk rebuilds the very change
//! that the phone has. If a test here fails, phones in the field and the desk
//! no longer agree: never write new vectors for an old generation.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod support;

use std::fs;
use std::path::PathBuf;

use automerge::Change;
use loive_documents::validate::{Rules, check_change};
use loive_documents::{Applied, Form, ReportDocument, Value, compact, first_change};
use support::{FIRST, NOW, PHONE};

const NAMES: [&str; 6] = [
    "as_typed",
    "danger_only",
    "empty",
    "everything",
    "express",
    "many_signs",
];

fn golden(file: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(file);
    fs::read_to_string(path).unwrap()
}

fn compact_form(name: &str) -> Vec<u8> {
    support::unhex(golden(&format!("{name}.hex")).trim())
}

#[test]
fn the_first_change_is_frozen() {
    let golden = golden("first_changes.txt");
    let mut frozen = golden.lines().filter(|line| !line.starts_with('#'));
    for name in NAMES {
        let change = first_change(&compact_form(name), FIRST).unwrap();
        let line = format!(
            "{name} {} {}",
            support::hex(&change.hash),
            support::hex(&change.raw)
        );
        assert_eq!(frozen.next(), Some(line.as_str()));
    }
    assert_eq!(frozen.next(), None);
}

#[test]
fn automerge_agrees_on_the_hash_and_on_every_field_in_schema_order() {
    let form = Form::suspicion_report();
    for name in NAMES {
        let compact = compact_form(name);
        let first = first_change(&compact, FIRST).unwrap();
        let change = Change::from_bytes(first.raw.clone()).unwrap();
        assert_eq!(change.hash().0, first.hash);
        assert_eq!(first.check(), first.hash[..8]);
        assert_eq!(
            (change.seq(), change.start_op().get(), change.timestamp()),
            (1, 1, 0)
        );
        assert_eq!(change.actor_id().to_bytes(), FIRST);
        assert!(change.deps().is_empty() && change.message().is_none());

        let (_, answers) = compact::decode(&compact).unwrap();
        let answered = form.fields().iter().map(loive_documents::Field::id);
        let mut expected = vec!["form", "form_version"];
        expected.extend(answered.filter(|id| answers.get(id).is_some()));
        let written: Vec<String> = change
            .decode()
            .operations
            .iter()
            .map(|operation| match &operation.key {
                automerge::legacy::Key::Map(key) => key.to_string(),
                automerge::legacy::Key::Seq(_) => String::new(),
            })
            .collect();
        assert_eq!(written, expected, "{name}");
    }
}

#[test]
fn the_desk_rebuilds_the_report_and_merges_what_follows() {
    let compact = compact_form("everything");
    let on_phone = first_change(&compact, FIRST).unwrap();
    let at_desk = first_change(&compact, FIRST).unwrap();
    assert!(on_phone == at_desk);
    let rules = Rules::report().with_first_actor(FIRST);
    assert!(check_change(&at_desk.raw, &rules).is_ok());

    let mut phone = ReportDocument::new_from_first(&on_phone.raw).unwrap();
    let mut desk = ReportDocument::new_from_first(&at_desk.raw).unwrap();
    let (_, answers) = compact::decode(&compact).unwrap();
    assert!(desk.view().answers == answers);
    assert_eq!(desk.view().form.as_deref(), Some("suspicion_report"));
    assert_eq!(desk.view().form_version, Some(1));
    assert!(desk.view().unknown.is_empty());

    let later = phone
        .set("danger_now", &Value::Single("no".to_owned()), PHONE, NOW)
        .unwrap();
    assert_eq!(desk.apply(&later.unwrap()), Ok(Applied::New));
}

#[test]
fn another_seed_or_another_answer_is_another_change() {
    let compact = compact_form("express");
    let one = first_change(&compact, FIRST).unwrap();
    assert_ne!(one.hash, first_change(&compact, PHONE).unwrap().hash);
    let other = first_change(&compact_form("danger_only"), FIRST).unwrap();
    assert_ne!(one.hash, other.hash);
    assert!(first_change(&compact[1..], FIRST).is_err());
}
