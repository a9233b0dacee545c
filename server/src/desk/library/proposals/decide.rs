//! Deciding: somebody who speaks the language signs off, an administrator takes
//! words over or does not, and whoever proposed is told.

use std::collections::BTreeMap;

use loive_documents::library::{CleanRecording, Proposal, clean_recording, keys};
use loive_documents::{Thread, WriteError};
use rusqlite::{Connection, Transaction, params};

use super::page::{self, ProposalRow, subject};
use super::{Decision, read};
use crate::desk::audit;
use crate::desk::case_file::{CaseFile, Number};
use crate::desk::library::staff::{NEEDS_REVIEW, REVIEWED, existing, may_write};
use crate::desk::library::{LibraryError, fingerprint, recordings};
use crate::desk::store::int;
use crate::desk::threads::REPLY_MAX_CHARS;
use crate::desk::view::User;
use crate::desk::{Desk, DeskError};

/// The languages that everybody at the hotline reads.
const READ_BY_ALL: [&str; 2] = ["vi", "en"];

/// Words of a proposal that are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// [`fingerprint`] of what stood there when the page was drawn.
    pub seen: String,
    /// What shall stand there: what was proposed, or mended. A recording is taken
    /// as it is.
    pub text: String,
}

impl Desk {
    /// Notes that somebody who speaks its language has heard or read a proposal,
    /// and that it says what the Vietnamese says. Twice is once.
    ///
    /// # Errors
    /// [`LibraryError::NotFound`] if there is none, [`LibraryError::Decided`].
    pub fn sign_off_proposal(&self, who: &User, number: u64) -> Result<(), LibraryError> {
        let now = self.env.now();
        let id = self.write_library(|transaction| {
            let row = open_row(transaction, number)?;
            let mut case = CaseFile::load(transaction, stored(number))?;
            if row.signed_off.is_none() {
                transaction.execute(
                    "UPDATE proposals SET signed_off_by = ?2, signed_off_at = ?3 WHERE report = ?1",
                    params![case.number, who.name, int(now)],
                )?;
                self.read(transaction, &mut case, who, now)?;
                self.seal(transaction, &case)?;
                let action = audit::SIGNED_OFF_PROPOSAL;
                audit::write_about(transaction, now, &who.name, action, &subject(&row))?;
            }
            Ok(case.seed.report_id())
        })?;
        self.written(id);
        Ok(())
    }

    /// Takes words of a proposal over: `taken` has those keys of it that shall
    /// stand, the recording's too. They are written as an edit at the console is,
    /// and whoever proposed them is told, with a word if there is one. `false` if
    /// that was done before.
    ///
    /// # Errors
    /// [`DeskError::Forbidden`] for a counsellor, [`DeskError::Empty`] if nothing
    /// is taken, [`LibraryError::NotFound`] if there is no such proposal, item or
    /// key in it, [`LibraryError::Decided`], [`LibraryError::Withdrawn`],
    /// [`LibraryError::NeedsSpeaker`], [`LibraryError::Stale`] if something else
    /// stands there by now.
    pub fn accept_proposal(
        &self,
        who: &User,
        number: u64,
        taken: &BTreeMap<String, Taken>,
        word: Option<&str>,
    ) -> Result<bool, LibraryError> {
        may_write(who)?;
        let word = checked_word(word)?;
        self.decide(
            who,
            number,
            Decision::Accepted,
            word.as_deref(),
            |transaction, row| {
                if row.withdrawn_at.is_some() {
                    return Err(LibraryError::Withdrawn);
                }
                let parts = Parts::load(transaction, row)?;
                parts.check(who, taken)?;
                self.write_taken(transaction, who, row, taken)?;
                let has_recording = parts
                    .recording_key()
                    .is_some_and(|it| taken.contains_key(it));
                match &parts.recording {
                    Some(recording) if has_recording => recordings::keep(transaction, recording),
                    _ => Ok(()),
                }
            },
        )
    }

    /// Notes that a proposal is not taken, and says so to whoever proposed it.
    /// `false` if that was done before.
    ///
    /// # Errors
    /// [`DeskError::Forbidden`] for a counsellor, [`LibraryError::NotFound`],
    /// [`LibraryError::Decided`].
    pub fn decline_proposal(
        &self,
        who: &User,
        number: u64,
        word: Option<&str>,
    ) -> Result<bool, LibraryError> {
        may_write(who)?;
        let word = checked_word(word)?;
        let nothing = |_: &Transaction<'_>, _: &ProposalRow| Ok(());
        self.decide(who, number, Decision::Declined, word.as_deref(), nothing)
    }

    /// One transaction: the library, the decision, and the sealed answer.
    fn decide(
        &self,
        who: &User,
        number: u64,
        decision: Decision,
        word: Option<&str>,
        write: impl FnOnce(&Transaction<'_>, &ProposalRow) -> Result<(), LibraryError>,
    ) -> Result<bool, LibraryError> {
        let now = self.env.now();
        let decided = self.write_library(|transaction| {
            let not_found = || LibraryError::NotFound(format!("proposal {number}"));
            let row = page::row(transaction, number)?.ok_or_else(not_found)?;
            match row.decision {
                Some((before, _)) if before == decision => return Ok(None),
                Some(_) => return Err(LibraryError::Decided),
                None => {}
            }
            write(transaction, &row)?;
            let mut case = CaseFile::load(transaction, stored(number))?;
            self.read(transaction, &mut case, who, now)?;
            self.mark(transaction, &mut case, decision, now)?;
            if let Some(word) = word {
                self.say(transaction, &mut case, who, word)?;
            }
            transaction.execute(
                "UPDATE proposals SET decided_by = ?2 WHERE report = ?1",
                params![case.number, who.name],
            )?;
            let action = match decision {
                Decision::Accepted => audit::ACCEPTED_PROPOSAL,
                Decision::Declined => audit::DECLINED_PROPOSAL,
            };
            audit::write_about(transaction, now, &who.name, action, &subject(&row))?;
            self.seal(transaction, &case)?;
            Ok(Some(case.seed.report_id()))
        })?;
        if let Some(id) = decided {
            self.written(id);
        }
        Ok(decided.is_some())
    }

    fn mark(
        &self,
        transaction: &Transaction<'_>,
        case: &mut CaseFile,
        decision: Decision,
        now: u64,
    ) -> Result<(), DeskError> {
        let actor = self.actor;
        let mark = |thread: &mut Thread| -> Result<Option<Vec<u8>>, WriteError> {
            match decision {
                Decision::Accepted => thread.mark_accepted(actor, now),
                Decision::Declined => thread.mark_declined(actor, now),
            }
        };
        case.write(transaction, now, mark)?;
        Ok(())
    }

    fn write_taken(
        &self,
        transaction: &Transaction<'_>,
        who: &User,
        row: &ProposalRow,
        taken: &BTreeMap<String, Taken>,
    ) -> Result<(), LibraryError> {
        let mut document = existing(transaction, &row.item)?;
        let before = document.fields();
        let now = self.env.now();
        let mut is_changed = false;
        for (key, Taken { seen, text }) in taken {
            let stands = before.get(key).map(String::as_str);
            if stands == Some(text) {
                continue;
            }
            if fingerprint(stands) != *seen {
                return Err(LibraryError::Stale);
            }
            is_changed |= self.put(transaction, &row.item, &mut document, (key, Some(text)))?;
            let subject = format!("{} {key}", row.item);
            audit::write_about(transaction, now, &who.name, audit::EDITED_LIBRARY, &subject)?;
        }
        if is_changed && before.get(keys::REVIEW).is_some_and(|it| it == REVIEWED) {
            let review = (keys::REVIEW, Some(NEEDS_REVIEW));
            self.put(transaction, &row.item, &mut document, review)?;
        }
        Ok(())
    }
}

/// A proposal with what decides about it.
struct Parts {
    proposal: Proposal,
    recording: Option<CleanRecording>,
    /// Login name of who has signed it off.
    speaker: Option<String>,
}

impl Parts {
    fn load(connection: &Connection, row: &ProposalRow) -> Result<Self, LibraryError> {
        let sql = "SELECT raw, recording, signed_off_by FROM proposals WHERE report = ?1";
        let (raw, recording, speaker): (Vec<u8>, Option<Vec<u8>>, Option<String>) = connection
            .prepare_cached(sql)?
            .query_row([stored(row.number)], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?;
        let recording = recording
            .map(|bytes| clean_recording(&bytes))
            .transpose()
            // It was judged when it came.
            .map_err(|_| DeskError::Internal { code: 0 })?;
        Ok(Self {
            proposal: read(&raw)?,
            recording,
            speaker,
        })
    }

    fn recording_key(&self) -> Option<&str> {
        let (key, _) = self.proposal.recording.as_ref()?;
        Some(key)
    }

    /// What was proposed under a key.
    fn proposed(&self, key: &str) -> Option<String> {
        if let Some((at, recording)) = &self.proposal.recording
            && at == key
        {
            return Some(recording.to_value());
        }
        let mut texts = self.proposal.texts.iter();
        let (_, text) = texts.rfind(|(at, _)| at == key)?;
        Some(text.clone())
    }

    fn check(&self, who: &User, taken: &BTreeMap<String, Taken>) -> Result<(), LibraryError> {
        if taken.is_empty() {
            return Err(DeskError::Empty.into());
        }
        for (key, Taken { text, .. }) in taken {
            let not_found = || LibraryError::NotFound(key.clone());
            let proposed = self.proposed(key).ok_or_else(not_found)?;
            let is_mended = *text != proposed;
            let is_recording = self.recording_key() == Some(key);
            if text.trim().is_empty() || (is_recording && is_mended) {
                return Err(not_found());
            }
            let is_read_by_all =
                keys::language(key).is_some_and(|(lang, _)| READ_BY_ALL.contains(&lang));
            // Who mends words in a language that others do not read must be the
            // one who speaks it.
            let has_speaker = match &self.speaker {
                Some(speaker) => !is_mended || *speaker == who.name,
                None => false,
            };
            if !is_read_by_all && !has_speaker {
                return Err(LibraryError::NeedsSpeaker);
            }
        }
        Ok(())
    }
}

fn open_row(connection: &Connection, number: u64) -> Result<ProposalRow, LibraryError> {
    let not_found = || LibraryError::NotFound(format!("proposal {number}"));
    let row = page::row(connection, number)?.ok_or_else(not_found)?;
    if row.decision.is_some() {
        return Err(LibraryError::Decided);
    }
    Ok(row)
}

/// The number as the store has it; one that it cannot have is not found there.
fn stored(number: u64) -> Number {
    int(number)
}

/// A word back as it is sent; `None` if there is none.
fn checked_word(word: Option<&str>) -> Result<Option<String>, DeskError> {
    // Browsers send CRLF whatever was typed.
    let word = word.unwrap_or_default().replace("\r\n", "\n");
    if word.chars().count() > REPLY_MAX_CHARS {
        return Err(DeskError::TooLong {
            limit: REPLY_MAX_CHARS,
        });
    }
    Ok((!word.trim().is_empty()).then_some(word))
}
