//! Who asks, in which language, and with which form token.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use loive_strings::Lang;

use super::Console;
use super::cookies::Cookie;
use super::page::{Notice, Page};
use super::pages;
use super::prefs::Theme;
use super::problem::Problem;
use crate::desk::view::{Role, User};

/// The header by which the script asks for a page to take fresh parts from.
const LIVE_HEADER: &str = "x-live";

const TOKEN_BYTES: usize = 32;

/// Who asks. Shared by the layers of one request.
pub(super) struct Visitor {
    user: Option<User>,
    /// Token of the session, if there is one.
    pub(super) session: Option<String>,
    /// The token that every form of this visitor carries.
    pub(super) csrf: String,
    /// Language of the pages.
    pub(super) lang: Lang,
    /// Light, dark or as the device.
    pub(super) theme: Theme,
    /// Whether one-letter shortcuts work.
    pub(super) keys: bool,
    /// What the last action wants to tell.
    pub(super) notice: Option<Notice>,
    /// The page that forms come back to, a path of ours.
    pub(super) back: String,
    new_guest: bool,
}

impl Visitor {
    /// The user.
    ///
    /// # Errors
    /// [`Problem::SignIn`] for a guest.
    pub(super) fn user(&self) -> Result<&User, Problem> {
        self.user.as_ref().ok_or(Problem::SignIn)
    }

    /// The user, who must be an administrator.
    ///
    /// # Errors
    /// [`Problem::SignIn`] for a guest, [`Problem::Forbidden`] for a counsellor.
    pub(super) fn administrator(&self) -> Result<&User, Problem> {
        let user = self.user()?;
        if user.role == Role::Administrator {
            Ok(user)
        } else {
            Err(Problem::Forbidden)
        }
    }

    async fn recognise(
        console: &Console,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> (Self, Option<Problem>) {
        let secure = console.config.secure_cookies;
        let cookie = |cookie: Cookie| cookie.read(headers, secure);
        let token = cookie(Cookie::Session);
        let (found, problem) = match token.clone() {
            Some(token) => match console.desk(move |desk| desk.session(&token)).await {
                Ok(found) => (found, None),
                Err(problem) => (None, Some(problem)),
            },
            None => (None, None),
        };
        let guest = cookie(Cookie::Guest).filter(|token| is_token(token));
        let new_guest = found.is_none() && guest.is_none();
        let session = token.filter(|_| found.is_some());
        let (user, csrf) = match found {
            Some((user, csrf)) => (Some(user), csrf),
            None => (None, guest.unwrap_or_else(|| fresh_token(console))),
        };
        let reads = method == Method::GET && !headers.contains_key(LIVE_HEADER);
        let notice = reads.then(|| cookie(Cookie::Notice)).flatten();
        let path = uri
            .path_and_query()
            .map(axum::http::uri::PathAndQuery::as_str);
        let visitor = Self {
            user,
            session,
            csrf,
            lang: cookie(Cookie::Lang)
                .and_then(|code| Lang::from_code(&code))
                .unwrap_or_default(),
            theme: cookie(Cookie::Theme).map_or(Theme::Auto, |code| Theme::from_code(&code)),
            keys: cookie(Cookie::Keys).is_none_or(|keys| keys != "off"),
            notice: notice.and_then(|code| Notice::from_code(&code)),
            back: path
                .filter(|_| method == Method::GET)
                .unwrap_or("/")
                .to_owned(),
            new_guest,
        };
        (visitor, problem)
    }
}

/// A random token of 256 bits, in letters that may stand in a cookie.
pub(super) fn fresh_token(console: &Console) -> String {
    URL_SAFE_NO_PAD.encode(console.config.env.random::<TOKEN_BYTES>())
}

fn is_token(text: &str) -> bool {
    URL_SAFE_NO_PAD
        .decode(text)
        .is_ok_and(|bytes| bytes.len() == TOKEN_BYTES)
}

/// The layer around every page: recognises the visitor before, and after it
/// draws the page of a problem and settles the cookies.
pub(super) async fn visit(
    State(console): State<Console>,
    mut request: Request,
    next: Next,
) -> Response {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let (visitor, problem) = Visitor::recognise(&console, &method, &uri, request.headers()).await;
    let visitor = Arc::new(visitor);
    if let Some(problem) = problem {
        return explain(&console, &visitor, problem).await;
    }
    request.extensions_mut().insert(Arc::clone(&visitor));
    let mut response = next.run(request).await;
    if let Some(problem) = problem_of(&response) {
        response = explain(&console, &visitor, problem).await;
    }
    settle_cookies(&console, &visitor, &mut response);
    response
}

fn problem_of(response: &Response) -> Option<Problem> {
    let named = response.extensions().get::<Problem>().copied();
    named.or(match response.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Some(Problem::TooLarge),
        StatusCode::BAD_REQUEST => Some(Problem::BadForm),
        _ => None,
    })
}

async fn explain(console: &Console, visitor: &Arc<Visitor>, problem: Problem) -> Response {
    // The page of a problem must come out even if the desk is what failed.
    let page = match Page::of(console, visitor, "").await {
        Ok(page) => page,
        Err(_) => Page::bare(visitor, console.now()),
    };
    pages::error(page, problem)
}

fn settle_cookies(console: &Console, visitor: &Visitor, response: &mut Response) {
    let secure = console.config.secure_cookies;
    if visitor.new_guest {
        let header = Cookie::Guest.set(&visitor.csrf, secure);
        response.headers_mut().append(SET_COOKIE, header);
    }
    if visitor.notice.is_some() {
        response
            .headers_mut()
            .append(SET_COOKIE, Cookie::Notice.clear(secure));
    }
}
