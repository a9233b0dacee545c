//! A report arrives, and a counsellor sees it.

use std::fmt::Write as _;
use std::sync::Arc;

use loive_documents::screening::Level;
use loive_documents::{Answers, Place, Urgency, Value};
use loive_protocol::{Outcome, ProofKind, Refusal};
use loive_server::Env;
use loive_server::desk::{CaseState, Desk, QueueFilter, TimelineWhat};

use crate::home::{Home, START, lan, page, queue, row, talk};
use crate::phone::{Phone, answers};
use crate::relay::Relay;

#[tokio::test]
async fn a_report_arrives_stands_in_the_queue_and_its_phone_learns_that_it_was_opened() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let phone = home.phone("Một chị tên Hạnh rủ đi Myawaddy, lương 30 triệu");
    let first = phone.first();
    home.clock.advance_seconds(3_600);
    let id = home.relay.push_envelope(&first);
    home.clock.advance_seconds(60);
    let mut news = desk.subscribe();
    desk.catch_up().await.unwrap();

    let found = queue(&desk, &who);
    assert_eq!(found.rows.len(), 1);
    assert_eq!(found.counts.open, [0, 0, 0, 0, 1]);
    assert_eq!(found.counts.unread, 1);
    let row = &found.rows[0];
    assert_eq!(row.report, phone.seed.report_id());
    assert_eq!(
        (row.number, row.urgency, row.level),
        (1, Urgency::P4, Level::Grey)
    );
    assert_eq!(row.what.as_deref(), Some("job_abroad"));
    let place = Place::Commune {
        province: "01".into(),
        commune: "00004".into(),
    };
    assert!(row.place == Some(place));
    assert_eq!((row.written_at, row.received_at), (START, START + 3_600));
    assert!(row.state == CaseState::New && row.unread && !row.quarantined);
    assert_eq!(news.try_recv().unwrap().report, Some(row.report));

    let page = page(&desk, &who, &row.report);
    assert!(
        page.answers.get("suspect_info")
            == Some(&Value::Text(
                "Một chị tên Hạnh rủ đi Myawaddy, lương 30 triệu".into()
            ))
    );
    assert_eq!(
        (page.reader_language.as_str(), page.form_version),
        ("vi", 1)
    );

    let heard = phone.read(&home.relay);
    assert_eq!(heard.of(&id), [Outcome::Merged]);
    assert_eq!(heard.receipts[0].received_at, START + 3_600);
    assert_eq!(heard.view().opened, Some(START + 3_660));
    assert_eq!(heard.view().read, None);
    assert_eq!(
        home.relay.certificates_count(),
        2,
        "phones are given the certificates"
    );
}

#[tokio::test]
async fn the_most_urgent_comes_first_and_then_the_longest_waiting() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let critical = Value::Multi(vec![
        "v_young".into(),
        "e_locked".into(),
        "r_no_contract".into(),
    ]);
    let mut locked = answers("unknown", "bị nhốt");
    locked.set("indicators", critical);
    let mut seen = answers("no", "cũ");
    seen.set("indicators", Value::Multi(vec!["r_pay_too_good".into()]));
    let reports = [
        answers("no", "thứ nhất"),
        answers("no", "thứ hai"),
        seen,
        answers("yes", "nguy"),
        locked,
    ];
    let mut ids = Vec::new();
    let mut news = desk.subscribe();
    for answers in &reports {
        let phone = home.phone_with(answers);
        home.relay.push_envelope(&phone.first());
        ids.push(phone.seed.report_id());
        home.clock.advance_seconds(10);
    }
    desk.catch_up().await.unwrap();

    let shown: Vec<_> = queue(&desk, &who)
        .rows
        .iter()
        .map(|row| row.report)
        .collect();
    assert_eq!(shown, [ids[3], ids[4], ids[2], ids[0], ids[1]]);
    assert_eq!(queue(&desk, &who).counts.open, [2, 0, 0, 1, 2]);
    let flags = page(&desk, &who, &ids[4]).red_flags;
    assert_eq!(
        flags,
        ["e_locked", "r_no_contract", "v_young"],
        "the gravest first"
    );
    let alarms: Vec<_> = std::iter::from_fn(|| news.try_recv().ok())
        .filter(|changed| changed.urgent)
        .collect();
    assert_eq!(alarms.len(), 2);

    let second = desk.queue(&who, QueueFilter::Open, 2, 2).unwrap();
    assert!(second.more);
    assert_eq!(
        second.rows.iter().map(|row| row.report).collect::<Vec<_>>(),
        [ids[2], ids[0]]
    );
    assert!(!desk.queue(&who, QueueFilter::Open, 4, 2).unwrap().more);
}

#[tokio::test]
async fn the_same_envelope_by_three_carriers_is_one_report_and_one_receipt() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let phone = home.phone("ba đường");
    let envelope = phone.first();
    home.relay.push_envelope(&envelope);
    desk.catch_up().await.unwrap();
    home.relay.push_again(envelope.as_bytes());
    home.relay.push_again(envelope.as_bytes());
    // The same words sealed anew are the same change.
    let sealed_again = phone.first();
    home.relay.push_envelope(&sealed_again);
    desk.catch_up().await.unwrap();

    assert_eq!(queue(&desk, &who).rows.len(), 1);
    assert!(!row(&desk, &who, &phone.seed.report_id()).quarantined);
    let heard = phone.read(&home.relay);
    assert_eq!(heard.of(&envelope.id()), [Outcome::Merged]);
    assert_eq!(heard.of(&sealed_again.id()), [Outcome::Merged]);
    assert_eq!(heard.envelopes, 2);
}

#[tokio::test]
async fn a_phone_whose_clock_is_ahead_never_writes_later_than_it_was_received() {
    let home = Home::new();
    home.clock.advance_seconds(86_400);
    let mut phone = home.phone("đồng hồ sai");
    let first = phone.first();
    let message = phone.say("viết ở ngày mai");
    let later = phone.later(message);
    // The relay's clock is the right one: it stands a day before the phone's.
    let (right, _) = Env::manual(START);
    let relay = Relay::new(home.root.public(), right.clone());
    relay.push_envelope(&first);
    relay.push_envelope(&later);
    let mut config = home.config(home.database());
    config.env = right;
    let desk = Desk::open(config, Arc::new(relay)).unwrap();
    let who = lan(&desk);
    desk.catch_up().await.unwrap();
    let page = page(&desk, &who, &phone.seed.report_id());
    assert_eq!(page.row.written_at, START);
    assert!(page.timeline.iter().all(|entry| entry.at <= START));
    assert_eq!(talk(&page), ["< viết ở ngày mai"]);
}

#[tokio::test]
async fn what_is_added_later_is_merged_and_shown_as_news() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let mut phone = home.phone("xe trắng");
    let id = phone.seed.report_id();
    home.relay.push_envelope(&phone.first());
    desk.catch_up().await.unwrap();
    desk.mark_read(&who, &id).unwrap();
    assert!(!row(&desk, &who, &id).unread);

    home.clock.advance_seconds(120);
    let changes = vec![
        Phone::change(phone.set("danger_now", &Value::Single("yes".into()))),
        Phone::change(phone.say("Họ đang ở bến xe")),
    ];
    let later = phone.seal(changes, ProofKind::Mac);
    home.relay.push_envelope(&later);
    let mut news = desk.subscribe();
    desk.catch_up().await.unwrap();

    let row = row(&desk, &who, &id);
    assert!(row.unread && row.state == CaseState::Read && row.urgency == Urgency::P0);
    assert!(news.try_recv().unwrap().urgent, "it became a P0 by this");
    let page = page(&desk, &who, &id);
    assert_eq!(talk(&page), ["< Họ đang ở bến xe"]);
    let amended = page.timeline.iter().find_map(|entry| match &entry.what {
        TimelineWhat::Amended(fields) => Some((entry.at, fields.clone())),
        _ => None,
    });
    assert_eq!(amended, Some((START + 120, vec!["danger_now".to_owned()])));
    assert_eq!(phone.read(&home.relay).of(&later.id()), [Outcome::Merged]);
}

#[tokio::test]
async fn two_phones_that_change_one_answer_are_both_shown() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let mut mother = home.phone("hai máy");
    let mut brother = mother.copy();
    let id = mother.seed.report_id();
    home.relay.push_envelope(&mother.first());
    let a = mother.set("how_many", &Value::Single("1".into()));
    let b = brother.set("how_many", &Value::Single("2-5".into()));
    home.relay.push_envelope(&mother.later(a));
    home.relay.push_envelope(&brother.later(b));
    desk.catch_up().await.unwrap();

    let page = page(&desk, &who, &id);
    let both = &page.conflicts["how_many"];
    assert_eq!(both.len(), 2);
    for code in ["1", "2-5"] {
        assert!(both.contains(&Value::Single(code.into())));
    }
    assert!(both.contains(&page.answers["how_many"]));
}

#[tokio::test]
async fn a_first_change_that_cannot_be_rebuilt_is_shown_and_asked_for() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let mut phone = home.phone_with(&answers("yes", "đang bị giữ ở nhà trọ"));
    let id = phone.seed.report_id();
    let short = phone.seal(vec![phone.mismatched_first_item()], ProofKind::Seed);
    home.relay.push_envelope(&short);
    let message = phone.say("tôi còn ở đó");
    let later = phone.later(message);
    home.relay.push_envelope(&later);
    desk.catch_up().await.unwrap();

    let shown = row(&desk, &who, &id);
    assert!(shown.urgency == Urgency::P0 && shown.quarantined && shown.unread);
    assert!(page(&desk, &who, &id).answers.contains_key("suspect_info"));
    let reasons: Vec<_> = page(&desk, &who, &id)
        .quarantine
        .iter()
        .map(|row| row.reason.clone())
        .collect();
    assert_eq!(reasons, ["hash_mismatch", "missing_dependency"]);
    let heard = phone.read(&home.relay);
    assert_eq!(heard.of(&short.id()), [Outcome::SendRawChange]);
    assert_eq!(heard.of(&later.id()), [Outcome::Waiting]);

    let whole = phone.seal(vec![Phone::change(phone.raw_first())], ProofKind::Mac);
    home.relay.push_envelope(&whole);
    desk.catch_up().await.unwrap();
    let shown = row(&desk, &who, &id);
    assert!(shown.urgency == Urgency::P0 && !shown.quarantined);
    assert_eq!(talk(&page(&desk, &who, &id)), ["< tôi còn ở đó"]);
    let heard = phone.read(&home.relay);
    assert_eq!(heard.of(&whole.id()), [Outcome::Merged]);
    assert_eq!(
        heard.of(&short.id()),
        [Outcome::SendRawChange, Outcome::Merged]
    );
    assert_eq!(heard.of(&later.id()), [Outcome::Waiting, Outcome::Merged]);
}

#[tokio::test]
async fn a_raw_first_change_that_says_something_else_keeps_both() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let phone = home.phone("bản rút gọn");
    let other = Phone::with_seed(
        &home.env,
        &home.certificates,
        &answers("no", "bản đầy đủ"),
        phone.seed.clone(),
    );
    let id = phone.seed.report_id();
    let short = phone.seal(vec![phone.mismatched_first_item()], ProofKind::Seed);
    home.relay.push_envelope(&short);
    home.relay
        .push_envelope(&other.seal(vec![Phone::change(other.raw_first())], ProofKind::Mac));
    desk.catch_up().await.unwrap();

    let page = page(&desk, &who, &id);
    assert!(page.answers["suspect_info"] == Value::Text("bản đầy đủ".into()));
    assert_eq!(page.quarantine.len(), 1);
    assert_eq!(page.quarantine[0].readable, ["bản rút gọn"]);
    let last = phone.read(&home.relay).of(&short.id()).pop();
    assert_eq!(last, Some(Outcome::Quarantined(Refusal::HashMismatch)));
}

#[tokio::test]
async fn two_first_changes_of_one_report_are_both_kept() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let phone = home.phone("bản thứ nhất");
    let danger = answers("yes", "bản thứ hai");
    let other = Phone::with_seed(&home.env, &home.certificates, &danger, phone.seed.clone());
    let id = phone.seed.report_id();
    home.relay.push_envelope(&phone.first());
    let compact = other.first();
    let raw = other.seal(vec![Phone::change(other.raw_first())], ProofKind::Mac);
    home.relay.push_envelope(&compact);
    home.relay.push_envelope(&raw);
    desk.catch_up().await.unwrap();

    let page = page(&desk, &who, &id);
    assert!(page.answers["suspect_info"] == Value::Text("bản thứ nhất".into()));
    assert!(page.row.quarantined);
    assert_eq!(page.quarantine.len(), 2);
    for row in &page.quarantine {
        assert_eq!((row.reason.as_str(), row.urgent), ("duplicate_first", true));
        assert!(row.readable.iter().any(|text| text == "bản thứ hai"));
    }
    let heard = phone.read(&home.relay);
    for envelope in [compact, raw] {
        let refused = Outcome::Quarantined(Refusal::DuplicateFirst);
        assert_eq!(heard.of(&envelope.id()), [refused]);
    }
}

#[tokio::test]
async fn changes_that_come_in_the_wrong_order_wait_in_sight_and_are_merged() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let mut phone = home.phone("sai thứ tự");
    let id = phone.seed.report_id();
    let first = phone.first();
    let one = phone.say("một");
    let two = phone.set("danger_now", &Value::Single("yes".into()));
    home.clock.advance_seconds(1);
    let three = phone.say("ba");
    let [one, two, three] = [one, two, three].map(|raw| phone.later(raw));

    // Nobody can prove a later part before the report has begun.
    home.relay.push_envelope(&three);
    desk.catch_up().await.unwrap();
    assert!(queue(&desk, &who).rows.is_empty());
    let waiting = desk.quarantine(&who).unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].reason, "unknown_report");
    assert!(waiting[0].report.is_none(), "there is no page to lead to");

    home.relay.push_envelope(&first);
    home.relay.push_envelope(&two);
    desk.catch_up().await.unwrap();
    let waiting = desk.quarantine(&who).unwrap();
    let reasons: Vec<_> = waiting.iter().map(|row| row.reason.as_str()).collect();
    assert_eq!(reasons, ["missing_dependency"; 2]);
    assert!(
        waiting[0].urgent && !waiting[1].urgent,
        "what looks like a P0 is on top"
    );
    assert_eq!(waiting[1].readable, ["ba"]);
    assert_eq!(row(&desk, &who, &id).urgency, Urgency::P4);
    assert_eq!(phone.read(&home.relay).of(&three.id()), [Outcome::Waiting]);

    home.relay.push_envelope(&one);
    desk.catch_up().await.unwrap();
    assert!(desk.quarantine(&who).unwrap().is_empty());
    let page = page(&desk, &who, &id);
    assert!(page.row.urgency == Urgency::P0 && !page.row.quarantined);
    assert_eq!(talk(&page), ["< một", "< ba"]);
    let heard = phone.read(&home.relay);
    assert_eq!(heard.of(&three.id()), [Outcome::Waiting, Outcome::Merged]);
    assert_eq!(heard.of(&two.id()), [Outcome::Waiting, Outcome::Merged]);
    assert_eq!(heard.of(&one.id()), [Outcome::Merged]);
}

#[tokio::test]
async fn whoever_takes_call_me_back_away_takes_the_number_with_it() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let mut given = answers("no", "gọi lại");
    given.extend(Answers::from_iter([
        ("contact_wanted", Value::Bool(true)),
        ("safe_phone", Value::Text("0912 345 678".into())),
        ("safe_days", Value::Multi(vec!["mon".into(), "sun".into()])),
        ("safe_from", Value::Time(20 * 60)),
        ("safe_word", Value::Text("cô Ba".into())),
    ]));
    let mut phone = home.phone_with(&given);
    let id = phone.seed.report_id();
    home.relay.push_envelope(&phone.first());
    desk.catch_up().await.unwrap();
    let contact = page(&desk, &who, &id).contact;
    assert_eq!(contact.wanted, Some(true));
    assert_eq!(contact.phone.as_deref(), Some("0912 345 678"));
    assert_eq!((contact.days.len(), contact.from_minutes), (2, Some(1_200)));
    assert_eq!(contact.word.as_deref(), Some("cô Ba"));

    let change = phone.set("contact_wanted", &Value::Bool(false));
    home.relay.push_envelope(&phone.later(change));
    desk.catch_up().await.unwrap();
    let page = page(&desk, &who, &id);
    assert_eq!(page.contact.wanted, Some(false));
    assert!(page.contact.phone.is_none() && !page.answers.contains_key("safe_phone"));
}

#[tokio::test]
async fn projections_can_be_made_again_from_the_changes() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let mut phone = home.phone_with(&answers("yes", "dựng lại"));
    let mut other = phone.copy();
    home.relay.push_envelope(&phone.first());
    let changes = [
        phone.say("một"),
        phone.set("how_many", &Value::Single("1".into())),
        other.set("how_many", &Value::Single("6+".into())),
        phone.withdraw(),
    ];
    for change in changes {
        home.clock.advance_seconds(10);
        home.relay.push_envelope(&phone.later(change));
    }
    let short = home.phone("chưa có bản đầy đủ");
    home.relay
        .push_envelope(&short.seal(vec![short.mismatched_first_item()], ProofKind::Seed));
    desk.catch_up().await.unwrap();
    desk.reply(&who, &phone.seed.report_id(), "Chào chị", "t")
        .unwrap();

    let before = projections(&home);
    assert!(before.contains("một") && before.contains("how_many"));
    desk.rebuild_projections().unwrap();
    assert!(
        projections(&home) == before,
        "made again, they are the same"
    );

    let connection = open_store(&home);
    connection
        .execute_batch(
            "DELETE FROM messages; DELETE FROM amendments; DELETE FROM answers_given;
             UPDATE reports SET urgency_computed = 4, level = 0, what = NULL, place = NULL,
                 withdrawn_at = NULL, read_at = NULL, answered = 0, language = NULL;",
        )
        .unwrap();
    assert!(projections(&home) != before);
    desk.rebuild_projections().unwrap();
    assert!(projections(&home) == before, "lost, they are made again");
}

fn open_store(home: &Home) -> rusqlite::Connection {
    let options = loive_cipher::Options::default();
    loive_cipher::open(&home.database(), &Home::store_key(), options).unwrap()
}

/// Every projected row and column as text.
fn projections(home: &Home) -> String {
    let connection = open_store(home);
    let mut all = String::new();
    for sql in [
        "SELECT number, unread, urgency_computed, level, what, place, minor, language,
             form_version, withdrawn_at, thread_opened_at, read_at, withdrawn_seen_at, answered
         FROM reports ORDER BY number",
        "SELECT * FROM messages ORDER BY report, side, id, text",
        "SELECT * FROM amendments ORDER BY report, hash",
        "SELECT * FROM answers_given ORDER BY report, list, field, rank",
    ] {
        let mut statement = connection.prepare(sql).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                let value: rusqlite::types::Value = row.get(column).unwrap();
                write!(all, "{value:?}|").unwrap();
            }
            all.push('\n');
        }
    }
    all
}
