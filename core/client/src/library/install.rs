//! From verified bytes to a library that is shown, in one transaction: a release
//! that is not what it says leaves the old one as it was.

use std::collections::BTreeMap;

use loive_documents::library::{ItemDocument, MergeError, merge};
use loive_protocol::{Bundle, CertificateKind, Digest, Manifest, ReleaseError, SignedManifest};
use rusqlite::Transaction;

use crate::error::{PhoneError, Rejection};
use crate::phone::Inner;
use crate::store::library::{self as rows, State};

/// Why the bytes of a release were not taken.
pub(super) enum Unfit {
    /// They are not what the hotline published.
    Bytes,
    /// They do not fit what is stored here.
    Stored,
    /// The store failed.
    Store(PhoneError),
}

impl From<PhoneError> for Unfit {
    fn from(error: PhoneError) -> Self {
        Self::Store(error)
    }
}

impl Inner {
    /// The manifest, if this hotline published it and nothing here says that it
    /// is a step back.
    pub(super) fn verified(
        &self,
        state: &State,
        signed: &SignedManifest,
    ) -> Result<Manifest, Rejection> {
        let certificates = self.certificates();
        let manifest = signed
            .verify(certificates.root())
            .map_err(|error| match error {
                ReleaseError::Content(_) => Rejection::NotUnderstood,
                ReleaseError::NotSigned | ReleaseError::Retired => Rejection::NotOurRelease,
            })?;
        let body = signed.certificate().body();
        let is_retired = certificates.list().iter().any(|other| {
            other.body().kind == CertificateKind::Publish
                && other.body().retires_below > body.serial
        });
        if is_retired || signed.root_serial() < state.root_serial {
            return Err(Rejection::NotOurRelease);
        }
        if manifest.release < state.seen {
            return Err(Rejection::OlderRelease);
        }
        Ok(manifest)
    }
}

/// Makes the documents of a release out of a pack, and shows them.
///
/// `from` is the release that the pack builds on, 0 for a snapshot.
pub(super) fn install(
    tx: &Transaction<'_>,
    signed: &SignedManifest,
    manifest: &Manifest,
    from: u32,
    pack: &[u8],
) -> Result<(), Unfit> {
    let bundle = Bundle::unpack(pack).map_err(|_| Unfit::Bytes)?;
    let documents = documents(tx, &bundle, from > 0)?;
    check(tx, manifest, &documents, from > 0)?;
    if from == 0 {
        rows::delete_all(tx)?;
    }
    for (id, document) in &documents {
        rows::put(tx, id, document)?;
    }
    rows::finish(tx, signed, manifest.release)?;
    Ok(())
}

/// The documents that the bundle changes, after it. With `on_top` they build on
/// what is stored.
fn documents(
    tx: &Transaction<'_>,
    bundle: &Bundle,
    on_top: bool,
) -> Result<BTreeMap<String, ItemDocument>, Unfit> {
    let mut documents = BTreeMap::new();
    for item in &bundle.items {
        let stored = if on_top {
            rows::changes(tx, &item.id)?
        } else {
            Vec::new()
        };
        let changes = item.changes.iter().map(|raw| raw.as_slice());
        let document =
            merge(stored.iter().map(Vec::as_slice), changes).map_err(|error| match error {
                MergeError::Stored => Unfit::Stored,
                // With a delta it may be what lies here that does not fit.
                MergeError::Refused(_) | MergeError::Incomplete if on_top => Unfit::Stored,
                MergeError::Refused(_) | MergeError::Incomplete => Unfit::Bytes,
            })?;
        documents.insert(item.id.clone(), document);
    }
    Ok(documents)
}

/// Whether the documents, and with a delta those that did not change, are those
/// that the hotline signed for.
fn check(
    tx: &Transaction<'_>,
    manifest: &Manifest,
    documents: &BTreeMap<String, ItemDocument>,
    on_top: bool,
) -> Result<(), Unfit> {
    let mut heads = if on_top {
        rows::heads(tx)?
    } else {
        BTreeMap::new()
    };
    for (id, document) in documents {
        heads.insert(id.clone(), document.heads());
    }
    let digest = Digest::of(
        heads
            .iter()
            .map(|(id, heads)| (id.as_str(), heads.as_slice())),
    );
    let count = u32::try_from(heads.len()).unwrap_or(u32::MAX);
    if digest == manifest.digest && count == manifest.items {
        Ok(())
    } else if on_top {
        Err(Unfit::Stored)
    } else {
        Err(Unfit::Bytes)
    }
}
