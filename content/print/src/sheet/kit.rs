//! The kit of whoever leads a session: what to say and do, and pictures to cut
//! out.

use std::collections::BTreeSet;

use loive_content::Item;
use loive_strings::Lang;
use serde::Serialize;

use super::leaflet::{Block, articles_of};
use super::{Common, Picture, Sheet, checked, day_of, picture, sheet, strings};
use crate::error::PrintError;
use crate::job::Form;
use crate::library::{Library, Published, published, words_of};
use crate::text::{Piece, Run, Words, bare};

/// The pages of text and of pictures.
const PAGES_MAX_COUNT: usize = 5;
const PICTURES_OF_PAGE: usize = 6;
const PICTURES_MAX_COUNT: usize = 2 * PICTURES_OF_PAGE;

#[derive(Serialize)]
struct Kit {
    #[serde(flatten)]
    common: Common,
    label: &'static str,
    picture: Option<Picture>,
    summary: String,
    blocks: Vec<Section>,
    pictures: Vec<Cutout>,
    pictures_label: &'static str,
    pictures_help: &'static str,
    sources: Vec<Named>,
    sources_label: &'static str,
    checked: Option<String>,
}

#[derive(Serialize)]
struct Section {
    id: String,
    #[serde(flatten)]
    block: Block,
    /// The steps of a run sheet; empty elsewhere.
    steps: Vec<Step>,
}

/// `7 minutes: questions`.
#[derive(Serialize)]
struct Step {
    time: String,
    what: Words,
}

/// A drawing to cut out.
#[derive(Serialize)]
struct Cutout {
    picture: Picture,
    /// The article that it goes with.
    title: String,
    id: String,
}

/// A source with its name.
#[derive(Serialize)]
struct Named {
    id: String,
    title: String,
}

pub(crate) fn kit(library: &Library, item: &Item, lang: Lang) -> Result<Sheet, PrintError> {
    let words = words_of(item, lang)?;
    let strings = strings(lang);
    let blocks = published(item, lang)?;
    let name = library.picture_of(item);
    let (cutouts, mut files) = cutouts(library, item, lang)?;
    files.extend(name.map(str::to_owned));
    let day = day_of(item, &blocks);
    let kit = Kit {
        common: Common::new(library, lang, &item.id, &words.title, day)?,
        label: strings.get("kit.name"),
        picture: name.map(|name| picture(library, name, &words.title)),
        summary: words.summary.clone(),
        blocks: blocks.iter().map(|block| section(block, lang)).collect(),
        pictures: cutouts,
        pictures_label: strings.get("kit.pictures"),
        pictures_help: strings.get("kit.pictures_help"),
        sources: named_sources(library, &blocks),
        sources_label: strings.get("kit.sources"),
        checked: day.map(|day| checked(day, strings)),
    };
    Ok(sheet(
        Form::Kit,
        &item.id,
        lang,
        PAGES_MAX_COUNT,
        &kit,
        files,
    ))
}

fn section(block: &Published, lang: Lang) -> Section {
    let mut shown = Block::new(block, lang);
    let steps = match &shown.text.pieces[..] {
        [Piece::Points(points)] if block.id == "run-sheet" => {
            points.iter().map(|point| step(point)).collect()
        }
        _ => None,
    };
    if steps.is_some() {
        shown.text.pieces.clear();
    }
    Section {
        id: block.id.clone(),
        block: shown,
        steps: steps.unwrap_or_default(),
    }
}

/// Takes `7 minutes: questions` apart; `None` if it has another form.
fn step(point: &[Run]) -> Option<Step> {
    let text = bare(point);
    let (time, _) = text.split_once(": ")?;
    let begins_with_digit = time.starts_with(|letter: char| letter.is_ascii_digit());
    let mut left = begins_with_digit.then(|| time.len() + 2)?;
    let mut what = Words::new();
    for run in point {
        let rest = run.text.get(left.min(run.text.len())..).unwrap_or_default();
        left = left.saturating_sub(run.text.len());
        if !rest.is_empty() {
            what.push(Run {
                text: rest.to_owned(),
                look: run.look,
            });
        }
    }
    Some(Step {
        time: time.to_owned(),
        what,
    })
}

/// The drawings of what the kit refers to and of its topics' articles, each
/// once: two pages, or one if they would not fill half of the second.
fn cutouts(
    library: &Library,
    kit: &Item,
    lang: Lang,
) -> Result<(Vec<Cutout>, Vec<String>), PrintError> {
    let related = kit.related.iter().filter_map(|id| library.item(id));
    let of_topics = kit.topics.iter().flat_map(|id| articles_of(library, id));
    let mut seen = BTreeSet::new();
    let mut cutouts = Vec::new();
    let mut files = Vec::new();
    for item in related.chain(of_topics) {
        let Some(name) = library.picture_of(item).filter(|name| seen.insert(*name)) else {
            continue;
        };
        if cutouts.len() == PICTURES_MAX_COUNT {
            break;
        }
        let title = words_of(item, lang)?.title.clone();
        cutouts.push(Cutout {
            picture: picture(library, name, &title),
            title,
            id: item.id.clone(),
        });
        files.push(name.to_owned());
    }
    if cutouts.len() < PICTURES_OF_PAGE + PICTURES_OF_PAGE / 2 {
        cutouts.truncate(PICTURES_OF_PAGE);
        files.truncate(PICTURES_OF_PAGE);
    }
    Ok((cutouts, files))
}

/// The sources of the blocks, in order, as the register names them.
fn named_sources(library: &Library, blocks: &[Published]) -> Vec<Named> {
    let wanted: BTreeSet<&str> = blocks
        .iter()
        .flat_map(|block| block.sources.iter().map(String::as_str))
        .collect();
    let register = library.source.sources.iter();
    let named = register.filter(|source| wanted.contains(source.id.as_str()));
    named
        .map(|source| Named {
            id: source.id.clone(),
            title: source.title.clone(),
        })
        .collect()
}
