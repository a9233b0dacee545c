//! The cryptography that SQLCipher asks for, in safe Rust.
//!
//! Nothing here knows of pointers or of SQLite; `provider` carries these
//! functions across to C, and `forensics` uses them directly.

use aes::Aes256;
use cbc::cipher::{Block, BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use hmac::digest::{FixedOutput, KeyInit, Update};
use hmac::{EagerHash, Hmac};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

pub(crate) const KEY_BYTES: usize = 32;
pub(crate) const BLOCK_BYTES: usize = 16;
pub(crate) const IV_BYTES: usize = BLOCK_BYTES;
/// The longest tag that any [`Digest`] makes.
pub(crate) const MAX_TAG_BYTES: usize = 64;

/// What a hash-based function of SQLCipher runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Digest {
    Sha1,
    Sha256,
    Sha512,
}

impl Digest {
    pub(crate) const fn tag_bytes(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }
}

/// HMAC (RFC 2104) over `first` followed by `second`. The tag fills the front
/// of `tag`, [`Digest::tag_bytes`] long. `None` if the key is refused.
pub(crate) fn hmac(
    digest: Digest,
    key: &[u8],
    first: &[u8],
    second: &[u8],
    tag: &mut [u8; MAX_TAG_BYTES],
) -> Option<()> {
    match digest {
        Digest::Sha1 => hmac_with::<Sha1>(key, first, second, tag),
        Digest::Sha256 => hmac_with::<Sha256>(key, first, second, tag),
        Digest::Sha512 => hmac_with::<Sha512>(key, first, second, tag),
    }
}

fn hmac_with<D: EagerHash>(
    key: &[u8],
    first: &[u8],
    second: &[u8],
    tag: &mut [u8; MAX_TAG_BYTES],
) -> Option<()>
where
    Hmac<D>: KeyInit + Update + FixedOutput,
{
    let mut mac = <Hmac<D> as KeyInit>::new_from_slice(key).ok()?;
    Update::update(&mut mac, first);
    Update::update(&mut mac, second);
    let computed = mac.finalize_fixed();
    tag.get_mut(..computed.len())?.copy_from_slice(&computed);
    Some(())
}

/// PBKDF2 (RFC 8018) with HMAC, filling `key`. `None` if the password is refused
/// or there are no rounds.
pub(crate) fn pbkdf2(
    digest: Digest,
    password: &[u8],
    salt: &[u8],
    rounds: u32,
    key: &mut [u8],
) -> Option<()> {
    if rounds == 0 {
        return None;
    }
    match digest {
        Digest::Sha1 => pbkdf2::pbkdf2::<Hmac<Sha1>>(password, salt, rounds, key),
        Digest::Sha256 => pbkdf2::pbkdf2::<Hmac<Sha256>>(password, salt, rounds, key),
        Digest::Sha512 => pbkdf2::pbkdf2::<Hmac<Sha512>>(password, salt, rounds, key),
    }
    .ok()
}

/// Encrypts `data` where it lies, AES-256-CBC without padding. `None`, with
/// nothing touched, unless it is whole blocks.
pub(crate) fn encrypt(key: &[u8; KEY_BYTES], iv: &[u8; IV_BYTES], data: &mut [u8]) -> Option<()> {
    let blocks = whole_blocks(data)?;
    cbc::Encryptor::<Aes256>::new(key.into(), iv.into()).encrypt_blocks(blocks);
    Some(())
}

/// Decrypts what [`encrypt`] made.
pub(crate) fn decrypt(key: &[u8; KEY_BYTES], iv: &[u8; IV_BYTES], data: &mut [u8]) -> Option<()> {
    let blocks = whole_blocks(data)?;
    cbc::Decryptor::<Aes256>::new(key.into(), iv.into()).decrypt_blocks(blocks);
    Some(())
}

fn whole_blocks(data: &mut [u8]) -> Option<&mut [Block<Aes256>]> {
    let (blocks, rest) = Block::<Aes256>::slice_as_chunks_mut(data);
    rest.is_empty().then_some(blocks)
}
