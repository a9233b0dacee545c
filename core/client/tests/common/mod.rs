//! A hotline in memory: a relay that can be made to misbehave, and a desk that
//! opens, answers and signs as the real one does.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    dead_code,
    reason = "tests may panic, and no test file uses every part"
)]

pub(crate) mod library;
pub(crate) mod voice;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use loive_client::{
    Costs, Delivery, DraftId, Env, ManualClock, MemoryKeys, OpenOutcome, OpenRequest, Phone,
    PhoneError, SyncSummary, TransportError,
};
use loive_documents::library::Proposal;
use loive_documents::{FirstChange, Lang, Place, ReportDocument, Thread, Value, first_change};
use loive_protocol::*;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

/// A Tuesday in December 2026, later than the app's build.
pub(crate) const NOW: u64 = 1_796_100_000;
pub(crate) const ACTOR: [u8; 16] = [0xde; 16];

pub(crate) struct Locker {
    pub(crate) envelope: Vec<u8>,
    pub(crate) erase_hash: EraseToken,
}

pub(crate) struct Case {
    pub(crate) seed: Seed,
    pub(crate) document: ReportDocument,
    pub(crate) thread: Thread,
    /// What is proposed, if it is no report: the item, and the recording.
    pub(crate) proposed: Option<(String, Proposal, Option<Vec<u8>>)>,
}

pub(crate) struct Hotline {
    pub(crate) rng: StdRng,
    pub(crate) root: RootKey,
    pub(crate) seals: Vec<SealKeyPair>,
    pub(crate) sign: SignKey,
    pub(crate) certificates: Certificates,
    // The relay.
    pub(crate) log: LogId,
    pub(crate) inbox: Vec<Vec<u8>>,
    pub(crate) shards: Vec<Vec<(u64, Vec<u8>)>>,
    pub(crate) lockers: HashMap<Address, Locker>,
    pub(crate) next_seq: u64,
    pub(crate) page_bytes: usize,
    pub(crate) refuse_with: Option<Refusal>,
    pub(crate) requests: Vec<SyncRequest>,
    pub(crate) shelf: library::Shelf,
    // The desk.
    pub(crate) cases: HashMap<ReportId, Case>,
    pub(crate) opened: usize,
    pub(crate) unopened: Vec<OpenError>,
    pub(crate) now: u64,
}

pub(crate) fn certificate(
    root: &RootKey,
    kind: CertificateKind,
    serial: u32,
    key: PublicKey,
) -> Certificate {
    root.certify(CertificateBody::new(kind, serial, key, 0, 4_000_000_000))
}

impl Hotline {
    pub(crate) fn new() -> Self {
        let mut rng = StdRng::seed_from_u64(11);
        let root = RootKey::generate(&mut rng);
        let seal = SealKeyPair::generate(&mut rng);
        let sign = SignKey::generate(&mut rng);
        let mut certificates = Certificates::new(root.public());
        for (kind, key) in [
            (CertificateKind::Seal, seal.public()),
            (CertificateKind::Sign, sign.public()),
        ] {
            certificates.add(&certificate(&root, kind, 1, key)).unwrap();
        }
        Self {
            rng,
            root,
            seals: vec![seal],
            sign,
            certificates,
            log: LogId::from_bytes([1; 8]),
            inbox: Vec::new(),
            shards: vec![Vec::new(); 16],
            lockers: HashMap::new(),
            next_seq: 1,
            page_bytes: 1 << 20,
            refuse_with: None,
            requests: Vec::new(),
            shelf: library::Shelf::default(),
            cases: HashMap::new(),
            opened: 0,
            unopened: Vec::new(),
            now: NOW,
        }
    }

    pub(crate) fn card(&self) -> HotlineCard {
        HotlineCard::new(
            self.root.public(),
            "https://relay.example".into(),
            None,
            &self.certificates,
        )
    }

    /// A new seal key; the old one is retired, and destroyed if `destroy`.
    pub(crate) fn rotate_seal(&mut self, destroy: bool) {
        let seal = SealKeyPair::generate(&mut self.rng);
        let serial = self.seals.len() as u32 + 1;
        let mut body = CertificateBody::new(
            CertificateKind::Seal,
            serial,
            seal.public(),
            0,
            4_000_000_000,
        );
        body.retires_below = serial;
        self.certificates.add(&self.root.certify(body)).unwrap();
        if destroy {
            self.seals.clear();
        }
        self.seals.push(seal);
    }

    /// The relay comes back from an older copy: everything in it is lost.
    pub(crate) fn lose_log(&mut self) {
        self.log = LogId::from_bytes([self.log.as_bytes()[0] + 1; 8]);
        self.inbox.clear();
        self.shards = vec![Vec::new(); 16];
        self.next_seq = 1;
        self.opened = 0;
    }

    pub(crate) fn post(&mut self, shard: u8, bytes: Vec<u8>) {
        self.shards[usize::from(shard)].push((self.next_seq, bytes));
        self.next_seq += 1;
    }

    // --- the relay ---

    pub(crate) fn exchange(&mut self, bytes: &[u8]) -> Vec<u8> {
        let request = SyncRequest::from_bytes(bytes).expect("the phone speaks the protocol");
        let mut response = SyncResponse::new(self.log);
        let same_log = request.log == Some(self.log);
        for pushed in &request.push {
            response.acks.push(self.push(pushed));
        }
        for cursor in &request.mailboxes {
            let after = if same_log { cursor.after } else { 0 };
            response.pages.push(self.page(cursor.shard, after));
        }
        if request.certificates_seen != Some(self.certificates.fingerprint()) {
            response.certificates = self.certificates.list().to_vec();
        }
        for put in &request.locker_puts {
            let envelope = Envelope::parse(put.envelope.to_vec()).unwrap();
            self.lockers.insert(
                *envelope.address(),
                Locker {
                    envelope: put.envelope.to_vec(),
                    erase_hash: put.erase_hash,
                },
            );
            response.locker_acks.push(LockerAck::Stored);
        }
        for address in &request.locker_gets {
            response.lockers.push(match self.lockers.get(address) {
                Some(locker) => LockerAnswer::Found(locker.envelope.clone().into()),
                None => LockerAnswer::Missing,
            });
        }
        for erasure in &request.locker_erasures {
            let is_right = self
                .lockers
                .get(&erasure.address)
                .is_none_or(|locker| locker.erase_hash == erasure.token.hashed());
            if is_right {
                self.lockers.remove(&erasure.address);
            }
            response.locker_erased.push(is_right);
        }
        if let Some(ask) = &request.library {
            response.library = self.shelf.answer(ask, request.page_bytes);
        }
        self.requests.push(request);
        response.to_bytes()
    }

    fn push(&mut self, pushed: &[u8]) -> Ack {
        if let Some(refusal) = self.refuse_with {
            return Ack::Refused(refusal);
        }
        if !self.inbox.iter().any(|known| known == pushed) {
            self.inbox.push(pushed.to_vec());
        }
        Ack::Stored
    }

    fn page(&self, shard: u8, after: u64) -> Page {
        let mut page = Page {
            shard,
            envelopes: Vec::new(),
            next: after,
            more: false,
        };
        let mut bytes = 0;
        for (seq, envelope) in &self.shards[usize::from(shard)] {
            if *seq <= after {
                continue;
            }
            bytes += envelope.len();
            if bytes > self.page_bytes && !page.envelopes.is_empty() {
                page.more = true;
                break;
            }
            page.next = *seq;
            page.envelopes.push(Stored {
                seq: *seq,
                envelope: envelope.clone().into(),
            });
        }
        page
    }

    /// A sync of this phone with this relay.
    pub(crate) fn sync(&mut self, phone: &Phone) -> Result<SyncSummary, PhoneError> {
        phone.sync_through(|_, bytes| Ok(self.exchange(bytes)))
    }

    // --- the desk ---

    /// Opens what is new in the inbox and signs a receipt for each.
    pub(crate) fn work(&mut self) {
        while let Some(bytes) = self.inbox.get(self.opened).cloned() {
            self.opened += 1;
            let envelope = Envelope::parse(bytes).unwrap();
            let cases = &self.cases;
            let opened = open_report(&envelope, &self.seals, &self.root.public(), |id| {
                cases.get(id).map(|case| case.seed.clone())
            });
            match opened {
                Ok(opened) => self.merge(&envelope, &opened),
                Err(error) => self.unopened.push(error),
            }
        }
    }

    fn merge(&mut self, envelope: &Envelope, opened: &OpenedReport) {
        let id = opened.report;
        if let [ReportItem::Branch { item, change }, rest @ ..] = opened.batch.items.as_slice() {
            let recording = match rest {
                [] => None,
                [ReportItem::Recording(bytes)] => Some(bytes.to_vec()),
                _ => panic!("a change and at most one recording"),
            };
            let proposal = Proposal::read(change).expect("the phone proposes words only");
            assert_eq!(proposal.recording.is_some(), recording.is_some());
            let case = Case {
                seed: opened.seed.clone().unwrap(),
                document: ReportDocument::load(std::iter::empty()).unwrap(),
                thread: Thread::new(),
                proposed: Some((item.clone(), proposal, recording)),
            };
            self.cases.entry(id).or_insert(case);
            return self.receipt(&id, envelope.id(), Outcome::Merged);
        }
        for item in &opened.batch.items {
            let seed = opened
                .seed
                .clone()
                .or_else(|| self.cases.get(&id).map(|case| case.seed.clone()))
                .unwrap();
            let raw = match item {
                ReportItem::First { compact, check } => {
                    let first: FirstChange = first_change(compact, seed.first_actor()).unwrap();
                    assert_eq!(first.check(), *check);
                    first.raw
                }
                ReportItem::Change(raw) => raw.to_vec(),
                ReportItem::Branch { .. } | ReportItem::Recording(_) => {
                    panic!("a report has none of these, and a proposal begins with one")
                }
            };
            if let Some(case) = self.cases.get_mut(&id) {
                case.document.apply(&raw).unwrap();
                continue;
            }
            let case = Case {
                seed,
                document: ReportDocument::new_from_first(&raw).unwrap(),
                thread: Thread::new(),
                proposed: None,
            };
            self.cases.insert(id, case);
        }
        self.receipt(&id, envelope.id(), Outcome::Merged);
    }

    pub(crate) fn receipt(&mut self, id: &ReportId, envelope: EnvelopeId, outcome: Outcome) {
        let receipt = DeskReceipt {
            envelope,
            received_at: self.now,
            outcome,
        };
        self.answer(id, vec![AnswerItem::Receipt(receipt)]);
    }

    pub(crate) fn answer(&mut self, id: &ReportId, items: Vec<AnswerItem>) {
        let seed = self.cases[id].seed.clone();
        let sealed = self.sealed_answer(&seed, items);
        self.post(seed.shard(), sealed);
    }

    pub(crate) fn sealed_answer(&mut self, seed: &Seed, items: Vec<AnswerItem>) -> Vec<u8> {
        let batch = AnswerBatch::new(self.now, items);
        let root = self.root.public();
        seal_answer(&batch, seed, &self.sign, &root, &mut self.rng)
            .unwrap()
            .into_bytes()
    }

    pub(crate) fn reply(&mut self, id: &ReportId, text: &str) {
        let now = self.now;
        let thread = &mut self.cases.get_mut(id).unwrap().thread;
        let raw = thread.add_message(text, ACTOR, now, [0, 0, 0, 1]).unwrap();
        self.answer(id, vec![AnswerItem::Change(raw.into())]);
    }

    /// Says that a proposal is taken, or not.
    pub(crate) fn decide(&mut self, id: &ReportId, is_taken: bool) {
        let now = self.now;
        let thread = &mut self.cases.get_mut(id).unwrap().thread;
        let raw = if is_taken {
            thread.mark_accepted(ACTOR, now)
        } else {
            thread.mark_declined(ACTOR, now)
        };
        let raw = raw.unwrap().unwrap();
        self.answer(id, vec![AnswerItem::Change(raw.into())]);
    }

    pub(crate) fn mark_read(&mut self, id: &ReportId) {
        let now = self.now;
        let thread = &mut self.cases.get_mut(id).unwrap().thread;
        let raw = thread.mark_read(ACTOR, now).unwrap().unwrap();
        self.answer(id, vec![AnswerItem::Change(raw.into())]);
    }
}

// --- phones ---

pub(crate) fn request(dir: &Path, card: HotlineCard, clock: &ManualClock) -> OpenRequest {
    let mut request = OpenRequest::new(dir, card, MemoryKeys::new([7; 32]));
    request.costs = Costs::CHEAP;
    request.env = Env::simulated(Arc::new(clock.clone()), seed_of(dir));
    request
}

fn seed_of(dir: &Path) -> u64 {
    dir.as_os_str()
        .as_encoded_bytes()
        .iter()
        .fold(7, |seed: u64, byte| {
            seed.wrapping_mul(31).wrapping_add(u64::from(*byte))
        })
}

pub(crate) fn phone(dir: &Path, hotline: &Hotline, clock: &ManualClock) -> Phone {
    let phone = Phone::open(request(dir, hotline.card(), clock)).unwrap();
    ask_for_no_library(&phone, hotline.log);
    phone
}

/// A new phone asks for the library first. After this a sync is about reports
/// only, until [`Phone::look_for_library`] is called.
pub(crate) fn ask_for_no_library(phone: &Phone, log: LogId) {
    if *phone.outcome() == OpenOutcome::New {
        let nothing = SyncResponse::new(log).to_bytes();
        phone.sync_through(|_, _| Ok(nothing.clone())).unwrap();
    }
}

pub(crate) fn one(code: &str) -> Value {
    Value::Single(code.into())
}

pub(crate) fn text(words: &str) -> Value {
    Value::Text(words.into())
}

/// The words of Mai's report: no file may hold them where they are gone.
pub(crate) const WORDS: &str = "xe khách biển số 29B bà Tư rủ đi làm";

/// A draft that can be sent, with words in it.
pub(crate) fn filled_draft(phone: &Phone) -> DraftId {
    let draft = phone.new_draft("suspicion_report", Lang::Vi).unwrap();
    phone.answer(draft, "danger_now", &one("no")).unwrap();
    let place = Value::Place(Place::Province("01".into()));
    phone.answer(draft, "where", &place).unwrap();
    let kind = Value::Multi(vec!["job_abroad".into()]);
    phone.answer(draft, "what_type", &kind).unwrap();
    phone.answer(draft, "suspect_info", &text(WORDS)).unwrap();
    draft
}

/// What no network looks like.
pub(crate) fn offline(_: Lane, _: &[u8]) -> Result<Vec<u8>, TransportError> {
    Err(TransportError::Offline)
}

/// How far a report has come, by this phone's screen.
pub(crate) fn delivery(phone: &Phone, id: &ReportId) -> Delivery {
    phone.report(id).unwrap().summary.delivery
}
