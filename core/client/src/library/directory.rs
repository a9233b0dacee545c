//! Who helps: by place and by need.

use loive_documents::library::{ItemView, Kind, OLD_AFTER_DAYS, days_since, keys};
use loive_documents::places;
use rusqlite::Connection;

use super::list::FIRST_LANG;
use super::view::Lang;
use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::library as rows;

/// Whom the list is for: everybody who fits what is named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DirectoryQuery {
    /// Who helps with this: `danger`, `legal`, `shelter`, …
    pub need: Option<String>,
    /// In this province (two digits).
    pub province: Option<String>,
    /// In this country, ISO 3166-1, for somebody abroad.
    pub country: Option<String>,
}

/// Somebody who helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: String,
    /// Its name, with the province where it has one in each.
    pub name: String,
    /// Its numbers. None for an entry that is still being looked up: show
    /// "call 111" then.
    pub numbers: Vec<EntryNumber>,
    /// When it answers, where that is known.
    pub hours: Option<String>,
    /// Calls cost nothing.
    pub is_free: bool,
    /// Calls are recorded: say so before somebody calls.
    pub is_recorded: bool,
    /// Whether its numbers can be relied on.
    pub standing: EntryStanding,
    /// When it was checked: `2026-11-23`.
    pub checked_on: Option<String>,
    /// What it helps with.
    pub needs: Vec<String>,
    /// Its address on the web.
    pub web: Option<String>,
    /// Its address for mail.
    pub email: Option<String>,
}

/// A number to call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryNumber {
    /// As one dials it.
    pub dial: String,
    /// As one reads it.
    pub shown: String,
}

/// How far an entry can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryStanding {
    /// It has a source and was checked lately.
    Verified,
    /// It has a source, and asks to be checked again.
    ToBeChecked,
    /// It is being looked up and has no number.
    LookedUp,
}

impl Phone {
    /// Who helps. Emergency numbers and those for the whole country come first.
    pub fn directory(&self, query: &DirectoryQuery, lang: &Lang) -> Result<Vec<Entry>, PhoneError> {
        let now = self.now();
        self.0
            .store
            .read(|connection| entries(connection, query, lang, now))
    }
}

/// The numbers of one entry; none if the library does not have it, or if it is
/// still being looked up.
pub(crate) fn numbers_of(
    connection: &Connection,
    id: &str,
    now: u64,
) -> Result<Vec<EntryNumber>, PhoneError> {
    let Some(fields) = rows::fields(connection, id)? else {
        return Ok(Vec::new());
    };
    let view = ItemView::new(id, &fields);
    if !is(&view, keys::KIND, Kind::Entry.code()) {
        return Ok(Vec::new());
    }
    Ok(entry(&view, &DirectoryQuery::default(), FIRST_LANG, now).numbers)
}

fn entries(
    connection: &Connection,
    query: &DirectoryQuery,
    lang: &Lang,
    now: u64,
) -> Result<Vec<Entry>, PhoneError> {
    let mut found = Vec::new();
    for (id, fields) in rows::fields_of_kind(connection, Kind::Entry.code())? {
        let view = ItemView::new(&id, &fields);
        if fits(&view, query) {
            let order = (rank(&view), id.clone());
            found.push((order, entry(&view, query, lang, now)));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found.into_iter().map(|(_, entry)| entry).collect())
}

fn fits(view: &ItemView<'_>, query: &DirectoryQuery) -> bool {
    let helps = query
        .need
        .as_deref()
        .is_none_or(|need| view.list("needs").any(|one| one == need));
    let country = view.get(keys::COUNTRY);
    let is_there = match (&query.country, country) {
        (Some(asked), Some(country)) => asked == country,
        (Some(_), None) => is(view, "scope", "abroad") || is(view, "scope", "nationwide"),
        // Lines of other countries help only there.
        (None, Some(_)) => false,
        (None, None) => true,
    };
    helps && is_there
}

fn is(view: &ItemView<'_>, key: &str, value: &str) -> bool {
    view.get(key) == Some(value)
}

fn rank(view: &ItemView<'_>) -> u8 {
    let is_placeholder = is(view, "status", "placeholder");
    match view.get("scope") {
        _ if view.list("needs").any(|need| need == "danger") && !is_placeholder => 0,
        Some("nationwide") if !is_placeholder => 1,
        Some("abroad") => 2,
        _ if !is_placeholder => 3,
        _ => 4,
    }
}

fn entry(view: &ItemView<'_>, query: &DirectoryQuery, lang: &Lang, now: u64) -> Entry {
    let text = |block: &str| {
        view.text(lang, block)
            .or_else(|| view.text(FIRST_LANG, block))
            .map(str::to_owned)
    };
    let name = view
        .title(lang)
        .or_else(|| view.title(FIRST_LANG))
        .unwrap_or(view.id);
    let province = query
        .province
        .as_deref()
        .filter(|_| is(view, "scope", "province"))
        .and_then(places::province);
    let checked_on = view.get(keys::CHECKED_ON);
    let is_old = checked_on
        .and_then(|day| days_since(day, now))
        .is_none_or(|days| days > OLD_AFTER_DAYS);
    let standing = match view.get("status") {
        Some("placeholder") => EntryStanding::LookedUp,
        // Emergency numbers are everybody's knowledge.
        Some("verified") if !is_old || is(view, "emergency", "yes") => EntryStanding::Verified,
        _ => EntryStanding::ToBeChecked,
    };
    let numbers = view.blocks().filter(|block| block.role == "number");
    Entry {
        id: view.id.to_owned(),
        name: match province {
            Some(province) => format!("{name}, {}", province.name()),
            None => name.to_owned(),
        },
        // Whatever stands there: what is being looked up has no number.
        numbers: numbers
            .filter(|_| standing != EntryStanding::LookedUp)
            .filter_map(|block| {
                let dial = block.value("dial")?;
                Some(EntryNumber {
                    dial: dial.to_owned(),
                    shown: text(block.id).unwrap_or_else(|| dial.to_owned()),
                })
            })
            .collect(),
        hours: text("hours"),
        is_free: is(view, "cost", "free"),
        is_recorded: is(view, "recorded", "yes"),
        standing,
        checked_on: checked_on.map(str::to_owned),
        needs: view.list("needs").map(str::to_owned).collect(),
        web: view.get("web").map(str::to_owned),
        email: view.get("email").map(str::to_owned),
    }
}
