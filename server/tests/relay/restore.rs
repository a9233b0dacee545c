//! Restarts, copies put back, and a disk that is full.

use std::sync::Arc;

use loive_protocol::{Ack, Lane, MailboxCursor, Refusal, Seed, SyncRequest};
use loive_server::relay::store::LogStore;
use loive_server::relay::{Opened, RelaySettings, SqliteOptions};

use crate::support::{Home, push, sync};

#[tokio::test]
async fn a_restart_goes_on_with_the_log_and_an_older_copy_begins_a_new_one() {
    let home = Home::new();
    let copy = home.dir.path().join("copy.db");
    let relay = home.relay(RelaySettings::default());
    let first = sync(&relay, push(&[home.report()])).await.log;
    relay.stop().await;
    std::fs::copy(home.database(), &copy).unwrap();

    let store = home.open(SqliteOptions::default());
    assert_eq!(store.opened(), Opened::Same);
    let relay = home.relay_over(Arc::new(store), RelaySettings::default());
    let lost = home.report();
    assert_eq!(
        sync(&relay, push(std::slice::from_ref(&lost))).await.log,
        first
    );
    relay.stop().await;
    drop(relay);

    // The disk dies; the administrator puts the copy back. relay.mark is newer.
    std::fs::copy(&copy, home.database()).unwrap();
    let store = home.open(SqliteOptions::default());
    assert_eq!(store.opened(), Opened::Restored);
    let relay = home.relay_over(Arc::new(store), RelaySettings::default());
    let second = sync(&relay, push(&[lost])).await;
    assert_ne!(second.log, first);
    assert_eq!(second.acks, [Ack::Stored]);

    // A phone that names the old log reads from the beginning, though its cursor
    // would point behind the answer, which is the third in this log.
    let seed = Seed::generate(&mut home.env.rng());
    let answer = home.answer(&seed);
    let pushed = home.ask(|request| request.push = vec![answer.as_bytes().to_vec().into()]);
    relay.desk(pushed).await.unwrap();
    let mut pull = SyncRequest::new(Lane::Report);
    pull.log = Some(first);
    pull.mailboxes = vec![MailboxCursor {
        shard: seed.shard(),
        after: 3,
    }];
    assert_eq!(sync(&relay, pull).await.pages[0].envelopes.len(), 1);
    relay.stop().await;

    let store = home.open(SqliteOptions::default());
    assert_eq!(store.opened(), Opened::Same);
    assert_eq!(store.head().unwrap().log, second.log);
}

#[tokio::test]
async fn a_copy_put_back_without_its_mark_or_announced_by_hand_begins_a_new_log_too() {
    let home = Home::new();
    let relay = home.relay(RelaySettings::default());
    let first = sync(&relay, push(&[home.report()])).await.log;
    relay.stop().await;
    drop(relay);

    std::fs::remove_file(home.database().with_extension("mark")).unwrap();
    let store = home.open(SqliteOptions::default());
    assert_eq!(store.opened(), Opened::Restored);
    let second = store.head().unwrap().log;
    drop(store);
    let store = home.open(SqliteOptions {
        new_log: true,
        ..SqliteOptions::default()
    });
    assert_eq!(store.opened(), Opened::Asked);
    let third = store.head().unwrap().log;
    assert!(first != second && second != third && first != third);
}

#[tokio::test]
async fn a_machine_set_back_with_its_mark_is_noticed_by_the_desk() {
    let home = Home::new();
    let relay = home.relay(RelaySettings::default());
    let first = sync(&relay, push(&[home.report()])).await.log;
    // The desk remembers sequence 9 of this log; the relay has one envelope only.
    let request = |through| {
        home.ask(|request| {
            request.log = Some(first);
            request.inbox_after = through;
            request.acknowledged_through = through;
        })
    };
    assert_eq!(relay.desk(request(1)).await.unwrap().log, first);
    let response = relay.desk(request(9)).await.unwrap();
    assert_ne!(response.log, first);
    assert_eq!(response.arrived.len(), 1);
    // The same word again, still about the old log, changes nothing more.
    assert_eq!(relay.desk(request(9)).await.unwrap().log, response.log);
    relay.stop().await;
}

#[tokio::test]
async fn a_full_disk_acknowledges_nothing_and_leaves_the_log_whole() {
    let home = Home::new();
    let limited = SqliteOptions {
        max_bytes: Some(400_000),
        ..SqliteOptions::default()
    };
    let store = Arc::new(home.open(limited));
    let relay = home.relay_over(store.clone(), RelaySettings::default());
    let mut kept = Vec::new();
    let refused = loop {
        let report = home.report_of_length(30_000);
        match sync(&relay, push(std::slice::from_ref(&report))).await.acks[0] {
            Ack::Stored => kept.push(report),
            Ack::Refused(refusal) => {
                assert_eq!(refusal, Refusal::Full);
                break report;
            }
        }
    };
    assert!(kept.len() > 5);
    // Reading goes on, and what was acknowledged is there, nothing else.
    let all = relay
        .desk(home.ask(|request| request.page_bytes = 1_048_576))
        .await
        .unwrap();
    let arrived: Vec<&[u8]> = all
        .arrived
        .iter()
        .map(|arrived| &**arrived.envelope)
        .collect();
    let expected: Vec<&[u8]> = kept
        .iter()
        .map(loive_protocol::Envelope::as_bytes)
        .collect();
    assert!(arrived == expected);
    relay.stop().await;
    drop((relay, store));

    // With more room the phone's next try succeeds, in the same log.
    let relay = home.relay(RelaySettings::default());
    let again = sync(&relay, push(&[refused])).await;
    assert_eq!((again.acks[0], again.log), (Ack::Stored, all.log));
    relay.stop().await;
}
