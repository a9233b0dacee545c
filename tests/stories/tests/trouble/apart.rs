//! Relay and desk each on its own machine.

use std::fs;

use loive_client::limits::NOT_OPENED_P0_SECONDS;
use loive_client::{Delivery, Warning};
use loive_stories::{Options, World, a_report, danger};

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_without_any_key_serves_a_desk_that_comes_and_goes() {
    let world = World::with(Options {
        apart: true,
        ..Options::default()
    })
    .await;
    let keys: Vec<_> = fs::read_dir(world.relay_folder().path().join("keys"))
        .expect("the folder is read")
        .map(|entry| entry.expect("it is read").file_name())
        .collect();
    assert_eq!(
        keys,
        ["store-relay.key"],
        "the relay was given a key that it does not need"
    );

    let mai = world.handset();
    let first = mai.submit(&a_report().answers());
    mai.sync_until_report_is(&first, Delivery::Opened).await;
    world.counsellor().reply(&first, "Chào bạn.");
    mai.sync_until_report_is(&first, Delivery::Read).await;

    // The road between the two breaks in the middle of a long poll.
    world.desk_link.set_up(false);
    let second = mai.submit(&a_report().answers());
    mai.sync().await;
    world
        .counsellor()
        .reply(&first, "Đường dây giữa hai máy đang đứt.");
    assert_eq!(mai.delivery(&second), Delivery::AtRelay);
    world.desk_link.set_up(true);
    mai.sync_until_report_is(&second, Delivery::Opened).await;
    mai.sync_until("the answer is here", |phone| {
        let page = phone.report(&first).expect("the report is here");
        (page.timeline.len() == 2).then_some(())
    })
    .await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_of_danger_that_nobody_opens_says_so_on_the_phone_after_a_quarter_of_an_hour() {
    let mut world = World::with(Options {
        apart: true,
        ..Options::default()
    })
    .await;
    world.stop_desk().await;
    let mai = world.handset();
    let report = mai.submit(&danger().answers());
    mai.sync().await;
    assert_eq!(mai.delivery(&report), Delivery::AtRelay);
    assert!(mai.report(&report).summary.warnings.is_empty());
    mai.clock.advance(NOT_OPENED_P0_SECONDS - 1);
    assert!(mai.report(&report).summary.warnings.is_empty());
    mai.clock.advance(1);
    let seconds = NOT_OPENED_P0_SECONDS;
    assert_eq!(
        mai.report(&report).summary.warnings,
        [Warning::NotOpenedAfter { seconds }]
    );

    world.start_desk().await;
    let page = mai.sync_until_report_is(&report, Delivery::Opened).await;
    assert!(page.summary.warnings.is_empty());
    world.end().await;
}
