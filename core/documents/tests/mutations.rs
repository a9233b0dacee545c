//! Bytes that were damaged on the way, and bytes that somebody changed on
//! purpose and gave a good checksum: refused, or taken without harm.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod support;

use automerge::transaction::Transactable;
use automerge::{AutoCommit, ROOT};
use loive_documents::validate::{Rules, check_change, readable_texts};
use loive_documents::{Applied, ReportDocument, Value};
use support::{Dice, FIRST, NOW, PHONE, RESTORED, automerge_of, body, commit, first, seal};

/// A report with an edit, a deletion, a conflict, a message and a withdrawal.
fn story() -> Vec<Vec<u8>> {
    let mut report = ReportDocument::new_from_first(&first()).unwrap();
    let yes = Value::Single("yes".to_owned());
    let hint = Value::Text("gần chợ, cổng làng".to_owned());
    report.set("danger_now", &yes, PHONE, NOW).unwrap();
    let mut other = automerge_of(RESTORED, &[&first()]);
    other.put(ROOT, "danger_now", "no").unwrap();
    report.apply(&commit(&mut other, 1_790_000_001)).unwrap();
    report.set("where_hint", &hint, PHONE, NOW + 2).unwrap();
    report.set("danger_now", &yes, PHONE, NOW + 3).unwrap();
    report.clear("where_hint", PHONE, NOW + 4).unwrap();
    report
        .add_message("Họ đã đi rồi", PHONE, NOW + 5, [1; 4])
        .unwrap();
    report.withdraw(PHONE, NOW + 6).unwrap();
    report.changes().map(<[u8]>::to_vec).collect()
}

#[test]
fn a_change_that_was_cut_short_anywhere_is_refused() {
    for raw in story() {
        for length in 0..raw.len() {
            assert!(check_change(&raw[..length], &Rules::report()).is_err());
            readable_texts(&raw[..length]);
        }
    }
}

#[test]
fn a_change_with_any_bit_flipped_is_refused() {
    for raw in story() {
        for bit in (0..raw.len() * 8).step_by(step()) {
            let mut flipped = raw.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(
                check_change(&flipped, &Rules::report()).is_err(),
                "bit {bit}"
            );
            readable_texts(&flipped);
        }
    }
}

/// Every bit; in an emulator, where all take ten minutes, one of every byte, each
/// time another.
fn step() -> usize {
    if std::env::var_os("LOIVE_EMULATED").is_some() {
        7
    } else {
        1
    }
}

/// A report at some point of its story, to which changed changes are brought.
struct Target<'a> {
    before: &'a [Vec<u8>],
    report: ReportDocument,
    taken: usize,
}

impl<'a> Target<'a> {
    fn new(before: &'a [Vec<u8>]) -> Self {
        let report = ReportDocument::load(before.iter().map(Vec::as_slice)).unwrap();
        Self {
            before,
            report,
            taken: 0,
        }
    }

    /// Brings `raw`. Refused, it leaves no trace; else the document goes on.
    fn bring(&mut self, raw: &[u8]) {
        readable_texts(raw);
        let heads = self.report.heads();
        match self.report.apply(raw) {
            Err(_) => assert_eq!(self.report.heads(), heads),
            Ok(applied) => {
                self.taken += usize::from(applied == Applied::New);
                let clean = Self::new(self.before).report;
                goes_on(&mut std::mem::replace(&mut self.report, clean));
            }
        }
    }
}

fn goes_on(report: &mut ReportDocument) {
    let answer = Value::Single("unknown".to_owned());
    report.set("danger_now", &answer, [0x77; 16], NOW).unwrap();
    let answer = Value::Single("no".to_owned());
    let written = report.set("danger_now", &answer, [0x77; 16], NOW).unwrap();
    assert!(report.contains(&support::hash(&written.unwrap())));
    let rows: Vec<&[u8]> = report.changes().collect();
    let again = ReportDocument::load(rows).unwrap();
    assert_eq!(again.heads(), report.heads());
    assert!(again.view() == report.view(), "what is stored reads back");
    let saved = AutoCommit::load(&report.save());
    assert!(saved.is_ok(), "Automerge reads what Automerge saved");
}

#[test]
fn a_flipped_bit_under_a_good_checksum_does_no_harm() {
    let story = story();
    let mut taken = 0;
    for (index, raw) in story.iter().enumerate().skip(1) {
        let mut target = Target::new(&story[..index]);
        let inside = body(raw);
        for bit in (0..inside.len() * 8).step_by(step()) {
            let mut flipped = inside.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            target.bring(&seal(1, &flipped));
        }
        taken += target.taken;
    }
    // Flips inside a text or an actor make another good change.
    assert!(taken > 100 / step(), "only {taken} reached Automerge");
}

#[test]
fn bytes_replaced_under_a_good_checksum_do_no_harm() {
    let story = story();
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let mut taken = 0;
    for (index, raw) in story.iter().enumerate().skip(1) {
        let mut target = Target::new(&story[..index]);
        for _ in 0..800 {
            let mut inside = body(raw);
            for _ in 0..=dice.roll(3) {
                let at = dice.roll(inside.len());
                match dice.roll(4) {
                    0 => inside[at] = u8::try_from(dice.roll(256)).unwrap(),
                    1 => inside[at] = [0, 1, 2, 0x7e, 0x7f, 0x80, 0xff][dice.roll(7)],
                    2 => drop(inside.remove(at)),
                    _ => inside.insert(at, u8::try_from(dice.roll(256)).unwrap()),
                }
            }
            target.bring(&seal(1, &inside));
        }
        taken += target.taken;
    }
    assert!(taken > 20, "only {taken} reached Automerge");
}

#[test]
fn a_first_change_that_was_tampered_with_does_no_harm() {
    let inside = body(&first());
    for bit in (0..inside.len() * 8).step_by(step()) {
        let mut flipped = inside.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let raw = seal(1, &flipped);
        if let Ok(mut report) = ReportDocument::new_from_first(&raw) {
            goes_on(&mut report);
        }
        let bound = check_change(&raw, &Rules::report().with_first_actor(FIRST));
        assert!(bound.is_err() || bound.is_ok_and(|summary| summary.actor == FIRST));
    }
}
