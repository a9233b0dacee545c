//! `/library/release`: what the next release changes, and the releases so far.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use axum::response::Response;
use loive_documents::library::{ItemView, keys};
use loive_strings::Lang;

use crate::console::Console;
use crate::console::forms::Posted;
use crate::console::library::state::lang_key;
use crate::console::library::{address, title};
use crate::console::page::{Notice, Page, draw, go};
use crate::console::problem::Problem;
use crate::console::time::Moment;
use crate::console::visit::Visitor;
use crate::desk::library::{ItemChange, LibraryError, ReleaseRow, Unpublished};
use crate::desk::view::Role;

/// The longest note, in characters.
const NOTE_MAX_CHARS: usize = 200;
/// Items whose words are compared on the page; the others are named.
const COMPARED_MAX_COUNT: usize = 30;
/// The longest number in a form, in bytes.
const NUMBER_MAX_BYTES: usize = 20;
const ADDRESS: &str = "/library/release";

#[derive(Template)]
#[template(path = "library/release.html")]
struct ReleaseView {
    page: Page,
    changes: Vec<ChangeView>,
    others: Vec<(String, String)>,
    waiting: usize,
    unsigned: Option<u32>,
    mark: u64,
    note_max: usize,
    may_write: bool,
    has_key: bool,
    problem: Option<&'static str>,
    releases: Vec<ReleaseLine>,
}

struct ChangeView {
    href: String,
    id: String,
    title: String,
    words: Vec<WordsChange>,
}

struct WordsChange {
    name: String,
    lang: Option<String>,
    before: Option<String>,
    after: Option<String>,
}

struct ReleaseLine {
    number: u32,
    built: Moment,
    published: bool,
    current: bool,
    counts: String,
    note: String,
}

/// `GET /library/release`
pub(in crate::console) async fn show(
    Shared(console): Shared<Console>,
    Extension(visitor): Extension<Arc<Visitor>>,
) -> Result<Response, Problem> {
    page_of(&console, &visitor, None).await
}

/// `POST /library/release`: builds, signs and publishes.
pub(in crate::console) async fn publish(
    Shared(console): Shared<Console>,
    posted: Posted,
) -> Result<Response, Problem> {
    let who = posted.visitor.administrator()?.clone();
    let mark = number(&posted, "mark")?;
    let note = note(&posted)?;
    let Some(publishing) = console.config.publishing.clone() else {
        return page_of(&console, &posted.visitor, Some("library.no_key")).await;
    };
    let done = console
        .desk(move |desk| outcome(desk.publish_library(&who, &note, mark, publishing.pair())))
        .await?;
    finish(&console, &posted, done, Notice::LibraryPublished).await
}

/// `POST /library/release/back`: publishes what an earlier release said.
pub(in crate::console) async fn go_back(
    Shared(console): Shared<Console>,
    posted: Posted,
) -> Result<Response, Problem> {
    let who = posted.visitor.administrator()?.clone();
    let release = u32::try_from(number(&posted, "release")?).map_err(|_| Problem::BadForm)?;
    let mark = number(&posted, "mark")?;
    let Some(publishing) = console.config.publishing.clone() else {
        return page_of(&console, &posted.visitor, Some("library.no_key")).await;
    };
    let done = console
        .desk(move |desk| {
            // Whoever goes back would lose words that nobody has published.
            let waits = desk.unpublished_library()?;
            if waits.mark != mark || !waits.items.is_empty() {
                return Ok(Some("library.refused_waiting"));
            }
            let note = format!("= {release}");
            outcome(desk.return_library(&who, release, &note, publishing.pair()))
        })
        .await?;
    finish(&console, &posted, done, Notice::LibraryReturned).await
}

/// Key of the reason why nothing was published, if nothing was.
fn outcome(done: Result<u32, LibraryError>) -> Result<Option<&'static str>, LibraryError> {
    Ok(match done {
        Ok(_) => None,
        Err(LibraryError::Stale) => Some("library.refused_mark"),
        Err(LibraryError::Unchanged(_)) => Some("library.refused_unchanged"),
        Err(LibraryError::NoSource { .. }) => Some("library.refused_source"),
        Err(LibraryError::NoRecording { .. }) => Some("library.refused_recording"),
        Err(LibraryError::Pack(_)) => Some("library.refused_pack"),
        Err(LibraryError::Release(_)) => Some("library.refused_key"),
        Err(error) => return Err(error),
    })
}

async fn finish(
    console: &Console,
    posted: &Posted,
    refused: Option<&'static str>,
    notice: Notice,
) -> Result<Response, Problem> {
    match refused {
        None => Ok(go(console, ADDRESS, notice)),
        refused => page_of(console, &posted.visitor, refused).await,
    }
}

fn number(posted: &Posted, name: &str) -> Result<u64, Problem> {
    let text = posted.field(name, NUMBER_MAX_BYTES)?;
    text.parse().map_err(|_| Problem::BadForm)
}

/// The note, as one line.
fn note(posted: &Posted) -> Result<String, Problem> {
    let note = posted.lines("note")?;
    let line: String = note
        .chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .take(NOTE_MAX_CHARS)
        .collect();
    Ok(line.trim().to_owned())
}

async fn page_of(
    console: &Console,
    visitor: &Arc<Visitor>,
    problem: Option<&'static str>,
) -> Result<Response, Problem> {
    let may_write = visitor.user()?.role == Role::Administrator;
    let (waits, history) = console
        .desk(|desk| -> Result<_, LibraryError> {
            Ok((desk.unpublished_library()?, desk.release_history()?))
        })
        .await?;
    let mut page = Page::of(console, visitor, "library").await?;
    ADDRESS.clone_into(&mut page.back);
    let status = match problem {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let Unpublished { items, mark } = waits;
    let compared = items.iter().take(COMPARED_MAX_COUNT);
    let latest = history.first().filter(|row| row.published_at.is_none());
    let view = ReleaseView {
        waiting: items.len(),
        unsigned: latest.map(|row| row.release),
        changes: compared.map(|item| change(item, &page)).collect(),
        others: items
            .iter()
            .skip(COMPARED_MAX_COUNT)
            .map(|item| (address(&item.id), title_of(item, &page)))
            .collect(),
        mark,
        note_max: NOTE_MAX_CHARS,
        may_write,
        has_key: console.config.publishing.is_some(),
        problem,
        releases: lines(&history, &page),
        page,
    };
    Ok(draw(status, &view))
}

fn title_of(item: &ItemChange, page: &Page) -> String {
    let fields = if item.after.is_empty() {
        &item.before
    } else {
        &item.after
    };
    title(&ItemView::new(&item.id, fields), page.lang)
        .0
        .to_owned()
}

fn change(item: &ItemChange, page: &Page) -> ChangeView {
    let keys: BTreeSet<&String> = item.before.keys().chain(item.after.keys()).collect();
    let words = keys
        .into_iter()
        .filter(|key| item.before.get(*key) != item.after.get(*key))
        .map(|key| WordsChange {
            name: name(key, page),
            lang: keys::language(key).map(|(lang, _)| lang.to_owned()),
            before: item.before.get(key).cloned(),
            after: item.after.get(key).cloned(),
        });
    ChangeView {
        href: address(&item.id),
        id: item.id.clone(),
        title: title_of(item, page),
        words: words.collect(),
    }
}

/// What a string is, for people.
fn name(key: &str, page: &Page) -> String {
    if let Some((code, block)) = keys::recorded(key) {
        let what = page.name("proposals.recording_of", block);
        let language = Lang::from_code(code).map_or(code, |lang| page.t(lang_key(lang)));
        return page.with(
            "library.field_in",
            &[("what", &what), ("language", language)],
        );
    }
    let Some((code, block)) = keys::language(key) else {
        return match key {
            keys::REVIEW => page.t("library.field_review").to_owned(),
            keys::CHECKED_ON => page.t("library.field_checked").to_owned(),
            other => other.to_owned(),
        };
    };
    let what = match block {
        Some(block) => block,
        None if key.starts_with("title.") => page.t("library.title_label"),
        None => page.t("library.summary"),
    };
    let language = Lang::from_code(code).map_or(code, |lang| page.t(lang_key(lang)));
    page.with(
        "library.field_in",
        &[("what", what), ("language", language)],
    )
}

fn lines(history: &[ReleaseRow], page: &Page) -> Vec<ReleaseLine> {
    let words = page.labels().words;
    let current = history
        .iter()
        .find(|row| row.published_at.is_some())
        .map(|row| row.release);
    let line = |row: &ReleaseRow| ReleaseLine {
        number: row.release,
        built: Moment::at(row.published_at.unwrap_or(row.built_at), words),
        published: row.published_at.is_some(),
        current: current == Some(row.release),
        counts: page.with(
            "library.counts",
            &[
                ("items", &row.items.to_string()),
                ("changed", &row.changed.to_string()),
            ],
        ),
        note: row.note.clone(),
    };
    history.iter().map(line).collect()
}
