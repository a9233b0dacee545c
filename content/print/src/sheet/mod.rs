//! What stands on a sheet: the data that a template gets.
//!
//! Templates decide how a sheet looks and never what it says: words, numbers
//! and notes all come from here, and here from the library.

mod card;
mod kit;
mod leaflet;
mod quiz;

use loive_content::Item;
use loive_strings::{Area, Lang, Words as Strings, words};
use serde::Serialize;
use serde_json::Value;

use crate::error::PrintError;
use crate::job::Form;
use crate::library::{HOTLINE, Library, Published};

pub(crate) use card::{card, poster};
pub(crate) use kit::kit;
pub(crate) use leaflet::leaflet;

/// A sheet that is ready for its template.
#[derive(Debug, Clone)]
pub struct Sheet {
    /// Its name, `a09.vi.card`.
    pub name: String,
    /// The template's file.
    pub template: &'static str,
    /// What the template reads.
    pub data: Value,
    /// The drawings that it shows.
    pub pictures: Vec<String>,
    /// The most pages that it may have.
    pub max_pages: usize,
}

/// The sizes of letters that are tried, in points: the first with which a sheet
/// keeps to its pages. Templates that measure for themselves ignore it.
pub(crate) const SIZES_POINTS: [f64; 8] = [12.0, 11.5, 11.0, 10.5, 10.0, 9.5, 9.0, 8.5];

/// What every sheet has.
#[derive(Serialize)]
struct Common {
    lang: &'static str,
    id: String,
    title: String,
    /// The day of the facts: year, month, day. None without facts.
    date: Option<[u16; 3]>,
    brand: &'static str,
    hotline: Hotline,
    /// `page {n}/{of}`
    page: &'static str,
}

/// The foot of every sheet.
#[derive(Serialize)]
struct Hotline {
    number: &'static str,
    name: String,
    /// That it is free, when somebody answers, that calls are recorded.
    facts: Vec<String>,
}

/// A drawing.
#[derive(Serialize)]
struct Picture {
    file: String,
    /// What it stands for, for those who listen.
    alt: String,
    /// Whether it warns, by the fill that drawings use for it.
    warns: bool,
}

/// The fill of a drawing that warns (the library's README).
const WARNING_FILL: &str = "#f3c969";

fn strings(lang: Lang) -> &'static Strings {
    words(Area::Print, lang)
}

impl Common {
    fn new(
        library: &Library,
        lang: Lang,
        id: &str,
        title: &str,
        day: Option<&str>,
    ) -> Result<Self, PrintError> {
        Ok(Self {
            lang: lang.code(),
            id: id.to_owned(),
            title: title.to_owned(),
            date: day.and_then(date),
            brand: strings(lang).get("app.name"),
            hotline: Hotline::new(library, lang)?,
            page: strings(lang).get("foot.page"),
        })
    }
}

impl Hotline {
    fn new(library: &Library, lang: Lang) -> Result<Self, PrintError> {
        let entry = library.hotline()?;
        let (name, hours) = match lang {
            Lang::Vi => (&entry.vi, &entry.hours_vi),
            Lang::En => (&entry.en, &entry.hours_en),
        };
        let strings = strings(lang);
        let is_free = entry.cost.as_deref() == Some("free");
        let facts = [
            is_free.then(|| strings.get("hotline.free").to_owned()),
            hours.clone(),
            (entry.recorded == Some(true)).then(|| strings.get("hotline.recorded").to_owned()),
        ];
        Ok(Self {
            number: HOTLINE,
            name: name.clone(),
            facts: facts.into_iter().flatten().collect(),
        })
    }
}

fn picture(library: &Library, name: &str, alt: &str) -> Picture {
    let drawing = library.pictures.get(name);
    Picture {
        file: picture_file(name),
        alt: alt.to_owned(),
        warns: drawing.is_some_and(|svg| svg.contains(WARNING_FILL)),
    }
}

/// Where a template finds a drawing.
pub(crate) fn picture_file(name: &str) -> String {
    format!("/pictures/{name}.svg")
}

/// The day on which an item's facts were compared; none without facts.
fn day_of<'a>(item: &'a Item, blocks: &[Published]) -> Option<&'a str> {
    let has_fact = blocks.iter().any(|block| !block.sources.is_empty());
    has_fact.then_some(item.checked_on.as_str())
}

/// `2026-11-23` in numbers.
fn date(day: &str) -> Option<[u16; 3]> {
    let mut parts = day.split('-').map(str::parse);
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(Ok(year)), Some(Ok(month)), Some(Ok(day)), None) => Some([year, month, day]),
        _ => None,
    }
}

/// `Checked on 23/11/2026`.
fn checked(day: &str, strings: &'static Strings) -> String {
    let mut parts = day.split('-');
    let written = match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(year), Some(month), Some(day), None) => {
            let parts = [("year", year), ("month", month), ("day", day)];
            strings.with("date.day", &parts)
        }
        _ => day.to_owned(),
    };
    strings.with("foot.checked", &[("date", &written)])
}

/// `Sources: S13, S55`; none without any.
fn sources(ids: &[String], strings: &'static Strings) -> Option<String> {
    (!ids.is_empty()).then(|| strings.with("foot.sources", &[("ids", &ids.join(", "))]))
}

/// Hands a sheet to its template.
fn sheet(
    form: Form,
    id: &str,
    lang: Lang,
    max_pages: usize,
    data: &impl Serialize,
    pictures: Vec<String>,
) -> Sheet {
    Sheet {
        name: form.name(id, lang),
        template: form.template(),
        data: serde_json::to_value(data).expect("text, numbers and lists always have a JSON form"),
        pictures,
        max_pages,
    }
}
