//! Too much text.

use loive_client::{Delivery, PhoneError, Problem};
use loive_documents::{Form, Value};
use loive_server::desk::REPLY_MAX_CHARS;
use loive_stories::{Browser, PASSWORD, World, a_report};

const PASTED_CHARS: usize = 100_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_pasted_characters_are_refused_with_the_limit_and_cost_nothing() {
    let world = World::new().await;
    let mai = world.handset();
    let pasted = "ữ".repeat(PASTED_CHARS);

    // Into a form: what was there stays.
    let typed = a_report().saying("Câu ngắn.").answers();
    let draft = mai.draft(&typed);
    let field = Form::suspicion_report()
        .field("suspect_info")
        .expect("the form asks it");
    let limit = field.max_chars().expect("the question has a limit");
    let too_long = |field: &str, limit| PhoneError::Invalid {
        field: field.to_owned(),
        reason: Problem::TooLong {
            limit,
            found: PASTED_CHARS,
        },
    };
    let refused = mai
        .phone()
        .answer(draft, "suspect_info", &Value::Text(pasted.clone()));
    assert_eq!(refused, Err(too_long("suspect_info", limit)));
    let error = refused.expect_err("it is refused").to_string();
    assert!(error.contains(&limit.to_string()) && error.contains(&PASTED_CHARS.to_string()));
    let kept = mai
        .phone()
        .draft_view(draft)
        .expect("the draft is here")
        .answers;
    assert!(kept == typed);

    // Into a message.
    let report = mai.phone().submit(draft).expect("it is submitted");
    let limit = loive_client::limits::MESSAGE_MAX_CHARS;
    assert_eq!(
        mai.phone().send_message(&report, &pasted),
        Err(too_long("message", limit))
    );
    mai.sync_until_report_is(&report, Delivery::Opened).await;

    // Into a counsellor's answer: nothing is sent, and not a letter is lost.
    world.counsellor();
    let mut browser = Browser::new(world.console_addr());
    browser.log_in("lan", PASSWORD).await;
    let address = format!("/report/{report}");
    let page = browser.open(&address).await;
    let fields = [("once", page.hidden("once")), ("text", pasted.as_str())];
    let refused = browser
        .send(&page, &format!("{address}/reply"), &fields)
        .await;
    assert_eq!(refused.status, 422);
    assert!(
        refused.shows(&REPLY_MAX_CHARS.to_string()),
        "the limit is named"
    );
    assert!(refused.shows(&pasted), "the text comes back whole");
    mai.sync().await;
    assert!(mai.lines(&report).is_empty());
    world.end().await;
}
