//! `/library/proposals/{number}`: one proposal beside what stands, and what is
//! decided about it.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State as Shared};
use axum::response::Response;
use loive_documents::library::{ItemView, keys};

use super::item::refusal;
use super::proposal_view::{Draft, page_of};
use super::proposals::address;
use crate::console::Console;
use crate::console::forms::Posted;
use crate::console::library::rules::{Place, Refused};
use crate::console::library::sound;
use crate::console::page::{Notice, go};
use crate::console::problem::Problem;
use crate::console::visit::Visitor;
use crate::desk::library::{LibraryError, ProposalPage, Taken};
use crate::desk::view::User;
use crate::desk::{Desk, DeskError, REPLY_MAX_CHARS};

/// The longest fingerprint or token of a form, in bytes.
const TOKEN_MAX_BYTES: usize = 64;

/// `GET /library/proposals/{number}`
pub(in crate::console) async fn show(
    Shared(console): Shared<Console>,
    Extension(visitor): Extension<Arc<Visitor>>,
    Path(number): Path<u64>,
) -> Result<Response, Problem> {
    page_of(&console, &visitor, number, None).await
}

/// `GET /library/proposals/{number}/recording`
pub(in crate::console) async fn recording(
    Shared(console): Shared<Console>,
    Extension(visitor): Extension<Arc<Visitor>>,
    Path(number): Path<u64>,
) -> Result<Response, Problem> {
    let who = visitor.user()?.clone();
    let bytes = console
        .desk(move |desk| desk.proposal_recording(&who, number))
        .await?;
    bytes.map(sound::answer).ok_or(Problem::NotFound)
}

/// `POST /library/proposals/{number}/sign-off`
pub(in crate::console) async fn sign_off(
    Shared(console): Shared<Console>,
    Path(number): Path<u64>,
    posted: Posted,
) -> Result<Response, Problem> {
    let who = posted.user()?;
    let done = console
        .desk(move |desk| outcome(desk.sign_off_proposal(&who, number)))
        .await?;
    match done {
        None => Ok(go(&console, &address(number), Notice::ProposalSigned)),
        Some(refused) => again(&console, &posted, number, Draft::refused(refused)).await,
    }
}

/// `POST /library/proposals/{number}/accept`
pub(in crate::console) async fn accept(
    Shared(console): Shared<Console>,
    Path(number): Path<u64>,
    posted: Posted,
) -> Result<Response, Problem> {
    let who = posted.visitor.administrator()?.clone();
    let mut draft = with_word(&posted)?;
    if draft.problem.is_some() {
        return again(&console, &posted, number, draft).await;
    }
    let reader = who.clone();
    let proposal = console
        .desk(move |desk| desk.proposal(&reader, number))
        .await?
        .ok_or(Problem::NotFound)?;
    draft.taken = taken(&posted, &proposal)?;
    let (sent, word) = (draft.taken.clone(), draft.word.clone());
    let refused = console
        .desk(move |desk| take(desk, &who, &proposal, &sent, &word))
        .await?;
    match refused {
        None => Ok(go(&console, &address(number), Notice::ProposalAccepted)),
        Some((key, problem)) => {
            draft.at = key;
            draft.problem = Some(problem);
            again(&console, &posted, number, draft).await
        }
    }
}

/// `POST /library/proposals/{number}/decline`
pub(in crate::console) async fn decline(
    Shared(console): Shared<Console>,
    Path(number): Path<u64>,
    posted: Posted,
) -> Result<Response, Problem> {
    let who = posted.visitor.administrator()?.clone();
    let mut draft = with_word(&posted)?;
    if draft.problem.is_some() {
        return again(&console, &posted, number, draft).await;
    }
    let word = draft.word.clone();
    let done = console
        .desk(move |desk| outcome(desk.decline_proposal(&who, number, Some(&word))))
        .await?;
    match done {
        None => Ok(go(&console, &address(number), Notice::ProposalDeclined)),
        Some(refused) => {
            draft.problem = Some(refused);
            again(&console, &posted, number, draft).await
        }
    }
}

/// `POST /library/proposals/{number}/reply`: a question, or a word before anything
/// is decided.
pub(in crate::console) async fn reply(
    Shared(console): Shared<Console>,
    Path(number): Path<u64>,
    posted: Posted,
) -> Result<Response, Problem> {
    let who = posted.user()?;
    let text = posted.lines("text")?;
    let once = posted.field("once", TOKEN_MAX_BYTES)?.to_owned();
    let sent = text.clone();
    let done = console
        .desk(move |desk| -> Result<_, LibraryError> {
            let not_found = || LibraryError::NotFound(number.to_string());
            let page = desk.proposal(&who, number)?.ok_or_else(not_found)?;
            outcome(
                desk.reply(&who, &page.report, &sent, &once)
                    .map_err(LibraryError::from),
            )
        })
        .await?;
    match done {
        None => {
            let to = format!("{}#talk", address(number));
            Ok(go(&console, &to, Notice::Replied))
        }
        Some(refused) => {
            let draft = Draft {
                reply: text,
                reply_problem: Some(refused),
                ..Draft::default()
            };
            again(&console, &posted, number, draft).await
        }
    }
}

async fn again(
    console: &Console,
    posted: &Posted,
    number: u64,
    draft: Draft,
) -> Result<Response, Problem> {
    page_of(console, &posted.visitor, number, Some(draft)).await
}

/// A word back, if there is one, and that it is too long.
fn with_word(posted: &Posted) -> Result<Draft, Problem> {
    let word = posted.lines("word")?.trim().to_owned();
    let found = word.chars().count();
    let values = [("n", found), ("limit", REPLY_MAX_CHARS)];
    let values = values.map(|(name, number)| (name, number.to_string()));
    Ok(Draft {
        word,
        problem: (found > REPLY_MAX_CHARS).then(|| ("reply.too_long", values.into())),
        ..Draft::default()
    })
}

/// What of the proposal shall stand, as it was sent.
fn taken(posted: &Posted, page: &ProposalPage) -> Result<BTreeMap<String, Taken>, Problem> {
    let mut taken = BTreeMap::new();
    for (at, edit) in page.edits.iter().enumerate() {
        if posted.find(&format!("take-{at}")).is_none() {
            continue;
        }
        let seen = posted.field(&format!("seen-{at}"), TOKEN_MAX_BYTES)?;
        let text = if keys::recorded(&edit.key).is_some() {
            edit.value.clone()
        } else {
            posted.lines(&format!("text-{at}"))?.trim().to_owned()
        };
        let seen = seen.to_owned();
        taken.insert(edit.key.clone(), Taken { seen, text });
    }
    Ok(taken)
}

/// The place where something stands in the way, if it is at one, and the reason.
type At = (Option<String>, Refused);

/// By the rules of the place first, as an edit is.
fn take(
    desk: &Desk,
    who: &User,
    page: &ProposalPage,
    taken: &BTreeMap<String, Taken>,
    word: &str,
) -> Result<Option<At>, LibraryError> {
    let view = ItemView::new(&page.row.item, &page.fields);
    for (key, Taken { text, .. }) in taken {
        let refused = match (keys::recorded(key), Place::of(key, &view)) {
            (Some((_, block)), _) if view.blocks().any(|it| it.id == block) => None,
            (None, Some((place, lang))) => refusal(desk, place, text, lang, &view)?,
            _ => Some(("proposals.refused_place", Vec::new())),
        };
        if let Some(refused) = refused {
            return Ok(Some((Some(key.clone()), refused)));
        }
    }
    let done = desk.accept_proposal(who, page.row.number, taken, Some(word));
    Ok(outcome(done)?.map(|refused| (None, refused)))
}

/// Why something was not done, if that is for people to read.
fn outcome<T>(done: Result<T, LibraryError>) -> Result<Option<Refused>, LibraryError> {
    let key = match done {
        Ok(_) => return Ok(None),
        Err(LibraryError::Stale) => "proposals.refused_stale",
        Err(LibraryError::Decided) => "proposals.refused_decided",
        Err(LibraryError::Withdrawn) => "proposals.refused_withdrawn",
        Err(LibraryError::NeedsSpeaker) => "proposals.refused_speaker",
        Err(LibraryError::Write { .. }) => "library.refused_full",
        Err(LibraryError::Desk(DeskError::Empty)) => "proposals.refused_empty",
        Err(LibraryError::Desk(DeskError::Full)) => "reply.full",
        Err(LibraryError::Desk(DeskError::TooLong { limit })) => {
            let limit = vec![("limit", limit.to_string())];
            return Ok(Some(("proposals.refused_long", limit)));
        }
        Err(error) => return Err(error),
    };
    Ok(Some((key, Vec::new())))
}
