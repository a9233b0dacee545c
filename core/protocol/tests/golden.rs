//! Frozen bytes. If this test fails, phones and desks in the field no longer
//! understand each other: write a new version instead of new vectors.
//!
//! `LOIVE_WRITE_VECTORS=1` writes the file anew, for a new version only. The
//! second implementation in `tests/interop/` reads the same file.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod common;

use std::path::Path;

use common::{Hotline, NOW, Repeatable, hex};
use loive_protocol::{
    AnswerBatch, AnswerItem, DeskReceipt, DeskRequest, EnvelopeId, HotlineCard, Lane, LogId,
    MailboxCursor, Outcome, ProofKind, Receipt, ReceiptCost, Refusal, ReportBatch, ReportItem,
    Seed, SignedDeskRequest, SyncRequest, SyncResponse, Wire, inbox, mailbox, seal_answer,
    seal_locker, seal_report,
};
use serde_json::{Value, json};

const TEXT: &str =
    "Có người lạ rủ em gái tôi đi làm ở bên kia biên giới, hứa lương cao, dặn giấu gia đình.";

fn keys(hotline: &Hotline) -> Value {
    json!({
        "root_public": hex(hotline.root.public().as_bytes()),
        "seal_private": hex(&*hotline.seal.to_bytes()),
        "seal_public": hex(hotline.seal.public().as_bytes()),
        "seal_key_id": hotline.seal.key_id().to_string(),
        "seal_certificate": hex(&hotline.seal_certificate.to_bytes()),
        "sign_private": hex(&*hotline.sign.to_bytes()),
        "sign_public": hex(hotline.sign.public().as_bytes()),
        "sign_key_id": hotline.sign.key_id().to_string(),
        "sign_certificate": hex(&hotline.sign_certificate.to_bytes()),
        "certificates_fingerprint": hotline.certificates.fingerprint().to_string(),
        "inbox": inbox(&hotline.root.public()).to_string(),
        "mailboxes": (0..16).map(|shard| mailbox(&hotline.root.public(), shard).to_string()).collect::<Vec<_>>(),
    })
}

fn seals(hotline: &Hotline, seed: &Seed) -> Value {
    let root = hotline.root.public();
    let mut rng = Repeatable::new("golden seals");
    let first = ReportBatch::new(
        NOW,
        vec![ReportItem::First {
            compact: TEXT.as_bytes().to_vec().into(),
            check: [0xab; 8],
        }],
    );
    let later = ReportBatch::new(
        NOW + 60,
        vec![ReportItem::Change(TEXT.as_bytes().to_vec().into())],
    );
    let answer = AnswerBatch::new(
        NOW + 120,
        vec![
            AnswerItem::Receipt(DeskReceipt {
                envelope: EnvelopeId::from_bytes([1; 32]),
                received_at: NOW + 90,
                outcome: Outcome::Quarantined(Refusal::SchemaPath),
            }),
            AnswerItem::Change(TEXT.as_bytes().to_vec().into()),
        ],
    );
    let certificate = &hotline.seal_certificate;
    let first_envelope =
        seal_report(&first, seed, ProofKind::Seed, certificate, &root, &mut rng).unwrap();
    let later_envelope =
        seal_report(&later, seed, ProofKind::Mac, certificate, &root, &mut rng).unwrap();
    let answer_envelope = seal_answer(&answer, seed, &hotline.sign, &root, &mut rng).unwrap();
    json!({
        "first_batch": hex(&first.to_bytes()),
        "first_envelope": hex(first_envelope.as_bytes()),
        "first_envelope_id": first_envelope.id().to_string(),
        "later_batch": hex(&later.to_bytes()),
        "later_envelope": hex(later_envelope.as_bytes()),
        "answer_batch": hex(&answer.to_bytes()),
        "answer_envelope": hex(answer_envelope.as_bytes()),
    })
}

fn receipt(hotline: &Hotline, seed: &Seed) -> Value {
    let mut rng = Repeatable::new("golden receipt");
    let receipt = Receipt::generate(&mut rng);
    let keys = receipt
        .unlock(&hotline.root.public(), ReceiptCost::REAL)
        .unwrap();
    let locker = seal_locker(&keys, seed, &mut rng).unwrap();
    json!({
        "numbers": receipt.numbers(),
        "locker_address": keys.address().to_string(),
        "erase_token": keys.erase_token().to_string(),
        "erase_hash": keys.erase_token().hashed().to_string(),
        "locker": hex(locker.as_bytes()),
    })
}

fn messages(hotline: &Hotline) -> Value {
    let log = LogId::from_bytes([0x11; 8]);
    let mut request = SyncRequest::new(Lane::Report);
    request.log = Some(log);
    request.push = vec![vec![0x22; 4].into()];
    request.mailboxes = vec![MailboxCursor {
        shard: 3,
        after: 1_000,
    }];
    request.certificates_seen = Some(hotline.certificates.fingerprint());
    let desk = DeskRequest::new(NOW);
    let signed = SignedDeskRequest::sign(&desk, &hotline.sign, &hotline.sign_certificate);
    let card = HotlineCard::new(
        hotline.root.public(),
        "https://relay.example".into(),
        None,
        &hotline.certificates,
    );
    json!({
        "sync_request": hex(&request.to_bytes()),
        "sync_response_empty": hex(&SyncResponse::new(log).to_bytes()),
        "desk_request": hex(&signed.to_bytes()),
        "card": card.to_text(),
    })
}

#[test]
fn the_bytes_are_what_they_were() {
    let hotline = Hotline::new("golden hotline");
    let seed = Seed::generate(&mut Repeatable::new("golden seed"));
    let dictionary = include_bytes!("../dictionaries/reports-1.bin");
    let vectors = json!({
        "text": TEXT,
        "dictionary_1_sha256": hex(&<sha2::Sha256 as sha2::Digest>::digest(dictionary)),
        "keys": keys(&hotline),
        "seed": hex(seed.as_bytes()),
        "report_id": seed.report_id().to_string(),
        "first_actor": hex(&seed.first_actor()),
        "shard": seed.shard(),
        "seals": seals(&hotline, &seed),
        "receipt": receipt(&hotline, &seed),
        "messages": messages(&hotline),
    });
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/protocol-1.json");
    if std::env::var_os("LOIVE_WRITE_VECTORS").is_some() {
        let text = serde_json::to_string_pretty(&vectors).unwrap();
        std::fs::write(&path, text + "\n").unwrap();
    }
    let frozen: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!(vectors, frozen);
}
