//! A marked sentence is written wherever people write, and then looked for
//! wherever it must not be.

mod errors;
mod places;

use loive_cipher::{StoreKey, dump_plaintext};
use loive_client::Delivery;
use loive_documents::Value;
use loive_stories::canary::{ALL, IN_A_MESSAGE, IN_AN_ANSWER, IN_THE_FORM};
use loive_stories::{
    Browser, Handset, Logs, Options, PASSWORD, Search, World, a_report, eventually, request,
};

use errors::Errors;
use places::{assert_nowhere, files_under};

/// Everybody does what people do, and every mistake that people make. Gives the
/// phones that wrote.
async fn a_busy_day(world: &World, errors: &mut Errors) -> (Handset, Handset) {
    let (mai, guest) = (world.handset(), world.handset());
    let words = a_report()
        .saying(IN_THE_FORM)
        .with("where_hint", Value::Text(IN_THE_FORM.into()))
        .with("route_info", Value::Text(IN_THE_FORM.into()))
        .answers();
    let report = mai.submit(&words);
    let paper = mai
        .phone()
        .make_receipt(&report)
        .expect("a receipt is made");
    mai.phone()
        .send_message(&report, IN_A_MESSAGE)
        .expect("the message is kept");
    let guests = guest.draft(&words);
    guest
        .phone()
        .submit_guest(guests)
        .expect("the guest's report is sealed");
    // Left lying about: a draft is on the phone as well.
    mai.draft(&words);

    // Over a line that breaks, so that failures are met too.
    world.link.set_up_for(150);
    errors.met(mai.try_sync().await.expect_err("the line broke"));
    world.link.set_up(true);
    guest.sync().await;
    mai.sync_until_report_is(&report, Delivery::Opened).await;
    world.desk_has(2).await;

    world.counsellor();
    let mut browser = Browser::new(world.console_addr());
    browser.log_in("lan", PASSWORD).await;
    let address = format!("/report/{report}");
    let page = browser.open(&address).await;
    assert!(
        page.shows(IN_THE_FORM),
        "the control: counsellors do see it"
    );
    let fields = [("once", page.hidden("once")), ("text", IN_AN_ANSWER)];
    browser
        .send(&page, &format!("{address}/reply"), &fields)
        .await;
    mai.sync_until_report_is(&report, Delivery::Read).await;

    errors.of_a_phone(&mai, &report);
    errors.of_a_desk(world, &report).await;
    errors.of_strangers(world).await;
    errors.debug_of_what_people_hold(&mai, &report);
    let borrowed = world.handset();
    borrowed
        .phone()
        .reopen(&paper.numbers().join(" "))
        .expect("the paper is understood");
    borrowed.sync_until_report_is(&report, Delivery::Read).await;
    (mai, guest)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_marked_sentence_is_in_no_log_error_metric_file_or_packet() {
    let logs = Logs::capture();
    let options = Options {
        apart: true,
        capture: true,
        ..Options::default()
    };
    let mut world = World::with(options).await;
    let mut errors = Errors::default();
    let (mut mai, mut guest) = a_busy_day(&world, &mut errors).await;
    let canary = Search::for_any(&ALL);

    let metrics = request(world.relay_addr(), "GET", "/metrics", &[], &[]).await;
    assert!(
        metrics.text().contains("loive_relay_sync_requests_total"),
        "{}",
        metrics.text()
    );
    assert_nowhere(&canary, "the relay's metrics", &metrics.body);
    let metrics = world.desk().metrics().to_text();
    assert!(metrics.contains("loive_desk_opened_envelopes_total"));
    assert_nowhere(&canary, "the desk's metrics", metrics.as_bytes());
    for (name, bytes) in files_under(world.home()) {
        assert_nowhere(&canary, &format!("{}, in use", name.display()), &bytes);
    }

    mai.close();
    guest.close();
    world.stop().await;
    for (name, bytes) in files_under(world.home()) {
        assert_nowhere(&canary, &name.display().to_string(), &bytes);
    }
    let key = world
        .relay_folder()
        .relay_store_key()
        .expect("the relay has its key");
    let relay = dump_plaintext(&world.relay_folder().relay_db(), &key).expect("the key fits");
    assert_nowhere(&canary, "the relay's decrypted store", &relay);
    for (road, link) in [("phones", &world.link), ("the desk", &world.desk_link)] {
        let captured = link.captured();
        assert!(
            captured.up.len() > 2_000 && captured.down.len() > 2_000,
            "nothing crossed"
        );
        assert_nowhere(&canary, &format!("what {road} sent"), &captured.up);
        assert_nowhere(&canary, &format!("what {road} received"), &captured.down);
    }
    assert!(
        errors.count() > 15,
        "only {} errors were met",
        errors.count()
    );
    assert_nowhere(&canary, "an error", errors.text().as_bytes());
    assert_nowhere(&canary, "a log line", &logs.bytes());
    it_would_have_been_found(&world, &mai, &guest, &logs).await;
}

/// The controls: the same search finds the sentences where they belong, and in
/// each of the places where they were not, once they are put there.
async fn it_would_have_been_found(world: &World, mai: &Handset, guest: &Handset, logs: &Logs) {
    let keys = world.folder().desk_keys().expect("the desk has its keys");
    let desk = dump_plaintext(&world.folder().desk_db(), &keys.store).expect("the key fits");
    let of_phone = |phone: &Handset| {
        let key = StoreKey::from_bytes(phone.store_key());
        dump_plaintext(&phone.store_file(), &key).expect("the key fits")
    };
    let (phone, guest) = (of_phone(mai), of_phone(guest));
    for sentence in ALL {
        assert!(
            Search::new(sentence).find(&desk).is_some(),
            "the desk knows: {sentence}"
        );
    }
    for sentence in [IN_THE_FORM, IN_A_MESSAGE, IN_AN_ANSWER] {
        assert!(
            Search::new(sentence).find(&phone).is_some(),
            "the phone knows: {sentence}"
        );
    }
    assert_nowhere(&Search::for_any(&ALL), "a guest's phone, decrypted", &guest);

    let canary = Search::for_any(&ALL);
    let heard = String::from_utf8_lossy(&logs.bytes()).into_owned();
    for part in ["loive_server::running", "TRACE", "DEBUG"] {
        assert!(heard.contains(part), "nobody listened to {part}");
    }
    tracing::trace!(text = IN_THE_FORM, "a line that must never be written");
    assert!(canary.find(&logs.bytes()).is_some());
    let leak = world.home().join("leak");
    std::fs::write(&leak, IN_A_MESSAGE).expect("the file is written");
    assert!(
        files_under(world.home())
            .iter()
            .any(|(_, bytes)| canary.find(bytes).is_some())
    );
    let (listener, road) = a_road_to_a_listener().await;
    let mut sender = tokio::net::TcpStream::connect(road.address())
        .await
        .expect("it is open");
    let sent = tokio::io::AsyncWriteExt::write_all(&mut sender, IN_AN_ANSWER.as_bytes()).await;
    sent.expect("it is sent");
    eventually("the sentence crosses the road", async || {
        canary.find(&road.captured().up).map(|_| ())
    })
    .await;
    drop(listener);
}

async fn a_road_to_a_listener() -> (tokio::net::TcpListener, loive_fleet::Link) {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("it listens");
    let address = listener.local_addr().expect("it has a port");
    let road = loive_fleet::Link::open_capturing(address)
        .await
        .expect("a road is opened");
    (listener, road)
}

/// What plain SQLite would write first in every file.
const PLAIN: &[u8] = b"SQLite format 3\0";

#[tokio::test(flavor = "multi_thread")]
async fn every_store_on_a_disk_is_encrypted_from_its_first_byte() {
    let world = World::new().await;
    let mai = world.handset();
    let report = mai.submit(&a_report().answers());
    mai.sync_until_report_is(&report, Delivery::Opened).await;
    let files = files_under(world.home());
    let mut stores = 0;
    for (name, bytes) in &files {
        let inside = bytes.windows(PLAIN.len()).any(|window| window == PLAIN);
        assert!(!inside, "{} is not encrypted", name.display());
        stores += usize::from(name.extension().is_some_and(|end| end == "db"));
    }
    assert_eq!(stores, 3, "relay.db, desk.db and phone.db were looked at");
    world.end().await;
}
