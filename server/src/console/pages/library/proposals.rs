//! `/library/proposals`: what people propose, the open ones first.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::Response;
use loive_documents::library::{Fields, ItemView};

use crate::console::Console;
use crate::console::library::languages::{LIST, Languages};
use crate::console::library::title;
use crate::console::page::{Page, draw};
use crate::console::problem::Problem;
use crate::console::time::Clock;
use crate::console::visit::Visitor;
use crate::desk::library::{Decision, LibraryError, ProposalRow};

#[derive(Template)]
#[template(path = "library/proposals.html")]
struct ListView {
    page: Page,
    open: Vec<Row>,
    open_count: u64,
    decided: Vec<Row>,
}

/// A line, and the head of a proposal's page.
pub(super) struct Row {
    pub(super) href: String,
    pub(super) number: u64,
    pub(super) item: String,
    pub(super) title: String,
    pub(super) lang: &'static str,
    pub(super) languages: String,
    pub(super) came: Clock,
    pub(super) has_recording: bool,
    pub(super) is_unread: bool,
    pub(super) is_withdrawn: bool,
    pub(super) signed_off: Option<String>,
    pub(super) decision: Option<Decision>,
}

impl Row {
    pub(super) fn of(row: &ProposalRow, names: &Languages<'_>, page: &Page) -> Self {
        let view = ItemView::new(&row.item, &row.titles);
        let (title, lang) = title(&view, page.lang);
        let languages = row.languages.iter().map(|code| names.name(code));
        Self {
            href: address(row.number),
            number: row.number,
            item: row.item.clone(),
            title: title.to_owned(),
            lang,
            languages: languages.collect::<Vec<_>>().join(", "),
            came: Clock::since(row.received_at, page.now, false, page.labels().words),
            has_recording: row.has_recording,
            is_unread: row.is_unread,
            is_withdrawn: row.withdrawn_at.is_some(),
            signed_off: row.signed_off.as_ref().map(|(name, _)| name.clone()),
            decision: row.decision.map(|(decision, _)| decision),
        }
    }

    pub(super) fn is_accepted(&self) -> bool {
        self.decision == Some(Decision::Accepted)
    }

    pub(super) fn is_declined(&self) -> bool {
        self.decision == Some(Decision::Declined)
    }
}

/// The address of a proposal.
pub(super) fn address(number: u64) -> String {
    format!("/library/proposals/{number}")
}

/// `GET /library/proposals`
pub(in crate::console) async fn show(
    Shared(console): Shared<Console>,
    Extension(visitor): Extension<Arc<Visitor>>,
) -> Result<Response, Problem> {
    let who = visitor.user()?.clone();
    let (all, list) = console
        .desk(move |desk| -> Result<_, LibraryError> {
            Ok((desk.proposals(&who)?, desk.library_item(LIST)?))
        })
        .await?;
    let list: Fields = list.map(|it| it.fields).unwrap_or_default();
    let page = Page::of(&console, &visitor, "library").await?;
    let names = Languages::new(&page, &list);
    let rows = |rows: &[ProposalRow]| -> Vec<Row> {
        let rows = rows.iter();
        rows.map(|row| Row::of(row, &names, &page)).collect()
    };
    let view = ListView {
        open: rows(&all.open),
        open_count: all.open_count,
        decided: rows(&all.decided),
        page,
    };
    Ok(draw(StatusCode::OK, &view))
}
