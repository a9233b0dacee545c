//! The desk over the relay that ships, not the one in the box.

use std::path::Path;
use std::sync::Arc;

use loive_cipher::StoreKey;
use loive_protocol::{
    Ack, Bytes, Envelope, Lane, MailboxCursor, Outcome, Receipt, ReceiptCost, SyncRequest, Wire,
    seal_locker,
};
use loive_protocol::{LockerAck, LockerPut};
use loive_server::desk::link::LocalLink;
use loive_server::desk::{Desk, FindOutcome};
use loive_server::relay::{Relay, RelaySettings, SqliteOptions, SqliteStore};

use crate::home::{Home, lan, page, queue, talk};

fn start(home: &Home, path: &Path, new_log: bool) -> Arc<Relay> {
    let key = StoreKey::from_bytes([3; 32]);
    let options = SqliteOptions {
        new_log,
        ..SqliteOptions::default()
    };
    let store = SqliteStore::open(path, &key, options, &home.env).unwrap();
    let settings = RelaySettings::default();
    Relay::start(
        Arc::new(store),
        home.root.public(),
        settings,
        home.env.clone(),
    )
    .unwrap()
}

async fn sync(
    relay: &Arc<Relay>,
    change: impl FnOnce(&mut SyncRequest),
) -> loive_protocol::SyncResponse {
    let mut request = SyncRequest::new(Lane::Report);
    change(&mut request);
    let length = request.to_bytes().len();
    relay.sync(request, length).await.unwrap()
}

async fn push(relay: &Arc<Relay>, envelope: &Envelope) {
    let bytes: Bytes = envelope.as_bytes().to_vec().into();
    let response = sync(relay, |request| request.push = vec![bytes]).await;
    assert_eq!(response.acks, [Ack::Stored]);
}

/// Every answer that lies in the relay's mailboxes.
async fn answers(relay: &Arc<Relay>) -> Vec<Envelope> {
    let cursors = (0..16).map(|shard| MailboxCursor { shard, after: 0 });
    let response = sync(relay, |request| request.mailboxes = cursors.collect()).await;
    let stored = response.pages.into_iter().flat_map(|page| page.envelopes);
    stored
        .map(|stored| Envelope::parse(stored.envelope.to_vec()).unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn report_reply_receipt_and_a_new_log_over_the_real_relay() {
    let home = Home::new();
    let path = home.database().with_file_name("relay.db");
    let relay = start(&home, &path, false);
    let link = Arc::new(LocalLink(Arc::clone(&relay)));
    let desk = Desk::open(home.config(home.database()), link).unwrap();
    let who = lan(&desk);

    let mut phone = home.phone("qua trạm thật");
    let id = phone.seed.report_id();
    let first = phone.first();
    push(&relay, &first).await;
    desk.catch_up().await.unwrap();
    assert_eq!(queue(&desk, &who).rows.len(), 1);
    desk.reply(&who, &id, "Chúng tôi đã nhận", "a").unwrap();
    desk.catch_up().await.unwrap();
    let heard = phone.hear(answers(&relay).await);
    assert_eq!(heard.of(&first.id()), [Outcome::Merged]);
    assert_eq!(heard.texts(), ["Chúng tôi đã nhận"]);

    let mut rng = home.env.rng();
    let receipt = Receipt::generate(&mut rng);
    let keys = receipt
        .unlock(&home.root.public(), ReceiptCost::CHEAP)
        .unwrap();
    let locker = seal_locker(&keys, &phone.seed, &mut rng).unwrap();
    let put = LockerPut {
        envelope: locker.as_bytes().to_vec().into(),
        erase_hash: keys.erase_token().hashed(),
        keep_days: 30,
    };
    let kept = sync(&relay, |request| request.locker_puts = vec![put]).await;
    assert_eq!(kept.locker_acks, [LockerAck::Stored]);
    let (caller, typed) = (Arc::clone(&desk), receipt.numbers().join(" "));
    let asks = who.clone();
    let found = tokio::task::spawn_blocking(move || caller.find_by_receipt(&asks, &typed));
    assert_eq!(found.await.unwrap(), Ok(FindOutcome::Found(id)));

    // The relay stops; what is there is served under a new log to a desk that
    // lost its store.
    drop(desk);
    relay.stop().await;
    drop(relay);
    let relay = start(&home, &path, true);
    let link = Arc::new(LocalLink(Arc::clone(&relay)));
    let empty = home.database().with_file_name("empty.db");
    let desk = Desk::open(home.config(empty), link).unwrap();
    let who = lan(&desk);
    let before = answers(&relay).await.len();
    desk.catch_up().await.unwrap();
    assert_eq!(talk(&page(&desk, &who, &id)), ["> : Chúng tôi đã nhận"]);
    assert_eq!(answers(&relay).await.len(), before, "nothing is said twice");
    let message = phone.say("cảm ơn");
    push(&relay, &phone.later(message)).await;
    desk.catch_up().await.unwrap();
    assert_eq!(talk(&page(&desk, &who, &id)).len(), 2);
    relay.stop().await;
}
