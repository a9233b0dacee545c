//! A marked sentence goes the whole way; then it is looked for wherever it must
//! not be. The same search finds it where it must be: it could have.

use std::fs;
use std::path::{Path, PathBuf};

use loive_cipher::{StoreKey, dump_plaintext};
use loive_client::Delivery;
use loive_documents::Value;
use loive_server::desk::REPLY_MAX_CHARS;
use loive_server::desk::view::{Role, User};
use loive_stories::{Logs, Options, Search, World, a_report, canary, eventually, request};

/// Everything that could have let a word out, under a name.
#[derive(Default)]
struct Places(Vec<(String, Vec<u8>)>);

impl Places {
    fn add(&mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.0.push((name.into(), bytes.into()));
    }

    fn assert_silent(&self) {
        for sentence in canary::ALL {
            let search = Search::new(sentence);
            for (name, bytes) in &self.0 {
                assert!(!bytes.is_empty(), "nothing was looked at in {name}");
                assert_eq!(
                    search.find(bytes),
                    None,
                    "{name} holds a part of: {sentence}"
                );
            }
        }
    }
}

/// Every file under a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is read").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// What somebody sees who reads an error on a screen or in a crash report.
fn shown<E: std::error::Error>(error: &E) -> String {
    format!("{error} {error:?}")
}

/// Writes too much, so that programs have a reason to complain of it.
fn mistakes(
    world: &World,
    phone: &loive_client::Phone,
    report: &loive_protocol::ReportId,
) -> String {
    let long = canary::IN_A_MISTAKE.repeat(REPLY_MAX_CHARS);
    let draft = phone
        .new_draft("suspicion_report", loive_documents::Lang::Vi)
        .expect("a draft begins");
    let answer = phone.answer(draft, "suspect_info", &Value::Text(long.clone()));
    let option = Value::Single(canary::IN_A_MISTAKE.into());
    let wrong_option = phone.answer(draft, "danger_now", &option);
    let message = phone.send_message(report, &long);
    let receipt = phone.reopen(canary::IN_A_MISTAKE);
    let who = User {
        name: "lan".into(),
        display_name: "Lan".into(),
        role: Role::Counsellor,
    };
    let reply = world.desk().reply(&who, report, &long, "");
    [
        shown(&answer.expect_err("it is too long")),
        shown(&wrong_option.expect_err("it is no option")),
        shown(&message.expect_err("it is too long")),
        shown(&receipt.expect_err("it is no receipt")),
        shown(&reply.expect_err("it is too long")),
        format!("{:?} {:?}", Value::Text(long), option),
    ]
    .join("\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn no_word_of_a_form_is_anywhere_but_with_those_who_may_read_it() {
    let logs = Logs::capture();
    let mut world = World::with(Options {
        apart: true,
        capture: true,
        ..Options::default()
    })
    .await;
    let mut mai = world.handset();
    let answers = a_report().saying(canary::IN_THE_FORM).answers();
    let report = mai.submit(&answers);
    mai.sync_until_report_is(&report, Delivery::Opened).await;
    mai.phone()
        .send_message(&report, canary::IN_A_MESSAGE)
        .expect("the message is kept");
    mai.sync().await;
    eventually("the message is at the desk", async || {
        let lines = world.counsellor().lines(&report);
        lines
            .contains(&canary::IN_A_MESSAGE.to_owned())
            .then_some(())
    })
    .await;
    world.counsellor().reply(&report, canary::IN_AN_ANSWER);
    mai.sync_until("the answer is here", |phone| {
        let page = phone.report(&report).expect("the report is here");
        (page.summary.messages_of_hotline == 1).then_some(())
    })
    .await;

    let mut places = Places::default();
    let errors = tokio::task::block_in_place(|| mistakes(&world, mai.phone(), &report));
    places.add("error texts", errors);
    let garbage = world.stranger().post(canary::IN_A_MISTAKE.as_bytes()).await;
    places.add(
        "the answer to garbage",
        format!("{} {}", garbage.status, garbage.text()),
    );
    let metrics = request(world.relay_addr(), "GET", "/metrics", &[], b"").await;
    assert_eq!(metrics.status, 200);
    places.add("metrics", metrics.body);
    let wire = [world.link.captured(), world.desk_link.captured()];
    for (name, capture) in ["phones and relay", "desk and relay"].into_iter().zip(wire) {
        places.add(format!("the wire between {name}, up"), capture.up);
        places.add(format!("the wire between {name}, down"), capture.down);
    }
    let phone_key = StoreKey::from_bytes(mai.store_key());
    mai.close();
    world.stop().await;

    for path in files(world.home()) {
        let bytes = fs::read(&path).expect("the file is read");
        assert!(
            !bytes.starts_with(b"SQLite format 3"),
            "{} is not encrypted",
            path.display()
        );
        if !bytes.is_empty() {
            places.add(path.display().to_string(), bytes);
        }
    }
    let relay_key = world
        .relay_folder()
        .relay_store_key()
        .expect("the relay's key");
    let relay = dump_plaintext(&world.relay_folder().relay_db(), &relay_key);
    places.add(
        "the relay's decrypted store",
        relay.expect("the store opens"),
    );
    places.add("log lines", logs.bytes());
    places.assert_silent();

    // Where they must be, the same search finds them.
    let desk_key = world.folder().desk_keys().expect("the desk's keys").store;
    let desk = dump_plaintext(&world.folder().desk_db(), &desk_key).expect("the store opens");
    let phone = dump_plaintext(&mai.store_file(), &phone_key).expect("the store opens");
    for sentence in [
        canary::IN_THE_FORM,
        canary::IN_A_MESSAGE,
        canary::IN_AN_ANSWER,
    ] {
        let search = Search::new(sentence);
        assert!(
            search.find(&desk).is_some(),
            "the desk does not have: {sentence}"
        );
        assert!(
            search.find(&phone).is_some(),
            "the phone does not have: {sentence}"
        );
    }
    world.end().await;
}
