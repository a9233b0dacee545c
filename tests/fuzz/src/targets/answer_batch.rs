use loive_documents::Thread;
use loive_protocol::limits::{CHANGE_MAX_BYTES, ITEMS_MAX_COUNT, TIME_MAX_SECONDS};
use loive_protocol::{AnswerBatch, AnswerItem};

use super::one_form::one_form;

/// What the hotline answers, and a thread that takes it.
pub fn answer_batch(bytes: &[u8]) {
    let Some(batch) = one_form::<AnswerBatch>(bytes) else {
        return;
    };
    assert!(batch.items.len() <= ITEMS_MAX_COUNT);
    let mut thread = Thread::new();
    for item in &batch.items {
        match item {
            AnswerItem::Receipt(receipt) => assert!(receipt.received_at <= TIME_MAX_SECONDS),
            AnswerItem::Change(raw) => {
                assert!(raw.len() <= CHANGE_MAX_BYTES);
                let _ = thread.apply(raw);
            }
        }
    }
    drop(thread.view());
}
