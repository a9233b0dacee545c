//! `/`: the queue.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use loive_documents::Urgency;
use serde::Deserialize;

use crate::console::Console;
use crate::console::labels::UrgencyView;
use crate::console::page::{Page, draw};
use crate::console::problem::Problem;
use crate::console::row::{Claim, RowView};
use crate::console::visit::Visitor;
use crate::desk::view::QueueFilter;

/// Rows on one page.
const PAGE_ROWS: usize = 50;

const FILTERS: [(&str, QueueFilter, &str); 4] = [
    ("open", QueueFilter::Open, "queue.open"),
    ("unclaimed", QueueFilter::Unclaimed, "queue.unclaimed"),
    ("mine", QueueFilter::Mine, "queue.mine"),
    ("all", QueueFilter::All, "queue.all"),
];

/// What of the queue is asked for.
#[derive(Deserialize, Default)]
pub(in crate::console) struct Asked {
    show: Option<String>,
    from: Option<usize>,
}

#[derive(Template)]
#[template(path = "queue.html")]
struct QueueView {
    page: Page,
    summary: String,
    tiles: Vec<Tile>,
    tabs: Vec<Tab>,
    rows: Vec<RowView>,
    empty: (&'static str, Option<&'static str>),
    earlier: Option<String>,
    later: Option<String>,
}

struct Tile {
    urgency: UrgencyView,
    count: u64,
}

struct Tab {
    href: String,
    key: &'static str,
    current: bool,
}

/// `GET /`
pub(in crate::console) async fn show(
    State(console): State<Console>,
    Extension(visitor): Extension<Arc<Visitor>>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let user = visitor.user()?.clone();
    let show = asked.show.as_deref().unwrap_or_default();
    let (code, filter, _) = FILTERS
        .into_iter()
        .find(|(code, ..)| *code == show)
        .unwrap_or(FILTERS[0]);
    let from = asked.from.unwrap_or_default();
    let who = user.clone();
    let found = console
        .desk(move |desk| desk.queue(&who, filter, from, PAGE_ROWS))
        .await?;
    let page = Page::of(&console, &visitor, "queue").await?.about("*");
    let labels = page.labels();
    let href = |from: usize| format!("/?show={code}&from={from}");
    let open: u64 = found.counts.open.iter().sum();
    let summary = page.with(
        "queue.summary",
        &[
            ("open", &open.to_string()),
            ("unread", &found.counts.unread.to_string()),
        ],
    );
    let tiles = Urgency::ALL.into_iter().zip(found.counts.open);
    let view = QueueView {
        summary,
        tiles: tiles
            .map(|(urgency, count)| Tile {
                urgency: labels.urgency(urgency),
                count,
            })
            .collect(),
        tabs: FILTERS
            .into_iter()
            .map(|(code, this, key)| {
                let href = if this == QueueFilter::Open {
                    "/".to_owned()
                } else {
                    format!("/?show={code}")
                };
                Tab {
                    href,
                    key,
                    current: this == filter,
                }
            })
            .collect(),
        rows: found
            .rows
            .iter()
            .map(|row| RowView::of(row, &user, page.now, &labels))
            .collect(),
        empty: empty(filter),
        earlier: (from > 0).then(|| href(from.saturating_sub(PAGE_ROWS))),
        later: found.more.then(|| href(from.saturating_add(PAGE_ROWS))),
        page,
    };
    Ok(draw(StatusCode::OK, &view))
}

/// What an empty queue says.
fn empty(filter: QueueFilter) -> (&'static str, Option<&'static str>) {
    match filter {
        QueueFilter::Open => ("queue.empty_open", Some("queue.empty_open_more")),
        QueueFilter::Unclaimed => ("queue.empty_unclaimed", None),
        QueueFilter::Mine => ("queue.empty_mine", Some("queue.empty_mine_more")),
        QueueFilter::All => ("queue.empty_all", None),
    }
}
