//! What the pages defend against.

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, SET_COOKIE};

use crate::browser::{Answer, Office, PASSWORD};

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer
        .headers
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn every_answer_tells_the_browser_what_not_to_do() {
    let office = Office::new();
    let mut browser = office.browser_of("lan").await;
    for path in [
        "/",
        "/find",
        "/help",
        "/login",
        "/nowhere",
        "/assets/console.css",
        "/assets/no",
    ] {
        let answer = browser.get(path).await;
        let policy = header(&answer, "content-security-policy");
        for rule in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "font-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(rule), "{path}: {rule}");
        }
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(
            header(&answer, "x-content-type-options"),
            "nosniff",
            "{path}"
        );
        assert_eq!(header(&answer, "referrer-policy"), "no-referrer", "{path}");
        assert!(
            header(&answer, "permissions-policy").contains("geolocation=()"),
            "{path}"
        );
        let kept = answer.headers[CACHE_CONTROL].to_str().unwrap();
        let is_asset = path == "/assets/console.css";
        assert_eq!(kept.contains("no-store"), !is_asset, "{path}: {kept}");
    }
}

#[tokio::test]
async fn nothing_on_a_page_comes_from_elsewhere_or_stands_inline() {
    let office = crate::library::office_with_a_library();
    let id = office.receive(&office.home.phone("xe 16 chỗ")).await;
    let mut browser = office.browser_of("hoa").await;
    let report = format!("/report/{id}");
    for path in [
        "/",
        "/find",
        "/quarantine",
        "/audit",
        "/library",
        "/library/a01",
        "/library/a01/preview",
        "/library/release",
        "/help",
        "/login",
        report.as_str(),
    ] {
        let page = browser.get(path).await;
        for forbidden in [
            "http://",
            "https://",
            " style=",
            " onclick=",
            " onload=",
            "javascript:",
        ] {
            assert!(!page.says(forbidden), "{path} has {forbidden}");
        }
        for script in page.text.split("<script").skip(1) {
            assert!(
                script.starts_with(" src=\"/assets/"),
                "{path}: an inline script"
            );
        }
    }
}

#[tokio::test]
async fn cookies_are_out_of_reach_of_scripts_and_other_sites() {
    for (office, prefix, secure) in [
        (Office::new(), "", false),
        (Office::secure(), "__Host-", true),
    ] {
        let mut browser = office.stranger();
        let answer = browser.log_in("lan", PASSWORD).await;
        let set: Vec<&str> = answer
            .headers
            .get_all(SET_COOKIE)
            .iter()
            .map(|line| line.to_str().unwrap())
            .collect();
        let session = set
            .iter()
            .find(|line| line.contains("loive-session="))
            .unwrap();
        assert!(session.starts_with(prefix));
        for line in set {
            assert!(
                line.contains("; HttpOnly") && line.contains("; SameSite=Strict"),
                "{line}"
            );
            assert_eq!(line.contains("; Secure"), secure, "{line}");
        }
        let stays = header(&answer, "strict-transport-security");
        assert_eq!(!stays.is_empty(), secure);
    }
}

#[tokio::test]
async fn a_form_without_the_sessions_token_does_nothing() {
    let office = Office::new();
    let id = office.receive(&office.home.phone("xe 16 chỗ")).await;
    let mut lan = office.browser_of("lan").await;
    let mut minh = office.browser_of("minh").await;
    minh.get("/").await;
    let claim = format!("/report/{id}/claim");
    let stolen = minh.csrf.clone();
    for fields in [
        &[][..],
        &[("csrf", "")],
        &[("csrf", "x")],
        &[("csrf", stolen.as_str())],
    ] {
        let answer = lan.post_exactly(&claim, fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.says("Không có gì được ghi."));
    }
    assert!(lan.get("/?show=mine").await.says("Bạn chưa nhận tin nào."));
    for path in ["/logout", "/preferences", "/login"] {
        assert_eq!(
            lan.post_exactly(path, &[]).await.status,
            StatusCode::FORBIDDEN,
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_login_form_of_another_browser_does_not_work() {
    let office = Office::new();
    let mut attacker = office.stranger();
    attacker.get("/login").await;
    let mut victim = office.stranger();
    victim.get("/login").await;
    let fields = [
        ("name", "lan"),
        ("password", PASSWORD),
        ("csrf", attacker.csrf.as_str()),
    ];
    assert_eq!(
        victim.post_exactly("/login", &fields).await.status,
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn hostile_words_are_shown_and_not_run() {
    let office = Office::new();
    let hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}";
    let mut phone = office.home.phone(hostile);
    let id = office.receive(&phone).await;
    let said = phone.say(hostile);
    office.home.relay.push_envelope(&phone.later(said));
    office.desk.catch_up().await.unwrap();

    let mut browser = office.browser_of("lan").await;
    let report = format!("/report/{id}");
    let page = browser.get(&report).await;
    assert!(
        page.says("alert(1)"),
        "the counsellor reads what was written"
    );
    assert!(page.says("{{ 7*7 }}"));
    assert!(!page.says("<script>alert") && !page.says("<img src=x"));

    let once = page.hidden("once").unwrap().to_owned();
    browser
        .post(
            &format!("{report}/reply"),
            &[("text", hostile), ("once", &once)],
        )
        .await;
    let page = browser.get(&report).await;
    assert_eq!(
        page.text.matches("alert(1)").count(),
        3,
        "in the answer and both messages"
    );
    assert!(!page.says("<script>alert") && !page.says("<img src=x"));

    let door = browser
        .post("/find", &[("first", hostile), ("second", "\"><script>")])
        .await;
    assert!(!door.says("<script>") && !door.says("<img src=x"));
}

#[tokio::test]
async fn a_form_larger_than_any_form_is_refused_with_the_limit_named() {
    let office = Office::new();
    let id = office.receive(&office.home.phone("xe 16 chỗ")).await;
    let mut browser = office.browser_of("lan").await;
    let enormous = "ế".repeat(400_000);
    let fields = [("text", enormous.as_str()), ("once", "1")];
    let answer = browser.post(&format!("/report/{id}/reply"), &fields).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.says("1024 kB") && answer.says("2000 ký tự"));
}

#[tokio::test]
async fn a_form_sends_nobody_to_another_host() {
    let office = Office::new();
    let mut browser = office.browser_of("lan").await;
    for back in ["//evil.example", "https://evil.example/", "/\\evil.example"] {
        let answer = browser
            .post("/preferences", &[("lang", "en"), ("back", back)])
            .await;
        assert_eq!(answer.leads_to(), "/", "{back}");
    }
}

#[tokio::test]
async fn addresses_that_lead_nowhere_end_in_a_page_that_says_so() {
    let office = Office::new();
    let mut browser = office.browser_of("lan").await;
    let missing = format!("/report/{}", "ab".repeat(16));
    for path in ["/nowhere", "/report/x", "/report/%00", missing.as_str()] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(answer.says("Không tìm thấy"), "{path}");
    }
    for path in ["/?from=-1", "/audit?before=x"] {
        let answer = browser.get(path).await;
        assert!(
            answer.says("Không hiểu yêu cầu"),
            "{path}: {}",
            answer.status
        );
    }
}
