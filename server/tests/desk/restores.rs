//! A relay or a desk is lost and comes back, whole, old or empty.

use std::fmt::Write as _;
use std::sync::Arc;

use loive_documents::Value;
use loive_protocol::Outcome;
use loive_server::desk::{CaseState, Desk, User};

use crate::home::{Home, START, hoa, lan, page, queue, row, talk};
use crate::phone::{Phone, answers};

/// What a counsellor sees of everything, without what only this desk knows.
fn picture(desk: &Desk, who: &User) -> String {
    let mut all = String::new();
    for row in queue(desk, who).rows {
        let page = page(desk, who, &row.report);
        let line = |text: String| text.replace("Nguyễn Thị Lan: ", ": ");
        let talk: Vec<String> = talk(&page).into_iter().map(line).collect();
        let answers: Vec<_> = page
            .answers
            .iter()
            .map(|(key, value)| scalar(key, value))
            .collect();
        writeln!(
            all,
            "{} {} {:?} {:?} {} {} unread={} {:?} {:?} conflicts={}",
            row.number,
            row.report,
            row.urgency,
            row.state,
            row.written_at,
            row.received_at,
            row.unread,
            talk,
            answers,
            page.conflicts.len(),
        )
        .unwrap();
    }
    all
}

fn scalar(key: &str, value: &Value) -> String {
    match value.to_scalar() {
        loive_documents::Scalar::Str(text) => format!("{key}={text}"),
        loive_documents::Scalar::Bool(yes) => format!("{key}={yes}"),
        loive_documents::Scalar::Int(number) => format!("{key}={number}"),
    }
}

/// Three reports at work: answered, read, withdrawn.
async fn a_working_day(home: &Home, desk: &Arc<Desk>) -> [Phone; 3] {
    let who = lan(desk);
    let mut phones = [
        home.phone("trả lời"),
        home.phone_with(&answers("yes", "đã đọc")),
        home.phone("rút"),
    ];
    for phone in &phones {
        home.relay.push_envelope(&phone.first());
        home.clock.advance_seconds(60);
    }
    desk.catch_up().await.unwrap();
    home.clock.advance_seconds(60);
    let message = phones[0].say("tôi ở bến xe");
    home.relay.push_envelope(&phones[0].later(message));
    let withdraw = phones[2].withdraw();
    home.relay.push_envelope(&phones[2].later(withdraw));
    desk.catch_up().await.unwrap();
    home.clock.advance_seconds(60);
    desk.reply(&who, &phones[0].seed.report_id(), "Chờ tôi", "a")
        .unwrap();
    home.clock.advance_seconds(60);
    desk.reply(&who, &phones[0].seed.report_id(), "Xe đang đến", "b")
        .unwrap();
    desk.mark_read(&who, &phones[1].seed.report_id()).unwrap();
    desk.catch_up().await.unwrap();
    phones
}

#[tokio::test]
async fn a_relay_that_was_restored_is_read_again_and_given_back_every_answer() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let phones = a_working_day(&home, &desk).await;
    let before = picture(&desk, &who);
    let (envelopes, answers) = (home.relay.envelopes_count(), home.relay.answers().len());

    home.relay.restore(2);
    desk.catch_up().await.unwrap();
    assert_eq!(
        picture(&desk, &who),
        before,
        "nothing is doubled, nothing goes backwards"
    );
    assert_eq!(
        home.relay.answers().len(),
        answers,
        "the same answers are there again"
    );
    assert_eq!(home.relay.certificates_count(), 2);
    assert!(
        home.relay.envelopes_count() < envelopes,
        "two reports only phones can bring back"
    );
    assert_eq!(phones[1].read(&home.relay).receipts.len(), 1);
    for phone in &phones {
        home.relay.push_envelope(&phone.first());
    }
    desk.catch_up().await.unwrap();
    assert_eq!(
        picture(&desk, &who),
        before,
        "sealed anew, the same words are the same report"
    );
    assert_eq!(
        phones[0].read(&home.relay).texts(),
        ["Chờ tôi", "Xe đang đến"]
    );
}

#[tokio::test]
async fn a_desk_that_lost_its_store_reads_relay_and_mailboxes_and_stands_where_it_stood() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let mut phones = a_working_day(&home, &desk).await;
    let before = picture(&desk, &who);
    let envelopes = home.relay.envelopes_count();
    drop(desk);

    home.clock.advance_seconds(86_400);
    let desk = home.desk_at("empty.db");
    let who = lan(&desk);
    desk.catch_up().await.unwrap();
    assert_eq!(picture(&desk, &who), before);
    assert_eq!(
        home.relay.envelopes_count(),
        envelopes,
        "nobody is told anything twice"
    );
    let state = row(&desk, &who, &phones[1].seed.report_id()).state;
    assert_eq!(state, CaseState::Read);

    // Both sides go on.
    let id = phones[0].seed.report_id();
    desk.reply(&who, &id, "Bàn mới đây", "c").unwrap();
    let message = phones[0].say("cảm ơn");
    let later = phones[0].later(message);
    home.relay.push_envelope(&later);
    desk.catch_up().await.unwrap();
    let heard = phones[0].read(&home.relay);
    assert_eq!(heard.texts(), ["Chờ tôi", "Xe đang đến", "Bàn mới đây"]);
    assert_eq!(
        heard.view().read,
        Some(START + 300),
        "read stays at the earliest"
    );
    assert_eq!(heard.of(&later.id()), [Outcome::Merged]);
    assert_eq!(talk(&page(&desk, &who, &id)).len(), 5);
}

#[tokio::test]
async fn a_desk_restored_from_an_older_copy_catches_up_and_writes_under_another_name() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let mut phone = home.phone("bản sao");
    let id = phone.seed.report_id();
    home.relay.push_envelope(&phone.first());
    desk.catch_up().await.unwrap();
    desk.reply(&who, &id, "trước bản sao", "a").unwrap();
    desk.catch_up().await.unwrap();
    drop(desk);
    home.back_up("copy.db");

    let desk = home.desk();
    desk.catch_up().await.unwrap();
    home.clock.advance_seconds(60);
    let message = phone.say("sau bản sao");
    home.relay.push_envelope(&phone.later(message));
    let late = home.phone("đến sau bản sao");
    home.relay.push_envelope(&late.first());
    desk.catch_up().await.unwrap();
    desk.reply(&who, &id, "câu mất", "b").unwrap();
    desk.mark_read(&who, &late.seed.report_id()).unwrap();
    desk.catch_up().await.unwrap();
    let before = picture(&desk, &who);
    let envelopes = home.relay.envelopes_count();
    drop(desk);

    home.clock.advance_seconds(60);
    let desk = home.desk_at("copy.db");
    // Somebody is quicker than the relay.
    desk.reply(&who, &id, "ngay sau khi khôi phục", "c")
        .unwrap();
    desk.catch_up().await.unwrap();
    assert_eq!(
        home.relay.envelopes_count(),
        envelopes + 1,
        "only the new reply is new"
    );
    let heard = phone.read(&home.relay);
    let expected = ["trước bản sao", "câu mất", "ngay sau khi khôi phục"];
    assert_eq!(heard.texts(), expected);
    let talk = talk(&page(&desk, &who, &id));
    assert_eq!(talk.len(), 4);
    let after = picture(&desk, &who);
    let late_line = |picture: &str| {
        let id = late.seed.report_id().to_string();
        picture
            .lines()
            .find(|line| line.contains(&id))
            .unwrap()
            .to_owned()
    };
    assert_eq!(late_line(&after), late_line(&before));
}

#[tokio::test]
async fn desk_and_relay_lost_together_are_rebuilt_from_the_phones() {
    let home = Home::new();
    let desk = home.desk();
    let mut phones = a_working_day(&home, &desk).await;
    drop(desk);
    home.relay.restore(0);
    let desk = home.desk_at("empty.db");
    let who = lan(&desk);
    desk.catch_up().await.unwrap();
    assert!(queue(&desk, &who).rows.is_empty());
    // A phone that has no desk receipt on this log offers everything again.
    let withdrawn = phones[2].copy();
    for phone in &phones {
        home.relay.push_envelope(&phone.first());
    }
    let rest: Vec<_> = withdrawn
        .document
        .changes()
        .skip(1)
        .map(<[u8]>::to_vec)
        .collect();
    for raw in rest {
        home.relay.push_envelope(&phones[2].later(raw));
    }
    desk.catch_up().await.unwrap();
    assert_eq!(queue(&desk, &who).rows.len(), 3);
    assert!(row(&desk, &who, &phones[2].seed.report_id()).withdrawn);
    let more = phones[1].say("vẫn ở đây");
    let later = phones[1].later(more);
    home.relay.push_envelope(&later);
    desk.catch_up().await.unwrap();
    assert_eq!(
        phones[1].read(&home.relay).of(&later.id()),
        [Outcome::Merged]
    );
}

#[tokio::test]
async fn a_restart_loses_nothing_and_says_nothing_twice() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let phones = a_working_day(&home, &desk).await;
    let before = picture(&desk, &who);
    let envelopes = home.relay.envelopes_count();
    let id = phones[0].seed.report_id();
    desk.reply(&who, &id, "viết ngay trước khi tắt máy", "z")
        .unwrap();
    drop(desk);

    let desk = home.desk();
    desk.catch_up().await.unwrap();
    assert_eq!(home.relay.envelopes_count(), envelopes + 1);
    assert_eq!(phones[0].read(&home.relay).texts().len(), 3);
    drop(desk);
    let desk = home.desk();
    desk.catch_up().await.unwrap();
    assert_eq!(home.relay.envelopes_count(), envelopes + 1);
    assert_eq!(picture(&desk, &who).lines().count(), before.lines().count());
    assert_eq!(desk.users().unwrap().len(), 1);
    hoa(&desk);
    assert_eq!(desk.users().unwrap().len(), 2);
}

#[tokio::test]
async fn a_relay_that_forgot_a_receipt_gets_it_again_when_the_phone_asks_again() {
    let home = Home::new();
    let desk = home.desk();
    let phone = home.phone("quên");
    let first = phone.first();
    home.relay.push_envelope(&first);
    desk.catch_up().await.unwrap();
    assert_eq!(phone.read(&home.relay).receipts.len(), 1);
    home.relay.forget_answers();
    home.relay.push_again(first.as_bytes());
    desk.catch_up().await.unwrap();
    let heard = phone.read(&home.relay);
    assert_eq!(heard.of(&first.id()), [Outcome::Merged]);
}
