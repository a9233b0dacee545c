//! The list of proposals, and one of them as a screen shows it.

use loive_documents::Decided;
use loive_documents::library::{ItemDocument, ItemView, Proposal, Proposed, Standing, keys};
use loive_protocol::ReportId;
use rusqlite::Connection;

use super::view::{
    Decision, Part, ProposalPage, ProposalSummary, ProposedRecording, ProposedWords,
};
use crate::error::PhoneError;
use crate::library::FIRST_LANG;
use crate::phone::Phone;
use crate::store::library;
use crate::store::proposals::{self, ProposalRow};
use crate::store::reports::{self, Kind, ReportRow};
use crate::verbs::{delivery, messages_of_hotline, timeline, times, troubles, withdrawal};

impl Phone {
    /// What was proposed on this phone, the newest first, with the items' titles
    /// in `lang`. Reads rows only.
    pub fn proposals(&self, lang: &str) -> Result<Vec<ProposalSummary>, PhoneError> {
        self.0.store.read(|connection| {
            reports::list(connection, Kind::Proposal)?
                .iter()
                .map(|row| {
                    let proposal = proposals::get(connection, &row.id)?;
                    summary(connection, row, proposal.item, lang)
                })
                .collect()
        })
    }

    /// A proposal beside what the library says today. Writes nothing.
    ///
    /// # Errors
    /// [`PhoneError::NotFound`] if it is not on this phone, or a report.
    pub fn proposal(&self, id: &ReportId, lang: &str) -> Result<ProposalPage, PhoneError> {
        self.0.store.read(|connection| {
            let row = reports::get_of_kind(connection, id, Kind::Proposal)?;
            let stored = proposals::get(connection, id)?;
            let proposal = Proposal::read(&stored.change).map_err(|_| PhoneError::Damaged)?;
            let item = item(connection, &stored)?;
            let recording = proposal.recording.as_ref().and_then(|(key, recording)| {
                let (lang, block) = keys::recorded(key)?;
                Some(ProposedRecording {
                    block: block.to_owned(),
                    lang: lang.to_owned(),
                    milliseconds: recording.milliseconds,
                    bytes: recording.bytes,
                })
            });
            Ok(ProposalPage {
                summary: summary(connection, &row, stored.item, lang)?,
                times: times(&row),
                texts: proposal
                    .beside(&item)
                    .into_iter()
                    .filter_map(words)
                    .collect(),
                recording,
                note: proposal.note,
                timeline: timeline(connection, id)?,
                withdrawal: withdrawal(connection, &row)?,
                troubles: troubles(connection, id)?,
            })
        })
    }

    /// The recording of a proposal of this phone: an Ogg file with Opus.
    ///
    /// # Errors
    /// [`PhoneError::NotFound`] if there is no such proposal, or none in it.
    pub fn proposed_recording(&self, id: &ReportId) -> Result<Vec<u8>, PhoneError> {
        self.0.store.read(|connection| {
            let stored = proposals::get(connection, id)?;
            stored.recording.ok_or(PhoneError::NotFound)
        })
    }
}

/// What the library says today. An item that is gone says nothing.
fn item(connection: &Connection, stored: &ProposalRow) -> Result<ItemDocument, PhoneError> {
    let changes = library::changes(connection, &stored.item)?;
    Ok(ItemDocument::load(changes.iter().map(Vec::as_slice))?)
}

/// `None` for what is no words: the recording is shown beside.
fn words(edit: Proposed) -> Option<ProposedWords> {
    let (lang, block) = keys::language(&edit.key)?;
    let part = match block {
        Some(block) => Part::Block(block.to_owned()),
        None if edit.key == keys::title(lang) => Part::Title,
        None => Part::Summary,
    };
    // What the hotline took stands there as it was proposed.
    let is_taken = edit.today.as_ref() == Some(&edit.value);
    Some(ProposedWords {
        part,
        lang: lang.to_owned(),
        has_moved_on: edit.standing == Standing::MovedOn && !is_taken,
        proposed: edit.value,
        today: edit.today,
    })
}

fn summary(
    connection: &Connection,
    row: &ReportRow,
    item: String,
    lang: &str,
) -> Result<ProposalSummary, PhoneError> {
    let title = library::fields(connection, &item)?.and_then(|fields| {
        let view = ItemView::new(&item, &fields);
        let title = view.title(lang).or_else(|| view.title(FIRST_LANG));
        title.map(str::to_owned)
    });
    Ok(ProposalSummary {
        id: row.id,
        item,
        title,
        proposed_at: row.submitted_at,
        delivery: delivery(row),
        decision: decision(row),
        withdrawn_at: row.withdrawn_at,
        messages_of_hotline: messages_of_hotline(connection, &row.id)?,
    })
}

fn decision(row: &ReportRow) -> Decision {
    match Decided::of(row.accepted_at, row.declined_at) {
        None => Decision::Waiting,
        Some(Decided::Accepted(at)) => Decision::Accepted { at },
        Some(Decided::Declined(at)) => Decision::Declined { at },
    }
}
