//! `/audit`: who looked and who changed, for administrators.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::console::Console;
use crate::console::page::{Page, draw};
use crate::console::problem::Problem;
use crate::console::time::Moment;
use crate::console::visit::Visitor;

/// Lines on one page.
const PAGE_LINES: usize = 100;

/// What of the log is asked for.
#[derive(Deserialize)]
pub(in crate::console) struct Asked {
    before: Option<u64>,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    page: Page,
    rows: Vec<Line>,
    older: Option<String>,
}

struct Line {
    at: Moment,
    user: String,
    action: String,
    number: Option<u64>,
    subject: Option<String>,
}

/// `GET /audit`
pub(in crate::console) async fn show(
    State(console): State<Console>,
    Extension(visitor): Extension<Arc<Visitor>>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let who = visitor.administrator()?.clone();
    let rows = console
        .desk(move |desk| desk.audit(&who, asked.before, PAGE_LINES))
        .await?;
    let page = Page::of(&console, &visitor, "audit").await?;
    let words = page.labels().words;
    let full = rows.len() >= PAGE_LINES;
    let older = rows
        .last()
        .filter(|_| full)
        .map(|row| format!("/audit?before={}", row.at));
    let rows = rows
        .into_iter()
        .map(|row| {
            let known = words
                .find(&format!("audit.{}", row.action))
                .map(str::to_owned);
            Line {
                at: Moment::at(row.at, words),
                user: row.user,
                action: known.unwrap_or(row.action),
                number: row.number,
                subject: row.subject,
            }
        })
        .collect();
    Ok(draw(StatusCode::OK, &AuditPage { page, rows, older }))
}
