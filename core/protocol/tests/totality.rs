//! Any bytes give a value or an error, and a value has one form.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod common;

use std::sync::LazyLock;

use common::{Hotline, NOW, Repeatable};
use loive_protocol::{
    Ack, Address, AnswerBatch, Arrived, Bundle, BundleItem, Certificate, CertificateBody,
    CertificateKind, ChunkHash, DeskRequest, DeskResponse, Digest, Envelope, EraseToken,
    HotlineCard, Lane, LibraryAnswer, LibraryAsk, LibraryPut, LockerAck, LockerAnswer,
    LockerErasure, LockerPut, LogId, MailboxCursor, Manifest, Page, PublishKey, Refusal,
    ReleaseFile, ReportBatch, ReportItem, SignedDeskRequest, SignedManifest, Stored, SyncRequest,
    SyncResponse, Wire,
};
use proptest::prelude::*;

/// Making keys and signatures takes longer than reading what was made with them.
static EXAMPLES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(examples);
static HOTLINE: LazyLock<Hotline> = LazyLock::new(|| Hotline::new("noise"));

fn is_total<T: Wire>(bytes: &[u8]) {
    if let Ok(value) = T::from_bytes(bytes) {
        assert_eq!(value.to_bytes(), bytes, "one value, one form");
    }
}

fn all_decoders(bytes: &[u8]) {
    is_total::<SyncRequest>(bytes);
    is_total::<SyncResponse>(bytes);
    is_total::<DeskRequest>(bytes);
    is_total::<SignedDeskRequest>(bytes);
    is_total::<DeskResponse>(bytes);
    is_total::<ReportBatch>(bytes);
    is_total::<AnswerBatch>(bytes);
    is_total::<Certificate>(bytes);
    is_total::<HotlineCard>(bytes);
    is_total::<Manifest>(bytes);
    is_total::<SignedManifest>(bytes);
    is_total::<Bundle>(bytes);
    is_total::<ReleaseFile>(bytes);
    let _ = Bundle::unpack(bytes);
    let _ = Envelope::parse(bytes.to_vec());
}

/// A full example of every message.
fn examples() -> Vec<Vec<u8>> {
    let hotline = Hotline::new("examples");
    let log = LogId::from_bytes([1; 8]);
    let mut request = SyncRequest::new(Lane::Report);
    request.log = Some(log);
    request.push = vec![vec![1; 384].into()];
    request.mailboxes = vec![
        MailboxCursor {
            shard: 2,
            after: 1 << 40,
        },
        MailboxCursor { shard: 3, after: 0 },
    ];
    request.certificates_seen = Some(hotline.certificates.fingerprint());
    request.locker_puts = vec![LockerPut {
        envelope: vec![2; 384].into(),
        erase_hash: EraseToken::from_bytes([4; 32]),
        keep_days: 90,
    }];
    request.locker_gets = vec![Address::from_bytes([5; 32])];
    request.locker_erasures = vec![LockerErasure {
        address: Address::from_bytes([6; 32]),
        token: EraseToken::from_bytes([7; 32]),
    }];
    let mut response = SyncResponse::new(log);
    response.acks = vec![
        Ack::Stored,
        Ack::Refused(Refusal::Busy),
        Ack::Refused(Refusal::Other(200)),
    ];
    response.pages = vec![Page {
        shard: 2,
        envelopes: vec![Stored {
            seq: 9,
            envelope: vec![3; 384].into(),
        }],
        next: 9,
        more: true,
    }];
    response.certificates = hotline.certificates.list().to_vec();
    response.locker_acks = vec![LockerAck::Stored, LockerAck::Busy];
    response.lockers = vec![
        LockerAnswer::Found(vec![2; 384].into()),
        LockerAnswer::Missing,
    ];
    response.locker_erased = vec![true, false];
    let mut desk = DeskRequest::new(NOW);
    desk.certificates = hotline.certificates.list().to_vec();
    desk.push = vec![vec![1; 512].into()];
    let signed = SignedDeskRequest::sign(&desk, &hotline.sign, &hotline.sign_certificate);
    let mut answer = DeskResponse::new(log);
    answer.arrived = vec![Arrived {
        seq: 4,
        received_at: NOW,
        envelope: vec![0; 384].into(),
    }];
    answer.next = 4;
    let batch = ReportBatch::new(
        NOW,
        vec![
            ReportItem::First {
                compact: vec![1, 2, 3].into(),
                check: [0; 8],
            },
            ReportItem::Change(vec![9; 90].into()),
        ],
    );
    let card = HotlineCard::new(
        hotline.root.public(),
        "https://relay.example".into(),
        Some(vec![1, 2]),
        &hotline.certificates,
    );
    let mut examples = library_examples(&hotline, log);
    examples.extend([
        request.to_bytes(),
        response.to_bytes(),
        desk.to_bytes(),
        signed.to_bytes(),
        answer.to_bytes(),
        batch.to_bytes(),
        hotline.seal_certificate.to_bytes(),
        card.to_bytes(),
    ]);
    examples
}

/// The messages that carry a release.
fn library_examples(hotline: &Hotline, log: LogId) -> Vec<Vec<u8>> {
    let key = PublishKey::from_bytes([8; 32]);
    let body = CertificateBody::new(CertificateKind::Publish, 1, key.public(), NOW, NOW);
    let certificate = hotline.root.certify(body);
    let bundle = Bundle::new(vec![BundleItem {
        id: "a01".into(),
        changes: vec![vec![1, 2, 3].into()],
    }]);
    let packed = bundle.pack(0).unwrap();
    let heads = [[9; 32]];
    let digest = Digest::of([("a01", heads.as_slice())]);
    let mut manifest = Manifest::new(5, NOW, digest, packed.pack);
    manifest.languages = vec!["vi".into()];
    manifest.deltas = vec![bundle.pack(4).unwrap().pack];
    let signed = SignedManifest::sign(&manifest, &key, &certificate, &[]);
    let chunks = vec![packed.bytes.clone().into()];
    let mut request = SyncRequest::new(Lane::Field);
    let mut ask = LibraryAsk::new(4);
    ask.pending = Some(5);
    ask.want = vec![ChunkHash::of(&packed.bytes)];
    request.library = Some(ask);
    let mut response = SyncResponse::new(log);
    response.library = Some(LibraryAnswer {
        manifest: Some(signed.clone()),
        chunks: chunks.clone(),
    });
    let mut desk = DeskRequest::new(NOW);
    desk.library = Some(LibraryPut {
        manifest: signed.clone(),
        chunks,
    });
    let mut answer = DeskResponse::new(log);
    answer.library_missing = vec![ChunkHash::of(b"missing")];
    vec![
        bundle.to_bytes(),
        manifest.to_bytes(),
        signed.to_bytes(),
        request.to_bytes(),
        response.to_bytes(),
        desk.to_bytes(),
        answer.to_bytes(),
        ReleaseFile::new(NOW, signed, packed.bytes.into()).to_bytes(),
    ]
}

#[test]
fn examples_survive_the_way() {
    for bytes in examples() {
        let read = SyncRequest::from_bytes(&bytes).is_ok()
            || SyncResponse::from_bytes(&bytes).is_ok()
            || DeskRequest::from_bytes(&bytes).is_ok()
            || SignedDeskRequest::from_bytes(&bytes).is_ok()
            || DeskResponse::from_bytes(&bytes).is_ok()
            || ReportBatch::from_bytes(&bytes).is_ok()
            || Certificate::from_bytes(&bytes).is_ok()
            || HotlineCard::from_bytes(&bytes).is_ok()
            || Bundle::from_bytes(&bytes).is_ok()
            || Manifest::from_bytes(&bytes).is_ok()
            || SignedManifest::from_bytes(&bytes).is_ok()
            || ReleaseFile::from_bytes(&bytes).is_ok();
        assert!(read);
        all_decoders(&bytes);
    }
}

#[test]
fn cut_and_flipped_messages_never_panic_and_never_have_two_forms() {
    for bytes in EXAMPLES.iter() {
        for end in 0..bytes.len() {
            all_decoders(bytes.get(..end).unwrap());
        }
        for at in 0..bytes.len() {
            for bit in [1, 0x20, 0x80] {
                let mut flipped = bytes.clone();
                *flipped.get_mut(at).unwrap() ^= bit;
                all_decoders(&flipped);
            }
        }
        let mut trailing = bytes.clone();
        trailing.push(0);
        assert!(SyncRequest::from_bytes(&trailing).is_err());
    }
}

#[test]
fn a_list_that_claims_too_much_is_refused_before_it_is_read() {
    // A map whose key 3 is an array of 2^32 elements.
    for head in [
        [0x9b_u8, 0, 0, 0, 1, 0, 0, 0, 0],
        [0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
    ] {
        let mut bytes = vec![0xa2, 0x00, 0x01, 0x03];
        bytes.extend_from_slice(&head);
        assert!(SyncRequest::from_bytes(&bytes).is_err());
    }
    let mut many = SyncRequest::new(Lane::Report);
    many.push = vec![vec![].into(); 257];
    assert!(SyncRequest::from_bytes(&many.to_bytes()).is_err());
    // 100,000 arrays inside each other.
    let mut deep = vec![0x81; 100_000];
    deep.insert(0, 0xa1);
    all_decoders(&deep);
}

/// The desk notes the highest sequence number that it has seen. A page out of
/// order would have it skip what lies below.
#[test]
fn a_page_whose_envelopes_do_not_rise_is_refused() {
    let arrived = |seq| Arrived {
        seq,
        received_at: NOW,
        envelope: vec![0; 384].into(),
    };
    let stored = |seq| Stored {
        seq,
        envelope: vec![0; 384].into(),
    };
    let read = |seqs: &[u64], next| {
        let mut inbox = DeskResponse::new(LogId::from_bytes([1; 8]));
        inbox.arrived = seqs.iter().copied().map(arrived).collect();
        inbox.next = next;
        let mut mailbox = SyncResponse::new(LogId::from_bytes([1; 8]));
        mailbox.pages = vec![Page {
            shard: 2,
            envelopes: seqs.iter().copied().map(stored).collect(),
            next,
            more: false,
        }];
        let inbox = DeskResponse::from_bytes(&inbox.to_bytes()).is_ok();
        let mailbox = SyncResponse::from_bytes(&mailbox.to_bytes()).is_ok();
        assert_eq!(inbox, mailbox, "desk and phone judge alike");
        inbox
    };
    assert!(read(&[], 9) && read(&[4, 9], 9) && read(&[4, 9], 12));
    assert!(!read(&[9, 4], 9), "falls");
    assert!(!read(&[4, 4], 9), "stands still");
    assert!(!read(&[4, u64::MAX], 9), "lies behind the next cursor");
}

#[test]
fn a_newer_version_says_so() {
    let mut bytes = SyncRequest::new(Lane::Report).to_bytes();
    let version = bytes.get_mut(2).unwrap();
    assert_eq!(*version, 1);
    *version = 2;
    assert!(matches!(
        SyncRequest::from_bytes(&bytes),
        Err(loive_protocol::DecodeError::UnknownVersion(2))
    ));
}

#[test]
fn an_empty_sync_is_small() {
    let mut request = SyncRequest::new(Lane::Report);
    request.log = Some(LogId::from_bytes([1; 8]));
    request.mailboxes = vec![MailboxCursor {
        shard: 3,
        after: 70_000,
    }];
    request.certificates_seen = Some(Hotline::new("x").certificates.fingerprint());
    let mut response = SyncResponse::new(LogId::from_bytes([1; 8]));
    response.pages = Vec::new();
    let bytes = request.to_bytes().len() + response.to_bytes().len();
    assert!(bytes <= 64, "{bytes} bytes");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn noise_is_harmless(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        all_decoders(&bytes);
    }

    #[test]
    fn spliced_messages_are_harmless(
        which in 0_usize..8, other in 0_usize..8, cut in any::<u16>(), join in any::<u16>(),
    ) {
        let (a, b) = (EXAMPLES.get(which).unwrap(), EXAMPLES.get(other).unwrap());
        let head = a.get(..usize::from(cut) % a.len()).unwrap();
        let tail = b.get(usize::from(join) % b.len()..).unwrap();
        all_decoders(&[head, tail].concat());
    }

    #[test]
    fn any_envelope_that_parses_can_be_tried(bytes in proptest::collection::vec(any::<u8>(), 384..=384), route in 1_u8..=3) {
        let mut bytes = bytes;
        let suite = if route == 1 { 1 } else { 2 };
        for (to, from) in bytes.iter_mut().zip([1, suite, route, 1]) { *to = from; }
        let envelope = Envelope::parse(bytes).unwrap();
        let hotline = &*HOTLINE;
        let seed = loive_protocol::Seed::generate(&mut Repeatable::new("noise"));
        prop_assert!(loive_protocol::open_answer(&envelope, &seed, &hotline.certificates).is_err());
        prop_assert!(loive_protocol::open_report(&envelope, core::slice::from_ref(&hotline.seal), &hotline.root.public(), |_| None).is_err());
    }
}
