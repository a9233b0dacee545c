//! What only the inside can arrange: a full disk, a change of PIN that broke
//! off, and lost projections.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::sync::Arc;

use loive_documents::{Lang, Value};
use loive_protocol::{
    CertificateBody, CertificateKind, Certificates, HotlineCard, RootKey, SealKeyPair,
};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::store::header::{Header, Way};
use crate::store::key::Recipe;
use crate::{
    Costs, Env, Lock, ManualClock, MemoryKeys, OpenOutcome, OpenRequest, Phone, PhoneError, Pin,
    PinCost,
};

fn phone(dir: &std::path::Path) -> Phone {
    open(dir, None).unwrap()
}

fn open(dir: &std::path::Path, pin: Option<&str>) -> Result<Phone, PhoneError> {
    let mut rng = StdRng::seed_from_u64(5);
    let root = RootKey::generate(&mut rng);
    let seal = SealKeyPair::generate(&mut rng).public();
    let body = CertificateBody::new(CertificateKind::Seal, 1, seal, 0, 4_000_000_000);
    let mut certificates = Certificates::new(root.public());
    certificates.add(&root.certify(body)).unwrap();
    let url = "https://relay.example".into();
    let card = HotlineCard::new(root.public(), url, None, &certificates);
    let mut request = OpenRequest::new(dir, card, MemoryKeys::new([7; 32]));
    request.costs = Costs::CHEAP;
    request.env = Env::simulated(Arc::new(ManualClock::at(1_796_100_000)), 1);
    request.pin = pin.map(Pin::new);
    Phone::open(request)
}

/// As if the disk had no space for another page.
fn fill(phone: &Phone, is_full: bool) {
    phone
        .0
        .store
        .read(|connection| {
            let pages: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
            let most = if is_full { pages } else { 1_000_000 };
            connection.query_row(&format!("PRAGMA max_page_count = {most}"), [], |_| Ok(()))?;
            Ok(())
        })
        .unwrap();
}

fn words(number: usize) -> Value {
    Value::Text(format!("{number} {}", "chữ ".repeat(100)))
}

#[test]
fn a_full_disk_is_said_and_costs_nothing_that_was_kept() {
    let dir = tempfile::tempdir().unwrap();
    let phone = phone(dir.path());
    fill(&phone, true);

    // Drafts until nothing goes any more: what was taken is there.
    let mut drafts = Vec::new();
    let refused = loop {
        let next = phone
            .new_draft("suspicion_report", Lang::Vi)
            .and_then(|draft| {
                phone.answer(draft, "danger_now", &Value::Single("yes".into()))?;
                phone.answer(draft, "suspect_info", &words(drafts.len()))?;
                Ok(draft)
            });
        match next {
            Ok(draft) => drafts.push(draft),
            Err(error) => break error,
        }
    };
    assert_eq!(refused, PhoneError::StorageFull);
    let is_intact = |number: usize| {
        let view = phone.draft_view(*drafts.get(number).unwrap()).unwrap();
        view.answers.get("suspect_info") == Some(&words(number))
    };
    assert!((0..drafts.len()).all(is_intact));

    // Reports until there is no space for the next: its draft stays whole.
    let mut sent = 0;
    let refused = loop {
        match phone.submit(*drafts.get(sent).unwrap()) {
            Ok(_) => sent += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(refused, PhoneError::StorageFull);
    assert_eq!(phone.reports().unwrap().len(), sent);
    assert!((sent..drafts.len()).all(is_intact));

    fill(&phone, false);
    let id = phone.submit(*drafts.get(sent).unwrap()).unwrap();
    fill(&phone, true);
    let long = "dài ".repeat(499);
    let mut lines = 0;
    let refused = loop {
        match phone.send_message(&id, &long) {
            Ok(()) => lines += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(refused, PhoneError::StorageFull);
    assert_eq!(phone.report(&id).unwrap().timeline.len(), lines);
    fill(&phone, false);
    phone.send_message(&id, &long).unwrap();
    assert_eq!(phone.report(&id).unwrap().timeline.len(), lines + 1);
}

/// A phone died while one PIN took the place of another, before the new one
/// was in force.
#[test]
fn a_change_of_pin_that_broke_off_leaves_the_old_one() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("phone.db");
    let old = open(dir.path(), Some("1357")).unwrap();
    old.new_draft("suspicion_report", Lang::Vi).unwrap();
    let way = |pin| {
        let recipe = Recipe::Pin(PinCost::CHEAP);
        let pin = Pin::new(pin);
        Way::new(recipe, &old.0.root.store_key(recipe, Some(&pin)).unwrap())
    };
    for ways in [
        vec![way("1357"), way("2468")],
        vec![way("2468"), way("1357")],
    ] {
        Header { ways }.write(&path).unwrap();
        for wrong in ["2468", "0000"] {
            let why = Lock::WrongPin;
            let locked = open(dir.path(), Some(wrong)).unwrap_err();
            assert_eq!(locked, PhoneError::Locked { why });
        }
        let phone = open(dir.path(), Some("1357")).unwrap();
        assert_eq!(phone.outcome(), &OpenOutcome::Opened);
        assert_eq!(phone.drafts().unwrap().len(), 1);
        let settled = Header::read(&path).unwrap().unwrap();
        assert_eq!(settled.ways, [way("1357")]);
    }
}

#[test]
fn projections_can_be_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let phone = phone(dir.path());
    let draft = phone.new_draft("suspicion_report", Lang::Vi).unwrap();
    let yes = Value::Single("yes".into());
    phone.answer(draft, "danger_now", &yes).unwrap();
    let id = phone.submit(draft).unwrap();
    phone.send_message(&id, "một").unwrap();
    phone.amend(&id, "suspect_info", &words(1)).unwrap();
    let before = phone.report(&id).unwrap();
    phone
        .0
        .store
        .write(|tx| {
            tx.execute_batch(
                "DELETE FROM lines; DELETE FROM report_answers;
                 UPDATE reports SET urgency = NULL, withdrawn_at = NULL;",
            )?;
            crate::store::project::project_all(tx)
        })
        .unwrap();
    assert_eq!(phone.report(&id).unwrap(), before);
}
