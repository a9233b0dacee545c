//! `/library/{id}/preview`: an item as a phone shows it.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use loive_documents::library::{Class, ItemView, keys};
use loive_strings::{Area, Lang, Words, words};
use serde::Deserialize;

use crate::console::Console;
use crate::console::library::state::{date_in, lang_key};
use crate::console::library::words::WordsView;
use crate::console::library::{address, title};
use crate::console::page::{Page, draw};
use crate::console::problem::Problem;
use crate::console::visit::Visitor;

/// In which language it is asked for.
#[derive(Deserialize, Default)]
pub(in crate::console) struct Asked {
    lang: Option<String>,
}

#[derive(Template)]
#[template(path = "library/preview.html")]
struct PreviewView {
    page: Page,
    href: String,
    langs: [(Lang, &'static str); 2],
    /// What a phone in this language says itself.
    phone: &'static Words,
    lang: Lang,
    title: String,
    summary: Option<String>,
    blocks: Vec<BlockView>,
    sources: Option<String>,
    checked: Option<String>,
}

struct BlockView {
    words: WordsView,
    unreviewed: bool,
}

/// `GET /library/{id}/preview`
pub(in crate::console) async fn show(
    Shared(console): Shared<Console>,
    Extension(visitor): Extension<Arc<Visitor>>,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    visitor.user()?;
    let item = console
        .desk(move |desk| desk.library_item(&id))
        .await?
        .ok_or(Problem::NotFound)?;
    let page = Page::of(&console, &visitor, "library").await?;
    let lang = asked.lang.as_deref().and_then(Lang::from_code);
    let lang = lang.unwrap_or(page.lang);
    let phone = words(Area::Console, lang);
    let view = ItemView::new(&item.id, &item.fields);
    let reviewed = view.get(keys::REVIEW) == Some("reviewed");
    let named: Vec<&str> = view.list(keys::SOURCES).collect();
    let template = PreviewView {
        href: address(&item.id),
        langs: Lang::ALL.map(|lang| (lang, lang_key(lang))),
        phone,
        lang,
        title: title(&view, lang).0.to_owned(),
        summary: view.summary(lang.code()).map(str::to_owned),
        blocks: view
            .blocks()
            .filter_map(|block| {
                // A phone shows the original where there is no translation.
                let (text, code) = [lang, Lang::Vi]
                    .into_iter()
                    .find_map(|it| Some((view.text(it.code(), block.id)?, it.code())))?;
                Some(BlockView {
                    words: WordsView::of(text, code),
                    unreviewed: block.class() == Class::Advice && !reviewed,
                })
            })
            .collect(),
        sources: (!named.is_empty())
            .then(|| phone.with("library.phone_sources", &[("name", &named.join(", "))])),
        checked: view
            .get(keys::CHECKED_ON)
            .map(|day| phone.with("library.phone_checked", &[("name", &date_in(day, phone))])),
        page,
    };
    Ok(draw(StatusCode::OK, &template))
}
