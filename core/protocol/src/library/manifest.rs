//! What a release says of itself, and who may say it.

use minicbor::{Decode, Encode};

use super::pack::{Pack, is_item_id};
use crate::certificate::{Certificate, CertificateKind};
use crate::derive::hash;
use crate::ids::{Digest, PublicKey, Signature};
use crate::keys::{PublishKey, verify};
use crate::limits::{LANGUAGE_MAX_BYTES, MANIFEST_MAX_BYTES, PROTOCOL_VERSION};
use crate::wire::{Bytes, DecodeError, Message, Wire, check_time, limited_list};

limited_list!(languages, LIBRARY_LANGUAGES_MAX_COUNT);
limited_list!(deltas, LIBRARY_DELTAS_MAX_COUNT);
limited_list!(roots, LIBRARY_ROOTS_MAX_COUNT);

const LABEL: &str = "loive/1 library release";

/// The heads of one document, sorted.
pub type ItemHeads<'a> = (&'a str, &'a [[u8; 32]]);

impl Digest {
    /// The digest of documents, given by rising id.
    pub fn of<'a>(items: impl IntoIterator<Item = ItemHeads<'a>>) -> Self {
        let mut content = Vec::new();
        for (id, heads) in items {
            // Lengths first: no two lists have the same bytes.
            content.extend_from_slice(&length(id.len()));
            content.extend_from_slice(id.as_bytes());
            content.extend_from_slice(&length(heads.len()));
            for head in heads {
                content.extend_from_slice(head);
            }
        }
        Self::from_bytes(hash("loive/1 library state", &[&content]))
    }
}

fn length(count: usize) -> [u8; 8] {
    u64::try_from(count).unwrap_or(u64::MAX).to_be_bytes()
}

/// A release of the library.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Manifest {
    #[n(0)]
    version: u8,
    /// Grows by one with every release, never again lower: also who goes back
    /// to older words publishes a new release. From 1.
    #[n(1)]
    pub release: u32,
    /// The desk's clock, in Unix seconds. Shown, and never a reason to refuse.
    #[n(2)]
    pub released_at: u64,
    /// Languages in which there is something, by code.
    #[cbor(n(3), with = "languages", has_nil)]
    pub languages: Vec<String>,
    /// How many documents there are.
    #[n(4)]
    pub items: u32,
    /// Their state.
    #[n(5)]
    pub digest: Digest,
    /// Everything, for whoever has nothing.
    #[n(6)]
    pub snapshot: Pack,
    /// What changed since some earlier releases, latest first.
    #[cbor(n(7), with = "deltas", has_nil)]
    pub deltas: Vec<Pack>,
    /// The list of the chunks of all recordings, for relays: phones find the
    /// chunks that they want in the documents.
    #[n(8)]
    pub recordings: Option<Pack>,
}

impl Manifest {
    /// The manifest of a release without deltas.
    pub const fn new(release: u32, released_at: u64, digest: Digest, snapshot: Pack) -> Self {
        Self {
            version: PROTOCOL_VERSION,
            release,
            released_at,
            languages: Vec::new(),
            items: 0,
            digest,
            snapshot,
            deltas: Vec::new(),
            recordings: None,
        }
    }

    /// The pack for a phone that has release `have` (0: none): what changed
    /// since, or else everything.
    pub fn pack_from(&self, have: u32) -> &Pack {
        self.deltas
            .iter()
            .find(|pack| have > 0 && pack.from == have)
            .unwrap_or(&self.snapshot)
    }

    /// Every pack, the snapshot first and the list of recordings last.
    pub fn packs(&self) -> impl Iterator<Item = &Pack> {
        core::iter::once(&self.snapshot)
            .chain(&self.deltas)
            .chain(&self.recordings)
    }
}

impl Message for Manifest {
    const MAX: (&'static str, usize) = ("a manifest of the library", MANIFEST_MAX_BYTES);
    fn version(&self) -> u8 {
        self.version
    }
    fn check(&self) -> Result<(), DecodeError> {
        check_time(self.released_at)?;
        self.packs().try_for_each(Pack::check)?;
        let builds_on_earlier = self
            .deltas
            .iter()
            .all(|pack| pack.from > 0 && pack.from < self.release);
        let falls = self.deltas.windows(2).all(|pair| match pair {
            [a, b] => a.from > b.from,
            _ => true,
        });
        let has_languages = self
            .languages
            .iter()
            .all(|code| code.len() <= LANGUAGE_MAX_BYTES && is_item_id(code));
        let is_right = self.release > 0
            && self.snapshot.from == 0
            && self.recordings.iter().all(|pack| pack.from == 0)
            && builds_on_earlier
            && falls
            && has_languages;
        if is_right {
            Ok(())
        } else {
            Err(DecodeError::NotCanonical)
        }
    }
}

/// A manifest as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignedManifest {
    #[n(0)]
    version: u8,
    #[n(1)]
    manifest: Bytes,
    /// The publishing key, certified by the last of the roots.
    #[n(2)]
    certificate: Certificate,
    #[n(3)]
    signature: Signature,
    /// Roots after the one that is built into the app, each certified by the
    /// one before.
    #[cbor(n(4), with = "roots", has_nil)]
    roots: Vec<Certificate>,
}

/// A release is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseError {
    /// Not signed by a publishing key that this hotline's root has certified.
    #[error("the release is not signed by this hotline")]
    NotSigned,
    /// Signed under a key that the hotline does not use any more.
    #[error("the release is signed with a key that the hotline has retired")]
    Retired,
    /// Not understood.
    #[error(transparent)]
    Content(#[from] DecodeError),
}

impl SignedManifest {
    /// Signs a manifest. `roots` lead from the root that phones were given to
    /// the one that certified the key; usually there are none.
    pub fn sign(
        manifest: &Manifest,
        key: &PublishKey,
        certificate: &Certificate,
        roots: &[Certificate],
    ) -> Self {
        let bytes = manifest.to_bytes();
        Self {
            version: PROTOCOL_VERSION,
            signature: key.sign(LABEL, &[&bytes]),
            manifest: bytes.into(),
            certificate: certificate.clone(),
            roots: roots.to_vec(),
        }
    }

    /// The manifest, if this hotline published it.
    ///
    /// `root` is the one that the phone was given. Time is not asked: phones'
    /// clocks are wrong, and an old release is better than none.
    pub fn verify(&self, root: &PublicKey) -> Result<Manifest, ReleaseError> {
        let mut root = *root;
        let mut serial = 0;
        for next in &self.roots {
            let body = next.body();
            let follows = body.kind == CertificateKind::Root && body.serial > serial;
            if !follows || next.verify(&root).is_err() {
                return Err(ReleaseError::NotSigned);
            }
            root = body.key;
            serial = body.serial;
        }
        let body = self.certificate.body();
        if body.kind != CertificateKind::Publish
            || self.certificate.verify(&root).is_err()
            || !verify(&body.key, LABEL, &[&self.manifest], &self.signature)
        {
            return Err(ReleaseError::NotSigned);
        }
        Ok(Manifest::from_bytes(&self.manifest)?)
    }

    /// The certificate of the publishing key. A phone that has seen a
    /// certificate which retires its serial refuses the release.
    pub const fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The serial of the root in force: 0 for the one built into the app. A
    /// phone never goes back to a lower one.
    pub fn root_serial(&self) -> u32 {
        self.roots.last().map_or(0, |root| root.body().serial)
    }
}

impl Message for SignedManifest {
    const MAX: (&'static str, usize) = ("a manifest of the library", MANIFEST_MAX_BYTES);
    fn version(&self) -> u8 {
        self.version
    }
}
