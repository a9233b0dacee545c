//! The library at the console: who reads it, who writes it, what is refused.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use loive_documents::library::Fields;
use loive_server::desk::library::fingerprint;

use crate::browser::{Answer, Browser, Office};

pub(crate) const ADVICE: &str = "Hãy gọi [111](tel:111) để hỏi.";

fn item(fields: &[(&str, &str)]) -> Fields {
    fields
        .iter()
        .map(|(key, text)| ((*key).to_owned(), (*text).to_owned()))
        .collect()
}

/// An office whose library has an article, an old one and the sources.
pub(crate) fn office_with_a_library() -> Office {
    let office = Office::new();
    stock(&office);
    office
}

/// Fills its library.
pub(crate) fn stock(office: &Office) {
    let documents: BTreeMap<String, Fields> = [
        (
            "a01",
            item(&[
                ("kind", "article"),
                ("title.vi", "Mua bán người là gì?"),
                ("title.en", "What is trafficking?"),
                ("summary.vi", "Có ba phần."),
                ("blocks", "law help"),
                ("block.law", "fact S13"),
                ("block.help", "advice"),
                ("text.vi.law", "## Luật nói\n\nDưới **18 tuổi**."),
                ("text.en.law", "## The law\n\nUnder **18**."),
                ("text.vi.help", ADVICE),
                ("sources", "S13"),
                ("checked_on", "2026-11-10"),
                ("review", "needs_review"),
            ]),
        ),
        (
            "a02",
            item(&[
                ("kind", "article"),
                ("title.vi", "Bài đã lâu"),
                ("title.en", "Of long ago"),
                ("checked_on", "2026-01-02"),
                ("review", "reviewed"),
            ]),
        ),
        (
            "sources",
            item(&[
                ("kind", "sources"),
                ("blocks", "S13"),
                ("block.S13", "source"),
                ("text.vi.S13", "Luật Phòng, chống mua bán người"),
            ]),
        ),
    ]
    .map(|(id, fields)| (id.to_owned(), fields))
    .into();
    office.desk.import_library(&documents).unwrap();
}

pub(crate) async fn edit(
    browser: &mut Browser,
    key: &str,
    seen: Option<&str>,
    text: &str,
) -> Answer {
    let seen = fingerprint(seen);
    let fields = [("key", key), ("seen", seen.as_str()), ("text", text)];
    browser.post("/library/a01/edit", &fields).await
}

#[tokio::test]
async fn a_counsellor_finds_what_waits_for_review_and_what_is_old() {
    let office = office_with_a_library();
    let mut lan = office.browser_of("lan").await;
    let all = lan.get("/library").await;
    assert_eq!(all.status, StatusCode::OK);
    for text in [
        "Mua bán người là gì?",
        "Bài đã lâu",
        "đối chiếu ngày 10/11/2026",
        "Chờ tổng đài duyệt",
        "Có phần chưa phát hành",
        "Thiếu: English",
    ] {
        assert!(all.says(text), "{text}");
    }
    let review = lan.get("/library?show=review").await;
    assert!(review.says("/library/a01\"") && !review.says("/library/a02\""));
    let old = lan.get("/library?show=old&kind=article").await;
    assert!(old.says("/library/a02\"") && !old.says("/library/a01\""));
    let none = lan.get("/library?kind=quiz").await;
    assert!(none.says("Không có bài nào như vậy."));
}

#[tokio::test]
async fn a_counsellor_reads_both_languages_and_writes_nothing() {
    let office = office_with_a_library();
    let mut lan = office.browser_of("lan").await;
    let page = lan.get("/library/a01").await;
    for text in [
        "Dữ kiện có nguồn",
        "S13 · Luật Phòng, chống mua bán người",
        "<b>18 tuổi</b>",
        "Under <b>18</b>",
        "Tư vấn viên đọc thư viện ở đây.",
    ] {
        assert!(page.says(text), "{text}");
    }
    assert!(!page.says("/library/a01/edit"));
    let refused = edit(&mut lan, "text.vi.help", Some(ADVICE), "Khác").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    for action in ["reviewed", "checked"] {
        let answer = lan.post(&format!("/library/a01/{action}"), &[]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{action}");
    }
    assert!(lan.get("/library/a01").await.says("để hỏi."));
    let nothing = lan.get("/library/a99").await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_administrator_edits_a_block_and_the_log_says_so() {
    let office = office_with_a_library();
    let mut hoa = office.browser_of("hoa").await;
    let page = hoa.get("/library/a01").await;
    assert!(page.says(&fingerprint(Some(ADVICE))));
    hoa.post("/library/a01/reviewed", &[]).await;
    hoa.post("/library/a01/checked", &[]).await;
    let page = hoa.get("/library/a01").await;
    assert!(page.says("Tổng đài đã duyệt") && page.says("đối chiếu ngày 18/11/2026"));

    let new = "Hãy gọi [113](tel:113) ngay.";
    let saved = edit(&mut hoa, "text.vi.help", Some(ADVICE), new).await;
    assert_eq!(saved.leads_to(), "/library/a01#block-help");
    let page = hoa.get("/library/a01").await;
    assert!(page.says("Đã lưu.") && page.says("<a href=\"tel:113\">113</a> ngay."));
    assert!(
        page.says("Chờ tổng đài duyệt"),
        "the review held for other words"
    );
    let first = edit(&mut hoa, "text.en.help", None, "Call [113](tel:113).").await;
    assert_eq!(first.leads_to(), "/library/a01#block-help");

    let log = hoa.get("/audit").await;
    for text in [
        "Sửa chữ trong thư viện",
        "a01 text.vi.help",
        "a01 text.en.help",
    ] {
        assert!(log.says(text), "{text}");
    }
}

#[tokio::test]
async fn what_a_phone_cannot_show_or_a_rule_forbids_comes_back_with_the_reason() {
    let office = office_with_a_library();
    let mut hoa = office.browser_of("hoa").await;
    hoa.get("/library/a01").await;
    let long = "ạ".repeat(100_000);
    for (key, text, reason) in [
        (
            "text.vi.help",
            "<script>alert(1)</script>",
            "không hiện HTML",
        ),
        (
            "text.vi.help",
            long.as_str(),
            "Dài 100000 ký tự, tối đa 2700.",
        ),
        ("text.vi.help", "Chờ 24 giờ.", "không được có số 24"),
        ("text.vi.help", "", "không được để trống"),
        ("text.vi.help", "Xem [bài](a99).", "không có bài a99"),
        ("text.vi.help", "a\u{0}b", "ký tự lạ"),
        (
            "title.vi",
            "Dưới 16 tuổi",
            "Số 16 không có trong dữ kiện nào",
        ),
        ("title.vi", "Một\nhai", "một dòng chữ thường"),
    ] {
        let answer = edit(&mut hoa, key, None, text).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{reason}");
        assert!(answer.says(reason), "{reason}");
        assert!(!answer.says("<script>alert"), "{reason}");
        assert!(answer.says("open>"), "the box stays open: {reason}");
    }
    assert!(
        edit(&mut hoa, "text.vi.help", None, &long)
            .await
            .says(&long)
    );
    for key in ["kind", "block.help", "text.vi.nothing", "review"] {
        let answer = edit(&mut hoa, key, None, "x").await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{key}");
    }
    assert!(
        hoa.get("/library/a01").await.says("để hỏi."),
        "nothing was written"
    );
}

#[tokio::test]
async fn of_two_who_edit_the_later_sees_what_the_first_wrote() {
    let office = office_with_a_library();
    let mut hoa = office.browser_of("hoa").await;
    hoa.get("/library/a01").await;
    edit(&mut hoa, "text.vi.help", Some(ADVICE), "Bản của Hoa.").await;
    let late = edit(&mut hoa, "text.vi.help", Some(ADVICE), "Bản muộn.").await;
    assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(late.says("Có người đã sửa chỗ này") && late.says("Bản của Hoa."));
    assert!(late.says("Bản muộn."), "nothing that was typed is lost");
}

#[tokio::test]
async fn the_preview_shows_what_a_phone_shows() {
    let office = office_with_a_library();
    let mut lan = office.browser_of("lan").await;
    let page = lan.get("/library/a01/preview?lang=vi").await;
    for text in [
        "Lời khuyên này chưa được tổng đài duyệt.",
        "Nguồn: S13",
        "Đối chiếu ngày 10/11/2026",
        "href=\"tel:113\"",
    ] {
        assert!(page.says(text), "{text}");
    }
    let english = lan.get("/library/a01/preview?lang=en").await;
    assert!(english.says("What is trafficking?") && english.says("Sources: S13"));
}
