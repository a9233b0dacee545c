use loive_documents::validate::{Rules, check_change};
use loive_documents::{ReportDocument, compact, first_change};

use super::judged::{automerge_agrees, report_is_sound};

/// Somebody's seed.
const ACTOR: [u8; 16] = [7; 16];

/// A compact form from anywhere: it has one form, and the first change that is
/// made of it is one that the validator takes and that says the same.
pub fn compact(bytes: &[u8]) {
    let Ok((form, answers)) = compact::decode(bytes) else {
        assert!(first_change(bytes, ACTOR).is_err());
        return;
    };
    let again = compact::encode(form.form(), &answers).expect("what was read can be written");
    assert!(again == bytes, "one report, two forms");
    assert!(form.form().effective(&answers) == answers);
    let first = first_change(bytes, ACTOR).expect("what was read makes a change");
    let rules = Rules::report().with_first_actor(ACTOR);
    let summary = check_change(&first.raw, &rules).expect("our own change is taken");
    assert_eq!(summary.hash, first.hash);
    assert!(first.hash.starts_with(&first.check()));
    automerge_agrees(&first.raw, &summary);
    let mut report = ReportDocument::new_from_first(&first.raw).expect("a first change");
    let view = report.view();
    assert!(view.answers == answers, "the document says something else");
    assert!(view.conflicts.is_empty() && view.unknown.is_empty());
    report_is_sound(&mut report);
}
