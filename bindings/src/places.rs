//! Places and how people look for them.

use loive_documents::{Lang, Place, places};

use crate::runtime::wordless;

/// A place in a list.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct NamedPlace {
    /// The place, to answer a question with.
    pub place: Place,
    /// Its name.
    pub name: String,
}

/// A place that a search found.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FoundPlace {
    /// The place, to answer a question with.
    pub place: Place,
    /// Its name as people say it.
    pub name: String,
    /// The name of the former province by which it was found, so that a screen
    /// can say what became of it.
    pub former: Option<String>,
}

/// All provinces, by name.
#[uniffi::export]
pub fn provinces_of_vietnam(lang: Lang) -> Vec<NamedPlace> {
    let named =
        |province: &places::Province| named(Place::Province(province.code().to_owned()), lang);
    places::provinces().iter().map(named).collect()
}

/// The communes of a province (two digits), by name. Empty for a code that is
/// none.
#[uniffi::export]
pub fn communes_of(province: &str, lang: Lang) -> Vec<NamedPlace> {
    let place = |commune: &places::Commune| Place::Commune {
        province: province.to_owned(),
        commune: commune.code().to_owned(),
    };
    let communes = places::communes(province).iter();
    communes
        .map(|commune| named(place(commune), lang))
        .collect()
}

/// The name of a place as people say it: "Phường Ba Đình, Hà Nội".
#[uniffi::export]
pub fn place_name(place: &Place, lang: Lang) -> String {
    places::name(place, lang)
}

/// Finds provinces and communes by the beginnings of their words, with or without
/// marks; former provinces too. The best match comes first, at most 30.
#[uniffi::export]
pub fn search_places(text: &str, lang: Lang) -> Vec<FoundPlace> {
    let found = |found: places::Found| FoundPlace {
        name: places::name(&found.place, lang),
        place: found.place,
        former: found.former.map(str::to_owned),
    };
    wordless(|| places::search(text).into_iter().map(found).collect())
}

fn named(place: Place, lang: Lang) -> NamedPlace {
    NamedPlace {
        name: places::name(&place, lang),
        place,
    }
}
