//! The hotline changes its key.

use std::fs;

use loive_client::Delivery;
use loive_protocol::Refusal;
use loive_server::keys::Rotation;
use loive_stories::{World, a_report};

const GRACE_DAYS: u32 = 30;
const DAY_SECONDS: u64 = 86_400;

#[tokio::test(flavor = "multi_thread")]
async fn old_seals_open_within_the_grace_and_after_it_the_phone_seals_again() {
    let mut world = World::new().await;
    let (mai, hoa, thu) = (world.handset(), world.handset(), world.handset());
    let first = mai.submit(&a_report().answers());
    mai.sync_until_report_is(&first, Delivery::Opened).await;
    // Both sealed before they know of another key.
    let within = hoa.submit(&a_report().saying("Trong hạn.").answers());
    let beyond = thu.submit(&a_report().saying("Quá hạn.").answers());
    thu.phone()
        .send_message(&beyond, "Nhắn kèm.")
        .expect("the message is kept");

    let rotation = Rotation {
        grace_days: GRACE_DAYS,
        ..Rotation::default()
    };
    let folder = world.folder();
    assert_eq!(
        rotation
            .run(&folder, world.env())
            .expect("the key is changed")
            .serial,
        2
    );
    world.restart().await;
    hoa.sync_until_report_is(&within, Delivery::Opened).await;

    // The grace is over. The private half is gone, and phones are told not to
    // use the key any more.
    world
        .clock
        .advance_seconds(u64::from(GRACE_DAYS + 1) * DAY_SECONDS);
    for phone in [&mai, &hoa, &thu] {
        phone.clock.advance(u64::from(GRACE_DAYS + 1) * DAY_SECONDS);
    }
    let retire = Rotation {
        grace_days: GRACE_DAYS,
        retires_below: Some(2),
        ..Rotation::default()
    };
    retire
        .run(&folder, world.env())
        .expect("the key is changed");
    world.restart().await;
    assert!(
        !folder.path().join("keys/seal-0001.key").exists(),
        "the old half is destroyed"
    );
    let held = fs::read_dir(folder.path().join("keys"))
        .expect("the folder is read")
        .count();
    assert_eq!(
        held, 6,
        "two seal keys, one to sign, one to publish, two store keys"
    );

    thu.sync_until_report_is(&beyond, Delivery::Opened).await;
    thu.sync_until("the message is opened", |phone| {
        let page = phone.report(&beyond).expect("the report is here");
        (page.timeline[0].delivery == Delivery::Opened).then_some(())
    })
    .await;
    let counsellor = world.counsellor();
    assert_eq!(counsellor.count(), 3);
    assert_eq!(counsellor.lines(&beyond), ["Nhắn kèm."]);
    for row in counsellor.quarantine() {
        assert_eq!(
            row.reason,
            Refusal::UnknownKey.key(),
            "only the old seals do not open"
        );
        assert!(row.readable.is_empty());
    }
    // Whoever was there before goes on.
    mai.phone()
        .send_message(&first, "Có khóa mới rồi.")
        .expect("the message is kept");
    mai.sync_until("the message is opened", |phone| {
        let page = phone.report(&first).expect("the report is here");
        (page.timeline[0].delivery == Delivery::Opened).then_some(())
    })
    .await;
    drop(counsellor);
    world.end().await;
}
