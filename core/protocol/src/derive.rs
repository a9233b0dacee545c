//! Keys and identifiers derived from secrets: HKDF-SHA256 (RFC 5869) with one
//! label for each purpose, so that no two purposes ever share a key.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

const SALT: &[u8] = b"loive/1";

/// `N` bytes derived from `secret` for the purpose `label`. `N` is at most 64.
pub(crate) fn derive<const N: usize>(secret: &[u8], label: &str) -> [u8; N] {
    let mut out = [0_u8; N];
    Hkdf::<Sha256>::new(Some(SALT), secret)
        .expand(label.as_bytes(), &mut out)
        .expect("HKDF-SHA256 gives up to 8,160 bytes");
    out
}

/// SHA-256 of a label and the parts, each of fixed length or the last.
pub(crate) fn hash(label: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(label.as_bytes());
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// HMAC-SHA256 (RFC 2104) over a label and the parts.
pub(crate) fn mac(key: &[u8; 32], label: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(label.as_bytes());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}
