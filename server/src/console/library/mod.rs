//! The library as staff reads it: how far an item is, and its words.

pub(super) mod languages;
pub(super) mod rules;
pub(super) mod sound;
pub(super) mod state;
pub(super) mod words;

use loive_documents::library::{ItemView, Kind};
use loive_strings::Lang;

use crate::console::problem::Problem;
use crate::desk::library::LibraryError;

impl From<LibraryError> for Problem {
    fn from(error: LibraryError) -> Self {
        match error {
            LibraryError::Desk(error) => error.into(),
            LibraryError::NotFound(_) => Self::NotFound,
            error => {
                tracing::error!(%error, "the library failed");
                Self::Internal
            }
        }
    }
}

/// The address of an item.
pub(super) fn address(id: &str) -> String {
    format!("/library/{id}")
}

/// The title in the language of the page, in another one, or the id.
pub(super) fn title<'a>(view: &ItemView<'a>, lang: Lang) -> (&'a str, &'static str) {
    let langs = [lang, Lang::Vi, Lang::En];
    langs
        .into_iter()
        .find_map(|lang| Some((view.title(lang.code())?, lang.code())))
        .unwrap_or((view.id, lang.code()))
}

/// Key of the name of a kind.
pub(super) fn kind_key(kind: Option<Kind>) -> &'static str {
    match kind {
        Some(Kind::Alert) => "library.kind_alert",
        Some(Kind::Article) => "library.kind_article",
        Some(Kind::Guide) => "library.kind_guide",
        Some(Kind::Checks) => "library.kind_checks",
        Some(Kind::Quiz) => "library.kind_quiz",
        Some(Kind::Flags) => "library.kind_flags",
        Some(Kind::Entry) => "library.kind_entry",
        Some(Kind::Kit) => "library.kind_kit",
        Some(Kind::Doors) => "library.kind_doors",
        Some(Kind::Topics) => "library.kind_topics",
        Some(Kind::Sources) => "library.kind_sources",
        Some(Kind::Terms) => "library.kind_terms",
        Some(Kind::Aliases) => "library.kind_aliases",
        Some(Kind::Languages) => "library.kind_languages",
        None => "library.kind_other",
    }
}
