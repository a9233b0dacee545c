//! What can go wrong in the console, and the page that says what to do.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::FORM_MAX_BYTES;
use super::page::Page;
use crate::desk::{DeskError, REPLY_MAX_CHARS};

/// Why a request did not end in its page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// Nobody is logged in: go to the door.
    SignIn,
    /// Only for administrators.
    Forbidden,
    /// No such page or report.
    NotFound,
    /// The form's token is missing or of another session.
    StaleForm,
    /// More bytes than any form has.
    TooLarge,
    /// A part of the form is missing or wrong.
    BadForm,
    /// The desk's store is held by another: try again.
    Busy,
    /// The desk cannot write: no space is left.
    Full,
    /// Ours.
    Internal,
}

impl Problem {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::SignIn => StatusCode::SEE_OTHER,
            Self::Forbidden | Self::StaleForm => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BadForm => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Full => StatusCode::INSUFFICIENT_STORAGE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Keys of the title and the text.
    pub(super) fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::Forbidden => ("error.forbidden_title", "error.forbidden"),
            Self::NotFound => ("error.not_found_title", "error.not_found"),
            Self::StaleForm => ("error.form_title", "error.form"),
            Self::TooLarge => ("error.too_large_title", "error.too_large"),
            Self::BadForm => ("error.bad_request_title", "error.bad_request"),
            Self::Busy => ("error.busy_title", "error.busy"),
            Self::Full => ("error.full_title", "error.full"),
            Self::SignIn | Self::Internal => ("error.internal_title", "error.internal"),
        }
    }

    /// The words of the text, with the limits it names.
    pub(super) fn text(self, page: &Page) -> String {
        page.with(
            self.keys().1,
            &[
                ("limit", &(FORM_MAX_BYTES / 1024).to_string()),
                ("characters", &REPLY_MAX_CHARS.to_string()),
            ],
        )
    }
}

/// Carries the problem outwards; the [`super::visit`] layer, which knows the
/// reader's language, draws its page.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if self == Self::SignIn {
            return Redirect::to("/login").into_response();
        }
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::NotFound => Self::NotFound,
            DeskError::Forbidden => Self::Forbidden,
            DeskError::Empty | DeskError::TooLong { .. } => Self::BadForm,
            DeskError::Busy => Self::Busy,
            DeskError::StorageFull => Self::Full,
            error => {
                // A desk error holds no word of a form: see its Display.
                tracing::error!(%error, "the desk failed");
                Self::Internal
            }
        }
    }
}
