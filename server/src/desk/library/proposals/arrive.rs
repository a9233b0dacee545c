//! A proposal that arrives.

use std::collections::BTreeSet;

use loive_documents::library::{Proposal, clean_recording, keys};
use loive_protocol::Refusal;
use rusqlite::{Connection, OptionalExtension as _, named_params};

use super::page;
use crate::desk::DeskError;
use crate::desk::case_file::{CaseFile, CaseKind};

/// Proposals that nobody has decided yet. Anybody can send such, and none of them
/// is about somebody in danger; beyond this many they are counted and not kept.
const OPEN_MAX_COUNT: u64 = 5_000;

/// What a batch begins with that proposes something.
pub(in crate::desk) struct Branch<'a> {
    /// The item, whether it is here or not.
    pub(in crate::desk) item: &'a str,
    /// The change.
    pub(in crate::desk) change: &'a [u8],
    /// What follows it, if that is a recording.
    pub(in crate::desk) recording: Option<&'a [u8]>,
}

/// Whether one more proposal has no room.
pub(in crate::desk) fn is_full(connection: &Connection) -> Result<bool, DeskError> {
    Ok(page::open_count(connection)? >= OPEN_MAX_COUNT)
}

/// Keeps a proposal; `false` if it was here. A seed begins one, and no other.
pub(in crate::desk) fn take(
    connection: &Connection,
    case: &CaseFile,
    branch: &Branch<'_>,
) -> Result<Result<bool, Refusal>, DeskError> {
    if case.kind != CaseKind::Proposal {
        return Ok(Err(Refusal::DuplicateFirst));
    }
    let kept = kept(connection, case)?;
    if let Some((change, recording)) = kept {
        let is_same = change == branch.change && recording.as_deref() == branch.recording;
        return Ok(if is_same {
            Ok(false)
        } else {
            Err(Refusal::DuplicateFirst)
        });
    }
    let proposal = match judged(branch) {
        Ok(proposal) => proposal,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let sql = "INSERT INTO proposals (report, item, languages, raw, recording)
               VALUES (:report, :item, :languages, :raw, :recording)";
    connection.prepare_cached(sql)?.execute(named_params! {
        ":report": case.number,
        ":item": branch.item,
        ":languages": languages(&proposal),
        ":raw": branch.change,
        ":recording": branch.recording,
    })?;
    Ok(Ok(true))
}

type Kept = (Vec<u8>, Option<Vec<u8>>);

fn kept(connection: &Connection, case: &CaseFile) -> Result<Option<Kept>, DeskError> {
    let sql = "SELECT raw, recording FROM proposals WHERE report = ?1";
    let kept = connection
        .prepare_cached(sql)?
        .query_row([case.number], |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(kept.optional()?)
}

/// The change names the recording that comes with it, and there is nothing but
/// sound in that: whoever listens here and later hears the same bytes.
fn judged(branch: &Branch<'_>) -> Result<Proposal, Refusal> {
    let proposal = Proposal::read(branch.change)?;
    let is_right = match (&proposal.recording, branch.recording) {
        (None, None) => true,
        (Some((_, named)), Some(bytes)) => clean_recording(bytes)
            .is_ok_and(|clean| clean.bytes == bytes && clean.recording() == *named),
        _ => false,
    };
    if is_right {
        Ok(proposal)
    } else {
        Err(Refusal::BadValue)
    }
}

/// Codes of the languages of its words, separated by spaces.
fn languages(proposal: &Proposal) -> String {
    let texts = proposal.texts.iter();
    let of_words = texts.filter_map(|(key, _)| Some(keys::language(key)?.0));
    let recording = proposal.recording.iter();
    let of_recording = recording.filter_map(|(key, _)| Some(keys::recorded(key)?.0));
    let codes: BTreeSet<&str> = of_words.chain(of_recording).collect();
    codes.into_iter().collect::<Vec<_>>().join(" ")
}
