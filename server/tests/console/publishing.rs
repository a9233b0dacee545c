//! Publishing the library at the console, and going back.

use axum::http::StatusCode;

use crate::browser::{Answer, Browser, Office};
use crate::library::{ADVICE, edit, office_with_a_library, stock};

const PAGE: &str = "/library/release";

async fn publish(browser: &mut Browser, note: &str) -> Answer {
    let mark = browser.get(PAGE).await.hidden("mark").unwrap().to_owned();
    browser.post(PAGE, &[("mark", &mark), ("note", note)]).await
}

fn published(office: &Office) -> Vec<u32> {
    let history = office.desk.release_history().unwrap();
    let out = history.iter().filter(|row| row.published_at.is_some());
    out.map(|row| row.release).collect()
}

#[tokio::test]
async fn an_administrator_reads_what_changes_and_publishes_it() {
    let office = office_with_a_library();
    let mut hoa = office.browser_of("hoa").await;
    assert_eq!(publish(&mut hoa, "Bản đầu").await.leads_to(), PAGE);
    let page = hoa.get(PAGE).await;
    assert!(page.says("Đã phát hành.") && page.says("Bản đầu"));
    assert!(page.says("Không có gì để phát hành."));
    assert_eq!(published(&office), [1]);

    edit(&mut hoa, "text.vi.help", Some(ADVICE), "Hãy gọi 113.").await;
    let page = hoa.get(PAGE).await;
    for text in ["Điện thoại đang đọc", ADVICE, "Hãy gọi 113.", "1 chỗ đổi"] {
        assert!(page.says(text), "{text}");
    }
    publish(&mut hoa, "").await;
    assert_eq!(published(&office), [2, 1]);
    let log = hoa.get("/audit").await;
    assert_eq!(log.text.matches("Phát hành thư viện").count(), 2);

    let mark = office.desk.unpublished_library().unwrap().mark.to_string();
    let back = [("mark", mark.as_str()), ("release", "1")];
    let answer = hoa.post("/library/release/back", &back).await;
    assert_eq!(answer.leads_to(), PAGE);
    assert_eq!(published(&office), [3, 2, 1]);
    assert!(hoa.get("/library/a01").await.says("để hỏi."));
    assert!(hoa.get("/audit").await.says("Đưa thư viện về bản trước"));
}

#[tokio::test]
async fn nothing_goes_out_that_whoever_publishes_has_not_seen() {
    let office = office_with_a_library();
    let mut hoa = office.browser_of("hoa").await;
    let mark = hoa.get(PAGE).await.hidden("mark").unwrap().to_owned();
    edit(&mut hoa, "text.vi.help", Some(ADVICE), "Hãy gọi 113.").await;
    let late = hoa.post(PAGE, &[("mark", &mark), ("note", "")]).await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.says("Có người vừa sửa thư viện."));
    assert!(published(&office).is_empty());

    publish(&mut hoa, "").await;
    edit(
        &mut hoa,
        "text.vi.help",
        Some("Hãy gọi 113."),
        "Hãy gọi 111.",
    )
    .await;
    let mark = hoa.get(PAGE).await.hidden("mark").unwrap().to_owned();
    let back = [("mark", mark.as_str()), ("release", "1")];
    let refused = hoa.post("/library/release/back", &back).await;
    assert!(refused.says("quay về sẽ làm mất"), "unpublished words stay");
    assert_eq!(published(&office), [1]);
}

#[tokio::test]
async fn pressed_twice_publishes_once_and_nonsense_nothing() {
    let office = office_with_a_library();
    let mut hoa = office.browser_of("hoa").await;
    let mark = hoa.get(PAGE).await.hidden("mark").unwrap().to_owned();
    let long = "ạ".repeat(100_000);
    for mark in ["", "x", "-1", "99999999999999999999999", &long] {
        let answer = hoa.post(PAGE, &[("mark", mark), ("note", "")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let fields = [("mark", mark.as_str()), ("note", "<script>\n1")];
    for status in [StatusCode::SEE_OTHER, StatusCode::UNPROCESSABLE_ENTITY] {
        assert_eq!(hoa.post(PAGE, &fields).await.status, status);
    }
    assert_eq!(published(&office), [1]);
    assert!(!hoa.get(PAGE).await.says("<script>\n"));
    assert!(hoa.get(PAGE).await.says("&#60;script&#62; 1"));
    let unknown = [("mark", mark.as_str()), ("release", "7")];
    let answer = hoa.post("/library/release/back", &unknown).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_counsellor_sees_what_waits_and_publishes_nothing() {
    let office = office_with_a_library();
    let mut lan = office.browser_of("lan").await;
    let page = lan.get(PAGE).await;
    assert!(page.says("Chỉ quản trị viên phát hành."));
    assert_eq!(page.hidden("mark"), None);
    for (path, field) in [(PAGE, "note"), ("/library/release/back", "release")] {
        let answer = lan.post(path, &[("mark", "3"), (field, "1")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert!(published(&office).is_empty());
}

#[tokio::test]
async fn without_the_key_the_page_says_which_commands_sign() {
    let office = Office::without_publishing_key();
    stock(&office);
    let mut hoa = office.browser_of("hoa").await;
    let page = hoa.get(PAGE).await;
    assert!(page.says("hotline library build, sign và publish"));
    let answer = hoa.post(PAGE, &[("mark", "1"), ("note", "")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(published(&office).is_empty());
}
