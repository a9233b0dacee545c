//! Writing a report and sending it.

use loive_client::{Delivery, PhoneError, Warning};
use loive_documents::Urgency;
use loive_fleet::Writer;
use loive_server::desk::CaseState;
use loive_stories::{World, a_report, danger, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_report_written_with_no_signal_is_opened_once_there_is_one_and_read_by_a_person() {
    let world = World::new().await;
    let mut mai = world.handset();
    world.link.set_up(false);

    // No signal: everything is written, kept, and shown as not sent.
    let typed = Writer::new(11).report();
    let report = mai.submit(&typed);
    assert_eq!(mai.try_sync().await, Err(PhoneError::Offline));
    mai.restart();
    let page = mai.report(&report);
    assert_eq!(page.summary.delivery, Delivery::OnThisPhone);
    assert_eq!(page.summary.warnings, [Warning::NotSentYet]);
    assert_eq!(mai.phone().unsent(), Ok(1));
    assert_eq!(world.counsellor().count(), 0);

    // On the road there is a signal.
    world.link.set_up(true);
    mai.sync().await;
    assert!(mai.delivery(&report) >= Delivery::AtRelay);
    assert_eq!(mai.phone().unsent(), Ok(0));
    let page = mai.sync_until_report_is(&report, Delivery::Opened).await;
    assert!(page.summary.warnings.is_empty());
    assert_eq!(page.times.read, None, "nobody has read it yet");
    world.counsellor().assert_says(&report, &typed);

    // "Read" is what a person does, and nothing else.
    mai.sync().await;
    assert_eq!(mai.delivery(&report), Delivery::Opened);
    world.counsellor().read(&report);
    mai.sync_until_report_is(&report, Delivery::Read).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_taps_on_send_are_one_report() {
    let world = World::new().await;
    let mai = world.handset();
    let draft = mai.draft(&a_report().saying("Tôi bấm gửi hai lần.").answers());

    // Both at once, and once more later.
    let (one, other) = (mai.phone().clone(), mai.phone().clone());
    let one = tokio::task::spawn_blocking(move || one.submit(draft));
    let other = tokio::task::spawn_blocking(move || other.submit(draft));
    let report = one.await.expect("no panic").expect("it is submitted");
    assert_eq!(other.await.expect("no panic"), Ok(report));
    assert_eq!(mai.phone().submit(draft), Ok(report));

    mai.sync_until_report_is(&report, Delivery::Opened).await;
    assert_eq!(mai.phone().reports().map(|all| all.len()), Ok(1));
    assert_eq!(world.counsellor().count(), 1);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn danger_needs_one_answer_and_stands_before_everything_that_came_earlier() {
    let world = World::new().await;
    let (mai, hoa) = (world.handset(), world.handset());
    let mut console = world.desk().subscribe();

    let earlier = mai.submit(&a_report().answers());
    mai.sync_until_report_is(&earlier, Delivery::Opened).await;
    let calm = console.recv().await.expect("the console hears of it");
    assert!(!calm.urgent, "no alarm for a report without danger");

    let urgent = hoa.submit(&danger().answers());
    hoa.sync_until_report_is(&urgent, Delivery::Opened).await;
    let alarm = eventually("the console's alarm", async || {
        console.try_recv().ok().filter(|changed| changed.urgent)
    })
    .await;
    assert_eq!(alarm.report, Some(urgent));
    let queue = world.counsellor().queue();
    let order: Vec<_> = queue
        .iter()
        .map(|row| (row.report, row.urgency, row.state))
        .collect();
    assert_eq!(
        order,
        [
            (urgent, Urgency::P0, CaseState::New),
            (earlier, Urgency::P4, CaseState::New)
        ]
    );
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_of_twenty_phones_comes_through_whole_and_each_gets_its_own_answer() {
    let world = World::new().await;
    let mut writer = Writer::new(20);
    let phones: Vec<_> = (0..20)
        .map(|_| {
            let phone = world.handset();
            let typed = writer.report();
            let report = phone.submit(&typed);
            (phone, report, typed, writer.reply())
        })
        .collect();
    for (phone, ..) in &phones {
        phone.sync().await;
    }
    world.desk_has(phones.len()).await;
    let counsellor = world.counsellor();
    for (_, report, typed, reply) in &phones {
        counsellor.assert_says(report, typed);
        counsellor.reply(report, reply);
    }
    for (phone, report, _, reply) in &phones {
        phone.sync_until_report_is(report, Delivery::Read).await;
        assert_eq!(phone.lines(report), [reply.as_str()]);
        assert_eq!(phone.phone().reports().map(|all| all.len()), Ok(1));
    }
    drop(counsellor);
    world.end().await;
}
