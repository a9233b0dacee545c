//! A library of one article: its story, and a release of it.

use loive_documents::library::{CleanRecording, Fields, ItemDocument, Proposal, clean_recording};
use loive_protocol::{
    Bundle, BundleItem, CertificateBody, CertificateKind, Digest, Manifest, PublishKey,
    ReleaseFile, RootKey, SignedManifest,
};

use crate::world::{DESK, NOW, PHONE};

/// The id of the article.
pub const ITEM: &str = "a01";

/// The changes of an article that the desk wrote, a volunteer translated and the
/// desk wrote again, each after what it depends on.
pub fn item() -> Vec<Vec<u8>> {
    let mut item = ItemDocument::new();
    let mut fields: Fields = [
        ("kind", "article"),
        ("topics", "t1"),
        ("title.vi", "Mua bán người là gì?"),
        ("blocks", "parts together"),
        ("block.parts", "fact S13 S55"),
        ("block.together", "advice"),
        (
            "text.vi.parts",
            "## Ba phần\n\n- Hành vi\n- **Thủ đoạn**\n- Mục đích",
        ),
    ]
    .into_iter()
    .map(|(key, text)| (key.to_owned(), text.to_owned()))
    .collect();
    item.set(&fields, DESK, NOW).expect("it fits");
    item.put("title.en", Some("What is trafficking?"), PHONE, NOW + 60)
        .expect("it fits");
    fields = item.fields();
    fields.insert("title.vi".into(), "Mua bán người".into());
    fields.remove("topics");
    item.set(&fields, DESK, NOW + 120).expect("it fits");
    item.changes().map(<[u8]>::to_vec).collect()
}

/// Two seconds of a voice, as a phone recorded it.
pub const VOICE: &[u8] = include_bytes!("../../../core/documents/src/library/recording/voice.opus");

/// The same, as it leaves the phone.
pub fn voice() -> CleanRecording {
    clean_recording(VOICE).expect("it is a recording")
}

/// What volunteers propose for the article: words, and words with a voice.
pub fn proposals(changes: &[Vec<u8>]) -> [(&'static str, Vec<u8>); 2] {
    let recording = ("audio.hnj.parts".to_owned(), voice().recording());
    let texts = [
        ("text.hnj.parts", "Peb yam"),
        ("title.vi", "Mua bán người là gì"),
    ]
    .map(|(key, text)| (key.to_owned(), text.to_owned()));
    [("words", None), ("voice", Some(&recording))].map(|(name, recording)| {
        let mut branch =
            ItemDocument::load(changes.iter().map(Vec::as_slice)).expect("the story reads back");
        let note = Some("Sai chữ");
        let proposal = Proposal::write(&mut branch, &texts, recording, note, PHONE, NOW + 180)
            .expect("it fits")
            .expect("it says something else");
        (name, proposal.raw().to_vec())
    })
}

/// What the relay and other phones hand out.
pub fn release(root: &RootKey, changes: &[Vec<u8>]) -> ReleaseFile {
    let bundle = bundle(changes);
    let packed = bundle.pack(0).expect("one article fits");
    let item = ItemDocument::load(changes.iter().map(Vec::as_slice)).expect("the story reads back");
    let heads = item.heads();
    let digest = Digest::of([(ITEM, heads.as_slice())]);
    let mut manifest = Manifest::new(3, NOW, digest, packed.pack);
    manifest.items = 1;
    manifest.languages = vec!["en".into(), "vi".into()];
    manifest.deltas = vec![bundle.pack(2).expect("one article fits").pack];
    let key = PublishKey::from_bytes([0x70; 32]);
    let body = CertificateBody::new(CertificateKind::Publish, 1, key.public(), NOW, NOW + NOW);
    let signed = SignedManifest::sign(&manifest, &key, &root.certify(body), &[]);
    ReleaseFile::new(NOW, signed, packed.bytes.into())
}

/// The changes as a bundle.
pub fn bundle(changes: &[Vec<u8>]) -> Bundle {
    let changes = changes.iter().map(|raw| raw.clone().into()).collect();
    Bundle::new(vec![BundleItem {
        id: ITEM.to_owned(),
        changes,
    }])
}
