//! What fuzzing begins with: real objects, one of each kind.

use loive_documents::{Answers, Field, Form, Kind, Place, Scalar, Value, compact};
use loive_protocol::{
    Ack, Address, AnswerBatch, AnswerItem, Arrived, DeskReceipt, DeskResponse, EnvelopeId,
    EraseToken, HotlineCard, Lane, LockerAck, LockerAnswer, LockerErasure, LockerPut, LogId,
    MailboxCursor, Outcome, Page, Receipt, Refusal, ReportBatch, ReportItem, Stored, SyncRequest,
    SyncResponse, Wire, fuzzing,
};

use crate::chunk;
use crate::shelf;
use crate::world::{NOW, Repeatable, World, answers, world};

const FORM_FILE: &str = include_str!("../../../core/documents/forms/suspicion_report.toml");
/// Numbers of the dictionaries of the compression.
const DICTIONARIES: [u8; 2] = [0, 1];

/// One file of a corpus.
pub struct FirstInput {
    /// The target's name.
    pub target: &'static str,
    /// The file's name.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// All of them.
pub fn all() -> Vec<FirstInput> {
    let mut all = Seeds(Vec::new());
    let world = world();
    all.envelopes(world);
    all.batches(world);
    all.sync();
    all.desk(world);
    all.keys(world);
    all.typed();
    all.changes(world);
    all.answers(world);
    all.library(world);
    all.0
}

struct Seeds(Vec<FirstInput>);

impl Seeds {
    fn add(&mut self, target: &'static str, name: &str, bytes: impl Into<Vec<u8>>) {
        self.0.push(FirstInput {
            target,
            name: name.to_owned(),
            bytes: bytes.into(),
        });
    }

    fn envelopes(&mut self, world: &World) {
        for (name, sealed) in [("first", &world.first), ("later", &world.later)] {
            self.add("envelope", name, sealed.envelope.as_bytes());
            self.add("report_inside", name, sealed.inside.clone());
        }
        let answer = &world.answer;
        self.add("envelope", "answer", answer.envelope.as_bytes());
        self.add("answer_inside", "answer", answer.inside.clone());
        let locker = &world.locker;
        self.add("envelope", "locker", locker.envelope.as_bytes());
        self.add("locker_inside", "locker", locker.inside.clone());
    }

    fn batches(&mut self, world: &World) {
        let batches = [
            ("first", world.first.content.clone()),
            ("later", world.later.content.clone()),
            ("empty", ReportBatch::new(0, Vec::new())),
            (
                "odd",
                ReportBatch::new(NOW, vec![ReportItem::Change(vec![0; 3].into())]),
            ),
        ];
        for (name, batch) in batches {
            let bytes = batch.to_bytes();
            for dictionary in DICTIONARIES {
                let body = fuzzing::deflate(&bytes, dictionary).expect("the dictionary is known");
                let bytes = [&[dictionary], body.as_slice()].concat();
                self.add("inflated", &format!("{name}-{dictionary}"), bytes);
            }
            self.add("report_batch", name, bytes);
        }
        let outcomes = [
            Outcome::Waiting,
            Outcome::SendRawChange,
            Outcome::Quarantined(Refusal::SchemaPath),
            Outcome::Quarantined(Refusal::Other(200)),
        ];
        let receipts = outcomes.map(|outcome| {
            AnswerItem::Receipt(DeskReceipt {
                envelope: EnvelopeId::from_bytes([5; 32]),
                received_at: NOW,
                outcome,
            })
        });
        let receipts = AnswerBatch::new(NOW, receipts.to_vec());
        self.add("answer_batch", "answer", world.answer.content.to_bytes());
        self.add("answer_batch", "receipts", receipts.to_bytes());
        self.add(
            "answer_batch",
            "empty",
            AnswerBatch::new(0, Vec::new()).to_bytes(),
        );
    }

    fn sync(&mut self) {
        let log = LogId::from_bytes([1; 8]);
        let mut request = SyncRequest::new(Lane::Report);
        self.add("sync_request", "nothing", request.to_bytes());
        request.log = Some(log);
        request.mailboxes = vec![cursor(2, 1 << 40), cursor(3, 0)];
        request.certificates_seen = Some(world().certificates.fingerprint());
        self.add("sync_request", "cursors", request.to_bytes());
        request.push = vec![vec![1; 384].into(), vec![].into()];
        self.add("sync_request", "push", request.to_bytes());
        request.locker_puts = vec![LockerPut {
            envelope: world().locker.envelope.as_bytes().to_vec().into(),
            erase_hash: EraseToken::from_bytes([4; 32]),
            keep_days: 90,
        }];
        request.locker_gets = vec![Address::from_bytes([5; 32])];
        request.locker_erasures = vec![LockerErasure {
            address: Address::from_bytes([6; 32]),
            token: EraseToken::from_bytes([7; 32]),
        }];
        self.add("sync_request", "lockers", request.to_bytes());
        self.add(
            "sync_request",
            "field",
            SyncRequest::new(Lane::Field).to_bytes(),
        );
        let mut response = SyncResponse::new(log);
        self.add("sync_response", "nothing", response.to_bytes());
        response.acks = acks();
        response.pages = pages();
        self.add("sync_response", "pages", response.to_bytes());
        response.certificates = world().certificates.list().to_vec();
        response.locker_acks = vec![LockerAck::Stored, LockerAck::Exists, LockerAck::Busy];
        response.lockers = lockers();
        response.locker_erased = vec![true, false];
        self.add("sync_response", "everything", response.to_bytes());
    }

    fn desk(&mut self, world: &World) {
        let mut request = world.desk_request.clone();
        self.add("desk_request", "answers", request.to_bytes());
        let signed = world.signed_desk_request.to_bytes();
        self.add("signed_desk_request", "answers", signed);
        request.push.clear();
        request.certificates.clear();
        request.log = Some(LogId::from_bytes([1; 8]));
        request.mailboxes = vec![cursor(0, 7), cursor(15, u64::MAX)];
        request.locker_gets = vec![Address::from_bytes([5; 32])];
        request.wait_seconds = 60;
        self.add("desk_request", "restore", request.to_bytes());
        let mut response = DeskResponse::new(LogId::from_bytes([1; 8]));
        self.add("desk_response", "nothing", response.to_bytes());
        response.arrived = vec![
            Arrived {
                seq: 4,
                received_at: NOW,
                envelope: world.first.envelope.as_bytes().to_vec().into(),
            },
            Arrived {
                seq: 9,
                received_at: NOW + 1,
                envelope: vec![0; 384].into(),
            },
        ];
        response.next = 9;
        response.more = true;
        response.acks = acks();
        response.pages = pages();
        response.lockers = lockers();
        self.add("desk_response", "everything", response.to_bytes());
    }

    fn keys(&mut self, world: &World) {
        for (number, certificate) in world.certificates.list().iter().enumerate() {
            let name = number.to_string();
            self.add("certificate", &name, certificate.to_bytes());
        }
        let url = || "https://relay.example".to_owned();
        for (name, ca) in [("card", None), ("own-ca", Some(vec![0x30, 0x82, 1]))] {
            let card = HotlineCard::new(world.root, url(), ca, &world.certificates);
            self.add("hotline_card", name, card.to_bytes());
            self.add("hotline_card", &format!("{name}.text"), card.to_text());
        }
    }

    fn library(&mut self, world: &World) {
        let file = &world.release;
        self.add("release_file", "one", file.to_bytes());
        self.add("signed_manifest", "signed", file.manifest.to_bytes());
        let manifest = file
            .manifest
            .verify(&world.root)
            .expect("the root certified it");
        self.add("signed_manifest", "bare", manifest.to_bytes());
        self.add("bundle", "packed", file.pack.to_vec());
        self.add("bundle", "bare", shelf::bundle(&world.item).to_bytes());
        for (index, raw) in world.item.iter().enumerate() {
            let point = u8::try_from(index).unwrap_or(u8::MAX);
            let inside = chunk::inside(raw).expect("our own change");
            let bytes = [&[point][..], inside].concat();
            self.add("item_change", &index.to_string(), bytes);
        }
        for (name, raw) in shelf::proposals(&world.item) {
            let inside = chunk::inside(&raw).expect("our own change");
            self.add("proposal", name, inside);
        }
        self.add("recording", "voice", shelf::VOICE);
        self.add("recording", "clean", shelf::voice().bytes);
        let text =
            "## Ba phần\n\n**Đừng** [gọi](tel:113), [đọc](a02).\n\n- một\n- [hai](term:referral)";
        self.add("markup_text", "all", text);
        self.add("markup_text", "open", "**[a](b\n\n - ## \n[](tel:)** **");
    }

    fn typed(&mut self) {
        let receipt = Receipt::generate(&mut Repeatable::new("loive fuzz receipt"));
        let [first, second] = receipt.numbers();
        self.add("receipt", "spaces", format!("{first}\n{second}"));
        let plain: String = [first, second].concat().split(' ').collect();
        self.add("receipt", "plain", plain.clone());
        self.add("receipt", "short", plain.get(..19).unwrap_or_default());
        for (name, text) in [
            ("report", "00112233445566778899aabbccddeeff"),
            ("log", "0011223344556677"),
            ("commune", "01/00004"),
            ("province", "01"),
            ("abroad", "abroad"),
            ("urgency", "P0"),
        ] {
            self.add("identifier", name, text);
        }
        self.add("identifier", "signature", "5a".repeat(64));
        self.add("identifier", "address", "C3".repeat(32));
        for (name, text) in [
            ("marks", "Đồng Văn"),
            ("plain", "ba dinh ha noi"),
            ("former", "Hà Giang"),
        ] {
            self.add("place_search", name, text);
        }
        self.add("form_file", "suspicion_report", FORM_FILE);
        self.add("form_file", "small", SMALL_FORM);
        let both = format!("{SMALL_FORM}---\n{SMALL_INDICATORS}");
        self.add("form_file", "small-with-indicators", both);
    }

    fn changes(&mut self, world: &World) {
        for (target, story) in [
            ("report_change", &world.report),
            ("thread_change", &world.thread),
        ] {
            for (raw, point) in story.iter().zip(0_u8..) {
                let inside = chunk::inside(raw).expect("our own change");
                let bytes = [&[point], inside].concat();
                self.add(target, &point.to_string(), bytes);
                let name = format!("{target}-{point}");
                self.add("raw_change", &name, raw.clone());
            }
        }
        for target in ["peers", "history"] {
            for number in 0_u8..6 {
                let steps = 16 << number;
                let bytes: Vec<u8> = (0_u32..steps).map(|step| pattern(step, number)).collect();
                self.add(target, &number.to_string(), bytes);
            }
        }
    }

    fn answers(&mut self, world: &World) {
        self.add("compact", "story", world.compact.clone());
        let form = Form::suspicion_report();
        let none = compact::encode(form, &Answers::new()).expect("nothing fits everywhere");
        self.add("compact", "nothing", none);
        let mut every = answers();
        for (field, number) in form.fields().iter().zip(0_u8..) {
            let Some(value) = example(field) else {
                continue;
            };
            let kind = match value.to_scalar() {
                Scalar::Str(text) => [&[number, 0], text.as_bytes()].concat(),
                Scalar::Bool(yes) => vec![number, 1, u8::from(yes)],
                Scalar::Int(number_of) => {
                    [&[number, 2], number_of.to_be_bytes().as_slice()].concat()
                }
            };
            self.add("stored_answer", field.id(), kind);
            every.set(field.id(), value);
        }
        let every = compact::encode(form, &every).expect("the examples fit");
        self.add("compact", "everything", every);
    }
}

/// A good answer to a field.
fn example(field: &Field) -> Option<Value> {
    let mut codes = field.options().iter().map(|it| it.code().to_owned());
    Some(match field.kind() {
        Kind::Bool => Value::Bool(true),
        Kind::Single => Value::Single(codes.next()?),
        Kind::Multi => Value::Multi(codes.step_by(3).collect()),
        Kind::Int => Value::Int(field.range()?.1),
        Kind::Place => Value::Place(Place::Province("01".to_owned())),
        Kind::Text | Kind::Long => Value::Text("chợ cũ".to_owned()),
        Kind::Phone => Value::Text("+84 (0)12-3.4".to_owned()),
        Kind::Time => Value::Time(1_170),
        Kind::Note => return None,
    })
}

/// Bytes without much order.
fn pattern(step: u32, number: u8) -> u8 {
    let mixed = (step + 1)
        .wrapping_mul(2_654_435_761)
        .rotate_left(u32::from(number) * 5);
    mixed.to_le_bytes()[0]
}

const fn cursor(shard: u8, after: u64) -> MailboxCursor {
    MailboxCursor { shard, after }
}

fn acks() -> Vec<Ack> {
    vec![
        Ack::Stored,
        Ack::Refused(Refusal::Busy),
        Ack::Refused(Refusal::Other(200)),
    ]
}

fn pages() -> Vec<Page> {
    vec![Page {
        shard: 2,
        envelopes: vec![Stored {
            seq: 9,
            envelope: world().answer.envelope.as_bytes().to_vec().into(),
        }],
        next: 9,
        more: true,
    }]
}

fn lockers() -> Vec<LockerAnswer> {
    vec![
        LockerAnswer::Found(vec![2; 384].into()),
        LockerAnswer::Missing,
        LockerAnswer::Busy,
    ]
}

const SMALL_FORM: &str = r#"
id = "lost_dog"
version = 1
number = 9
title = { vi = "Chó lạc", en = "Lost dog" }
yes = { vi = "Có", en = "Yes" }
no = { vi = "Không", en = "No" }
express = ["seen", "colour", "where"]
enough_alone = 'seen = "yes"'

[[field]]
id = "seen"
kind = "single"
required = true
vi = "Thấy chưa?"
en = "Seen?"
options = [{ code = "yes", vi = "Rồi", en = "Yes" }, { code = "no", vi = "Chưa", en = "No" }]

[[field]]
id = "colour"
kind = "multi"
vi = "Màu"
en = "Colour"
options = [{ code = "red", vi = "Đỏ", en = "Red" }]

[[field]]
id = "where"
kind = "place"
vi = "Ở đâu"
en = "Where"

[[field]]
id = "signs"
kind = "multi"
options_from = "indicators"
vi = "Dấu hiệu"
en = "Signs"

[[field]]
id = "story"
kind = "text"
max_chars = 10
show_if = 'colour has any of ["red"]'
vi = "Chuyện"
en = "Story"

[[field]]
id = "legs"
kind = "int"
min = 1
max = 4
vi = "Chân"
en = "Legs"
"#;

const SMALL_INDICATORS: &str = r#"
[[indicator]]
id = "barks"
phase = "transport"
weight = "strong"
common = true
vi = "Sủa"
en = "Barks"
"#;
