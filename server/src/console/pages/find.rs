//! `/find`: a caller reads out a receipt.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::report::address;
use crate::console::Console;
use crate::console::forms::Posted;
use crate::console::page::{Page, draw};
use crate::console::problem::Problem;
use crate::console::visit::Visitor;
use crate::desk::FindOutcome;

/// Longest number that is read, in bytes: ten digits with whatever between.
const NUMBER_MAX_BYTES: usize = 64;

#[derive(Template)]
#[template(path = "find.html")]
struct FindPage {
    page: Page,
    problem: Option<&'static str>,
    first: String,
    second: String,
}

/// `GET /find`
pub(in crate::console) async fn show(
    State(console): State<Console>,
    Extension(visitor): Extension<Arc<Visitor>>,
) -> Result<Response, Problem> {
    visitor.user()?;
    form(&console, &visitor, StatusCode::OK, None, ("", "")).await
}

/// `POST /find`
pub(in crate::console) async fn find(
    State(console): State<Console>,
    posted: Posted,
) -> Result<Response, Problem> {
    let who = posted.user()?;
    let first = posted.field("first", NUMBER_MAX_BYTES)?.to_owned();
    let second = posted.field("second", NUMBER_MAX_BYTES)?.to_owned();
    let typed = format!("{first} {second}");
    let outcome = console
        .desk(move |desk| desk.find_by_receipt(&who, &typed))
        .await?;
    let (status, problem) = match outcome {
        FindOutcome::Found(id) => return Ok(Redirect::to(&address(&id)).into_response()),
        FindOutcome::Mistyped => (StatusCode::UNPROCESSABLE_ENTITY, "find.mistyped"),
        FindOutcome::NotFound => (StatusCode::NOT_FOUND, "find.not_found"),
        FindOutcome::Busy => (StatusCode::SERVICE_UNAVAILABLE, "find.busy"),
    };
    form(
        &console,
        &posted.visitor,
        status,
        Some(problem),
        (&first, &second),
    )
    .await
}

async fn form(
    console: &Console,
    visitor: &Arc<Visitor>,
    status: StatusCode,
    problem: Option<&'static str>,
    (first, second): (&str, &str),
) -> Result<Response, Problem> {
    let mut page = Page::of(console, visitor, "find").await?;
    "/find".clone_into(&mut page.back);
    let (first, second) = (first.to_owned(), second.to_owned());
    Ok(draw(
        status,
        &FindPage {
            page,
            problem,
            first,
            second,
        },
    ))
}
