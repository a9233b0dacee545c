//! Who comes in, and how far.

use axum::http::StatusCode;

use crate::browser::{Office, PASSWORD};

#[tokio::test]
async fn a_counsellor_logs_in_works_and_logs_out() {
    let office = Office::new();
    let mut browser = office.stranger();
    assert_eq!(browser.get("/").await.leads_to(), "/login");

    assert_eq!(browser.log_in("lan", PASSWORD).await.leads_to(), "/");
    let queue = browser.get("/").await;
    assert_eq!(queue.status, StatusCode::OK);
    assert!(queue.says("Nguyễn Thị Lan"));

    assert_eq!(browser.post("/logout", &[]).await.leads_to(), "/login");
    assert!(browser.get("/login").await.says("Bạn đã đăng xuất."));
    assert_eq!(browser.get("/").await.leads_to(), "/login");
}

#[tokio::test]
async fn a_token_kept_from_an_ended_session_opens_nothing() {
    let office = Office::new();
    let mut browser = office.browser_of("lan").await;
    let kept = browser.cookies.clone();
    browser.post("/logout", &[]).await;
    browser.cookies = kept;
    assert_eq!(browser.get("/").await.leads_to(), "/login");
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_get_the_same_answer() {
    let office = Office::new();
    let mut browser = office.stranger();
    let wrong_password = browser.log_in("lan", "not the password").await;
    let wrong_name = browser.log_in("lam", PASSWORD).await;
    for answer in [&wrong_password, &wrong_name] {
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(answer.says("Tên đăng nhập hoặc mật khẩu không đúng."));
    }
    assert_eq!(
        wrong_password.text.replace("value=\"lan\"", ""),
        wrong_name.text.replace("value=\"lam\"", ""),
        "the pages differ in nothing but the name that was typed"
    );
}

#[tokio::test]
async fn whoever_guesses_has_to_wait_even_with_the_right_password() {
    let office = Office::new();
    let mut browser = office.stranger();
    let mut last = StatusCode::OK;
    for _ in 0..20 {
        last = browser.log_in("lan", "not the password").await.status;
        if last == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    let right = browser.log_in("lan", PASSWORD).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(right.says("Đã thử quá nhiều lần."));

    office.home.clock.advance_seconds(3_600);
    assert_eq!(browser.log_in("lan", PASSWORD).await.leads_to(), "/");
}

#[tokio::test]
async fn only_an_administrator_reads_the_audit_log() {
    let office = Office::new();
    let mut counsellor = office.browser_of("lan").await;
    assert!(!counsellor.get("/").await.says("href=\"/audit\""));
    let refused = counsellor.get("/audit").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.says("chỉ dành cho quản trị viên"));

    let mut administrator = office.browser_of("hoa").await;
    assert!(administrator.get("/").await.says("href=\"/audit\""));
    let log = administrator.get("/audit").await;
    assert_eq!(log.status, StatusCode::OK);
    assert!(log.says("Đăng nhập") && log.says("lan"));
}

#[tokio::test]
async fn a_guest_sees_no_page_and_hears_no_news() {
    let office = Office::new();
    let mut guest = office.stranger();
    let report = format!("/report/{}", "00".repeat(16));
    for path in [
        "/",
        "/find",
        "/quarantine",
        "/audit",
        "/help",
        "/events",
        report.as_str(),
    ] {
        assert_eq!(guest.get(path).await.leads_to(), "/login", "{path}");
    }
    // With a form token of its own, a guest still acts on nothing.
    guest.get("/login").await;
    for action in ["claim", "release", "read", "hoax/undo"] {
        let answer = guest.post(&format!("{report}/{action}"), &[]).await;
        assert_eq!(answer.leads_to(), "/login", "{action}");
    }
}
