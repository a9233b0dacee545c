//! The keys of an item, and what stands under them.
//!
//! | key | value |
//! |---|---|
//! | `kind` | [`Kind`](super::Kind) |
//! | `topics`, `audience`, `sources`, `related`, `country`, `provinces` | ids, separated by spaces |
//! | `checked_on`, `from` | a date, `2026-11-23` |
//! | `review` | `needs_review` or `reviewed` |
//! | `picture` | the name of a drawing |
//! | `title.<lang>`, `summary.<lang>` | words |
//! | `blocks` | ids of the blocks in order, separated by spaces |
//! | `block.<id>` | the class, then what belongs to it: `fact S13 S55`, `question weight=3` |
//! | `text.<lang>.<id>` | the words of a block, in the markup of [`markup`](super::markup) |
//! | `audio.<lang>.<id>` | [`Recording`](super::Recording): where the spoken words are |
//!
//! Kinds other than articles have further keys of one word; unknown keys are
//! kept.

/// What the item is.
pub const KIND: &str = "kind";
/// Topics that it is about.
pub const TOPICS: &str = "topics";
/// Whom it is for.
pub const AUDIENCE: &str = "audience";
/// Sources that its facts stand on.
pub const SOURCES: &str = "sources";
/// When the facts were last compared with their sources.
pub const CHECKED_ON: &str = "checked_on";
/// Whether the hotline has reviewed it.
pub const REVIEW: &str = "review";
/// Other items to read.
pub const RELATED: &str = "related";
/// The drawing that goes with it.
pub const PICTURE: &str = "picture";
/// Countries that it is about, ISO 3166-1.
pub const COUNTRY: &str = "country";
/// Provinces that it is about; none: everywhere.
pub const PROVINCES: &str = "provinces";
/// The day from which a warning holds.
pub const FROM: &str = "from";
/// The blocks in order.
pub const BLOCKS: &str = "blocks";

/// What a quiz is about: `risk`, `readiness`, `knowledge`.
pub const QUIZ: &str = "quiz";

/// What follows the id of an item in the id of the document that holds its
/// drafts. Such a document never goes into a release.
pub const DRAFT_SUFFIX: &str = "-draft";

/// The title in a language.
pub fn title(lang: &str) -> String {
    format!("title.{lang}")
}

/// The summary in a language.
pub fn summary(lang: &str) -> String {
    format!("summary.{lang}")
}

/// The class of a block and what belongs to it.
pub fn block(id: &str) -> String {
    format!("block.{id}")
}

/// The words of a block in a language.
pub fn text(lang: &str, block: &str) -> String {
    format!("text.{lang}.{block}")
}

/// The recording of a block in a language.
pub fn audio(lang: &str, block: &str) -> String {
    format!("audio.{lang}.{block}")
}

/// The language of a key whose value is words, and what is behind it:
/// `text.vi.act` gives `vi` and `act`, `title.vi` gives `vi` and nothing.
pub fn language(key: &str) -> Option<(&str, Option<&str>)> {
    if let Some(lang) = key.strip_prefix("title.").or(key.strip_prefix("summary.")) {
        return Some((lang, None));
    }
    let rest = key.strip_prefix("text.")?;
    let (lang, block) = rest.split_once('.')?;
    Some((lang, Some(block)))
}

/// The language and the block of a recording's key: `audio.hnj.act` gives `hnj`
/// and `act`.
pub fn recorded(key: &str) -> Option<(&str, &str)> {
    key.strip_prefix("audio.")?.split_once('.')
}

/// Whether a code may be one of a language: small letters, digits and `-`, as in
/// BCP 47, at most [`LANGUAGE_MAX_BYTES`].
///
/// [`LANGUAGE_MAX_BYTES`]: loive_protocol::limits::LANGUAGE_MAX_BYTES
pub fn is_language(code: &str) -> bool {
    (2..=loive_protocol::limits::LANGUAGE_MAX_BYTES).contains(&code.len())
        && code
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}
