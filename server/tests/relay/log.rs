//! What a relay keeps, forgets, hands out and refuses, without a network.

use std::sync::Arc;

use crate::support::{Home, START, all_shards, push, sync};
use loive_protocol::{
    Ack, AnswerBatch, DeskRequest, Lane, MailboxCursor, ProofKind, Refusal, ReportBatch,
    ReportItem, RootKey, Seed, SignedDeskRequest, SyncRequest, inbox, seal_answer, seal_report,
};
use loive_server::relay::{DeskRefusal, Relay, RelaySettings};

#[tokio::test]
async fn a_report_goes_in_the_desk_reads_it_and_the_answer_comes_back() {
    let home = Home::new();
    let relay = home.relay(RelaySettings::default());
    let (report, seed) = (home.report(), Seed::generate(&mut home.env.rng()));
    home.clock.advance_seconds(7);
    let pushed = sync(&relay, push(std::slice::from_ref(&report))).await;
    assert_eq!(pushed.acks, [Ack::Stored]);

    let answer = home.answer(&seed);
    let response = relay
        .desk(home.ask(|request| request.push = vec![answer.as_bytes().to_vec().into()]))
        .await
        .unwrap();
    assert_eq!(response.acks, [Ack::Stored]);
    assert_eq!(response.arrived.len(), 1);
    assert_eq!(&*response.arrived[0].envelope, report.as_bytes());
    assert_eq!(response.arrived[0].received_at, START + 7);
    assert_eq!(response.next, response.arrived[0].seq);
    assert_eq!(response.log, pushed.log);

    let mut pull = SyncRequest::new(Lane::Report);
    pull.mailboxes = all_shards();
    let pulled = sync(&relay, pull).await;
    assert_eq!(pulled.pages.len(), 1);
    assert_eq!(pulled.pages[0].shard, seed.shard());
    assert_eq!(&*pulled.pages[0].envelopes[0].envelope, answer.as_bytes());

    let mut pull = SyncRequest::new(Lane::Report);
    pull.log = Some(pulled.log);
    pull.mailboxes = vec![MailboxCursor {
        shard: seed.shard(),
        after: pulled.pages[0].next,
    }];
    assert!(sync(&relay, pull).await.pages.is_empty());
    relay.stop().await;
}

#[tokio::test]
async fn pushing_twice_is_harmless_even_when_all_phones_do_it_at_once() {
    let home = Home::new();
    let relay = home.relay(RelaySettings::default());
    let report = home.report();
    let mut phones = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (relay, request) = (Arc::clone(&relay), push(&[report.clone(), report.clone()]));
        phones.spawn(async move { sync(&relay, request).await.acks });
    }
    while let Some(acks) = phones.join_next().await {
        assert_eq!(acks.unwrap(), [Ack::Stored, Ack::Stored]);
    }
    let arrived = relay.desk(home.ask(|_| {})).await.unwrap().arrived;
    assert_eq!(arrived.len(), 1);
    relay.stop().await;
}

#[tokio::test]
async fn the_inbox_takes_reports_to_itself_and_nothing_else() {
    let home = Home::new();
    let relay = home.relay(RelaySettings::default());
    let mut rng = home.env.rng();
    let answer = home.answer(&Seed::generate(&mut rng));
    let other_root = RootKey::generate(&mut rng).public();
    let batch = ReportBatch::new(START, vec![ReportItem::Change(vec![1].into())]);
    let seed = Seed::generate(&mut rng);
    let to = home.seal_certificate();
    let elsewhere = seal_report(&batch, &seed, ProofKind::Seed, &to, &other_root, &mut rng);
    let acks = sync(&relay, push(&[answer, elsewhere.unwrap(), home.report()]))
        .await
        .acks;
    let wrong = Ack::Refused(Refusal::WrongAddress);
    assert_eq!(acks, [wrong, wrong, Ack::Stored]);

    let mut field = push(&[home.report()]);
    field.lane = Lane::Field;
    assert_eq!(sync(&relay, field).await.acks, [wrong]);
    relay.stop().await;
}

#[tokio::test]
async fn a_mailbox_is_filled_through_the_desk_only_and_by_the_desk_with_answers_only() {
    let home = Home::new();
    let relay = home.relay(RelaySettings::default());
    let seed = Seed::generate(&mut home.env.rng());
    let another_hotlines = RootKey::generate(&mut home.env.rng()).public();
    let batch = AnswerBatch::new(START, Vec::new());
    let sign = &home.keys.sign;
    let elsewhere = seal_answer(&batch, &seed, sign, &another_hotlines, &mut home.env.rng());
    let pushed = [home.report(), elsewhere.unwrap(), home.answer(&seed)];
    let push = pushed.map(|envelope| envelope.into_bytes().into()).to_vec();
    let response = relay.desk(home.ask(|request| request.push = push)).await;
    let wrong = Ack::Refused(Refusal::WrongAddress);
    assert_eq!(response.unwrap().acks, [wrong, wrong, Ack::Stored]);

    // Somebody else who signs correctly, but whom the root does not know.
    let stranger = Home::new();
    let strange_root = RootKey::generate(&mut home.env.rng());
    let key = loive_protocol::SignKey::generate(&mut home.env.rng());
    let mut body = stranger.keys.sign_certificate.body().clone();
    body.key = key.public();
    let certificate = strange_root.certify(body);
    let forged = SignedDeskRequest::sign(&DeskRequest::new(home.env.now()), &key, &certificate);
    assert!(matches!(
        relay.desk(forged).await,
        Err(DeskRefusal::Request(_))
    ));
    let late = home.signed(&DeskRequest::new(home.env.now() - 3_600));
    assert!(matches!(
        relay.desk(late).await,
        Err(DeskRefusal::Request(_))
    ));
    assert_eq!(relay.metrics().unsigned_desk_requests.get(), 2);
    relay.stop().await;
}
#[tokio::test]
async fn a_flipped_byte_makes_another_envelope_or_none_and_never_touches_the_first() {
    let home = Home::new();
    let relay = home.relay(RelaySettings::default());
    let report = home.report();
    sync(&relay, push(std::slice::from_ref(&report))).await;
    let mut stored = 0;
    for position in 0..report.as_bytes().len() {
        let mut bytes = report.as_bytes().to_vec();
        bytes[position] ^= 0x40;
        let mut request = SyncRequest::new(Lane::Report);
        request.push = vec![bytes.into()];
        match sync(&relay, request).await.acks[0] {
            Ack::Stored => stored += 1,
            // Version, suite, route, dictionary and address are what the relay can tell.
            Ack::Refused(_) => assert!(position < 4 || (12..44).contains(&position), "{position}"),
        }
    }
    // Key id and everything sealed is the desk's to judge.
    assert_eq!(stored, report.as_bytes().len() - 36);
    let arrived = relay
        .desk(home.ask(|request| request.page_bytes = 1_048_576))
        .await
        .unwrap();
    assert_eq!(arrived.arrived.len(), stored + 1);
    assert_eq!(&*arrived.arrived[0].envelope, report.as_bytes());
    relay.stop().await;
}

#[tokio::test]
async fn an_envelope_is_dropped_some_days_after_the_desk_has_it_and_never_before() {
    let home = Home::new();
    let settings = RelaySettings {
        keep_acknowledged_days: 30,
        ..RelaySettings::default()
    };
    let relay = home.relay(settings);
    sync(&relay, push(&[home.report(), home.report()])).await;
    home.clock.advance_seconds(400 * 86_400);
    assert_eq!(relay.forget().unwrap().envelopes, 0);

    let read = relay.desk(home.ask(|_| {})).await.unwrap();
    let acknowledge = home.ask(|request| {
        request.log = Some(read.log);
        request.inbox_after = read.next;
        request.acknowledged_through = read.arrived[0].seq;
    });
    relay.desk(acknowledge).await.unwrap();
    home.clock.advance_seconds(30 * 86_400 - 1);
    assert_eq!(relay.forget().unwrap().envelopes, 0);
    home.clock.advance_seconds(3_601);
    assert_eq!(relay.forget().unwrap().envelopes, 1);
    let left = relay.desk(home.ask(|_| {})).await.unwrap();
    assert_eq!(left.arrived.len(), 1);
    assert_eq!(left.arrived[0].seq, read.arrived[1].seq);
    relay.stop().await;
}

#[tokio::test]
async fn pages_of_all_shards_share_one_budget_and_a_phone_comes_to_the_end() {
    let home = Home::new();
    let relay = home.relay(RelaySettings::default());
    let mut rng = home.env.rng();
    let answers: Vec<_> = (0..500)
        .map(|_| home.answer(&Seed::generate(&mut rng)))
        .collect();
    for some in answers.chunks(250) {
        let push = some
            .iter()
            .map(|answer| answer.as_bytes().to_vec().into())
            .collect();
        let response = relay
            .desk(home.ask(|request| request.push = push))
            .await
            .unwrap();
        assert!(response.acks.iter().all(|ack| *ack == Ack::Stored));
    }
    let (mut cursors, mut log, mut got, mut requests) = (all_shards(), None, 0, 0);
    loop {
        let mut pull = SyncRequest::new(Lane::Report);
        (pull.log, pull.mailboxes) = (log, cursors.clone());
        let response = sync(&relay, pull).await;
        log = Some(response.log);
        requests += 1;
        let envelopes = response.pages.iter().flat_map(|page| &page.envelopes);
        let bytes: usize = envelopes.map(|stored| stored.envelope.len()).sum();
        assert!(bytes <= 131_072);
        for page in &response.pages {
            got += page.envelopes.len();
            cursors[usize::from(page.shard)].after = page.next;
        }
        if response.pages.iter().all(|page| !page.more) {
            break;
        }
    }
    assert_eq!(got, 500);
    assert!((2..=4).contains(&requests), "{requests}");
    relay.stop().await;
}

#[tokio::test]
async fn phones_get_the_certificates_that_the_desk_published_once() {
    let home = Home::new();
    let relay = home.relay(RelaySettings::default());
    assert!(
        sync(&relay, SyncRequest::new(Lane::Report))
            .await
            .certificates
            .is_empty()
    );
    let list = home.keys.certificates.list().to_vec();
    relay
        .desk(home.ask(|request| request.certificates = list.clone()))
        .await
        .unwrap();
    let first = sync(&relay, SyncRequest::new(Lane::Report)).await;
    assert!(first.certificates == list);
    let mut seen = SyncRequest::new(Lane::Report);
    seen.certificates_seen = Some(home.keys.certificates.fingerprint());
    assert!(sync(&relay, seen).await.certificates.is_empty());

    // One that another root signed spoils the list, and nothing changes.
    let other = RootKey::generate(&mut home.env.rng()).certify(list[0].body().clone());
    let mut spoilt = list.clone();
    spoilt.push(other);
    relay
        .desk(home.ask(|request| request.certificates = spoilt))
        .await
        .unwrap();
    assert!(
        sync(&relay, SyncRequest::new(Lane::Report))
            .await
            .certificates
            == list
    );
    relay.stop().await;
    drop(relay);
    let relay = home.relay(RelaySettings::default());
    assert!(
        sync(&relay, SyncRequest::new(Lane::Report))
            .await
            .certificates
            == list
    );
    relay.stop().await;
}

#[tokio::test]
async fn the_desk_waits_at_the_relay_and_hears_of_a_report_at_once() {
    let home = Home::new();
    let relay = home.relay(RelaySettings::default());
    let log = sync(&relay, SyncRequest::new(Lane::Report)).await.log;
    let wait = home.ask(|request| {
        request.log = Some(log);
        request.wait_seconds = 60;
    });
    let waiting = tokio::spawn({
        let relay = Arc::clone(&relay);
        async move { relay.desk(wait).await.unwrap() }
    });
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert!(!waiting.is_finished());
    let before = std::time::Instant::now();
    sync(&relay, push(&[home.report()])).await;
    assert_eq!(waiting.await.unwrap().arrived.len(), 1);
    assert!(before.elapsed() < std::time::Duration::from_secs(2));
    relay.stop().await;
}

#[tokio::test]
async fn what_the_relay_counts_names_nobody() {
    let home = Home::new();
    let relay: Arc<Relay> = home.relay(RelaySettings::default());
    let report = home.report();
    sync(&relay, push(&[report.clone(), report.clone()])).await;
    let text = relay.metrics().to_text();
    assert!(text.contains("loive_relay_stored_envelopes_total 1\n"));
    assert!(text.contains("loive_relay_repeated_envelopes_total 1\n"));
    assert!(!text.contains(&report.id().to_string()));
    assert!(!text.contains(&inbox(home.root()).to_string()));
    relay.stop().await;
}
