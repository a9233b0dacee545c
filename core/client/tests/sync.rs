//! Sync against a relay that loses, repeats, lies, forgets and stops.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod common;

use common::{Hotline, NOW, certificate, delivery, filled_draft, phone};
use loive_client::{
    Delivery, Ended, ManualClock, PhoneError, Rejection, TransportError, Trouble, limits,
};
use loive_documents::Thread;
use loive_protocol::*;

#[test]
fn a_phone_with_nothing_to_say_says_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    filled_draft(&phone);
    let summary = hotline.sync(&phone).unwrap();
    assert_eq!((summary.requests, summary.ended), (0, Ended::Complete));
}

#[test]
fn nothing_changed_costs_one_small_request() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    phone.submit(filled_draft(&phone)).unwrap();
    hotline.sync(&phone).unwrap();
    hotline.work();
    hotline.sync(&phone).unwrap();
    let summary = hotline.sync(&phone).unwrap();
    assert_eq!(summary.requests, 1);
    let both = summary.bytes_up + summary.bytes_down;
    assert!(both <= 100, "{both} bytes");
}

#[test]
fn requests_have_one_length_whosever_report_it_is() {
    let mut lengths: Vec<_> = (0..6)
        .map(|_| {
            let dir = tempfile::tempdir().unwrap();
            let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
            let phone = phone(dir.path(), &hotline, &clock);
            phone.submit(filled_draft(&phone)).unwrap();
            hotline.sync(&phone).unwrap().bytes_up
        })
        .collect();
    lengths.dedup();
    assert_eq!(lengths.len(), 1);
}

/// The acknowledgement is lost again and again; the same bytes go again.
#[test]
fn a_lost_answer_costs_a_repetition_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    for error in [
        TransportError::Offline,
        TransportError::Interrupted,
        TransportError::Status(502),
    ] {
        let result = phone.sync_through(|_, bytes| {
            hotline.exchange(bytes);
            Err(error)
        });
        assert_eq!(result, Err(PhoneError::Offline));
        assert_eq!(delivery(&phone, &id), Delivery::OnThisPhone);
    }
    hotline.sync(&phone).unwrap();
    assert_eq!(delivery(&phone, &id), Delivery::AtRelay);
    assert_eq!(
        hotline.inbox.len(),
        1,
        "sealed once, the same bytes each time"
    );
    let attempts = usize::try_from(limits::ATTEMPTS_MAX_COUNT).unwrap();
    assert_eq!(hotline.requests.len(), 3 * attempts + 1);
}

#[test]
fn an_answer_that_is_cut_or_foreign_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    hotline.sync(&phone).unwrap();
    hotline.work();
    phone.send_message(&id, "một").unwrap();
    let whole = {
        let mut whole = Vec::new();
        let _ = phone.sync_through(|_, bytes| {
            whole = hotline.exchange(bytes);
            Err(TransportError::Offline)
        });
        whole
    };
    let before = phone.report(&id).unwrap();
    let mut bad: Vec<Vec<u8>> = (0..whole.len()).map(|cut| whole[..cut].to_vec()).collect();
    bad.push(b"<html>Please log in to the hotel's network</html>".to_vec());
    bad.push([whole.as_slice(), &[0]].concat());
    bad.push(SyncResponse::new(hotline.log).to_bytes());
    let edit = |change: &dyn Fn(&mut SyncResponse)| {
        let mut response = SyncResponse::from_bytes(&whole).unwrap();
        change(&mut response);
        response.to_bytes()
    };
    bad.push(edit(&|response| response.acks.push(Ack::Stored)));
    bad.push(edit(&|response| response.acks.clear()));
    bad.push(edit(&|response| response.locker_erased.push(true)));
    bad.push(edit(&|response| {
        let page = response.pages[0].clone();
        response.pages.push(page);
    }));
    bad.push(edit(&|response| {
        response.pages[0].shard = (response.pages[0].shard + 1) % 16;
    }));
    bad.push(edit(&|response| {
        // Asks for ever.
        response.pages[0].next = 0;
        response.pages[0].more = true;
    }));
    bad.push(edit(&|response| response.pages[0].next = u64::MAX));
    for bytes in bad {
        let result = phone.sync_through(|_, _| Ok(bytes.clone()));
        assert_eq!(
            result,
            Err(PhoneError::Rejected {
                reason: Rejection::NotUnderstood
            })
        );
        assert_eq!(phone.report(&id).unwrap(), before);
    }
    hotline.sync(&phone).unwrap();
    assert_eq!(delivery(&phone, &id), Delivery::Opened);
}

/// A response has one budget for all shards: for the last of them it may have no
/// room, and says so.
#[test]
fn a_page_without_room_is_asked_for_again_and_a_relay_that_has_none_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let reports: Vec<_> = (0..8)
        .map(|_| phone.submit(filled_draft(&phone)).unwrap())
        .collect();
    hotline.sync(&phone).unwrap();
    hotline.work();
    hotline.sync(&phone).unwrap();
    for id in &reports {
        hotline.reply(id, "tin");
    }
    // Answers to at most so many shards at once.
    let mut answer = |bytes: &[u8], shards: usize| {
        let ask = SyncRequest::from_bytes(bytes).unwrap();
        let mut response = SyncResponse::from_bytes(&hotline.exchange(bytes)).unwrap();
        response.pages.retain(|page| !page.envelopes.is_empty());
        for page in response.pages.iter_mut().skip(shards) {
            let cursor = ask.mailboxes.iter().find(|asked| asked.shard == page.shard);
            page.envelopes.clear();
            page.next = cursor.unwrap().after;
            page.more = true;
        }
        (response.pages.len(), response.to_bytes())
    };
    let lines = || {
        let pages = reports.iter().map(|id| phone.report(id).unwrap());
        pages.map(|page| page.timeline.len()).sum::<usize>()
    };

    let summary = phone
        .sync_through(|_, bytes| Ok(answer(bytes, 0).1))
        .unwrap();
    assert_eq!(summary.ended, Ended::Busy);
    assert!(summary.requests <= limits::ATTEMPTS_MAX_COUNT);
    assert_eq!(lines(), 0);
    let mut most = 0;
    let summary = phone
        .sync_through(|_, bytes| {
            let (shards, bytes) = answer(bytes, 1);
            most = most.max(shards);
            Ok(bytes)
        })
        .unwrap();
    assert!(most > 1, "eight reports lie in one shard");
    assert_eq!((summary.ended, lines()), (Ended::Complete, reports.len()));
}

#[test]
fn pages_are_fetched_one_after_the_other_and_resumed_after_a_cut() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    hotline.sync(&phone).unwrap();
    hotline.work();
    for number in 0..8 {
        hotline.now += 1;
        hotline.reply(&id, &format!("tin số {number}"));
    }
    hotline.page_bytes = 1_500;
    let lines = |phone: &loive_client::Phone| phone.report(&id).unwrap().timeline.len();

    // The line goes dead after every second page.
    let mut seen = vec![0];
    while lines(&phone) < 8 {
        let mut left = 2;
        let _ = phone.sync_through(|_, bytes| {
            if left == 0 {
                return Err(TransportError::Interrupted);
            }
            left -= 1;
            Ok(hotline.exchange(bytes))
        });
        seen.push(lines(&phone));
    }
    assert!(seen.windows(2).all(|pair| pair[0] < pair[1]), "{seen:?}");
    assert!(seen.len() > 2, "it took several pages");
    let asked: Vec<_> = hotline
        .requests
        .iter()
        .map(|request| request.mailboxes[0].after)
        .collect();
    assert!(asked.is_sorted(), "nothing was fetched twice: {asked:?}");
}

#[test]
fn envelopes_that_come_twice_or_in_disorder_count_once() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    hotline.sync(&phone).unwrap();
    hotline.work();
    hotline.mark_read(&id);
    hotline.reply(&id, "một");
    hotline.now += 1;
    hotline.reply(&id, "hai");
    let shard = usize::from(hotline.cases[&id].seed.shard());
    let sealed: Vec<_> = hotline.shards[shard].drain(..).map(|(_, b)| b).collect();
    for bytes in sealed.iter().rev().chain(&sealed) {
        hotline.post(u8::try_from(shard).unwrap(), bytes.clone());
    }
    hotline.sync(&phone).unwrap();
    let page = phone.report(&id).unwrap();
    let said: Vec<_> = page.timeline.iter().map(|l| l.text.as_str()).collect();
    assert_eq!(said, ["một", "hai"]);
    assert_eq!(page.summary.delivery, Delivery::Read);
}

#[test]
fn a_relay_that_lost_its_log_is_offered_what_the_desk_has_not_settled() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let settled = phone.submit(filled_draft(&phone)).unwrap();
    hotline.sync(&phone).unwrap();
    hotline.work();
    hotline.sync(&phone).unwrap();
    assert_eq!(delivery(&phone, &settled), Delivery::Opened);
    let lost = phone.submit(filled_draft(&phone)).unwrap();
    hotline.sync(&phone).unwrap();
    let bytes = hotline.inbox[1].clone();

    hotline.lose_log();
    hotline.reply(&settled, "sau khi khôi phục");
    let summary = hotline.sync(&phone).unwrap();
    assert_eq!((summary.new_logs, summary.stored), (1, 1));
    assert_eq!(hotline.inbox, [bytes], "the same bytes, and only those");
    assert_eq!(
        phone.report(&settled).unwrap().timeline[0].text,
        "sau khi khôi phục",
        "cursors of the old log do not hide what is new"
    );
    assert_eq!(
        delivery(&phone, &lost),
        Delivery::AtRelay,
        "no state goes back"
    );
    hotline.work();
    hotline.sync(&phone).unwrap();
    assert_eq!(delivery(&phone, &lost), Delivery::Opened);
}

#[test]
fn a_relay_that_changes_its_log_at_every_word_is_left_in_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    phone.submit(filled_draft(&phone)).unwrap();
    hotline.sync(&phone).unwrap();
    let mut number = 7_u64;
    let summary = phone
        .sync_through(|_, bytes| {
            number += 1;
            hotline.log = LogId::from_bytes(number.to_be_bytes());
            Ok(hotline.exchange(bytes))
        })
        .unwrap();
    assert_eq!(summary.requests, limits::ROUNDS_MAX_COUNT);
}

#[test]
fn a_busy_relay_is_given_time_and_a_refusal_is_shown() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    for refusal in [Refusal::Busy, Refusal::Full] {
        hotline.refuse_with = Some(refusal);
        let summary = hotline.sync(&phone).unwrap();
        assert_eq!(summary.ended, Ended::Busy);
        assert!(phone.report(&id).unwrap().troubles.is_empty());
    }
    hotline.refuse_with = Some(Refusal::Malformed);
    let summary = hotline.sync(&phone).unwrap();
    assert_eq!((summary.refused, summary.ended), (1, Ended::Complete));
    assert_eq!(
        phone.report(&id).unwrap().troubles,
        [Trouble::RefusedByRelay(Refusal::Malformed)]
    );
    assert_eq!(delivery(&phone, &id), Delivery::OnThisPhone);

    // Not offered again to this log, but to the next one.
    hotline.refuse_with = None;
    assert_eq!(hotline.sync(&phone).unwrap().stored, 0);
    hotline.lose_log();
    assert_eq!(hotline.sync(&phone).unwrap().stored, 1);
    assert!(phone.report(&id).unwrap().troubles.is_empty());
    assert!(hotline.sync(&phone).is_ok());
    let busy = phone.sync_through(|_, _| Err(TransportError::Status(503)));
    assert_eq!(busy.unwrap().ended, Ended::Busy);
}

/// The relay acknowledges what it never stored. The phone believes "at the
/// relay", and never more than that.
#[test]
fn a_relay_cannot_forge_more_than_its_own_word() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    phone
        .sync_through(|_, bytes| {
            let response = hotline.exchange(bytes);
            hotline.inbox.clear();
            Ok(response)
        })
        .unwrap();
    assert_eq!(delivery(&phone, &id), Delivery::AtRelay);
    clock.advance(limits::NOT_OPENED_SECONDS);
    assert!(!phone.report(&id).unwrap().summary.warnings.is_empty());
}

#[test]
fn forged_and_unsigned_answers_are_counted_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    hotline.sync(&phone).unwrap();
    hotline.work();
    hotline.sync(&phone).unwrap();
    let seed = hotline.cases[&id].seed.clone();
    let before = phone.report(&id).unwrap();

    // Somebody who holds the seed signs as the hotline, with a key of their own.
    let thief = SignKey::generate(&mut hotline.rng);
    let real = std::mem::replace(&mut hotline.sign, thief);
    let raw = Thread::new()
        .add_message("gọi số này", [1; 16], NOW, [0; 4])
        .unwrap();
    let forged = hotline.sealed_answer(&seed, vec![AnswerItem::Change(raw.clone().into())]);
    hotline.sign = real;
    // A genuine one whose bytes were touched, and noise.
    let mut touched = hotline.sealed_answer(&seed, vec![AnswerItem::Change(raw.into())]);
    touched[100] ^= 1;
    // Signed, and not what a thread may hold.
    let rude = hotline.sealed_answer(&seed, vec![AnswerItem::Change(vec![7; 90].into())]);
    for bytes in [forged, touched, rude, vec![9; 384]] {
        hotline.post(seed.shard(), bytes);
    }
    let summary = hotline.sync(&phone).unwrap();
    assert_eq!(summary.ignored, 4);
    let after = phone.report(&id).unwrap();
    assert_eq!(
        (after.timeline, after.troubles),
        (before.timeline, before.troubles)
    );
}

/// A new signing key whose certificate a relay holds back: the answer is kept
/// and opens when the certificate comes.
#[test]
fn an_answer_by_a_key_not_known_yet_opens_when_its_certificate_arrives() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    hotline.sync(&phone).unwrap();
    hotline.work();
    let old = hotline.certificates.clone();
    hotline.sign = SignKey::generate(&mut hotline.rng);
    let fresh = certificate(
        &hotline.root,
        CertificateKind::Sign,
        2,
        hotline.sign.public(),
    );
    hotline.reply(&id, "khoá mới");
    hotline.sync(&phone).unwrap();
    assert!(phone.report(&id).unwrap().timeline.is_empty());

    hotline.certificates = old;
    hotline.certificates.add(&fresh).unwrap();
    hotline.sync(&phone).unwrap();
    assert_eq!(phone.report(&id).unwrap().timeline[0].text, "khoá mới");
}

#[test]
fn certificates_that_the_root_did_not_sign_are_ignored() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    phone.submit(filled_draft(&phone)).unwrap();
    let other = RootKey::generate(&mut hotline.rng);
    let spy = SealKeyPair::generate(&mut hotline.rng);
    let forged = certificate(&other, CertificateKind::Seal, 9, spy.public());
    let summary = phone
        .sync_through(|_, bytes| {
            let mut response = SyncResponse::from_bytes(&hotline.exchange(bytes)).unwrap();
            response.certificates = vec![forged.clone()];
            Ok(response.to_bytes())
        })
        .unwrap();
    assert_eq!(summary.ignored, 1);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    hotline.sync(&phone).unwrap();
    hotline.work();
    assert!(hotline.cases.contains_key(&id), "sealed to the real key");
}

/// The hotline retired its key while the phone was in the mountains: the report
/// is sealed anew, and not one that the old key could still open is lost.
#[test]
fn many_reports_go_in_steps() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let count = 270;
    for _ in 0..count {
        let draft = phone
            .new_draft("suspicion_report", loive_documents::Lang::Vi)
            .unwrap();
        phone
            .answer(draft, "danger_now", &common::one("yes"))
            .unwrap();
        phone.submit(draft).unwrap();
    }
    assert_eq!(phone.unsent().unwrap(), count);
    let summary = hotline.sync(&phone).unwrap();
    assert_eq!((summary.stored, summary.requests), (count, 2));
    assert_eq!(phone.unsent().unwrap(), 0);
}
