//! Somebody comes back to a report by its receipt, from another phone.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod support;

use loive_documents::validate::{Rules, check_change};
use loive_documents::{Applied, ReportDocument, Value, WriteError};
use loive_protocol::Refusal;
use support::{FIRST, NOW, by_automerge, first};

fn report() -> ReportDocument {
    ReportDocument::new_from_first(&first()).unwrap()
}

fn single(code: &str) -> Value {
    Value::Single(code.to_owned())
}

/// A receipt opens states and messages, never the report's own text: who comes
/// back by it has no change of the report to build on.
#[test]
fn who_came_back_by_a_receipt_writes_beside_the_report() {
    const VISITORS: [[u8; 16]; 2] = [[0x71; 16], [0x72; 16]];
    let rules = Rules::report().with_first_actor(FIRST);
    let nothing: [&[u8]; 0] = [];
    let mut sent = Vec::new();
    for (actor, words) in VISITORS.into_iter().zip(["từ máy hai", "từ máy ba"]) {
        let mut visitor = ReportDocument::load(nothing).unwrap();
        let refused = visitor.set("danger_now", &single("yes"), actor, NOW);
        assert_eq!(refused, Err(WriteError::NotStarted));
        sent.push(visitor.add_message(words, actor, NOW, [0; 4]).unwrap());
        // Closed and opened again in between.
        let mut visitor = ReportDocument::load(visitor.changes()).unwrap();
        sent.push(
            visitor
                .add_message(&format!("{words}, và nữa"), actor, NOW + 9, [0; 4])
                .unwrap(),
        );
        sent.push(visitor.withdraw(actor, NOW + 10).unwrap().unwrap());
    }
    assert!(sent.iter().all(|raw| check_change(raw, &rules).is_ok()));

    // The desk takes them before the report and after it, in any order.
    let mut after = report();
    let mut before = ReportDocument::load(nothing).unwrap();
    for raw in sent.iter().rev() {
        after.apply(raw).unwrap();
    }
    for raw in &sent {
        assert_eq!(before.apply(raw), Ok(Applied::New));
    }
    assert_eq!(before.apply(&first()), Ok(Applied::New));
    assert_eq!(before.view(), after.view());
    assert_eq!(after.view().messages.len(), 4);
    assert_eq!(after.view().withdrawn, Some(NOW + 10));
    assert_eq!(after.view().answers, report().view().answers);
    let rows: Vec<&[u8]> = after.changes().collect();
    assert_eq!(ReportDocument::load(rows).unwrap().view(), after.view());

    // What is more than a visit is refused as ever, and the seed's own actor
    // makes none.
    let answer = by_automerge(VISITORS[0], &[("danger_now", "no".into())]);
    assert_eq!(
        check_change(&answer, &rules).err(),
        Some(Refusal::WrongActor)
    );
    assert_eq!(report().apply(&answer), Err(Refusal::DuplicateFirst));
    let by_first = by_automerge(FIRST, &[("withdrawn", 7.into())]);
    assert_eq!(
        check_change(&by_first, &rules).err(),
        Some(Refusal::WrongActor)
    );
}
