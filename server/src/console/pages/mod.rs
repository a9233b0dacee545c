//! One file for each page, named after its address.

pub(super) mod actions;
pub(super) mod audit;
pub(super) mod find;
pub(super) mod help;
pub(super) mod library;
pub(super) mod login;
pub(super) mod quarantine;
pub(super) mod queue;
pub(super) mod report;

use askama::Template;
use axum::response::Response;

use super::page::{Page, draw};
use super::problem::Problem;

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: Page,
    title: &'static str,
    text: String,
}

/// The page of a problem.
pub(super) fn error(page: Page, problem: Problem) -> Response {
    let (title, text) = (problem.keys().0, problem.text(&page));
    draw(problem.status(), &ErrorPage { page, title, text })
}
