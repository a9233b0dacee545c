//! A second implementation, in Python, written from `docs/protocol.md`: it opens
//! what we sealed, and we open what it sealed.

#![cfg(feature = "peer-tests")]
#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod common;

use std::path::Path;
use std::process::Command;

use common::{Hotline, unhex};
use loive_protocol::{Envelope, ReportItem, open_report};

fn python(command: &str) -> String {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let interpreter = std::env::var_os("LOIVE_PYTHON")
        .expect("LOIVE_PYTHON names a Python with the peers' packages: run `cargo xtask test`");
    let output = Command::new(interpreter)
        .arg(here.join("../../tests/interop/protocol.py"))
        .arg(command)
        .arg(here.join("tests/vectors/protocol-1.json"))
        .arg(here.join("dictionaries/reports-1.bin"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn python_opens_every_frozen_structure() {
    assert_eq!(python("check").trim(), "every frozen structure opened");
}

#[test]
fn rust_opens_an_envelope_that_python_sealed() {
    let hotline = Hotline::new("golden hotline");
    let envelope = Envelope::parse(unhex(python("seal").trim())).unwrap();
    let keys = core::slice::from_ref(&hotline.seal);
    let opened = open_report(&envelope, keys, &hotline.root.public(), |_| None).unwrap();
    assert_eq!(opened.seed.unwrap().report_id(), opened.report);
    let [ReportItem::First { compact, .. }] = opened.batch.items.as_slice() else {
        panic!("one first change");
    };
    assert_eq!(compact.as_slice(), "Viết bằng Python".as_bytes());
}
