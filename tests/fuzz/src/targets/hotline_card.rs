use loive_protocol::HotlineCard;
use loive_protocol::limits::{CA_MAX_BYTES, CERTIFICATES_MAX_COUNT, URL_MAX_BYTES};

use super::one_form::one_form;

/// A hotline card, as text and as the bytes within.
pub fn hotline_card(bytes: &[u8]) {
    if let Some(card) = one_form::<HotlineCard>(bytes) {
        within_limits(&card);
        assert_eq!(
            HotlineCard::from_text(&card.to_text()).is_ok(),
            card.verified().is_ok(),
            "a card is read if its root signed it"
        );
    }
    let Ok(text) = core::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(card) = HotlineCard::from_text(text) {
        within_limits(&card);
        assert!(card.to_text() == text.trim(), "one card, two forms");
        assert!(card.verified().is_ok(), "a certificate that nobody signed");
    }
}

fn within_limits(card: &HotlineCard) {
    assert!(card.relay_url.len() <= URL_MAX_BYTES);
    let ca = card.ca_der.as_ref().map_or(0, |der| der.len());
    assert!(ca <= CA_MAX_BYTES);
    assert!(card.certificates.len() <= CERTIFICATES_MAX_COUNT);
}
