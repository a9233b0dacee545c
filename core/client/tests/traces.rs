//! What is left on a phone that hostile people may search: every page of the
//! database, its log and its index is decrypted and looked through.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod common;

use std::path::Path;

use common::{Hotline, NOW, WORDS, filled_draft, phone, text};
use loive_cipher::{StoreKey, dump_plaintext};
use loive_client::{
    Delivery, ManualClock, NewProposal, NewRecording, Part, PhoneError, ProposedText, ReceiptState,
};
use loive_documents::Lang;
use loive_protocol::{LockerAnswer, Seed};

const KEY: StoreKey = StoreKey::from_bytes([7; 32]);

/// Everything that can be read in the phone's folder by who has the key.
fn all_bytes(dir: &Path) -> Vec<u8> {
    let mut bytes = dump_plaintext(&dir.join("phone.db"), &KEY).unwrap();
    for entry in std::fs::read_dir(dir).unwrap() {
        bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    bytes
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn the_search_finds_words_that_are_there() {
    let dir = tempfile::tempdir().unwrap();
    let (hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    filled_draft(&phone);
    assert!(holds(&all_bytes(dir.path()), WORDS.as_bytes()));
}

#[test]
fn a_discarded_draft_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let draft = filled_draft(&phone);
    phone.discard_draft(draft).unwrap();
    assert!(!holds(&all_bytes(dir.path()), WORDS.as_bytes()));
    assert_eq!(phone.discard_draft(draft), Err(PhoneError::NotFound));
}

#[test]
fn a_guest_leaves_nothing_but_sealed_bytes_and_comes_back_by_receipt() {
    let (home, shop) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let shared = phone(shop.path(), &hotline, &clock);
    let draft = filled_draft(&shared);
    let receipt = shared.submit_guest(draft).unwrap();
    let typed = receipt.numbers().join(" ");

    assert!(shared.reports().unwrap().is_empty());
    assert!(shared.drafts().unwrap().is_empty());
    assert_eq!(shared.unsent().unwrap(), 1);
    assert_eq!(
        shared.submit_guest(draft).unwrap_err(),
        PhoneError::NotFound
    );
    let left = all_bytes(shop.path());
    assert!(!holds(&left, WORDS.as_bytes()));
    assert!(!holds(&left, b"job_abroad"));
    assert!(!holds(&left, typed.as_bytes()));

    let summary = hotline.sync(&shared).unwrap();
    assert_eq!(summary.stored, 1);
    assert_eq!(shared.unsent().unwrap(), 0);
    hotline.work();
    let (id, seed) = {
        let (id, case) = hotline.cases.iter().next().unwrap();
        (*id, case.seed.clone())
    };
    let view = hotline.cases[&id].document.view();
    assert_eq!(view.answers.get("suspect_info"), Some(&text(WORDS)));
    assert!(!holds(&all_bytes(shop.path()), seed.as_bytes()));
    hotline.reply(&id, "Chị đã nhận được tin của em.");

    // Days later, on another phone, in the other way of writing.
    let own = phone(home.path(), &hotline, &clock);
    own.reopen(&typed.replace(' ', "-")).unwrap();
    assert_eq!(own.reopening(), 1);
    let summary = hotline.sync(&own).unwrap();
    assert_eq!(summary.reopened, [id]);
    assert_eq!(own.reopening(), 0);
    let page = own.report(&id).unwrap();
    assert_eq!(page.timeline[0].text, "Chị đã nhận được tin của em.");
    assert!(!page.has_text() && page.answers.is_empty());
    assert!(!holds(&all_bytes(home.path()), WORDS.as_bytes()));
    assert!(!holds(&all_bytes(home.path()), typed.as_bytes()));
}

/// A shared phone has nothing but a guest's report, and the relay that had
/// acknowledged it comes back from an older copy.
#[test]
fn a_guests_report_is_offered_again_to_a_relay_that_lost_it() {
    let shop = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let shared = phone(shop.path(), &hotline, &clock);
    shared.submit_guest(filled_draft(&shared)).unwrap();
    assert_eq!(hotline.sync(&shared).unwrap().stored, 1);
    hotline.lose_log();
    let summary = hotline.sync(&shared).unwrap();
    assert_eq!((summary.new_logs, summary.stored), (1, 1));
    hotline.work();
    assert_eq!(hotline.cases.len(), 1);
}

#[test]
fn nothing_of_an_erased_report_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let kept = phone.submit(filled_draft(&phone)).unwrap();
    let id = phone.submit(filled_draft(&phone)).unwrap();
    hotline.sync(&phone).unwrap();
    hotline.work();
    // Words in every table: answers, messages of both sides, an amendment.
    let needles = [
        "tin-nhan-rat-rieng",
        "tra-loi-rat-rieng",
        "sua-lai-rat-rieng",
        "chua-gui-rat-rieng",
    ];
    phone.send_message(&id, needles[0]).unwrap();
    hotline.reply(&id, needles[1]);
    phone.amend(&id, "suspect_info", &text(needles[2])).unwrap();
    hotline.sync(&phone).unwrap();
    phone.send_message(&id, needles[3]).unwrap();
    phone.make_receipt(&id).unwrap();
    let seed = hotline.cases[&id].seed.clone();
    let before = all_bytes(dir.path());
    for needle in needles {
        assert!(holds(&before, needle.as_bytes()), "{needle} was there");
    }

    phone.erase_report(&id).unwrap();
    let after = all_bytes(dir.path());
    for needle in needles {
        assert!(!holds(&after, needle.as_bytes()), "{needle} is gone");
    }
    assert!(!holds(&after, seed.as_bytes()));
    assert!(!holds(&after, id.as_bytes()));
    assert_eq!(phone.report(&id), Err(PhoneError::NotFound));
    assert_eq!(phone.erase_report(&id), Err(PhoneError::NotFound));

    // Later answers do not bring it back, nor do they disturb the other one.
    hotline.reply(&id, "con co do khong");
    hotline.reply(&kept, "cam on ban");
    let summary = hotline.sync(&phone).unwrap();
    assert_eq!(summary.changed, [kept]);
    assert_eq!(phone.reports().unwrap().len(), 1);
    assert!(!holds(&all_bytes(dir.path()), b"con co do khong"));
}

#[test]
fn nothing_of_an_erased_proposal_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let mut publisher = common::library::Publisher::new(&hotline.root);
    publisher.article("a09", "Việc nhẹ", "Không có hợp đồng.");
    publisher.publish(&mut hotline.shelf);
    let phone = phone(dir.path(), &hotline, &clock);
    phone.look_for_library().unwrap();
    hotline.sync(&phone).unwrap();
    let needles = [
        "chu-de-nghi-rieng",
        "vi-sao-rieng",
        "tin-rieng",
        "dap-rieng",
    ];
    let ogg = common::voice::voice(4, 10);
    let id = phone
        .propose(&NewProposal {
            item: "a09".into(),
            texts: vec![ProposedText {
                part: Part::Block("keep".into()),
                lang: "hnj".into(),
                text: needles[0].into(),
            }],
            recording: Some(NewRecording {
                block: "keep".into(),
                lang: "hnj".into(),
                ogg: ogg.clone(),
            }),
            note: Some(needles[1].into()),
        })
        .unwrap();
    hotline.sync(&phone).unwrap();
    hotline.work();
    phone.send_message(&id, needles[2]).unwrap();
    hotline.reply(&id, needles[3]);
    hotline.sync(&phone).unwrap();
    let seed = hotline.cases[&id].seed.clone();
    let sound = &ogg[ogg.len() - 200..];
    let before = all_bytes(dir.path());
    assert!(needles.iter().all(|it| holds(&before, it.as_bytes())));
    assert!(holds(&before, sound) && holds(&before, seed.as_bytes()));

    phone.erase_report(&id).unwrap();
    let left = all_bytes(dir.path());
    for needle in needles {
        assert!(!holds(&left, needle.as_bytes()), "{needle} is gone");
    }
    assert!(!holds(&left, sound) && !holds(&left, seed.as_bytes()));
}

#[test]
fn an_answer_on_its_way_does_not_bring_an_erased_report_back() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    hotline.sync(&phone).unwrap();
    hotline.work();
    phone.send_message(&id, "một").unwrap();

    // Erased while the request is at the relay.
    let summary = phone
        .sync_through(|_, bytes| {
            let response = hotline.exchange(bytes);
            let _ = phone.erase_report(&id);
            Ok(response)
        })
        .unwrap();
    assert!(summary.changed.is_empty());
    assert!(phone.reports().unwrap().is_empty());
}

#[test]
fn a_phone_that_died_before_it_cleaned_up_does_it_at_the_next_opening() {
    let dir = tempfile::tempdir().unwrap();
    let (hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    {
        let phone = phone(dir.path(), &hotline, &clock);
        let draft = filled_draft(&phone);
        // Clearing leaves the cleaning to the next scrub.
        phone.clear_answer(draft, "suspect_info").unwrap();
        phone
            .answer(draft, "where_hint", &text("cho Dong Van"))
            .unwrap();
    }
    let phone = phone(dir.path(), &hotline, &clock);
    assert!(!holds(&all_bytes(dir.path()), WORDS.as_bytes()));
    assert_eq!(phone.drafts().unwrap()[0].answered, 4);
}

#[test]
fn a_receipt_waits_is_kept_and_is_erased() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    let state = |phone: &loive_client::Phone| phone.report(&id).unwrap().receipt;
    assert_eq!(state(&phone), ReceiptState::None);
    let receipt = phone.make_receipt(&id).unwrap();
    assert_eq!(state(&phone), ReceiptState::Waiting);
    hotline.sync(&phone).unwrap();
    assert_eq!(state(&phone), ReceiptState::Kept);
    assert_eq!(hotline.lockers.len(), 1);

    let typed = receipt.numbers().concat();
    assert!(phone.erase_receipt("0912 345 678").is_err());
    phone.erase_receipt(&typed).unwrap();
    hotline.sync(&phone).unwrap();
    assert!(hotline.lockers.is_empty());

    phone.reopen(&typed).unwrap();
    let summary = hotline.sync(&phone).unwrap();
    assert_eq!(summary.receipts_unknown, 1);
    assert_eq!(phone.reopening(), 0);
}

#[test]
fn a_false_locker_opens_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    let receipt = phone.make_receipt(&id).unwrap();
    phone.reopen(&receipt.numbers().concat()).unwrap();
    let summary = phone
        .sync_through(|_, bytes| {
            use loive_protocol::{Ack, LockerAck, LogId, SyncRequest, SyncResponse, Wire as _};
            let request = SyncRequest::from_bytes(bytes).unwrap();
            let mut response = SyncResponse::new(LogId::from_bytes([1; 8]));
            response.acks = vec![Ack::Stored; request.push.len()];
            response.locker_acks = vec![LockerAck::Stored; request.locker_puts.len()];
            response.lockers = request
                .locker_gets
                .iter()
                .map(|_| LockerAnswer::Found(vec![0; 384].into()))
                .collect();
            Ok(response.to_bytes())
        })
        .unwrap();
    assert_eq!(summary.receipts_unknown, 1);
    assert!(summary.reopened.is_empty());
}

#[test]
fn two_phones_with_one_receipt_write_at_the_same_time() {
    let dirs = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let [first, second, third] = [0, 1, 2].map(|n| phone(dirs[n].path(), &hotline, &clock));
    let id = first.submit(filled_draft(&first)).unwrap();
    let typed = first.make_receipt(&id).unwrap().numbers().concat();
    hotline.sync(&first).unwrap();
    hotline.work();
    for phone in [&second, &third] {
        phone.reopen(&typed).unwrap();
        hotline.sync(phone).unwrap();
    }

    first.send_message(&id, "từ máy một").unwrap();
    second.send_message(&id, "từ máy hai").unwrap();
    third.send_message(&id, "từ máy ba").unwrap();
    second.send_message(&id, "lại từ máy hai").unwrap();
    third.withdraw(&id).unwrap();
    for phone in [&third, &first, &second] {
        hotline.sync(phone).unwrap();
    }
    hotline.work();
    assert!(hotline.unopened.is_empty());
    let view = hotline.cases[&id].document.view();
    let mut said: Vec<_> = view.messages.iter().map(|m| m.text.as_str()).collect();
    said.sort_unstable();
    assert_eq!(
        said,
        ["lại từ máy hai", "từ máy ba", "từ máy hai", "từ máy một"]
    );
    assert!(view.withdrawn.is_some());

    // Each learns the desk's word on what it wrote itself.
    hotline.sync(&second).unwrap();
    let page = second.report(&id).unwrap();
    assert!(
        page.timeline
            .iter()
            .all(|line| line.delivery == Delivery::Opened)
    );
    assert_eq!(page.timeline.len(), 2);
}

#[test]
fn a_receipt_brings_back_what_lies_before_the_cursor() {
    let dirs = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let [first, second] = [0, 1].map(|n| phone(dirs[n].path(), &hotline, &clock));
    let id = first.submit(filled_draft(&first)).unwrap();
    let typed = first.make_receipt(&id).unwrap().numbers().concat();
    hotline.sync(&first).unwrap();
    hotline.work();
    hotline.reply(&id, "trước đó");

    // The second phone has read this shard already, for a report of its own.
    let seed: Seed = hotline.cases[&id].seed.clone();
    loop {
        let own = second.new_draft("suspicion_report", Lang::Vi).unwrap();
        second
            .answer(own, "danger_now", &common::one("yes"))
            .unwrap();
        let own = second.submit(own).unwrap();
        hotline.sync(&second).unwrap();
        hotline.work();
        if hotline.cases[&own].seed.shard() == seed.shard() {
            break;
        }
    }
    hotline.sync(&second).unwrap();
    second.reopen(&typed).unwrap();
    hotline.sync(&second).unwrap();
    assert_eq!(second.report(&id).unwrap().timeline[0].text, "trước đó");
}

/// Mai erases her report and comes back to it by its receipt, on the same phone.
/// What she writes then is not taken for what she wrote before.
#[test]
fn who_comes_back_to_an_erased_report_writes_as_somebody_new() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    let receipt = phone.make_receipt(&id).unwrap();
    phone.send_message(&id, "trước khi xoá").unwrap();
    hotline.sync(&phone).unwrap();
    hotline.work();
    phone.erase_report(&id).unwrap();

    phone.reopen(&receipt.numbers().concat()).unwrap();
    hotline.sync(&phone).unwrap();
    // Within one second nobody can tell what was said first.
    clock.advance(60);
    phone.send_message(&id, "sau khi quay lại").unwrap();
    hotline.sync(&phone).unwrap();
    // The desk of these tests takes every change, or the test ends here.
    hotline.work();
    let messages = hotline.cases[&id].document.view().messages;
    let said: Vec<&str> = messages.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(said, ["trước khi xoá", "sau khi quay lại"]);
}
