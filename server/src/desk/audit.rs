//! The audit log: every look and every act, who and when.

use rusqlite::Connection;

use super::Desk;
use super::case_file::Number;
use super::error::DeskError;
use super::store::{int, uint};
use super::view::{AuditRow, Role, User};

pub(super) const LOOKED_AT_QUEUE: &str = "looked_at_queue";
pub(super) const LOOKED_AT_REPORT: &str = "looked_at_report";
pub(super) const LOOKED_AT_QUARANTINE: &str = "looked_at_quarantine";
pub(super) const LOOKED_AT_AUDIT: &str = "looked_at_audit";
pub(super) const SAW_QUARANTINE: &str = "saw_quarantine";
pub(super) const READ: &str = "read";
pub(super) const CLAIMED: &str = "claimed";
pub(super) const RELEASED: &str = "released";
pub(super) const REPLIED: &str = "replied";
pub(super) const CHANGED_URGENCY: &str = "changed_urgency";
pub(super) const MARKED_HOAX: &str = "marked_hoax";
pub(super) const UNDID_HOAX: &str = "undid_hoax";
pub(super) const SEARCHED_RECEIPT: &str = "searched_receipt";
pub(super) const LOGGED_IN: &str = "logged_in";
pub(super) const LOGIN_FAILED: &str = "login_failed";
pub(super) const LOGGED_OUT: &str = "logged_out";
pub(super) const ADDED_USER: &str = "added_user";
pub(super) const CHANGED_PASSWORD: &str = "changed_password";
pub(super) const DISABLED_USER: &str = "disabled_user";
pub(super) const ENABLED_USER: &str = "enabled_user";
pub(super) const EDITED_LIBRARY: &str = "edited_library";
pub(super) const REVIEWED_LIBRARY: &str = "reviewed_library";
pub(super) const CHECKED_LIBRARY: &str = "checked_library";
pub(super) const PUBLISHED_LIBRARY: &str = "published_library";
pub(super) const RETURNED_LIBRARY: &str = "returned_library";
pub(super) const LOOKED_AT_PROPOSALS: &str = "looked_at_proposals";
pub(super) const LOOKED_AT_PROPOSAL: &str = "looked_at_proposal";
pub(super) const HEARD_PROPOSAL: &str = "heard_proposal";
pub(super) const SIGNED_OFF_PROPOSAL: &str = "signed_off_proposal";
pub(super) const ACCEPTED_PROPOSAL: &str = "accepted_proposal";
pub(super) const DECLINED_PROPOSAL: &str = "declined_proposal";

/// Every action that a row may name, as keys of the console's strings under
/// `audit.`.
pub const ACTIONS: &[&str] = &[
    LOOKED_AT_QUEUE,
    LOOKED_AT_REPORT,
    LOOKED_AT_QUARANTINE,
    LOOKED_AT_AUDIT,
    SAW_QUARANTINE,
    READ,
    CLAIMED,
    RELEASED,
    REPLIED,
    CHANGED_URGENCY,
    MARKED_HOAX,
    UNDID_HOAX,
    SEARCHED_RECEIPT,
    LOGGED_IN,
    LOGIN_FAILED,
    LOGGED_OUT,
    ADDED_USER,
    CHANGED_PASSWORD,
    DISABLED_USER,
    ENABLED_USER,
    EDITED_LIBRARY,
    REVIEWED_LIBRARY,
    CHECKED_LIBRARY,
    PUBLISHED_LIBRARY,
    RETURNED_LIBRARY,
    LOOKED_AT_PROPOSALS,
    LOOKED_AT_PROPOSAL,
    HEARD_PROPOSAL,
    SIGNED_OFF_PROPOSAL,
    ACCEPTED_PROPOSAL,
    DECLINED_PROPOSAL,
];

/// Rows in one page at most.
const PAGE_MAX_COUNT: usize = 500;

pub(super) fn write(
    connection: &Connection,
    at: u64,
    user: &str,
    action: &str,
    number: Option<Number>,
) -> Result<(), DeskError> {
    let sql = "INSERT INTO audit (at, user, action, number) VALUES (?1, ?2, ?3, ?4)";
    connection
        .prepare_cached(sql)?
        .execute((int(at), user, action, number))?;
    Ok(())
}

/// Notes something that is about no report.
pub(super) fn write_about(
    connection: &Connection,
    at: u64,
    user: &str,
    action: &str,
    subject: &str,
) -> Result<(), DeskError> {
    let sql = "INSERT INTO audit (at, user, action, subject) VALUES (?1, ?2, ?3, ?4)";
    connection
        .prepare_cached(sql)?
        .execute((int(at), user, action, subject))?;
    Ok(())
}

impl Desk {
    /// Notes a look before anything is shown.
    pub(super) fn note(
        &self,
        who: &User,
        action: &str,
        number: Option<Number>,
    ) -> Result<(), DeskError> {
        let now = self.env.now();
        self.store
            .write(|transaction| write(transaction, now, &who.name, action, number))
    }

    /// Notes a look at something that is no report, before it is shown.
    pub(super) fn note_about(
        &self,
        who: &User,
        action: &str,
        subject: &str,
    ) -> Result<(), DeskError> {
        let now = self.env.now();
        self.store
            .write(|transaction| write_about(transaction, now, &who.name, action, subject))
    }

    /// The audit log, the newest first, from before a moment (Unix seconds,
    /// exclusive) if one is given; at most 500 rows, and then the rest of the
    /// last second, so that the next page misses nothing. For administrators.
    pub fn audit(
        &self,
        who: &User,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditRow>, DeskError> {
        if who.role != Role::Administrator {
            return Err(DeskError::Forbidden);
        }
        self.note(who, LOOKED_AT_AUDIT, None)?;
        let limit = i64::try_from(limit.min(PAGE_MAX_COUNT)).unwrap_or(0);
        self.store.read(|connection| {
            let sql = "SELECT at, user, action, number, subject FROM audit
                       WHERE at < ?1 AND at >= coalesce(
                           (SELECT min(at) FROM (
                               SELECT at FROM audit WHERE at < ?1 ORDER BY at DESC LIMIT ?2)),
                           0)
                       ORDER BY at DESC, id DESC";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map((before.map_or(i64::MAX, int), limit), |row| {
                Ok(AuditRow {
                    at: uint(row.get(0)?),
                    user: row.get(1)?,
                    action: row.get(2)?,
                    number: row.get::<_, Option<i64>>(3)?.map(uint),
                    subject: row.get(4)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
