//! Language, look and shortcuts: kept in the browser, not at the desk.

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::response::{IntoResponse, Redirect, Response};
use loive_strings::Lang;

use super::Console;
use super::cookies::Cookie;
use super::forms::Posted;

/// Light, dark, or what the device says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Theme {
    /// As the device.
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// All, in the order of the switch.
    pub(super) const ALL: [Self; 3] = [Self::Auto, Self::Light, Self::Dark];

    /// The code in cookie, form and style sheet.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// From its code; anything else is [`Theme::Auto`].
    pub(super) fn from_code(code: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|theme| theme.code() == code)
            .unwrap_or(Self::Auto)
    }

    /// Key of its name.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Auto => "prefs.auto",
            Self::Light => "prefs.light",
            Self::Dark => "prefs.dark",
        }
    }

    /// What the browser draws its own controls in.
    pub(super) fn scheme(self) -> &'static str {
        match self {
            Self::Auto => "light dark",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// `POST /preferences`: one choice, then back to the page it was made on.
pub(super) async fn choose(State(console): State<Console>, posted: Posted) -> Response {
    let secure = console.config.secure_cookies;
    let mut response = Redirect::to(posted.back()).into_response();
    let chosen = [
        posted
            .find("lang")
            .and_then(Lang::from_code)
            .map(|lang| (Cookie::Lang, lang.code())),
        posted
            .find("theme")
            .map(|code| (Cookie::Theme, Theme::from_code(code).code())),
        posted
            .find("keys")
            .map(|keys| (Cookie::Keys, if keys == "off" { "off" } else { "on" })),
    ];
    for (cookie, value) in chosen.into_iter().flatten() {
        response
            .headers_mut()
            .append(SET_COOKIE, cookie.set(value, secure));
    }
    response
}
