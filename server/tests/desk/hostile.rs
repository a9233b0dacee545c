//! Bytes from strangers: nothing is lost, nothing stops, nothing speaks out of
//! turn.

use std::time::Instant;

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, AutoCommit, ObjType, ROOT};
use loive_documents::{ReportDocument, Value};
use loive_protocol::{
    CertificateBody, CertificateKind, Certificates, Outcome, ProofKind, Refusal, ReportBatch,
    ReportItem, SealKeyPair, Seed, seal_report,
};

use crate::home::{Home, START, lan, page, queue, row};
use crate::phone::{Phone, answers};

/// Words that must never come out of an error or a log line.
const SECRET: &str = "bản Nậm Cắn";

/// Whoever holds the receipt may write; that it comes before the report itself
/// does not make it the report.
#[tokio::test]
async fn a_message_by_receipt_that_comes_first_does_not_stand_in_the_reports_place() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let phone = home.phone("lời của em");
    let id = phone.seed.report_id();
    let nothing: [&[u8]; 0] = [];
    let mut visit = ReportDocument::load(nothing).unwrap();
    let raw = visit
        .add_message("lời của kẻ khác", [0x71; 16], START, [1; 4])
        .unwrap();
    let early = phone.seal(vec![Phone::change(raw)], ProofKind::Seed);
    home.relay.push_envelope(&early);
    desk.catch_up().await.unwrap();
    let first = phone.first();
    home.relay.push_envelope(&first);
    desk.catch_up().await.unwrap();

    let seen = page(&desk, &who, &id);
    assert!(seen.answers["suspect_info"] == Value::Text("lời của em".into()));
    assert!(seen.quarantine.is_empty());
    assert_eq!(phone.read(&home.relay).of(&first.id()), [Outcome::Merged]);
    desk.rebuild_projections().unwrap();
    let again = page(&desk, &who, &id);
    assert!(again.answers == seen.answers);
    assert_eq!(again.timeline.len(), seen.timeline.len());
}

/// The desk waits for the first change in full; a message by receipt is not it.
#[tokio::test]
async fn a_message_by_receipt_does_not_answer_for_a_first_change_that_is_wanted() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let phone = home.phone("bản rút gọn");
    let id = phone.seed.report_id();
    let short = phone.seal(vec![phone.mismatched_first_item()], ProofKind::Seed);
    home.relay.push_envelope(&short);
    let nothing: [&[u8]; 0] = [];
    let mut visit = ReportDocument::load(nothing).unwrap();
    let raw = visit
        .add_message("thêm một điều", [0x71; 16], START, [1; 4])
        .unwrap();
    home.relay.push_envelope(&phone.later(raw));
    desk.catch_up().await.unwrap();
    assert_eq!(
        phone.read(&home.relay).of(&short.id()),
        [Outcome::SendRawChange]
    );

    let full = phone.seal(vec![Phone::change(phone.raw_first())], ProofKind::Seed);
    home.relay.push_envelope(&full);
    desk.catch_up().await.unwrap();
    let seen = page(&desk, &who, &id);
    assert!(seen.answers["suspect_info"] == Value::Text("bản rút gọn".into()));
    let told = phone.read(&home.relay).of(&short.id()).pop();
    assert_eq!(told, Some(Outcome::Merged));
}

#[tokio::test]
async fn garbage_between_two_reports_stops_neither() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let (one, two) = (home.phone("trước"), home.phone("sau"));
    home.relay.push_envelope(&one.first());
    home.relay.push(b"");
    home.relay.push(&[0xff; 384]);
    home.relay.push(&vec![7; 70_000]);
    let mut flipped = one.first().into_bytes();
    flipped[200] ^= 1;
    home.relay.push(&flipped);
    let mut other_version = one.first().into_bytes();
    other_version[0] = 9;
    home.relay.push(&other_version);
    home.relay.push_envelope(&two.first());
    desk.catch_up().await.unwrap();

    assert_eq!(queue(&desk, &who).rows.len(), 2);
    let rows = desk.quarantine(&who).unwrap();
    let mut reasons: Vec<_> = rows.iter().map(|row| row.reason.as_str()).collect();
    reasons.sort_unstable();
    let expected = [
        "malformed",
        "not_opened",
        "too_large",
        "unknown_version",
        "unknown_version",
    ];
    assert_eq!(reasons, expected);
    assert_eq!(queue(&desk, &who).counts.quarantined, 5);
    desk.mark_quarantine_seen(&who, rows[0].id).unwrap();
    assert_eq!(queue(&desk, &who).counts.quarantined, 4);
    let last = desk.quarantine(&who).unwrap().pop().unwrap();
    assert!(
        last.seen && last.id == rows[0].id,
        "what somebody has seen sinks"
    );
    assert_eq!(two.read(&home.relay).receipts.len(), 1);
}

#[tokio::test]
async fn an_envelope_for_a_key_that_is_away_is_opened_when_the_key_is_back() {
    let mut home = Home::new();
    let old = SealKeyPair::generate(&mut home.env.rng());
    let body = CertificateBody::new(CertificateKind::Seal, 9, old.public(), START, START + 9);
    let mut certificates = Certificates::new(home.root.public());
    certificates.add(&home.root.certify(body)).unwrap();
    let phone = Phone::new(&home.env, &certificates, &answers("yes", "khoá cũ"));
    let desk = home.desk();
    let who = lan(&desk);
    home.relay.push_envelope(&phone.first());
    desk.catch_up().await.unwrap();
    assert_eq!(desk.quarantine(&who).unwrap()[0].reason, "unknown_key");
    assert!(queue(&desk, &who).rows.is_empty());

    drop(desk);
    home.seal.push(old);
    let desk = home.desk();
    desk.catch_up().await.unwrap();
    assert!(desk.quarantine(&who).unwrap().is_empty());
    assert!(
        page(&desk, &who, &phone.seed.report_id())
            .answers
            .contains_key("suspect_info")
    );
}

#[tokio::test]
async fn whoever_has_not_the_seed_writes_nothing_under_a_report() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let mut phone = home.phone("của tôi");
    home.relay.push_envelope(&phone.first());
    desk.catch_up().await.unwrap();

    // Right report, right change, sealed with a proof under another seed: the
    // id comes from the seed, so it lands nowhere.
    let change = phone.say("lời giả");
    let thief = Seed::generate(&mut home.env.rng());
    let to = home.certificates.seal_key(START).unwrap();
    let batch = ReportBatch::new(START, vec![ReportItem::Change(change.into())]);
    let root = home.root.public();
    let mut rng = home.env.rng();
    let forged = seal_report(&batch, &thief, ProofKind::Mac, to, &root, &mut rng).unwrap();
    home.relay.push_envelope(&forged);
    let with_seed = seal_report(&batch, &thief, ProofKind::Seed, to, &root, &mut rng).unwrap();
    home.relay.push_envelope(&with_seed);
    desk.catch_up().await.unwrap();

    let page = page(&desk, &who, &phone.seed.report_id());
    assert!(page.quarantine.is_empty() && crate::home::talk(&page).is_empty());
    assert_eq!(
        queue(&desk, &who).rows.len(),
        2,
        "the thief has a report of their own"
    );
}

#[tokio::test]
async fn what_no_phone_of_ours_writes_is_refused_with_its_words_in_sight() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let phone = home.phone("thường");
    let id = phone.seed.report_id();
    home.relay.push_envelope(&phone.first());

    let nested = by_automerge(&phone, [3; 16], |doc| {
        doc.put(ROOT, "danger_now", "yes").unwrap();
        let list = doc.put_object(ROOT, "suspect_info", ObjType::List).unwrap();
        doc.insert(&list, 0, "một").unwrap();
    });
    let many = by_automerge(&phone, [4; 16], |doc| {
        for n in 0..2_000 {
            doc.put(ROOT, "suspect_info", format!("lần {n}")).unwrap();
        }
    });
    let first_actor = by_automerge(&phone, phone.seed.first_actor(), |doc| {
        doc.put(ROOT, "suspect_info", "dưới tên máy đầu tiên")
            .unwrap();
    });
    let cases = [
        (nested, true),
        (many, false),
        (first_actor, false),
        (b"not a change at all".to_vec(), false),
    ];
    let mut envelopes = Vec::new();
    for (raw, _) in &cases {
        let envelope = phone.later(raw.clone());
        home.relay.push_envelope(&envelope);
        envelopes.push(envelope);
    }
    desk.catch_up().await.unwrap();

    let found = page(&desk, &who, &id);
    assert_eq!(found.quarantine.len(), cases.len());
    assert!(found.quarantine[0].urgent, "what looks like a P0 is on top");
    let urgent = found.quarantine.iter().filter(|row| row.urgent).count();
    assert_eq!(urgent, 1);
    let readable: Vec<_> = found
        .quarantine
        .iter()
        .flat_map(|row| &row.readable)
        .collect();
    assert!(
        readable
            .iter()
            .any(|text| text.contains("dưới tên máy đầu tiên"))
    );
    assert!(
        found.answers["suspect_info"] == Value::Text("thường".into()),
        "nothing was merged"
    );
    let heard = phone.read(&home.relay);
    for envelope in &envelopes {
        assert!(
            matches!(heard.of(&envelope.id())[..], [Outcome::Quarantined(_)]),
            "its author learns why"
        );
    }
    let reasons: Vec<_> = found
        .quarantine
        .iter()
        .map(|row| row.reason.as_str())
        .collect();
    assert!(reasons.contains(&"wrong_actor"));
}

/// A change by Automerge itself, after the report's first one.
fn by_automerge(phone: &Phone, actor: [u8; 16], edit: impl FnOnce(&mut AutoCommit)) -> Vec<u8> {
    let mut doc = AutoCommit::load(&phone.document.save()).unwrap();
    doc.set_actor(ActorId::from(actor));
    edit(&mut doc);
    let hash = doc
        .commit_with(CommitOptions::default().with_time(0))
        .unwrap();
    doc.get_change_by_hash(&hash).unwrap().raw_bytes().to_vec()
}

#[tokio::test]
async fn a_few_bytes_that_stand_for_a_million_operations_cost_nothing() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let phone = home.phone("bom");
    home.relay.push_envelope(&phone.first());
    // 104 bytes that Automerge takes for 1,000,000 deletions.
    let bomb = run_length_bomb();
    assert!(bomb.len() < 128);
    let envelope = phone.later(bomb);
    home.relay.push_envelope(&envelope);
    let began = Instant::now();
    desk.catch_up().await.unwrap();
    assert!(began.elapsed().as_secs() < 20);
    assert!(row(&desk, &who, &phone.seed.report_id()).quarantined);
    let told = phone.read(&home.relay).of(&envelope.id());
    assert!(matches!(
        told[..],
        [Outcome::Quarantined(Refusal::TooManyOperations)]
    ));
}

/// One key, one action and one count of predecessors, each repeated 1,000,000
/// times by its run length.
fn run_length_bomb() -> Vec<u8> {
    use sha2::{Digest, Sha256};
    const RUN: [u8; 3] = [0xc0, 0x84, 0x3d];
    let run = |value: &[u8]| [RUN.as_slice(), value].concat();
    let columns: [(u8, Vec<u8>); 4] = [
        (21, run(b"\x01a")),
        (52, RUN.to_vec()),
        (66, run(&[3])),
        (112, run(&[0])),
    ];
    let mut body = vec![0, 16];
    body.extend([5; 16]);
    body.extend([1, 1, 0, 0, 0, 4]);
    for (spec, data) in &columns {
        body.extend([*spec, u8::try_from(data.len()).unwrap()]);
    }
    for (_, data) in &columns {
        body.extend(data);
    }
    let mut hashed = vec![1, u8::try_from(body.len()).unwrap()];
    hashed.extend(body);
    let hash = Sha256::digest(&hashed);
    [&[0x85, 0x6f, 0x4a, 0x83], &hash[..4], &hashed].concat()
}

#[tokio::test]
async fn a_report_that_a_newer_app_wrote_is_in_the_queue_with_what_can_be_read() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let phone = home.phone("mới");
    let compact = [&[200, 1, 0x80], "Cháu bị giữ ở Sihanoukville".as_bytes()].concat();
    let item = ReportItem::First {
        compact: compact.into(),
        check: [1; 8],
    };
    let envelope = phone.seal(vec![item], ProofKind::Seed);
    home.relay.push_envelope(&envelope);
    desk.catch_up().await.unwrap();

    let page = page(&desk, &who, &phone.seed.report_id());
    assert!(page.row.unread && page.row.quarantined && page.answers.is_empty());
    assert_eq!(
        page.row.urgency,
        loive_documents::Urgency::P1,
        "somebody should look soon"
    );
    assert_eq!(page.quarantine[0].reason, "unknown_version");
    assert_eq!(page.quarantine[0].readable, ["Cháu bị giữ ở Sihanoukville"]);
    let told = phone.read(&home.relay).of(&envelope.id());
    assert_eq!(told, [Outcome::Quarantined(Refusal::UnknownVersion)]);
    // There is a way back to them all the same.
    desk.reply(
        &who,
        &phone.seed.report_id(),
        "Chúng tôi thấy tin của bạn",
        "a",
    )
    .unwrap();
    desk.catch_up().await.unwrap();
    assert_eq!(
        phone.read(&home.relay).texts(),
        ["Chúng tôi thấy tin của bạn"]
    );
}

#[tokio::test]
async fn more_waiting_changes_than_a_report_may_have_are_refused_and_kept() {
    use loive_documents::validate::limits::WAITING_MAX_COUNT;
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let mut phone = home.phone("chờ");
    home.relay.push_envelope(&phone.first());
    let _never_sent = phone.say("không bao giờ gửi");
    let mut last = None;
    for batch in 0..=WAITING_MAX_COUNT / 64 {
        let changes = (0..64)
            .map(|n| Phone::change(phone.say(&format!("{batch}-{n}"))))
            .collect();
        last = Some(
            home.relay
                .push_envelope(&phone.seal(changes, ProofKind::Mac)),
        );
    }
    desk.catch_up().await.unwrap();
    let rows = page(&desk, &who, &phone.seed.report_id()).quarantine;
    let of = |reason| rows.iter().filter(|row| row.reason == reason).count();
    assert_eq!(of("missing_dependency"), WAITING_MAX_COUNT);
    assert_eq!(of("too_many_changes"), 64);
    let told = phone.read(&home.relay).of(&last.unwrap());
    assert_eq!(told, [Outcome::Quarantined(Refusal::TooManyChanges)]);
}

#[tokio::test]
async fn no_error_says_a_word_that_somebody_wrote() {
    let home = Home::new();
    let desk = home.desk();
    let who = lan(&desk);
    let phone = home.phone_with(&answers("yes", SECRET));
    let id = phone.seed.report_id();
    home.relay.push_envelope(&phone.first());
    desk.catch_up().await.unwrap();
    let long = SECRET.repeat(1_000);
    let errors = [
        desk.reply(&who, &id, &long, "a").unwrap_err(),
        desk.mark_hoax(&who, &id, &long).unwrap_err(),
        desk.reply(&who, &home.phone(SECRET).seed.report_id(), SECRET, "b")
            .unwrap_err(),
        desk.add_user(SECRET, SECRET, who.role, SECRET)
            .err()
            .unwrap(),
    ];
    let shown = format!(
        "{errors:?} {desk:?} {}",
        errors.map(|error| error.to_string()).join(" ")
    );
    assert!(!shown.contains("Nậm"));
    assert!(!desk.metrics().to_text().contains(&id.to_string()));

    // The store's file holds none of it either.
    let bytes = std::fs::read(home.database()).unwrap();
    let ahead = std::fs::read(home.database().with_extension("db-wal")).unwrap_or_default();
    for bytes in [bytes, ahead] {
        let found = bytes
            .windows(SECRET.len())
            .any(|window| window == SECRET.as_bytes());
        assert!(!found);
    }
}
