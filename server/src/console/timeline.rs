//! What happened to a report and what was said, oldest first.

use super::labels::Labels;
use super::time::Moment;
use crate::desk::view::{TimelineEntry, TimelineWhat};

/// Who speaks in an entry.
pub(super) enum Voice {
    /// Nobody: something happened.
    Event,
    /// The reporter.
    Reporter,
    /// The hotline, by this counsellor.
    Hotline(String),
}

/// One entry, ready to be shown.
pub(super) struct EntryView {
    /// When.
    pub(super) at: Moment,
    /// Who speaks.
    pub(super) voice: Voice,
    /// What was said, or what happened in words.
    pub(super) text: String,
    /// Why, if a reason was given.
    pub(super) reason: Option<String>,
}

/// The entries of a report.
pub(super) fn entries(timeline: &[TimelineEntry], labels: &Labels) -> Vec<EntryView> {
    timeline.iter().map(|entry| view(entry, labels)).collect()
}

fn view(entry: &TimelineEntry, labels: &Labels) -> EntryView {
    let words = labels.words;
    let plain = |key: &str| (Voice::Event, words.get(key).to_owned(), None);
    // A desk that lost its store knows that somebody did it, not who.
    let named = |name: &str| {
        if name.is_empty() {
            words.get("timeline.somebody").to_owned()
        } else {
            name.to_owned()
        }
    };
    let by = |key: &str, name: &str| {
        (
            Voice::Event,
            words.with(key, &[("name", &named(name))]),
            None,
        )
    };
    let (voice, text, reason) = match &entry.what {
        TimelineWhat::Written => plain("timeline.written"),
        TimelineWhat::Received => plain("timeline.received"),
        TimelineWhat::Opened => plain("timeline.opened"),
        TimelineWhat::Withdrawn => plain("timeline.withdrawn"),
        TimelineWhat::Read(name) => by("timeline.read", name),
        TimelineWhat::Claimed(name) => by("timeline.claimed", name),
        TimelineWhat::Released(name) => by("timeline.released", name),
        TimelineWhat::HoaxUndone(name) => by("timeline.hoax_undone", name),
        TimelineWhat::FromReporter(text) => (Voice::Reporter, text.clone(), None),
        TimelineWhat::FromHotline(name, text) => (Voice::Hotline(named(name)), text.clone(), None),
        TimelineWhat::Amended(fields) => {
            let labelled: Vec<&str> = fields.iter().map(|id| labels.field(id)).collect();
            let fields = labelled.join("; ");
            (
                Voice::Event,
                words.with("timeline.amended", &[("fields", &fields)]),
                None,
            )
        }
        TimelineWhat::Urgency(name, urgency, reason) => {
            let view = labels.urgency(*urgency);
            let urgency = format!("{} {}", view.short, view.name);
            let values = [("name", name.as_str()), ("urgency", urgency.as_str())];
            (
                Voice::Event,
                words.with("timeline.urgency", &values),
                Some(reason.clone()),
            )
        }
        TimelineWhat::Hoax(name, reason) => (
            Voice::Event,
            words.with("timeline.hoax", &[("name", name)]),
            Some(reason.clone()),
        ),
    };
    EntryView {
        at: Moment::at(entry.at, words),
        voice,
        text,
        reason,
    }
}
