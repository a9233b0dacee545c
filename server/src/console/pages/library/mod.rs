//! `/library`: everything that phones may show to read, and how far it is.

pub(in crate::console) mod item;
pub(in crate::console) mod preview;
pub(in crate::console) mod proposal;
mod proposal_view;
pub(in crate::console) mod proposals;
pub(in crate::console) mod release;

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use loive_documents::library::{ItemView, Kind};
use serde::Deserialize;

use crate::console::Console;
use crate::console::library::state::State;
use crate::console::library::{address, kind_key, title};
use crate::console::page::{Page, draw};
use crate::console::problem::Problem;
use crate::console::visit::Visitor;
use crate::desk::library::LibraryError;

/// What of the library is asked for.
#[derive(Deserialize, Default)]
pub(in crate::console) struct Asked {
    kind: Option<String>,
    show: Option<String>,
}

/// Code, key of the name, and what is in it.
type Filter = (&'static str, &'static str, fn(&State) -> bool);

const FILTERS: [Filter; 5] = [
    ("", "library.show_all", |_| true),
    ("review", "library.show_review", |state| state.needs_review),
    ("old", "library.show_old", |state| state.old),
    ("unpublished", "library.show_unpublished", |state| {
        state.unpublished
    }),
    ("missing", "library.show_missing", |state| {
        !state.missing.is_empty()
    }),
];

#[derive(Template)]
#[template(path = "library/list.html")]
struct ListView {
    page: Page,
    tabs: Vec<Tab>,
    kinds: Vec<KindChoice>,
    show: &'static str,
    groups: Vec<Group>,
    /// Proposals that wait for a decision.
    proposals: u64,
}

struct Tab {
    href: String,
    key: &'static str,
    count: usize,
    current: bool,
}

struct KindChoice {
    code: &'static str,
    key: &'static str,
    chosen: bool,
}

struct Group {
    key: &'static str,
    code: &'static str,
    rows: Vec<Row>,
}

struct Row {
    href: String,
    id: String,
    title: String,
    lang: &'static str,
    state: State,
    kind: Option<Kind>,
}

/// `GET /library`
pub(in crate::console) async fn show(
    Shared(console): Shared<Console>,
    Extension(visitor): Extension<Arc<Visitor>>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    visitor.user()?;
    let (items, proposals) = console
        .desk(|desk| -> Result<_, LibraryError> {
            Ok((desk.library_items()?, desk.open_proposals()?))
        })
        .await?;
    let page = Page::of(&console, &visitor, "library").await?;
    let rows: Vec<Row> = items
        .iter()
        .map(|item| {
            let view = ItemView::new(&item.id, &item.fields);
            let (title, lang) = title(&view, page.lang);
            Row {
                href: address(&item.id),
                id: item.id.clone(),
                title: title.to_owned(),
                lang,
                state: State::of(&view, item.is_unpublished, &page),
                kind: view.kind(),
            }
        })
        .collect();
    let kind = asked.kind.as_deref().and_then(Kind::from_code);
    let show = asked.show.unwrap_or_default();
    let (code, _, wanted) = FILTERS
        .into_iter()
        .find(|(code, ..)| *code == show)
        .unwrap_or(FILTERS[0]);
    let view = ListView {
        tabs: tabs(&rows, kind, code),
        kinds: Kind::ALL
            .into_iter()
            .filter(|kind| rows.iter().any(|row| row.kind == Some(*kind)))
            .map(|it| KindChoice {
                code: it.code(),
                key: kind_key(Some(it)),
                chosen: kind == Some(it),
            })
            .collect(),
        show: code,
        groups: groups(rows, kind, wanted),
        proposals,
        page,
    };
    Ok(draw(StatusCode::OK, &view))
}

fn tabs(rows: &[Row], kind: Option<Kind>, code: &str) -> Vec<Tab> {
    let of_kind = |row: &&Row| kind.is_none() || row.kind == kind;
    let tab = |(this, key, wanted): Filter| Tab {
        href: format!(
            "/library?kind={}&show={this}",
            kind.map(Kind::code).unwrap_or_default()
        ),
        key,
        count: rows
            .iter()
            .filter(of_kind)
            .filter(|row| wanted(&row.state))
            .count(),
        current: this == code,
    };
    FILTERS.into_iter().map(tab).collect()
}

fn groups(rows: Vec<Row>, kind: Option<Kind>, wanted: fn(&State) -> bool) -> Vec<Group> {
    let kinds = Kind::ALL.into_iter().map(Some).chain([None]);
    let mut groups: Vec<Group> = kinds
        .map(|it| Group {
            key: kind_key(it),
            code: it.map_or("other", Kind::code),
            rows: Vec::new(),
        })
        .collect();
    let is_asked = |row: &Row| (kind.is_none() || row.kind == kind) && wanted(&row.state);
    for row in rows.into_iter().filter(is_asked) {
        let code = row.kind.map_or("other", Kind::code);
        if let Some(group) = groups.iter_mut().find(|group| group.code == code) {
            group.rows.push(row);
        }
    }
    groups.retain(|group| !group.rows.is_empty());
    groups
}
