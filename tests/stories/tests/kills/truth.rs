//! What a phone must have, by what it had said before it was killed.

use std::collections::{BTreeMap, BTreeSet};

use loive_client::{Phone, PhoneError, Speaker};
use loive_documents::Answers;
use loive_stories::{Deed, Said, scalar_text};

/// The question with the marker.
const MARKED_FIELD: &str = "suspect_info";
/// The phone notes the language itself.
const LANGUAGE_FIELD: &str = "lang";

/// Texts of answers, by field.
pub(crate) type Texts = BTreeMap<String, String>;

/// A report as it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) answers: Texts,
    /// Sorted.
    pub(crate) messages: Vec<String>,
    pub(crate) is_withdrawn: bool,
}

/// What a store holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) drafts: BTreeMap<String, Texts>,
    pub(crate) reports: BTreeMap<String, Written>,
}

impl Held {
    /// What an open phone shows.
    pub(crate) fn by(phone: &Phone) -> Self {
        let drafts = phone.drafts().expect("the list is read").into_iter();
        let reports = phone.reports().expect("the list is read").into_iter();
        Self {
            drafts: drafts
                .map(|draft| {
                    let view = phone.draft_view(draft.id).expect("the draft is shown");
                    (draft.id.to_string(), texts(&view.answers))
                })
                .collect(),
            reports: reports
                .map(|report| {
                    let page = phone.report(&report.id).expect("the report is shown");
                    let own = page.timeline.into_iter();
                    let own = own.filter(|line| line.speaker == Speaker::Reporter);
                    let mut messages: Vec<_> = own.map(|line| line.text).collect();
                    messages.sort();
                    let written = Written {
                        answers: texts(&page.answers),
                        messages,
                        is_withdrawn: page.withdrawal.is_some(),
                    };
                    (report.id.to_string(), written)
                })
                .collect(),
        }
    }
}

fn texts(answers: &Answers) -> Texts {
    let given = answers.iter().filter(|(field, _)| *field != LANGUAGE_FIELD);
    given
        .map(|(field, value)| (field.to_owned(), scalar_text(value)))
        .collect()
}

/// What is known of one phone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Truth {
    pub(crate) held: Held,
    /// Markers of reports whose sealed envelope is kept for the relay.
    pub(crate) guests: BTreeSet<String>,
    /// Erased on the phone; the hotline may have them.
    pub(crate) erased: BTreeSet<String>,
    pub(crate) pin: Option<String>,
    /// What was begun and not said to be done.
    pub(crate) pending: Option<Deed>,
    /// Why something was not done, since somebody looked.
    pub(crate) refusals: Vec<(Deed, String)>,
    /// Why programs could not go on, since somebody looked.
    pub(crate) failures: Vec<String>,
    /// The phone has been open at least once.
    pub(crate) is_born: bool,
}

impl Truth {
    pub(crate) fn hear(&mut self, said: Said) {
        match said {
            Said::Ready(pin) => {
                assert_eq!(pin, self.pin, "another PIN than the last opens the phone");
                self.is_born = true;
            }
            Said::Will(deed) => self.pending = Some(deed),
            Said::Did(deed, outcome) => {
                self.pending = None;
                self.apply(deed, &outcome);
            }
            Said::Refused(deed, why) => {
                self.pending = None;
                self.refusals.push((deed, why));
            }
            Said::Desk(_) => panic!("a phone is no desk"),
            Said::Failed(why) => self.failures.push(why),
        }
    }

    fn apply(&mut self, deed: Deed, outcome: &str) {
        let Held { drafts, reports } = &mut self.held;
        match deed {
            Deed::Begin => {
                drafts.insert(outcome.to_owned(), Texts::new());
            }
            Deed::Answer {
                draft,
                field,
                value,
            } => {
                drafts.entry(draft).or_default().insert(field, value);
            }
            Deed::Submit { draft } => {
                let answers = drafts.remove(&draft).unwrap_or_default();
                let written = Written {
                    answers,
                    ..Written::default()
                };
                let twin = reports.insert(outcome.to_owned(), written);
                assert_eq!(twin, None, "two drafts became one report");
            }
            Deed::Guest { draft, marker } => {
                drafts.remove(&draft);
                self.guests.insert(marker);
            }
            Deed::Discard { draft } => {
                drafts.remove(&draft);
            }
            Deed::Message { report, text } => {
                let messages = &mut reports.entry(report).or_default().messages;
                messages.push(text);
                messages.sort();
            }
            Deed::Amend { report, text } => {
                let report = reports.entry(report).or_default();
                report.answers.insert(MARKED_FIELD.to_owned(), text);
            }
            Deed::Withdraw { report } => reports.entry(report).or_default().is_withdrawn = true,
            Deed::Erase { report } => {
                reports.remove(&report);
                self.erased.insert(report);
            }
            Deed::Pin { pin } => self.pin = pin,
            Deed::Sync | Deed::Rest | Deed::Look { .. } | Deed::Reply { .. } => {}
        }
    }

    /// Only a sync may fail here, for want of a relay.
    pub(crate) fn assert_nothing_refused(&mut self) {
        assert_eq!(self.failures, Vec::<String>::new());
        for (deed, why) in self.refusals.drain(..) {
            assert!(deed == Deed::Sync, "{deed:?} was refused: {why}");
            assert_eq!(why, PhoneError::Offline.to_string());
        }
    }

    /// The PINs that may open the phone.
    pub(crate) fn pins(&self) -> Vec<Option<String>> {
        let mut pins = vec![self.pin.clone()];
        if let Some(Deed::Pin { pin }) = &self.pending {
            pins.push(pin.clone());
        }
        pins
    }

    /// Holds what was said against what is there. What was under way is done or
    /// not done, never half.
    pub(crate) fn settle(&mut self, phone: &Phone, pin: Option<&str>) {
        let found = Held::by(phone);
        let Some(deed) = self.pending.take() else {
            assert_eq!(pin, self.pin.as_deref());
            return assert_same(&found, &self.held, None);
        };
        if found == self.held && pin == self.pin.as_deref() {
            return;
        }
        let outcome = match &deed {
            Deed::Begin => the_new(&found.drafts, &self.held.drafts),
            Deed::Submit { .. } => the_new(&found.reports, &self.held.reports),
            _ => String::new(),
        };
        self.apply(deed.clone(), &outcome);
        assert_eq!(pin, self.pin.as_deref());
        assert_same(&found, &self.held, Some(&deed));
    }
}

/// The one key that was not there before.
fn the_new<T>(now: &BTreeMap<String, T>, before: &BTreeMap<String, T>) -> String {
    let mut fresh = now.keys().filter(|key| !before.contains_key(*key));
    let first = fresh.next().expect("it is there in full, or not at all");
    assert_eq!(fresh.next(), None, "one came twice");
    first.clone()
}

fn assert_same(found: &Held, said: &Held, pending: Option<&Deed>) {
    for (id, draft) in &said.drafts {
        let kept = found.drafts.get(id);
        assert_eq!(kept, Some(draft), "draft {id}, {pending:?} under way");
    }
    for (id, report) in &said.reports {
        let kept = found.reports.get(id);
        assert_eq!(kept, Some(report), "report {id}, {pending:?} under way");
    }
    assert_eq!(
        found, said,
        "there is more than was written; {pending:?} under way"
    );
}
