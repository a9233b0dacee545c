//! What really happened, as plain values: who wrote what, what the relay really
//! stored, what the desk really showed. Nothing here is ever set back.

use std::collections::{BTreeMap, BTreeSet};

use loive_documents::validate::{Rules, check_change};
use loive_documents::{Answers, Value, compact};
use loive_protocol::{Envelope, EnvelopeId, ReportId, ReportItem, Seed, open_report};

use super::kit::Kit;

/// The question whose answer tells one report from all others.
pub(super) const TAG_FIELD: &str = "where_hint";
/// The question whose answer is changed later.
pub(super) const AMENDED_FIELD: &str = "suspect_info";

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
    pub(super) tag: String,
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
    /// The report of each tag, once it was seen.
    pub(super) tags: BTreeMap<String, ReportId>,
    pub(super) seeds: BTreeMap<ReportId, Seed>,
    pub(super) sealed: BTreeMap<EnvelopeId, Sealed>,
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
        if let Some(seed) = opened.seed {
            self.seeds.insert(opened.report, seed);
            self.reports
                .entry(opened.report)
                .or_default()
                .firsts
                .insert(id);
        }
        let mut words = Vec::new();
        for item in &opened.batch.items {
            match item {
                ReportItem::First { compact, .. } => {
                    if let Ok((_, answers)) = compact::decode(compact)
                        && let Some(tag) = tag_of(&answers)
                    {
                        self.name(opened.report, &tag);
                        words.push(tag);
                    }
                }
                ReportItem::Change(raw) => words.extend(messages_of(raw)),
            }
        }
        let report = opened.report;
        self.sealed.insert(id, Sealed { report, words });
    }

    /// Notes which report carries a tag.
    pub(super) fn name(&mut self, report: ReportId, tag: &str) {
        self.tags.insert(tag.to_owned(), report);
        let known = self.reports.entry(report).or_default();
        tag.clone_into(&mut known.tag);
        known.words.insert(tag.to_owned());
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

    /// Whether the desk has signed that it merged an envelope with these words.
    pub(super) fn was_receipted(&self, word: &str) -> bool {
        self.receipted.iter().any(|id| self.carries(id, word))
    }

    /// Whether an envelope with these words was shown to a desk.
    pub(super) fn was_at_desk(&self, word: &str) -> bool {
        self.shown_to_desk.iter().any(|id| self.carries(id, word))
    }

    fn carries(&self, id: &EnvelopeId, word: &str) -> bool {
        self.sealed
            .get(id)
            .is_some_and(|sealed| sealed.words.iter().any(|other| other == word))
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

fn messages_of(raw: &[u8]) -> Vec<String> {
    let Ok(summary) = check_change(raw, &Rules::report()) else {
        return Vec::new();
    };
    let texts = summary.texts.into_iter();
    texts
        .filter(|text| text.key.starts_with("message.") || text.key == TAG_FIELD)
        .map(|text| text.text)
        .collect()
}
