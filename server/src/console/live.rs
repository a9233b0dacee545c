//! `GET /events`: tells open pages that something changed, and nothing more.
//! What changed they fetch themselves, with their own rights.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::BroadcastStream;

use super::Console;
use super::problem::Problem;
use super::visit::Visitor;

/// Silence after which a comment is sent, so that a proxy does not hang up.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// How long a browser waits before it asks again.
const RETRY: Duration = Duration::from_secs(3);

/// What concerns every page.
const EVERYTHING: &str = "*";

/// `GET /events`
pub(super) async fn events(
    State(console): State<Console>,
    Extension(visitor): Extension<Arc<Visitor>>,
) -> Result<Response, Problem> {
    visitor.user()?;
    let token = visitor.session.clone().ok_or(Problem::SignIn)?;
    let hello = Event::default().retry(RETRY).comment("");
    let news = BroadcastStream::new(console.desk.subscribe())
        // Whoever fell behind looks at everything again.
        .map(|change| change.map_or(None, |change| change.report))
        .map(|report| report.map_or(EVERYTHING.to_owned(), |report| report.to_string()))
        .then(move |about| {
            let (console, token) = (console.clone(), token.clone());
            async move { still_open(&console, token).await.then_some(about) }
        })
        // The stream ends with the session.
        .map_while(|about| about)
        .map(|about| Event::default().event("changed").data(about));
    let stream = tokio_stream::once(hello)
        .chain(news)
        .map(Ok::<_, Infallible>);
    Ok(Sse::new(stream)
        .keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
        .into_response())
}

async fn still_open(console: &Console, token: String) -> bool {
    console
        .desk(move |desk| desk.session(&token))
        .await
        .is_ok_and(|found| found.is_some())
}
