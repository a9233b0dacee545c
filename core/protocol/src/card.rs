//! The hotline card: what an app must be given to know its hotline.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use minicbor::{Decode, Encode};

use crate::certificate::{Certificate, Certificates};
use crate::ids::PublicKey;
use crate::limits::{CA_MAX_BYTES, CARD_MAX_BYTES, PROTOCOL_VERSION, URL_MAX_BYTES};
use crate::wire::{Bytes, DecodeError, Message, Wire, limited_list};

limited_list!(certificates, CERTIFICATES_MAX_COUNT);

const PREFIX: &str = "loive-hotline-1:";

/// The root key, the relay's address and the certificates of the day. It holds
/// no secret. It is built into the app, so a phone that never saw the network
/// can already seal a report.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct HotlineCard {
    #[n(0)]
    version: u8,
    /// The root's public key.
    #[n(1)]
    pub root: PublicKey,
    /// Where the relay answers, such as `https://relay.example`.
    #[n(2)]
    pub relay_url: String,
    /// The hotline's own certificate authority in DER, if its relay is not
    /// certified by a public one.
    #[n(3)]
    pub ca_der: Option<Bytes>,
    /// The hotline's certificates.
    #[cbor(n(4), with = "certificates", has_nil)]
    pub certificates: Vec<Certificate>,
}

/// A text is not a hotline card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// Not a card at all.
    #[error("this is not a hotline card; ask the hotline for its file `hotline.card`")]
    NotACard,
    /// A damaged or newer card.
    #[error("the hotline card is not understood: {0}")]
    Content(#[from] DecodeError),
    /// A certificate on it is not by its root.
    #[error("the hotline card has a certificate that its root key did not sign")]
    NotByRoot,
}

impl HotlineCard {
    /// A card.
    pub fn new(
        root: PublicKey,
        relay_url: String,
        ca_der: Option<Vec<u8>>,
        certificates: &Certificates,
    ) -> Self {
        Self {
            version: PROTOCOL_VERSION,
            root,
            relay_url,
            ca_der: ca_der.map(Into::into),
            certificates: certificates.list().to_vec(),
        }
    }

    /// The card as one line of text.
    pub fn to_text(&self) -> String {
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(self.to_bytes()))
    }

    /// From its text. Every certificate is checked against the card's root.
    pub fn from_text(text: &str) -> Result<Self, CardError> {
        let encoded = text
            .trim()
            .strip_prefix(PREFIX)
            .ok_or(CardError::NotACard)?;
        let bytes = URL_SAFE_NO_PAD
            .decode(encoded)
            .map_err(|_| CardError::NotACard)?;
        let card = Self::from_bytes(&bytes)?;
        card.verified()?;
        Ok(card)
    }

    /// The certificates, each checked against the root.
    pub fn verified(&self) -> Result<Certificates, CardError> {
        let mut certificates = Certificates::new(self.root);
        for certificate in &self.certificates {
            certificates
                .add(certificate)
                .map_err(|_| CardError::NotByRoot)?;
        }
        Ok(certificates)
    }
}

impl Message for HotlineCard {
    const MAX: (&'static str, usize) = ("a hotline card", CARD_MAX_BYTES);
    fn version(&self) -> u8 {
        self.version
    }
    fn check(&self) -> Result<(), DecodeError> {
        if self.relay_url.len() > URL_MAX_BYTES {
            return Err(DecodeError::TooLarge {
                what: "the relay's address",
                limit: URL_MAX_BYTES,
            });
        }
        if self
            .ca_der
            .as_ref()
            .is_some_and(|der| der.len() > CA_MAX_BYTES)
        {
            return Err(DecodeError::TooLarge {
                what: "the certificate authority",
                limit: CA_MAX_BYTES,
            });
        }
        Ok(())
    }
}
