//! Proposals as staff see them.

use std::collections::BTreeMap;

use loive_documents::library::{Fields, Proposed, keys};
use loive_protocol::ReportId;
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::{Decision, read};
use crate::desk::case_file::Number;
use crate::desk::codes::Side;
use crate::desk::library::{LibraryError, rows};
use crate::desk::store::{int, uint};
use crate::desk::view::User;
use crate::desk::{Desk, DeskError, audit};

/// Proposals of a kind, open or decided, in one list.
const LIST_MAX_COUNT: u32 = 200;

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalRow {
    /// Its number at this desk.
    pub number: u64,
    /// The item that it is for.
    pub item: String,
    /// The titles of the item, by their keys; none if it is not here.
    pub titles: Fields,
    /// Codes of its languages.
    pub languages: Vec<String>,
    /// When the relay received it, in Unix seconds.
    pub received_at: u64,
    /// A recording came with it.
    pub has_recording: bool,
    /// Something came that nobody has looked at.
    pub is_unread: bool,
    /// Whoever proposed it has taken it back: when, in Unix seconds.
    pub withdrawn_at: Option<u64>,
    /// Who has said that it says the same, by their display name, and when.
    pub signed_off: Option<(String, u64)>,
    /// What was decided, and when.
    pub decision: Option<(Decision, u64)>,
    /// Who decided, by their display name; `None` too if it was at a desk whose
    /// store was lost.
    pub decided_by: Option<String>,
}

/// All proposals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposals {
    /// Not decided, the longest waiting first; at most 200.
    pub open: Vec<ProposalRow>,
    /// How many there are that are not decided.
    pub open_count: u64,
    /// Decided, the latest first; at most 200.
    pub decided: Vec<ProposalRow>,
}

/// Something that was said about a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Unix seconds.
    pub at: u64,
    /// By the hotline: by whom, empty if that is not known. `None`: by whoever
    /// proposed.
    pub by: Option<String>,
    /// The words.
    pub text: String,
}

/// One proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalPage {
    /// Its line.
    pub row: ProposalRow,
    /// The seed's id, to answer it.
    pub report: ReportId,
    /// What is proposed beside what stands.
    pub edits: Vec<Proposed>,
    /// Why.
    pub note: Option<String>,
    /// What the item says today; empty if it is not here.
    pub fields: Fields,
    /// What both sides wrote, the oldest first.
    pub talk: Vec<Said>,
}

const COLUMNS: &str = "p.report, p.item, p.languages, r.received_at, p.recording IS NOT NULL,
    r.unread, r.withdrawn_at, s.display_name, p.signed_off_at, p.decision, p.decided_at,
    d.display_name
    FROM proposals p JOIN reports r ON r.number = p.report
    LEFT JOIN users s ON s.name = p.signed_off_by
    LEFT JOIN users d ON d.name = p.decided_by";

fn from_row(row: &Row<'_>) -> rusqlite::Result<ProposalRow> {
    let seconds = |index| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(index)?.map(uint));
    let languages: String = row.get(2)?;
    let decision: Option<i64> = row.get(9)?;
    Ok(ProposalRow {
        number: uint(row.get(0)?),
        item: row.get(1)?,
        titles: Fields::new(),
        languages: languages.split(' ').map(str::to_owned).collect(),
        received_at: uint(row.get(3)?),
        has_recording: row.get(4)?,
        is_unread: row.get(5)?,
        withdrawn_at: seconds(6)?,
        signed_off: row.get::<_, Option<String>>(7)?.zip(seconds(8)?),
        decision: decision.map(Decision::from_code).zip(seconds(10)?),
        decided_by: row.get(11)?,
    })
}

impl Desk {
    /// Every proposal, as far as a list shows them.
    pub fn proposals(&self, who: &User) -> Result<Proposals, LibraryError> {
        self.note(who, audit::LOOKED_AT_PROPOSALS, None)?;
        self.read_library(|connection| {
            let mut open = list(connection, "p.decision IS NULL ORDER BY p.report")?;
            let decided = "p.decision IS NOT NULL ORDER BY p.decided_at DESC, p.report DESC";
            let mut decided = list(connection, decided)?;
            // Many proposals are for few items, and each costs loading a document.
            let mut known: BTreeMap<String, Fields> = BTreeMap::new();
            for row in open.iter_mut().chain(&mut decided) {
                if !known.contains_key(&row.item) {
                    let fields = rows::load(connection, &row.item)?.fields();
                    known.insert(row.item.clone(), titles(&fields));
                }
                row.titles = known.get(&row.item).cloned().unwrap_or_default();
            }
            Ok(Proposals {
                open,
                open_count: open_count(connection)?,
                decided,
            })
        })
    }

    /// How many proposals wait for a decision.
    pub fn open_proposals(&self) -> Result<u64, LibraryError> {
        self.read_library(|connection| Ok(open_count(connection)?))
    }

    /// One proposal; `None` if there is none of this number. The look is noted
    /// before anything is shown, and then somebody has looked at it.
    pub fn proposal(&self, who: &User, number: u64) -> Result<Option<ProposalPage>, LibraryError> {
        let now = self.env.now();
        self.write_library(|transaction| {
            let Some(page) = page(transaction, number)? else {
                return Ok(None);
            };
            let (action, about) = (audit::LOOKED_AT_PROPOSAL, subject(&page.row));
            audit::write_about(transaction, now, &who.name, action, &about)?;
            let sql = "UPDATE reports SET unread = 0 WHERE number = ?1 AND unread = 1";
            transaction.prepare_cached(sql)?.execute([int(number)])?;
            Ok(Some(page))
        })
    }

    /// The recording that came with a proposal: an Ogg file with Opus.
    pub fn proposal_recording(
        &self,
        who: &User,
        number: u64,
    ) -> Result<Option<Vec<u8>>, LibraryError> {
        let found = self.read_library(|connection| {
            let sql = "SELECT recording FROM proposals WHERE report = ?1";
            let found = connection
                .prepare_cached(sql)?
                .query_row([int(number)], |row| row.get::<_, Option<Vec<u8>>>(0))
                .optional()?
                .flatten();
            Ok(row(connection, number)?.zip(found))
        })?;
        let Some((row, bytes)) = found else {
            return Ok(None);
        };
        self.note_about(who, audit::HEARD_PROPOSAL, &subject(&row))?;
        Ok(Some(bytes))
    }
}

/// What the audit log says that it is about.
pub(super) fn subject(row: &ProposalRow) -> String {
    format!("#{} {}", row.number, row.item)
}

pub(super) fn row(
    connection: &Connection,
    number: u64,
) -> Result<Option<ProposalRow>, LibraryError> {
    let sql = format!("SELECT {COLUMNS} WHERE p.report = ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_row([int(number)], from_row).optional()?)
}

fn list(connection: &Connection, condition: &str) -> Result<Vec<ProposalRow>, LibraryError> {
    let sql = format!("SELECT {COLUMNS} WHERE {condition} LIMIT {LIST_MAX_COUNT}");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([], from_row)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn open_count(connection: &Connection) -> Result<u64, DeskError> {
    let sql = "SELECT count(*) FROM proposals WHERE decision IS NULL";
    let count: i64 = connection
        .prepare_cached(sql)?
        .query_row([], |row| row.get(0))?;
    Ok(uint(count))
}

fn titles(fields: &Fields) -> Fields {
    let is_title = |key: &&String| key.starts_with(&keys::title(""));
    let titles = fields.iter().filter(|(key, _)| is_title(key));
    titles
        .map(|(key, title)| (key.clone(), title.clone()))
        .collect()
}

fn page(connection: &Connection, number: u64) -> Result<Option<ProposalPage>, LibraryError> {
    let Some(mut row) = row(connection, number)? else {
        return Ok(None);
    };
    let sql = "SELECT p.raw, r.id, r.number FROM proposals p
               JOIN reports r ON r.number = p.report WHERE p.report = ?1";
    let (raw, id, case): (Vec<u8>, [u8; 16], Number) = connection
        .prepare_cached(sql)?
        .query_row([int(number)], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    let proposal = read(&raw)?;
    let item = rows::load(connection, &row.item)?;
    let fields = item.fields();
    row.titles = titles(&fields);
    Ok(Some(ProposalPage {
        row,
        report: ReportId::from_bytes(id),
        edits: proposal.beside(&item),
        note: proposal.note,
        fields,
        talk: talk(connection, case)?,
    }))
}

fn talk(connection: &Connection, number: Number) -> Result<Vec<Said>, LibraryError> {
    let sql = "SELECT m.at, m.side, m.text, u.display_name FROM messages m
               LEFT JOIN authors a ON a.report = m.report AND a.message = m.id AND m.side = 2
               LEFT JOIN users u ON u.name = a.user
               WHERE m.report = ?1 ORDER BY m.at, m.side, m.id, m.text";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([number], |row| {
        let is_theirs = row.get::<_, i64>(1)? == Side::Reporter.code();
        let author: Option<String> = row.get(3)?;
        Ok(Said {
            at: uint(row.get(0)?),
            by: (!is_theirs).then(|| author.unwrap_or_default()),
            text: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
