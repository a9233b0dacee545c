//! What a counsellor does to a report, and what the reporter's phone learns.

use axum::http::StatusCode;
use loive_documents::Value;

use crate::browser::Office;

#[tokio::test]
async fn of_two_who_claim_one_has_it_and_the_other_learns_who() {
    let office = Office::new();
    let id = office.receive(&office.home.phone("xe 16 chỗ")).await;
    let report = format!("/report/{id}");
    let mut lan = office.browser_of("lan").await;
    let mut minh = office.browser_of("minh").await;

    assert_eq!(
        lan.post(&format!("{report}/claim"), &[]).await.leads_to(),
        report
    );
    assert!(lan.get(&report).await.says("Bạn đã nhận tin này."));
    assert!(
        !lan.get(&report).await.says("Bạn đã nhận tin này."),
        "a notice is shown once"
    );

    minh.post(&format!("{report}/claim"), &[]).await;
    let page = minh.get(&report).await;
    assert!(page.says("Đồng nghiệp đã nhận tin này trước bạn."));
    assert!(
        page.part("contact")
            .contains("Nguyễn Thị Lan đang phụ trách. Đừng gọi")
    );
    assert!(minh.get("/").await.says("Nguyễn Thị Lan đang phụ trách"));

    lan.post(&format!("{report}/release"), &[]).await;
    assert!(minh.get("/?show=unclaimed").await.says(&report));
}

#[tokio::test]
async fn a_reply_reaches_the_phone_once_however_often_the_button_is_pressed() {
    let office = Office::new();
    let phone = office.home.phone("xe 16 chỗ");
    let id = office.receive(&phone).await;
    let report = format!("/report/{id}");
    let mut browser = office.browser_of("lan").await;
    let page = browser.get(&report).await;
    let once = page.hidden("once").unwrap().to_owned();

    let fields = [
        ("text", "Chị có an toàn không?\nHãy gọi 113."),
        ("once", once.as_str()),
    ];
    for _ in 0..2 {
        let sent = browser.post(&format!("{report}/reply"), &fields).await;
        assert_eq!(sent.leads_to(), format!("{report}#timeline"));
    }
    assert_eq!(
        browser
            .get(&report)
            .await
            .text
            .matches("Hãy gọi 113.")
            .count(),
        1
    );
    office.desk.catch_up().await.unwrap();
    assert_eq!(
        phone.read(&office.home.relay).texts(),
        ["Chị có an toàn không?\nHãy gọi 113."]
    );

    let next = browser
        .get(&report)
        .await
        .hidden("once")
        .unwrap()
        .to_owned();
    assert_ne!(next, once, "the next reply is another one");
}

#[tokio::test]
async fn a_reply_that_is_too_long_comes_back_with_every_word_and_the_limit() {
    let office = Office::new();
    let phone = office.home.phone("xe 16 chỗ");
    let id = office.receive(&phone).await;
    let mut browser = office.browser_of("lan").await;
    let long = "ạ".repeat(100_000);
    let path = format!("/report/{id}/reply");
    let answer = browser
        .post(&path, &[("text", &long), ("once", "token")])
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.says("Tin dài 100000 ký tự, tối đa 2000."));
    assert!(answer.says(&long), "nothing that was typed is lost");
    assert_eq!(answer.hidden("once"), Some("token"));

    let empty = browser
        .post(&path, &[("text", " \n "), ("once", "token")])
        .await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.says("Chưa có chữ nào để gửi."));
    office.desk.catch_up().await.unwrap();
    assert!(phone.read(&office.home.relay).texts().is_empty());

    // Line ends count once, as the counter beside the box counts them.
    let exact = format!("{}\n{}", "ạ".repeat(999), "b".repeat(1_000));
    let fits = browser
        .post(&path, &[("text", &exact), ("once", "token")])
        .await;
    assert_eq!(fits.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_read_button_tells_the_phone() {
    let office = Office::new();
    let phone = office.home.phone("xe 16 chỗ");
    let id = office.receive(&phone).await;
    let report = format!("/report/{id}");
    let mut browser = office.browser_of("lan").await;
    let page = browser.get(&report).await;
    assert!(page.says(&format!("{report}/read")));
    office.desk.catch_up().await.unwrap();
    assert_eq!(
        phone.read(&office.home.relay).view().read,
        None,
        "a look alone tells nothing"
    );

    browser.post(&format!("{report}/read"), &[]).await;
    let page = browser.get(&report).await;
    assert!(page.says("Đã đánh dấu là đã đọc.") && !page.says(&format!("{report}/read")));
    office.desk.catch_up().await.unwrap();
    assert!(phone.read(&office.home.relay).view().read.is_some());
}

#[tokio::test]
async fn the_urgency_changes_with_a_reason_and_not_without() {
    let office = Office::new();
    let id = office.receive(&office.home.phone("xe 16 chỗ")).await;
    let report = format!("/report/{id}");
    let mut browser = office.browser_of("lan").await;
    let path = format!("{report}/urgency");
    browser
        .post(&path, &[("urgency", "p0"), ("reason", "  ")])
        .await;
    assert!(browser.get(&report).await.says("Hãy ghi lý do."));

    browser
        .post(
            &path,
            &[("urgency", "p0"), ("reason", "Sắp bị đưa đi đêm nay")],
        )
        .await;
    let page = browser.get(&report).await;
    assert!(page.says("Đã đổi mức: Sắp bị đưa đi đêm nay"));
    assert!(page.part("timeline").contains("P0 Nguy cấp"));
    assert!(page.part("alarm").contains("1 tin nguy cấp chưa ai nhận"));

    let wrong = browser
        .post(&path, &[("urgency", "p9"), ("reason", "x")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_hoax_leaves_the_queue_and_comes_back() {
    let office = Office::new();
    let id = office.receive(&office.home.phone("xe 16 chỗ")).await;
    let report = format!("/report/{id}");
    let mut browser = office.browser_of("lan").await;
    browser
        .post(
            &format!("{report}/hoax"),
            &[("reason", "Trẻ con nghịch máy")],
        )
        .await;
    assert!(browser.get(&report).await.says("Lý do: Trẻ con nghịch máy"));
    assert!(!browser.get("/").await.says(&report));
    assert!(browser.get("/?show=all").await.says("Tin không có thật"));
    browser.post(&format!("{report}/hoax/undo"), &[]).await;
    assert!(browser.get("/").await.says(&report));
}

#[tokio::test]
async fn a_critical_report_is_loud_on_every_page_until_somebody_claims_it() {
    let office = Office::new();
    let danger = crate::phone::answers("yes", "đang bị nhốt");
    let id = office.receive(&office.home.phone_with(&danger)).await;
    let mut browser = office.browser_of("lan").await;
    for path in ["/", "/find", "/help", "/quarantine"] {
        let page = browser.get(path).await;
        assert!(page.says("1 tin nguy cấp chưa ai nhận"), "{path}");
        assert!(page.says("<title>(1 P0) "), "{path}");
        assert!(page.says("data-ring=\""), "{path}");
    }
    browser.post(&format!("/report/{id}/claim"), &[]).await;
    browser.get("/help").await;
    let quiet = browser.get("/").await;
    assert!(!quiet.says("data-ring=") && !quiet.says("(1 P0)"));
}

#[tokio::test]
async fn what_two_phones_say_differently_is_shown_with_both_values() {
    let office = Office::new();
    let mut one = office.home.phone("xe 16 chỗ");
    let mut other = one.copy();
    let id = office.receive(&one).await;
    for (phone, code) in [(&mut one, "1"), (&mut other, "6+")] {
        let change = phone.set("how_many", &Value::Single(code.into()));
        office.home.relay.push_envelope(&phone.later(change));
    }
    office.desk.catch_up().await.unwrap();
    let mut browser = office.browser_of("lan").await;
    let page = browser.get(&format!("/report/{id}")).await;
    let answers = page.part("answers");
    assert!(answers.contains("1 mục có hai câu trả lời khác nhau"));
    assert!(answers.contains("1 người") && answers.contains("Từ 6 người trở lên"));
}

#[tokio::test]
async fn a_script_that_fetches_fresh_parts_does_not_take_the_notice() {
    let office = Office::new();
    let id = office.receive(&office.home.phone("xe 16 chỗ")).await;
    let report = format!("/report/{id}");
    let mut browser = office.browser_of("lan").await;
    browser.post(&format!("{report}/claim"), &[]).await;
    assert!(!browser.get_live(&report).await.says("Bạn đã nhận tin này."));
    assert!(browser.get(&report).await.says("Bạn đã nhận tin này."));
}
