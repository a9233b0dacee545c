use loive_protocol::limits::{
    ENVELOPE_MAX_BYTES, LOCKER_KEEP_MAX_DAYS, LOCKER_MAX_COUNT, MAILBOX_MAX_COUNT, PAGE_MAX_BYTES,
    PAGE_MIN_BYTES, PUSH_MAX_COUNT,
};
use loive_protocol::{Envelope, SyncRequest};

use super::one_form::one_form;

/// What anybody on the internet may ask of a relay.
pub fn sync_request(bytes: &[u8]) {
    let Some(request) = one_form::<SyncRequest>(bytes) else {
        return;
    };
    assert!((PAGE_MIN_BYTES..=PAGE_MAX_BYTES).contains(&request.page_bytes));
    assert!(request.push.len() <= PUSH_MAX_COUNT);
    assert!(request.mailboxes.len() <= MAILBOX_MAX_COUNT);
    assert!(request.locker_gets.len() <= LOCKER_MAX_COUNT);
    assert!(request.locker_erasures.len() <= LOCKER_MAX_COUNT);
    assert!(request.locker_puts.len() <= LOCKER_MAX_COUNT);
    let puts = request.locker_puts.iter();
    assert!(
        puts.clone()
            .all(|put| put.keep_days <= LOCKER_KEEP_MAX_DAYS)
    );
    for pushed in request.push.iter().chain(puts.map(|put| &put.envelope)) {
        assert!(pushed.len() <= ENVELOPE_MAX_BYTES);
        if let Ok(envelope) = Envelope::parse(pushed.to_vec()) {
            assert!(envelope.into_bytes() == **pushed);
        }
    }
}
