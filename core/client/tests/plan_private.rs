//! The safety plan leaves the phone by no way, and when it is erased nothing of it
//! is left.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod common;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use common::library::Publisher;
use common::{Hotline, NOW, WORDS, filled_draft, one, phone, text};
use loive_cipher::{StoreKey, dump_plaintext};
use loive_client::{ManualClock, Phone};
use loive_documents::{Field, Form, Kind, Place, Value};
use loive_protocol::{Bundle, Envelope, ReleaseFile, ReportItem, Wire as _, open_report};

const KEY: StoreKey = StoreKey::from_bytes([7; 32]);

/// Codes of answers that no report has.
const CODES: [&str; 6] = [
    "2_days",
    "commune_police",
    "border_post",
    "hidden_number",
    "cloud_off",
    "check_10",
];

fn holds(bytes: &[u8], needle: &str) -> bool {
    bytes
        .windows(needle.len())
        .any(|window| window == needle.as_bytes())
}

/// Everything that can be read in the phone's folder by who has the key.
fn all_bytes(dir: &Path) -> Vec<u8> {
    let mut bytes = dump_plaintext(&dir.join("phone.db"), &KEY).unwrap();
    for entry in std::fs::read_dir(dir).unwrap() {
        bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    bytes
}

/// Draws letters and digits, the same for the same seed.
struct Dice(u64);

impl Dice {
    fn draw(&mut self, from: &[u8], count: usize) -> String {
        std::iter::repeat_with(|| {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let at = usize::try_from(self.0 >> 33).unwrap() % from.len();
            char::from(from[at])
        })
        .take(count)
        .collect()
    }

    /// An answer to the question, with words that nobody else writes.
    fn answer(&mut self, field: &Field, words: &mut Vec<String>) -> Value {
        match field.kind() {
            Kind::Text | Kind::Long => {
                let word = self.draw(b"abcdefghijklmnopqrstuvwxyz", 16);
                words.push(word.clone());
                text(&format!("chỗ {word}"))
            }
            Kind::Phone => {
                let number = format!("0{}", self.draw(b"123456789", 13));
                words.push(number.clone());
                text(&number)
            }
            Kind::Bool => Value::Bool(true),
            Kind::Single if field.id() == "checkin_schedule" => one("2_days"),
            Kind::Single => one(field.options().last().unwrap().code()),
            Kind::Multi => {
                let all = field.options().iter().map(|one| one.code().to_owned());
                Value::Multi(all.collect())
            }
            Kind::Place => Value::Place(Place::Abroad),
            Kind::Int => Value::Int(field.range().unwrap().1),
            Kind::Time => Value::Time(61),
            Kind::Note => panic!("a note is no question"),
        }
    }
}

/// Answers every question of the plan; gives every word that betrays it.
fn fill_plan(phone: &Phone, dice: &mut Dice) -> Vec<String> {
    let mut words = Vec::new();
    for field in Form::safety_plan().questions() {
        let value = dice.answer(field, &mut words);
        phone.set_plan_answer(field.id(), Some(&value)).unwrap();
    }
    assert!(phone.plan().unwrap().missing.is_empty());
    assert!(phone.plan().unwrap().is_checked);
    phone.start_plan_checkins().unwrap();
    words.extend(CODES.map(str::to_owned));
    words
}

/// What went over the wire.
#[derive(Default)]
struct Wiretap {
    bytes: Vec<u8>,
    requests: usize,
    /// Every envelope that ever reached the relay.
    envelopes: BTreeSet<Vec<u8>>,
}

impl Wiretap {
    fn sync(&mut self, hotline: &mut Hotline, phone: &Phone) {
        phone
            .sync_through(|_, bytes| {
                self.bytes.extend_from_slice(bytes);
                self.requests += 1;
                Ok(hotline.exchange(bytes))
            })
            .unwrap();
        self.envelopes.extend(hotline.inbox.iter().cloned());
        hotline.work();
    }
}

/// Every change that the hotline can open, as it was written.
fn opened(wire: &Wiretap, hotline: &Hotline) -> Vec<u8> {
    let mut bytes = Vec::new();
    for sealed in &wire.envelopes {
        let envelope = Envelope::parse(sealed.clone()).unwrap();
        let opened = open_report(&envelope, &hotline.seals, &hotline.root.public(), |id| {
            hotline.cases.get(id).map(|case| case.seed.clone())
        })
        .expect("the hotline opens all of it");
        for item in opened.batch.items {
            match item {
                ReportItem::First { compact, .. } => bytes.extend_from_slice(&compact),
                ReportItem::Change(raw)
                | ReportItem::Branch { change: raw, .. }
                | ReportItem::Recording(raw) => bytes.extend_from_slice(&raw),
            }
        }
    }
    // And what became of it.
    let mut merged = String::new();
    for case in hotline.cases.values() {
        for (field, value) in case.document.view().answers.iter() {
            write!(merged, "{field} {:?} ", value.to_scalar()).unwrap();
        }
    }
    bytes.extend(merged.into_bytes());
    bytes
}

/// Somebody with a plan does everything else that a phone does: no word of the
/// plan is in any envelope, request or file.
#[test]
fn the_plan_never_enters_an_envelope() {
    for round in 0..2 {
        let dirs = [(); 2].map(|()| tempfile::tempdir().unwrap());
        let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
        let [own, other] = [0, 1].map(|n| phone(dirs[n].path(), &hotline, &clock));
        let mut publisher = Publisher::new(&hotline.root);
        publisher.article("a01", "Hứa hẹn", "Lương cao bất ngờ.");
        publisher.publish(&mut hotline.shelf);
        let mut wire = Wiretap::default();
        let words = fill_plan(&own, &mut Dice(round));
        assert!(words.len() > 15, "{}", words.len());

        own.look_for_library().unwrap();
        wire.sync(&mut hotline, &own);
        let id = own.submit(filled_draft(&own)).unwrap();
        wire.sync(&mut hotline, &own);
        own.note_checkin().unwrap();
        own.send_message(&id, "một tin nhắn").unwrap();
        own.amend(&id, "suspect_info", &text("xe khác")).unwrap();
        let receipt = own.make_receipt(&id).unwrap();
        own.submit_guest(filled_draft(&own)).unwrap();
        wire.sync(&mut hotline, &own);
        hotline.reply(&id, "Chị đã nhận được tin của em.");
        fill_plan(&own, &mut Dice(round));
        own.plan_card().unwrap();
        wire.sync(&mut hotline, &own);
        other.reopen(&receipt.numbers().concat()).unwrap();
        wire.sync(&mut hotline, &other);
        hotline.lose_log();
        own.withdraw(&id).unwrap();
        wire.sync(&mut hotline, &own);
        wire.sync(&mut hotline, &own);

        let opened = opened(&wire, &hotline);
        for word in [WORDS, "một tin nhắn", "xe khác"] {
            assert!(holds(&opened, word), "the search finds {word}");
        }
        assert_eq!(hotline.cases.len(), 2, "a report and a guest's");
        assert!(hotline.unopened.is_empty() && wire.requests > 5);
        let file = own.library_file().unwrap();
        let pack = ReleaseFile::from_bytes(&file).unwrap().pack;
        let library: Vec<u8> = Bundle::unpack(&pack)
            .unwrap()
            .items
            .iter()
            .flat_map(|item| item.changes.iter().flat_map(|change| change.to_vec()))
            .collect();
        assert!(holds(&library, "Lương cao bất ngờ."), "the search finds it");
        let own_bytes = all_bytes(dirs[0].path());
        let other_bytes = all_bytes(dirs[1].path());
        for word in &words {
            assert!(holds(&own_bytes, word), "{word} is in the store");
            for (place, bytes) in [
                ("an envelope", &opened),
                ("a request", &wire.bytes),
                ("the library's file", &file),
                ("the library", &library),
                ("another phone", &other_bytes),
            ] {
                assert!(!holds(bytes, word), "{word} is in {place}");
            }
        }
    }
}

#[test]
fn nothing_of_an_erased_plan_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let (mut hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    let phone = phone(dir.path(), &hotline, &clock);
    let mut publisher = Publisher::new(&hotline.root);
    publisher.article("a01", "Hứa hẹn", "Lương cao bất ngờ.");
    publisher.publish(&mut hotline.shelf);
    phone.look_for_library().unwrap();
    hotline.sync(&phone).unwrap();
    phone.set_favourite("a01", true).unwrap();
    phone.set_listening("hnj-x-private", true).unwrap();
    // Written twice: what was there first is to be gone, too.
    let mut words = fill_plan(&phone, &mut Dice(7));
    words.extend(fill_plan(&phone, &mut Dice(8)));
    words.push("hnj-x-private".into());
    phone.set_plan_answer("leave_plan", None).unwrap();
    let kept = phone.submit(filled_draft(&phone)).unwrap();
    let before = all_bytes(dir.path());
    assert!(words.iter().filter(|word| holds(&before, word)).count() > 15);

    phone.erase_private().unwrap();
    let after = all_bytes(dir.path());
    for word in &words {
        assert!(!holds(&after, word), "{word} is gone");
    }
    let plan = phone.plan().unwrap();
    assert!(plan.answers.iter().next().is_none());
    assert_eq!(phone.plan_checkins(), Ok(None));
    assert_eq!(
        phone.note_checkin(),
        Err(loive_client::PhoneError::NotFound)
    );
    assert!(phone.favourites("vi").unwrap().is_empty());
    assert_eq!(phone.plan_card().unwrap().lines.len(), 2, "111 and 113");
    // The report is no part of it.
    assert_eq!(phone.reports().unwrap()[0].id, kept);
    assert!(holds(&after, WORDS));
    phone.erase_private().unwrap();
}

/// A phone that dies after an answer was taken away cleans up when it opens.
#[test]
fn an_answer_that_was_replaced_is_gone_at_the_next_opening() {
    let dir = tempfile::tempdir().unwrap();
    let (hotline, clock) = (Hotline::new(), ManualClock::at(NOW));
    {
        let phone = phone(dir.path(), &hotline, &clock);
        for words in ["hoa ban no som", "hoa dao no muon"] {
            phone
                .set_plan_answer("code_danger", Some(&text(words)))
                .unwrap();
        }
    }
    let phone = phone(dir.path(), &hotline, &clock);
    let bytes = all_bytes(dir.path());
    assert!(!holds(&bytes, "hoa ban no som"));
    assert!(holds(&bytes, "hoa dao no muon"));
    assert_eq!(phone.plan().unwrap().answers.len(), 1);
}
