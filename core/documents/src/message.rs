//! What reporter and hotline write to each other.

use core::fmt;

use crate::document::Document;
use crate::keys;
use crate::value::Scalar;

/// One message. `Debug` shows no word of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Unique within its document.
    pub id: String,
    /// The words.
    pub text: String,
    /// When it was written, by the writer's clock, in seconds since 1970.
    pub written_at: u64,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("written_at", &self.written_at)
            .finish_non_exhaustive()
    }
}

/// All messages of a document, oldest first. Where two writers drew the same
/// id, both are there.
pub(crate) fn messages(document: &Document, keys: &[String]) -> Vec<Message> {
    let mut messages = Vec::new();
    for key in keys {
        let (Some(written_at), Some(id)) = (keys::message_written_at(key), keys::message_id(key))
        else {
            continue;
        };
        let mut texts: Vec<String> = document
            .scalars(key)
            .into_iter()
            .filter_map(|scalar| match scalar {
                Scalar::Str(text) => Some(text),
                Scalar::Bool(_) | Scalar::Int(_) => None,
            })
            .collect();
        texts.sort_unstable();
        texts.dedup();
        messages.extend(texts.into_iter().map(|text| Message {
            id: id.to_owned(),
            text,
            written_at,
        }));
    }
    // The time stands first in the key, so the keys were in this order; two
    // texts under one id are told apart by the text.
    messages
}
