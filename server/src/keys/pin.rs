//! The relay's TLS key, certified by the root: by it a phone whose clock is
//! wrong, and to which every certificate looks expired, still knows the relay.

use std::path::Path;

use loive_protocol::{CertificateBody, CertificateKind, PublicKey};

use super::KEY_LIFE_SECONDS;
use super::folder::{Folder, FolderError};
use crate::clock::Env;
use crate::tls;

/// Certifies the public half of a TLS key and puts it on the card. `false` if
/// it is there already.
pub fn pin_relay(
    folder: &Folder,
    tls_key: &Path,
    root: Option<&Path>,
    env: &Env,
) -> Result<bool, FolderError> {
    let hash = PublicKey::from_bytes(tls::public_key_hash(tls_key)?);
    let root = folder.root_key(root)?;
    let card = folder.card()?;
    let mut certificates = folder.certificates(&card)?;
    let pins: Vec<&CertificateBody> = certificates
        .list()
        .iter()
        .map(loive_protocol::Certificate::body)
        .filter(|body| body.kind == CertificateKind::RelayPin)
        .collect();
    if pins.iter().any(|pin| pin.key == hash) {
        return Ok(false);
    }
    let serial = pins.iter().map(|pin| pin.serial).max().unwrap_or(0) + 1;
    let now = env.now();
    let kind = CertificateKind::RelayPin;
    let body = CertificateBody::new(kind, serial, hash, now, now + KEY_LIFE_SECONDS);
    certificates
        .add(&root.certify(body))
        .map_err(|_| FolderError::TooManyCertificates)?;
    folder.rewrite_card(card, &certificates)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use rcgen::PublicKeyData as _;
    use sha2::Digest as _;

    use super::*;
    use crate::keys::NewFolder;

    #[test]
    fn a_pinned_key_is_on_the_card_once_as_the_hash_of_its_public_half() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::new(home.path().join("hotline"));
        let env = Env::system();
        folder
            .init(
                &NewFolder {
                    relay_url: String::new(),
                },
                &env,
            )
            .unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        let path = home.path().join("relay.key");
        std::fs::write(&path, key.serialize_pem()).unwrap();
        assert!(pin_relay(&folder, &path, None, &env).unwrap());
        assert!(!pin_relay(&folder, &path, None, &env).unwrap());
        let certificates = folder.card().unwrap().verified().unwrap();
        let pins: Vec<_> = certificates.relay_pins().collect();
        let hash: [u8; 32] = sha2::Sha256::digest(key.subject_public_key_info()).into();
        assert_eq!(pins, [&PublicKey::from_bytes(hash)]);
    }
}
