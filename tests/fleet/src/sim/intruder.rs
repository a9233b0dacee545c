//! What a stranger or a courier does without the relay's help: plays requests
//! back, sends garbage and bombs, and comes first with a stolen receipt.

use loive_documents::{Answers, Form, Place, ReportDocument, Value, compact, first_change};
use loive_protocol::{
    Envelope, Lane, ProofKind, ReportBatch, ReportId, ReportItem, Seed, SyncRequest, Wire as _,
    inbox, seal_report,
};
use rand::Rng as _;

use super::bomb;
use super::plan::{Dice, What};
use super::truth::TAG_FIELD;
use super::violation::{Rule, Violation};
use super::world::World;

/// Where an envelope's header has its parts.
const HEADER_BYTES: usize = 44;
const BUCKETS_BYTES: [usize; 3] = [384, 512, 1_024];

type Did = Result<bool, Violation>;

impl World<'_> {
    pub(super) fn intrude(&mut self, what: What, dice: &mut Dice) -> Did {
        match what {
            What::ReplayRequest => {
                let Some(bytes) = dice.pick(&self.recorded).cloned() else {
                    return Ok(false);
                };
                // Whoever plays it back gets the answer, and learns nothing.
                let _ = self.relay_answers(&bytes);
                Ok(true)
            }
            What::Garbage => {
                let bytes = self.garbage(dice);
                self.push_garbage(bytes);
                Ok(true)
            }
            What::Bomb => {
                let items = vec![ReportItem::Change(bomb::any(dice).into())];
                self.stranger_sends(items, dice)
            }
            What::Stranger => {
                let answers = self.any_answers(dice);
                let seed = Seed::generate(&mut dice.0);
                let items = vec![first_item(&seed, &answers)?.0];
                self.truth.strangers.insert(seed.report_id());
                self.push_sealed(&seed, ProofKind::Seed, items, dice)
            }
            _ => self.preempt(dice),
        }
    }

    /// Bytes that look like an envelope and are none, or nearly one.
    pub(super) fn garbage(&mut self, dice: &mut Dice) -> Vec<u8> {
        let length = *dice.pick(&BUCKETS_BYTES).unwrap_or(&384);
        let mut bytes = vec![0; length];
        dice.0.fill_bytes(&mut bytes);
        let key = *self.kit.seal_certificate.key_id().as_bytes();
        let key = if dice.chance(1, 2) { key } else { [7; 8] };
        let inbox = inbox(&self.kit.card.root);
        let header = [&[1, 1, 1, 1], key.as_slice(), inbox.as_bytes()].concat();
        for (to, from) in bytes.iter_mut().zip(header) {
            *to = from;
        }
        let genuine = self.recorded.iter().rev().find_map(|request| {
            let request = SyncRequest::from_bytes(request).ok()?;
            request.push.first().map(|envelope| envelope.to_vec())
        });
        let Some(mut genuine) = genuine.filter(|_| dice.chance(1, 2)) else {
            return bytes;
        };
        let body = genuine.len().saturating_sub(HEADER_BYTES);
        let at = HEADER_BYTES + dice.below(body);
        if let Some(byte) = genuine.get_mut(at) {
            *byte ^= 1;
        }
        genuine
    }

    fn push_garbage(&mut self, bytes: Vec<u8>) {
        if let Ok(envelope) = Envelope::parse(bytes.clone()) {
            self.truth.garbage.insert(envelope.id());
        }
        self.push(bytes);
    }

    /// Anybody may push to the inbox.
    fn push(&mut self, envelope: Vec<u8>) {
        let mut request = SyncRequest::new(Lane::Report);
        request.push.push(envelope.into());
        let _ = self.relay_answers(&request.to_bytes());
    }

    fn stranger_sends(&mut self, items: Vec<ReportItem>, dice: &mut Dice) -> Did {
        let seed = Seed::generate(&mut dice.0);
        self.truth.strangers.insert(seed.report_id());
        self.push_sealed(&seed, ProofKind::Seed, items, dice)
    }

    fn push_sealed(
        &mut self,
        seed: &Seed,
        proof: ProofKind,
        items: Vec<ReportItem>,
        dice: &mut Dice,
    ) -> Did {
        let batch = ReportBatch::new(self.now, items);
        let (to, root) = (&self.kit.seal_certificate, &self.kit.card.root);
        let sealed = seal_report(&batch, seed, proof, to, root, &mut dice.0);
        let envelope = sealed.map_err(|error| own(&error))?;
        self.push(envelope.into_bytes());
        Ok(true)
    }

    fn any_answers(&mut self, dice: &mut Dice) -> Answers {
        let is_danger = !dice.chance(1, 2);
        other_answers(&self.fresh_words("Giả mạo"), is_danger)
    }

    /// A report whose receipt somebody took, with its seed.
    pub(super) fn stolen(&self, dice: &mut Dice) -> Option<(ReportId, Seed)> {
        let (_, sending) = dice.pick(&self.receipts)?;
        let id = self.truth.ids.get(sending)?;
        Some((*id, self.truth.seeds.get(id)?.clone()))
    }

    /// Somebody with a stolen receipt writes before the reporter is heard, or
    /// after.
    fn preempt(&mut self, dice: &mut Dice) -> Did {
        let Some((id, seed)) = self.stolen(dice) else {
            return Ok(false);
        };
        match dice.below(3) {
            0 => {
                self.truth.report(id).is_preempted = true;
                let answers = self.any_answers(dice);
                let items = vec![first_item(&seed, &answers)?.0];
                self.push_sealed(&seed, ProofKind::Seed, items, dice)
            }
            // Whoever holds the seed may write: that is shown as the reporter's.
            kind => {
                let words = self.fresh_words("Kẻ lạ nhắn");
                self.truth.report(id).words.insert(words.clone());
                let proof = if kind == 1 {
                    ProofKind::Seed
                } else {
                    ProofKind::Mac
                };
                let nothing: [&[u8]; 0] = [];
                let mut visit = ReportDocument::load(nothing).map_err(|error| own(&error))?;
                let actor = dice.any().to_be_bytes().repeat(2);
                let actor = actor.try_into().unwrap_or([9; 16]);
                let raw = visit
                    .add_message(&words, actor, self.now, [1, 2, 3, 4])
                    .map_err(|error| own(&error))?;
                let items = vec![ReportItem::Change(raw.into())];
                self.push_sealed(&seed, proof, items, dice)
            }
        }
    }
}

/// Answers that no phone of the simulation gave.
pub(super) fn other_answers(tag: &str, is_danger: bool) -> Answers {
    let mut answers = Answers::new();
    let danger = if is_danger { "yes" } else { "no" };
    answers.set("danger_now", Value::Single(danger.to_owned()));
    answers.set("where", Value::Place(Place::Unknown));
    answers.set("what_type", Value::Multi(vec!["unsure".to_owned()]));
    answers.set(TAG_FIELD, Value::Text(tag.to_owned()));
    answers
}

/// What begins a report, as it travels and in full.
pub(super) fn first_item(
    seed: &Seed,
    answers: &Answers,
) -> Result<(ReportItem, Vec<u8>), Violation> {
    let compact =
        compact::encode(Form::suspicion_report(), answers).map_err(|error| own(&error))?;
    let first = first_change(&compact, seed.first_actor()).map_err(|error| own(&error))?;
    let item = ReportItem::First {
        compact: compact.into(),
        check: first.check(),
    };
    Ok((item, first.raw))
}

/// The simulation itself made a mistake.
pub(super) fn own(error: &dyn std::fmt::Debug) -> Violation {
    Violation::new(Rule::NoSurprise, format!("the adversary: {error:?}"))
}
