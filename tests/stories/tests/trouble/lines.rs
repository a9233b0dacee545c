//! A line that breaks again and again.

use std::time::Duration;

use loive_client::Delivery;
use loive_fleet::{Link, Writer};
use loive_stories::{World, eventually};

const REPORTS_COUNT: usize = 6;
/// The line carries so many bytes before it breaks, and each time a third more.
const FIRST_BREAK_BYTES: u64 = 180;

/// Lets the line carry a little, then a little more, for as long as it is asked.
async fn flap(link: &Link) {
    let mut bytes = FIRST_BREAK_BYTES;
    loop {
        if !link.is_up() {
            link.set_up_for(bytes);
            bytes += bytes / 3;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_breaks_in_every_place_delivers_everything_once() {
    let world = World::new().await;
    let mut writer = Writer::new(3);
    let mai = world.handset();
    let written: Vec<_> = (0..REPORTS_COUNT)
        .map(|_| {
            let typed = writer.report();
            let report = mai.submit(&typed);
            mai.phone()
                .send_message(&report, &writer.message())
                .expect("it is kept");
            (report, typed)
        })
        .collect();
    let paper = mai
        .phone()
        .make_receipt(&written[0].0)
        .expect("a receipt is made");

    world.link.set_up(false);
    let done = async {
        eventually("everything is opened over the broken line", async || {
            let _ = mai.try_sync().await;
            let opened = |report| {
                let page = mai.report(report);
                page.summary.delivery == Delivery::Opened
                    && page
                        .timeline
                        .iter()
                        .all(|line| line.delivery == Delivery::Opened)
            };
            written
                .iter()
                .all(|(report, _)| opened(report))
                .then_some(())
        })
        .await;
    };
    tokio::select! {
        () = done => {}
        () = flap(&world.link) => {}
    }
    let breaks = world.link.traffic().connections();
    assert!(breaks > 5, "the line broke only {breaks} times");

    let counsellor = world.counsellor();
    assert_eq!(counsellor.count(), REPORTS_COUNT);
    for (report, typed) in &written {
        counsellor.assert_says(report, typed);
        assert_eq!(
            counsellor.lines(report),
            mai.lines(report),
            "each message once"
        );
    }
    assert!(counsellor.quarantine().is_empty());
    world.link.set_up(true);
    mai.sync().await;
    let borrowed = world.handset();
    borrowed
        .phone()
        .reopen(&paper.numbers().join(" "))
        .expect("the paper is understood");
    assert_eq!(borrowed.sync().await.reopened, [written[0].0]);
    drop(counsellor);
    world.end().await;
}
