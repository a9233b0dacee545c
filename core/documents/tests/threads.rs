//! The hotline's side of a report, and the talk that phone and desk show.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod support;

use automerge::ScalarValue;
use loive_documents::validate::{Rules, check_change};
use loive_documents::{Applied, ReportDocument, Side, Thread, timeline};
use loive_protocol::Refusal;
use support::{DESK, NOW, PHONE, by_automerge, first};

const RESTORED_DESK: [u8; 16] = [0xd1; 16];

#[test]
fn the_phone_learns_that_its_report_was_opened_read_and_answered() {
    let mut desk = Thread::new();
    let mut phone = Thread::new();
    let changes = [
        desk.mark_opened(DESK, NOW).unwrap().unwrap(),
        desk.mark_read(DESK, NOW + 60).unwrap().unwrap(),
        desk.add_message(
            "Chúng tôi đã nhận được. Bạn có an toàn không?",
            DESK,
            NOW + 90,
            [1; 4],
        )
        .unwrap(),
        desk.mark_withdrawn_seen(DESK, NOW + 95).unwrap().unwrap(),
        desk.mark_closed(DESK, NOW + 99).unwrap().unwrap(),
    ];
    // The mailbox hands them over in some other order, some twice.
    for index in [4, 2, 0, 2, 3, 1, 0] {
        let raw: &Vec<u8> = changes.get(index).unwrap();
        assert!(check_change(raw, &Rules::thread()).is_ok());
        phone.apply(raw).unwrap();
    }
    let view = phone.view();
    assert!(view == desk.view());
    assert_eq!(view.opened, Some(NOW));
    assert_eq!(view.read, Some(NOW + 60));
    assert_eq!(view.withdrawn_seen, Some(NOW + 95));
    assert_eq!(view.closed, Some(NOW + 99));
    assert_eq!(view.messages.len(), 1);
    assert_eq!(
        desk.mark_read(DESK, NOW + 500),
        Ok(None),
        "it was read once"
    );
}

#[test]
fn a_restored_desk_starts_anew_and_nothing_goes_back() {
    let mut before = Thread::new();
    let opened = before.mark_opened(DESK, NOW).unwrap().unwrap();
    let read = before.mark_read(DESK, NOW + 5).unwrap().unwrap();
    let mut phone = Thread::new();
    phone.apply(&opened).unwrap();
    phone.apply(&read).unwrap();

    // Its backup had no thread yet: it writes a new beginning.
    let mut desk = Thread::new();
    let again = desk.mark_opened(RESTORED_DESK, NOW + 900).unwrap().unwrap();
    assert_eq!(phone.apply(&again), Ok(Applied::New));
    assert_eq!(phone.view().opened, Some(NOW), "the earliest time counts");
    assert_eq!(phone.view().read, Some(NOW + 5));
    // It replays its own mailbox and knows all again.
    desk.apply(&opened).unwrap();
    desk.apply(&read).unwrap();
    assert!(desk.view() == phone.view());
}

#[test]
fn a_thread_takes_no_more_than_a_thread_needs() {
    let wrong: [(&str, ScalarValue); 3] = [
        ("read", "yesterday".into()),
        ("closed", (-5_i64).into()),
        ("message.1790000000-00000001", 7_i64.into()),
    ];
    for (key, value) in wrong {
        let raw = by_automerge(DESK, &[(key, value)]);
        assert_eq!(Thread::new().apply(&raw), Err(Refusal::BadValue), "{key}");
    }
    let newer = by_automerge(DESK, &[("referred", true.into()), ("opened", 5_i64.into())]);
    let mut thread = Thread::new();
    assert_eq!(
        thread.apply(&newer),
        Ok(Applied::New),
        "a newer desk may know more"
    );
    assert_eq!(thread.view().opened, Some(5));
}

#[test]
fn phone_and_desk_show_one_talk() {
    let mut report = ReportDocument::new_from_first(&first()).unwrap();
    let mut thread = Thread::new();
    report.add_message("Em sợ", PHONE, NOW, [1; 4]).unwrap();
    thread
        .add_message("Bạn đang ở đâu?", DESK, NOW + 10, [2; 4])
        .unwrap();
    report
        .add_message("Ở bến xe", PHONE, NOW + 20, [3; 4])
        .unwrap();
    thread
        .add_message("Hãy gọi 113", DESK, NOW + 20, [0; 4])
        .unwrap();
    let talk = timeline(&report.view(), &thread.view());
    let lines: Vec<_> = talk
        .iter()
        .map(|entry| (entry.side, entry.text.as_str()))
        .collect();
    assert_eq!(
        lines,
        [
            (Side::Reporter, "Em sợ"),
            (Side::Hotline, "Bạn đang ở đâu?"),
            (Side::Reporter, "Ở bến xe"),
            (Side::Hotline, "Hãy gọi 113"),
        ]
    );
}

#[test]
fn no_word_that_somebody_wrote_is_in_debug_output() {
    let mut report = ReportDocument::new_from_first(&first()).unwrap();
    let mut thread = Thread::new();
    let raw = report.add_message("bí mật", PHONE, NOW, [1; 4]).unwrap();
    thread.add_message("bí mật", DESK, NOW, [1; 4]).unwrap();
    let summary = check_change(&raw, &Rules::report()).unwrap();
    assert_eq!(summary.texts.first().unwrap().text, "bí mật");
    let talk = timeline(&report.view(), &thread.view());
    let shown = format!(
        "{:?} {:?} {summary:?} {:?} {talk:?} {:?}",
        report.view(),
        thread.view(),
        summary.texts,
        report.view().messages,
    );
    assert!(
        !shown.contains("mật") && !shown.contains("01/00004"),
        "{shown}"
    );
}
