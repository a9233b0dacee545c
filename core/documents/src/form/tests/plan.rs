//! Lan fills in her safety plan before she leaves.

use super::super::Reason;
use crate::compact::encode;
use crate::form::{Calculation, Field, Kind};
use crate::{Answers, Form, Lang, Value};

fn plan() -> &'static Form {
    Form::safety_plan()
}

fn ids<'a>(fields: impl IntoIterator<Item = &'a Field>) -> Vec<&'a str> {
    fields.into_iter().map(Field::id).collect()
}

#[test]
fn the_plan_asks_what_finds_somebody_and_first_what_matters_tonight() {
    assert_eq!(
        ids(plan().questions()),
        [
            "my_route",
            "destination",
            "employer_or_company",
            "trusted_1_name",
            "trusted_1_phone",
            "trusted_2_name",
            "trusted_2_phone",
            "checkin_schedule",
            "code_ok",
            "code_danger",
            "if_missed",
            "family_action",
            "doc_copies",
            "money_reserve",
            "numbers_memorised",
            "phone_safety",
            "leave_plan",
            "health_notes",
            "checks",
        ]
    );
    assert_eq!(
        ids(plan().express()),
        ["destination", "trusted_1_phone", "checkin_schedule"]
    );
    assert_eq!(plan().missing(&Answers::new()).len(), 10);
}

#[test]
fn there_are_ten_checks_in_both_languages() {
    let checks = plan().field("checks").unwrap();
    assert_eq!(checks.kind(), Kind::Multi);
    let codes: Vec<_> = checks
        .options()
        .iter()
        .map(|one| one.code().to_owned())
        .collect();
    let expected: Vec<_> = (1..=10).map(|number| format!("check_{number}")).collect();
    assert_eq!(codes, expected);
    for check in checks.options() {
        assert_ne!(check.label(Lang::Vi), check.label(Lang::En));
    }
    let [done] = plan().calculated() else {
        panic!("one thing is computed");
    };
    assert_eq!(done.id(), "accepted_terms_checked");
    assert_eq!(done.calculation(), Calculation::AllChecks);
}

#[test]
fn a_plan_cannot_become_a_report() {
    let mut answers = Answers::new();
    let refused = encode(plan(), &answers).unwrap_err();
    assert_eq!(refused.field, "safety_plan");
    assert_eq!(refused.reason, Reason::UnknownField);
    assert!(!plan().travels() && Form::suspicion_report().travels());
    assert!(Form::find("safety_plan", plan().version()).is_none());
    assert!(Form::by_number(0).is_none());
    // Nor is an answer of it taken by the form of reports.
    answers.set("my_route", Value::Text("xe 6 giờ".into()));
    assert!(plan().check_all(&answers).is_ok());
    assert!(encode(Form::suspicion_report(), &answers).is_err());
}
