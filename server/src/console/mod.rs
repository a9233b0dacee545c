//! The console: the pages that counsellors use.
//!
//! Drawn by the server, so that an old office computer is enough; every page
//! works without JavaScript, and with it keeps itself up to date. Nothing comes
//! from a third party, and the content security policy says so.
//!
//! A request passes through `visit` first, which finds out who asks, in which
//! language, and dresses whatever goes wrong in a page they can read.

mod alarm;
mod answers;
mod assets;
mod contact;
mod cookies;
mod forms;
mod headers;
mod labels;
mod library;
mod live;
mod page;
mod pages;
mod prefs;
mod problem;
mod quarantined;
mod row;
mod time;
mod timeline;
mod visit;

pub(crate) use time::day;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};

use loive_protocol::{Certificate, PublishKey};

use crate::clock::Env;
use crate::desk::Desk;
use problem::Problem;

/// The largest form that is read at all, in bytes. Far above what a reply may
/// hold, so that a text that is too long comes back with the limit named and
/// not a word lost: 100,000 Vietnamese letters are 900 kB once encoded.
pub const FORM_MAX_BYTES: usize = 1_048_576;

/// What the console needs to know besides the desk.
#[derive(Clone, Debug)]
pub struct ConsoleConfig {
    /// Whether browsers reach it over TLS: then cookies are sent over nothing
    /// else, and the browser is told to stay with it.
    pub secure_cookies: bool,
    /// Clock and randomness.
    pub env: Env,
    /// What releases of the library are signed with; `None` if it is kept
    /// elsewhere: then they are signed with `hotline library sign`.
    pub publishing: Option<Publishing>,
}

/// The key that signs releases of the library, and the root's word on it.
#[derive(Clone)]
pub struct Publishing(Arc<(PublishKey, Certificate)>);

impl Publishing {
    /// Takes the key.
    pub fn new(key: PublishKey, certificate: Certificate) -> Self {
        Self(Arc::new((key, certificate)))
    }

    fn pair(&self) -> (&PublishKey, &Certificate) {
        (&self.0.0, &self.0.1)
    }
}

impl std::fmt::Debug for Publishing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Publishing").finish_non_exhaustive()
    }
}

/// What every handler works with.
#[derive(Clone)]
struct Console {
    desk: Arc<Desk>,
    config: Arc<ConsoleConfig>,
}

impl Console {
    /// Runs something at the desk, off the threads that serve requests: its
    /// store is synchronous.
    async fn desk<T, E>(
        &self,
        work: impl FnOnce(&Desk) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        E: Into<Problem> + Send + 'static,
    {
        let desk = Arc::clone(&self.desk);
        tokio::task::spawn_blocking(move || work(&desk))
            .await
            .map_err(|_| Problem::Internal)?
            .map_err(Into::into)
    }

    fn now(&self) -> u64 {
        self.config.env.now()
    }
}

/// What people propose for the library.
fn proposals() -> Router<Console> {
    use pages::library::{proposal, proposals};
    Router::new()
        .route("/library/proposals", get(proposals::show))
        .route("/library/proposals/{number}", get(proposal::show))
        .route(
            "/library/proposals/{number}/recording",
            get(proposal::recording),
        )
        .route(
            "/library/proposals/{number}/sign-off",
            post(proposal::sign_off),
        )
        .route("/library/proposals/{number}/accept", post(proposal::accept))
        .route(
            "/library/proposals/{number}/decline",
            post(proposal::decline),
        )
        .route("/library/proposals/{number}/reply", post(proposal::reply))
}

/// The console's pages over a desk.
pub fn router(desk: Arc<Desk>, config: ConsoleConfig) -> Router {
    let secure = config.secure_cookies;
    let console = Console {
        desk,
        config: Arc::new(config),
    };
    let pages = Router::new()
        .route("/", get(pages::queue::show))
        .route("/login", get(pages::login::show).post(pages::login::enter))
        .route("/logout", post(pages::login::leave))
        .route("/preferences", post(prefs::choose))
        .route("/find", get(pages::find::show).post(pages::find::find))
        .route("/report/{id}", get(pages::report::show))
        .route("/report/{id}/claim", post(pages::actions::claim))
        .route("/report/{id}/release", post(pages::actions::release))
        .route("/report/{id}/read", post(pages::actions::mark_read))
        .route("/report/{id}/reply", post(pages::report::reply))
        .route("/report/{id}/urgency", post(pages::actions::set_urgency))
        .route("/report/{id}/hoax", post(pages::actions::mark_hoax))
        .route("/report/{id}/hoax/undo", post(pages::actions::undo_hoax))
        .route("/quarantine", get(pages::quarantine::show))
        .route("/quarantine/{id}/seen", post(pages::quarantine::mark_seen))
        .route("/library", get(pages::library::show))
        .route(
            "/library/release",
            get(pages::library::release::show).post(pages::library::release::publish),
        )
        .route(
            "/library/release/back",
            post(pages::library::release::go_back),
        )
        .merge(proposals())
        .route("/library/{id}", get(pages::library::item::show))
        .route(
            "/library/{id}/recording",
            get(pages::library::item::recording),
        )
        .route("/library/{id}/preview", get(pages::library::preview::show))
        .route("/library/{id}/edit", post(pages::library::item::edit))
        .route("/library/{id}/reviewed", post(pages::library::item::review))
        .route("/library/{id}/checked", post(pages::library::item::check))
        .route("/audit", get(pages::audit::show))
        .route("/help", get(pages::help::show))
        .route("/events", get(live::events))
        .fallback(|| async { Problem::NotFound })
        .method_not_allowed_fallback(|| async { Problem::NotFound })
        .layer(DefaultBodyLimit::max(FORM_MAX_BYTES))
        .layer(from_fn_with_state(console.clone(), visit::visit))
        .with_state(console);
    Router::new()
        .route("/assets/{name}", get(assets::serve))
        .route("/favicon.ico", get(assets::favicon))
        .merge(pages)
        .layer(from_fn(move |request, next| {
            headers::guard(secure, request, next)
        }))
}
