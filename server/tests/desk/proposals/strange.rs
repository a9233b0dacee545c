//! Proposals that are none, come twice, or are too many.

use loive_documents::library::{ItemDocument, Standing};
use loive_protocol::{Outcome, ProofKind, Receipt, ReceiptCost, Refusal, ReportItem, seal_locker};
use loive_server::desk::library::{Decision, LibraryError};
use loive_server::desk::{DeskError, FindOutcome, QueueFilter};

use super::{VOICE, all_of, change, items, only, send, start, voice};
use crate::home::{Home, hoa, lan, queue};
use crate::phone::Phone;

#[tokio::test]
async fn a_proposal_is_no_report_anywhere() {
    let (home, desk, copy) = start();
    let words = [("text.vi.act", "danger_now: cứu tôi")];
    let sent = send(&home, items(change(&copy, &words, None), None));
    let mut news = desk.subscribe();
    desk.catch_up().await.unwrap();
    let who = lan(&desk);
    let page = queue(&desk, &who);
    assert!(page.rows.is_empty());
    assert_eq!(page.counts.open, [0; 5]);
    assert_eq!(page.counts.unread, 0);
    for filter in [QueueFilter::Open, QueueFilter::Unclaimed, QueueFilter::Mine] {
        assert!(desk.queue(&who, filter, 0, 10).unwrap().rows.is_empty());
    }
    let id = sent.phone.seed.report_id();
    assert!(desk.report(&who, &id).unwrap().is_none());
    assert_eq!(desk.claim(&who, &id).err(), Some(DeskError::NotFound));
    let hoax = desk.mark_hoax(&who, &id, "vì");
    assert_eq!(hoax, Err(DeskError::NotFound));
    assert!(!news.recv().await.unwrap().urgent);
    let text = desk.metrics().to_text();
    assert!(text.contains("new_reports_total 0") && text.contains("new_proposals_total 1"));

    // Nor by a receipt.
    let receipt = Receipt::generate(&mut home.env.rng());
    let keys = receipt
        .unlock(&home.root.public(), ReceiptCost::CHEAP)
        .unwrap();
    let locker = seal_locker(&keys, &sent.phone.seed, &mut home.env.rng()).unwrap();
    home.relay.put_locker(&locker);
    let found = tokio::task::spawn_blocking(move || {
        desk.find_by_receipt(&lan(&desk), &receipt.numbers().concat())
    });
    assert_eq!(found.await.unwrap().unwrap(), FindOutcome::NotFound);
}

#[tokio::test]
async fn what_is_no_proposal_lies_in_quarantine_and_the_phone_hears_why() {
    let (home, desk, copy) = start();
    let voice = voice();
    let plain = || change(&copy, &[("title.vi", "Mái nhà")], None);
    let spoken = || change(&copy, &[("title.hnj", "Tsev")], Some(&voice));
    let mut touched = voice.bytes.clone();
    touched.push(0);
    // The phone's own bytes, not cleaned: its comments are still in them.
    let raw_review = {
        let mut branch = ItemDocument::load(copy.changes()).unwrap();
        branch.put("review", None, [1; 16], 5).unwrap().unwrap()
    };
    let hostile = [
        (items(vec![7; 40], None), Refusal::Malformed),
        (items(raw_review, None), Refusal::SchemaPath),
        (items(spoken(), None), Refusal::BadValue),
        (items(spoken(), Some(&touched)), Refusal::BadValue),
        (items(spoken(), Some(VOICE)), Refusal::BadValue),
        (items(plain(), Some(&voice.bytes)), Refusal::BadValue),
    ];
    for (items, refusal) in hostile {
        let sent = send(&home, items);
        desk.catch_up().await.unwrap();
        let told = sent.outcomes(&home);
        assert!(
            matches!(told[..], [Outcome::Quarantined(_)]),
            "{refusal:?}: {told:?}"
        );
        if refusal != Refusal::Malformed {
            assert_eq!(told, [Outcome::Quarantined(refusal)]);
        }
    }
    assert!(desk.proposals(&lan(&desk)).unwrap().open.is_empty());
    let rows = desk.quarantine(&lan(&desk)).unwrap();
    assert!(rows.iter().all(|row| !row.urgent && row.report.is_none()));
    assert!(rows.len() >= 7, "changes and recordings: {}", rows.len());
    assert!(queue(&desk, &lan(&desk)).rows.is_empty());
}

#[tokio::test]
async fn a_seed_begins_a_report_or_a_proposal_and_once() {
    let (home, desk, copy) = start();
    let first = change(&copy, &[("title.vi", "Mái nhà")], None);
    let second = change(&copy, &[("title.vi", "Ngôi nhà")], None);
    let sent = send(&home, items(first.clone(), None));
    desk.catch_up().await.unwrap();
    let push = |items| {
        let envelope = sent.phone.seal(items, ProofKind::Seed);
        home.relay.push_envelope(&envelope);
        envelope.id()
    };
    // Sealed anew on another key: the same proposal.
    let again = push(items(first.clone(), None));
    let other = push(items(second, None));
    let report = push(vec![sent.phone.first_item()]);
    let raw = push(vec![Phone::change(sent.phone.raw_first())]);
    desk.catch_up().await.unwrap();
    let heard = sent.phone.read(&home.relay);
    assert_eq!(heard.of(&again), [Outcome::Merged]);
    for id in [other, report, raw] {
        assert!(matches!(heard.of(&id)[..], [Outcome::Quarantined(_)]));
    }
    assert_eq!(only(&desk).edits[0].value, "Mái nhà");
    assert!(queue(&desk, &lan(&desk)).rows.is_empty());

    // And a report never becomes a proposal.
    let reporter = home.phone("lời của em");
    home.relay.push_envelope(&reporter.first());
    let late = reporter.seal(items(first, None), ProofKind::Seed);
    home.relay.push_envelope(&late);
    desk.catch_up().await.unwrap();
    let told = reporter.read(&home.relay).of(&late.id());
    assert_eq!(told, [Outcome::Quarantined(Refusal::DuplicateFirst)]);
    assert_eq!(queue(&desk, &lan(&desk)).rows.len(), 1);
    assert_eq!(desk.proposals(&lan(&desk)).unwrap().open.len(), 1);
}

#[tokio::test]
async fn an_item_that_is_not_here_is_kept_and_shown() {
    let (home, desk, copy) = start();
    let branch = ReportItem::Branch {
        item: "g99-elsewhere".to_owned(),
        change: change(&copy, &[("title.vi", "Mái nhà")], None).into(),
    };
    let sent = send(&home, vec![branch]);
    desk.catch_up().await.unwrap();
    assert_eq!(sent.outcomes(&home), [Outcome::Merged]);
    let page = only(&desk);
    assert!(page.fields.is_empty());
    assert_eq!(page.edits[0].standing, Standing::MovedOn);
    let refused = desk.accept_proposal(&hoa(&desk), page.row.number, &all_of(&page), None);
    assert!(matches!(refused, Err(LibraryError::NotFound(_))));
}

#[tokio::test]
async fn an_envelope_that_comes_again_changes_nothing() {
    let (home, desk, copy) = start();
    let sent = send(
        &home,
        items(change(&copy, &[("title.en", "Home")], None), None),
    );
    desk.catch_up().await.unwrap();
    home.relay.push_again(sent.envelope.as_bytes());
    desk.catch_up().await.unwrap();
    let page = only(&desk);
    desk.decline_proposal(&hoa(&desk), page.row.number, None)
        .unwrap();
    home.relay.push_again(sent.envelope.as_bytes());
    desk.catch_up().await.unwrap();
    assert_eq!(only(&desk).row.decision.unwrap().0, Decision::Declined);
    assert_eq!(desk.open_proposals().unwrap(), 0);
}

/// Somebody floods the hotline: what is open stays, reports come through, and the
/// desk counts what it did not keep.
#[tokio::test]
async fn one_proposal_too_many_is_counted_and_keeps_no_report_away() {
    let (home, desk, copy) = start();
    drop(desk);
    fill(&home);
    let desk = home.desk();
    assert_eq!(desk.open_proposals().unwrap(), 5_000);
    let sent = send(
        &home,
        items(change(&copy, &[("title.vi", "Mái nhà")], None), None),
    );
    let reporter = home.phone("lời của em");
    home.relay.push_envelope(&reporter.first());
    desk.catch_up().await.unwrap();
    assert_eq!(desk.metrics().dropped_proposals.get(), 1);
    assert!(sent.outcomes(&home).is_empty(), "the phone keeps it");
    assert_eq!(queue(&desk, &lan(&desk)).rows.len(), 1);

    // One is decided, and the next one has room.
    let all = desk.proposals(&hoa(&desk)).unwrap();
    assert_eq!((all.open.len(), all.open_count), (200, 5_000));
    desk.decline_proposal(&hoa(&desk), all.open[0].number, None)
        .unwrap();
    home.relay.push_again(sent.envelope.as_bytes());
    desk.catch_up().await.unwrap();
    assert_eq!(sent.outcomes(&home), [Outcome::Merged]);
    assert_eq!(desk.open_proposals().unwrap(), 5_000);
}

/// As many proposals as the desk keeps, written straight into its store.
fn fill(home: &Home) {
    let options = loive_cipher::Options::default();
    let connection = loive_cipher::open(&home.database(), &Home::store_key(), options).unwrap();
    let raw = {
        let mut branch = ItemDocument::new();
        branch
            .put("title.vi", Some("Nhà"), [1; 16], 5)
            .unwrap()
            .unwrap()
    };
    let sql = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 5000)
               INSERT INTO reports (id, seed, kind, shard, written_at, received_at, opened_at,
                                    thread_opened_at)
               SELECT randomblob(16), randomblob(32), 2, 0, 1, 1, 1, 1 FROM n";
    connection.execute(sql, []).unwrap();
    let sql = "INSERT INTO proposals (report, item, languages, raw)
               SELECT number, 'a01', 'vi', ?1 FROM reports";
    connection.execute(sql, [raw]).unwrap();
}
