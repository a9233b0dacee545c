//! What counsellors write to reporters.

use loive_protocol::ReportId;
use rusqlite::{Connection, Transaction};

use super::Desk;
use super::answers;
use super::audit;
use super::case_file::{CaseFile, Number, number_of};
use super::casework::{self, Event};
use super::error::DeskError;
use super::store::int;
use super::view::{Changed, User};

/// Longest reply, in characters.
pub const REPLY_MAX_CHARS: usize = loive_documents::validate::limits::MESSAGE_MAX_CHARS;
/// Longest token of a form, in characters.
const TOKEN_MAX_CHARS: usize = 128;
/// How long the token of a form is remembered.
const TOKEN_KEPT_SECONDS: u64 = 7 * 86_400;

impl Desk {
    /// A person has read the report: its phone learns it. The earliest time
    /// stays.
    pub fn mark_read(&self, who: &User, id: &ReportId) -> Result<(), DeskError> {
        self.store.write(|transaction| {
            let mut case = load(transaction, id)?;
            let now = self.env.now();
            self.read(transaction, &mut case, who, now)?;
            audit::write(transaction, now, &who.name, audit::READ, Some(case.number))?;
            self.seal(transaction, &case)
        })?;
        self.written(*id);
        Ok(())
    }

    /// Answers the reporter. `once` is the token of the form that was sent: the
    /// same token writes one reply, however often it comes.
    pub fn reply(
        &self,
        who: &User,
        id: &ReportId,
        text: &str,
        once: &str,
    ) -> Result<(), DeskError> {
        // Browsers send CRLF whatever was typed.
        let text = text.replace("\r\n", "\n");
        if text.trim().is_empty() {
            return Err(DeskError::Empty);
        }
        if text.chars().count() > REPLY_MAX_CHARS {
            return Err(DeskError::TooLong {
                limit: REPLY_MAX_CHARS,
            });
        }
        if once.chars().count() > TOKEN_MAX_CHARS {
            return Err(DeskError::TooLong {
                limit: TOKEN_MAX_CHARS,
            });
        }
        let new = self.store.write(|transaction| {
            let now = self.env.now();
            let mut case = load(transaction, id)?;
            if !first_time(transaction, who, once, now)? {
                return Ok(false);
            }
            self.read(transaction, &mut case, who, now)?;
            self.say(transaction, &mut case, who, &text)?;
            audit::write(
                transaction,
                now,
                &who.name,
                audit::REPLIED,
                Some(case.number),
            )?;
            self.seal(transaction, &case)?;
            Ok(true)
        })?;
        if new {
            self.metrics.replies.add(1);
            self.written(*id);
        }
        Ok(())
    }

    /// Writes a message to the thread.
    pub(super) fn say(
        &self,
        transaction: &Transaction<'_>,
        case: &mut CaseFile,
        who: &User,
        text: &str,
    ) -> Result<(), DeskError> {
        let (actor, now, nonce) = (self.actor, self.env.now(), self.env.random());
        let summary = case.write(transaction, now, |thread| {
            thread.add_message(text, actor, now, nonce).map(Some)
        })?;
        let keys = summary.iter().flat_map(|summary| &summary.texts);
        for message in keys.filter_map(|text| text.key.strip_prefix("message.")) {
            note_author(transaction, case.number, message, who)?;
        }
        Ok(())
    }

    /// Whoever answers has read.
    pub(super) fn read(
        &self,
        transaction: &Transaction<'_>,
        case: &mut CaseFile,
        who: &User,
        now: u64,
    ) -> Result<(), DeskError> {
        let actor = self.actor;
        let noted = case.write(transaction, now, |thread| thread.mark_read(actor, now))?;
        let sql = "UPDATE reports SET unread = 0 WHERE number = ?1 AND unread = 1";
        let news = transaction.prepare_cached(sql)?.execute([case.number])? > 0;
        if noted.is_some() || news {
            casework::note(transaction, case.number, now, who, &Event::Read)?;
        }
        Ok(())
    }

    pub(super) fn seal(
        &self,
        transaction: &Transaction<'_>,
        case: &CaseFile,
    ) -> Result<(), DeskError> {
        answers::seal(
            transaction,
            case,
            &self.identity,
            &self.env,
            self.receipts(),
        )
    }

    /// There is something to push.
    pub(super) fn written(&self, id: ReportId) {
        self.wake.notify_one();
        self.announce(Changed {
            report: Some(id),
            urgent: false,
        });
    }
}

fn load(connection: &Connection, id: &ReportId) -> Result<CaseFile, DeskError> {
    let number = number_of(connection, id)?.ok_or(DeskError::NotFound)?;
    CaseFile::load(connection, number)
}

/// Notes a form's token; `false` if it came before. A form without one cannot be
/// told from another.
fn first_time(
    connection: &Connection,
    who: &User,
    once: &str,
    now: u64,
) -> Result<bool, DeskError> {
    if once.is_empty() {
        return Ok(true);
    }
    let sql = "DELETE FROM once WHERE at < ?1";
    connection
        .prepare_cached(sql)?
        .execute([int(now.saturating_sub(TOKEN_KEPT_SECONDS))])?;
    let sql = "INSERT OR IGNORE INTO once (user, token, at) VALUES (?1, ?2, ?3)";
    Ok(connection
        .prepare_cached(sql)?
        .execute((&who.name, once, int(now)))?
        > 0)
}

fn note_author(
    connection: &Connection,
    number: Number,
    message: &str,
    who: &User,
) -> Result<(), DeskError> {
    let sql = "INSERT OR IGNORE INTO authors (report, message, user) VALUES (?1, ?2, ?3)";
    connection
        .prepare_cached(sql)?
        .execute((number, message, &who.name))?;
    Ok(())
}
