//! Programs that end without a word.

use std::collections::BTreeSet;
use std::process::Command;

use loive_client::Delivery;
use loive_protocol::ReportId;
use loive_stories::{Handset, Options, Process, TODAY, World, a_report, eventually};

const PROGRAM: &str = env!("CARGO_BIN_EXE_story-process");
/// After so many lines of what it has done the phone is killed. The program does
/// not wait for that: it is always in the middle of something.
const KILLED_AFTER_LINES: [usize; 8] = [1, 3, 6, 11, 17, 25, 34, 48];

fn key_of(handset: &Handset) -> String {
    loive_stories::hexadecimal(&handset.store_key())
}

/// A phone, as a program of its own, on the store of `handset`, which is closed.
fn phone_program(handset: &Handset, seed: usize) -> Process {
    let mut command = Command::new(PROGRAM);
    command
        .arg("write")
        .arg(handset.dir())
        .arg(handset.card().to_text());
    command.args([key_of(handset), seed.to_string()]);
    Process::start(&mut command)
}

/// What a phone had said to be kept when it was killed.
#[derive(Default)]
struct Said {
    /// Answers to the draft that was under way.
    draft: Vec<String>,
    submitted: BTreeSet<ReportId>,
    /// One for each message.
    wrote: Vec<ReportId>,
}

impl Said {
    fn hear(&mut self, line: &str) {
        let id = |text: &str| text.parse().expect("the program names a report");
        match line.split_once(' ') {
            Some(("answered", field)) => self.draft.push(field.to_owned()),
            Some(("submitted", report)) => {
                self.draft.clear();
                self.submitted.insert(id(report));
            }
            Some(("wrote", report)) => self.wrote.push(id(report)),
            Some(("failed", why)) => panic!("the phone failed: {why}"),
            _ => {}
        }
    }

    /// Whether a store has what was said, and at most one thing more: what had
    /// become durable and was not said any more.
    fn check(&self, handset: &Handset) {
        let phone = handset.phone();
        let reports: BTreeSet<_> = phone
            .reports()
            .expect("the list is read")
            .iter()
            .map(|summary| summary.id)
            .collect();
        assert!(
            reports.is_superset(&self.submitted),
            "a report that was submitted is not there"
        );
        assert!(
            reports.len() <= self.submitted.len() + 1,
            "a report came twice"
        );
        let unsaid = reports.len() > self.submitted.len();
        let drafts = phone.drafts().expect("the list is read");
        let newest = drafts.first().map_or(0, |draft| draft.answered);
        assert!(
            unsaid || newest >= self.draft.len(),
            "an answer that was kept is not there"
        );
        for report in &self.submitted {
            let wrote = self
                .wrote
                .iter()
                .filter(|written| *written == report)
                .count();
            let kept = handset.report(report).timeline.len();
            assert!(
                (wrote..=wrote + 1).contains(&kept),
                "{kept} messages, {wrote} were written"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_is_killed_while_somebody_writes_keeps_every_answer_and_sends_each_report_once()
 {
    let world = World::new().await;
    let mut mai = world.closed_handset(world.card());
    let mut submitted = BTreeSet::new();
    for (seed, lines) in KILLED_AFTER_LINES.into_iter().enumerate() {
        let mut program = phone_program(&mai, seed);
        let mut said = Said {
            submitted: submitted.clone(),
            ..Said::default()
        };
        for _ in 0..lines {
            said.hear(&program.line().expect("the phone goes on"));
        }
        for line in program.kill() {
            said.hear(&line);
        }
        mai.open();
        said.check(&mai);
        for draft in mai.phone().drafts().expect("the list is read") {
            mai.phone()
                .discard_draft(draft.id)
                .expect("the draft is thrown away");
        }
        let reports = mai.phone().reports().expect("the list is read");
        submitted = reports.iter().map(|summary| summary.id).collect();
        // The messages of this life are checked; the next life counts its own.
        mai.close();
    }

    mai.open();
    assert!(
        submitted.len() > 3,
        "the phone wrote only {} reports",
        submitted.len()
    );
    mai.sync_until("everything is opened", |phone| {
        let all = phone.reports().expect("the list is read");
        all.iter()
            .all(|summary| summary.delivery == Delivery::Opened)
            .then_some(())
    })
    .await;
    let counsellor = world.counsellor();
    let at_the_desk: Vec<_> = counsellor.queue().iter().map(|row| row.report).collect();
    assert_eq!(at_the_desk.len(), submitted.len(), "each report once");
    assert_eq!(at_the_desk.into_iter().collect::<BTreeSet<_>>(), submitted);
    for report in &submitted {
        assert_eq!(
            counsellor.lines(report),
            mai.lines(report),
            "each message once"
        );
    }
    assert!(counsellor.quarantine().is_empty());
    drop(counsellor);
    world.end().await;
}

/// The relay is a program of its own, and loses its power in the middle of its
/// work.
#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_is_killed_has_everything_that_it_acknowledged() {
    let mut world = World::with(Options {
        relay_elsewhere: true,
        ..Options::default()
    })
    .await;
    let phones: Vec<_> = (0..4).map(|_| world.handset()).collect();
    let mut acknowledged = BTreeSet::new();
    for round in 0..3 {
        let mut relay = start_relay(&world);
        for (number, phone) in phones.iter().enumerate() {
            let words = format!("Lần {round}, máy {number}.");
            phone.submit(&a_report().saying(&words).answers());
        }
        // Three of the phones are through; the fourth is just calling, and
        // nobody knows how far it comes.
        for phone in phones.iter().skip(1) {
            phone.sync().await;
        }
        let calls = world.link.traffic().connections();
        let power_cut = async {
            eventually("the fourth phone calls", async || {
                (world.link.traffic().connections() > calls).then_some(())
            })
            .await;
            relay.kill();
        };
        tokio::select! {
            _ = phones[0].try_sync() => {}
            () = power_cut => {}
        }
        relay.kill();
        acknowledged.extend(phones.iter().flat_map(|phone| {
            let all = phone.phone().reports().expect("the list is read");
            all.into_iter()
                .filter(|one| one.delivery >= Delivery::AtRelay)
                .map(|one| one.id)
        }));
    }
    assert!(acknowledged.len() >= 9);

    // Only the desk looks now: what it finds was on the relay's disk.
    let mut relay = start_relay(&world);
    eventually("everything that was acknowledged is opened", async || {
        let queue = world.counsellor().queue();
        let found: BTreeSet<_> = queue.iter().map(|row| row.report).collect();
        found.is_superset(&acknowledged).then_some(())
    })
    .await;
    for phone in &phones {
        phone
            .sync_until("the rest follows", |phone| {
                let all = phone.reports().expect("the list is read");
                all.iter()
                    .all(|one| one.delivery == Delivery::Opened)
                    .then_some(())
            })
            .await;
    }
    assert_eq!(world.counsellor().count(), 12);
    world.stop().await;
    relay.kill();
}

fn start_relay(world: &World) -> Process {
    let mut command = Command::new(PROGRAM);
    command
        .arg("relay")
        .arg(world.relay_folder().path())
        .arg(TODAY.to_string());
    let mut relay = Process::start(&mut command);
    let line = relay.line().expect("the relay says where it listens");
    let address = line.strip_prefix("listening ").expect("it says where");
    world.relay_listens_at(address.parse().expect("it says a port"));
    relay
}
