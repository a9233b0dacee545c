//! `/help`: keys, urgencies, clocks, and how to work.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use loive_documents::Urgency;

use crate::console::Console;
use crate::console::labels::UrgencyView;
use crate::console::page::{Page, draw};
use crate::console::problem::Problem;
use crate::console::visit::Visitor;

/// The keys, as they are printed on the keyboard, with the keys of their words.
const KEYS: [(&str, &str); 10] = [
    ("J", "help.key_j"),
    ("K", "help.key_k"),
    ("Enter", "help.key_enter"),
    ("C", "help.key_c"),
    ("M", "help.key_m"),
    ("R", "help.key_r"),
    ("Q", "help.key_q"),
    ("F", "help.key_f"),
    ("?", "help.key_help"),
    ("Esc", "help.key_escape"),
];

#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage {
    page: Page,
    keys: [(&'static str, &'static str); 10],
    urgencies: Vec<(UrgencyView, &'static str)>,
}

/// `GET /help`
pub(in crate::console) async fn show(
    State(console): State<Console>,
    Extension(visitor): Extension<Arc<Visitor>>,
) -> Result<Response, Problem> {
    visitor.user()?;
    let page = Page::of(&console, &visitor, "help").await?;
    let labels = page.labels();
    let urgencies = Urgency::ALL
        .into_iter()
        .map(|urgency| (labels.urgency(urgency), meaning(urgency)))
        .collect();
    Ok(draw(
        StatusCode::OK,
        &HelpPage {
            page,
            keys: KEYS,
            urgencies,
        },
    ))
}

fn meaning(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::P0 => "urgency.p0_means",
        Urgency::P1 => "urgency.p1_means",
        Urgency::P2 => "urgency.p2_means",
        Urgency::P3 => "urgency.p3_means",
        Urgency::P4 => "urgency.p4_means",
    }
}
