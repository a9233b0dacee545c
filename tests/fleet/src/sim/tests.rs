#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::collections::BTreeSet;

use loive_documents::ReportDocument;
use loive_protocol::{
    Envelope, EnvelopeId, ProofKind, ReportBatch, ReportId, ReportItem, Seed, seal_report,
};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use super::intruder::{first_item, other_answers};
use super::truth::Truth;
use super::{Kit, Plan, Rule, run};

/// A failing seed can be run again alone, and the same things happen.
#[test]
fn one_seed_is_one_world() {
    let kit = Kit::new("one-seed").unwrap();
    for seed in 0..4 {
        let first = run(&kit, &Plan::of(seed));
        assert_eq!(first.violation, None, "seed {seed}");
        let again = run(&kit, &Plan::of(seed));
        assert!(first == again, "seed {seed}");
    }
    assert!(Plan::of(1) != Plan::of(2));
}

/// A draft is sent once. Only a backup makes two reports of it, and then both
/// are asked for.
#[test]
fn a_draft_is_sent_again_only_if_a_backup_brought_it_back() {
    let mut truth = Truth::default();
    let first = truth.send("Báo cáo", false).unwrap();
    let again = truth.send("Báo cáo", false).unwrap_err();
    assert_eq!(again.rule, Rule::OneOfEach);

    let second = truth.send("Báo cáo", true).unwrap();
    let (one, other) = (ReportId::from_bytes([1; 16]), ReportId::from_bytes([2; 16]));
    truth.name(one, first.clone());
    truth.name(other, second.clone());
    assert_eq!(truth.ids.get(&first), Some(&one));
    assert_eq!(truth.ids.get(&second), Some(&other));
}

/// A report is taken back, then a message is written. Without the withdrawal the
/// message has nothing to rest on, wherever its beginning is; with it, or once
/// the desk has signed for it, it must be there.
#[test]
fn words_rest_on_every_change_before_them() {
    let kit = Kit::new("words-rest").unwrap();
    let (mut rng, mut truth) = (StdRng::seed_from_u64(1), Truth::default());
    let seed = Seed::generate(&mut rng);
    let report = seed.report_id();
    let mut sends = |item: ReportItem, proof: ProofKind| -> EnvelopeId {
        let batch = ReportBatch::new(1, vec![item]);
        let (to, root) = (&kit.seal_certificate, &kit.card.root);
        let envelope: Envelope = seal_report(&batch, &seed, proof, to, root, &mut rng).unwrap();
        truth.spy(&kit, envelope.as_bytes());
        envelope.id()
    };

    let (first, raw) = first_item(&seed, &other_answers("Báo cáo", false)).unwrap();
    let mut document = ReportDocument::new_from_first(&raw).unwrap();
    let first = sends(first, ProofKind::Seed);
    let withdrawal = document.withdraw([7; 16], 1).unwrap().unwrap();
    let withdrawal = sends(ReportItem::Change(withdrawal.into()), ProofKind::Mac);
    let message = document
        .add_message("Lời nhắn", [7; 16], 1, [0; 4])
        .unwrap();
    let message = sends(ReportItem::Change(message.into()), ProofKind::Mac);

    let rests_on_nothing = |truth: &Truth, at_relay: &[EnvelopeId]| {
        let at_relay: BTreeSet<_> = at_relay.iter().copied().collect();
        truth.rests_on_nothing(&report, "Lời nhắn", &at_relay)
    };
    assert!(rests_on_nothing(&truth, &[first, message]));
    assert!(rests_on_nothing(&truth, &[withdrawal, message]));
    assert!(!rests_on_nothing(&truth, &[first, withdrawal, message]));
    truth.receipted.insert(withdrawal);
    assert!(!rests_on_nothing(&truth, &[first, message]));
}
