//! Proposing other words: sealed once, as a report is.

use std::collections::BTreeMap;

use loive_documents::WriteError;
use loive_documents::library::{
    CleanRecording, Fields, ItemDocument, ItemView, Proposal, Recording, RecordingError,
    clean_recording, keys,
};
use loive_documents::validate::limits::VALUE_MAX_BYTES;
use loive_protocol::limits::RECORDING_MAX_BYTES;
use loive_protocol::{ReportId, Seed};
use rusqlite::Transaction;

use super::view::{NewProposal, NewRecording, Part, ProposedText};
use crate::error::{PhoneError, Problem, Rejection};
use crate::limits::PROPOSALS_MAX_COUNT;
use crate::phone::{Inner, Phone};
use crate::store::outbox::{self, Kind};
use crate::store::proposals::{self, ProposalRow};
use crate::store::reports::{self, NewReport, Origin};
use crate::store::{library, meta, project};

/// What complaints name, where they name no question of a form.
const PROPOSAL: &str = "proposal";
const TEXT: &str = "text";
const LANG: &str = "lang";
const BLOCK: &str = "block";
const RECORDING: &str = "recording";
const NOTE: &str = "note";

/// A recording that has been cleaned, with its key.
type Spoken = (String, CleanRecording);

impl Phone {
    /// Proposes other words for an item of the library: seals them once, keeps
    /// the sealed bytes, and sends them with the next sync. What somebody proposes
    /// a second time, and waits for an answer to, is the same proposal. A
    /// recording leaves this phone with nothing but its sound.
    ///
    /// # Errors
    /// [`PhoneError::NotFound`] if the library has no such item;
    /// [`PhoneError::Invalid`] for `text`, `lang`, `block`, `recording`, `note`, or
    /// for `proposal` if nothing in it is new; [`PhoneError::Rejected`] if it does
    /// not go in one piece or the app knows no key to seal it with;
    /// [`PhoneError::StorageFull`].
    pub fn propose(&self, new: &NewProposal) -> Result<ReportId, PhoneError> {
        let recording = new.recording.as_ref().map(clean).transpose()?;
        let id = self.0.store.write(|tx| {
            let (proposal, row) = self.0.write_proposal(tx, new, recording)?;
            match before(tx, &proposal, &row.item)? {
                Some(known) => Ok(known),
                None => self.0.keep_proposal(tx, row),
            }
        })?;
        self.0.announce(id);
        Ok(id)
    }
}

impl Inner {
    /// The change that says it. Writes nothing.
    fn write_proposal(
        &self,
        tx: &Transaction<'_>,
        new: &NewProposal,
        recording: Option<Spoken>,
    ) -> Result<(Proposal, ProposalRow), PhoneError> {
        let changes = library::changes(tx, &new.item)?;
        if changes.is_empty() {
            return Err(PhoneError::NotFound);
        }
        let mut item = ItemDocument::load(changes.iter().map(Vec::as_slice))?;
        let fields = item.fields();
        // A map, so that each part is written once; the last word counts.
        let texts = new
            .texts
            .iter()
            .map(|text| keyed(text, &new.item, &fields))
            .collect::<Result<BTreeMap<_, _>, _>>()?;
        if let Some(spoken) = &new.recording {
            check_block(&spoken.block, &new.item, &fields)?;
        }
        let named: Option<(String, Recording)> = recording
            .as_ref()
            .map(|(key, clean)| (key.clone(), clean.recording()));
        let texts: Vec<_> = texts.into_iter().collect();
        // An actor of its own: who proposes twice is not to be known by it.
        let proposal = Proposal::write(
            &mut item,
            &texts,
            named.as_ref(),
            new.note.as_deref(),
            self.env.random::<16>(),
            self.now(),
        )
        .map_err(complaint)?
        .ok_or_else(|| PhoneError::invalid(PROPOSAL, Problem::NothingNew))?;
        // Only what the change names travels: a recording may stand there already.
        let recording = recording.filter(|_| proposal.recording.is_some());
        let row = ProposalRow {
            item: new.item.clone(),
            change: proposal.raw().to_vec(),
            recording: recording.map(|(_, clean)| clean.bytes),
        };
        Ok((proposal, row))
    }

    fn keep_proposal(
        &self,
        tx: &Transaction<'_>,
        row: ProposalRow,
    ) -> Result<ReportId, PhoneError> {
        if proposals::count(tx)? >= PROPOSALS_MAX_COUNT {
            let limit = PROPOSALS_MAX_COUNT;
            return Err(PhoneError::rejected(Rejection::TooMany { limit }));
        }
        let certificates = self.certificates();
        let now = self.now();
        let to = certificates
            .seal_key(now)
            .ok_or_else(|| PhoneError::rejected(Rejection::NoSealKey))?;
        let id = reports::insert(
            tx,
            &NewReport {
                kind: reports::Kind::Proposal,
                seed: &Seed::generate(&mut self.env.rng()),
                origin: Origin::Written,
                draft: None,
                compact: None,
                submitted_at: now,
            },
        )?;
        proposals::insert(tx, &id, &row)?;
        let envelope = self.seal(tx, &id, Kind::Proposal, row.items(), to)?;
        outbox::insert(tx, Some(&id), Kind::Proposal, &envelope, now)?;
        project::project_from_rows(tx, &id)?;
        meta::observe(tx, &self.env)?;
        Ok(id)
    }
}

/// The same proposal, if it waits for an answer: a second tap sends nothing.
fn before(
    tx: &Transaction<'_>,
    new: &Proposal,
    item: &str,
) -> Result<Option<ReportId>, PhoneError> {
    for row in reports::list(tx, reports::Kind::Proposal)? {
        let is_settled = row.withdrawn_at.or(row.accepted_at).or(row.declined_at);
        let known = proposals::get(tx, &row.id)?;
        if is_settled.is_some() || known.item != item {
            continue;
        }
        let known = Proposal::read(&known.change).map_err(|_| PhoneError::Damaged)?;
        let is_same =
            known.texts == new.texts && known.recording == new.recording && known.note == new.note;
        if is_same {
            return Ok(Some(row.id));
        }
    }
    Ok(None)
}

/// The key of the item under which a text would stand, and the text.
fn keyed(text: &ProposedText, item: &str, fields: &Fields) -> Result<(String, String), PhoneError> {
    check_language(&text.lang)?;
    let key = match &text.part {
        Part::Title => keys::title(&text.lang),
        Part::Summary => keys::summary(&text.lang),
        Part::Block(block) => {
            check_block(block, item, fields)?;
            keys::text(&text.lang, block)
        }
    };
    let words = text.text.trim();
    if words.is_empty() {
        return Err(PhoneError::invalid(TEXT, Problem::Empty));
    }
    if words.len() > VALUE_MAX_BYTES {
        // Said in characters, as the person counts: how many of these fit.
        let fits = words
            .char_indices()
            .filter(|(at, character)| at + character.len_utf8() <= VALUE_MAX_BYTES);
        let reason = Problem::TooLong {
            limit: fits.count(),
            found: words.chars().count(),
        };
        return Err(PhoneError::invalid(TEXT, reason));
    }
    Ok((key, words.to_owned()))
}

fn check_language(code: &str) -> Result<(), PhoneError> {
    if keys::is_language(code) {
        Ok(())
    } else {
        Err(PhoneError::invalid(LANG, Problem::UnknownOption))
    }
}

fn check_block(block: &str, item: &str, fields: &Fields) -> Result<(), PhoneError> {
    let mut blocks = ItemView::new(item, fields).blocks();
    if blocks.any(|one| one.id == block) {
        Ok(())
    } else {
        Err(PhoneError::invalid(BLOCK, Problem::UnknownOption))
    }
}

fn clean(new: &NewRecording) -> Result<Spoken, PhoneError> {
    check_language(&new.lang)?;
    let clean = clean_recording(&new.ogg).map_err(|error| {
        let reason = match error {
            RecordingError::NotOpus => Problem::NotOpus,
            RecordingError::TooLarge { found } => Problem::TooLarge {
                limit: RECORDING_MAX_BYTES,
                found,
            },
            RecordingError::TooLong => Problem::PlaysTooLong {
                limit_milliseconds: loive_documents::library::RECORDING_MAX_MILLISECONDS,
            },
            RecordingError::Silent => Problem::Silent,
        };
        PhoneError::invalid(RECORDING, reason)
    })?;
    Ok((keys::audio(&new.lang, &new.block), clean))
}

/// What the writer complains of, as it concerns a proposal.
fn complaint(error: WriteError) -> PhoneError {
    match error {
        WriteError::Empty => PhoneError::invalid(PROPOSAL, Problem::Empty),
        WriteError::TooLong { limit, found } => {
            PhoneError::invalid(NOTE, Problem::TooLong { limit, found })
        }
        // Each text is checked by now: together they are too much.
        WriteError::BadValue => PhoneError::rejected(Rejection::TooLarge),
        other => other.into(),
    }
}
