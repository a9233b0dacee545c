//! Stores that are stopped, set back, or gone.

use loive_client::Delivery;
use loive_stories::{Backup, Options, World, a_report, eventually, lose};

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_is_started_again_goes_on_where_it_was() {
    let mut world = World::new().await;
    let mai = world.handset();
    let before = mai.submit(&a_report().answers());
    mai.sync_until_report_is(&before, Delivery::Opened).await;
    let log = world.stranger().log().await;
    world.restart().await;
    assert_eq!(world.stranger().log().await, log, "the same log");

    world.counsellor().reply(&before, "Chào bạn.");
    let after = mai.submit(&a_report().answers());
    mai.sync_until_report_is(&after, Delivery::Opened).await;
    let summary = mai.sync().await;
    assert_eq!(
        (summary.new_logs, summary.stored),
        (0, 0),
        "nothing is sent twice"
    );
    mai.sync_until_report_is(&before, Delivery::Read).await;
    assert_eq!(world.counsellor().count(), 2);
    world.end().await;
}

/// The relay's disk is replaced by last night's copy. In between, one report was
/// opened and answered, and another had only been acknowledged by the relay.
#[tokio::test(flavor = "multi_thread")]
async fn a_relay_restored_from_an_older_copy_begins_a_new_log_and_nothing_is_lost_or_doubled() {
    let mut world = World::with(Options {
        apart: true,
        ..Options::default()
    })
    .await;
    let (mai, hoa, thu) = (world.handset(), world.handset(), world.handset());
    let first = mai.submit(&a_report().answers());
    mai.sync_until_report_is(&first, Delivery::Opened).await;
    let log = world.stranger().log().await;
    world.stop_relay().await;
    let last_night = Backup::of(&world.relay_folder().relay_db());

    world.start_relay().await;
    let opened = hoa.submit(&a_report().saying("Được mở trong ngày.").answers());
    hoa.sync_until_report_is(&opened, Delivery::Opened).await;
    world.counsellor().reply(&first, "Trả lời trong ngày.");
    mai.sync_until_report_is(&first, Delivery::Read).await;
    world
        .counsellor()
        .reply(&opened, "Chưa ai kịp lấy câu này.");
    world.stop_desk().await;
    let waiting = thu.submit(&a_report().saying("Chỉ mới tới trạm.").answers());
    thu.sync().await;
    assert_eq!(thu.delivery(&waiting), Delivery::AtRelay);
    world.clock.advance_seconds(60);
    mai.clock.advance(60);
    mai.phone()
        .send_message(&first, "Tin nhắn cũng mới tới trạm.")
        .expect("it is kept");
    mai.sync().await;

    world.stop_relay().await;
    last_night.restore();
    world.start_relay().await;
    assert_ne!(world.stranger().log().await, log, "a new log");
    world.start_desk().await;

    thu.sync_until_report_is(&waiting, Delivery::Opened).await;
    hoa.sync_until_report_is(&opened, Delivery::Read).await;
    assert_eq!(hoa.lines(&opened), ["Chưa ai kịp lấy câu này."]);
    mai.sync_until("the message is opened", |phone| {
        let page = phone.report(&first).expect("the report is here");
        (page.timeline.last()?.delivery == Delivery::Opened && page.timeline.len() == 2)
            .then_some(())
    })
    .await;
    let counsellor = world.counsellor();
    assert_eq!(counsellor.count(), 3);
    assert_eq!(
        counsellor.lines(&first),
        ["Trả lời trong ngày.", "Tin nhắn cũng mới tới trạm."]
    );
    assert!(counsellor.quarantine().is_empty());
    drop(counsellor);

    // A phone that knows nothing of all this finds the answers at the relay.
    let paper = mai.phone().make_receipt(&first).expect("a receipt is made");
    mai.sync().await;
    let borrowed = world.handset();
    borrowed
        .phone()
        .reopen(&paper.numbers().join(" "))
        .expect("the paper is understood");
    borrowed.sync_until_report_is(&first, Delivery::Read).await;
    assert_eq!(borrowed.lines(&first), ["Trả lời trong ngày."]);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_restored_from_an_older_copy_reads_back_what_came_and_what_it_said() {
    let mut world = World::with(Options {
        apart: true,
        ..Options::default()
    })
    .await;
    let (mai, hoa) = (world.handset(), world.handset());
    let first = mai.submit(&a_report().answers());
    mai.sync_until_report_is(&first, Delivery::Opened).await;
    world.counsellor().reply(&first, "Câu một.");
    mai.sync_until_report_is(&first, Delivery::Read).await;
    world.stop().await;
    let last_night = Backup::of(&world.folder().desk_db());

    world.start().await;
    let second = hoa.submit(&a_report().answers());
    hoa.sync_until_report_is(&second, Delivery::Opened).await;
    world.clock.advance_seconds(60);
    world.counsellor().reply(&second, "Câu hai.");
    world.counsellor().reply(&first, "Câu ba.");
    hoa.sync_until_report_is(&second, Delivery::Read).await;
    mai.sync_until("the answer is here", |phone| {
        let page = phone.report(&first).expect("the report is here");
        (page.timeline.len() == 2).then_some(())
    })
    .await;
    world.stop().await;
    last_night.restore();

    // Somebody answers before the desk has reached its relay and could read
    // back what it said today. It does so as another writer, whose words do not
    // clash with those of its lost life.
    world.desk_link.set_up(false);
    world.start().await;
    world.clock.advance_seconds(60);
    world.counsellor().reply(&first, "Câu bốn.");
    assert_eq!(world.counsellor().lines(&first), ["Câu một.", "Câu bốn."]);
    world.desk_link.set_up(true);
    desk_says(&world, &first, &["Câu một.", "Câu ba.", "Câu bốn."]).await;
    desk_says(&world, &second, &["Câu hai."]).await;
    let lines = mai
        .sync_until("the next answer is here", |phone| {
            let page = phone.report(&first).expect("the report is here");
            (page.timeline.len() == 3).then_some(page.timeline)
        })
        .await;
    let texts: Vec<_> = lines.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(texts, ["Câu một.", "Câu ba.", "Câu bốn."]);
    hoa.sync().await;
    assert_eq!(
        hoa.delivery(&second),
        Delivery::Read,
        "no state goes backwards"
    );
    assert_eq!(world.counsellor().count(), 2);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_that_lost_its_store_and_kept_its_keys_stands_where_it_stood() {
    let mut world = World::new().await;
    let (mai, hoa) = (world.handset(), world.handset());
    let typed = a_report().saying("Họ giữ giấy tờ của cả nhóm.").answers();
    let first = mai.submit(&typed);
    mai.phone()
        .send_message(&first, "Thêm một người nữa.")
        .expect("the message is kept");
    mai.sync_until_report_is(&first, Delivery::Opened).await;
    world.counsellor().reply(&first, "Mình đang nghe đây.");
    mai.sync_until_report_is(&first, Delivery::Read).await;
    let unread = hoa.submit(&a_report().answers());
    hoa.sync_until_report_is(&unread, Delivery::Opened).await;
    world.stop().await;
    lose(&world.folder().desk_db());
    world.start().await;

    world.desk_has(2).await;
    let said = ["Thêm một người nữa.", "Mình đang nghe đây."];
    desk_says(&world, &first, &said).await;
    world.counsellor().assert_says(&first, &typed);
    // Nobody is told anything twice, and nothing goes backwards.
    mai.sync().await;
    hoa.sync().await;
    assert_eq!(
        (mai.delivery(&first), mai.lines(&first).len()),
        (Delivery::Read, 2)
    );
    assert_eq!(hoa.delivery(&unread), Delivery::Opened);

    world.counsellor().reply(&first, "Mình vẫn ở đây.");
    mai.sync_until("the next answer is here", |phone| {
        let page = phone.report(&first).expect("the report is here");
        (page.timeline.len() == 3).then_some(())
    })
    .await;
    mai.phone()
        .send_message(&first, "Vâng.")
        .expect("the message is kept");
    mai.sync().await;
    desk_says(
        &world,
        &first,
        &[said[0], said[1], "Mình vẫn ở đây.", "Vâng."],
    )
    .await;
    assert!(world.counsellor().quarantine().is_empty());
    world.end().await;
}

/// Waits until the desk shows these lines, each once.
async fn desk_says(world: &World, report: &loive_protocol::ReportId, lines: &[&str]) {
    let mut expected: Vec<_> = lines.iter().map(ToString::to_string).collect();
    expected.sort();
    eventually("the desk has every line again", async || {
        let mut found = match world.counsellor().find(report) {
            Some(_) => world.counsellor().lines(report),
            None => return None,
        };
        found.sort();
        (found == expected).then_some(())
    })
    .await;
}
