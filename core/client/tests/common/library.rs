//! A publisher, and a relay's shelf with releases.

use std::collections::BTreeMap;

use loive_documents::library::{Fields, ItemDocument, Recording, keys};
use loive_protocol::*;

use super::{NOW, certificate};

/// What a relay hands out.
#[derive(Default)]
pub(crate) struct Shelf {
    pub(crate) release: Option<(SignedManifest, Manifest)>,
    pub(crate) chunks: Vec<Vec<u8>>,
    /// Chunks handed out so far.
    pub(crate) handed_out: usize,
}

impl Shelf {
    pub(crate) fn answer(&mut self, ask: &LibraryAsk, page_bytes: u32) -> Option<LibraryAnswer> {
        let (signed, manifest) = self.release.clone()?;
        let is_news = manifest.release > ask.have && ask.pending != Some(manifest.release);
        let pack = manifest.pack_from(ask.have);
        let wanted = if ask.want.is_empty() && is_news && pack.bytes <= ask.unasked_max_bytes {
            pack.chunks.clone()
        } else {
            ask.want.clone()
        };
        let mut bytes = 0;
        let mut chunks = Vec::new();
        for hash in wanted {
            let Some(chunk) = self
                .chunks
                .iter()
                .find(|chunk| ChunkHash::of(chunk) == hash)
            else {
                break;
            };
            bytes += chunk.len();
            if bytes > page_bytes as usize && !chunks.is_empty() {
                break;
            }
            self.handed_out += 1;
            chunks.push(chunk.clone().into());
        }
        Some(LibraryAnswer {
            manifest: is_news.then_some(signed),
            chunks,
        })
    }
}

/// The hotline's desk, as far as it publishes.
pub(crate) struct Publisher {
    key: PublishKey,
    certificate: Certificate,
    documents: BTreeMap<String, ItemDocument>,
    /// Which changes each release had.
    published: Vec<BTreeMap<String, usize>>,
}

impl Publisher {
    pub(crate) fn new(root: &RootKey) -> Self {
        let key = PublishKey::from_bytes([3; 32]);
        let certificate = certificate(root, CertificateKind::Publish, 1, key.public());
        Self {
            key,
            certificate,
            documents: BTreeMap::new(),
            published: Vec::new(),
        }
    }

    pub(crate) fn write(&mut self, id: &str, pairs: &[(&str, &str)]) {
        let fields: Fields = pairs
            .iter()
            .map(|(key, text)| ((*key).to_owned(), (*text).to_owned()))
            .collect();
        self.documents
            .entry(id.to_owned())
            .or_default()
            .set(&fields, [5; 16], NOW)
            .unwrap();
    }

    /// The next release has no such item.
    pub(crate) fn forget(&mut self, id: &str) {
        self.documents.remove(id);
    }

    /// Adds to what an item says.
    pub(crate) fn add(&mut self, id: &str, pairs: &[(&str, &str)]) {
        let mut fields = self.documents[id].fields();
        fields.extend(
            pairs
                .iter()
                .map(|(key, text)| ((*key).to_owned(), (*text).to_owned())),
        );
        self.documents
            .get_mut(id)
            .unwrap()
            .set(&fields, [5; 16], NOW)
            .unwrap();
    }

    /// Somebody reads a block aloud. The relay has the sound at once.
    pub(crate) fn record(&mut self, relay: &mut Shelf, key: (&str, &str, &str), sound: &[u8]) {
        let (id, lang, block) = key;
        let chunks: Vec<Vec<u8>> = sound.chunks(32_768).map(<[u8]>::to_vec).collect();
        let recording = Recording {
            bytes: sound.len() as u32,
            milliseconds: 4_000,
            chunks: chunks.iter().map(|it| ChunkHash::of(it)).collect(),
        };
        relay.chunks.extend(chunks);
        let (key, value) = (keys::audio(lang, block), recording.to_value());
        self.add(id, &[(key.as_str(), value.as_str())]);
    }

    /// An article of one fact.
    pub(crate) fn article(&mut self, id: &str, title: &str, text: &str) {
        self.write(
            id,
            &[
                ("kind", "article"),
                ("topics", "t2"),
                ("audience", "migrant"),
                ("sources", "S41"),
                ("checked_on", "2026-11-23"),
                ("review", "needs_review"),
                ("title.vi", title),
                ("summary.vi", "Tóm tắt."),
                ("blocks", "bait keep"),
                ("block.bait", "fact S41"),
                ("block.keep", "advice"),
                ("text.vi.bait", text),
                ("text.vi.keep", "Kể cho một người bạn tin."),
            ],
        );
    }

    fn bundle(&self, since: Option<&BTreeMap<String, usize>>) -> Bundle {
        let items = self.documents.iter().filter_map(|(id, document)| {
            let known = since.and_then(|since| since.get(id)).copied().unwrap_or(0);
            let changes: Vec<Bytes> = document
                .changes()
                .skip(known)
                .map(|raw| raw.to_vec().into())
                .collect();
            (!changes.is_empty()).then(|| BundleItem {
                id: id.clone(),
                changes,
            })
        });
        Bundle::new(items.collect())
    }

    /// Publishes what was written, with a delta from the release before.
    pub(crate) fn publish(&mut self, relay: &mut Shelf) -> SignedManifest {
        let snapshot = self.bundle(None).pack(0).unwrap();
        let heads: Vec<_> = self
            .documents
            .iter()
            .map(|(id, document)| (id.as_str(), document.heads()))
            .collect();
        let digest = Digest::of(heads.iter().map(|(id, list)| (*id, list.as_slice())));
        let release = self.published.len() as u32 + 1;
        let mut manifest = Manifest::new(release, NOW, digest, snapshot.pack.clone());
        manifest.items = heads.len() as u32;
        manifest.languages = vec!["vi".into()];
        relay.chunks.extend(snapshot.chunks().map(<[u8]>::to_vec));
        if let Some(before) = self.published.last() {
            let delta = self.bundle(Some(before)).pack(release - 1).unwrap();
            relay.chunks.extend(delta.chunks().map(<[u8]>::to_vec));
            manifest.deltas = vec![delta.pack];
        }
        let counts = self
            .documents
            .iter()
            .map(|(id, document)| (id.clone(), document.changes().len()))
            .collect();
        self.published.push(counts);
        let signed = self.sign(&manifest);
        relay.release = Some((signed.clone(), manifest));
        signed
    }

    pub(crate) fn sign(&self, manifest: &Manifest) -> SignedManifest {
        SignedManifest::sign(manifest, &self.key, &self.certificate, &[])
    }

    /// The latest release as a file.
    pub(crate) fn file(&self, signed: &SignedManifest) -> Vec<u8> {
        let pack = self.bundle(None).pack(0).unwrap().bytes;
        ReleaseFile::new(NOW, signed.clone(), pack.into()).to_bytes()
    }
}
