//! Automerge's JavaScript package, which we did not write, opens our documents,
//! and what it writes is judged as expected.
#![cfg(feature = "peer-tests")]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use loive_documents::{Applied, ReportDocument, Value};
use loive_protocol::Refusal;
use serde_json::Value as Json;
use support::{NOW, PHONE, RESTORED, first, hex, unhex};

/// A report in which two people disagree about the place.
fn disputed() -> ReportDocument {
    let hint = |text: &str| Value::Text(text.to_owned());
    let mut report = ReportDocument::new_from_first(&first()).unwrap();
    let mut other = ReportDocument::new_from_first(&first()).unwrap();
    report
        .set("where_hint", &hint("cạnh chợ Đồng Đăng"), PHONE, NOW)
        .unwrap();
    let theirs = other
        .set("where_hint", &hint("bến xe"), RESTORED, NOW)
        .unwrap();
    report.apply(&theirs.unwrap()).unwrap();
    report
        .add_message("Họ đã đi rồi", PHONE, NOW, [1; 4])
        .unwrap();
    report.withdraw(PHONE, NOW + 9).unwrap();
    report
}

/// Lets the package open `report` and gives what it says.
fn package_opens(report: &ReportDocument) -> Json {
    let modules = std::env::var_os("LOIVE_NODE_MODULES")
        .map(PathBuf::from)
        .expect("set LOIVE_NODE_MODULES to the folder in which `npm ci` of tests/interop was run");
    assert!(
        modules.join("node_modules/@automerge/automerge").is_dir(),
        "LOIVE_NODE_MODULES has no node_modules/@automerge/automerge: run `npm ci` there"
    );
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("interop.automerge");
    std::fs::write(&file, report.save()).unwrap();
    let rows = Path::new(env!("CARGO_TARGET_TMPDIR")).join("interop.changes");
    let lines: Vec<String> = report.changes().map(hex).collect();
    std::fs::write(&rows, lines.join("\n")).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/interop/automerge.mjs");
    let output = Command::new("node")
        .arg(script)
        .args([&file, &rows])
        .env("LOIVE_NODE_MODULES", std::path::absolute(modules).unwrap())
        .output()
        .expect("node runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_package_reads_our_document_and_we_judge_its_changes() {
    let report = disputed();
    let told = package_opens(&report);

    let standing: BTreeMap<String, Vec<String>> =
        serde_json::from_value(told["standing"].clone()).unwrap();
    assert_eq!(standing["form"], ["suspicion_report"]);
    assert_eq!(standing["form_version"], ["1"]);
    assert_eq!(standing["where"], ["01/00004"]);
    assert_eq!(standing["where_hint"], ["bến xe", "cạnh chợ Đồng Đăng"]);
    assert_eq!(standing["withdrawn"], [(NOW + 9).to_string()]);
    assert_eq!(standing["message.1790000000-01010101"], ["Họ đã đi rồi"]);
    assert_eq!(standing.len(), 8);
    let heads: Vec<String> = report.heads().iter().map(|head| hex(head)).collect();
    assert_eq!(told["heads"], Json::from(heads.clone()), "from the file");
    assert_eq!(told["rebuilt"], Json::from(heads), "from single changes");

    let changes: BTreeMap<String, String> =
        serde_json::from_value(told["changes"].clone()).unwrap();
    let judged = |name: &str| {
        let mut report = disputed();
        let outcome = report.apply(&unhex(&changes[name]));
        (outcome, report)
    };
    for name in [
        "edit", "remove", "settle", "unknown", "moment", "nothing", "twice", "message", "long",
    ] {
        let (outcome, report) = judged(name);
        assert_eq!(outcome, Ok(Applied::New), "{name}");
        assert!(report.contains(&support::hash(&unhex(&changes[name]))));
    }
    let path = Err(Refusal::SchemaPath);
    let value = Err(Refusal::BadValue);
    for (name, expected) in [
        ("object", path),
        ("list", path),
        ("collaborative", path),
        ("counter", value),
        ("fraction", value),
        ("bytes", value),
    ] {
        assert_eq!(judged(name).0, expected, "{name}");
    }

    let (_, edited) = judged("edit");
    let view = edited.view();
    assert_eq!(
        view.answers.get("danger_now"),
        Some(&Value::Single("no".to_owned()))
    );
    assert_eq!(view.answers.get("contact_wanted"), Some(&Value::Bool(true)));
    assert_eq!(view.answers.get("safe_from"), Some(&Value::Time(480)));
    let (_, settled) = judged("settle");
    assert!(settled.view().conflicts.is_empty());
    let (_, talked) = judged("message");
    assert_eq!(talked.view().messages.len(), 2);
    let (_, newer) = judged("unknown");
    assert_eq!(newer.raw_texts("of_a_newer_form"), ["mới"]);
}
