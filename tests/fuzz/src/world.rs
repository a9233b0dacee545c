//! A hotline, a report and what they say to each other: the same bytes on every
//! machine, so that a corpus stays good.

use core::convert::Infallible;
use std::sync::OnceLock;

use loive_documents::validate::Actor;
use loive_documents::{Answers, Form, Place, ReportDocument, Thread, Value, compact, first_change};
use loive_protocol::{
    AnswerBatch, AnswerItem, Bytes, Certificate, CertificateBody, CertificateKind, Certificates,
    DeskReceipt, DeskRequest, Envelope, Outcome, ProofKind, PublicKey, Receipt, ReceiptCost,
    ReceiptKeys, ReleaseFile, ReportBatch, ReportItem, RootKey, SealKeyPair, Seed, SignKey,
    SignedDeskRequest, fuzzing, seal_answer, seal_locker, seal_report,
};
use rand_core::{TryCryptoRng, TryRng};
use sha2::{Digest, Sha256};

use crate::shelf;

/// A moment in 2026, in Unix seconds.
pub const NOW: u64 = 1_790_000_000;
/// The actor of the reporter's phone.
pub const PHONE: Actor = [0x51; 16];
/// The actor of the same phone after a restore.
pub const RESTORED: Actor = [0x52; 16];
/// The actor of the desk.
pub const DESK: Actor = [0xd0; 16];
/// An actor that has written nothing yet.
pub const FRESH: Actor = [0x77; 16];

const YEAR_SECONDS: u64 = 31_536_000;

/// SHA-256 of a label and a counter, where randomness is wanted.
pub struct Repeatable {
    label: &'static str,
    counter: u64,
}

impl Repeatable {
    /// Bytes that depend on the label alone.
    pub const fn new(label: &'static str) -> Self {
        Self { label, counter: 0 }
    }

    fn block(&mut self) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update(self.label);
        hasher.update(self.counter.to_be_bytes());
        self.counter += 1;
        hasher.finalize().into()
    }
}

impl TryRng for Repeatable {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(32) {
            for (to, from) in chunk.iter_mut().zip(self.block()) {
                *to = from;
            }
        }
        Ok(())
    }
}

impl TryCryptoRng for Repeatable {}

/// The hotline and the report.
pub struct World {
    /// The public half of the root key.
    pub root: PublicKey,
    /// The key that reports are sealed to.
    pub seal: SealKeyPair,
    /// One certificate of each kind.
    pub certificates: Certificates,
    /// The report's secret.
    pub seed: Seed,
    /// What the report's receipt unlocks.
    pub receipt: ReceiptKeys,
    /// The report's answers in compact form.
    pub compact: Vec<u8>,
    /// The changes of the report, each after what it depends on.
    pub report: Vec<Vec<u8>>,
    /// The changes of the hotline's thread.
    pub thread: Vec<Vec<u8>>,
    /// The first batch of the report and what is inside its seal.
    pub first: Sealed<ReportBatch>,
    /// A later batch.
    pub later: Sealed<ReportBatch>,
    /// What the hotline answered.
    pub answer: Sealed<AnswerBatch>,
    /// The seed under its receipt.
    pub locker: Sealed<Seed>,
    /// What the desk asks of the relay.
    pub desk_request: DeskRequest,
    /// The same, signed.
    pub signed_desk_request: SignedDeskRequest,
    /// The changes of an article of the library, each after what it depends on.
    pub item: Vec<Vec<u8>>,
    /// A release of the library.
    pub release: ReleaseFile,
}

/// One envelope, inside and outside.
pub struct Sealed<T> {
    /// What it says.
    pub content: T,
    /// The bytes under the seal.
    pub inside: Vec<u8>,
    /// As it travels.
    pub envelope: Envelope,
}

/// The one world of all targets.
pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(World::new)
}

impl World {
    fn new() -> Self {
        let rng = &mut Repeatable::new("loive fuzz");
        let hotline = Hotline::new(rng);
        let root = hotline.root.public();
        let seed = Seed::generate(rng);
        let receipt = Receipt::generate(rng)
            .unlock(&root, ReceiptCost::CHEAP)
            .expect("the cheap cost is one that Argon2 takes");
        let compact = compact::encode(Form::suspicion_report(), &answers())
            .expect("the answers fit the form");
        let (report, thread) = documents(&compact, &seed);
        let first = hotline.first(&compact, &seed, rng);
        let later = hotline.later(&report, &seed, rng);
        let answer = hotline.answer(&thread, &first.envelope, &seed, rng);
        let envelope = seal_locker(&receipt, &seed, rng).expect("a seed fits");
        let inside = fuzzing::write_locker(&seed).expect("a seed fits").to_vec();
        let mut desk_request = DeskRequest::new(NOW);
        desk_request.inbox_after = 70_000;
        desk_request.push = vec![answer.envelope.as_bytes().to_vec().into()];
        desk_request.certificates = hotline.certificates.list().to_vec();
        let signed_desk_request =
            SignedDeskRequest::sign(&desk_request, &hotline.sign, &hotline.sign_certificate);
        let item = shelf::item();
        let release = shelf::release(&hotline.root, &item);
        Self {
            root,
            locker: Sealed {
                content: seed.clone(),
                inside,
                envelope,
            },
            seal: hotline.seal,
            certificates: hotline.certificates,
            seed,
            receipt,
            compact,
            report,
            thread,
            first,
            later,
            answer,
            desk_request,
            signed_desk_request,
            item,
            release,
        }
    }
}

struct Hotline {
    root: RootKey,
    seal: SealKeyPair,
    seal_certificate: Certificate,
    sign: SignKey,
    sign_certificate: Certificate,
    certificates: Certificates,
}

impl Hotline {
    fn new(rng: &mut Repeatable) -> Self {
        let root = RootKey::generate(rng);
        let seal = SealKeyPair::generate(rng);
        let sign = SignKey::generate(rng);
        let certify =
            |kind, key| root.certify(CertificateBody::new(kind, 1, key, NOW, NOW + YEAR_SECONDS));
        let seal_certificate = certify(CertificateKind::Seal, seal.public());
        let sign_certificate = certify(CertificateKind::Sign, sign.public());
        let pin = certify(CertificateKind::RelayPin, PublicKey::from_bytes([9; 32]));
        let mut certificates = Certificates::new(root.public());
        for certificate in [&seal_certificate, &sign_certificate, &pin] {
            certificates.add(certificate).expect("the root signed it");
        }
        Self {
            root,
            seal,
            seal_certificate,
            sign,
            sign_certificate,
            certificates,
        }
    }

    fn first(&self, compact: &[u8], seed: &Seed, rng: &mut Repeatable) -> Sealed<ReportBatch> {
        let first = first_change(compact, seed.first_actor()).expect("our own compact form");
        let item = ReportItem::First {
            compact: compact.to_vec().into(),
            check: first.check(),
        };
        self.report(vec![item], seed, ProofKind::Seed, rng)
    }

    fn later(&self, changes: &[Vec<u8>], seed: &Seed, rng: &mut Repeatable) -> Sealed<ReportBatch> {
        let later = changes.iter().skip(1).cloned();
        let items = later.map(|raw| ReportItem::Change(raw.into())).collect();
        self.report(items, seed, ProofKind::Mac, rng)
    }

    fn report(
        &self,
        items: Vec<ReportItem>,
        seed: &Seed,
        proof: ProofKind,
        rng: &mut Repeatable,
    ) -> Sealed<ReportBatch> {
        let content = ReportBatch::new(NOW, items);
        let root = self.root.public();
        let envelope = seal_report(&content, seed, proof, &self.seal_certificate, &root, rng)
            .expect("the batch is small");
        let inside = fuzzing::write_report(&envelope, &content, seed, proof)
            .expect("the batch is small")
            .to_vec();
        Sealed {
            content,
            inside,
            envelope,
        }
    }

    fn answer(
        &self,
        thread: &[Vec<u8>],
        about: &Envelope,
        seed: &Seed,
        rng: &mut Repeatable,
    ) -> Sealed<AnswerBatch> {
        let receipt = AnswerItem::Receipt(DeskReceipt {
            envelope: about.id(),
            received_at: NOW,
            outcome: Outcome::Merged,
        });
        let changes = thread
            .iter()
            .map(|raw| AnswerItem::Change(Bytes::from(raw.clone())));
        let items = core::iter::once(receipt).chain(changes).collect();
        let content = AnswerBatch::new(NOW, items);
        let root = self.root.public();
        let envelope =
            seal_answer(&content, seed, &self.sign, &root, rng).expect("the batch is small");
        let report = seed.report_id();
        let inside = fuzzing::write_answer(&envelope, &content, &report, &self.sign)
            .expect("the batch is small");
        Sealed {
            content,
            inside,
            envelope,
        }
    }
}

/// What somebody answered, one of each kind.
pub fn answers() -> Answers {
    [
        ("danger_now", Value::Single("unknown".to_owned())),
        (
            "where",
            Value::Place(Place::Commune {
                province: "01".to_owned(),
                commune: "00004".to_owned(),
            }),
        ),
        ("what_type", Value::Multi(vec!["job_abroad".to_owned()])),
        ("where_hint", Value::Text("gần chợ, cổng làng".to_owned())),
    ]
    .into_iter()
    .collect()
}

/// A report with an edit, a deletion, two who disagree, a message and a
/// withdrawal; and a thread with every mark and an answer.
fn documents(compact: &[u8], seed: &Seed) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    const FITS: &str = "the edit fits the form";
    let first = first_change(compact, seed.first_actor()).expect("our own compact form");
    let mut other = ReportDocument::new_from_first(&first.raw).expect("a first change");
    let no = Value::Single("no".to_owned());
    let disagrees = other
        .set("danger_now", &no, RESTORED, NOW + 1)
        .expect(FITS)
        .expect(FITS);
    let mut report = ReportDocument::new_from_first(&first.raw).expect("a first change");
    let yes = Value::Single("yes".to_owned());
    let hint = Value::Text("nhà số 7, hỏi cô Hoa".to_owned());
    report.set("danger_now", &yes, PHONE, NOW).expect(FITS);
    report.apply(&disagrees).expect(FITS);
    report.set("where_hint", &hint, PHONE, NOW + 2).expect(FITS);
    report.set("danger_now", &yes, PHONE, NOW + 3).expect(FITS);
    report.clear("where_hint", PHONE, NOW + 4).expect(FITS);
    report
        .add_message("Họ đã đi rồi", PHONE, NOW + 5, [1; 4])
        .expect(FITS);
    report.withdraw(PHONE, NOW + 6).expect(FITS);
    let mut thread = Thread::new();
    thread.mark_opened(DESK, NOW).expect(FITS);
    thread.mark_read(DESK, NOW + 60).expect(FITS);
    thread
        .add_message("Chúng tôi đã nhận được", DESK, NOW + 61, [2; 4])
        .expect(FITS);
    thread.mark_withdrawn_seen(DESK, NOW + 70).expect(FITS);
    thread.mark_closed(DESK, NOW + 80).expect(FITS);
    let rows = |changes: &mut dyn Iterator<Item = &[u8]>| changes.map(<[u8]>::to_vec).collect();
    (rows(&mut report.changes()), rows(&mut thread.changes()))
}
