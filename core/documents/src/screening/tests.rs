use super::{Level, Tri, level, minor_possible, score_level};
use crate::form::{Phase, Weight, indicators};
use crate::{Answers, Value};

fn of(ids: &[&str], possible_minor: bool) -> Level {
    for id in ids {
        assert!(
            indicators().iter().any(|one| one.id() == *id),
            "{id} is no indicator"
        );
    }
    let answers: Vec<_> = ids.iter().map(|id| (*id, Tri::Yes)).collect();
    level(&answers, possible_minor).level
}

#[test]
fn the_vectors_of_the_hotline() {
    let vectors: [(&[&str], Level); 9] = [
        (&["e_ransom"], Level::Red),
        (&["t_minor_with_stranger"], Level::Red),
        (&["r_pay_too_good"], Level::Yellow),
        (
            &["r_pay_too_good", "r_no_contract", "r_secret_hurry"],
            Level::Orange,
        ),
        (&["r_job_lie"], Level::Orange),
        (
            &[
                "r_pay_too_good",
                "r_no_contract",
                "r_secret_hurry",
                "t_docs_taken",
                "t_watched",
            ],
            Level::Red,
        ),
        (&["e_hours", "e_wages_held"], Level::Red),
        (&["v_young", "v_border"], Level::Grey),
        (&["r_use_of_relation"], Level::Yellow),
    ];
    for (ids, expected) in vectors {
        assert_eq!(of(ids, false), expected, "{ids:?}");
    }
    assert_eq!(of(&["r_fake_love"], true), Level::Red);
}

#[test]
fn the_edges_of_the_rule_for_one_phase() {
    assert_eq!(
        of(&["r_pay_too_good", "r_no_contract"], false),
        Level::Yellow,
        "two medium"
    );
    assert_eq!(
        of(
            &["r_pay_too_good", "r_no_contract", "r_use_of_relation"],
            false
        ),
        Level::Orange,
        "two medium and a weak one"
    );
    assert_eq!(
        of(&["r_job_lie", "r_forced_or_sold"], false),
        Level::Orange,
        "two strong"
    );
    assert_eq!(
        of(&["e_hours"], false),
        Level::Orange,
        "one strong sign of exploitation alone"
    );
    assert_eq!(
        of(&["e_forced_sex", "e_hours"], false),
        Level::Red,
        "exploitation is positive"
    );
    assert_eq!(of(&["e_wages_held", "e_boat"], false), Level::Yellow);
    assert_eq!(
        of(&["e_wages_held", "e_boat", "e_bad_condition"], false),
        Level::Red
    );
    // Signs do not add up over phases: each phase is judged by itself.
    assert_eq!(
        of(&["r_no_contract", "t_watched", "e_wages_held"], false),
        Level::Yellow
    );
}

#[test]
fn vulnerability_never_raises_a_level_alone_not_even_for_a_child() {
    let all: Vec<&str> = indicators()
        .iter()
        .filter(|one| one.phase() == Phase::Vulnerability)
        .map(crate::Indicator::id)
        .collect();
    assert_eq!(all.len(), 6);
    assert_eq!(of(&all, false), Level::Grey);
    assert_eq!(of(&all, true), Level::Grey);
    assert_eq!(of(&[], true), Level::Grey);
}

#[test]
fn every_critical_sign_alone_is_red() {
    let critical: Vec<&str> = indicators()
        .iter()
        .filter(|one| one.weight() == Weight::Critical)
        .map(crate::Indicator::id)
        .collect();
    assert_eq!(
        critical,
        [
            "t_minor_with_stranger",
            "e_locked",
            "e_violence_now",
            "e_ransom",
            "e_sold_again",
            "e_organ"
        ]
    );
    for id in critical {
        assert_eq!(of(&[id], false), Level::Red, "{id}");
    }
}

#[test]
fn one_more_sign_never_makes_it_look_better() {
    let rank = |ids: &[&str], minor| of(ids, minor);
    let ids: Vec<&str> = indicators().iter().map(crate::Indicator::id).collect();
    for minor in [false, true] {
        for first in &ids {
            for second in &ids {
                let two = rank(&[first, second], minor);
                assert!(two >= rank(&[first], minor), "{first} and {second}");
                assert!(rank(&[first, second, "r_no_contract"], minor) >= two);
            }
        }
    }
}

#[test]
fn not_enough_information_is_said_above_two_fifths_of_dont_know() {
    let dont_know = |count: usize, asked: usize| {
        let answers: Vec<_> = indicators()
            .iter()
            .take(asked)
            .enumerate()
            .map(|(at, one)| (one.id(), if at < count { Tri::DontKnow } else { Tri::No }))
            .collect();
        level(&answers, false)
    };
    assert_eq!(
        dont_know(4, 10).enough_information,
        Some(true),
        "40 % is still enough"
    );
    assert_eq!(dont_know(5, 10).enough_information, Some(false));
    assert_eq!(dont_know(16, 40).enough_information, Some(true));
    assert_eq!(dont_know(17, 40).enough_information, Some(false));
    assert_eq!(
        dont_know(17, 40).level,
        Level::Grey,
        "don't know counts nothing"
    );
}

#[test]
fn where_signs_are_only_ticked_nothing_is_said_about_information() {
    assert_eq!(
        level(&[("e_ransom", Tri::Yes)], false).enough_information,
        None
    );
    assert_eq!(level::<&str>(&[], false).enough_information, None);
}

#[test]
fn of_two_answers_to_one_sign_the_worse_counts() {
    let answers = [
        ("e_locked", Tri::Yes),
        ("e_locked", Tri::No),
        ("from_a_newer_app", Tri::Yes),
    ];
    assert_eq!(level(&answers, false).level, Level::Red);
}

#[test]
fn a_report_about_a_girl_is_red_with_any_sign() {
    let report = |who: &str| -> Answers {
        [
            ("who_involved", vec![who.to_owned()]),
            ("indicators", vec!["r_fake_love".to_owned()]),
        ]
        .map(|(field, codes)| (field, Value::Multi(codes)))
        .into_iter()
        .collect()
    };
    for who in ["girl_u18", "boy_u18", "baby"] {
        assert!(minor_possible(&report(who)));
        assert_eq!(score_level(&report(who)), Level::Red);
    }
    for who in ["woman", "man", "unknown"] {
        assert!(!minor_possible(&report(who)));
        assert_eq!(score_level(&report(who)), Level::Yellow);
    }
}

#[test]
fn the_table_has_the_forty_signs_that_its_text_counts() {
    let count = |weight| {
        indicators()
            .iter()
            .filter(|one| one.weight() == weight)
            .count()
    };
    assert_eq!(indicators().len(), 40);
    assert_eq!(count(Weight::Critical), 6);
    assert_eq!(count(Weight::Strong), 8);
    assert_eq!(count(Weight::Medium), 19);
    assert_eq!(count(Weight::Weak), 7);
    assert_eq!(indicators().iter().filter(|one| one.common()).count(), 10);
}

#[test]
fn every_pattern_that_is_taught_has_a_sign_among_the_ten_shown_first() {
    let patterns: [&[&str]; 7] = [
        &["r_pay_too_good", "r_no_contract", "r_no_licence"],
        &[
            "r_no_contract",
            "t_docs_taken",
            "e_hours",
            "e_sold_again",
            "e_ransom",
        ],
        &["r_fake_love", "r_marriage_paid", "e_forced_marriage"],
        &["r_no_licence", "e_boat", "e_debt_bond"],
        &["r_baby_offer"],
        &["r_fake_love", "e_forced_sex", "v_young"],
        &["r_no_licence", "r_broker_fee_debt"],
    ];
    for pattern in patterns {
        let shown = |one: &crate::Indicator| one.common() && pattern.contains(&one.id());
        assert!(indicators().iter().any(shown), "{pattern:?}");
    }
}
