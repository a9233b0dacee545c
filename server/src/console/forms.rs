//! Forms that come in: read, and held against the token of their session.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use subtle::ConstantTimeEq as _;

use super::problem::Problem;
use super::visit::Visitor;
use crate::desk::view::User;

/// A form whose token is that of the visitor. Nothing else reaches a handler.
pub(super) struct Posted {
    /// Who sent it.
    pub(super) visitor: Arc<Visitor>,
    fields: HashMap<String, String>,
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let visitor = request.extensions().get::<Arc<Visitor>>().cloned();
        let visitor = visitor.ok_or(Problem::Internal)?;
        let Form(fields) = Form::<HashMap<String, String>>::from_request(request, state)
            .await
            .map_err(|rejection| match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
                _ => Problem::BadForm,
            })?;
        let posted = Self { visitor, fields };
        let token = posted.find("csrf").unwrap_or_default();
        if bool::from(token.as_bytes().ct_eq(posted.visitor.csrf.as_bytes())) {
            Ok(posted)
        } else {
            Err(Problem::StaleForm)
        }
    }
}

impl Posted {
    /// The user who sent it.
    ///
    /// # Errors
    /// [`Problem::SignIn`] for a guest.
    pub(super) fn user(&self) -> Result<User, Problem> {
        self.visitor.user().cloned()
    }

    /// A field, if it is there.
    pub(super) fn find(&self, name: &str) -> Option<&str> {
        self.fields.get(name).map(String::as_str)
    }

    /// A field.
    ///
    /// # Errors
    /// [`Problem::BadForm`] if it is not there or longer than `max_bytes`.
    pub(super) fn field(&self, name: &str, max_bytes: usize) -> Result<&str, Problem> {
        self.find(name)
            .filter(|text| text.len() <= max_bytes)
            .ok_or(Problem::BadForm)
    }

    /// A text of several lines, with the line ends that a document has:
    /// browsers send CR LF.
    pub(super) fn lines(&self, name: &str) -> Result<String, Problem> {
        let text = self.find(name).ok_or(Problem::BadForm)?;
        Ok(text.replace("\r\n", "\n").trim_end().to_owned())
    }

    /// The page to come back to: a path of ours, or the queue.
    pub(super) fn back(&self) -> &str {
        self.find("back")
            .filter(|path| is_own_path(path))
            .unwrap_or("/")
    }
}

/// Whether a browser would take this for a path on the same host.
fn is_own_path(path: &str) -> bool {
    path.starts_with('/')
        && !path.starts_with("//")
        && path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

#[cfg(test)]
mod tests {
    use super::is_own_path;

    #[test]
    fn a_form_sends_nobody_to_another_host() {
        for good in ["/", "/?show=mine", "/report/00ff#reply"] {
            assert!(is_own_path(good), "{good}");
        }
        for bad in [
            "",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a b",
            "/\r\nX: y",
        ] {
            assert!(!is_own_path(bad), "{bad:?}");
        }
    }
}
