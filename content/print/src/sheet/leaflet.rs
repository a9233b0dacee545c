//! A leaflet: one item on the two sides of an A5 sheet, or a whole topic.

use loive_content::{Item, Topic};
use loive_documents::library::Kind;
use loive_strings::Lang;
use serde::Serialize;

use super::quiz::quiz;
use super::{Common, Picture, Sheet, checked, day_of, picture, sheet, sources, strings};
use crate::error::PrintError;
use crate::job::Form;
use crate::library::{Library, Published, published, words_of};
use crate::text::Text;

/// Both sides of one sheet.
const PAGES_OF_ITEM: usize = 2;

#[derive(Serialize)]
struct Leaflet {
    #[serde(flatten)]
    common: Common,
    /// A first page with what follows, where there are several parts.
    cover: Option<Cover>,
    parts: Vec<Part>,
}

#[derive(Serialize)]
struct Cover {
    picture: Option<Picture>,
    label: &'static str,
}

#[derive(Serialize)]
struct Part {
    id: String,
    title: String,
    summary: String,
    picture: Option<Picture>,
    blocks: Vec<Block>,
    checked: Option<String>,
}

/// A block as leaflets and kits show it.
#[derive(Serialize)]
pub(super) struct Block {
    #[serde(flatten)]
    pub(super) text: Text,
    pub(super) note: Option<String>,
}

impl Block {
    pub(super) fn new(block: &Published, lang: Lang) -> Self {
        let strings = strings(lang);
        let unreviewed = block
            .is_unreviewed
            .then(|| strings.get("foot.unreviewed").to_owned());
        Self {
            text: block.text.clone(),
            note: unreviewed.or_else(|| sources(&block.sources, strings)),
        }
    }
}

/// A leaflet of an item, a quiz or a topic; `None` if the id is none of these,
/// or of a kind that is not handed out.
pub(crate) fn leaflet(
    library: &Library,
    id: &str,
    lang: Lang,
) -> Option<Result<Sheet, PrintError>> {
    let source = &library.source;
    if let Some(item) = library.item(id).filter(|item| item.kind != Kind::Kit) {
        return Some(of_item(library, item, lang));
    }
    if let Some(found) = source.quizzes.iter().find(|quiz| quiz.id == id) {
        return Some(quiz(library, found, lang));
    }
    let topic = source.topics.iter().find(|topic| topic.id == id)?;
    Some(of_topic(library, topic, lang))
}

fn of_item(library: &Library, item: &Item, lang: Lang) -> Result<Sheet, PrintError> {
    let (part, name) = part(library, item, lang)?;
    let blocks = published(item, lang)?;
    let data = Leaflet {
        common: Common::new(library, lang, &item.id, &part.title, day_of(item, &blocks))?,
        cover: None,
        parts: vec![part],
    };
    let pictures = name.into_iter().collect();
    Ok(sheet(
        Form::Leaflet,
        &item.id,
        lang,
        PAGES_OF_ITEM,
        &data,
        pictures,
    ))
}

fn of_topic(library: &Library, topic: &Topic, lang: Lang) -> Result<Sheet, PrintError> {
    let title = match lang {
        Lang::Vi => &topic.vi,
        Lang::En => &topic.en,
    };
    let mut parts = Vec::new();
    let mut pictures = Vec::new();
    for item in articles_of(library, &topic.id) {
        let (part, name) = part(library, item, lang)?;
        parts.push(part);
        pictures.extend(name);
    }
    let max_pages = 1 + PAGES_OF_ITEM * parts.len();
    let on_cover = topic
        .picture
        .as_deref()
        .filter(|name| library.pictures.contains_key(*name));
    pictures.extend(on_cover.map(str::to_owned));
    let data = Leaflet {
        common: Common::new(library, lang, &topic.id, title, None)?,
        cover: Some(Cover {
            picture: on_cover.map(|name| picture(library, name, title)),
            label: strings(lang).get("leaflet.contents"),
        }),
        parts,
    };
    Ok(sheet(
        Form::Leaflet,
        &topic.id,
        lang,
        max_pages,
        &data,
        pictures,
    ))
}

/// The articles of a topic, in the order of their ids.
pub(super) fn articles_of<'a>(
    library: &'a Library,
    topic: &'a str,
) -> impl Iterator<Item = &'a Item> {
    library
        .source
        .items
        .iter()
        .filter(move |item| item.kind == Kind::Article && item.topics.iter().any(|it| it == topic))
}

/// An item with the name of its drawing.
fn part(library: &Library, item: &Item, lang: Lang) -> Result<(Part, Option<String>), PrintError> {
    let words = words_of(item, lang)?;
    let blocks = published(item, lang)?;
    let name = library.picture_of(item);
    let part = Part {
        id: item.id.clone(),
        title: words.title.clone(),
        summary: words.summary.clone(),
        picture: name.map(|name| picture(library, name, &words.title)),
        blocks: blocks.iter().map(|block| Block::new(block, lang)).collect(),
        checked: day_of(item, &blocks).map(|day| checked(day, strings(lang))),
    };
    Ok((part, name.map(str::to_owned)))
}
