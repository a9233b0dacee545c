//! `/quarantine`: what could not be opened or merged, never silent.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use crate::console::Console;
use crate::console::forms::Posted;
use crate::console::page::{Notice, Page, draw, go};
use crate::console::problem::Problem;
use crate::console::quarantined::{QuarantinedView, sorted};
use crate::console::visit::Visitor;

#[derive(Template)]
#[template(path = "quarantine.html")]
struct QuarantinePage {
    page: Page,
    rows: Vec<QuarantinedView>,
    show_report: bool,
}

/// `GET /quarantine`
pub(in crate::console) async fn show(
    State(console): State<Console>,
    Extension(visitor): Extension<Arc<Visitor>>,
) -> Result<Response, Problem> {
    let who = visitor.user()?.clone();
    let rows = console.desk(move |desk| desk.quarantine(&who)).await?;
    let page = Page::of(&console, &visitor, "quarantine").await?.about("*");
    let rows = sorted(rows, &page.labels());
    Ok(draw(
        StatusCode::OK,
        &QuarantinePage {
            page,
            rows,
            show_report: true,
        },
    ))
}

/// `POST /quarantine/{id}/seen`
pub(in crate::console) async fn mark_seen(
    State(console): State<Console>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let who = posted.user()?;
    let id: u64 = id.parse().map_err(|_| Problem::NotFound)?;
    console
        .desk(move |desk| desk.mark_quarantine_seen(&who, id))
        .await?;
    Ok(go(&console, posted.back(), Notice::Seen))
}
