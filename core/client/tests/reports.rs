//! From the first answer to the hotline's reply, and what a phone says on the
//! way.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod common;

use common::{Hotline, NOW, WORDS, delivery, filled_draft, offline, one, phone, text};
use loive_client::{
    Delivery, ManualClock, PhoneError, Problem, Rejection, Speaker, Trouble, Warning,
};
use loive_documents::{Lang, Urgency, Value};
use loive_protocol::{AnswerItem, DeskReceipt, Envelope, Outcome, Refusal};

#[test]
fn a_report_travels_and_the_hotline_answers() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let mut changes = phone.subscribe();

    let id = phone.submit(filled_draft(&phone)).unwrap();
    assert_eq!(changes.try_recv().unwrap(), id);
    let page = phone.report(&id).unwrap();
    assert_eq!(page.summary.delivery, Delivery::OnThisPhone);
    assert_eq!(page.summary.warnings, [Warning::NotSentYet]);
    assert_eq!(page.answers.get("suspect_info"), Some(&text(WORDS)));
    assert!(phone.drafts().unwrap().is_empty());

    assert_eq!(phone.sync_through(offline), Err(PhoneError::Offline));
    assert_eq!(
        phone.report(&id).unwrap().summary.delivery,
        Delivery::OnThisPhone,
        "a state is set by its acknowledgement only"
    );

    let summary = hotline.sync(&phone).unwrap();
    assert_eq!((summary.requests, summary.stored), (1, 1));
    assert_eq!(summary.changed, [id]);
    let page = phone.report(&id).unwrap();
    assert_eq!(page.summary.delivery, Delivery::AtRelay);
    assert!(page.summary.warnings.is_empty());
    assert_eq!(page.times.at_relay, Some(NOW));

    hotline.work();
    hotline.sync(&phone).unwrap();
    assert_eq!(
        phone.report(&id).unwrap().summary.delivery,
        Delivery::Opened
    );

    hotline.mark_read(&id);
    hotline.reply(&id, "Cô Lan đây. Em có an toàn không?");
    hotline.sync(&phone).unwrap();
    let page = phone.report(&id).unwrap();
    assert_eq!(page.summary.delivery, Delivery::Read);
    assert_eq!(page.summary.messages_of_hotline, 1);
    assert_eq!(page.timeline[0].speaker, Speaker::Hotline);
    assert_eq!(page.timeline[0].text, "Cô Lan đây. Em có an toàn không?");

    clock.advance(60);
    phone.send_message(&id, "Em ổn, cảm ơn cô.").unwrap();
    assert_eq!(
        phone.report(&id).unwrap().timeline[1].delivery,
        Delivery::OnThisPhone
    );
    hotline.sync(&phone).unwrap();
    assert_eq!(
        phone.report(&id).unwrap().timeline[1].delivery,
        Delivery::AtRelay
    );
    hotline.work();
    hotline.sync(&phone).unwrap();
    assert_eq!(
        phone.report(&id).unwrap().timeline[1].delivery,
        Delivery::Opened
    );
    let said = hotline.cases[&id].document.view().messages;
    assert_eq!(said[0].text, "Em ổn, cảm ơn cô.");
}

#[test]
fn the_desk_rebuilds_the_same_answers() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    hotline.sync(&phone).unwrap();
    hotline.work();
    assert_eq!(
        hotline.cases[&id].document.view().answers,
        phone.report(&id).unwrap().answers
    );
}

#[test]
fn a_double_tap_gives_one_report() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let draft = filled_draft(&phone);

    let taps: Vec<_> = (0..4)
        .map(|_| {
            let phone = phone.clone();
            std::thread::spawn(move || phone.submit(draft).unwrap())
        })
        .collect();
    let ids: Vec<_> = taps.into_iter().map(|tap| tap.join().unwrap()).collect();
    assert!(ids.iter().all(|id| *id == ids[0]));
    assert_eq!(phone.reports().unwrap().len(), 1);
    hotline.sync(&phone).unwrap();
    assert_eq!(hotline.inbox.len(), 1);
}

#[test]
fn a_report_that_lacks_an_answer_is_not_sent_and_says_which() {
    let dir = tempfile::tempdir().unwrap();
    let (hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let draft = phone.new_draft("suspicion_report", Lang::Vi).unwrap();
    let expected = |field: &str| {
        Err(PhoneError::Invalid {
            field: field.into(),
            reason: Problem::Missing,
        })
    };
    assert_eq!(phone.submit(draft), expected("danger_now"));
    phone.answer(draft, "danger_now", &one("no")).unwrap();
    assert_eq!(phone.submit(draft), expected("where"));

    // Somebody in danger needs no other answer.
    phone.answer(draft, "danger_now", &one("yes")).unwrap();
    let view = phone.draft_view(draft).unwrap();
    assert!(view.missing.is_empty());
    assert_eq!(view.urgency, Urgency::P0);
    phone.submit(draft).unwrap();
}

#[test]
fn an_answer_is_amended_and_taken_back() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();

    phone.amend(&id, "danger_now", &one("yes")).unwrap();
    phone.amend(&id, "danger_now", &one("yes")).unwrap();
    phone.amend(&id, "suspect_info", &text("")).unwrap();
    let page = phone.report(&id).unwrap();
    assert_eq!(page.summary.urgency, Some(Urgency::P0));
    assert_eq!(page.answers.get("suspect_info"), None);
    assert!(matches!(
        phone.amend(&id, "danger_now", &one("perhaps")),
        Err(PhoneError::Invalid {
            reason: Problem::UnknownOption,
            ..
        })
    ));

    // First and two amendments in two envelopes: edits travel together.
    let summary = hotline.sync(&phone).unwrap();
    assert_eq!((summary.requests, summary.stored), (1, 2));
    hotline.work();
    let view = hotline.cases[&id].document.view();
    assert_eq!(view.answers.get("danger_now"), Some(&one("yes")));
    assert_eq!(view.answers.get("suspect_info"), None);
}

#[test]
fn a_withdrawal_is_done_when_the_hotline_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    let step =
        |phone: &loive_client::Phone| phone.report(&id).unwrap().withdrawal.unwrap().delivery;

    phone.withdraw(&id).unwrap();
    phone.withdraw(&id).unwrap();
    assert_eq!(step(&phone), Delivery::OnThisPhone);
    hotline.sync(&phone).unwrap();
    assert_eq!(step(&phone), Delivery::AtRelay);
    hotline.work();
    hotline.sync(&phone).unwrap();
    assert_eq!(step(&phone), Delivery::Opened);
    assert_eq!(hotline.cases[&id].document.view().withdrawn, Some(NOW));
    assert_eq!(
        phone.amend(&id, "danger_now", &one("yes")),
        Err(PhoneError::Rejected {
            reason: Rejection::Withdrawn
        })
    );
}

#[test]
fn a_pasted_novel_is_refused_and_the_draft_is_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let (hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let draft = filled_draft(&phone);
    let novel = "ờ".repeat(100_000);
    assert_eq!(
        phone.answer(draft, "suspect_info", &text(&novel)),
        Err(PhoneError::Invalid {
            field: "suspect_info".into(),
            reason: Problem::TooLong {
                limit: 500,
                found: 100_000
            }
        })
    );
    let view = phone.draft_view(draft).unwrap();
    assert_eq!(view.answers.get("suspect_info"), Some(&text(WORDS)));

    let id = phone.submit(draft).unwrap();
    let error = phone.send_message(&id, &novel).unwrap_err();
    assert_eq!(
        error,
        PhoneError::Invalid {
            field: "message".into(),
            reason: Problem::TooLong {
                limit: 2_000,
                found: 100_000
            }
        }
    );
    assert!(!error.to_string().contains('ờ'));
    assert!(phone.send_message(&id, "  \n ").is_err());
}

#[test]
fn questions_that_nobody_is_asked_take_no_answer() {
    let dir = tempfile::tempdir().unwrap();
    let (hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let draft = phone.new_draft("suspicion_report", Lang::Vi).unwrap();
    for field in ["lang", "victim_name", "urgency", ""] {
        assert!(
            matches!(
                phone.answer(draft, field, &one("vi")),
                Err(PhoneError::Invalid {
                    reason: Problem::UnknownField,
                    ..
                })
            ),
            "{field}"
        );
    }
    assert!(phone.new_draft("case", Lang::Vi).is_err());
}

#[test]
fn withholding_is_noticed_by_the_time_that_the_phone_has_seen_pass() {
    let dir = tempfile::tempdir().unwrap();
    // A phone that thinks it is 1970.
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(1_000));
    let phone = phone(dir.path(), &hotline, &clock);
    let calm = phone.submit(filled_draft(&phone)).unwrap();
    let draft = phone.new_draft("suspicion_report", Lang::Vi).unwrap();
    phone.answer(draft, "danger_now", &one("yes")).unwrap();
    let urgent = phone.submit(draft).unwrap();
    hotline.sync(&phone).unwrap();
    let warnings = |id| phone.report(id).unwrap().summary.warnings;

    clock.advance(14 * 60);
    assert!(warnings(&urgent).is_empty());
    clock.advance(60);
    assert_eq!(
        warnings(&urgent),
        [Warning::NotOpenedAfter { seconds: 900 }]
    );
    assert!(warnings(&calm).is_empty());
    clock.advance(24 * 3_600);
    assert_eq!(
        warnings(&calm),
        [Warning::NotOpenedAfter { seconds: 86_400 }]
    );

    hotline.work();
    hotline.sync(&phone).unwrap();
    assert!(warnings(&calm).is_empty() && warnings(&urgent).is_empty());
}

#[test]
fn what_the_desk_could_not_merge_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    hotline.sync(&phone).unwrap();
    hotline.work();
    phone.send_message(&id, "một tin").unwrap();
    hotline.sync(&phone).unwrap();
    let envelope = Envelope::parse(hotline.inbox[1].clone()).unwrap();
    let troubles = |phone: &loive_client::Phone| phone.report(&id).unwrap().troubles;

    hotline.receipt(&id, envelope.id(), Outcome::Waiting);
    hotline.sync(&phone).unwrap();
    assert_eq!(troubles(&phone), [Trouble::WaitingForEarlier]);
    let refusal = Refusal::SchemaPath;
    hotline.receipt(&id, envelope.id(), Outcome::Quarantined(refusal));
    hotline.sync(&phone).unwrap();
    assert_eq!(troubles(&phone), [Trouble::Quarantined(refusal)]);
    hotline.receipt(&id, envelope.id(), Outcome::Merged);
    hotline.receipt(&id, envelope.id(), Outcome::Waiting);
    hotline.sync(&phone).unwrap();
    assert!(troubles(&phone).is_empty(), "merged stays merged");
}

#[test]
fn the_first_change_is_sent_in_full_when_the_desk_asks() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    hotline.sync(&phone).unwrap();
    hotline.work();
    // The desk has the report; pretend that it could not rebuild the change.
    hotline.shards = vec![Vec::new(); 16];
    let first = Envelope::parse(hotline.inbox[0].clone()).unwrap();
    let ask = AnswerItem::Receipt(DeskReceipt {
        envelope: first.id(),
        received_at: NOW,
        outcome: Outcome::SendRawChange,
    });
    hotline.answer(&id, vec![ask.clone(), ask]);

    let summary = hotline.sync(&phone).unwrap();
    assert_eq!(summary.stored, 1, "it goes in the same session");
    assert_eq!(phone.report(&id).unwrap().troubles, [Trouble::SendRaw]);
    assert_eq!(
        phone.report(&id).unwrap().summary.delivery,
        Delivery::AtRelay,
        "asked for is not opened"
    );
    hotline.work();
    hotline.sync(&phone).unwrap();
    let page = phone.report(&id).unwrap();
    assert!(page.troubles.is_empty());
    assert_eq!(page.summary.delivery, Delivery::Opened);
    assert_eq!(hotline.inbox.len(), 2);
}

#[test]
fn drafts_expire_by_the_time_seen_and_reports_never() {
    let dir = tempfile::tempdir().unwrap();
    let (hotline, clock) = (Hotline::new(), ManualClock::at(1_000));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    let draft = filled_draft(&phone);

    // The phone learns the date: 56 years in a second.
    clock.set(NOW);
    assert_eq!(phone.expire_drafts().unwrap(), 0);
    // And somebody sets it back.
    clock.set(2_000);
    assert_eq!(phone.expire_drafts().unwrap(), 0);
    phone.answer(draft, "danger_now", &one("unknown")).unwrap();
    for _ in 0..71 {
        clock.advance(3_600);
        assert_eq!(phone.expire_drafts().unwrap(), 0);
    }
    clock.advance(3_600);
    assert_eq!(phone.expire_drafts().unwrap(), 1);
    assert!(matches!(phone.draft_view(draft), Err(PhoneError::NotFound)));
    assert!(phone.report(&id).is_ok());
}

#[test]
fn a_clock_in_1970_or_2099_stops_no_report() {
    for time in [0, 4_070_908_800] {
        let dir = tempfile::tempdir().unwrap();
        let (mut hotline, clock) = (Hotline::new(), ManualClock::at(time));
        let phone = phone(dir.path(), &hotline, &clock);
        let id = phone.submit(filled_draft(&phone)).unwrap();
        hotline.sync(&phone).unwrap();
        hotline.work();
        hotline.reply(&id, "chào em");
        hotline.sync(&phone).unwrap();
        phone.send_message(&id, "chào cô").unwrap();
        hotline.sync(&phone).unwrap();
        hotline.work();
        let case = &hotline.cases[&id];
        assert_eq!(case.document.view().messages.len(), 1);
        // What the hotline signed moved the phone's time forward, never back.
        assert_eq!(phone.now(), time.max(NOW));
    }
}

#[test]
fn a_form_in_another_language_says_so_to_the_desk() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let draft = phone.new_draft("suspicion_report", Lang::En).unwrap();
    phone.answer(draft, "danger_now", &one("yes")).unwrap();
    let id = phone.submit(draft).unwrap();
    hotline.sync(&phone).unwrap();
    hotline.work();
    let view = hotline.cases[&id].document.view();
    assert_eq!(view.answers.get("lang"), Some(&Value::Single("en".into())));
}

/// Somebody with the receipt begins the report at the hotline before the phone is
/// heard, and a person reads that. The phone says nothing of its own report that
/// is not so.
#[test]
fn a_stolen_receipt_that_comes_first_does_not_make_a_report_opened() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    let mut genuine = Vec::new();
    phone
        .sync_through(|_, bytes| {
            let response = hotline.exchange(bytes);
            genuine.append(&mut hotline.inbox);
            Ok(response)
        })
        .unwrap();
    // What the thief wrote is the only thing that the hotline has.
    hotline.inbox.append(&mut genuine.clone());
    hotline.work();
    hotline.shards.iter_mut().for_each(Vec::clear);
    hotline.mark_read(&id);
    hotline.sync(&phone).unwrap();
    let page = phone.report(&id).unwrap();
    assert_eq!(page.summary.delivery, Delivery::AtRelay);
    assert_eq!((page.times.opened, page.times.read), (None, None));

    // Its own receipt comes: what was said of it before counts now.
    let envelope = Envelope::parse(genuine.remove(0)).unwrap();
    hotline.receipt(&id, envelope.id(), Outcome::Merged);
    hotline.sync(&phone).unwrap();
    assert_eq!(delivery(&phone, &id), Delivery::Read);
}
