//! What is to be made: which form, of what, in which language.

use loive_documents::library::Kind;
use loive_strings::Lang;

use crate::error::PrintError;
use crate::library::Library;
use crate::sheet::{self, Sheet};

/// What something can be made into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A picture to share.
    Card,
    /// An A5 leaflet.
    Leaflet,
    /// An A4 poster.
    Poster,
    /// The A4 kit of whoever leads a session.
    Kit,
}

impl Form {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Card, Self::Leaflet, Self::Poster, Self::Kit];

    /// As it stands in the name of a file.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Leaflet => "leaflet",
            Self::Poster => "poster",
            Self::Kit => "kit",
        }
    }

    /// The ending of its files.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Card => "png",
            Self::Leaflet | Self::Poster | Self::Kit => "pdf",
        }
    }

    /// The file of its template.
    pub(crate) const fn template(self) -> &'static str {
        match self {
            Self::Card => "/card.typ",
            Self::Leaflet => "/leaflet.typ",
            Self::Poster => "/poster.typ",
            Self::Kit => "/kit.typ",
        }
    }

    /// The name of a sheet: `a09.vi.card`.
    pub(crate) fn name(self, id: &str, lang: Lang) -> String {
        format!("{id}.{}.{}", lang.code(), self.code())
    }

    /// Everything in a library that can be made into this form, in its order.
    pub fn ids(self, library: &Library) -> Vec<String> {
        let items = library.source.items.iter();
        let mut ids: Vec<String> = items
            .filter(|item| self.takes(item.kind))
            .map(|item| item.id.clone())
            .collect();
        if self == Self::Leaflet {
            ids.extend(library.source.quizzes.iter().map(|quiz| quiz.id.clone()));
            ids.extend(library.source.topics.iter().map(|topic| topic.id.clone()));
        }
        ids
    }

    fn takes(self, kind: Kind) -> bool {
        match self {
            Self::Kit => kind == Kind::Kit,
            Self::Card | Self::Leaflet | Self::Poster => kind != Kind::Kit,
        }
    }

    /// Puts together what stands on a sheet.
    ///
    /// # Errors
    /// [`PrintError::UnknownId`], [`PrintError::NoSuchForm`],
    /// [`PrintError::NoWords`] or [`PrintError::NoHotline`].
    pub fn sheet(self, library: &Library, id: &str, lang: Lang) -> Result<Sheet, PrintError> {
        let item = library.item(id).filter(|item| self.takes(item.kind));
        let made = match (self, item) {
            (Self::Card, Some(item)) => Some(sheet::card(library, item, lang)),
            (Self::Poster, Some(item)) => Some(sheet::poster(library, item, lang)),
            (Self::Kit, Some(item)) => Some(sheet::kit(library, item, lang)),
            (Self::Leaflet, _) => sheet::leaflet(library, id, lang),
            (_, None) => None,
        };
        made.unwrap_or_else(|| Err(self.refuse(library, id)))
    }

    fn refuse(self, library: &Library, id: &str) -> PrintError {
        let exists = Self::ALL
            .iter()
            .any(|form| form.ids(library).iter().any(|known| known == id));
        if exists {
            PrintError::NoSuchForm {
                id: id.to_owned(),
                form: self.code(),
            }
        } else {
            PrintError::UnknownId(id.to_owned())
        }
    }
}
