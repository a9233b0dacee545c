use loive_protocol::DeskRequest;
use loive_protocol::limits::{
    CERTIFICATES_MAX_COUNT, LOCKER_MAX_COUNT, MAILBOX_MAX_COUNT, MAILBOX_SHARDS, PAGE_MAX_BYTES,
    PAGE_MIN_BYTES, PUSH_MAX_COUNT, TIME_MAX_SECONDS, WAIT_MAX_SECONDS,
};

use super::one_form::one_form;

/// What a desk may ask of a relay.
pub fn desk_request(bytes: &[u8]) {
    let Some(request) = one_form::<DeskRequest>(bytes) else {
        return;
    };
    assert!(request.signed_at <= TIME_MAX_SECONDS);
    assert!((PAGE_MIN_BYTES..=PAGE_MAX_BYTES).contains(&request.page_bytes));
    assert!(request.wait_seconds <= WAIT_MAX_SECONDS);
    assert!(request.push.len() <= PUSH_MAX_COUNT);
    assert!(request.mailboxes.len() <= MAILBOX_MAX_COUNT);
    let shards = request.mailboxes.iter().map(|cursor| cursor.shard);
    assert!(shards.clone().is_sorted() && shards.clone().all(|shard| shard < MAILBOX_SHARDS));
    assert!(request.locker_gets.len() <= LOCKER_MAX_COUNT);
    assert!(request.certificates.len() <= CERTIFICATES_MAX_COUNT);
}
