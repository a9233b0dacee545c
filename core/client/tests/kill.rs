//! A phone that is killed at any instant keeps every answer that it took.
//!
//! The test starts itself again as another process, lets it write, and kills it
//! in the middle. What that process said it had kept must be there.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod common;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use common::library::Publisher;
use common::voice::voice;
use common::{Hotline, NOW, filled_draft, one, phone, request, text};
use loive_client::{
    DraftId, ManualClock, NewProposal, NewRecording, OpenOutcome, Part, Phone, Pin, ProposedText,
};
use loive_documents::Lang;

const DIR: &str = "LOIVE_TEST_KILLED_DIR";
const ROUNDS: u64 = 12;

/// The other process: answers, submits and writes until it is killed, and says
/// after each what it has kept.
#[test]
fn killed_while_writing() {
    let Ok(dir) = std::env::var(DIR) else {
        return;
    };
    let phone = phone(Path::new(&dir), &Hotline::new(), &ManualClock::at(NOW));
    let mut out = std::io::stdout();
    let mut say = |line: String| {
        writeln!(out, "{line}").unwrap();
        out.flush().unwrap();
    };
    for round in 0_u64.. {
        let draft = phone.new_draft("suspicion_report", Lang::Vi).unwrap();
        say(format!("KEPT draft {draft}"));
        for number in 0..6 {
            let words = format!("lần {round} chữ {number}");
            phone.answer(draft, "suspect_info", &text(&words)).unwrap();
            say(format!("KEPT answer {draft} {words}"));
        }
        phone.answer(draft, "danger_now", &one("yes")).unwrap();
        let id = phone.submit(draft).unwrap();
        say(format!("KEPT report {draft} {id}"));
        phone.send_message(&id, &format!("tin {round}")).unwrap();
        say(format!("KEPT message {id} tin {round}"));
    }
}

#[test]
fn whatever_the_instant_what_was_kept_is_there() {
    for round in 0..ROUNDS {
        let dir = tempfile::tempdir().unwrap();
        let after = Duration::from_millis(7 + 31 * round);
        let lines = run_and_kill("killed_while_writing", dir.path(), 1, after);
        check(dir.path(), &lines);
    }
}

/// The other process: proposes and writes about it until it is killed.
#[test]
fn killed_while_proposing() {
    let Ok(dir) = std::env::var(DIR) else {
        return;
    };
    let phone = phone(Path::new(&dir), &Hotline::new(), &ManualClock::at(NOW));
    let mut out = std::io::stdout();
    for round in 0_u64.. {
        let id = phone.propose(&proposal(round)).unwrap();
        writeln!(out, "KEPT proposal {id} {round}").unwrap();
        phone.send_message(&id, &format!("tin {round}")).unwrap();
        writeln!(out, "KEPT message {id} {round}").unwrap();
        out.flush().unwrap();
    }
}

fn proposal(round: u64) -> NewProposal {
    NewProposal {
        item: "a09".into(),
        texts: vec![ProposedText {
            part: Part::Block("keep".into()),
            lang: "hnj".into(),
            text: format!("lần {round}"),
        }],
        recording: Some(NewRecording {
            block: "keep".into(),
            lang: "hnj".into(),
            ogg: voice(1 + round % 40, 0),
        }),
        note: None,
    }
}

#[test]
fn whatever_the_instant_a_proposal_is_whole_or_not_there() {
    for round in 0..ROUNDS {
        let dir = tempfile::tempdir().unwrap();
        let mut hotline = Hotline::new();
        let mut publisher = Publisher::new(&hotline.root);
        publisher.article("a09", "Việc nhẹ", "Không có hợp đồng.");
        publisher.publish(&mut hotline.shelf);
        {
            let phone = phone(dir.path(), &hotline, &ManualClock::at(NOW));
            phone.look_for_library().unwrap();
            hotline.sync(&phone).unwrap();
        }
        let after = Duration::from_millis(1 + 17 * round);
        let kept = run_and_kill("killed_while_proposing", dir.path(), 1, after);
        let phone = phone(dir.path(), &hotline, &ManualClock::at(NOW));
        assert_eq!(phone.outcome(), &OpenOutcome::Opened);
        for line in &kept {
            let words: Vec<&str> = line.split(' ').collect();
            let page = phone.proposal(&words[1].parse().unwrap(), "vi").unwrap();
            assert_eq!(page.texts[0].proposed, format!("lần {}", words[2]));
            if words[0] == "message" {
                assert_eq!(page.timeline[0].text, format!("tin {}", words[2]));
            }
        }
        // Whatever is there is whole: the desk opens every one, with its sound.
        hotline.sync(&phone).unwrap();
        hotline.work();
        assert!(hotline.unopened.is_empty());
        let proposals = phone.proposals("vi").unwrap();
        assert_eq!(hotline.cases.len(), proposals.len());
        assert!(!proposals.is_empty());
        for one in proposals {
            let sound = phone.proposed_recording(&one.id).unwrap();
            let (_, _, received) = hotline.cases[&one.id].proposed.as_ref().unwrap();
            assert!(received.as_ref() == Some(&sound));
        }
    }
}

/// The other process: gives its store another PIN, again and again.
#[test]
fn killed_while_changing_the_pin() {
    let Ok(dir) = std::env::var(DIR) else {
        return;
    };
    let phone = phone(Path::new(&dir), &Hotline::new(), &ManualClock::at(NOW));
    filled_draft(&phone);
    let mut out = std::io::stdout();
    writeln!(out, "KEPT draft").unwrap();
    for round in 0_u64.. {
        match round % 3 {
            0 => phone.set_pin(&Pin::new("1357")),
            1 => phone.set_pin(&Pin::new("2468")),
            _ => phone.remove_pin(),
        }
        .unwrap();
        writeln!(out, "KEPT pin").unwrap();
    }
}

#[test]
fn whatever_the_instant_the_old_pin_or_the_new_one_opens() {
    let mut opened_with = Vec::new();
    for round in 0..ROUNDS {
        let dir = tempfile::tempdir().unwrap();
        // So many changes and a part of one, however slow this machine is.
        let (changes, after) = (1 + round % 4, Duration::from_millis(1 + 5 * round));
        run_and_kill("killed_while_changing_the_pin", dir.path(), changes, after);
        let hotline = Hotline::new();
        let mut pins = [None, Some("1357"), Some("2468")].into_iter();
        let (pin, phone) = pins
            .find_map(|pin| {
                let mut request = request(dir.path(), hotline.card(), &ManualClock::at(NOW));
                request.pin = pin.map(Pin::new);
                Some((pin, Phone::open(request).ok()?))
            })
            .expect("one of them opens");
        assert_eq!(phone.outcome(), &OpenOutcome::Opened);
        assert_eq!(phone.has_pin(), pin.is_some());
        assert_eq!(phone.drafts().unwrap().len(), 1);
        opened_with.push(pin);
    }
    opened_with.sort_unstable();
    opened_with.dedup();
    assert!(opened_with.len() > 1, "killed at different instants");
}

/// This program again: through the emulator that runs it, where there is one.
fn itself() -> Command {
    let own = std::env::current_exe().unwrap();
    let runner = std::env::var("LOIVE_TEST_RUNNER").unwrap_or_default();
    let mut words = runner.split_whitespace();
    let Some(emulator) = words.next() else {
        return Command::new(own);
    };
    let mut command = Command::new(emulator);
    command.args(words).arg(own);
    command
}

/// Kills it some time after it has said that it kept so many things.
fn run_and_kill(child: &str, dir: &Path, kept: u64, after: Duration) -> Vec<String> {
    let mut child = itself()
        .args(["--exact", child, "--nocapture"])
        .env(DIR, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let reader = BufReader::new(child.stdout.take().unwrap());
    let (began, has_begun) = mpsc::channel();
    let lines = std::thread::spawn(move || {
        let mut kept = Vec::new();
        for line in reader.lines().map_while(Result::ok) {
            if let Some((_, line)) = line.split_once("KEPT ") {
                kept.push(line.to_owned());
                let _ = began.send(());
            }
        }
        kept
    });
    for _ in 0..kept {
        has_begun.recv().expect("it writes before it is killed");
    }
    std::thread::sleep(after);
    // SIGKILL: no destructor, no flush, no farewell.
    child.kill().unwrap();
    child.wait().unwrap();
    lines.join().unwrap()
}

fn check(dir: &Path, kept: &[String]) {
    let phone = phone(dir, &Hotline::new(), &ManualClock::at(NOW));
    assert_eq!(phone.outcome(), &OpenOutcome::Opened);
    let last_answer = |draft: &str| {
        kept.iter().rev().find_map(|line| {
            line.strip_prefix(&format!("answer {draft} "))
                .map(str::to_owned)
        })
    };
    let mut reports = 0;
    for line in kept {
        let words: Vec<&str> = line.splitn(3, ' ').collect();
        match words[0] {
            "report" => {
                reports += 1;
                let page = phone.report(&words[2].parse().unwrap()).unwrap();
                let expected = text(&last_answer(words[1]).unwrap());
                assert_eq!(page.answers.get("suspect_info"), Some(&expected));
                assert!(phone.draft_view(draft(words[1])).is_err());
            }
            "message" => {
                let page = phone.report(&words[1].parse().unwrap()).unwrap();
                assert_eq!(page.timeline[0].text, words[2]);
            }
            _ => {}
        }
    }
    // The draft that was being written: it has the last answer that was kept,
    // or the one that was under way, or it is a report by now.
    let newest = kept
        .iter()
        .rev()
        .find_map(|line| line.strip_prefix("draft "));
    if let (Some(newest), Some(words)) = (newest, newest.and_then(last_answer)) {
        if let Ok(view) = phone.draft_view(draft(newest)) {
            let (start, number) = words.rsplit_once(' ').unwrap();
            let next = format!("{start} {}", number.parse::<u32>().unwrap() + 1);
            let found = view.answers.get("suspect_info");
            assert!(found == Some(&text(&words)) || found == Some(&text(&next)));
        } else {
            assert!(phone.reports().unwrap().len() >= reports);
        }
    }
    // And it goes on.
    let mut hotline = Hotline::new();
    phone.submit(filled_draft(&phone)).unwrap();
    hotline.sync(&phone).unwrap();
    hotline.work();
    assert!(hotline.unopened.is_empty());
    assert_eq!(hotline.cases.len(), phone.reports().unwrap().len());
}

fn draft(number: &str) -> DraftId {
    DraftId::from_i64(number.parse().unwrap())
}
