//! Proposals: what somebody on a phone would write in an item of the library.
//!
//! A proposal is one change to a branch of the item's document: it builds on what
//! the phone had, and is never merged. The hotline sees it beside what stands
//! today, and what it takes, it writes itself. So nobody's words, actor or clock
//! get into the public history of a document without somebody who answers for it.

use loive_protocol::Refusal;

use super::item::ItemDocument;
use super::keys;
use super::recording::Recording;
use crate::document::{Applied, WriteError};
use crate::validate::limits::CHANGE_MAX_BYTES;
use crate::validate::{Actor, Rules, Scalar, checked};

/// Under this key of the branch stands why it was proposed, for the hotline.
pub const NOTE_KEY: &str = "note";
/// The longest note, in characters.
pub const NOTE_MAX_CHARS: usize = 500;
/// Texts in one proposal: an item with all of its blocks.
const TEXTS_MAX_COUNT: usize = 64;

/// One proposal.
#[derive(Clone, PartialEq, Eq)]
pub struct Proposal {
    raw: Vec<u8>,
    /// The words that are proposed, by their keys, in the order in which they
    /// were written.
    pub texts: Vec<(String, String)>,
    /// The recording that is proposed, with its key. Its bytes travel beside.
    pub recording: Option<(String, Recording)>,
    /// Why it is proposed.
    pub note: Option<String>,
}

impl core::fmt::Debug for Proposal {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Proposal")
            .field("texts", &self.texts.len())
            .field("has_recording", &self.recording.is_some())
            .finish_non_exhaustive()
    }
}

/// What stands today where somebody proposes something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The same that whoever proposes had before their eyes.
    AsSeen,
    /// Something else was written there since.
    MovedOn,
}

/// A key with what is proposed, and what stands there.
#[derive(Clone, PartialEq, Eq)]
pub struct Proposed {
    /// The key of the item.
    pub key: String,
    /// The value that is proposed.
    pub value: String,
    /// The value that stands there today.
    pub today: Option<String>,
    /// Whether that is what the proposal built upon.
    pub standing: Standing,
}

impl core::fmt::Debug for Proposed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Proposed")
            .field("key", &self.key)
            .field("standing", &self.standing)
            .finish_non_exhaustive()
    }
}

impl Proposal {
    /// Writes a proposal for `item`: words for keys of titles, summaries and
    /// blocks, and at most one recording. `None` if all of it stands there
    /// already. The item is left as the branch.
    ///
    /// # Errors
    /// [`WriteError::Empty`] if nothing is proposed, [`WriteError::TooLong`] for
    /// the note, [`WriteError::UnknownField`] for a key that is none of words,
    /// [`WriteError::BadValue`] if there is more than one change holds.
    pub fn write(
        item: &mut ItemDocument,
        texts: &[(String, String)],
        recording: Option<&(String, Recording)>,
        note: Option<&str>,
        actor: Actor,
        time: u64,
    ) -> Result<Option<Self>, WriteError> {
        let spoken = recording.map(|(key, recording)| (key.clone(), recording.to_value()));
        let edits: Vec<(String, String)> = texts.iter().cloned().chain(spoken).collect();
        if edits.is_empty() {
            return Err(WriteError::Empty);
        }
        if edits.iter().any(|(key, _)| !may_be_proposed(key)) {
            return Err(WriteError::UnknownField);
        }
        let says_more = edits
            .iter()
            .any(|(key, value)| item.values(key).last() != Some(value));
        if !says_more {
            return Ok(None);
        }
        let bytes: usize = edits
            .iter()
            .map(|(key, value)| key.len() + value.len())
            .sum();
        if edits.len() > TEXTS_MAX_COUNT || bytes > CHANGE_MAX_BYTES / 2 {
            return Err(WriteError::BadValue);
        }
        let note = note.map(str::trim).filter(|note| !note.is_empty());
        if let Some(found) = note.map(|note| note.chars().count())
            && found > NOTE_MAX_CHARS
        {
            let limit = NOTE_MAX_CHARS;
            return Err(WriteError::TooLong { limit, found });
        }
        let note = note.map(|note| (NOTE_KEY.to_owned(), note.to_owned()));
        let all: Vec<_> = edits.into_iter().chain(note).collect();
        let Some(raw) = item.put_all(&all, actor, time)? else {
            return Ok(None);
        };
        Self::read(&raw).map(Some).map_err(WriteError::Internal)
    }

    /// Reads a proposal from the change of a stranger.
    ///
    /// # Errors
    /// Why it is none: not a change, or it writes something else than words, one
    /// recording and a note.
    pub fn read(raw: &[u8]) -> Result<Self, Refusal> {
        let chunk = checked(raw, &Rules::library())?;
        let mut proposal = Self {
            raw: raw.to_vec(),
            texts: Vec::new(),
            recording: None,
            note: None,
        };
        if chunk.operations.len() > TEXTS_MAX_COUNT + 2 {
            return Err(Refusal::SchemaPath);
        }
        for operation in &chunk.operations {
            // Nobody proposes that words go: the hotline is told so in a note.
            let Some(Scalar::Text(text)) = operation.value else {
                return Err(Refusal::SchemaPath);
            };
            proposal.take(operation.key.to_owned(), text.to_owned())?;
        }
        if proposal.texts.is_empty() && proposal.recording.is_none() {
            return Err(Refusal::SchemaPath);
        }
        Ok(proposal)
    }

    fn take(&mut self, key: String, value: String) -> Result<(), Refusal> {
        if key == NOTE_KEY {
            if value.chars().count() > NOTE_MAX_CHARS {
                return Err(Refusal::BadValue);
            }
            self.note = Some(value);
        } else if !may_be_proposed(&key) {
            return Err(Refusal::SchemaPath);
        } else if keys::recorded(&key).is_some() {
            let recording = Recording::from_value(&value).ok_or(Refusal::BadValue)?;
            if self.recording.replace((key, recording)).is_some() {
                return Err(Refusal::SchemaPath);
            }
        } else {
            self.texts.push((key, value));
        }
        Ok(())
    }

    /// The change, as Automerge wrote it.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// What is proposed beside what `item` says today.
    pub fn beside(&self, item: &ItemDocument) -> Vec<Proposed> {
        // The branch comes together with everything that was written since. Where
        // both wrote, two values stand.
        let branch = ItemDocument::load(item.changes())
            .ok()
            .and_then(|mut branch| {
                let applied = branch.apply(&self.raw).ok()?;
                (applied != Applied::Waiting).then_some(branch)
            });
        let recording = self.recording.iter();
        let recording = recording.map(|(key, recording)| (key.clone(), recording.to_value()));
        let edits = self.texts.iter().cloned().chain(recording);
        edits
            .map(|(key, value)| Proposed {
                today: item.values(&key).pop(),
                standing: match &branch {
                    Some(branch) if branch.values(&key).len() < 2 => Standing::AsSeen,
                    _ => Standing::MovedOn,
                },
                key,
                value,
            })
            .collect()
    }
}

/// Whether a key holds words or a recording in some language.
fn may_be_proposed(key: &str) -> bool {
    let lang = match keys::recorded(key) {
        Some((lang, block)) if !block.is_empty() => Some(lang),
        Some(_) => None,
        None => keys::language(key).map(|(lang, _)| lang),
    };
    lang.is_some_and(keys::is_language)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;
    use crate::library::Fields;

    const DESK: Actor = [1; 16];
    const ANNA: Actor = [2; 16];

    fn item() -> ItemDocument {
        let mut item = ItemDocument::new();
        let fields: Fields = [
            ("kind", "article"),
            ("title.vi", "Nhà"),
            ("text.vi.act", "Một"),
            ("text.en.act", "Won"),
        ]
        .map(|(key, text)| (key.to_owned(), text.to_owned()))
        .into();
        item.set(&fields, DESK, 1).unwrap();
        item
    }

    fn phone(desk: &ItemDocument) -> ItemDocument {
        ItemDocument::load(desk.changes()).unwrap()
    }

    fn words(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(key, text)| ((*key).to_owned(), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn what_is_proposed_is_read_beside_what_stands_today() {
        let mut desk = item();
        let texts = words(&[("text.en.act", "One"), ("text.hnj.act", "Ib")]);
        let sent = Proposal::write(&mut phone(&desk), &texts, None, Some(" typo "), ANNA, 5)
            .unwrap()
            .unwrap();
        let read = Proposal::read(sent.raw()).unwrap();
        assert_eq!(read, sent);
        assert_eq!(read.note.as_deref(), Some("typo"));

        let beside = read.beside(&desk);
        assert!(beside.iter().all(|it| it.standing == Standing::AsSeen));
        let today: Vec<_> = beside.iter().map(|it| it.today.as_deref()).collect();
        assert_eq!(today, [Some("Won"), None]);

        // Meanwhile somebody else mended one of them.
        desk.put("text.en.act", Some("A one"), DESK, 6).unwrap();
        let standing: Vec<_> = read.beside(&desk).iter().map(|it| it.standing).collect();
        assert_eq!(standing, [Standing::MovedOn, Standing::AsSeen]);
        assert_eq!(desk.values("text.en.act"), ["A one"]);
    }

    #[test]
    fn a_branch_from_a_state_that_is_not_here_has_moved_on() {
        let mut elsewhere = item();
        elsewhere
            .put("text.en.act", Some("Another life"), [9; 16], 2)
            .unwrap();
        let texts = words(&[("title.vi", "Mái nhà")]);
        let sent = Proposal::write(&mut elsewhere, &texts, None, None, ANNA, 5)
            .unwrap()
            .unwrap();
        let beside = sent.beside(&item());
        assert_eq!(beside.first().unwrap().standing, Standing::MovedOn);
        assert_eq!(beside.first().unwrap().today.as_deref(), Some("Nhà"));
    }

    #[test]
    fn only_words_can_be_proposed() {
        let item = item();
        for key in [
            "review",
            "kind",
            "block.act",
            "blocks",
            "note",
            "title.",
            "title.V",
            "text.vi",
            "audio.hnj.",
            "title.aaaaaaaaaaaaaaaaa",
        ] {
            let texts = words(&[(key, "x")]);
            let written = Proposal::write(&mut phone(&item), &texts, None, None, ANNA, 5);
            assert_eq!(written.unwrap_err(), WriteError::UnknownField, "{key}");
            // And so the desk judges, whatever a phone sends.
            let raw = phone(&item).put(key, Some("x"), ANNA, 5).unwrap().unwrap();
            assert!(Proposal::read(&raw).is_err(), "{key}");
        }
        let gone = phone(&item).put("title.vi", None, ANNA, 5).unwrap();
        assert_eq!(Proposal::read(&gone.unwrap()), Err(Refusal::SchemaPath));
        let no_recording = phone(&item).put("audio.hnj.act", Some("12 x"), ANNA, 5);
        let raw = no_recording.unwrap().unwrap();
        assert_eq!(Proposal::read(&raw), Err(Refusal::BadValue));
    }

    #[test]
    fn what_stands_there_already_is_no_proposal() {
        let item = item();
        let same = words(&[("title.vi", "Nhà")]);
        let written = Proposal::write(&mut phone(&item), &same, None, Some("why"), ANNA, 5);
        assert_eq!(written, Ok(None));
        let empty = Proposal::write(&mut phone(&item), &[], None, None, ANNA, 5);
        assert_eq!(empty, Err(WriteError::Empty));
        let note = "ữ".repeat(NOTE_MAX_CHARS + 1);
        let long = words(&[("title.vi", "Mái nhà")]);
        let written = Proposal::write(&mut phone(&item), &long, None, Some(&note), ANNA, 5);
        assert!(matches!(written, Err(WriteError::TooLong { .. })));
        let huge: Vec<_> = (0..4)
            .map(|n| (format!("text.en.b{n}"), "a".repeat(8_000)))
            .collect();
        let written = Proposal::write(&mut phone(&item), &huge, None, None, ANNA, 5);
        assert_eq!(written, Err(WriteError::BadValue));
    }
}
