//! What is held of every change that the validator takes.

use automerge::{AutoCommit, Change};
use loive_documents::validate::limits::{
    COUNTER_MAX_OPERATIONS, DEPENDENCIES_MAX_COUNT, OPERATIONS_MAX_COUNT, SEQUENCE_MAX_CHANGES,
    TIME_MAX_SECONDS,
};
use loive_documents::validate::{ChangeSummary, Readable, readable};
use loive_documents::{
    Applied, Form, Lang, ReportDocument, ReportView, Thread, Value, WriteError, screening,
    timeline, urgency,
};

use crate::world::{FRESH, NOW};

/// Texts shown of one change in quarantine, and the longest of them.
const TEXTS_MAX_COUNT: usize = 64;
const TEXT_MAX_CHARS: usize = 2_000;

/// What people read of a change that was refused is bounded.
pub(super) fn readable_is_bounded(raw: &[u8]) {
    let texts = readable(raw);
    assert!(texts.len() <= TEXTS_MAX_COUNT);
    texts.iter().for_each(is_bounded);
}

fn is_bounded(readable: &Readable) {
    assert!(readable.key.chars().count() <= TEXT_MAX_CHARS);
    assert!(readable.text.chars().count() <= TEXT_MAX_CHARS);
}

/// A change that was taken is within the caps, and Automerge reads the same in
/// it as we do.
pub(super) fn automerge_agrees(raw: &[u8], summary: &ChangeSummary) {
    assert!((1..=OPERATIONS_MAX_COUNT).contains(&summary.ops));
    assert!((1..=COUNTER_MAX_OPERATIONS).contains(&summary.start_op));
    assert!((1..=SEQUENCE_MAX_CHANGES).contains(&summary.seq));
    assert!(summary.deps.len() <= DEPENDENCIES_MAX_COUNT);
    assert!(summary.time <= TIME_MAX_SECONDS && summary.len == raw.len());
    assert!(summary.texts.len() <= summary.ops);
    let change = Change::from_bytes(raw.to_vec()).expect("Automerge reads what was taken");
    assert_eq!(change.hash().0, summary.hash);
    assert_eq!(change.actor_id().to_bytes(), summary.actor);
    assert_eq!(change.seq(), summary.seq);
    assert_eq!(change.start_op().get(), summary.start_op);
    assert_eq!(change.len(), summary.ops);
    let deps: Vec<_> = change.deps().iter().map(|hash| hash.0).collect();
    assert_eq!(deps, summary.deps);
}

/// Brings a change to a report: refused it leaves no trace, taken it does no
/// harm.
pub(super) fn bring_to_report(report: &mut ReportDocument, raw: &[u8]) {
    let (heads, view) = (report.heads(), report.view());
    match report.apply(raw) {
        Err(_) => {
            assert_eq!(report.heads(), heads, "a refused change left a trace");
            assert!(report.view() == view, "a refused change left a trace");
        }
        Ok(applied) => {
            assert_ne!(applied, Applied::Known, "nobody brought it before");
            assert_eq!(report.apply(raw), Ok(Applied::Known));
            report_is_sound(report);
        }
    }
}

/// A report can be shown, stored, read back, written to, and handed to other
/// programs.
pub(super) fn report_is_sound(report: &mut ReportDocument) {
    shown(&report.view());
    let again = ReportDocument::load(report.changes().chain(report.waiting()))
        .expect("what is stored reads back");
    assert!(again.damaged_rows().is_empty(), "what is stored is damaged");
    assert_eq!(again.heads(), report.heads());
    assert_eq!(again.waiting().len(), report.waiting().len());
    assert!(
        again.view() == report.view(),
        "what is stored reads otherwise"
    );
    let mut saved = AutoCommit::load(&report.save()).expect("Automerge reads what it wrote");
    let mut heads: Vec<_> = saved.get_heads().iter().map(|head| head.0).collect();
    heads.sort_unstable();
    assert_eq!(heads, report.heads());
    for answer in ["no", "yes"] {
        let value = Value::Single(answer.to_owned());
        match report.set("danger_now", &value, FRESH, NOW) {
            Ok(_) => assert!(report.view().answers.get("danger_now") == Some(&value)),
            // A visit alone has no form, and nothing stops at the actor that
            // the fuzzer happened to choose.
            Err(WriteError::NotStarted | WriteError::Full | WriteError::WrongActor) => return,
            Err(error) => panic!("a local write failed: {error}"),
        }
    }
}

/// Everything that screens make of a report.
fn shown(view: &ReportView) {
    let form = Form::suspicion_report();
    for (id, value) in view.answers.iter() {
        let field = form.field(id).expect("only known fields are answers");
        assert!(
            form.check(field, value).is_ok(),
            "an answer that does not fit"
        );
        for lang in [Lang::Vi, Lang::En] {
            drop(form.show(field, value, lang));
        }
    }
    drop(form.missing(&view.answers));
    drop(form.visible(&view.answers));
    let _ = (
        urgency(&view.answers),
        screening::score_level(&view.answers),
    );
    let talk = timeline(view, &Thread::new().view());
    assert_eq!(talk.len(), view.messages.len());
    assert!(talk.is_sorted_by_key(|entry| entry.at));
}

/// Brings a change to the hotline's thread, as a phone does.
pub(super) fn bring_to_thread(thread: &mut Thread, raw: &[u8]) {
    let (heads, view) = (thread.heads(), thread.view());
    match thread.apply(raw) {
        Err(_) => {
            assert_eq!(thread.heads(), heads, "a refused change left a trace");
            assert!(thread.view() == view, "a refused change left a trace");
        }
        Ok(applied) => {
            assert_ne!(applied, Applied::Known, "nobody brought it before");
            assert_eq!(thread.apply(raw), Ok(Applied::Known));
            thread_is_sound(thread);
        }
    }
}

fn thread_is_sound(thread: &mut Thread) {
    let again =
        Thread::load(thread.changes().chain(thread.waiting())).expect("what is stored reads back");
    assert!(again.damaged_rows().is_empty(), "what is stored is damaged");
    assert_eq!(again.heads(), thread.heads());
    assert!(
        again.view() == thread.view(),
        "what is stored reads otherwise"
    );
    match thread.add_message("Còn đó không?", FRESH, NOW, [3; 4]) {
        Ok(raw) => {
            assert_eq!(thread.apply(&raw), Ok(Applied::Known));
            let said = thread.view().messages;
            assert!(said.iter().any(|message| message.text == "Còn đó không?"));
        }
        Err(WriteError::Full | WriteError::WrongActor) => {}
        Err(error) => panic!("a local write failed: {error}"),
    }
}
