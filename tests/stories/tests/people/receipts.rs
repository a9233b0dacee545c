//! A receipt: two numbers on paper.

use loive_client::{Delivery, Origin, PhoneError, Problem, ReceiptState, Rejection};
use loive_documents::Value;
use loive_server::desk::FindOutcome;
use loive_stories::{Options, World, a_report, eventually};

const WORDS: &str = "Chú ấy giữ hộ chiếu của tôi trong két sắt.";
const ANSWER: &str = "Chúng tôi đã đọc. Bạn giữ máy bên mình nhé.";

/// With receipts that cost what they cost in life.
#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_typed_on_another_phone_opens_states_and_messages_but_never_the_text() {
    let options = Options {
        real_receipts: true,
        ..Options::default()
    };
    let world = World::with(options).await;
    let mai = world.handset();
    let report = mai.submit(&a_report().saying(WORDS).answers());
    let receipt = mai
        .phone()
        .make_receipt(&report)
        .expect("a receipt is made");
    assert_eq!(mai.report(&report).receipt, ReceiptState::Waiting);
    mai.phone()
        .send_message(&report, "Tôi sẽ đổi máy.")
        .expect("the message is kept");
    mai.sync_until_report_is(&report, Delivery::Opened).await;
    assert_eq!(mai.report(&report).receipt, ReceiptState::Kept);
    world.counsellor().reply(&report, ANSWER);

    // Read off the paper, with dots and spaces, on a phone that knows nothing.
    let borrowed = world.handset();
    let typed = receipt.numbers().join(" . ");
    borrowed
        .phone()
        .reopen(&typed)
        .expect("the receipt is understood");
    let summary = borrowed.sync().await;
    assert_eq!(summary.reopened, [report]);
    let page = borrowed.sync_until_report_is(&report, Delivery::Read).await;
    assert_eq!(page.summary.origin, Origin::Reopened);
    assert_eq!(borrowed.lines(&report), [ANSWER]);
    assert!(
        page.answers.is_empty() && !page.has_text(),
        "a receipt never opens the text"
    );
    let change = Value::Text("khác".into());
    assert_eq!(
        borrowed.phone().amend(&report, "suspect_info", &change),
        Err(PhoneError::Rejected {
            reason: Rejection::NotOnThisPhone
        })
    );

    // Both phones can write; the desk has both, in one report.
    borrowed
        .phone()
        .send_message(&report, "Máy mượn đây.")
        .expect("the message is kept");
    mai.phone()
        .send_message(&report, "Máy cũ đây.")
        .expect("the message is kept");
    borrowed.sync().await;
    mai.sync().await;
    let lines = eventually("both messages arrive", async || {
        let lines = world.counsellor().lines(&report);
        (lines.len() == 4).then_some(lines)
    })
    .await;
    for line in ["Tôi sẽ đổi máy.", ANSWER, "Máy mượn đây.", "Máy cũ đây."] {
        assert!(lines.iter().any(|found| found == line), "{line}");
    }
    assert_eq!(world.counsellor().count(), 1);
    assert!(world.counsellor().quarantine().is_empty());
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_reads_out_a_receipt_and_the_counsellor_finds_the_report() {
    let world = World::new().await;
    let mai = world.handset();
    let report = mai.submit(&a_report().answers());
    let receipt = mai
        .phone()
        .make_receipt(&report)
        .expect("a receipt is made");
    let [first, second] = receipt.numbers();

    // The paper is there before the locker is at the relay.
    let find = |first: &str, second: &str| {
        world
            .counsellor()
            .find_by_receipt(&format!("{first} {second}"))
    };
    assert_eq!(find(&first, &second), FindOutcome::NotFound);
    mai.sync_until_report_is(&report, Delivery::Opened).await;
    assert_eq!(find(&first, &second), FindOutcome::Found(report));

    // A misheard digit, and the two numbers in the wrong order.
    let last = second.chars().last().expect("a number has digits");
    let other = if last == '7' { "8" } else { "7" };
    let misheard = format!("{}{other}", &second[..second.len() - 1]);
    assert_eq!(find(&first, &misheard), FindOutcome::Mistyped);
    assert_eq!(find(&first, ""), FindOutcome::Mistyped);

    let borrowed = world.handset();
    let refused = borrowed.phone().reopen(&format!("{first} {misheard}"));
    assert!(matches!(
        refused,
        Err(PhoneError::Invalid { ref field, reason: Problem::ReceiptCheckDigit })
            if field == "receipt"
    ));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_receipt_opens_nothing_any_more() {
    let world = World::new().await;
    let mai = world.handset();
    let report = mai.submit(&a_report().answers());
    let paper = mai
        .phone()
        .make_receipt(&report)
        .expect("a receipt is made");
    mai.sync_until_report_is(&report, Delivery::Opened).await;
    let typed = paper.numbers().join(" ");
    mai.phone()
        .erase_receipt(&typed)
        .expect("the receipt is understood");
    mai.sync().await;

    let finder = world.handset();
    finder
        .phone()
        .reopen(&typed)
        .expect("the receipt is understood");
    let summary = finder.sync().await;
    assert_eq!((summary.receipts_unknown, summary.reopened.len()), (1, 0));
    assert_eq!(finder.phone().reports(), Ok(Vec::new()));
    assert_eq!(
        world.counsellor().find_by_receipt(&typed),
        FindOutcome::NotFound
    );
    assert_eq!(world.counsellor().count(), 1, "the report itself stays");
    world.end().await;
}
