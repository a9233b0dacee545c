//! `/login`, `/logout`

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};

use crate::console::Console;
use crate::console::cookies::Cookie;
use crate::console::forms::Posted;
use crate::console::page::{Notice, Page, draw, go};
use crate::console::problem::Problem;
use crate::console::visit::Visitor;
use crate::desk::DeskError;

/// Longest login name that is looked at, in bytes.
const NAME_MAX_BYTES: usize = 256;
/// Longest password that is hashed, in bytes.
const PASSWORD_MAX_BYTES: usize = 1_024;

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    page: Page,
    problem: Option<&'static str>,
    name: String,
}

/// `GET /login`
pub(in crate::console) async fn show(
    State(console): State<Console>,
    Extension(visitor): Extension<Arc<Visitor>>,
) -> Response {
    if visitor.user().is_ok() {
        return Redirect::to("/").into_response();
    }
    door(&console, &visitor, StatusCode::OK, None, "")
}

/// `POST /login`
pub(in crate::console) async fn enter(
    State(console): State<Console>,
    posted: Posted,
) -> Result<Response, Problem> {
    let name = posted.field("name", NAME_MAX_BYTES)?.trim().to_owned();
    let password = posted.field("password", PASSWORD_MAX_BYTES)?.to_owned();
    let now = console.now();
    let asked = name.clone();
    let tried = console
        .desk(
            move |desk| match desk.verify_login(&asked, &password, now) {
                Ok(Some(user)) => desk.new_session(&user).map(Ok),
                Ok(None) => Ok(Err(("login.wrong", StatusCode::UNAUTHORIZED))),
                Err(DeskError::Throttled { .. }) => {
                    Ok(Err(("login.throttled", StatusCode::TOO_MANY_REQUESTS)))
                }
                Err(error) => Err(error),
            },
        )
        .await?;
    match tried {
        Ok(token) => {
            let secure = console.config.secure_cookies;
            let mut response = Redirect::to("/").into_response();
            let headers = response.headers_mut();
            headers.append(SET_COOKIE, Cookie::Session.set(&token, secure));
            headers.append(SET_COOKIE, Cookie::Guest.clear(secure));
            Ok(response)
        }
        Err((problem, status)) => Ok(door(
            &console,
            &posted.visitor,
            status,
            Some(problem),
            &name,
        )),
    }
}

/// `POST /logout`
pub(in crate::console) async fn leave(
    State(console): State<Console>,
    posted: Posted,
) -> Result<Response, Problem> {
    if let Some(token) = posted.visitor.session.clone() {
        console.desk(move |desk| desk.end_session(&token)).await?;
    }
    let mut response = go(&console, "/login", Notice::LoggedOut);
    let gone = Cookie::Session.clear(console.config.secure_cookies);
    response.headers_mut().append(SET_COOKIE, gone);
    Ok(response)
}

fn door(
    console: &Console,
    visitor: &Visitor,
    status: StatusCode,
    problem: Option<&'static str>,
    name: &str,
) -> Response {
    let mut page = Page::bare(visitor, console.now());
    "/login".clone_into(&mut page.back);
    draw(
        status,
        &LoginPage {
            page,
            problem,
            name: name.to_owned(),
        },
    )
}
