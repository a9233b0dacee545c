//! Clocks that are wrong.

use loive_client::{BUILD_TIME_SECONDS, Delivery};
use loive_stories::{TODAY, World, a_report};

/// 1 March 2099.
const FAR_FUTURE: u64 = 4_076_006_400;

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_believes_it_is_1970_writes_sends_and_is_answered() {
    let world = World::new().await;
    let mut mai = world.closed_handset(world.card());
    mai.clock.set(0);
    mai.open();
    assert_eq!(
        mai.phone().now(),
        BUILD_TIME_SECONDS,
        "not before its app was made"
    );
    let draft = mai.draft(&a_report().saying("Máy này hết pin nhiều ngày.").answers());
    let report = mai.submit(&a_report().answers());
    mai.sync_until_report_is(&report, Delivery::Opened).await;
    assert_eq!(
        mai.phone().now(),
        TODAY,
        "the hotline's signature tells the time"
    );
    world.counsellor().reply(&report, "Đã nhận.");
    mai.sync_until_report_is(&report, Delivery::Read).await;
    let row = world.counsellor().report(&report).row;
    assert_eq!(row.received_at, TODAY);
    assert!(row.written_at <= row.received_at);

    // The clock is set right, 57 years later: a draft of "1970" is not old.
    mai.clock.set(TODAY);
    mai.restart();
    assert!(
        mai.phone().draft_view(draft).is_ok(),
        "a draft expires by time that passed"
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_believes_it_is_2099_writes_sends_and_comes_back_to_today() {
    let world = World::new().await;
    let mut mai = world.closed_handset(world.card());
    mai.clock.set(FAR_FUTURE);
    mai.open();
    // Every key of the hotline has expired by then: that never stops a report.
    let draft = mai.draft(&a_report().answers());
    let report = mai.submit(&a_report().answers());
    mai.phone()
        .send_message(&report, "Tôi vẫn ở đây.")
        .expect("the message is kept");
    mai.sync_until_report_is(&report, Delivery::Opened).await;
    let row = world.counsellor().report(&report).row;
    assert!(
        row.written_at <= row.received_at,
        "the desk's clocks rest on what it received"
    );
    world
        .counsellor()
        .reply(&report, "Bạn xem lại ngày trên máy nhé.");
    mai.sync_until_report_is(&report, Delivery::Read).await;

    mai.clock.set(TODAY);
    mai.restart();
    assert!(mai.phone().draft_view(draft).is_ok());
    let later = mai.phone().submit(draft).expect("it is submitted");
    mai.phone()
        .send_message(&report, "Sửa rồi ạ.")
        .expect("the message is kept");
    mai.sync_until_report_is(&later, Delivery::Opened).await;
    world.desk_has(2).await;
    assert_eq!(mai.lines(&report).len(), 3);
    let mut at_the_desk = world.counsellor().lines(&report);
    let mut on_the_phone = mai.lines(&report);
    at_the_desk.sort();
    on_the_phone.sort();
    assert_eq!(at_the_desk, on_the_phone);
    world.end().await;
}
