use loive_documents::library::merge;
use loive_protocol::limits::LIBRARY_INFLATED_MAX_BYTES;
use loive_protocol::{Bundle, Wire as _};

use super::one_form::one_form;

/// A pack's bytes, or what was in it: never more than a library may be, and every
/// item of it makes a document or is refused.
pub fn bundle(bytes: &[u8]) {
    let unpacked = Bundle::unpack(bytes).ok();
    for bundle in unpacked.into_iter().chain(one_form::<Bundle>(bytes)) {
        assert!(
            bundle.to_bytes().len() <= LIBRARY_INFLATED_MAX_BYTES,
            "a bomb"
        );
        for item in &bundle.items {
            let changes = item.changes.iter().map(|raw| raw.as_slice());
            if let Ok(document) = merge([], changes) {
                assert!(document.damaged_rows().is_empty() && !document.is_incomplete());
            }
        }
    }
}
