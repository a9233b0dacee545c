//! `/library/{id}`: an item in Vietnamese and another language, block by block,
//! and its editing.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use loive_documents::library::{Block, Class, Fields, ItemView, keys};
use loive_strings::Lang;
use serde::Deserialize;

use crate::console::Console;
use crate::console::forms::Posted;
use crate::console::library::languages::{LIST, Language, Languages};
use crate::console::library::rules::{Place, Refused, links};
use crate::console::library::sound::{self, Sound};
use crate::console::library::state::State;
use crate::console::library::words::WordsView;
use crate::console::library::{address, kind_key, title};
use crate::console::page::{Notice, Page, draw, go};
use crate::console::problem::Problem;
use crate::console::time::day;
use crate::console::visit::Visitor;
use crate::desk::Desk;
use crate::desk::library::{ItemPage, LibraryError, fingerprint};
use crate::desk::view::Role;

/// The longest key of a string, in bytes.
const KEY_MAX_BYTES: usize = 200;
/// Rows of the box of a title and of a block.
const ROWS: (usize, usize) = (2, 7);

#[derive(Template)]
#[template(path = "library/item.html")]
struct ItemTemplate {
    page: Page,
    href: String,
    id: String,
    title: String,
    lang: &'static str,
    kind_key: &'static str,
    state: State,
    sections: Vec<Section>,
    /// The languages beside the original.
    languages: Vec<Language>,
    /// The code of the one that is shown.
    beside: String,
    may_write: bool,
}

/// The title, the summary or a block.
struct Section {
    anchor: String,
    name: String,
    class: Option<(&'static str, &'static str)>,
    sources: Vec<String>,
    sides: Vec<Side>,
    recordings: Vec<Recorded>,
}

/// A section in one language.
struct Side {
    lang: String,
    lang_name: String,
    key: String,
    words: Option<WordsView>,
    conflict: Vec<String>,
    form: Option<FormView>,
}

/// A recording of a block.
struct Recorded {
    sound: Sound,
    key: String,
    seen: String,
}

struct FormView {
    id: String,
    text: String,
    seen: String,
    rows: usize,
    limit: usize,
    count: String,
    problem: Option<String>,
}

/// From a language to the key of a string in it.
type KeyOf = fn(&str) -> String;

/// What was sent and refused.
struct Draft {
    key: String,
    text: String,
    problem: Refused,
}

/// Which language stands beside the original.
#[derive(Deserialize, Default)]
pub(in crate::console) struct Asked {
    lang: Option<String>,
}

/// `GET /library/{id}`
pub(in crate::console) async fn show(
    Shared(console): Shared<Console>,
    Extension(visitor): Extension<Arc<Visitor>>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    page_of(&console, &visitor, id, asked.lang, None).await
}

/// Which recording is asked for.
#[derive(Deserialize)]
pub(in crate::console) struct Heard {
    key: String,
}

/// `GET /library/{id}/recording?key=audio.hnj.act`
pub(in crate::console) async fn recording(
    Shared(console): Shared<Console>,
    Extension(visitor): Extension<Arc<Visitor>>,
    Path(id): Path<String>,
    Query(heard): Query<Heard>,
) -> Result<Response, Problem> {
    visitor.user()?;
    let bytes = console
        .desk(move |desk| desk.library_recording(&id, &heard.key))
        .await?;
    bytes.map(sound::answer).ok_or(Problem::NotFound)
}

/// `POST /library/{id}/edit`
pub(in crate::console) async fn edit(
    Shared(console): Shared<Console>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let who = posted.visitor.administrator()?.clone();
    let key = posted.field("key", KEY_MAX_BYTES)?.to_owned();
    let seen = posted.field("seen", KEY_MAX_BYTES)?.to_owned();
    let text = posted.lines("text")?.trim().to_owned();
    let (item, at, new) = (id.clone(), key.clone(), text.clone());
    let refused = console
        .desk(move |desk| -> Result<Option<Refused>, LibraryError> {
            let not_found = || LibraryError::NotFound(item.clone());
            let found = desk.library_item(&item)?.ok_or_else(not_found)?;
            let view = ItemView::new(&item, &found.fields);
            // A recording comes by a proposal only; it may be taken away.
            let is_silenced = keys::recorded(&at).is_some() && new.is_empty();
            if !is_silenced {
                let (place, lang) = Place::of(&at, &view).ok_or_else(not_found)?;
                if let Some(refused) = refusal(desk, place, &new, lang, &view)? {
                    return Ok(Some(refused));
                }
            }
            let words = (!new.is_empty()).then_some(new.as_str());
            match desk.edit_library_as(&who, &item, &at, &seen, words) {
                Ok(_) => Ok(None),
                Err(LibraryError::Stale) => Ok(Some(("library.refused_stale", Vec::new()))),
                Err(LibraryError::Write { .. }) => Ok(Some(("library.refused_full", Vec::new()))),
                Err(error) => Err(error),
            }
        })
        .await?;
    match refused {
        None => {
            let lang = language_of(&key).filter(|code| Lang::from_code(code).is_none());
            let asked = lang.map(|code| format!("?lang={code}")).unwrap_or_default();
            let to = format!("{}{asked}#{}", address(&id), anchor(&key));
            Ok(go(&console, &to, Notice::LibraryEdited))
        }
        Some(problem) => {
            let draft = Draft { key, text, problem };
            let lang = language_of(&draft.key).map(str::to_owned);
            page_of(&console, &posted.visitor, id, lang, Some(draft)).await
        }
    }
}

/// `POST /library/{id}/reviewed`
pub(in crate::console) async fn review(
    Shared(console): Shared<Console>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (who, item) = (posted.visitor.administrator()?.clone(), id.clone());
    console
        .desk(move |desk| desk.review_library(&who, &item))
        .await?;
    Ok(go(&console, &address(&id), Notice::LibraryReviewed))
}

/// `POST /library/{id}/checked`
pub(in crate::console) async fn check(
    Shared(console): Shared<Console>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let (who, item) = (posted.visitor.administrator()?.clone(), id.clone());
    let today = day(console.now());
    console
        .desk(move |desk| desk.check_library(&who, &item, &today))
        .await?;
    Ok(go(&console, &address(&id), Notice::LibraryChecked))
}

/// Why words may not stand somewhere: the rules of the place, and links.
pub(super) fn refusal(
    desk: &Desk,
    place: Place,
    text: &str,
    lang: &str,
    view: &ItemView<'_>,
) -> Result<Option<Refused>, LibraryError> {
    if let Some(refused) = place.refuse(text, lang, view) {
        return Ok(Some(refused));
    }
    for linked in links(text) {
        if desk.library_item(&linked)?.is_none() {
            return Ok(Some(("library.refused_link", vec![("name", linked)])));
        }
    }
    Ok(None)
}

/// The language of a string or a recording.
fn language_of(key: &str) -> Option<&str> {
    let of_words = || keys::language(key).map(|(lang, _)| lang);
    keys::recorded(key).map(|(lang, _)| lang).or_else(of_words)
}

/// The place of a string on the page: of its section.
fn anchor(key: &str) -> String {
    if let Some((_, block)) = keys::recorded(key) {
        return format!("block-{block}");
    }
    match keys::language(key) {
        Some((_, Some(block))) => format!("block-{block}"),
        _ => key.split('.').next().unwrap_or_default().to_owned(),
    }
}

async fn page_of(
    console: &Console,
    visitor: &Arc<Visitor>,
    id: String,
    beside: Option<String>,
    draft: Option<Draft>,
) -> Result<Response, Problem> {
    let may_write = visitor.user()?.role == Role::Administrator;
    let found = console
        .desk(move |desk| -> Result<_, LibraryError> {
            let named = ["sources", LIST].map(|id| desk.library_item(id));
            Ok(desk.library_item(&id)?.map(|item| (item, named)))
        })
        .await?;
    let (item, [sources, list]) = found.ok_or(Problem::NotFound)?;
    let list = list?.map(|it| it.fields).unwrap_or_default();
    let mut page = Page::of(console, visitor, "library").await?;
    page.back = address(&item.id);
    let status = match &draft {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let view = ItemView::new(&item.id, &item.fields);
    let (title, lang) = title(&view, page.lang);
    let names = Languages::new(&page, &list);
    let languages = names.beside_the_original(&item.fields);
    let beside = beside
        .filter(|code| languages.iter().any(|it| it.code == *code))
        .unwrap_or_else(|| Lang::En.code().to_owned());
    let drawing = Drawing {
        page: &page,
        item: &item,
        langs: [Lang::Vi.code(), &beside].map(|code| names.of(code)),
        names: &names,
        sources: sources?.map(|it| it.fields).unwrap_or_default(),
        may_write,
        draft: draft.as_ref(),
    };
    let template = ItemTemplate {
        href: address(&item.id),
        id: item.id.clone(),
        title: title.to_owned(),
        lang,
        kind_key: kind_key(view.kind()),
        state: State::of(&view, item.is_unpublished, &page),
        sections: drawing.sections(),
        languages,
        beside,
        may_write,
        page,
    };
    Ok(draw(status, &template))
}

/// What the sections of a page are drawn from.
struct Drawing<'a> {
    page: &'a Page,
    item: &'a ItemPage,
    langs: [Language; 2],
    names: &'a Languages<'a>,
    sources: Fields,
    may_write: bool,
    draft: Option<&'a Draft>,
}

impl Drawing<'_> {
    fn sections(&self) -> Vec<Section> {
        let view = ItemView::new(&self.item.id, &self.item.fields);
        let mut sections = Vec::new();
        let heads: [(&str, &str, KeyOf); 2] = [
            ("title", "library.title_label", keys::title),
            ("summary", "library.summary", keys::summary),
        ];
        let has_title = Lang::ALL
            .into_iter()
            .any(|lang| view.title(lang.code()).is_some());
        for (anchor, name, key) in heads {
            if has_title {
                sections.push(Section {
                    anchor: anchor.to_owned(),
                    name: self.page.t(name).to_owned(),
                    class: None,
                    sources: Vec::new(),
                    sides: self.sides(&view, key),
                    recordings: Vec::new(),
                });
            }
        }
        for block in view.blocks() {
            sections.push(Section {
                anchor: format!("block-{}", block.id),
                name: block.id.to_owned(),
                class: class(&block),
                sources: self.sources(&block),
                sides: self.sides(&view, |lang| keys::text(lang, block.id)),
                recordings: self.recordings(block.id),
            });
        }
        sections
    }

    /// The sources of a fact, with their titles.
    fn sources(&self, block: &Block<'_>) -> Vec<String> {
        if block.class() != Class::Fact {
            return Vec::new();
        }
        let register = ItemView::new("sources", &self.sources);
        let named = |id: &str| match register.text(Lang::Vi.code(), id) {
            Some(title) => format!("{id} · {title}"),
            None => id.to_owned(),
        };
        block.words().map(named).collect()
    }

    fn sides(&self, view: &ItemView<'_>, key: impl Fn(&str) -> String) -> Vec<Side> {
        let side = |lang: &Language| {
            let key = key(&lang.code);
            let text = view.get(&key);
            Side {
                lang: lang.code.clone(),
                lang_name: lang.name.clone(),
                words: text.map(|text| WordsView::of(text, &lang.code)),
                conflict: self.item.conflicts.get(&key).cloned().unwrap_or_default(),
                form: self.form(view, &key, text),
                key,
            }
        };
        self.langs.iter().map(side).collect()
    }

    /// What can be heard of a block, in whatever language.
    fn recordings(&self, block: &str) -> Vec<Recorded> {
        let fields = self.item.fields.iter();
        let of_block = fields.filter_map(|(key, value)| {
            let (lang, at) = keys::recorded(key)?;
            let src = format!("{}/recording?key={key}", address(&self.item.id));
            let sound = Sound::of(value, src, self.names.name(lang), self.page);
            Some(Recorded {
                sound: sound.filter(|_| at == block)?,
                key: key.clone(),
                seen: fingerprint(Some(value)),
            })
        });
        of_block.collect()
    }

    fn form(&self, view: &ItemView<'_>, key: &str, text: Option<&str>) -> Option<FormView> {
        let (place, _) = Place::of(key, view).filter(|_| self.may_write)?;
        let draft = self.draft.filter(|draft| draft.key == key);
        let words = draft.map_or(text.unwrap_or_default(), |draft| draft.text.as_str());
        let values = [
            ("n", words.chars().count().to_string()),
            ("limit", place.limit().to_string()),
        ];
        let count: Vec<_> = values.iter().map(|(n, v)| (*n, v.as_str())).collect();
        Some(FormView {
            id: format!("edit-{}", key.replace('.', "-")),
            seen: fingerprint(text),
            rows: match place {
                Place::Block(_) => ROWS.1,
                Place::Title | Place::Summary => ROWS.0,
            },
            limit: place.limit(),
            count: self.page.with("reply.count", &count),
            problem: draft.map(|draft| {
                let (key, values) = &draft.problem;
                let values: Vec<_> = values.iter().map(|(n, v)| (*n, v.as_str())).collect();
                self.page.with(key, &values)
            }),
            text: words.to_owned(),
        })
    }
}

/// Code and key of the name of a block's class.
fn class(block: &Block<'_>) -> Option<(&'static str, &'static str)> {
    match (block.class(), block.role) {
        (Class::Fact, _) => Some(("fact", "library.class_fact")),
        (Class::Advice, _) => Some(("advice", "library.class_advice")),
        (Class::Part, "draft") => Some(("draft", "library.class_draft")),
        (Class::Part, _) => None,
    }
}
