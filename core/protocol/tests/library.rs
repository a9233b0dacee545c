//! Releases: who may publish, and what a pack gives back.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod common;

use common::{NOW, Repeatable};
use loive_protocol::limits::{LIBRARY_CHUNK_BYTES, LIBRARY_INFLATED_MAX_BYTES};
use loive_protocol::{
    Bundle, BundleItem, Certificate, CertificateBody, CertificateKind, ChunkHash, DecodeError,
    Digest, Manifest, PackError, PublicKey, PublishKey, ReleaseError, ReleaseFile, RootKey,
    SignedManifest, Wire,
};

struct Publisher {
    root: RootKey,
    key: PublishKey,
    certificate: Certificate,
}

fn certify(by: &RootKey, kind: CertificateKind, serial: u32, key: PublicKey) -> Certificate {
    by.certify(CertificateBody::new(kind, serial, key, NOW, NOW + 1_000))
}

impl Publisher {
    fn new() -> Self {
        let mut rng = Repeatable::new("publisher");
        let root = RootKey::generate(&mut rng);
        let key = PublishKey::generate(&mut rng);
        let certificate = certify(&root, CertificateKind::Publish, 1, key.public());
        Self {
            root,
            key,
            certificate,
        }
    }

    fn sign(&self, manifest: &Manifest) -> SignedManifest {
        SignedManifest::sign(manifest, &self.key, &self.certificate, &[])
    }
}

fn bundle(articles: usize) -> Bundle {
    let mut rng = Repeatable::new("words");
    let items = (0..articles)
        .map(|n| {
            // Bytes that do not compress, so that there are several chunks.
            let mut change = vec![0; 2_000];
            rand_core::Rng::fill_bytes(&mut rng, &mut change);
            BundleItem {
                id: format!("a{n:03}"),
                changes: vec![change.into()],
            }
        })
        .collect();
    Bundle::new(items)
}

fn manifest(release: u32) -> Manifest {
    let packed = bundle(40).pack(0).unwrap();
    let heads = [[7; 32]];
    let digest = Digest::of([("a001", heads.as_slice())]);
    let mut manifest = Manifest::new(release, NOW, digest, packed.pack);
    manifest.languages = vec!["en".into(), "vi".into()];
    manifest.items = 40;
    manifest
}

#[test]
fn a_release_of_the_hotline_is_taken_and_no_other() {
    let hotline = Publisher::new();
    let release = manifest(3);
    let signed = hotline.sign(&release);
    let read = SignedManifest::from_bytes(&signed.to_bytes()).unwrap();
    assert_eq!(read.verify(&hotline.root.public()), Ok(release.clone()));

    let mut rng = Repeatable::new("stranger");
    let stranger = RootKey::generate(&mut rng);
    assert_eq!(
        signed.verify(&stranger.public()),
        Err(ReleaseError::NotSigned)
    );
    // A key that the root certified for something else does not publish.
    let desk = certify(
        &hotline.root,
        CertificateKind::Sign,
        1,
        hotline.key.public(),
    );
    let wrong = SignedManifest::sign(&release, &hotline.key, &desk, &[]);
    assert_eq!(
        wrong.verify(&hotline.root.public()),
        Err(ReleaseError::NotSigned)
    );
}

#[test]
fn one_wrong_bit_anywhere_is_not_the_release() {
    let hotline = Publisher::new();
    let release = manifest(3);
    let bytes = hotline.sign(&release).to_bytes();
    for index in 0..bytes.len() {
        let mut wrong = bytes.clone();
        if let Some(byte) = wrong.get_mut(index) {
            *byte ^= 1;
        }
        let taken = SignedManifest::from_bytes(&wrong)
            .is_ok_and(|signed| signed.verify(&hotline.root.public()).is_ok());
        assert!(!taken, "byte {index}");
    }
}

#[test]
fn the_root_hands_over_to_the_next_and_the_phone_follows() {
    let hotline = Publisher::new();
    let mut rng = Repeatable::new("next root");
    let next = RootKey::generate(&mut rng);
    let handover = certify(&hotline.root, CertificateKind::Root, 1, next.public());
    let certificate = certify(&next, CertificateKind::Publish, 2, hotline.key.public());
    let sign = |roots: &[Certificate]| {
        SignedManifest::sign(&manifest(4), &hotline.key, &certificate, roots)
    };
    let built_in = hotline.root.public();
    let signed = sign(std::slice::from_ref(&handover));
    assert!(signed.verify(&built_in).is_ok());
    assert_eq!(signed.root_serial(), 1);
    // Without the handover, and with one that the new root gave itself.
    assert_eq!(sign(&[]).verify(&built_in), Err(ReleaseError::NotSigned));
    let by_itself = certify(&next, CertificateKind::Root, 1, next.public());
    assert_eq!(
        sign(&[by_itself]).verify(&built_in),
        Err(ReleaseError::NotSigned)
    );
    // Twice the same step is no chain.
    assert_eq!(
        sign(&[handover.clone(), handover]).verify(&built_in),
        Err(ReleaseError::NotSigned)
    );
}

#[test]
fn a_pack_is_cut_into_chunks_and_put_together_again() {
    let bundle = bundle(40);
    let packed = bundle.pack(0).unwrap();
    assert!(packed.pack.chunks.len() > 2);
    let mut together = Vec::new();
    for (index, chunk) in packed.chunks().enumerate() {
        assert_eq!(packed.pack.chunk_bytes(index), Some(chunk.len()));
        assert_eq!(packed.pack.chunks.get(index), Some(&ChunkHash::of(chunk)));
        assert!(chunk.len() <= LIBRARY_CHUNK_BYTES);
        together.extend_from_slice(chunk);
    }
    assert_eq!(packed.pack.chunk_bytes(packed.pack.chunks.len()), None);
    assert!(Bundle::unpack(&together).unwrap() == bundle);
    let cut = together.get(..together.len() - 1).unwrap();
    assert!(matches!(Bundle::unpack(cut), Err(PackError::Content(_))));
}

#[test]
fn a_bomb_is_not_inflated() {
    let zeros = vec![0_u8; LIBRARY_INFLATED_MAX_BYTES + 1];
    let bomb = zstd::bulk::compress(&zeros, 3).unwrap();
    assert!(bomb.len() < 10_000);
    assert_eq!(Bundle::unpack(&bomb).err(), Some(PackError::TooLarge));
}

#[test]
fn the_digest_names_every_head_and_every_item() {
    let one = [[1; 32]];
    let two = [[1; 32], [2; 32]];
    let digest = |items: &[(&str, &[[u8; 32]])]| Digest::of(items.iter().copied());
    let all = [
        digest(&[]),
        digest(&[("a01", &one)]),
        digest(&[("a01", &two)]),
        digest(&[("a02", &one)]),
        digest(&[("a01", &one), ("a02", &one)]),
    ];
    for (index, digest) in all.iter().enumerate() {
        assert!(!all.iter().skip(index + 1).any(|other| other == digest));
    }
}

#[test]
fn a_phone_takes_what_changed_or_else_everything() {
    let mut manifest = manifest(9);
    let delta = bundle(1).pack(8).unwrap().pack;
    manifest.deltas = vec![delta.clone()];
    assert_eq!(manifest.pack_from(8), &delta);
    assert_eq!(manifest.pack_from(7), &manifest.snapshot);
    assert_eq!(manifest.pack_from(0), &manifest.snapshot);
    // A delta cannot build on what comes later.
    manifest.deltas = vec![bundle(1).pack(9).unwrap().pack];
    assert_eq!(
        Manifest::from_bytes(&manifest.to_bytes()),
        Err(DecodeError::NotCanonical)
    );
}

#[test]
fn ids_of_items_cannot_be_paths() {
    for id in ["", "A01", "a/01", "../a", "a 01", "a.01"] {
        let bundle = Bundle::new(vec![BundleItem {
            id: id.into(),
            changes: Vec::new(),
        }]);
        assert!(Bundle::from_bytes(&bundle.to_bytes()).is_err(), "{id}");
    }
}

#[test]
fn a_release_travels_as_one_file() {
    let hotline = Publisher::new();
    let pack = bundle(40).pack(0).unwrap().bytes;
    let file = ReleaseFile::new(NOW, hotline.sign(&manifest(3)), pack.into());
    let read = ReleaseFile::from_bytes(&file.to_bytes()).unwrap();
    assert!(read == file);
    assert!(Bundle::unpack(&read.pack).is_ok());
}
