//! What a counsellor does and writes, and what reaches the phone.

use std::sync::Arc;
use std::time::Duration;

use loive_documents::{Urgency, Value};
use loive_protocol::Outcome;
use loive_server::desk::{
    CaseState, ClaimOutcome, DeskError, QueueFilter, REASON_MAX_CHARS, REPLY_MAX_CHARS,
    TimelineWhat,
};

use crate::home::{Home, START, hoa, lan, minh, page, queue, row, talk};
use crate::phone::answers;

#[tokio::test]
async fn a_reply_reaches_the_phone_and_only_that_phone() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let (phone, stranger) = (home.phone("cần giúp"), home.phone("người khác"));
    let id = phone.seed.report_id();
    home.relay.push_envelope(&phone.first());
    home.relay.push_envelope(&stranger.first());
    desk.catch_up().await.unwrap();

    home.clock.advance_seconds(300);
    desk.reply(&who, &id, "Chị gọi 111 được không?\r\nTôi chờ máy.", "a")
        .unwrap();
    assert!(
        phone.read(&home.relay).texts().is_empty(),
        "not before the relay has it"
    );
    desk.catch_up().await.unwrap();

    let heard = phone.read(&home.relay);
    assert_eq!(heard.texts(), ["Chị gọi 111 được không?\nTôi chờ máy."]);
    assert_eq!(heard.view().read, Some(START + 300), "who answers has read");
    assert!(stranger.read(&home.relay).texts().is_empty());
    let page = page(&desk, &who, &id);
    assert!(page.row.state == CaseState::Answered && !page.row.unread);
    assert_eq!(
        talk(&page),
        ["> Nguyễn Thị Lan: Chị gọi 111 được không?\nTôi chờ máy."]
    );
}

#[tokio::test]
async fn a_double_click_writes_one_reply() {
    let home = Home::new();
    let desk = home.desk();
    let (who, other) = (lan(&desk), minh(&desk));
    let phone = home.phone("bấm hai lần");
    let id = phone.seed.report_id();
    home.relay.push_envelope(&phone.first());
    desk.catch_up().await.unwrap();
    for _ in 0..3 {
        desk.reply(&who, &id, "Một lần thôi", "form-1").unwrap();
    }
    desk.reply(&who, &id, "Một lần thôi", "form-2").unwrap();
    desk.reply(&other, &id, "Tôi là Minh", "form-1").unwrap();
    desk.catch_up().await.unwrap();
    let mut texts = phone.read(&home.relay).texts();
    texts.sort_unstable();
    assert_eq!(texts, ["Một lần thôi", "Một lần thôi", "Tôi là Minh"]);
}

#[tokio::test]
async fn a_reply_is_neither_empty_nor_endless() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let phone = home.phone("dài");
    let id = phone.seed.report_id();
    home.relay.push_envelope(&phone.first());
    desk.catch_up().await.unwrap();
    let longest = "ệ".repeat(REPLY_MAX_CHARS);
    assert_eq!(desk.reply(&who, &id, " \r\n ", "a"), Err(DeskError::Empty));
    let too_long = format!("{longest}ệ");
    let limit = REPLY_MAX_CHARS;
    assert_eq!(
        desk.reply(&who, &id, &too_long, "b"),
        Err(DeskError::TooLong { limit })
    );
    assert_eq!(
        row(&desk, &who, &id).state,
        CaseState::New,
        "a refused reply leaves no trace"
    );
    desk.reply(&who, &id, &longest, "b").unwrap();
    let stranger = home.phone("không có ở đây").seed.report_id();
    assert_eq!(
        desk.reply(&who, &stranger, "?", "c"),
        Err(DeskError::NotFound)
    );
    desk.catch_up().await.unwrap();
    assert_eq!(phone.read(&home.relay).texts(), [longest]);
}

#[tokio::test]
async fn read_is_said_once_and_stays_at_the_earliest() {
    let home = Home::new();
    let desk = home.desk();
    let (who, other) = (lan(&desk), minh(&desk));
    let mut phone = home.phone("đọc");
    let id = phone.seed.report_id();
    home.relay.push_envelope(&phone.first());
    desk.catch_up().await.unwrap();
    home.clock.advance_seconds(60);
    desk.mark_read(&who, &id).unwrap();
    desk.catch_up().await.unwrap();
    let envelopes = phone.read(&home.relay).envelopes;
    home.clock.advance_seconds(60);
    desk.mark_read(&other, &id).unwrap();
    desk.catch_up().await.unwrap();
    let heard = phone.read(&home.relay);
    assert_eq!(heard.view().read, Some(START + 60));
    assert_eq!(heard.envelopes, envelopes, "nothing new was said");

    // Something new is news again, but the report was read before.
    let more = phone.say("thêm");
    home.relay.push_envelope(&phone.later(more));
    desk.catch_up().await.unwrap();
    assert!(row(&desk, &who, &id).unread);
    desk.mark_read(&other, &id).unwrap();
    assert!(!row(&desk, &who, &id).unread);
    let readers: Vec<_> = page(&desk, &who, &id)
        .timeline
        .into_iter()
        .filter_map(|entry| match entry.what {
            TimelineWhat::Read(name) => Some((entry.at, name)),
            _ => None,
        })
        .collect();
    let expected = [
        (START + 60, "Nguyễn Thị Lan".to_owned()),
        (START + 120, "Trần Minh".to_owned()),
    ];
    assert_eq!(readers, expected);
}

#[tokio::test]
async fn a_withdrawn_report_is_closed_and_its_reporter_learns_that_it_was_seen() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let mut phone = home.phone_with(&answers("yes", "tôi rút lại"));
    let id = phone.seed.report_id();
    home.relay.push_envelope(&phone.first());
    desk.catch_up().await.unwrap();
    assert_eq!(queue(&desk, &who).counts.open[0], 1);
    home.clock.advance_seconds(30);
    let withdraw = phone.withdraw();
    let envelope = phone.later(withdraw);
    home.clock.advance_seconds(30);
    home.relay.push_envelope(&envelope);
    desk.catch_up().await.unwrap();

    let row = row(&desk, &who, &id);
    assert!(row.withdrawn && row.state == CaseState::Closed && row.unread);
    assert_eq!(queue(&desk, &who).counts.open[0], 0);
    assert!(
        desk.queue(&who, QueueFilter::Open, 0, 9)
            .unwrap()
            .rows
            .is_empty()
    );
    let heard = phone.read(&home.relay);
    assert_eq!(heard.view().withdrawn_seen, Some(START + 60));
    assert_eq!(heard.of(&envelope.id()), [Outcome::Merged]);
    let at = page(&desk, &who, &id)
        .timeline
        .into_iter()
        .find_map(|entry| matches!(entry.what, TimelineWhat::Withdrawn).then_some(entry.at));
    assert_eq!(at, Some(START + 30));
}

#[tokio::test]
async fn of_two_who_claim_at_once_one_has_it_and_the_other_learns_who() {
    let home = Home::new();
    let desk = home.desk();
    let (one, two) = (lan(&desk), minh(&desk));
    let phone = home.phone("ai nhận");
    let id = phone.seed.report_id();
    home.relay.push_envelope(&phone.first());
    desk.catch_up().await.unwrap();

    for _ in 0..20 {
        let outcomes: Vec<ClaimOutcome> = std::thread::scope(|scope| {
            let tries = [&one, &two].map(|who| {
                let desk = Arc::clone(&desk);
                scope.spawn(move || desk.claim(who, &id).unwrap())
            });
            tries
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        let claimed = outcomes
            .iter()
            .filter(|outcome| **outcome == ClaimOutcome::Claimed)
            .count();
        assert_eq!(claimed, 1);
        let holder = row(&desk, &one, &id).claimed_by.unwrap();
        assert!(outcomes.contains(&ClaimOutcome::TakenBy(holder.clone())));
        let (winner, loser) = if holder == one.display_name {
            (&one, &two)
        } else {
            (&two, &one)
        };
        assert!(desk.claim(winner, &id).unwrap() == ClaimOutcome::AlreadyYours);
        assert_eq!(desk.release(loser, &id), Err(DeskError::NotYours));
        assert_eq!(
            desk.queue(winner, QueueFilter::Mine, 0, 9)
                .unwrap()
                .rows
                .len(),
            1
        );
        assert!(
            desk.queue(loser, QueueFilter::Mine, 0, 9)
                .unwrap()
                .rows
                .is_empty()
        );
        assert!(
            desk.queue(loser, QueueFilter::Unclaimed, 0, 9)
                .unwrap()
                .rows
                .is_empty()
        );
        desk.release(winner, &id).unwrap();
    }
    desk.claim(&one, &id).unwrap();
    desk.release(&hoa(&desk), &id).unwrap();
    assert!(
        row(&desk, &one, &id).claimed_by.is_none(),
        "an administrator gives it back"
    );
}

#[tokio::test]
async fn a_changed_urgency_holds_until_the_reporter_says_something_graver() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let mut phone = home.phone("mức độ");
    let id = phone.seed.report_id();
    home.relay.push_envelope(&phone.first());
    desk.catch_up().await.unwrap();
    assert_eq!(
        desk.set_urgency(&who, &id, Urgency::P2, "  "),
        Err(DeskError::Empty)
    );
    let long = "x".repeat(REASON_MAX_CHARS + 1);
    let limit = REASON_MAX_CHARS;
    let refused = desk.set_urgency(&who, &id, Urgency::P2, &long);
    assert_eq!(refused, Err(DeskError::TooLong { limit }));
    desk.set_urgency(&who, &id, Urgency::P2, "Gia đình đang nợ")
        .unwrap();
    let found = page(&desk, &who, &id);
    assert_eq!(found.row.urgency, Urgency::P2);
    assert_eq!(found.urgency_reason.as_deref(), Some("Gia đình đang nợ"));

    let change = phone.set("indicators", &Value::Multi(vec!["r_pay_too_good".into()]));
    home.relay.push_envelope(&phone.later(change));
    desk.catch_up().await.unwrap();
    assert_eq!(
        row(&desk, &who, &id).urgency,
        Urgency::P2,
        "P3 is not graver than P2"
    );

    desk.set_urgency(&who, &id, Urgency::P4, "Đã gọi, mọi người ở nhà")
        .unwrap();
    assert_eq!(row(&desk, &who, &id).urgency, Urgency::P4);
    let change = phone.set("danger_now", &Value::Single("yes".into()));
    home.relay.push_envelope(&phone.later(change));
    desk.catch_up().await.unwrap();
    assert_eq!(row(&desk, &who, &id).urgency, Urgency::P0);
}

#[tokio::test]
async fn a_hoax_is_closed_kept_and_can_be_undone_and_the_phone_is_not_told() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let phone = home.phone("đùa");
    let id = phone.seed.report_id();
    home.relay.push_envelope(&phone.first());
    desk.catch_up().await.unwrap();
    let before = phone.read(&home.relay).envelopes;
    desk.mark_hoax(&who, &id, "Trẻ con nghịch máy").unwrap();
    desk.mark_hoax(&who, &id, "lần nữa").unwrap();
    let found = row(&desk, &who, &id);
    assert!(found.hoax && found.state == CaseState::Closed);
    desk.undo_hoax(&who, &id).unwrap();
    desk.undo_hoax(&who, &id).unwrap();
    let found = page(&desk, &who, &id);
    assert!(!found.row.hoax && found.row.state == CaseState::New);
    let hoaxes = found.timeline.iter().filter(|entry| {
        matches!(
            entry.what,
            TimelineWhat::Hoax(..) | TimelineWhat::HoaxUndone(..)
        )
    });
    assert_eq!(hoaxes.count(), 2);
    desk.catch_up().await.unwrap();
    assert_eq!(phone.read(&home.relay).envelopes, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_feed_runs_by_itself_takes_what_comes_and_stops_when_told() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    home.relay.fail_next(1);
    let running = tokio::spawn(Arc::clone(&desk).run(async {
        let _ = stopped.await;
    }));
    let phone = home.phone("tự chạy");
    let id = phone.seed.report_id();
    let mut news = desk.subscribe();
    home.relay.push_envelope(&phone.first());
    let arrived = tokio::time::timeout(Duration::from_secs(20), news.recv()).await;
    assert_eq!(arrived.unwrap().unwrap().report, Some(id));

    let writer = Arc::clone(&desk);
    let author = who.clone();
    tokio::task::spawn_blocking(move || writer.reply(&author, &id, "Tôi đây", "x").unwrap())
        .await
        .unwrap();
    let reached = async {
        while phone.read(&home.relay).texts().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), reached)
        .await
        .unwrap();

    stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_secs(5), running)
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn the_relay_is_told_what_is_safe_here_and_only_once() {
    let home = Home::new();
    let desk = home.desk();
    home.relay.set_page(2);
    let phones: Vec<_> = (0..5).map(|n| home.phone(&format!("trang {n}"))).collect();
    for phone in &phones {
        home.relay.push_envelope(&phone.first());
    }
    desk.catch_up().await.unwrap();
    let requests = home.relay.take_requests();
    for request in &requests {
        assert!(
            request.acknowledged_through <= request.inbox_after,
            "never before it is safe"
        );
    }
    let told: Vec<u64> = requests
        .iter()
        .map(|request| request.acknowledged_through)
        .filter(|through| *through > 0)
        .collect();
    assert_eq!(told, [2, 4, 5]);
    let given = requests
        .iter()
        .filter(|request| !request.certificates.is_empty())
        .count();
    assert_eq!(given, 1, "certificates are published when they changed");
    for phone in &phones {
        assert_eq!(phone.read(&home.relay).receipts.len(), 1);
    }
}

#[tokio::test]
async fn an_answer_that_the_relay_does_not_take_is_kept_and_offered_again() {
    let home = Home::new();
    let desk = home.desk();
    let phone = home.phone("đầy");
    home.relay.push_envelope(&phone.first());
    home.relay.refuse_answers(true);
    assert!(desk.catch_up().await.is_err());
    assert!(phone.read(&home.relay).receipts.is_empty());
    home.relay.refuse_answers(false);
    desk.catch_up().await.unwrap();
    assert_eq!(phone.read(&home.relay).receipts.len(), 1);
}
