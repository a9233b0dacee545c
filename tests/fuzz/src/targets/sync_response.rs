use loive_protocol::limits::{
    CERTIFICATES_MAX_COUNT, ENVELOPE_MAX_BYTES, LOCKER_MAX_COUNT, MAILBOX_MAX_COUNT,
    MAILBOX_SHARDS, PAGE_MAX_COUNT, PUSH_MAX_COUNT,
};
use loive_protocol::{Certificates, LockerAnswer, SyncResponse};

use super::one_form::one_form;
use crate::world::world;

/// What a hostile relay may answer a phone.
pub fn sync_response(bytes: &[u8]) {
    let Some(response) = one_form::<SyncResponse>(bytes) else {
        return;
    };
    assert!(response.acks.len() <= PUSH_MAX_COUNT);
    assert!(response.pages.len() <= MAILBOX_MAX_COUNT);
    assert!(response.certificates.len() <= CERTIFICATES_MAX_COUNT);
    assert!(response.locker_acks.len() <= LOCKER_MAX_COUNT);
    assert!(response.lockers.len() <= LOCKER_MAX_COUNT);
    assert!(response.locker_erased.len() <= LOCKER_MAX_COUNT);
    for page in &response.pages {
        assert!(page.shard < MAILBOX_SHARDS && page.envelopes.len() <= PAGE_MAX_COUNT);
        assert!(page.envelopes.is_sorted_by_key(|stored| stored.seq));
        assert!(page.envelopes.iter().all(|stored| stored.seq <= page.next));
    }
    for answer in &response.lockers {
        if let LockerAnswer::Found(bytes) = answer {
            assert!(bytes.len() <= ENVELOPE_MAX_BYTES);
        }
    }
    let mut known = Certificates::new(world().root);
    for certificate in &response.certificates {
        if known.add(certificate).is_ok() {
            assert!(world().certificates.list().contains(certificate), "forged");
        }
    }
}
