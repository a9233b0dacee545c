//! A report after it was sent: it is corrected, answered late, edited on two
//! phones, restored from a backup, and written by a newer app.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod support;

use automerge::ROOT;
use automerge::transaction::Transactable;
use loive_documents::validate::{Rules, check_change};
use loive_documents::{Applied, Place, Released, ReportDocument, Value, WriteError};
use loive_protocol::Refusal;
use support::{
    Dice, FIRST, Forged, NOW, PHONE, PRED_ACTOR, PRED_COUNT, PRED_COUNTER, RESTORED, automerge_of,
    by_automerge, commit, first, hash, run, signed, unsigned,
};

fn report() -> ReportDocument {
    ReportDocument::new_from_first(&first()).unwrap()
}

fn single(code: &str) -> Value {
    Value::Single(code.to_owned())
}

fn hint(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn copy(report: &ReportDocument) -> ReportDocument {
    let rows: Vec<&[u8]> = report.changes().chain(report.waiting()).collect();
    ReportDocument::load(rows).unwrap()
}

#[test]
fn the_reporter_corrects_an_answer_and_the_hotline_sees_it() {
    let mut phone = report();
    let mut desk = report();
    let change = phone.set("danger_now", &single("yes"), PHONE, NOW).unwrap();
    assert_eq!(desk.apply(&change.unwrap()), Ok(Applied::New));
    let view = desk.view();
    assert_eq!(view.answers.get("danger_now"), Some(&single("yes")));
    assert_eq!(view.form.as_deref(), Some("suspicion_report"));
    assert_eq!(view.form_version, Some(1));
    assert!(view.conflicts.is_empty() && view.unknown.is_empty());
    assert_eq!(desk.heads(), phone.heads());
}

#[test]
fn the_same_answer_again_makes_no_change() {
    let mut phone = report();
    let place = Value::Place(Place::from_code("01/00004").unwrap());
    assert_eq!(phone.set("where", &place, PHONE, NOW), Ok(None));
    assert_eq!(phone.clear("where_hint", PHONE, NOW), Ok(None));
    assert_eq!(phone.changes().len(), 1);
}

#[test]
fn what_arrives_twice_counts_once() {
    let mut phone = report();
    let mut desk = report();
    let change = phone.set("danger_now", &single("no"), PHONE, NOW).unwrap();
    let change = change.unwrap();
    assert_eq!(desk.apply(&change), Ok(Applied::New));
    assert_eq!(desk.apply(&change), Ok(Applied::Known));
    assert_eq!(desk.apply(&first()), Ok(Applied::Known));
    assert_eq!(desk.changes().len(), 2);
}

#[test]
fn what_arrives_early_waits_and_is_applied_later() {
    let mut phone = report();
    let one = phone
        .set("danger_now", &single("yes"), PHONE, NOW)
        .unwrap()
        .unwrap();
    let two = phone
        .add_message("Xe vừa rẽ lên núi", PHONE, NOW + 1, [0; 4])
        .unwrap();

    let mut desk = report();
    assert_eq!(desk.apply(&two), Ok(Applied::Waiting));
    assert_eq!(desk.apply(&two), Ok(Applied::Known));
    assert_eq!(desk.waiting().collect::<Vec<_>>(), [two.as_slice()]);
    assert!(desk.view().messages.is_empty());
    // The desk is stopped and started meanwhile.
    let mut desk = copy(&desk);
    assert_eq!(desk.waiting().len(), 1);
    assert_eq!(desk.apply(&one), Ok(Applied::New));
    let released = Released {
        hash: hash(&two),
        refusal: None,
    };
    assert_eq!(desk.take_released(), [released]);
    assert_eq!(desk.take_released(), []);
    assert_eq!(desk.view().messages[0].text, "Xe vừa rẽ lên núi");
    assert_eq!(desk.waiting().len(), 0);
    assert_eq!(desk.heads(), phone.heads());
}

#[test]
fn one_bad_row_does_not_cost_the_good_ones() {
    let mut phone = report();
    phone.set("danger_now", &single("yes"), PHONE, NOW).unwrap();
    phone
        .add_message("Giúp em với", PHONE, NOW, [0; 4])
        .unwrap();
    let mut rows: Vec<Vec<u8>> = phone.changes().map(<[u8]>::to_vec).collect();
    rows.insert(1, vec![0; 40]);
    rows.reverse();
    let loaded = ReportDocument::load(rows.iter().map(Vec::as_slice)).unwrap();
    assert!(loaded.view() == phone.view());
    assert_eq!(loaded.damaged_rows().len(), 1);
    assert_eq!(loaded.damaged_rows()[0].index, 2);
    let nothing = ReportDocument::load([[0_u8; 40].as_slice()]).err().unwrap();
    assert_eq!((nothing.rows, nothing.first), (1, Refusal::Malformed));
}

#[test]
fn two_phones_answer_one_question_differently_and_both_answers_show() {
    let mut mother = report();
    let mut aunt = report();
    let hers = mother
        .set("where_hint", &hint("cạnh chợ"), PHONE, NOW)
        .unwrap()
        .unwrap();
    let theirs = aunt
        .set("where_hint", &hint("bến xe"), RESTORED, NOW)
        .unwrap()
        .unwrap();
    let mut one = report();
    let mut other = report();
    one.apply(&hers).unwrap();
    one.apply(&theirs).unwrap();
    other.apply(&theirs).unwrap();
    other.apply(&hers).unwrap();
    let view = one.view();
    assert!(view == other.view(), "the order of arrival does not matter");
    assert_eq!(
        view.conflicts["where_hint"],
        [hint("bến xe"), hint("cạnh chợ")]
    );
    let picked = view.answers.get("where_hint").unwrap().clone();
    assert!(view.conflicts["where_hint"].contains(&picked));

    // Picking the very answer that is shown settles it.
    let settled = one.set("where_hint", &picked, PHONE, NOW + 9).unwrap();
    assert!(settled.is_some());
    assert!(one.view().conflicts.is_empty());
}

#[test]
fn two_people_who_say_the_same_do_not_disagree() {
    let mut one = report();
    let mut other = report();
    one.set("danger_now", &single("yes"), PHONE, NOW).unwrap();
    let same = other
        .set("danger_now", &single("yes"), RESTORED, NOW)
        .unwrap();
    one.apply(&same.unwrap()).unwrap();
    assert!(one.view().conflicts.is_empty());
}

#[test]
fn a_backup_that_writes_again_under_its_old_actor_is_told_so() {
    let mut phone = report();
    let lost = phone
        .set("danger_now", &single("yes"), PHONE, NOW)
        .unwrap()
        .unwrap();
    let later = phone
        .set("where_hint", &hint("x"), PHONE, NOW)
        .unwrap()
        .unwrap();
    // Restored from before the edit, it uses the actor and sequence anew.
    let mut restored = report();
    let forked = restored
        .set("danger_now", &single("no"), PHONE, NOW)
        .unwrap()
        .unwrap();
    let mut desk = report();
    desk.apply(&lost).unwrap();
    assert_eq!(desk.apply(&forked), Err(Refusal::DuplicateSequence));
    assert_eq!(desk.apply(&later), Ok(Applied::New));

    // With a fresh actor it goes on, and what it lost comes back.
    let mut restored = report();
    let fresh = restored
        .set("danger_now", &single("no"), RESTORED, NOW)
        .unwrap()
        .unwrap();
    assert_eq!(desk.apply(&fresh), Ok(Applied::New));
    restored.apply(&lost).unwrap();
    restored.apply(&later).unwrap();
    assert!(restored.view() == desk.view());
    assert_eq!(
        restored.view().conflicts["danger_now"],
        [single("no"), single("yes")]
    );

    // A store that sees its own future waiting must not write under that actor.
    let mut restored = report();
    assert_eq!(restored.apply(&later), Ok(Applied::Waiting));
    let refused = restored.set("danger_now", &single("no"), PHONE, NOW);
    assert_eq!(refused, Err(WriteError::WrongActor));
}

#[test]
fn only_the_first_change_is_written_by_the_seed() {
    let mut phone = report();
    let refused = phone.set("danger_now", &single("yes"), FIRST, NOW);
    assert_eq!(refused, Err(WriteError::WrongActor));
    let rules = Rules::report().with_first_actor(FIRST);
    assert!(check_change(&first(), &rules).is_ok());
    let other = by_automerge(PHONE, &[("danger_now", "yes".into())]);
    assert_eq!(
        check_change(&other, &rules).err(),
        Some(Refusal::WrongActor)
    );
    let mut doc = automerge_of(FIRST, &[&first()]);
    doc.put(ROOT, "danger_now", "yes").unwrap();
    let second = commit(&mut doc, 0);
    assert_eq!(
        check_change(&second, &rules).err(),
        Some(Refusal::WrongActor)
    );
}

#[test]
fn a_second_report_under_the_same_seed_does_not_replace_the_first() {
    let mut desk = report();
    let another = by_automerge(FIRST, &[("danger_now", "no".into())]);
    assert_eq!(desk.apply(&another), Err(Refusal::DuplicateFirst));
    assert_eq!(
        desk.view().answers.get("danger_now"),
        Some(&single("unknown"))
    );
}

#[test]
fn an_older_form_keeps_what_a_newer_app_wrote() {
    let mut newer = automerge_of(PHONE, &[&first()]);
    newer.put(ROOT, "vehicle_colour", "đỏ").unwrap();
    newer.put(ROOT, "danger_now", "imminent").unwrap();
    newer.put(ROOT, "contact_wanted", 3_i64).unwrap();
    let newer = commit(&mut newer, 0);
    let mut desk = report();
    assert_eq!(desk.apply(&newer), Ok(Applied::New));
    let view = desk.view();
    assert_eq!(
        view.unknown,
        ["contact_wanted", "danger_now", "vehicle_colour"]
    );
    assert_eq!(view.answers.get("danger_now"), None);
    assert_eq!(desk.raw_texts("vehicle_colour"), ["đỏ"]);
    assert_eq!(desk.raw_texts("danger_now"), ["imminent"]);

    // The older app writes something else, and nothing is lost.
    let mut old_phone = copy(&desk);
    let edit = old_phone
        .set("where_hint", &hint("gần cầu"), RESTORED, NOW)
        .unwrap();
    desk.apply(&edit.unwrap()).unwrap();
    assert_eq!(copy(&desk).raw_texts("vehicle_colour"), ["đỏ"]);
}

#[test]
fn messages_and_a_withdrawal_reach_the_hotline() {
    let mut phone = report();
    let mut desk = report();
    // Two messages of one second, even with one nonce, stay apart.
    for text in ["Em ở Móng Cái", "Họ lấy hộ chiếu"] {
        let change = phone.add_message(text, PHONE, NOW, [9; 4]).unwrap();
        desk.apply(&change).unwrap();
    }
    let change = phone.withdraw(PHONE, NOW + 60).unwrap().unwrap();
    desk.apply(&change).unwrap();
    assert_eq!(phone.withdraw(PHONE, NOW + 61), Ok(None));
    let view = desk.view();
    let texts: Vec<&str> = view.messages.iter().map(|m| m.text.as_str()).collect();
    assert_eq!(texts, ["Em ở Móng Cái", "Họ lấy hộ chiếu"]);
    assert_eq!(view.messages[0].written_at, NOW);
    assert_eq!(view.withdrawn, Some(NOW + 60));
}

#[test]
fn a_message_is_never_rewritten() {
    let mut phone = report();
    let message = phone
        .add_message("Em ở Móng Cái", PHONE, NOW, [9; 4])
        .unwrap();
    let key = format!("message.{}", phone.view().messages[0].id);
    let mut doc = automerge_of(RESTORED, &[&first(), &message]);
    doc.put(ROOT, key.as_str(), "khác").unwrap();
    let rewritten = commit(&mut doc, 0);
    assert_eq!(phone.apply(&rewritten), Err(Refusal::BadValue));
    let mut doc = automerge_of(RESTORED, &[&first(), &message]);
    doc.delete(ROOT, key.as_str()).unwrap();
    assert_eq!(phone.apply(&commit(&mut doc, 0)), Err(Refusal::BadValue));
    assert_eq!(phone.view().messages[0].text, "Em ở Móng Cái");
}

#[test]
fn what_does_not_fit_is_not_written() {
    let mut phone = report();
    let long = "ờ".repeat(2_001);
    let too_long = WriteError::TooLong {
        limit: 2_000,
        found: 2_001,
    };
    assert_eq!(phone.add_message(&long, PHONE, NOW, [0; 4]), Err(too_long));
    assert_eq!(
        phone.add_message(" \n", PHONE, NOW, [0; 4]),
        Err(WriteError::Empty)
    );
    assert_eq!(
        phone.set("no_such", &single("a"), PHONE, NOW),
        Err(WriteError::UnknownField)
    );
    assert_eq!(
        phone.set("danger_now", &single("a"), PHONE, NOW),
        Err(WriteError::BadValue)
    );
    assert!(
        phone
            .add_message(&"𠮷".repeat(2_000), PHONE, NOW, [0; 4])
            .is_ok()
    );
    let nothing: [&[u8]; 0] = [];
    let mut empty = ReportDocument::load(nothing).unwrap();
    let refused = empty.set("danger_now", &single("yes"), PHONE, NOW);
    assert_eq!(refused, Err(WriteError::NotStarted));
}

/// What a change may name depends on what *it* has seen, not on what the
/// document happens to hold: otherwise two copies would judge differently.
#[test]
fn a_change_cannot_overwrite_what_it_has_not_seen() {
    let mut phone = report();
    let edit = phone
        .set("danger_now", &single("yes"), PHONE, NOW)
        .unwrap()
        .unwrap();
    let mut blind = Forged::put("danger_now", &[hash(&first())], 7)
        .with(PRED_COUNT, run(-1, &unsigned(1)))
        .with(PRED_ACTOR, run(-1, &unsigned(1)))
        .with(PRED_COUNTER, run(-1, &signed(6)));
    blind.actor = RESTORED.to_vec();
    blind.others = vec![PHONE.to_vec()];
    let mut desk = report();
    assert_eq!(desk.apply(&blind.raw()), Err(Refusal::WrongActor));
    desk.apply(&edit).unwrap();
    assert_eq!(desk.apply(&blind.raw()), Err(Refusal::WrongActor));
    blind.deps = vec![hash(&edit)];
    assert_eq!(desk.apply(&blind.raw()), Ok(Applied::New));
}

#[test]
fn a_waiting_change_that_turns_out_bad_is_reported() {
    let mut phone = report();
    let edit = phone
        .set("danger_now", &single("yes"), PHONE, NOW)
        .unwrap()
        .unwrap();
    let mut early = Forged::put("where_hint", &[hash(&edit)], 3);
    early.actor = RESTORED.to_vec();
    let mut desk = report();
    assert_eq!(desk.apply(&early.raw()), Ok(Applied::Waiting));
    desk.apply(&edit).unwrap();
    let released = Released {
        hash: hash(&early.raw()),
        refusal: Some(Refusal::BadCounter),
    };
    assert_eq!(desk.take_released(), [released]);
    assert_eq!(desk.waiting().len(), 0);
}

#[test]
fn a_full_report_says_so_and_stays_readable() {
    let mut phone = report();
    let mut written = 1;
    let refused = loop {
        match phone.add_message("a", PHONE, NOW + written, [0; 4]) {
            Ok(_) => written += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(refused, WriteError::Full);
    assert_eq!(written, 4_096);
    assert_eq!(phone.view().messages.len(), 4_095);
    // Rows come back from the store in whatever order.
    let mut rows: Vec<&[u8]> = phone.changes().collect();
    rows.reverse();
    let again = ReportDocument::load(rows).unwrap();
    assert_eq!(again.damaged_rows(), []);
    assert_eq!(again.heads(), phone.heads());
    assert!(again.view() == phone.view());
}

#[test]
fn a_flood_that_waits_for_nothing_is_bounded() {
    let mut desk = report();
    for index in 0..300_u32 {
        let mut dependency = [0xab; 32];
        dependency[..4].copy_from_slice(&index.to_be_bytes());
        let mut change = Forged::put("danger_now", &[dependency], 6);
        change.actor = [&[0x99; 12], &dependency[..4]].concat();
        let expected = if index < 256 {
            Ok(Applied::Waiting)
        } else {
            Err(Refusal::TooManyChanges)
        };
        assert_eq!(desk.apply(&change.raw()), expected);
    }
    let mut phone = report();
    let edit = phone.set("danger_now", &single("yes"), PHONE, NOW).unwrap();
    assert_eq!(
        desk.apply(&edit.unwrap()),
        Ok(Applied::New),
        "what is ready is taken"
    );
}

/// Three people edit and delete on three copies, with Automerge alone; every
/// change of it is one that we take, in any order.
#[test]
fn whatever_automerge_writes_of_our_kind_is_taken() {
    let keys = [
        "danger_now",
        "where",
        "where_hint",
        "suspect_info",
        "later_field",
    ];
    let mut dice = Dice(0x1234_5678_9abc_def1);
    for _ in 0..40 {
        let actors = [PHONE, RESTORED, [0x11; 16]];
        let mut docs = actors.map(|actor| automerge_of(actor, &[&first()]));
        let mut changes = Vec::new();
        for _ in 0..12 {
            let at = dice.roll(3);
            if dice.roll(3) == 0 {
                let mut other = docs[dice.roll(3)].fork();
                docs[at].merge(&mut other).unwrap();
            }
            for _ in 0..=dice.roll(4) {
                let key = keys[dice.roll(keys.len())];
                if dice.roll(4) == 0 {
                    docs[at].delete(ROOT, key).ok();
                } else {
                    let value = i64::try_from(dice.roll(9)).unwrap();
                    docs[at].put(ROOT, key, value).unwrap();
                }
            }
            if docs[at].pending_ops() > 0 {
                changes.push(commit(&mut docs[at], 0));
            }
        }
        let mut in_order = report();
        for raw in &changes {
            assert_eq!(in_order.apply(raw), Ok(Applied::New));
        }
        for _ in 0..changes.len() * 2 {
            let (a, b) = (dice.roll(changes.len()), dice.roll(changes.len()));
            changes.swap(a, b);
        }
        let mut shuffled = report();
        for raw in &changes {
            shuffled.apply(raw).unwrap();
        }
        assert!(shuffled.take_released().iter().all(|r| r.refusal.is_none()));
        assert_eq!(shuffled.heads(), in_order.heads());
        assert!(shuffled.view() == in_order.view());
    }
}
