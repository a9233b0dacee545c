//! A stranger sends bytes that would take down a program that trusts
//! Automerge with them. Each is refused with a reason, at little cost, and the
//! document still takes what its owner writes.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod bombs;
mod encodings;
#[path = "../support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use automerge::AutoCommit;
use loive_documents::validate::readable_texts;
use loive_documents::{Applied, ReportDocument, Value};
use support::{NOW, RESTORED, first};

const MEMORY_MAX_BYTES: usize = 64 << 20;
const TIME_MAX: Duration = Duration::from_secs(1);

/// What this process used most since the last call, in bytes, if the system
/// tells.
struct Meter {
    before: usize,
}

impl Meter {
    fn start() -> Option<Self> {
        std::fs::write("/proc/self/clear_refs", "5").ok()?;
        Some(Self {
            before: status("VmRSS:")?,
        })
    }

    fn used(&self) -> Option<usize> {
        Some(status("VmHWM:")?.saturating_sub(self.before))
    }
}

fn status(key: &str) -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(key))?;
    let kilobytes: usize = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}

fn report() -> ReportDocument {
    ReportDocument::new_from_first(&first()).unwrap()
}

fn writes_still(report: &mut ReportDocument) {
    let value = Value::Single("yes".to_owned());
    let written = report.set("danger_now", &value, RESTORED, NOW).unwrap();
    assert!(written.is_some());
    assert_eq!(report.view().answers.get("danger_now"), Some(&value));
}

// One test and no other in this file measures memory: the meter is that of the
// whole process.
#[test]
fn every_bomb_is_refused_at_little_cost_and_the_document_still_writes() {
    assert_eq!(report().apply(&bombs::good().raw()), Ok(Applied::New));
    assert_eq!(report().apply(&bombs::overwrites().raw()), Ok(Applied::New));

    let mut report = report();
    let mut wrong = Vec::new();
    for (name, raw, expected) in bombs::all() {
        let meter = Meter::start();
        let start = Instant::now();
        let refused = report.apply(&raw);
        readable_texts(&raw);
        assert!(start.elapsed() < TIME_MAX, "{name}: too slow");
        if let Some(used) = meter.and_then(|meter| meter.used()) {
            assert!(used < MEMORY_MAX_BYTES, "{name}: {used} bytes");
        }
        if refused != Err(expected) {
            wrong.push((name, refused, expected));
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!(report.changes().len(), 1);
    assert_eq!(report.waiting().len(), 0);
    writes_still(&mut report);

    the_meter_sees_what_automerge_alone_would_have_used();
}

fn the_meter_sees_what_automerge_alone_would_have_used() {
    let Some(meter) = Meter::start() else {
        return;
    };
    let mut change = bombs::good();
    change.deps.clear();
    let raw = bombs::many_operations(&change, 400_000);
    let change = automerge::Change::from_bytes(raw).unwrap();
    AutoCommit::new().apply_changes([change]).unwrap();
    let used = meter.used().unwrap();
    assert!(
        used > MEMORY_MAX_BYTES,
        "only {used} bytes, so the limit proves nothing"
    );
}
