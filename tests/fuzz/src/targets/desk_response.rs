use loive_protocol::limits::{
    LOCKER_MAX_COUNT, MAILBOX_MAX_COUNT, MAILBOX_SHARDS, PAGE_MAX_COUNT, PUSH_MAX_COUNT,
};
use loive_protocol::{DeskResponse, Envelope};

use super::one_form::one_form;

/// What a hostile relay may answer the desk.
pub fn desk_response(bytes: &[u8]) {
    let Some(response) = one_form::<DeskResponse>(bytes) else {
        return;
    };
    assert!(response.arrived.len() <= PAGE_MAX_COUNT);
    assert!(response.acks.len() <= PUSH_MAX_COUNT);
    assert!(response.pages.len() <= MAILBOX_MAX_COUNT);
    assert!(response.lockers.len() <= LOCKER_MAX_COUNT);
    assert!(
        response
            .pages
            .iter()
            .all(|page| page.shard < MAILBOX_SHARDS)
    );
    assert!(response.arrived.is_sorted_by_key(|arrived| arrived.seq));
    for arrived in &response.arrived {
        assert!(arrived.seq <= response.next);
        drop(Envelope::parse(arrived.envelope.to_vec()));
    }
}
