//! Proposals for the library at the console: seen, heard, signed off, decided.

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use loive_documents::library::{ItemDocument, Proposal, clean_recording};
use loive_protocol::{ProofKind, ReportItem};
use loive_server::desk::library::fingerprint;

use crate::browser::{Browser, Office};
use crate::home::START;
use crate::library::{ADVICE, office_with_a_library};
use crate::phone::Phone;

const VOICE: &[u8] = include_bytes!("../../../core/documents/src/library/recording/voice.opus");

/// Somebody proposes words, and with `spoken` a recording of the advice in `hnj`.
async fn propose(office: &Office, texts: &[(&str, &str)], spoken: bool, note: &str) -> Phone {
    let stands = office.desk.library_item("a01").unwrap().unwrap().fields;
    let mut branch = ItemDocument::new();
    branch.set(&stands, [7; 16], 1).unwrap();
    let voice = clean_recording(VOICE).unwrap();
    let recording = spoken.then(|| ("audio.hnj.help".to_owned(), voice.recording()));
    let texts: Vec<_> = texts
        .iter()
        .map(|(key, text)| ((*key).to_owned(), (*text).to_owned()))
        .collect();
    let proposal = Proposal::write(
        &mut branch,
        &texts,
        recording.as_ref(),
        Some(note),
        [0x5a; 16],
        START,
    );
    let change = proposal.unwrap().unwrap().raw().to_vec().into();
    let item = "a01".to_owned();
    let mut items = vec![ReportItem::Branch { item, change }];
    items.extend(spoken.then(|| ReportItem::Recording(voice.bytes.into())));
    let phone = office.home.phone("không dùng");
    let envelope = phone.seal(items, ProofKind::Seed);
    office.home.relay.push_envelope(&envelope);
    office.desk.catch_up().await.unwrap();
    phone
}

/// The address of the longest waiting one.
async fn first(browser: &mut Browser) -> String {
    let list = browser.get("/library/proposals").await;
    let (_, rest) = list.text.split_once("href=\"/library/proposals/").unwrap();
    format!("/library/proposals/{}", rest.split('"').next().unwrap())
}

#[tokio::test]
async fn an_administrator_mends_a_correction_and_takes_it_with_a_word() {
    let office = office_with_a_library();
    let words = [("text.vi.help", "Hãy gọi [111](tel:111) hỏi.")];
    let phone = propose(&office, &words, false, "<b>thiếu</b> chữ").await;
    let mut hoa = office.browser_of("hoa").await;
    let library = hoa.get("/library").await;
    assert!(library.says("href=\"/library/proposals\"") && library.says("1 góp ý đang chờ"));
    let at = first(&mut hoa).await;
    let page = hoa.get(&at).await;
    for text in [
        "Mua bán người là gì?",
        "&#60;b&#62;thiếu&#60;/b&#62; chữ",
        "Hãy gọi [111](tel:111) hỏi.</textarea>",
        "<a href=\"tel:111\">111</a> để hỏi.",
        "Chưa ai xem",
    ] {
        assert!(page.says(text), "{text}\n{}", page.text);
    }
    assert!(
        !page.says("Người biết tiếng này"),
        "everybody reads Vietnamese"
    );

    let accept = format!("{at}/accept");
    let seen = fingerprint(Some(ADVICE));
    let form = |text: &'static str| {
        [
            ("take-0", "1"),
            ("seen-0", seen.as_str()),
            ("text-0", text),
            ("word", "Cảm ơn em"),
        ]
    };
    let refused = hoa.post(&accept, &form("Gọi trong 24 giờ.")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for text in [
        "Lời khuyên không được có số 24",
        "Gọi trong 24 giờ.</textarea>",
        "Cảm ơn em</textarea>",
    ] {
        assert!(refused.says(text), "{text}");
    }
    let nothing = hoa.post(&accept, &[("word", "")]).await;
    assert!(nothing.says("Chưa đánh dấu chỗ nào"));
    let done = hoa
        .post(&accept, &form("Hãy gọi [111](tel:111), không mất tiền."))
        .await;
    assert_eq!(done.leads_to(), at);
    let page = hoa.get(&at).await;
    assert!(page.says("Lê Hoa đã nhận") && page.says("Cảm ơn em"));
    assert!(!page.says("<textarea name=\"text-0\""), "it is decided");
    assert!(hoa.get("/library/a01").await.says("không mất tiền."));
    office.desk.catch_up().await.unwrap();
    let heard = phone.read(&office.home.relay);
    assert!(heard.view().accepted.is_some());
    assert_eq!(heard.texts(), ["Cảm ơn em"]);
    let log = hoa.get("/audit").await;
    assert!(log.says("Nhận góp ý vào thư viện"));
}

#[tokio::test]
async fn a_recording_is_heard_signed_off_taken_and_heard_on_the_items_page() {
    let office = office_with_a_library();
    let words = [("text.hnj.help", "Hu [111](tel:111).")];
    propose(&office, &words, true, "").await;
    let mut hoa = office.browser_of("hoa").await;
    let at = first(&mut hoa).await;
    let page = hoa.get(&at).await;
    assert!(page.says("<audio controls") && page.says("Người biết tiếng này"));
    let policy = page.headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("media-src 'self'"));
    let sound = hoa.get(&format!("{at}/recording")).await;
    assert_eq!(sound.status, StatusCode::OK);
    assert_eq!(sound.headers[CONTENT_TYPE], "audio/ogg; codecs=opus");
    assert_eq!(sound.headers[CACHE_CONTROL], "no-store");
    let stranger = office.stranger().get(&format!("{at}/recording")).await;
    assert_eq!(stranger.leads_to(), "/login");

    let seen = fingerprint(None);
    let form = [
        ("take-0", "1"),
        ("seen-0", seen.as_str()),
        ("text-0", "Hu [111](tel:111)."),
        ("take-1", "1"),
        ("seen-1", seen.as_str()),
        ("word", ""),
    ];
    let accept = format!("{at}/accept");
    let early = hoa.post(&accept, &form).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(early.says("Cần một người biết tiếng này xác nhận trước."));
    let mut minh = office.browser_of("minh").await;
    minh.get(&at).await;
    let signed = minh.post(&format!("{at}/sign-off"), &[]).await;
    assert_eq!(signed.leads_to(), at);
    assert!(minh.get(&at).await.says("Trần Minh đã xác nhận"));
    let forbidden = minh.post(&accept, &form).await;
    assert_eq!(forbidden.status, StatusCode::FORBIDDEN);
    let forbidden = minh.post(&format!("{at}/decline"), &[("word", "")]).await;
    assert_eq!(forbidden.status, StatusCode::FORBIDDEN);
    assert_eq!(hoa.post(&accept, &form).await.leads_to(), at);

    let item = hoa.get("/library/a01?lang=hnj").await;
    assert!(item.says("<option value=\"hnj\" selected>"));
    assert!(item.says("Hu <a href=\"tel:111\">111</a>."));
    let src = "/library/a01/recording?key=audio.hnj.help";
    assert!(item.says(src), "{}", item.text);
    let sound = minh.get(src).await;
    assert_eq!(sound.headers[CONTENT_TYPE], "audio/ogg; codecs=opus");
    let none = minh.get("/library/a01/recording?key=audio.hnj.law").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);

    // What was heard can be taken away again.
    let key = "audio.hnj.help";
    let fields = office.desk.library_item("a01").unwrap().unwrap().fields;
    let seen = fingerprint(fields.get(key).map(String::as_str));
    let form = [("key", key), ("seen", seen.as_str()), ("text", "")];
    let gone = hoa.post("/library/a01/edit", &form).await;
    assert_eq!(gone.leads_to(), "/library/a01?lang=hnj#block-help");
    assert!(!hoa.get("/library/a01").await.says("<audio"));
    let written = [("key", key), ("seen", "-"), ("text", "1 1 x")];
    let refused = hoa.post("/library/a01/edit", &written).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_translation_is_edited_beside_the_vietnamese() {
    let office = office_with_a_library();
    propose(&office, &[("title.hnj", "Muag neeg")], false, "").await;
    let mut hoa = office.browser_of("hoa").await;
    let at = first(&mut hoa).await;
    hoa.post(&format!("{at}/sign-off"), &[]).await;
    let seen = fingerprint(None);
    let form = [
        ("take-0", "1"),
        ("seen-0", seen.as_str()),
        ("text-0", "Muag neeg"),
        ("word", ""),
    ];
    hoa.post(&format!("{at}/accept"), &form).await;
    let seen = fingerprint(Some("Muag neeg"));
    let form = [
        ("key", "title.hnj"),
        ("seen", seen.as_str()),
        ("text", "Muag tib neeg"),
    ];
    let saved = hoa.post("/library/a01/edit", &form).await;
    assert_eq!(saved.leads_to(), "/library/a01?lang=hnj#title");
    let page = hoa.get("/library/a01?lang=hnj").await;
    assert!(page.says("Muag tib neeg") && page.says("Mua bán người là gì?"));
    let unknown = hoa.get("/library/a01?lang=zz").await;
    assert!(
        unknown.says("What is trafficking?"),
        "English stands there then"
    );
}

#[tokio::test]
async fn a_counsellor_reads_and_writes_to_the_volunteer_and_decides_nothing() {
    let office = office_with_a_library();
    let phone = propose(&office, &[("title.en", "Home")], false, "").await;
    let mut lan = office.browser_of("lan").await;
    let at = first(&mut lan).await;
    let page = lan.get(&at).await;
    assert!(page.says("Tư vấn viên đọc, nghe và xác nhận."));
    assert!(!page.says("/accept\"") && !page.says("/decline\""));
    let once = page.hidden("once").unwrap().to_owned();
    let empty = lan
        .post(&format!("{at}/reply"), &[("text", " "), ("once", &once)])
        .await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = [("text", "Em dịch cả bài nhé?"), ("once", once.as_str())];
    for _ in 0..2 {
        let sent = lan.post(&format!("{at}/reply"), &form).await;
        assert_eq!(sent.leads_to(), format!("{at}#talk"));
    }
    office.desk.catch_up().await.unwrap();
    assert_eq!(
        phone.read(&office.home.relay).texts(),
        ["Em dịch cả bài nhé?"]
    );
    let id = phone.seed.report_id();
    let report = lan.get(&format!("/report/{id}")).await;
    assert_eq!(report.status, StatusCode::NOT_FOUND);
    let nothing = lan.get("/library/proposals/999").await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    let nothing = lan.get("/library/proposals/18446744073709551615").await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_proposal_is_declined_with_a_word_and_the_list_says_so_in_english_too() {
    let office = office_with_a_library();
    propose(&office, &[("title.en", "Home")], false, "").await;
    let mut hoa = office.browser_of("hoa").await;
    let at = first(&mut hoa).await;
    let long = "ữ".repeat(2_001);
    let refused = hoa.post(&format!("{at}/decline"), &[("word", &long)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = hoa
        .post(&format!("{at}/decline"), &[("word", "Để sau")])
        .await;
    assert_eq!(done.leads_to(), at);
    let again = hoa
        .post(&format!("{at}/decline"), &[("word", "Để sau")])
        .await;
    assert_eq!(again.leads_to(), at, "twice is once");
    let other = [
        ("take-0", "1"),
        ("seen-0", "-"),
        ("text-0", "Home"),
        ("word", ""),
    ];
    let late = hoa.post(&format!("{at}/accept"), &other).await;
    assert!(late.says("đã được xử lý theo cách khác"), "{}", late.text);
    hoa.post("/preferences", &[("lang", "en")]).await;
    let list = hoa.get("/library/proposals").await;
    assert!(list.says("No proposal is waiting.") && list.says("Declined"));
    assert!(list.says("What is trafficking?"));
}
