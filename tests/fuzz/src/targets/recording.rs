use loive_documents::library::{RECORDING_MAX_MILLISECONDS, Recording, clean_recording};
use loive_protocol::limits::RECORDING_MAX_BYTES;

use crate::ogg;

/// A file whose pages have the right sums: it is none of a recording, or what is
/// left of it is within the limits, cleans to itself, and is found again by what a
/// document says of it.
pub fn recording(bytes: &[u8]) {
    let Ok(clean) = clean_recording(&ogg::mended(bytes)) else {
        return;
    };
    assert!(clean.bytes.len() <= RECORDING_MAX_BYTES, "it is too large");
    assert!((1..=RECORDING_MAX_MILLISECONDS).contains(&clean.milliseconds));
    assert!(
        clean_recording(&clean.bytes).as_ref() == Ok(&clean),
        "what was cleaned is cleaned again"
    );
    let said = clean.recording();
    assert_eq!(
        Recording::from_value(&said.to_value()).as_ref(),
        Some(&said)
    );
    assert_eq!(said.join(clean.chunks()).as_ref(), Some(&clean.bytes));
}
