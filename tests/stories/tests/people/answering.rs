//! The hotline answers, and the conversation goes on.

use loive_client::{Delivery, Speaker};
use loive_documents::Value;
use loive_protocol::limits::PAGE_MIN_BYTES;
use loive_server::desk::TimelineWhat;
use loive_stories::{Browser, PASSWORD, World, a_report, eventually};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

const QUESTION: &str = "Chị đang ở đâu? Chị có nói chuyện được không?";
const REPLY: &str = "Em ở nhà trọ gần bến xe. Em nhắn được, không gọi được.";
/// Enough for several shards, whatever the dice say.
const REPORTS: usize = 6;
/// A long answer.
const LONG_CHARS: usize = 1_900;

#[tokio::test(flavor = "multi_thread")]
async fn a_counsellor_answers_in_the_browser_and_the_reporter_writes_back() {
    let world = World::new().await;
    let mai = world.handset();
    let report = mai.submit(
        &a_report()
            .saying("Người ta hứa việc nhẹ lương cao.")
            .answers(),
    );
    mai.sync_until_report_is(&report, Delivery::Opened).await;

    // Nobody gets in without a login.
    world.counsellor();
    let mut browser = Browser::new(world.console_addr());
    let address = format!("/report/{report}");
    let shut = browser.open(&address).await;
    assert!(
        !shut.shows("việc nhẹ lương cao"),
        "a page was shown to a stranger"
    );

    let queue = browser.log_in("lan", PASSWORD).await;
    assert!(queue.shows(&address));
    let page = browser.open(&address).await;
    assert!(page.shows("việc nhẹ lương cao"));
    let claimed = browser.send(&page, &format!("{address}/claim"), &[]).await;
    assert_eq!(claimed.status, 200);

    // A double click on "send" is one answer.
    let page = browser.open(&address).await;
    let fields = [("once", page.hidden("once")), ("text", QUESTION)];
    for _ in 0..2 {
        let sent = browser
            .send(&page, &format!("{address}/reply"), &fields)
            .await;
        assert_eq!(sent.status, 200);
        assert!(sent.shows(QUESTION));
    }
    let page = mai.sync_until_report_is(&report, Delivery::Read).await;
    let [line] = page.timeline.as_slice() else {
        panic!("one line, not {:?}", page.timeline)
    };
    assert_eq!(
        (line.speaker, line.text.as_str()),
        (Speaker::Hotline, QUESTION)
    );
    assert_eq!(page.summary.messages_of_hotline, 1);

    world.clock.advance_seconds(60);
    mai.clock.advance(60);
    mai.phone()
        .send_message(&report, REPLY)
        .expect("the message is kept");
    assert_eq!(
        mai.report(&report).timeline[1].delivery,
        Delivery::OnThisPhone
    );
    mai.sync_until("the message is opened", |phone| {
        let page = phone.report(&report).expect("the report is here");
        (page.timeline[1].delivery == Delivery::Opened).then_some(())
    })
    .await;
    let page = browser.open(&address).await;
    assert!(page.shows(REPLY));
    assert_eq!(world.counsellor().lines(&report), [QUESTION, REPLY]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_corrected_later_is_corrected_at_the_desk_too() {
    let world = World::new().await;
    let mai = world.handset();
    let typed = a_report().saying("Xe tải trắng.");
    let report = mai.submit(&typed.answers());
    mai.sync_until_report_is(&report, Delivery::Opened).await;

    let corrected = Value::Text("Xe tải xanh, biển số tỉnh khác.".into());
    mai.phone()
        .amend(&report, "suspect_info", &corrected)
        .expect("it is corrected");
    mai.phone()
        .amend_clear(&report, "what_type")
        .expect("it is taken back");
    mai.sync().await;
    let page = eventually("the correction arrives", async || {
        let page = world.counsellor().report(&report);
        (page.answers.get("suspect_info") == Some(&corrected)).then_some(page)
    })
    .await;
    assert!(!page.answers.contains_key("what_type"));
    assert!(
        page.conflicts.is_empty(),
        "one person corrected herself: that is no conflict"
    );
    let amended: Vec<String> = page
        .timeline
        .iter()
        .filter_map(|entry| match &entry.what {
            TimelineWhat::Amended(fields) => Some(fields.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(amended, ["suspect_info", "what_type"]);
    world.end().await;
}

/// One response has room for some of the answers in some of the shards. The rest
/// comes with the next.
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_was_away_for_long_fetches_more_than_one_response_holds() {
    let world = World::new().await;
    let mai = world.handset();
    let reports: Vec<_> = (0..REPORTS)
        .map(|_| mai.submit(&a_report().answers()))
        .collect();
    for report in &reports {
        mai.sync_until_report_is(report, Delivery::Opened).await;
    }
    // Digits, which nothing makes smaller by much.
    let mut rng = StdRng::seed_from_u64(1);
    let mut bytes = 0;
    while bytes < 2 * PAGE_MIN_BYTES as usize {
        for report in &reports {
            let text: String = (0..LONG_CHARS)
                .map(|_| char::from(rng.random_range(b'!'..=b'~')))
                .collect();
            world.counsellor().reply(report, &text);
            bytes += LONG_CHARS;
        }
    }
    let written = bytes / LONG_CHARS;
    mai.sync_until("every answer is here", |phone| {
        let lines = reports.iter().map(|report| {
            let page = phone.report(report).expect("the report is here");
            page.timeline.len()
        });
        (lines.sum::<usize>() == written).then_some(())
    })
    .await;
    world.end().await;
}
