//! Who can open what, and what happens to those who try.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod common;

use common::{Hotline, NOW, Repeatable, YEAR_SECONDS};
use loive_protocol::{
    AnswerBatch, AnswerItem, Certificate, CertificateBody, CertificateKind, Certificates,
    DeskReceipt, DeskRequest, DeskRequestError, Envelope, EnvelopeId, HotlineCard, OpenError,
    Outcome, ProofKind, Receipt, ReceiptCost, ReportBatch, ReportItem, SealError, SealKeyPair,
    Seed, SignKey, SignedDeskRequest, Wire, is_mine, open_answer, open_locker, open_report,
    seal_answer, seal_locker, seal_report,
};

const TEXT: &str = "Người lạ rủ cháu đi làm ở bên kia biên giới, hứa lương cao.";

fn first(text: &str) -> ReportBatch {
    ReportBatch::new(
        NOW,
        vec![ReportItem::First {
            compact: text.as_bytes().to_vec().into(),
            check: [7; 8],
        }],
    )
}

fn sealed(hotline: &Hotline, seed: &Seed, batch: &ReportBatch, proof: ProofKind) -> Envelope {
    let mut rng = Repeatable::new("seal");
    let root = hotline.root.public();
    seal_report(
        batch,
        seed,
        proof,
        &hotline.seal_certificate,
        &root,
        &mut rng,
    )
    .unwrap()
}

fn opened(
    hotline: &Hotline,
    envelope: &Envelope,
    seed_of: impl Fn(&loive_protocol::ReportId) -> Option<Seed>,
) -> Result<loive_protocol::OpenedReport, OpenError> {
    open_report(
        envelope,
        core::slice::from_ref(&hotline.seal),
        &hotline.root.public(),
        seed_of,
    )
}

#[test]
fn a_report_travels_to_the_hotline_and_only_there() {
    let hotline = Hotline::new("hotline");
    let seed = Seed::generate(&mut Repeatable::new("seed"));
    let envelope = sealed(&hotline, &seed, &first(TEXT), ProofKind::Seed);
    assert_eq!(envelope.as_bytes().len(), 384);

    let got = opened(&hotline, &envelope, |_| None).unwrap();
    assert_eq!(got.report, seed.report_id());
    assert_eq!(got.seed, Some(seed.clone()));
    assert!(got.batch == first(TEXT));

    let stranger = Hotline::new("stranger");
    assert!(matches!(
        opened(&stranger, &envelope, |_| None),
        Err(OpenError::WrongAddress)
    ));
    let other_key = SealKeyPair::generate(&mut Repeatable::new("other"));
    let wrong = open_report(&envelope, &[other_key], &hotline.root.public(), |_| None);
    assert!(matches!(wrong, Err(OpenError::UnknownKey)));
}

#[test]
fn a_later_envelope_needs_the_seed() {
    let hotline = Hotline::new("hotline");
    let seed = Seed::generate(&mut Repeatable::new("seed"));
    let later = ReportBatch::new(NOW, vec![ReportItem::Change(vec![1, 2, 3].into())]);
    let envelope = sealed(&hotline, &seed, &later, ProofKind::Mac);

    let known = opened(&hotline, &envelope, |_| Some(seed.clone())).unwrap();
    assert_eq!(known.report, seed.report_id());
    assert!(known.seed.is_none());
    let id = seed.report_id();
    assert!(
        matches!(opened(&hotline, &envelope, |_| None), Err(OpenError::UnknownReport(got)) if got == id)
    );

    // Somebody who knows the id, but not the seed, writes under it.
    let thief = Seed::generate(&mut Repeatable::new("thief"));
    assert!(matches!(
        opened(&hotline, &envelope, |_| Some(thief.clone())),
        Err(OpenError::BadProof)
    ));
}

#[test]
fn every_flipped_byte_is_noticed() {
    let hotline = Hotline::new("hotline");
    let seed = Seed::generate(&mut Repeatable::new("seed"));
    let envelope = sealed(&hotline, &seed, &first(TEXT), ProofKind::Seed);
    for at in 0..envelope.as_bytes().len() {
        let mut bytes = envelope.as_bytes().to_vec();
        bytes[at] ^= 1;
        if let Ok(envelope) = Envelope::parse(bytes) {
            assert!(opened(&hotline, &envelope, |_| None).is_err(), "byte {at}");
        }
    }
    for length in 0..envelope.as_bytes().len() {
        assert!(Envelope::parse(envelope.as_bytes()[..length].to_vec()).is_err());
    }
}

#[test]
fn lengths_tell_only_the_bucket() {
    let header = [1_u8, 1, 1, 0];
    let lengths: Vec<usize> = (44..=65_537)
        .filter(|length| {
            let mut bytes = header.to_vec();
            bytes.resize(*length, 0);
            Envelope::parse(bytes).is_ok()
        })
        .collect();
    assert_eq!(lengths[..6], [384, 512, 1_024, 2_048, 4_096, 4_352]);
    assert_eq!(lengths.last(), Some(&65_536));
    assert!(lengths.len() <= 69, "{}", lengths.len());
    let small = lengths.iter().position(|length| *length == 4_096).unwrap();
    assert!(
        lengths[small..]
            .windows(2)
            .all(|pair| (pair[1] - pair[0]) * 100 <= pair[0] * 12)
    );
}

#[test]
fn what_is_too_large_for_an_envelope_is_refused() {
    let hotline = Hotline::new("hotline");
    let seed = Seed::generate(&mut Repeatable::new("seed"));
    let mut noise = Repeatable::new("noise");
    let items = (0..2).map(|_| {
        let mut bytes = vec![0; 40_000];
        rand_core::Rng::fill_bytes(&mut noise, &mut bytes);
        ReportItem::Change(bytes.into())
    });
    let batch = ReportBatch::new(NOW, items.collect());
    let root = hotline.root.public();
    let mut rng = Repeatable::new("seal");
    let refused = seal_report(
        &batch,
        &seed,
        ProofKind::Mac,
        &hotline.seal_certificate,
        &root,
        &mut rng,
    );
    assert_eq!(refused.unwrap_err(), SealError::TooLarge);
}

#[test]
fn an_answer_reaches_the_holder_of_the_seed_and_is_signed() {
    let hotline = Hotline::new("hotline");
    let root = hotline.root.public();
    let seed = Seed::generate(&mut Repeatable::new("seed"));
    let batch = AnswerBatch::new(
        NOW,
        vec![
            AnswerItem::Receipt(DeskReceipt {
                envelope: EnvelopeId::from_bytes([3; 32]),
                received_at: NOW,
                outcome: Outcome::Merged,
            }),
            AnswerItem::Change(TEXT.as_bytes().to_vec().into()),
        ],
    );
    let mut rng = Repeatable::new("answer");
    let envelope = seal_answer(&batch, &seed, &hotline.sign, &root, &mut rng).unwrap();
    assert!(is_mine(&envelope, &seed));
    assert!(open_answer(&envelope, &seed, &hotline.certificates).unwrap() == batch);

    let neighbour = Seed::generate(&mut Repeatable::new("neighbour"));
    assert!(!is_mine(&envelope, &neighbour));
    assert!(open_answer(&envelope, &neighbour, &hotline.certificates).is_err());

    // The holder of the seed alone cannot speak for the hotline.
    let forger = SignKey::generate(&mut Repeatable::new("forger"));
    let unsigned = seal_answer(&batch, &seed, &forger, &root, &mut rng).unwrap();
    assert_eq!(
        open_answer(&unsigned, &seed, &hotline.certificates).err(),
        Some(OpenError::NotSigned)
    );
    for at in 0..envelope.as_bytes().len() {
        let mut bytes = envelope.as_bytes().to_vec();
        bytes[at] ^= 0x80;
        if let Ok(envelope) = Envelope::parse(bytes) {
            assert!(
                open_answer(&envelope, &seed, &hotline.certificates).is_err(),
                "byte {at}"
            );
        }
    }
}

#[test]
fn a_receipt_opens_its_locker_and_a_slip_is_caught() {
    let hotline = Hotline::new("hotline");
    let root = hotline.root.public();
    let mut rng = Repeatable::new("receipt");
    let seed = Seed::generate(&mut rng);
    let receipt = Receipt::generate(&mut rng);
    let keys = receipt.unlock(&root, ReceiptCost::CHEAP).unwrap();
    let locker = seal_locker(&keys, &seed, &mut rng).unwrap();
    assert_eq!(locker.as_bytes().len(), 384);

    let [one, two] = receipt.numbers();
    let typed = Receipt::from_typed(&format!("{one}\n{}", two.replace(' ', "."))).unwrap();
    assert_eq!(typed, receipt);
    let again = typed.unlock(&root, ReceiptCost::CHEAP).unwrap();
    assert_eq!(open_locker(&again, &locker).unwrap(), seed);
    let elsewhere = typed
        .unlock(&Hotline::new("stranger").root.public(), ReceiptCost::CHEAP)
        .unwrap();
    assert!(open_locker(&elsewhere, &locker).is_err());
    assert_ne!(keys.erase_token().hashed(), *keys.erase_token());

    let digits: Vec<char> = format!("{one}{two}")
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    for at in 0..20 {
        for wrong in '0'..='9' {
            let mut slip = digits.clone();
            slip[at] = wrong;
            assert_eq!(
                Receipt::from_typed(&slip.iter().collect::<String>()).is_ok(),
                wrong == digits[at]
            );
        }
        if at > 0 && digits[at] != digits[at - 1] {
            let mut swapped = digits.clone();
            swapped.swap(at, at - 1);
            assert!(Receipt::from_typed(&swapped.iter().collect::<String>()).is_err());
        }
    }
    for rubbish in ["", "0912345678", "x912345678 0912345678", "📞"] {
        assert!(Receipt::from_typed(rubbish).is_err());
    }
    assert!(Receipt::from_typed(&"0".repeat(100_000)).is_err());
}

#[test]
fn receipts_are_spread_evenly() {
    let mut rng = Repeatable::new("many receipts");
    let mut first_digits = std::collections::BTreeMap::<String, u32>::new();
    for _ in 0..3_600 {
        let [one, _] = Receipt::generate(&mut rng).numbers();
        *first_digits.entry(one[..3].to_owned()).or_default() += 1;
    }
    assert_eq!(first_digits.len(), 36);
    assert!(
        first_digits
            .values()
            .all(|count| (55..=150).contains(count)),
        "{first_digits:?}"
    );
}

#[test]
fn only_the_root_makes_keys_and_newer_keys_retire_older_ones() {
    let hotline = Hotline::new("hotline");
    let mut certificates = hotline.certificates.clone();
    let impostor = Hotline::new("impostor");
    assert!(certificates.add(&impostor.seal_certificate).is_err());

    let new = SealKeyPair::generate(&mut Repeatable::new("new"));
    let mut body = CertificateBody::new(
        CertificateKind::Seal,
        2,
        new.public(),
        NOW,
        NOW + YEAR_SECONDS,
    );
    let next = hotline.root.certify(body.clone());
    assert!(certificates.add(&next).unwrap());
    assert!(!certificates.add(&next).unwrap());
    assert_eq!(certificates.seal_key(NOW), Some(&next));
    // A clock in 1970 or 2099 never stops a report.
    assert_eq!(certificates.seal_key(0), Some(&next));
    assert_eq!(certificates.seal_key(4_000_000_000), Some(&next));
    assert!(
        certificates
            .find(CertificateKind::Seal, &hotline.seal.key_id())
            .is_some()
    );

    body.retires_below = 2;
    body.serial = 3;
    certificates.add(&hotline.root.certify(body)).unwrap();
    assert!(
        certificates
            .find(CertificateKind::Seal, &hotline.seal.key_id())
            .is_none()
    );
    assert!(certificates.is_retired(hotline.seal_certificate.body()));
}

#[test]
fn certificates_agree_whatever_their_order() {
    let hotline = Hotline::new("hotline");
    let mut reversed = Certificates::new(hotline.root.public());
    for certificate in hotline.certificates.list().iter().rev() {
        reversed.add(certificate).unwrap();
    }
    assert_eq!(reversed.fingerprint(), hotline.certificates.fingerprint());
    assert_ne!(
        Certificates::new(hotline.root.public()).fingerprint(),
        reversed.fingerprint()
    );
    let certificate = &hotline.seal_certificate;
    assert_eq!(
        &Certificate::from_bytes(&certificate.to_bytes()).unwrap(),
        certificate
    );
}

#[test]
fn the_relay_knows_its_desk() {
    let hotline = Hotline::new("hotline");
    let request = DeskRequest::new(NOW);
    let signed = SignedDeskRequest::sign(&request, &hotline.sign, &hotline.sign_certificate);
    let signed = SignedDeskRequest::from_bytes(&signed.to_bytes()).unwrap();
    assert!(signed.verify(&hotline.root.public(), NOW + 60).unwrap() == request);
    let late = signed.verify(&hotline.root.public(), NOW + 3_600);
    assert!(matches!(late, Err(DeskRequestError::Stale)));
    let stranger = Hotline::new("stranger");
    assert!(matches!(
        signed.verify(&stranger.root.public(), NOW),
        Err(DeskRequestError::NotSigned)
    ));
    let forged = SignedDeskRequest::sign(&request, &stranger.sign, &hotline.sign_certificate);
    assert!(matches!(
        forged.verify(&hotline.root.public(), NOW),
        Err(DeskRequestError::NotSigned)
    ));
    // A seal certificate is by the root, but not a desk's.
    let wrong_kind = SignedDeskRequest::sign(&request, &hotline.sign, &hotline.seal_certificate);
    assert!(wrong_kind.verify(&hotline.root.public(), NOW).is_err());
}

#[test]
fn a_card_is_text_and_checked() {
    let hotline = Hotline::new("hotline");
    let card = HotlineCard::new(
        hotline.root.public(),
        "https://relay.example".into(),
        None,
        &hotline.certificates,
    );
    let text = card.to_text();
    assert_eq!(
        HotlineCard::from_text(&format!("  {text}\n")).unwrap(),
        card
    );
    let stranger = Hotline::new("stranger");
    let mixed = HotlineCard::new(
        stranger.root.public(),
        "https://relay.example".into(),
        None,
        &hotline.certificates,
    );
    assert!(HotlineCard::from_text(&mixed.to_text()).is_err());
    assert!(HotlineCard::from_text("hello").is_err());
    assert!(HotlineCard::from_text(&text[..text.len() - 9]).is_err());
}

#[test]
fn secrets_do_not_show_themselves() {
    let mut rng = Repeatable::new("debug");
    let shown = format!(
        "{:?} {:?} {:?} {:?}",
        Seed::generate(&mut rng),
        SealKeyPair::generate(&mut rng),
        SignKey::generate(&mut rng),
        Receipt::generate(&mut rng),
    );
    assert_eq!(
        shown,
        "Seed(secret) SealKeyPair(secret) SignKey(secret) Receipt(secret)"
    );
}
