use loive_documents::library::{Proposal, clean_recording};
use loive_documents::validate::{Rules, check_change};
use loive_documents::{compact, first_change};
use loive_protocol::limits::{CHANGE_MAX_BYTES, ITEMS_MAX_COUNT, RECORDING_MAX_BYTES};
use loive_protocol::{ReportBatch, ReportItem};

use super::one_form::one_form;

/// What a reporter sends, and the first look at each of its parts.
pub fn report_batch(bytes: &[u8]) {
    let Some(batch) = one_form::<ReportBatch>(bytes) else {
        return;
    };
    assert!(batch.items.len() <= ITEMS_MAX_COUNT);
    for item in &batch.items {
        match item {
            ReportItem::First { compact, .. } => {
                assert!(compact.len() <= CHANGE_MAX_BYTES);
                let read = compact::decode(compact).is_ok();
                assert_eq!(first_change(compact, [7; 16]).is_ok(), read);
            }
            ReportItem::Change(raw) => {
                assert!(raw.len() <= CHANGE_MAX_BYTES);
                drop(check_change(raw, &Rules::report()));
            }
            ReportItem::Branch { change, .. } => {
                assert!(change.len() <= CHANGE_MAX_BYTES);
                drop(Proposal::read(change));
            }
            ReportItem::Recording(ogg) => {
                assert!(ogg.len() <= RECORDING_MAX_BYTES);
                drop(clean_recording(ogg));
            }
        }
    }
}
