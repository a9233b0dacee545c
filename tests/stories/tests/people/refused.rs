//! What the hotline cannot take is never lost in silence.

use loive_client::{Delivery, Trouble};
use loive_protocol::Refusal;
use loive_stories::{Backup, World, a_report};

const FIRST: &str = "Hôm nay họ đưa thêm hai người tới.";
const SECOND: &str = "Họ vừa khóa cửa, tôi nghe tiếng xe đi.";

/// Somebody's tool copies a phone back block by block, so that the phone cannot
/// see it: it writes another message under a number that it has used before.
#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_cannot_be_merged_is_read_by_a_counsellor_and_its_author_learns_why() {
    let world = World::new().await;
    let mut mai = world.handset();
    let report = mai.submit(&a_report().answers());
    mai.sync_until_report_is(&report, Delivery::Opened).await;
    mai.close();
    let yesterday = Backup::of(&mai.store_file());

    mai.open();
    mai.phone()
        .send_message(&report, FIRST)
        .expect("the message is kept");
    mai.sync_until("the first message is opened", |phone| {
        let page = phone.report(&report).expect("the report is here");
        (page.timeline[0].delivery == Delivery::Opened).then_some(())
    })
    .await;
    mai.close();
    yesterday.restore_in_place();
    mai.open();
    assert!(mai.lines(&report).is_empty(), "the phone is set back");
    mai.phone()
        .send_message(&report, SECOND)
        .expect("the message is kept");

    let page = mai
        .sync_until("the phone learns why", |phone| {
            let page = phone.report(&report).expect("the report is here");
            (!page.troubles.is_empty()).then_some(page)
        })
        .await;
    assert_eq!(
        page.troubles,
        [Trouble::Quarantined(Refusal::DuplicateSequence)]
    );
    assert_ne!(
        page.timeline[0].delivery,
        Delivery::Opened,
        "it was not opened"
    );
    let quarantine = world.counsellor().quarantine();
    assert_eq!(quarantine.len(), 1);
    assert_eq!(quarantine[0].report, Some(report));
    assert_eq!(quarantine[0].reason, Refusal::DuplicateSequence.key());
    assert!(
        quarantine[0].readable.iter().any(|text| text == SECOND),
        "its words can be read"
    );
    assert!(world.counsellor().report(&report).row.quarantined);
    assert_eq!(world.counsellor().lines(&report), [FIRST]);
    world.end().await;
}
