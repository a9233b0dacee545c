//! A release as a file: what ships inside an app, and what one phone gives to
//! another.

use minicbor::{Decode, Encode};

use super::manifest::SignedManifest;
use crate::limits::{PROTOCOL_VERSION, RELEASE_FILE_MAX_BYTES};
use crate::wire::{Bytes, DecodeError, Message, check_time};

/// A whole release in one file.
///
/// The pack need not be the bytes that the manifest's chunks name: a phone packs
/// again what it has. The manifest's digest decides.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct ReleaseFile {
    #[n(0)]
    version: u8,
    /// When the file was made, in Unix seconds.
    #[n(1)]
    pub made_at: u64,
    /// The release.
    #[n(2)]
    pub manifest: SignedManifest,
    /// Every change of every document: a pack's bytes.
    #[n(3)]
    pub pack: Bytes,
}

impl ReleaseFile {
    /// A file of a release.
    pub const fn new(made_at: u64, manifest: SignedManifest, pack: Bytes) -> Self {
        Self {
            version: PROTOCOL_VERSION,
            made_at,
            manifest,
            pack,
        }
    }
}

impl Message for ReleaseFile {
    const MAX: (&'static str, usize) = ("a file of the library", RELEASE_FILE_MAX_BYTES);
    fn version(&self) -> u8 {
        self.version
    }
    fn check(&self) -> Result<(), DecodeError> {
        check_time(self.made_at)
    }
}
