//! What is done to a report with one button: each then shows its page again.

use axum::extract::{Path, State};
use axum::response::Response;
use loive_documents::Urgency;
use loive_protocol::ReportId;

use super::report::{address, parse};
use crate::console::Console;
use crate::console::forms::Posted;
use crate::console::page::{Notice, go};
use crate::console::problem::Problem;
use crate::desk::view::User;
use crate::desk::{ClaimOutcome, Desk, DeskError};

/// Does something at the desk and goes back to the report.
async fn act(
    console: &Console,
    id: &str,
    posted: &Posted,
    work: impl FnOnce(&Desk, &User, &ReportId) -> Result<Notice, DeskError> + Send + 'static,
) -> Result<Response, Problem> {
    let (id, who) = (parse(id)?, posted.user()?);
    let notice = console
        .desk(move |desk| match work(desk, &who, &id) {
            Err(DeskError::NotYours) => Ok(Notice::Taken),
            Err(DeskError::Empty) => Ok(Notice::ReasonNeeded),
            done => done,
        })
        .await?;
    Ok(go(console, &address(&id), notice))
}

/// The reason that was given, as one line.
fn reason(posted: &Posted) -> Result<String, Problem> {
    Ok(posted.lines("reason")?.replace('\n', " "))
}

/// `POST /report/{id}/claim`
pub(in crate::console) async fn claim(
    State(console): State<Console>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    act(&console, &id, &posted, |desk, who, id| {
        Ok(match desk.claim(who, id)? {
            ClaimOutcome::Claimed => Notice::Claimed,
            ClaimOutcome::AlreadyYours => Notice::AlreadyYours,
            ClaimOutcome::TakenBy(_) => Notice::Taken,
        })
    })
    .await
}

/// `POST /report/{id}/release`
pub(in crate::console) async fn release(
    State(console): State<Console>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    act(&console, &id, &posted, |desk, who, id| {
        desk.release(who, id).map(|()| Notice::Released)
    })
    .await
}

/// `POST /report/{id}/read`
pub(in crate::console) async fn mark_read(
    State(console): State<Console>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    act(&console, &id, &posted, |desk, who, id| {
        desk.mark_read(who, id).map(|()| Notice::Read)
    })
    .await
}

/// `POST /report/{id}/urgency`
pub(in crate::console) async fn set_urgency(
    State(console): State<Console>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let urgency = posted
        .find("urgency")
        .and_then(Urgency::from_code)
        .ok_or(Problem::BadForm)?;
    let reason = reason(&posted)?;
    act(&console, &id, &posted, move |desk, who, id| {
        desk.set_urgency(who, id, urgency, &reason)
            .map(|()| Notice::Urgency)
    })
    .await
}

/// `POST /report/{id}/hoax`
pub(in crate::console) async fn mark_hoax(
    State(console): State<Console>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let reason = reason(&posted)?;
    act(&console, &id, &posted, move |desk, who, id| {
        desk.mark_hoax(who, id, &reason).map(|()| Notice::Hoax)
    })
    .await
}

/// `POST /report/{id}/hoax/undo`
pub(in crate::console) async fn undo_hoax(
    State(console): State<Console>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    act(&console, &id, &posted, |desk, who, id| {
        desk.undo_hoax(who, id).map(|()| Notice::HoaxUndone)
    })
    .await
}
