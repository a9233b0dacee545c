//! What really happened, as plain values: who wrote what, what the relay really
//! stored, what the desk really showed. Nothing here is ever set back.

use std::collections::{BTreeMap, BTreeSet};

use loive_documents::validate::{ChangeHash, Rules, check_change};
use loive_documents::{Answers, Value, compact, first_change};
use loive_protocol::{Envelope, EnvelopeId, ReportId, ReportItem, Seed, open_report};

use super::kit::Kit;
use super::violation::{Rule, Violation};

/// The question whose answer tells one report from all others.
pub(super) const TAG_FIELD: &str = "where_hint";
/// The question whose answer is changed later.
pub(super) const AMENDED_FIELD: &str = "suspect_info";

/// One sending of a draft. Two have the same tag only if a backup brought the
/// draft back that had been sent: nothing tells a phone so, and to everybody else
/// they are two reports.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sending {
    pub(super) tag: String,
    /// Its number among those with this tag, from 1.
    nth: u32,
}

/// A change that left a phone.
struct Change {
    report: ReportId,
    /// The tag if it begins the report, or its message.
    words: Vec<String>,
    /// Changes that it cannot do without.
    deps: Vec<ChangeHash>,
    /// What it travelled in.
    envelopes: BTreeSet<EnvelopeId>,
}

/// An envelope that a phone sealed.
pub(super) struct Sealed {
    pub(super) report: ReportId,
    /// The tag if it begins the report, and its messages.
    pub(super) words: Vec<String>,
}

/// What is known of one report by whoever sees everything.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct TrueReport {
    pub(super) sending: Sending,
    /// Envelopes that begin it.
    pub(super) firsts: BTreeSet<EnvelopeId>,
    /// Words that the reporter, or whoever holds the seed, wrote.
    pub(super) words: BTreeSet<String>,
    pub(super) replies: BTreeSet<String>,
    /// The desk has had a record of it, whoever began it.
    pub(super) at_desk: bool,
    /// The desk has had what its reporter wrote first.
    pub(super) opened: bool,
    pub(super) read: bool,
    pub(super) withdrawn: bool,
    /// Words of the reporter that the desk has had.
    pub(super) had: BTreeSet<String>,
    /// Somebody with a stolen receipt has begun it as well.
    pub(super) is_preempted: bool,
    /// A phone that was set back has changed it in two lives.
    pub(super) is_forked: bool,
}

#[derive(Default)]
pub(super) struct Truth {
    pub(super) reports: BTreeMap<ReportId, TrueReport>,
    /// How often drafts with a tag were sent.
    sendings: BTreeMap<String, u32>,
    /// The report of each sending, once it was seen.
    pub(super) ids: BTreeMap<Sending, ReportId>,
    pub(super) seeds: BTreeMap<ReportId, Seed>,
    pub(super) sealed: BTreeMap<EnvelopeId, Sealed>,
    changes: BTreeMap<ChangeHash, Change>,
    /// What an honest relay acknowledged, and had.
    pub(super) stored: BTreeSet<EnvelopeId>,
    /// What a lying relay acknowledged.
    pub(super) false_acks: BTreeSet<EnvelopeId>,
    /// What was shown to a desk.
    pub(super) shown_to_desk: BTreeSet<EnvelopeId>,
    /// Envelopes for which the desk signed that they are merged.
    pub(super) receipted: BTreeSet<EnvelopeId>,
    /// Bytes that nobody sealed.
    pub(super) garbage: BTreeSet<EnvelopeId>,
    /// Reports that strangers wrote with seeds of their own.
    pub(super) strangers: BTreeSet<ReportId>,
}

impl Truth {
    /// Notes an envelope that left a phone, opened with the hotline's key.
    pub(super) fn spy(&mut self, kit: &Kit, bytes: &[u8]) {
        let Ok(envelope) = Envelope::parse(bytes.to_vec()) else {
            return;
        };
        let id = envelope.id();
        if self.sealed.contains_key(&id) {
            return;
        }
        let seeds = &self.seeds;
        let seed_of = |report: &ReportId| seeds.get(report).cloned();
        let Ok(opened) = open_report(&envelope, &kit.seal, &kit.card.root, seed_of) else {
            return;
        };
        let report = opened.report;
        if let Some(seed) = opened.seed {
            self.seeds.insert(report, seed);
            self.report(report).firsts.insert(id);
        }
        let mut all_words = Vec::new();
        for item in &opened.batch.items {
            let change = match item {
                ReportItem::First { compact, .. } => self.read_first(report, compact),
                ReportItem::Change(raw) => read_change(raw),
                // Nobody proposes anything in these worlds.
                ReportItem::Branch { .. } | ReportItem::Recording(_) => None,
            };
            let Some((hash, words, deps)) = change else {
                continue;
            };
            all_words.extend(words.iter().cloned());
            let change = self.changes.entry(hash).or_insert_with(|| Change {
                report,
                words,
                deps,
                envelopes: BTreeSet::new(),
            });
            change.envelopes.insert(id);
        }
        let words = all_words;
        self.sealed.insert(id, Sealed { report, words });
    }

    /// Reads what begins a report, and with it which sending that is: the last
    /// with its tag, because a phone that was set back does not have the others.
    fn read_first(&mut self, report: ReportId, compact: &[u8]) -> Option<Read> {
        let (_, answers) = compact::decode(compact).ok()?;
        let tag = tag_of(&answers)?;
        let actor = self.seeds.get(&report)?.first_actor();
        let first = first_change(compact, actor).ok()?;
        let nth = self.sendings.get(&tag).copied().unwrap_or_default();
        let words = vec![tag.clone()];
        self.name(report, Sending { tag, nth });
        Some((first.hash, words, Vec::new()))
    }

    /// Notes that a draft was sent.
    ///
    /// # Errors
    /// It had been sent, and no backup has brought it back.
    pub(super) fn send(&mut self, tag: &str, came_back: bool) -> Result<Sending, Violation> {
        let count = self.sendings.entry(tag.to_owned()).or_default();
        if *count > 0 && !came_back {
            let text = format!("the draft of {tag:?} was sent, and was there once more");
            return Err(Violation::new(Rule::OneOfEach, text));
        }
        *count += 1;
        let (tag, nth) = (tag.to_owned(), *count);
        Ok(Sending { tag, nth })
    }

    /// Whether a draft with this tag was sent.
    pub(super) fn was_sent(&self, tag: &str) -> bool {
        self.sendings.contains_key(tag)
    }

    /// Notes which report came of a sending.
    pub(super) fn name(&mut self, report: ReportId, sending: Sending) {
        self.ids.insert(sending.clone(), report);
        let known = self.report(report);
        known.words.insert(sending.tag.clone());
        known.sending = sending;
    }

    pub(super) fn report(&mut self, id: ReportId) -> &mut TrueReport {
        self.reports.entry(id).or_default()
    }

    /// Whether any envelope that begins a report was acknowledged by a relay,
    /// honest or not.
    pub(super) fn was_acknowledged(&self, id: &ReportId) -> bool {
        self.reports.get(id).is_some_and(|report| {
            let mut firsts = report.firsts.iter();
            firsts.any(|first| self.stored.contains(first) || self.false_acks.contains(first))
        })
    }

    /// Whether the desk has signed that it merged an envelope of this report with
    /// these words.
    pub(super) fn was_receipted(&self, report: &ReportId, word: &str) -> bool {
        let mut receipted = self.receipted.iter();
        receipted.any(|id| self.carries(id, report, word))
    }

    /// Whether an envelope of this report with these words was shown to a desk.
    pub(super) fn was_at_desk(&self, report: &ReportId, word: &str) -> bool {
        let mut shown = self.shown_to_desk.iter();
        shown.any(|id| self.carries(id, report, word))
    }

    fn carries(&self, id: &EnvelopeId, report: &ReportId, word: &str) -> bool {
        self.sealed.get(id).is_some_and(|sealed| {
            sealed.report == *report && sealed.words.iter().any(|other| other == word)
        })
    }

    /// Whether these words rest on a change that does not lie at the relay and for
    /// which the desk has never signed.
    pub(super) fn rests_on_nothing(
        &self,
        report: &ReportId,
        word: &str,
        at_relay: &BTreeSet<EnvelopeId>,
    ) -> bool {
        let is_there = |id: &EnvelopeId| at_relay.contains(id) || self.receipted.contains(id);
        let mut said = self.changes.values().filter(|change| {
            change.report == *report && change.words.iter().any(|other| other == word)
        });
        let Some(said) = said.next() else {
            return false;
        };
        let (mut open, mut seen) = (said.deps.clone(), BTreeSet::new());
        while let Some(hash) = open.pop() {
            let Some(change) = self.changes.get(&hash).filter(|_| seen.insert(hash)) else {
                continue;
            };
            if !change.envelopes.iter().any(is_there) {
                return true;
            }
            open.extend_from_slice(&change.deps);
        }
        false
    }
}

pub(super) fn tag_of(answers: &Answers) -> Option<String> {
    text_of(answers.get(TAG_FIELD))
}

pub(super) fn text_of(value: Option<&Value>) -> Option<String> {
    match value {
        Some(Value::Text(text)) => Some(text.clone()),
        _ => None,
    }
}

/// A change's name, its words, and what it depends on.
type Read = (ChangeHash, Vec<String>, Vec<ChangeHash>);

fn read_change(raw: &[u8]) -> Option<Read> {
    let summary = check_change(raw, &Rules::report()).ok()?;
    let texts = summary.texts.into_iter();
    let words = texts
        .filter(|text| text.key.starts_with("message.") || text.key == TAG_FIELD)
        .map(|text| text.text);
    Some((summary.hash, words.collect(), summary.deps))
}
