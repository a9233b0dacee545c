//! The hotline that other languages' stories drive, driven through its pipes.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod hotline;

use std::fs;
use std::path::Path;

use loive_client::{Cancel, Delivery, Driver, MemoryKeys, OpenRequest, Phone, PhoneError, Trouble};
use loive_documents::{Answers, Form, Lang, Value};
use loive_protocol::{HotlineCard, ReportId};
use loive_stories::{a_report, danger, eventually};
use serde_json::json;

use hotline::Hotline;

/// A phone that goes by the device's clock, as those of other languages do.
struct Mai {
    dir: tempfile::TempDir,
    card: HotlineCard,
    driver: Driver,
}

impl Mai {
    fn new(hotline: &Hotline) -> Self {
        let card = HotlineCard::from_text(hotline.greeting["card"].as_str().unwrap()).unwrap();
        let driver = Driver::new(&card).unwrap();
        let dir = tempfile::tempdir().unwrap();
        Self { dir, card, driver }
    }

    fn open(&self) -> Phone {
        Phone::open(self.request(self.dir.path())).unwrap()
    }

    fn request(&self, dir: &Path) -> OpenRequest {
        OpenRequest::new(dir, self.card.clone(), MemoryKeys::new([7; 32]))
    }

    async fn sync(&self, phone: &Phone) -> Result<(), PhoneError> {
        phone.sync(&self.driver, &Cancel::new()).await.map(|_| ())
    }

    async fn sync_until(&self, phone: &Phone, id: &ReportId, delivery: Delivery) {
        eventually("the report has come so far", async || {
            self.sync(phone).await.unwrap();
            (phone.report(id).unwrap().summary.delivery >= delivery).then_some(())
        })
        .await;
    }
}

fn submit(phone: &Phone, answers: &Answers) -> ReportId {
    let form = Form::suspicion_report().id();
    let draft = phone.new_draft(form, Lang::Vi).unwrap();
    for (field, value) in answers.iter() {
        phone.answer(draft, field, value).unwrap();
    }
    phone.submit(draft).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_story_through_pipes_reports_is_read_is_answered_and_sees_every_state() {
    let mut hotline = Hotline::start();
    assert_eq!(hotline.greeting["ready"], true);
    let mai = Mai::new(&hotline);
    let phone = mai.open();

    hotline.ask(&json!({"do": "link", "up": false}));
    let report = submit(&phone, &danger().saying("Xe trắng.").answers());
    assert_eq!(mai.sync(&phone).await, Err(PhoneError::Offline));
    assert_eq!(hotline.ask(&json!({"do": "count"})), json!({"count": 0}));
    let id = report.to_string();
    assert_eq!(
        hotline.ask(&json!({"do": "find", "report": id}))["found"],
        false
    );

    hotline.ask(&json!({"do": "link", "up": true}));
    mai.sync_until(&phone, &report, Delivery::Opened).await;
    hotline.ask(&json!({"do": "wait_count", "count": 1}));
    let found = hotline.ask(&json!({"do": "find", "report": id}));
    assert_eq!(found["urgency"], "P0");
    assert_eq!(found["answers"]["suspect_info"], "Xe trắng.");
    assert_eq!(
        (&found["unread"], &found["state"]),
        (&json!(true), &json!("New"))
    );
    mai.sync(&phone).await.unwrap();
    assert_eq!(
        phone.report(&report).unwrap().summary.delivery,
        Delivery::Opened
    );

    assert_eq!(
        hotline.ask(&json!({"do": "look", "report": id}))["unread"],
        false
    );
    mai.sync_until(&phone, &report, Delivery::Read).await;
    hotline.ask(&json!({"do": "reply", "report": id, "text": "Chào bạn."}));
    eventually("the answer is here", async || {
        mai.sync(&phone).await.unwrap();
        let page = phone.report(&report).unwrap();
        page.timeline
            .iter()
            .any(|line| line.text == "Chào bạn.")
            .then_some(())
    })
    .await;
    assert_eq!(
        hotline.ask(&json!({"do": "find", "report": id}))["lines"],
        json!(["Chào bạn."])
    );
    drop(phone);
    hotline.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn stopped_and_restored_parts_do_as_they_are_told() {
    let mut hotline = Hotline::start();
    let mai = Mai::new(&hotline);
    let phone = mai.open();
    let log = hotline.ask(&json!({"do": "log"}))["log"].clone();
    hotline.ask(&json!({"do": "backup_relay"}));
    assert_eq!(
        hotline.ask(&json!({"do": "log"}))["log"],
        log,
        "the same log"
    );

    hotline.ask(&json!({"do": "stop_desk"}));
    let report = submit(&phone, &a_report().answers());
    mai.sync(&phone).await.unwrap();
    assert_eq!(
        phone.report(&report).unwrap().summary.delivery,
        Delivery::AtRelay
    );
    let restored = hotline.ask(&json!({"do": "restore_relay"}));
    assert_ne!(restored["log"], log, "a new log");
    hotline.ask(&json!({"do": "start_desk"}));
    mai.sync_until(&phone, &report, Delivery::Opened).await;

    hotline.ask(&json!({"do": "backup_desk"}));
    hotline.ask(&json!({"do": "restore_desk"}));
    assert_eq!(
        hotline.ask(&json!({"do": "wait_count", "count": 1})),
        json!({"count": 1})
    );
    hotline.ask(&json!({"do": "stop_relay"}));
    assert!(mai.sync(&phone).await.is_err());
    hotline.ask(&json!({"do": "start_relay"}));
    mai.sync(&phone).await.unwrap();

    let before = hotline.ask(&json!({"do": "now"}))["now"].as_u64().unwrap();
    let after = hotline.ask(&json!({"do": "advance", "seconds": 3_600}))["now"].as_u64();
    assert!(after.unwrap() >= before + 3_600);
    drop(phone);
    hotline.end();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_is_set_back_and_a_stranger_end_in_the_quarantine() {
    let mut hotline = Hotline::start();
    let mai = Mai::new(&hotline);
    let phone = mai.open();
    let report = submit(&phone, &a_report().answers());
    mai.sync_until(&phone, &report, Delivery::Opened).await;
    drop(phone);
    let dir = mai.dir.path();
    hotline.ask(&json!({"do": "backup_phone", "dir": dir}));
    let phone = mai.open();
    phone.send_message(&report, "Một.").unwrap();
    mai.sync(&phone).await.unwrap();
    drop(phone);
    hotline.ask(&json!({"do": "set_back_phone", "dir": dir}));
    let phone = mai.open();
    phone.send_message(&report, "Hai.").unwrap();
    eventually("the phone learns why", async || {
        mai.sync(&phone).await.unwrap();
        let troubles = phone.report(&report).unwrap().troubles;
        matches!(troubles[..], [Trouble::Quarantined(_)]).then_some(())
    })
    .await;
    let rows = hotline.ask(&json!({"do": "quarantine"}));
    assert_eq!(rows["rows"][0]["report"], report.to_string());
    assert_eq!(rows["rows"][0]["readable"][0], "Hai.");

    let forged = hotline.ask(&json!({"do": "forge", "what": "envelope"}));
    assert_eq!(forged["refused"], json!(null), "the relay cannot tell");
    assert_ne!(
        hotline.ask(&json!({"do": "forge", "what": "bytes"}))["status"],
        200
    );
    eventually("the desk does not take it", async || {
        let rows = hotline.ask(&json!({"do": "quarantine"}));
        (rows["rows"].as_array().unwrap().len() == 2).then_some(())
    })
    .await;
    assert_eq!(hotline.ask(&json!({"do": "count"})), json!({"count": 1}));
    drop(phone);
    hotline.end();
}

/// She copies her phone to a new one and goes on with both.
#[tokio::test(flavor = "multi_thread")]
async fn what_two_installations_of_one_phone_change_is_kept_twice() {
    let mut hotline = Hotline::start();
    let mai = Mai::new(&hotline);
    let phone = mai.open();
    let report = submit(&phone, &a_report().saying("Xe trắng.").answers());
    mai.sync_until(&phone, &report, Delivery::Opened).await;
    drop(phone);
    let copy = tempfile::tempdir().unwrap();
    for file in fs::read_dir(mai.dir.path()).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }
    let mut request = mai.request(copy.path());
    request.restored = true;
    let (old, new) = (mai.open(), Phone::open(request).unwrap());

    let amend = |phone: &Phone, text: &str| {
        let text = Value::Text(text.into());
        phone.amend(&report, "suspect_info", &text).unwrap();
    };
    amend(&old, "Xe đen.");
    amend(&new, "Xe bạc.");
    for phone in [&old, &new] {
        mai.sync(phone).await.unwrap();
    }
    let id = report.to_string();
    let found = eventually("the desk has both", async || {
        let found = hotline.ask(&json!({"do": "find", "report": id}));
        found["conflicts"]["suspect_info"]
            .is_array()
            .then_some(found)
    })
    .await;
    assert_eq!(
        found["conflicts"],
        json!({"suspect_info": ["Xe bạc.", "Xe đen."]})
    );
    assert!(["Xe bạc.", "Xe đen."].contains(&found["answers"]["suspect_info"].as_str().unwrap()));
    assert_eq!(hotline.ask(&json!({"do": "quarantine"}))["rows"], json!([]));
    for (phone, own) in [(&old, "Xe đen."), (&new, "Xe bạc.")] {
        mai.sync(phone).await.unwrap();
        let page = phone.report(&report).unwrap();
        assert_eq!(
            page.answers.get("suspect_info"),
            Some(&Value::Text(own.into()))
        );
        assert!(page.troubles.is_empty());
    }
    amend(&new, "Xe xám.");
    mai.sync(&new).await.unwrap();
    eventually("the third is taken", async || {
        let found = hotline.ask(&json!({"do": "find", "report": id}));
        let values = found["conflicts"]["suspect_info"].as_array().cloned();
        values
            .unwrap_or_default()
            .contains(&json!("Xe xám."))
            .then_some(())
    })
    .await;
    drop((old, new));
    hotline.end();
}

/// The list of stories can be read by everybody, and no id is there twice.
#[test]
fn the_stories_of_the_bindings_are_told_once_each() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bindings/stories.toml");
    let file: toml::Table = fs::read_to_string(path).unwrap().parse().unwrap();
    let mut ids = std::collections::BTreeSet::new();
    for (list, count) in [("story", 21), ("check", 5)] {
        let entries = file[list].as_array().unwrap();
        assert_eq!(entries.len(), count, "{list}");
        for entry in entries {
            assert!(ids.insert(entry["id"].as_str().unwrap()));
            for text in ["who_does", "then"] {
                assert!(!entry[text].as_str().unwrap().is_empty());
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_does_not_understand_it_says_and_goes_on() {
    let mut hotline = Hotline::start();
    for bad in [
        json!({"do": "dance"}),
        json!({"do": "link"}),
        json!({"do": "link", "up": true, "down": true}),
        json!({"do": "look", "report": "zz"}),
        json!({"do": "reply", "report": "0".repeat(32), "text": "?"}),
        json!({"do": "restore_relay"}),
        json!({"do": "set_back_phone", "dir": "nowhere"}),
        json!({"do": "publish_library", "content": "nowhere", "file": "nowhere"}),
        json!([]),
    ] {
        let answer = hotline.ask_anything(&bad.to_string());
        assert!(answer["error"].is_string(), "{bad}: {answer}");
    }
    assert!(hotline.ask_anything("no JSON")["error"].is_string());
    hotline.ask(&json!({"do": "stop_desk"}));
    let answer = hotline.ask_anything(r#"{"do": "count"}"#);
    assert!(answer["error"].as_str().unwrap().contains("the desk runs"));
    hotline.ask(&json!({"do": "start_desk"}));
    assert_eq!(hotline.ask(&json!({"do": "count"})), json!({"count": 0}));
    hotline.end();
}
