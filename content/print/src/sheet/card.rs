//! A card to share and a poster: one drawing, a title, a few points.

use std::ops::RangeInclusive;

use loive_content::{Item, Translation};
use loive_documents::library::Kind;
use loive_strings::Lang;
use serde::Serialize;

use super::{Common, Picture, Sheet, checked, day_of, picture, sheet, sources, strings};
use crate::error::PrintError;
use crate::job::Form;
use crate::library::{Library, Published, published, words_of};
use crate::text::{Look, Piece, Run, Words, bare, first_sentence};

/// A list of more points is left to the article. A list is shown whole or not
/// at all, so that no card says "three things" and shows two.
const POINTS_MAX_COUNT: usize = 10;
/// How many points are read in passing: lists of so many come first.
const POINTS_GOOD_COUNTS: RangeInclusive<usize> = 3..=5;
/// A longer point, in characters, is too long to be read in passing.
const POINT_MAX_CHARS: usize = 150;
/// How many sentences stand for an item without a list.
const SENTENCES_MAX_COUNT: usize = 3;

#[derive(Serialize)]
struct Card {
    #[serde(flatten)]
    common: Common,
    picture: Option<Picture>,
    /// What may stand under the title, best first: the template takes the
    /// first that fits in readable letters.
    choices: Vec<Choice>,
}

/// Something that may stand under the title.
#[derive(Debug, Serialize)]
struct Choice {
    /// What the item says of itself.
    lead: Option<String>,
    /// The heading of the points.
    label: Option<Words>,
    /// What introduces them: `The ministry warns of offers like this:`
    intro: Option<Words>,
    points: Vec<Words>,
    /// Sources, the day of the facts, that advice is not reviewed.
    notes: Vec<String>,
}

pub(crate) fn card(library: &Library, item: &Item, lang: Lang) -> Result<Sheet, PrintError> {
    on_one_page(library, item, lang, Form::Card)
}

pub(crate) fn poster(library: &Library, item: &Item, lang: Lang) -> Result<Sheet, PrintError> {
    on_one_page(library, item, lang, Form::Poster)
}

fn on_one_page(
    library: &Library,
    item: &Item,
    lang: Lang,
    form: Form,
) -> Result<Sheet, PrintError> {
    let words = words_of(item, lang)?;
    let blocks = published(item, lang)?;
    let name = library.picture_of(item);
    let card = Card {
        common: Common::new(library, lang, &item.id, &words.title, day_of(item, &blocks))?,
        picture: name.map(|name| picture(library, name, &words.title)),
        choices: choices(item, words, &blocks, lang),
    };
    let pictures = name.map(str::to_owned).into_iter().collect();
    Ok(sheet(form, &item.id, lang, 1, &card, pictures))
}

/// Headings that are steps; then lists, those of a good length before longer and
/// shorter ones; then the first sentences of the blocks; then the summary.
fn choices(item: &Item, words: &Translation, blocks: &[Published], lang: Lang) -> Vec<Choice> {
    let notes = |used: &[&Published]| notes(item, blocks, used, lang);
    let lists: Vec<Choice> = blocks
        .iter()
        .filter_map(|block| list(block, notes(&[block])))
        .collect();
    let (good, others): (Vec<_>, Vec<_>) = lists
        .into_iter()
        .partition(|choice| POINTS_GOOD_COUNTS.contains(&choice.points.len()));
    let sentences = (1..=SENTENCES_MAX_COUNT).rev().filter_map(|count| {
        let (used, points): (Vec<&Published>, Vec<Words>) = blocks
            .iter()
            .filter_map(|block| Some((block, sentence(block)?)))
            .take(count)
            .unzip();
        (used.len() == count).then(|| Choice {
            lead: (count == 1).then(|| words.summary.clone()),
            label: None,
            intro: None,
            points,
            notes: notes(&used),
        })
    });
    let summary = Choice {
        lead: Some(words.summary.clone()),
        label: None,
        intro: None,
        points: Vec::new(),
        notes: notes(&[]),
    };
    let steps = steps(item, blocks, notes);
    let lists = good.into_iter().chain(others);
    let all = steps.into_iter().chain(lists).chain(sentences);
    all.chain([summary]).collect()
}

/// The headings, where they say what to do one after the other: of the checks,
/// and where several begin like `First: call`.
fn steps(
    item: &Item,
    blocks: &[Published],
    notes: impl Fn(&[&Published]) -> Vec<String>,
) -> Option<Choice> {
    let is_step = |heading: &Words| item.kind == Kind::Checks || bare(heading).contains(": ");
    let (used, points): (Vec<&Published>, Vec<Words>) = blocks
        .iter()
        .filter_map(|block| Some((block, block.text.heading.clone()?)))
        .filter(|(_, heading)| is_step(heading))
        .unzip();
    (points.len() >= *POINTS_GOOD_COUNTS.start()).then(|| Choice {
        lead: None,
        label: None,
        intro: None,
        points,
        notes: notes(&used),
    })
}

/// The list of a block, with its heading and the line that introduces it.
fn list(block: &Published, notes: Vec<String>) -> Option<Choice> {
    let pieces = &block.text.pieces;
    let at = pieces
        .iter()
        .position(|piece| matches!(piece, Piece::Points(_)))?;
    let Some(Piece::Points(points)) = pieces.get(at) else {
        return None;
    };
    let is_short = |point: &Words| bare(point).chars().count() <= POINT_MAX_CHARS;
    let fits = (2..=POINTS_MAX_COUNT).contains(&points.len()) && points.iter().all(is_short);
    let intro = match at.checked_sub(1).and_then(|before| pieces.get(before)) {
        Some(Piece::Paragraph(words)) if bare(words).ends_with(':') => Some(words.clone()),
        _ => None,
    };
    let says_of_what = block.text.heading.is_some() || intro.is_some();
    (fits && says_of_what).then(|| Choice {
        lead: None,
        label: block.text.heading.clone(),
        intro,
        points: points.clone(),
        notes,
    })
}

/// The heading of a block and the first sentence under it.
fn sentence(block: &Published) -> Option<Words> {
    let heading = block.text.heading.as_ref()?;
    let Some(Piece::Paragraph(words)) = block.text.pieces.first() else {
        return None;
    };
    let first = first_sentence(words);
    if bare(&first).ends_with(':') {
        return None;
    }
    let mut title = bare(heading);
    if !title.ends_with(['.', '?', '!', ':']) {
        title.push('.');
    }
    title.push(' ');
    let title = Run {
        text: title,
        look: Look::Strong,
    };
    let mut point = vec![title];
    point.extend(first);
    (bare(&point).chars().count() <= POINT_MAX_CHARS).then_some(point)
}

/// What stands in small letters under the points.
fn notes(item: &Item, blocks: &[Published], used: &[&Published], lang: Lang) -> Vec<String> {
    let strings = strings(lang);
    let mut ids: Vec<String> = Vec::new();
    for id in used.iter().flat_map(|block| &block.sources) {
        if !ids.contains(id) {
            ids.push(id.clone());
        }
    }
    let is_unreviewed = used.iter().any(|block| block.is_unreviewed);
    let unreviewed = is_unreviewed.then(|| strings.get("foot.unreviewed").to_owned());
    let day = day_of(item, blocks).map(|day| checked(day, strings));
    let of_facts: Vec<String> = [sources(&ids, strings), day]
        .into_iter()
        .flatten()
        .collect();
    let of_facts = (!of_facts.is_empty()).then(|| of_facts.join(" · "));
    [unreviewed, of_facts].into_iter().flatten().collect()
}
