#![expect(clippy::unwrap_used, reason = "tests may panic")]

use super::{Urgency, leaving_within_a_week, urgency};
use crate::{Answers, Form, Kind, Place, Value};

/// Answers as `field = codes`, checked against the form, so that a code which
/// is renamed there fails here.
fn report(answers: &[(&str, &str)]) -> Answers {
    let form = Form::suspicion_report();
    let answer = |(field, codes): &(&str, &str)| {
        let field = form.field(field).unwrap();
        let value = match field.kind() {
            Kind::Multi => field.pick(codes.split(',')).unwrap(),
            Kind::Place => Value::Place(Place::from_code(codes).unwrap()),
            _ => Value::Single((*codes).to_owned()),
        };
        field.check(&value).unwrap();
        (field.id(), value)
    };
    answers.iter().map(answer).collect()
}

fn urgency_of(answers: &[(&str, &str)]) -> Urgency {
    urgency(&report(answers))
}

#[test]
fn danger_now_is_p0_with_nothing_else_known() {
    assert_eq!(urgency_of(&[("danger_now", "yes")]), Urgency::P0);
    assert_eq!(urgency_of(&[("danger_now", "unknown")]), Urgency::P4);
}

#[test]
fn a_critical_sign_is_p0_even_if_nobody_seems_in_danger() {
    for sign in [
        "t_minor_with_stranger",
        "e_locked",
        "e_violence_now",
        "e_ransom",
        "e_sold_again",
        "e_organ",
    ] {
        assert_eq!(
            urgency_of(&[("danger_now", "no"), ("indicators", sign)]),
            Urgency::P0,
            "{sign}"
        );
    }
}

#[test]
fn red_is_p1() {
    assert_eq!(
        urgency_of(&[("indicators", "e_hours,e_wages_held")]),
        Urgency::P1
    );
}

#[test]
fn a_boy_who_is_being_recruited_is_p1_and_a_man_is_not() {
    let sign = ("indicators", "r_pay_too_good");
    assert_eq!(
        urgency_of(&[("who_involved", "boy_u18"), sign]),
        Urgency::P1
    );
    assert_eq!(urgency_of(&[("who_involved", "man"), sign]), Urgency::P3);
    assert_eq!(
        urgency_of(&[("who_involved", "boy_u18")]),
        Urgency::P4,
        "a child, and no sign"
    );
}

#[test]
fn orange_is_p2() {
    assert_eq!(
        urgency_of(&[("indicators", "r_job_lie"), ("when_seen", "older")]),
        Urgency::P2
    );
}

#[test]
fn somebody_who_leaves_this_week_is_p2_with_no_sign_at_all() {
    for when in ["now", "today", "this_week"] {
        let answers = [("what_type", "job_abroad"), ("when_seen", when)];
        assert_eq!(urgency_of(&answers), Urgency::P2, "{when}");
    }
    for when in ["this_month", "older"] {
        assert_eq!(
            urgency_of(&[("what_type", "job_abroad"), ("when_seen", when)]),
            Urgency::P4
        );
    }
}

#[test]
fn what_counts_as_leaving() {
    for journey in [
        "marriage",
        "scam_compound",
        "boat",
        "cross_border",
        "missing",
    ] {
        assert!(leaving_within_a_week(&report(&[
            ("what_type", journey),
            ("when_seen", "today")
        ])));
    }
    for stay in [
        "karaoke_massage",
        "domestic_work",
        "begging",
        "baby_sale",
        "other",
        "unsure",
    ] {
        assert!(!leaving_within_a_week(&report(&[
            ("what_type", stay),
            ("when_seen", "today")
        ])));
    }
    assert!(leaving_within_a_week(&report(&[("where", "moving")])));
    assert!(leaving_within_a_week(&report(&[(
        "indicators",
        "r_secret_hurry"
    )])));
    assert!(!leaving_within_a_week(&report(&[
        ("where", "abroad"),
        ("when_seen", "now")
    ])));
}

#[test]
fn leaving_never_lowers_what_is_worse() {
    let leaving = ("where", "moving");
    assert_eq!(urgency_of(&[leaving, ("danger_now", "yes")]), Urgency::P0);
    assert_eq!(
        urgency_of(&[leaving, ("indicators", "e_forced_sex,e_hours")]),
        Urgency::P1
    );
}

#[test]
fn yellow_is_p3_and_the_rest_p4() {
    assert_eq!(
        urgency_of(&[("indicators", "r_use_of_relation")]),
        Urgency::P3
    );
    assert_eq!(
        urgency_of(&[("indicators", "v_poor_debt,v_alone")]),
        Urgency::P4
    );
    assert_eq!(urgency(&Answers::new()), Urgency::P4);
}

#[test]
fn the_most_urgent_comes_first_in_a_sorted_queue() {
    let mut queue = [
        Urgency::P3,
        Urgency::P0,
        Urgency::P4,
        Urgency::P2,
        Urgency::P1,
    ];
    queue.sort();
    assert_eq!(queue, Urgency::ALL);
    for urgency in Urgency::ALL {
        assert_eq!(Urgency::from_code(urgency.code()), Some(urgency));
    }
    assert_eq!(Urgency::from_code("p5"), None);
}
