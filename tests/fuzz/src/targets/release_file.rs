use loive_protocol::{Bundle, ReleaseFile};

use super::one_form::one_form;

/// A release as a file from another phone.
pub fn release_file(bytes: &[u8]) {
    if let Some(file) = one_form::<ReleaseFile>(bytes) {
        drop(Bundle::unpack(&file.pack));
    }
}
