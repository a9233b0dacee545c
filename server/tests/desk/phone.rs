//! A reporter's phone in a box: it writes, seals, and reads its answers.

use loive_documents::compact;
use loive_documents::{
    Answers, Form, Place, ReportDocument, Thread, ThreadView, Value, first_change,
};
use loive_protocol::{
    AnswerItem, Certificate, Certificates, DeskReceipt, Envelope, EnvelopeId, Outcome, ProofKind,
    PublicKey, ReportBatch, ReportItem, Seed, is_mine, open_answer, seal_report,
};
use loive_server::Env;

use crate::relay::Relay;

pub(crate) struct Phone {
    pub(crate) seed: Seed,
    pub(crate) actor: [u8; 16],
    pub(crate) document: ReportDocument,
    compact: Vec<u8>,
    env: Env,
    to: Certificate,
    root: PublicKey,
    certificates: Certificates,
}

/// What is asked first, with a hint in words.
pub(crate) fn answers(danger: &str, words: &str) -> Answers {
    Answers::from_iter([
        ("danger_now", Value::Single(danger.into())),
        (
            "where",
            Value::Place(Place::Commune {
                province: "01".into(),
                commune: "00004".into(),
            }),
        ),
        ("what_type", Value::Multi(vec!["job_abroad".into()])),
        ("suspect_info", Value::Text(words.into())),
        ("lang", Value::Single("vi".into())),
    ])
}

impl Phone {
    pub(crate) fn new(env: &Env, certificates: &Certificates, answers: &Answers) -> Self {
        Self::with_seed(env, certificates, answers, Seed::generate(&mut env.rng()))
    }

    pub(crate) fn with_seed(
        env: &Env,
        certificates: &Certificates,
        answers: &Answers,
        seed: Seed,
    ) -> Self {
        let compact = compact::encode(Form::suspicion_report(), answers).unwrap();
        let first = first_change(&compact, seed.first_actor()).unwrap();
        Self {
            document: ReportDocument::new_from_first(&first.raw).unwrap(),
            actor: env.random(),
            compact,
            env: env.clone(),
            to: certificates.seal_key(env.now()).unwrap().clone(),
            root: *certificates.root(),
            certificates: certificates.clone(),
            seed,
        }
    }

    /// The same report on another phone of the family.
    pub(crate) fn copy(&self) -> Self {
        Self {
            seed: self.seed.clone(),
            actor: self.env.random(),
            document: ReportDocument::load(self.document.changes()).unwrap(),
            compact: self.compact.clone(),
            env: self.env.clone(),
            to: self.to.clone(),
            root: self.root,
            certificates: self.certificates.clone(),
        }
    }

    pub(crate) fn seal(&self, items: Vec<ReportItem>, proof: ProofKind) -> Envelope {
        let batch = ReportBatch::new(self.env.now(), items);
        let (to, root) = (&self.to, &self.root);
        seal_report(&batch, &self.seed, proof, to, root, &mut self.env.rng()).unwrap()
    }

    pub(crate) fn raw_first(&self) -> Vec<u8> {
        first_change(&self.compact, self.seed.first_actor())
            .unwrap()
            .raw
    }

    pub(crate) fn first_item(&self) -> ReportItem {
        let first = first_change(&self.compact, self.seed.first_actor()).unwrap();
        ReportItem::First {
            compact: self.compact.clone().into(),
            check: first.check(),
        }
    }

    /// As if this phone's program made other bytes of the same answers.
    pub(crate) fn mismatched_first_item(&self) -> ReportItem {
        ReportItem::First {
            compact: self.compact.clone().into(),
            check: [0; 8],
        }
    }

    /// The report, in its compact form.
    pub(crate) fn first(&self) -> Envelope {
        self.seal(vec![self.first_item()], ProofKind::Seed)
    }

    pub(crate) fn change(raw: Vec<u8>) -> ReportItem {
        ReportItem::Change(raw.into())
    }

    /// One later change, by itself.
    pub(crate) fn later(&self, raw: Vec<u8>) -> Envelope {
        self.seal(vec![Self::change(raw)], ProofKind::Mac)
    }

    pub(crate) fn set(&mut self, field: &str, value: &Value) -> Vec<u8> {
        let now = self.env.now();
        self.document
            .set(field, value, self.actor, now)
            .unwrap()
            .unwrap()
    }

    pub(crate) fn say(&mut self, text: &str) -> Vec<u8> {
        let now = self.env.now();
        self.document
            .add_message(text, self.actor, now, self.env.random())
            .unwrap()
    }

    pub(crate) fn withdraw(&mut self) -> Vec<u8> {
        let now = self.env.now();
        self.document.withdraw(self.actor, now).unwrap().unwrap()
    }

    /// What the hotline says, as this phone reads it in the mailbox.
    pub(crate) fn read(&self, relay: &Relay) -> Heard {
        self.hear(relay.answers())
    }

    /// The same from the answers of all shards.
    pub(crate) fn hear(&self, answers: Vec<Envelope>) -> Heard {
        let mut heard = Heard {
            thread: Thread::new(),
            receipts: Vec::new(),
            envelopes: 0,
        };
        for envelope in answers {
            if !is_mine(&envelope, &self.seed) {
                continue;
            }
            heard.envelopes += 1;
            let batch = open_answer(&envelope, &self.seed, &self.certificates).unwrap();
            for item in batch.items {
                match item {
                    AnswerItem::Receipt(receipt) => heard.receipts.push(receipt),
                    AnswerItem::Change(raw) => {
                        heard.thread.apply(&raw).unwrap();
                    }
                }
            }
        }
        heard
    }
}

/// What a phone heard from the hotline.
pub(crate) struct Heard {
    pub(crate) thread: Thread,
    pub(crate) receipts: Vec<DeskReceipt>,
    pub(crate) envelopes: usize,
}

impl Heard {
    /// Everything that was said of an envelope, in order.
    pub(crate) fn of(&self, envelope: &EnvelopeId) -> Vec<Outcome> {
        let receipts = self
            .receipts
            .iter()
            .filter(|receipt| receipt.envelope == *envelope);
        receipts.map(|receipt| receipt.outcome).collect()
    }

    pub(crate) fn view(&self) -> ThreadView {
        self.thread.view()
    }

    pub(crate) fn texts(&self) -> Vec<String> {
        self.view()
            .messages
            .into_iter()
            .map(|message| message.text)
            .collect()
    }
}
