//! The console's cookies: the session, a guest's form token, a notice for the
//! next page, and three tastes.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};

/// A cookie of ours.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cookie {
    /// The session's token. Gone when the browser closes.
    Session,
    /// The form token of somebody who has not logged in.
    Guest,
    /// What the next page tells.
    Notice,
    /// `vi` or `en`.
    Lang,
    /// `light` or `dark`; absent: as the device.
    Theme,
    /// `off`: no one-letter shortcuts.
    Keys,
}

const TASTE_SECONDS: u32 = 31_536_000;
const NOTICE_SECONDS: u32 = 60;

impl Cookie {
    fn base_name(self) -> &'static str {
        match self {
            Self::Session => "loive-session",
            Self::Guest => "loive-guest",
            Self::Notice => "loive-notice",
            Self::Lang => "loive-lang",
            Self::Theme => "loive-theme",
            Self::Keys => "loive-keys",
        }
    }

    /// Over TLS the name binds the cookie to this very host and to TLS
    /// (RFC 6265bis, `__Host-`).
    fn name(self, secure: bool) -> String {
        let prefix = if secure { "__Host-" } else { "" };
        format!("{prefix}{}", self.base_name())
    }

    fn max_age_seconds(self) -> Option<u32> {
        match self {
            Self::Session | Self::Guest => None,
            Self::Notice => Some(NOTICE_SECONDS),
            Self::Lang | Self::Theme | Self::Keys => Some(TASTE_SECONDS),
        }
    }

    /// Reads it from a request.
    pub(super) fn read(self, headers: &HeaderMap, secure: bool) -> Option<String> {
        let name = self.name(secure);
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find_map(|(found, value)| (found == name).then(|| value.to_owned()))
    }

    /// The header that sets it. Values are codes and tokens of ours; one that
    /// could not stand in a header is dropped.
    pub(super) fn set(self, value: &str, secure: bool) -> HeaderValue {
        self.header(value, self.max_age_seconds(), secure)
    }

    /// The header that takes it away.
    pub(super) fn clear(self, secure: bool) -> HeaderValue {
        self.header("", Some(0), secure)
    }

    fn header(self, value: &str, max_age: Option<u32>, secure: bool) -> HeaderValue {
        let name = self.name(secure);
        let age = max_age.map_or(String::new(), |seconds| format!("; Max-Age={seconds}"));
        let secure = if secure { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{age}{secure}");
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]
    use super::*;

    #[test]
    fn a_cookie_is_read_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("a=1; loive-lang=en"));
        headers.append(COOKIE, HeaderValue::from_static("loive-theme=dark"));
        assert_eq!(Cookie::Lang.read(&headers, false).as_deref(), Some("en"));
        assert_eq!(Cookie::Theme.read(&headers, false).as_deref(), Some("dark"));
        assert_eq!(Cookie::Lang.read(&headers, true), None);
    }

    #[test]
    fn a_session_cookie_is_out_of_reach_of_scripts_and_other_sites() {
        let plain = Cookie::Session.set("abc", false);
        assert_eq!(
            plain.to_str().unwrap(),
            "loive-session=abc; Path=/; HttpOnly; SameSite=Strict"
        );
        let secure = Cookie::Session.set("abc", true);
        assert!(
            secure
                .to_str()
                .unwrap()
                .starts_with("__Host-loive-session=abc; Path=/;")
        );
        assert!(secure.to_str().unwrap().ends_with("; Secure"));
    }
}
