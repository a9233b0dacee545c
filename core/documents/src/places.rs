//! Provinces and communes since 1 July 2025, and how people look for them.

mod table;

use crate::fold::{fold, words};
use crate::form::Form;
use crate::lang::Lang;
use crate::value::Place;
use table::table;
pub use table::{Commune, Province};

/// Most places that a search gives back.
pub const SEARCH_MAX_RESULTS: usize = 30;
/// Longest text that is searched for, in characters; the rest is ignored.
pub const SEARCH_MAX_CHARS: usize = 80;

/// A place that a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The place.
    pub place: Place,
    /// The name of the former province by which it was found, so that a screen
    /// can say what became of it.
    pub former: Option<&'static str>,
}

/// All provinces, by name.
pub fn provinces() -> &'static [Province] {
    &table().provinces
}

/// The province of a code.
pub fn province(code: &str) -> Option<&'static Province> {
    provinces().iter().find(|province| province.code() == code)
}

/// The communes of a province, by name. Empty for a code that is none.
pub fn communes(province_code: &str) -> &'static [Commune] {
    province(province_code).map_or(&[], Province::communes)
}

/// The name of a place as people say it: "Phường Ba Đình, Hà Nội".
///
/// A commune or province that is not on our list shows its code.
pub fn name(place: &Place, lang: Lang) -> String {
    match place {
        Place::Commune {
            province: province_code,
            commune,
        } => {
            let province_name = province_name(province_code, lang);
            match communes(province_code)
                .iter()
                .find(|one| one.code() == commune)
            {
                Some(found) => format!("{}, {province_name}", found.full_name(lang)),
                None => format!("{commune}, {province_name}"),
            }
        }
        Place::Province(code) => province_name(code, lang).to_owned(),
        Place::Abroad | Place::Unknown | Place::Moving => {
            let code = place.keyword().unwrap_or_default();
            let option = Form::suspicion_report()
                .field("where")
                .and_then(|it| it.option(code));
            option.map_or(code, |option| option.label(lang)).to_owned()
        }
    }
}

fn province_name(code: &str, lang: Lang) -> &str {
    province(code).map_or(code, |province| match lang {
        Lang::Vi => province.name(),
        Lang::En => province.english(),
    })
}

/// Finds provinces and communes by the beginnings of their words, with or
/// without marks: "ha giang", "Đồng Văn", "ba dinh ha noi".
///
/// Former provinces are found too. The best match comes first, at most
/// [`SEARCH_MAX_RESULTS`].
pub fn search(text: &str) -> Vec<Found> {
    let short: String = text.chars().take(SEARCH_MAX_CHARS).collect();
    let folded = fold(&short);
    let query: Vec<&str> = words(&folded).collect();
    if query.is_empty() {
        return Vec::new();
    }
    let mut hits: Vec<(Rank, Found)> = provinces()
        .iter()
        .flat_map(|province| hits_in(province, &query))
        .collect();
    hits.sort_by_key(|(rank, _)| *rank);
    hits.into_iter()
        .map(|(_, found)| found)
        .take(SEARCH_MAX_RESULTS)
        .collect()
}

/// How good a hit is; the smallest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    WholeProvince,
    WholeFormer,
    WholeCommune,
    Province,
    Former,
    Commune,
    InsideCommune,
}

fn hits_in(province: &'static Province, query: &[&str]) -> Vec<(Rank, Found)> {
    let mut hits: Vec<_> = province_hit(province, query).into_iter().collect();
    for commune in province.communes() {
        if let Some(rank) = rank(province, commune, query) {
            let place = Place::Commune {
                province: province.code().to_owned(),
                commune: commune.code().to_owned(),
            };
            hits.push((
                rank,
                Found {
                    place,
                    former: None,
                },
            ));
        }
    }
    hits
}

fn province_hit(province: &'static Province, query: &[&str]) -> Option<(Rank, Found)> {
    let typed = query.join(" ");
    let place = Place::Province(province.code().to_owned());
    if is_about(province.key(), query) {
        let rank = if province.key() == typed {
            Rank::WholeProvince
        } else {
            Rank::Province
        };
        return Some((
            rank,
            Found {
                place,
                former: None,
            },
        ));
    }
    // "ha giang" begins the words of Hậu Giang too, but it is Hà Giang.
    let hit = |(name, key): (&'static str, &str)| {
        let rank = if key == typed {
            Rank::WholeFormer
        } else {
            Rank::Former
        };
        is_about(key, query).then_some((rank, name))
    };
    let (rank, name) = province
        .former()
        .filter_map(hit)
        .min_by_key(|(rank, _)| *rank)?;
    Some((
        rank,
        Found {
            place,
            former: Some(name),
        },
    ))
}

/// Words in any order may name the province too, but the commune must begin
/// with the first: otherwise the name of a province would list all of it.
fn rank(province: &Province, commune: &Commune, query: &[&str]) -> Option<Rank> {
    let key = commune.key();
    let (first, rest) = query.split_first()?;
    let names_province = |word: &str| {
        has_word(province.key(), word) || province.former().any(|(_, key)| has_word(key, word))
    };
    if !has_word(key, first)
        || !rest
            .iter()
            .all(|word| has_word(key, word) || names_province(word))
    {
        return None;
    }
    let in_commune = query.iter().take_while(|word| has_word(key, word)).count();
    let typed = query
        .iter()
        .take(in_commune)
        .copied()
        .collect::<Vec<_>>()
        .join(" ");
    Some(if key == typed {
        Rank::WholeCommune
    } else if key.starts_with(&typed) {
        Rank::Commune
    } else {
        Rank::InsideCommune
    })
}

fn is_about(key: &str, query: &[&str]) -> bool {
    query.iter().all(|word| has_word(key, word))
}

fn has_word(key: &str, beginning: &str) -> bool {
    words(key).any(|word| word.starts_with(beginning))
}

#[cfg(test)]
mod tests;
