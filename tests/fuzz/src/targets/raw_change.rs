use loive_documents::Thread;
use loive_documents::validate::{Rules, check_change};

use super::judged::{automerge_agrees, bring_to_thread, readable_is_bounded};

/// A change as it comes out of a batch, checksum and all.
pub fn raw_change(bytes: &[u8]) {
    readable_is_bounded(bytes);
    for rules in [Rules::report(), Rules::thread()] {
        if let Ok(summary) = check_change(bytes, &rules) {
            automerge_agrees(bytes, &summary);
            bring_to_thread(&mut Thread::new(), bytes);
        }
    }
}
