use core::fmt::Display;
use core::str::FromStr;

use loive_documents::places;
use loive_documents::{Lang, Place, Urgency};
use loive_protocol::{
    Address, EnvelopeId, EraseToken, Fingerprint, KeyId, LogId, PublicKey, ReportId, Signature,
};

/// Names that stand in the addresses of pages, in files and in documents.
pub fn identifier(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else {
        return;
    };
    reads_back::<ReportId>(text);
    reads_back::<EnvelopeId>(text);
    reads_back::<Address>(text);
    reads_back::<KeyId>(text);
    reads_back::<LogId>(text);
    reads_back::<Signature>(text);
    reads_back::<PublicKey>(text);
    reads_back::<EraseToken>(text);
    reads_back::<Fingerprint>(text);
    if let Some(place) = Place::from_code(text) {
        assert_eq!(place.to_code(), text);
        assert!(!places::name(&place, Lang::Vi).is_empty());
        assert!(!places::name(&place, Lang::En).is_empty());
    }
    if let Some(urgency) = Urgency::from_code(text) {
        assert_eq!(urgency.code(), text);
    }
}

fn reads_back<T: FromStr + Display>(text: &str) {
    if let Ok(id) = text.parse::<T>() {
        assert_eq!(id.to_string(), text.to_ascii_lowercase());
    }
}
