//! `/report/{id}`: all about one report, and the reply to it.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use loive_documents::Urgency;
use loive_protocol::ReportId;

use crate::console::Console;
use crate::console::answers::{Section, sections};
use crate::console::contact::{ContactView, RuleIcon};
use crate::console::forms::Posted;
use crate::console::labels::{Labels, UrgencyView};
use crate::console::page::{Notice, Page, draw, go};
use crate::console::problem::Problem;
use crate::console::quarantined::{QuarantinedView, sorted};
use crate::console::row::{Claim, RowView};
use crate::console::timeline::{EntryView, Voice, entries};
use crate::console::visit::{Visitor, fresh_token};
use crate::desk::view::{ReportPage, Role, User};
use crate::desk::{DeskError, REASON_MAX_CHARS, REPLY_MAX_CHARS};

/// Longest form token, in bytes.
const ONCE_MAX_BYTES: usize = 64;

#[derive(Template)]
#[template(path = "report.html")]
struct ReportView {
    page: Page,
    row: RowView,
    contact: ContactView,
    reader: &'static str,
    flags: Vec<String>,
    sections: Vec<Section>,
    conflicts: usize,
    unknown: Vec<(String, String)>,
    timeline: Vec<EntryView>,
    quarantine: Vec<QuarantinedView>,
    show_report: bool,
    urgency_reason: Option<String>,
    may_release: bool,
    urgencies: Vec<UrgencyView>,
    reason_max: usize,
    form_version: u16,
    reply: ReplyView,
}

struct ReplyView {
    text: String,
    once: String,
    problem: Option<String>,
    limit: usize,
    count: String,
    language_key: &'static str,
}

/// What the reply's box holds: nothing yet, or what was refused.
#[derive(Default)]
struct Draft {
    text: String,
    once: Option<String>,
    problem: Option<String>,
}

/// The report of an address.
///
/// # Errors
/// [`Problem::NotFound`] for anything but an id.
pub(in crate::console) fn parse(id: &str) -> Result<ReportId, Problem> {
    id.parse().map_err(|_| Problem::NotFound)
}

/// The address of a report.
pub(in crate::console) fn address(id: &ReportId) -> String {
    format!("/report/{id}")
}

/// `GET /report/{id}`
pub(in crate::console) async fn show(
    State(console): State<Console>,
    Extension(visitor): Extension<Arc<Visitor>>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id = parse(&id)?;
    page_of(&console, &visitor, id, StatusCode::OK, Draft::default()).await
}

/// `POST /report/{id}/reply`
pub(in crate::console) async fn reply(
    State(console): State<Console>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (id, who) = (parse(&id)?, posted.user()?);
    let text = posted.lines("text")?;
    let once = posted.field("once", ONCE_MAX_BYTES)?.to_owned();
    let (sent, token) = (text.clone(), once.clone());
    let outcome = console
        .desk(move |desk| match desk.reply(&who, &id, &sent, &token) {
            Ok(()) => Ok(None),
            Err(
                refused @ (DeskError::TooLong { .. }
                | DeskError::Empty
                | DeskError::NotYours
                | DeskError::Full),
            ) => Ok(Some(refused)),
            Err(error) => Err(error),
        })
        .await?;
    let Some(refused) = outcome else {
        return Ok(go(
            &console,
            &format!("{}#timeline", address(&id)),
            Notice::Replied,
        ));
    };
    let labels = Labels::new(posted.visitor.lang);
    let problem = match refused {
        DeskError::TooLong { limit } => labels.words.with(
            "reply.too_long",
            &[
                ("n", &text.chars().count().to_string()),
                ("limit", &limit.to_string()),
            ],
        ),
        DeskError::NotYours => labels.words.get("reply.not_yours").to_owned(),
        DeskError::Full => labels.words.get("reply.full").to_owned(),
        _ => labels.words.get("reply.empty").to_owned(),
    };
    let draft = Draft {
        text,
        once: Some(once),
        problem: Some(problem),
    };
    page_of(
        &console,
        &posted.visitor,
        id,
        StatusCode::UNPROCESSABLE_ENTITY,
        draft,
    )
    .await
}

async fn page_of(
    console: &Console,
    visitor: &Arc<Visitor>,
    id: ReportId,
    status: StatusCode,
    draft: Draft,
) -> Result<Response, Problem> {
    let user = visitor.user()?.clone();
    let who = user.clone();
    let found = console.desk(move |desk| desk.report(&who, &id)).await?;
    let found = found.ok_or(Problem::NotFound)?;
    let mut page = Page::of(console, visitor, "").await?.about(id.to_string());
    page.back = address(&id);
    let once = draft.once.clone().unwrap_or_else(|| fresh_token(console));
    Ok(draw(status, &view(page, &user, found, draft, once)))
}

fn view(page: Page, user: &User, found: ReportPage, draft: Draft, once: String) -> ReportView {
    let labels = page.labels();
    let (reader, language_key) = match found.reader_language.as_str() {
        "en" => ("en", "reply.language_en"),
        _ => ("vi", "reply.language_vi"),
    };
    let count = page.with(
        "reply.count",
        &[
            ("n", &draft.text.chars().count().to_string()),
            ("limit", &REPLY_MAX_CHARS.to_string()),
        ],
    );
    let row = RowView::of(&found.row, user, page.now, &labels);
    let administers = user.role == Role::Administrator && row.claim != Claim::Nobody;
    ReportView {
        may_release: row.claim == Claim::Mine || administers,
        row,
        contact: ContactView::of(&found.contact, reader, page.now, &labels),
        reader,
        flags: found.red_flags.iter().map(|id| labels.flag(id)).collect(),
        sections: sections(&found, &labels),
        conflicts: found.conflicts.len(),
        timeline: entries(&found.timeline, &labels),
        quarantine: sorted(found.quarantine, &labels),
        show_report: false,
        unknown: found.unknown,
        urgency_reason: found.urgency_reason,
        urgencies: Urgency::ALL
            .into_iter()
            .map(|urgency| labels.urgency(urgency))
            .collect(),
        reason_max: REASON_MAX_CHARS,
        form_version: found.form_version,
        reply: ReplyView {
            text: draft.text,
            once,
            problem: draft.problem,
            limit: REPLY_MAX_CHARS,
            count,
            language_key,
        },
        page,
    }
}
