//! The hotline's own mailboxes, read back: what this desk, or the one whose
//! store was lost, has said to reporters.

use std::collections::BTreeSet;

use loive_documents::Applied;
use loive_documents::validate::{ChangeHash, Rules, check_change};
use loive_protocol::limits::MAILBOX_SHARDS;
use loive_protocol::{
    AnswerItem, Envelope, EnvelopeId, LogId, MailboxCursor, Page, Seed, is_mine, open_answer,
};
use rusqlite::{Connection, Transaction};

use super::answers;
use super::case_file::{self, CaseFile, Number};
use super::codes::Side;
use super::error::DeskError;
use super::identity::Identity;
use super::projection;
use super::quarantine::part_of;
use super::store::{int, uint};

/// Where reading goes on, for every shard.
pub(super) fn cursors(connection: &Connection) -> Result<Vec<MailboxCursor>, DeskError> {
    let mut cursors: Vec<MailboxCursor> = (0..MAILBOX_SHARDS)
        .map(|shard| MailboxCursor { shard, after: 0 })
        .collect();
    let mut statement = connection.prepare_cached("SELECT shard, after FROM mailboxes")?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, u8>(0)?, row.get(1)?)))?;
    for row in rows {
        let (shard, after) = row?;
        if let Some(cursor) = cursors.get_mut(usize::from(shard)) {
            cursor.after = uint(after);
        }
    }
    Ok(cursors)
}

/// Takes one page of a shard.
pub(super) fn take(
    transaction: &mut Transaction<'_>,
    identity: &Identity,
    log: LogId,
    page: &Page,
) -> Result<(), DeskError> {
    let mut seeds: Option<Vec<(Number, Seed)>> = None;
    let mut touched = BTreeSet::new();
    let mut after = 0;
    for stored in &page.envelopes {
        after = after.max(stored.seq);
        let id = EnvelopeId::from_bytes(part_of(&stored.envelope));
        if has_it(transaction, &id, log)? {
            continue;
        }
        let Ok(envelope) = Envelope::parse(stored.envelope.to_vec()) else {
            continue;
        };
        if seeds.is_none() {
            seeds = Some(seeds_of(transaction, page.shard)?);
        }
        let owner = seeds
            .iter()
            .flatten()
            .find(|(_, seed)| is_mine(&envelope, seed));
        if let Some((number, seed)) = owner {
            let lost = Lost {
                number: *number,
                seed,
                envelope: &envelope,
                log,
            };
            if lost.take(transaction, identity)? {
                touched.insert(*number);
            }
        }
    }
    for number in touched {
        mark_what_was_read(transaction, number)?;
    }
    let sql = "INSERT INTO mailboxes (shard, after) VALUES (?1, ?2)
               ON CONFLICT (shard) DO UPDATE SET after = max(after, excluded.after)";
    transaction
        .prepare_cached(sql)?
        .execute((page.shard, int(after)))?;
    Ok(())
}

/// Whether this answer is kept here. If so, this log need not be given it.
fn has_it(connection: &Connection, id: &EnvelopeId, log: LogId) -> Result<bool, DeskError> {
    let sql = "UPDATE answers SET log = ?2 WHERE id = ?1";
    let parameters = (id.as_bytes().as_slice(), log.as_bytes().as_slice());
    Ok(connection.prepare_cached(sql)?.execute(parameters)? > 0)
}

fn seeds_of(connection: &Connection, shard: u8) -> Result<Vec<(Number, Seed)>, DeskError> {
    let sql = "SELECT number, seed FROM reports WHERE shard = ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([shard], |row| {
        Ok((row.get(0)?, Seed::from_bytes(row.get(1)?)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// An answer that this store does not have.
struct Lost<'a> {
    number: Number,
    seed: &'a Seed,
    envelope: &'a Envelope,
    log: LogId,
}

impl Lost<'_> {
    /// `false` if it is not ours after all, or cannot be merged.
    fn take(
        &self,
        transaction: &mut Transaction<'_>,
        identity: &Identity,
    ) -> Result<bool, DeskError> {
        let savepoint = transaction.savepoint()?;
        match self.merge(&savepoint, identity) {
            Ok(taken) => {
                savepoint.commit()?;
                Ok(taken)
            }
            Err(error @ DeskError::Internal { .. }) => {
                drop(savepoint);
                tracing::error!(%error, "an answer of this hotline could not be taken back");
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    fn merge(&self, connection: &Connection, identity: &Identity) -> Result<bool, DeskError> {
        let Ok(batch) = open_answer(self.envelope, self.seed, &identity.certificates) else {
            return Ok(false);
        };
        let id = self.envelope.id();
        let (bytes, made_at) = (self.envelope.as_bytes(), batch.signed_at);
        answers::keep(connection, &id, self.number, bytes, made_at, Some(self.log))?;
        let mut case = CaseFile::load(connection, self.number)?;
        for item in &batch.items {
            match item {
                AnswerItem::Receipt(receipt) => answers::note_told(connection, receipt, &id)?,
                AnswerItem::Change(raw) => take_change(connection, &mut case, raw, &id)?,
            }
        }
        release(connection, &mut case)?;
        projection::snapshot_thread(connection, self.number, &case.thread.view())?;
        Ok(true)
    }
}

/// A change of the thread. Answers may lie in the mailbox in another order than
/// that in which they were written: what comes too early waits.
fn take_change(
    connection: &Connection,
    case: &mut CaseFile,
    raw: &[u8],
    answer: &EnvelopeId,
) -> Result<(), DeskError> {
    let Ok(summary) = check_change(raw, &Rules::thread()) else {
        tracing::warn!("an answer of this hotline holds a change that is not understood");
        return Ok(());
    };
    if case.thread.contains(&summary.hash) {
        return Ok(());
    }
    let sql = "INSERT OR IGNORE INTO waiting (report, side, hash, raw, at, envelope)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    connection.prepare_cached(sql)?.execute((
        case.number,
        Side::Hotline.code(),
        summary.hash.as_slice(),
        raw,
        int(summary.time),
        answer.as_bytes().as_slice(),
    ))?;
    Ok(())
}

/// Merges every change that waits for nothing any more.
fn release(connection: &Connection, case: &mut CaseFile) -> Result<(), DeskError> {
    loop {
        let mut moved = false;
        for row in waiting(connection, case.number)? {
            moved |= try_release(connection, case, &row)?;
        }
        if !moved {
            return Ok(());
        }
    }
}

struct WaitingRow {
    hash: ChangeHash,
    raw: Vec<u8>,
    at: u64,
    answer: Vec<u8>,
}

fn waiting(connection: &Connection, number: Number) -> Result<Vec<WaitingRow>, DeskError> {
    let sql = "SELECT hash, raw, at, envelope FROM waiting
               WHERE report = ?1 AND side = ?2 ORDER BY at, hash";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map((number, Side::Hotline.code()), |row| {
        Ok(WaitingRow {
            hash: row.get(0)?,
            raw: row.get(1)?,
            at: uint(row.get(2)?),
            answer: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn try_release(
    connection: &Connection,
    case: &mut CaseFile,
    row: &WaitingRow,
) -> Result<bool, DeskError> {
    let Ok(summary) = check_change(&row.raw, &Rules::thread()) else {
        return Ok(false);
    };
    if !summary.deps.iter().all(|hash| case.thread.contains(hash)) {
        return Ok(false);
    }
    match case.thread.apply(&row.raw) {
        Ok(Applied::New) => {
            let side = Side::Hotline;
            case_file::insert_change(connection, case.number, side, &row.hash, &row.raw, row.at)?;
            let sql = "UPDATE changes SET answer = ?2 WHERE report = ?1 AND hash = ?3";
            connection.prepare_cached(sql)?.execute((
                case.number,
                row.answer.as_slice(),
                row.hash.as_slice(),
            ))?;
        }
        Ok(Applied::Known | Applied::Waiting) => {}
        Err(refusal) => {
            tracing::warn!(
                reason = refusal.key(),
                "a change of this hotline was refused"
            );
        }
    }
    let sql = "DELETE FROM waiting WHERE report = ?1 AND side = ?2 AND hash = ?3";
    let side = Side::Hotline.code();
    connection
        .prepare_cached(sql)?
        .execute((case.number, side, row.hash.as_slice()))?;
    Ok(true)
}

/// A person had read, or answered, what came before: it is not news again.
fn mark_what_was_read(connection: &Connection, number: Number) -> Result<(), DeskError> {
    let sql = "UPDATE reports SET unread = EXISTS (
                   SELECT 1 FROM changes c
                   WHERE c.report = reports.number AND c.side = 1
                     AND c.at > max(
                         reports.read_at,
                         coalesce((SELECT max(m.at) FROM messages m
                                   WHERE m.report = reports.number AND m.side = 2), 0)))
               WHERE number = ?1 AND read_at IS NOT NULL";
    connection.prepare_cached(sql)?.execute([number])?;
    Ok(())
}
