//! Recordings, ready to be heard.

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use loive_documents::library::Recording;

use crate::console::page::Page;

/// What a recording is: RFC 7845.
const KIND: &str = "audio/ogg; codecs=opus";
const MILLISECONDS_PER_SECOND: u32 = 1_000;

/// A recording on a page.
#[derive(Clone)]
pub(in crate::console) struct Sound {
    /// Where its bytes are.
    pub(in crate::console) src: String,
    /// The language that is heard.
    pub(in crate::console) language: String,
    /// How long it plays, in words.
    pub(in crate::console) length: String,
}

impl Sound {
    /// From the value of a key; `None` for what no phone plays.
    pub(in crate::console) fn of(
        value: &str,
        src: String,
        language: String,
        page: &Page,
    ) -> Option<Self> {
        let recording = Recording::from_value(value)?;
        let seconds = recording.milliseconds.div_ceil(MILLISECONDS_PER_SECOND);
        Some(Self {
            src,
            language,
            length: page.n("proposals.seconds", seconds),
        })
    }
}

/// The bytes of a recording.
pub(in crate::console) fn answer(bytes: Vec<u8>) -> Response {
    ([(CONTENT_TYPE, KIND)], bytes).into_response()
}
