//! What stands on the pages, and in which language.

use axum::http::StatusCode;
use loive_documents::{Answers, Place, Value};

use crate::browser::Office;

fn wants_a_call(from: u16, to: u16) -> Answers {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    Answers::from_iter([
        ("danger_now", Value::Single("no".into())),
        ("where", Value::Place(Place::Abroad)),
        ("what_type", Value::Multi(vec!["scam_compound".into()])),
        ("contact_wanted", Value::Bool(true)),
        ("safe_phone", Value::Text("0912345678".into())),
        ("safe_days", Value::Multi(days.map(str::to_owned).to_vec())),
        ("safe_from", Value::Time(from)),
        ("safe_to", Value::Time(to)),
        ("safe_word", Value::Text("hoa ban trắng".into())),
        ("voicemail_ok", Value::Single("no".into())),
        ("sms_ok", Value::Single("yes".into())),
        ("phone_shared", Value::Single("yes".into())),
        ("lang", Value::Single("en".into())),
    ])
}

#[tokio::test]
async fn what_is_safe_stands_before_anything_else() {
    let office = Office::new();
    let id = office
        .receive(&office.home.phone_with(&wants_a_call(0, 1_439)))
        .await;
    let mut browser = office.browser_of("lan").await;
    let page = browser.get(&format!("/report/{id}")).await;
    let places: Vec<usize> = [
        "contact-title",
        "flags-title",
        "answers-title",
        "timeline-title",
    ]
    .iter()
    .map(|id| page.text.find(id).unwrap())
    .collect();
    assert!(places.is_sorted());

    let contact = page.part("contact");
    for said in [
        "Được gọi lúc này",
        "0912 345 678",
        "Mọi ngày",
        "00:00 – 23:59",
        "hoa ban trắng",
        "Không để lại lời nhắn",
        "Được nhắn tin",
        "Máy dùng chung",
        "đọc tiếng Anh",
    ] {
        assert!(contact.contains(said), "{said}");
    }
    assert!(page.says("Người này đọc tiếng Anh. Hãy viết bằng tiếng Anh."));
    assert!(
        !page.part("answers").contains("0912"),
        "the number stands in one place only"
    );
}

#[tokio::test]
async fn without_a_word_about_calls_nobody_rings() {
    let office = Office::new();
    let id = office.receive(&office.home.phone("xe 16 chỗ")).await;
    let mut browser = office.browser_of("lan").await;
    let page = browser.get(&format!("/report/{id}")).await;
    let contact = page.part("contact");
    for said in ["Không gọi", "Không để lại lời nhắn", "Không nhắn tin"] {
        assert!(contact.contains(said), "{said}");
    }
}

#[tokio::test]
async fn the_queue_has_the_most_urgent_first_then_the_longest_waiting() {
    let office = Office::new();
    let calm = office.receive(&office.home.phone("câu hỏi thứ nhất")).await;
    office.home.clock.advance_seconds(60);
    let later = office.receive(&office.home.phone("câu hỏi thứ hai")).await;
    office.home.clock.advance_seconds(3_600);
    let danger = crate::phone::answers("yes", "đang bị nhốt");
    let urgent = office.receive(&office.home.phone_with(&danger)).await;

    let mut browser = office.browser_of("lan").await;
    let page = browser.get("/").await;
    let (_, rows) = page.text.split_once("class=\"queue\"").unwrap();
    let places = [urgent, calm, later].map(|id| rows.find(&id.to_string()).unwrap());
    assert!(places.is_sorted());
    assert!(page.says("3 tin đang mở, 3 tin chưa đọc"));
    assert!(
        rows.contains("1 giờ 1 phút"),
        "how long the first has waited"
    );
}

#[tokio::test]
async fn empty_pages_say_so() {
    let office = Office::new();
    let mut browser = office.browser_of("lan").await;
    for (path, said) in [
        ("/", "Không còn tin nào chờ."),
        ("/?show=unclaimed", "Mọi tin đều đã có người nhận."),
        ("/?show=mine", "Bạn chưa nhận tin nào."),
        ("/?show=all", "Chưa có tin báo nào."),
        ("/quarantine", "Khu cách ly đang trống."),
    ] {
        assert!(browser.get(path).await.says(said), "{path}");
    }
}

#[tokio::test]
async fn what_cannot_be_opened_is_in_quarantine_until_somebody_has_looked() {
    let office = Office::new();
    let mut bytes = office.home.phone("xe 16 chỗ").first().as_bytes().to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    office.home.relay.push(&bytes);
    office.desk.catch_up().await.unwrap();
    let mut browser = office.browser_of("lan").await;
    let page = browser.get("/quarantine").await;
    assert!(page.says("Niêm phong không mở được"));
    assert!(page.part("nav-quarantine").contains("1 mục chưa xem"));
    let form = page.text.split("action=\"/quarantine/").nth(1).unwrap();
    let number = form.split('/').next().unwrap().to_owned();
    let path = format!("/quarantine/{number}/seen");
    assert_eq!(
        browser
            .post(&path, &[("back", "/quarantine")])
            .await
            .leads_to(),
        "/quarantine"
    );
    let page = browser.get("/quarantine").await;
    assert!(page.says("Đã có người xem") && !page.says("1 mục chưa xem"));
}

#[tokio::test]
async fn a_mistyped_receipt_is_told_from_one_that_nobody_has() {
    let office = Office::new();
    let mut browser = office.browser_of("lan").await;
    let mistyped = browser
        .post("/find", &[("first", "0912 345 678"), ("second", "1")])
        .await;
    assert_eq!(mistyped.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(mistyped.says("Có chữ số không khớp."));
    assert!(
        mistyped.says("value=\"0912 345 678\""),
        "what was typed stays"
    );
}

#[tokio::test]
async fn the_language_is_switched_and_stays() {
    let office = Office::new();
    let id = office.receive(&office.home.phone("xe 16 chỗ")).await;
    let mut browser = office.browser_of("lan").await;
    let report = format!("/report/{id}");
    let switched = browser
        .post("/preferences", &[("lang", "en"), ("back", &report)])
        .await;
    assert_eq!(switched.leads_to(), report);
    let page = browser.get(&report).await;
    assert!(page.says("<html lang=\"en\""));
    for said in [
        "How to get in touch safely",
        "Is anyone in danger right now?",
        "Ba Đình Ward",
    ] {
        assert!(page.says(said), "{said}");
    }
    browser
        .post("/preferences", &[("lang", "fr"), ("back", "/")])
        .await;
    assert!(
        browser.get("/").await.says("<html lang=\"en\""),
        "no language that is none"
    );
}

#[tokio::test]
async fn looks_and_shortcuts_are_chosen_and_stay() {
    let office = Office::new();
    let mut browser = office.browser_of("lan").await;
    assert!(browser.get("/").await.says("data-theme=\"auto\""));
    browser
        .post("/preferences", &[("theme", "dark"), ("back", "/")])
        .await;
    browser
        .post("/preferences", &[("keys", "off"), ("back", "/")])
        .await;
    let page = browser.get("/").await;
    assert!(page.says("data-theme=\"dark\"") && page.says("data-keys=\"false\""));
}

#[tokio::test]
async fn every_look_at_a_report_is_in_the_audit_log() {
    let office = Office::new();
    let id = office.receive(&office.home.phone("xe 16 chỗ")).await;
    office
        .browser_of("lan")
        .await
        .get(&format!("/report/{id}"))
        .await;
    let log = office.browser_of("hoa").await.get("/audit").await;
    let line = log
        .text
        .split("<tr>")
        .find(|line| line.contains("Xem tin báo"))
        .unwrap();
    assert!(line.contains("<td>lan</td>"));
}
