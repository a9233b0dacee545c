//! The hotline's keys: root, seal, sign, publish.

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use hpke::{Deserializable, Kem, Serializable, kem::X25519HkdfSha256};
use rand_core::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::certificate::{Certificate, CertificateBody, CertificateKind};
use crate::ids::{KeyId, PublicKey, Signature};

/// Signs `parts` under a domain label, so that a signature for one purpose
/// never passes for another.
fn sign(key: &[u8; 32], label: &str, parts: &[&[u8]]) -> Signature {
    let message = message(label, parts);
    Signature::from_bytes(SigningKey::from_bytes(key).sign(&message).to_bytes())
}

/// Whether the signature over `parts` under `label` is by `key`. Strict: keys
/// of small order and malleable signatures are refused.
pub(crate) fn verify(key: &PublicKey, label: &str, parts: &[&[u8]], signature: &Signature) -> bool {
    let Ok(key) = VerifyingKey::from_bytes(key.as_bytes()) else {
        return false;
    };
    let signature = ed25519_dalek::Signature::from_bytes(signature.as_bytes());
    key.verify_strict(&message(label, parts), &signature)
        .is_ok()
}

fn message(label: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut message = label.as_bytes().to_vec();
    for part in parts {
        message.extend_from_slice(part);
    }
    message
}

macro_rules! secret_key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Zeroize, ZeroizeOnDrop)]
        pub struct $name([u8; 32]);

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(concat!(stringify!($name), "(secret)"))
            }
        }

        impl $name {
            /// A fresh key.
            pub fn generate(rng: &mut impl CryptoRng) -> Self {
                let mut bytes = [0_u8; 32];
                rng.fill_bytes(&mut bytes);
                Self(bytes)
            }

            /// From its secret bytes.
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// Its secret bytes, to be kept where only the hotline reads.
            pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
                Zeroizing::new(self.0)
            }
        }
    };
}

secret_key!(
    /// The root of all trust: an Ed25519 key kept offline. It only ever signs
    /// certificates. Its public half is built into the app.
    RootKey
);
secret_key!(
    /// An Ed25519 key with which the desk signs answers and its requests to the
    /// relay.
    SignKey
);
secret_key!(
    /// An Ed25519 key with which releases of the library are signed.
    PublishKey
);
secret_key!(
    /// An X25519 key to which reports are sealed (RFC 9180, DHKEM(X25519)).
    SealKeyPair
);

impl RootKey {
    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey::from_bytes(SigningKey::from_bytes(&self.0).verifying_key().to_bytes())
    }

    /// Certifies a key of the hotline.
    pub fn certify(&self, body: CertificateBody) -> Certificate {
        let signature = sign(&self.0, Certificate::LABEL, &[&body.signed_bytes()]);
        Certificate::from_parts(body, signature)
    }
}

impl SignKey {
    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey::from_bytes(SigningKey::from_bytes(&self.0).verifying_key().to_bytes())
    }

    /// The identifier that answers carry.
    pub fn key_id(&self) -> KeyId {
        CertificateKind::Sign.key_id(&self.public())
    }

    pub(crate) fn sign(&self, label: &str, parts: &[&[u8]]) -> Signature {
        sign(&self.0, label, parts)
    }
}

impl PublishKey {
    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey::from_bytes(SigningKey::from_bytes(&self.0).verifying_key().to_bytes())
    }

    pub(crate) fn sign(&self, label: &str, parts: &[&[u8]]) -> Signature {
        sign(&self.0, label, parts)
    }
}

impl SealKeyPair {
    /// The public half.
    pub fn public(&self) -> PublicKey {
        let public = X25519HkdfSha256::sk_to_pk(&self.private());
        PublicKey::from_bytes(public.to_bytes().into())
    }

    /// The identifier that envelopes carry.
    pub fn key_id(&self) -> KeyId {
        CertificateKind::Seal.key_id(&self.public())
    }

    pub(crate) fn private(&self) -> <X25519HkdfSha256 as Kem>::PrivateKey {
        <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(&self.0)
            .expect("any 32 bytes are an X25519 private key")
    }
}
