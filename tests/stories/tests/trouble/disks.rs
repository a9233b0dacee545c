//! Disks without a free byte.

use loive_client::{Delivery, PhoneError, Warning};
use loive_protocol::Refusal;
use loive_protocol::limits::CHANGE_MAX_BYTES;
use loive_stories::{Flood, Handset, Process, World, a_report, danger, small_disk, small_files};

const PROGRAM: &str = env!("CARGO_BIN_EXE_story-process");
/// Large enough for a phone's store, small enough to be full soon.
const DISK_BYTES: u64 = 3_000_000;
const FILE_BYTES: u64 = 700_000;
/// More envelopes than the smallest relay takes.
const FLOOD_MAX_COUNT: usize = 400;

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_whose_disk_is_full_says_so_and_phones_keep_their_reports_until_there_is_room() {
    let mut world = World::new().await;
    let mai = world.handset();
    let earlier = mai.submit(&a_report().answers());
    mai.sync_until_report_is(&earlier, Delivery::Opened).await;
    world.stop().await;
    world.config.relay.store_max_megabytes = 1;
    world.start().await;

    // Large envelopes first, then small ones into the last gaps.
    let mut flood = Flood::new(&world.card());
    for bytes in [CHANGE_MAX_BYTES, 1] {
        let stranger = world.stranger();
        let refusal = stranger
            .push_until_refused(FLOOD_MAX_COUNT, || flood.next(bytes))
            .await;
        assert_eq!(refusal, Refusal::Full);
    }

    let report = mai.submit(&danger().answers());
    let summary = mai.sync().await;
    assert_eq!(summary.stored, 0);
    let page = mai.report(&report);
    assert_eq!(
        page.summary.delivery,
        Delivery::OnThisPhone,
        "never said to be there"
    );
    assert_eq!(page.summary.warnings, [Warning::NotSentYet]);

    world.stop().await;
    world.config.relay.store_max_megabytes = 0;
    world.start().await;
    mai.sync_until_report_is(&report, Delivery::Opened).await;
    assert_eq!(mai.delivery(&earlier), Delivery::Opened);
    assert_eq!(world.counsellor().count(), 2);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_whose_disk_is_full_says_so_and_loses_no_answer() {
    let world = World::new().await;
    let mut mai = world.closed_handset(world.card());
    std::fs::create_dir_all(mai.dir()).expect("the phone has a folder");
    let Some(mut command) = small_disk(DISK_BYTES, mai.dir(), PROGRAM) else {
        return on_short_files(world, mai).await;
    };
    command
        .args(fill_arguments(&mai))
        .arg(mai.dir().join("ballast"));
    let mut phone = Process::start(&mut command);

    let full = PhoneError::StorageFull;
    let mut expect = |line: String| assert_eq!(phone.line(), Some(line));
    expect(format!("refused {full}"));
    expect("intact".into());
    expect(format!("refused {full}"));
    expect("intact".into());
    // There is room again.
    let submitted = phone.line().expect("the phone goes on");
    let report = submitted
        .strip_prefix("submitted ")
        .expect("it is submitted");
    let report = report.parse().expect("the phone names a report");
    assert!(phone.succeeded());
    world.desk_has(1).await;
    assert!(
        world
            .counsellor()
            .report(&report)
            .answers
            .contains_key("suspect_info")
    );
    mai.close();
    world.end().await;
}

/// Where nobody may mount a small disk, a limit on the length of files stands
/// for it. SQLite then says only that writing failed.
async fn on_short_files(world: World, mut mai: Handset) {
    let mut command = small_files(FILE_BYTES, PROGRAM);
    command.args(fill_arguments(&mai));
    let mut phone = Process::start(&mut command);
    let refused = phone.line().expect("the phone goes on");
    assert!(refused.starts_with("refused "), "{refused}");
    assert_eq!(phone.line().as_deref(), Some("intact"));
    assert!(phone.succeeded());

    mai.open();
    let drafts = mai.phone().drafts().expect("the list is read");
    assert_eq!(drafts.len(), 1);
    let report = mai
        .phone()
        .submit(drafts[0].id)
        .expect("there is room again");
    mai.sync_until_report_is(&report, Delivery::Opened).await;
    world.end().await;
}

fn fill_arguments(mai: &Handset) -> [String; 4] {
    let key = loive_stories::hexadecimal(&mai.store_key());
    [
        "fill".into(),
        mai.dir().display().to_string(),
        mai.card().to_text(),
        key,
    ]
}
