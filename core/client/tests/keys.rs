//! The hotline changes its keys while reports are under way.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod common;

use common::{Hotline, NOW, delivery, filled_draft, phone};
use loive_client::{Delivery, ManualClock, TransportError};
use loive_protocol::*;

#[test]
fn what_is_sealed_to_a_retired_key_is_sealed_anew() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    phone.send_message(&id, "thêm một điều").unwrap();
    // The relay knows the keys and refuses what nobody can open.
    hotline.rotate_seal(true);
    hotline.refuse_with = Some(Refusal::UnknownKey);
    let mut rounds = 0;
    let summary = phone
        .sync_through(|_, bytes| {
            let response = hotline.exchange(bytes);
            hotline.refuse_with = None;
            rounds += 1;
            Ok(response)
        })
        .unwrap();
    assert_eq!((rounds, summary.stored), (2, 2));
    hotline.work();
    assert!(hotline.unopened.is_empty());
    let view = hotline.cases[&id].document.view();
    assert_eq!(view.messages[0].text, "thêm một điều");
    hotline.sync(&phone).unwrap();
    assert_eq!(delivery(&phone, &id), Delivery::Opened);
    assert!(phone.report(&id).unwrap().troubles.is_empty());
}

/// The relay had stored it, and the key was gone before the desk opened it: the
/// relay's word is worth nothing then, and the report goes again.
#[test]
fn what_lies_at_the_relay_under_a_key_that_is_gone_goes_again() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    hotline.sync(&phone).unwrap();
    hotline.rotate_seal(true);
    let summary = hotline.sync(&phone).unwrap();
    assert_eq!((summary.requests, summary.stored), (2, 1));
    hotline.work();
    assert_eq!(hotline.unopened.len(), 1, "the old bytes open no more");
    hotline.sync(&phone).unwrap();
    assert_eq!(delivery(&phone, &id), Delivery::Opened);
    assert_eq!(hotline.sync(&phone).unwrap().stored, 0);
}

/// The desk had opened the old bytes before the key went: its receipt for them
/// counts, though other bytes were sealed since.
#[test]
fn a_receipt_for_the_old_bytes_counts() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let id = phone.submit(filled_draft(&phone)).unwrap();
    let _ = phone.sync_through(|_, bytes| {
        hotline.exchange(bytes);
        Err(TransportError::Interrupted)
    });
    hotline.work();
    let receipts = hotline.shards.clone();
    hotline.shards = vec![Vec::new(); 16];
    hotline.rotate_seal(false);
    hotline.refuse_with = Some(Refusal::UnknownKey);
    phone
        .sync_through(|_, bytes| {
            let response = hotline.exchange(bytes);
            hotline.refuse_with = None;
            Ok(response)
        })
        .unwrap();
    assert_eq!(hotline.inbox.len(), 2, "sealed anew");
    hotline.shards = receipts;
    hotline.sync(&phone).unwrap();
    assert_eq!(delivery(&phone, &id), Delivery::Opened);
}
