//! What the desk shows: plain data, ready for a page, with no store behind it.
//!
//! The console reads these and nothing else, so that a page can be drawn in a
//! test without keys, relay or database.

use std::collections::BTreeMap;

use loive_documents::screening::Level;
use loive_documents::{Place, Urgency, Value};
use loive_protocol::ReportId;

/// One line of the queue.
#[derive(Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a mark of its own on the page"
)]
pub struct QueueRow {
    /// The report.
    pub report: ReportId,
    /// A short number for speech, unique at this desk and without meaning.
    pub number: u64,
    /// How urgent it is now: computed, or as a counsellor changed it.
    pub urgency: Urgency,
    /// The red-flag level of its answers.
    pub level: Level,
    /// What it looks like: option code of `what_type`, the first if several.
    pub what: Option<String>,
    /// Where it was seen.
    pub place: Option<Place>,
    /// When the phone says it was written, in Unix seconds. A phone's clock may
    /// be wrong: it is bounded, never later than `received_at`.
    pub written_at: u64,
    /// When the relay received it, in Unix seconds.
    pub received_at: u64,
    /// Where it stands.
    pub state: CaseState,
    /// Who is on it: the display name, unique at this desk.
    pub claimed_by: Option<String>,
    /// Something arrived that nobody has read yet.
    pub unread: bool,
    /// Something of this report lies in quarantine.
    pub quarantined: bool,
    /// Someone under 18 may be involved.
    pub minor_possible: bool,
    /// The reporter asked to withdraw it.
    pub withdrawn: bool,
    /// Marked as a hoax.
    pub hoax: bool,
}

/// Where a report stands at the desk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CaseState {
    /// Nobody has read it.
    New,
    /// A counsellor has read it.
    Read,
    /// The hotline has answered.
    Answered,
    /// Withdrawn by its reporter, or marked as a hoax.
    Closed,
}

/// Which reports a queue shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum QueueFilter {
    /// Everything that is not closed.
    #[default]
    Open,
    /// Only what nobody has claimed.
    Unclaimed,
    /// Only what this user has claimed.
    Mine,
    /// Everything, closed ones too.
    All,
}

/// How many reports stand where, for the head of the queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct QueueCounts {
    /// Open, by urgency: P0, P1, P2, P3, P4.
    pub open: [u64; 5],
    /// Open and not read.
    pub unread: u64,
    /// Envelopes in quarantine that nobody has looked at.
    pub quarantined: u64,
    /// Of these, how many look like a P0 as far as they can be read.
    pub quarantined_urgent: u64,
}

/// A page of the queue, the most urgent first, then the longest waiting.
#[derive(Clone)]
pub struct QueuePage {
    /// The rows.
    pub rows: Vec<QueueRow>,
    /// The counts.
    pub counts: QueueCounts,
    /// Whether there are rows after these.
    pub more: bool,
}

/// All about one report.
#[derive(Clone)]
pub struct ReportPage {
    /// The queue's line.
    pub row: QueueRow,
    /// What is safe when getting in touch: shown before anything else.
    pub contact: ContactRules,
    /// The language that the reporter reads: `vi` or `en`.
    pub reader_language: String,
    /// Answers, by field id. Labels come from the form.
    pub answers: BTreeMap<String, Value>,
    /// Fields that two phones changed at once, with every value.
    pub conflicts: BTreeMap<String, Vec<Value>>,
    /// Fields that this version does not know: their names and values as text.
    pub unknown: Vec<(String, String)>,
    /// Red flags of the checklist that were ticked, the gravest first.
    pub red_flags: Vec<String>,
    /// What was written by both sides, oldest first.
    pub timeline: Vec<TimelineEntry>,
    /// What could not be merged.
    pub quarantine: Vec<QuarantineRow>,
    /// Why the urgency was changed, if it was.
    pub urgency_reason: Option<String>,
    /// Version of the form it was written with.
    pub form_version: u16,
}

/// How the reporter may be reached without harm.
#[derive(Clone, Default)]
pub struct ContactRules {
    /// Whether they want to be called; `None` if they did not say.
    pub wanted: Option<bool>,
    /// Safe number.
    pub phone: Option<String>,
    /// Day codes `mon`..`sun`.
    pub days: Vec<String>,
    /// From, in minutes after midnight.
    pub from_minutes: Option<u16>,
    /// To, in minutes after midnight.
    pub to_minutes: Option<u16>,
    /// The word by which they know the caller.
    pub word: Option<String>,
    /// Option code `yes` or `no`.
    pub voicemail_ok: Option<String>,
    /// Option code `yes` or `no`.
    pub sms_ok: Option<String>,
    /// Option code `yes`, `no` or `unknown`.
    pub phone_shared: Option<String>,
}

/// One entry of a report's timeline.
#[derive(Clone)]
pub struct TimelineEntry {
    /// Unix seconds.
    pub at: u64,
    /// What happened.
    pub what: TimelineWhat,
}

/// What happened at a point of the timeline.
#[derive(Clone)]
pub enum TimelineWhat {
    /// Written, by the phone's clock.
    Written,
    /// Received by the relay.
    Received,
    /// Opened by the desk.
    Opened,
    /// Read by a counsellor (display name; empty, here and in the hotline's
    /// answers, if it was at a desk whose store was lost).
    Read(String),
    /// Claimed by a counsellor.
    Claimed(String),
    /// Given back.
    Released(String),
    /// A message of the reporter.
    FromReporter(String),
    /// The hotline's answer: who, and the text.
    FromHotline(String, String),
    /// The reporter changed these fields later.
    Amended(Vec<String>),
    /// Urgency changed: who, to what, why.
    Urgency(String, Urgency, String),
    /// Marked as a hoax: who, why.
    Hoax(String, String),
    /// No longer a hoax.
    HoaxUndone(String),
    /// The reporter withdrew it.
    Withdrawn,
}

/// Something that could not be merged.
#[derive(Clone)]
pub struct QuarantineRow {
    /// Number of the row.
    pub id: u64,
    /// The report it claims to belong to, if it could be told.
    pub report: Option<ReportId>,
    /// When the relay received it, in Unix seconds.
    pub received_at: u64,
    /// Why: a key of the console's strings under `refusal.`.
    pub reason: String,
    /// What text can be read in it, cut to a bounded length.
    pub readable: Vec<String>,
    /// Whether it looks like a P0 as far as it can be read.
    pub urgent: bool,
    /// Length in bytes.
    pub bytes: u64,
    /// Somebody has looked at it.
    pub seen: bool,
}

/// A person who may log in.
#[derive(Clone)]
pub struct User {
    /// Login name.
    pub name: String,
    /// Name that colleagues see.
    pub display_name: String,
    /// What they may do.
    pub role: Role,
}

/// What a user may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Reads and answers reports.
    Counsellor,
    /// The same, and the audit log.
    Administrator,
}

/// One line of the audit log.
#[derive(Clone)]
pub struct AuditRow {
    /// Unix seconds.
    pub at: u64,
    /// Login name.
    pub user: String,
    /// A key of the console's strings under `audit.`.
    pub action: String,
    /// The report's number at this desk, if it was about one.
    pub number: Option<u64>,
    /// What else it was about: `a01 text.vi.act`, or the number of a release.
    pub subject: Option<String>,
}

/// Something changed: what a live page listens to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Changed {
    /// The report that changed; `None` for the queue as a whole.
    pub report: Option<ReportId>,
    /// A new report of urgency P0 came in.
    pub urgent: bool,
}
