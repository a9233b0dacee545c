//! What the page of a proposal shows.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use loive_documents::library::{ItemView, Proposed, Standing, keys};
use loive_strings::Lang;

use super::proposals::{Row, address};
use crate::console::Console;
use crate::console::library::address as item_address;
use crate::console::library::languages::{LIST, Languages};
use crate::console::library::rules::{Place, Refused};
use crate::console::library::sound::Sound;
use crate::console::library::words::WordsView;
use crate::console::page::{Page, draw};
use crate::console::problem::Problem;
use crate::console::time::Moment;
use crate::console::visit::{Visitor, fresh_token};
use crate::desk::REPLY_MAX_CHARS;
use crate::desk::library::{Decision, LibraryError, ProposalPage, Said, Taken, fingerprint};
use crate::desk::view::Role;

/// Rows of the box of a title and of a block.
const ROWS: (usize, usize) = (2, 8);

#[derive(Template)]
#[template(path = "library/proposal.html")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each shows or hides a part of its own"
)]
struct ProposalView {
    page: Page,
    row: Row,
    item_href: String,
    is_here: bool,
    note: Option<String>,
    edits: Vec<EditView>,
    /// Some of it is in a language that not everybody here reads.
    needs_speaker: bool,
    signed_off: Option<String>,
    verdict: Option<String>,
    withdrawn: Option<String>,
    may_decide: bool,
    may_write: bool,
    talk: Vec<TalkView>,
    word: String,
    word_count: String,
    limit: usize,
    problem: Option<String>,
    reply: String,
    reply_problem: Option<String>,
    once: String,
}

/// One place of the item.
struct EditView {
    at: usize,
    id: String,
    name: String,
    lang: String,
    lang_name: String,
    /// The Vietnamese words, where those are not what is proposed.
    original: Option<WordsView>,
    today: Option<WordsView>,
    has_moved_on: bool,
    /// It may be taken: the place is one of words.
    may_take: bool,
    is_ticked: bool,
    seen: String,
    text: String,
    rows: usize,
    problem: Option<String>,
    sound: Option<Sound>,
    /// The recording that stands there now.
    sound_today: Option<Sound>,
}

struct TalkView {
    who: String,
    is_ours: bool,
    at: Moment,
    text: String,
}

/// What was sent and refused.
#[derive(Default)]
pub(super) struct Draft {
    /// What was to be taken.
    pub(super) taken: BTreeMap<String, Taken>,
    /// The word back.
    pub(super) word: String,
    /// The place that stands in the way, if it is one.
    pub(super) at: Option<String>,
    /// Why.
    pub(super) problem: Option<Refused>,
    /// An answer without a decision.
    pub(super) reply: String,
    /// Why that was not sent.
    pub(super) reply_problem: Option<Refused>,
}

impl Draft {
    /// Nothing was typed.
    pub(super) fn refused(problem: Refused) -> Self {
        Self {
            problem: Some(problem),
            ..Self::default()
        }
    }
}

/// Draws the page.
pub(super) async fn page_of(
    console: &Console,
    visitor: &Arc<Visitor>,
    number: u64,
    draft: Option<Draft>,
) -> Result<Response, Problem> {
    let who = visitor.user()?.clone();
    let may_write = who.role == Role::Administrator;
    let found = console
        .desk(move |desk| -> Result<_, LibraryError> {
            let list = desk.library_item(LIST)?;
            Ok(desk.proposal(&who, number)?.map(|page| (page, list)))
        })
        .await?;
    let (proposal, list) = found.ok_or(Problem::NotFound)?;
    let list = list.map(|it| it.fields).unwrap_or_default();
    let mut page = Page::of(console, visitor, "library")
        .await?
        .about(proposal.report.to_string());
    page.back = address(number);
    let status = match &draft {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let drawing = Drawing {
        names: Languages::new(&page, &list),
        page: &page,
        proposal: &proposal,
        is_fresh: draft.is_none(),
        draft: draft.unwrap_or_default(),
    };
    let parts = drawing.parts();
    let template = parts.into_view(page, &proposal, may_write, fresh_token(console));
    Ok(draw(status, &template))
}

/// What the page is drawn from.
struct Drawing<'a> {
    page: &'a Page,
    names: Languages<'a>,
    proposal: &'a ProposalPage,
    /// Nothing was sent yet: everything is ticked.
    is_fresh: bool,
    draft: Draft,
}

/// What was drawn with the words of the page.
struct Parts {
    row: Row,
    edits: Vec<EditView>,
    talk: Vec<TalkView>,
    signed_off: Option<String>,
    verdict: Option<String>,
    withdrawn: Option<String>,
    word_count: String,
    problem: Option<String>,
    reply_problem: Option<String>,
    draft: Draft,
}

impl Parts {
    fn into_view(
        self,
        page: Page,
        proposal: &ProposalPage,
        may_write: bool,
        once: String,
    ) -> ProposalView {
        let is_open = self.row.decision.is_none();
        ProposalView {
            item_href: item_address(&proposal.row.item),
            is_here: proposal.fields.contains_key(keys::KIND),
            note: proposal.note.clone(),
            needs_speaker: proposal.edits.iter().any(|edit| !is_read_by_all(&edit.key)),
            edits: self.edits,
            signed_off: self.signed_off,
            verdict: self.verdict,
            withdrawn: self.withdrawn,
            may_decide: may_write && is_open,
            may_write,
            talk: self.talk,
            word: self.draft.word,
            word_count: self.word_count,
            limit: REPLY_MAX_CHARS,
            problem: self.problem,
            reply: self.draft.reply,
            reply_problem: self.reply_problem,
            once,
            row: self.row,
            page,
        }
    }
}

impl Drawing<'_> {
    fn parts(self) -> Parts {
        let row = &self.proposal.row;
        let signed_off = row.signed_off.as_ref();
        let is_at_a_place = self.draft.at.is_some();
        let problem = self.draft.problem.as_ref().filter(|_| !is_at_a_place);
        let edits = self.proposal.edits.iter().enumerate();
        Parts {
            row: Row::of(row, &self.names, self.page),
            edits: edits.map(|(at, edit)| self.edit(at, edit)).collect(),
            talk: self.proposal.talk.iter().map(|it| self.said(it)).collect(),
            signed_off: signed_off.map(|(name, at)| self.by("proposals.signed_off_by", name, *at)),
            verdict: row.decision.map(|decision| self.verdict(decision)),
            withdrawn: row.withdrawn_at.map(|at| {
                self.page
                    .name("proposals.withdrawn_at", &self.moment(at).exact)
            }),
            word_count: self.count(&self.draft.word, REPLY_MAX_CHARS),
            problem: problem.map(|refused| self.refused(refused)),
            reply_problem: self.draft.reply_problem.as_ref().map(|it| self.refused(it)),
            draft: self.draft,
        }
    }

    fn moment(&self, at: u64) -> Moment {
        Moment::at(at, self.page.labels().words)
    }

    fn by(&self, key: &str, name: &str, at: u64) -> String {
        let at = self.moment(at).exact;
        self.page.with(key, &[("name", name), ("at", &at)])
    }

    fn verdict(&self, (decision, at): (Decision, u64)) -> String {
        let known = self.proposal.row.decided_by.as_deref();
        let name = known.unwrap_or_else(|| self.page.t("proposals.somebody"));
        let key = match decision {
            Decision::Accepted => "proposals.accepted_by",
            Decision::Declined => "proposals.declined_by",
        };
        self.by(key, name, at)
    }

    fn count(&self, text: &str, limit: usize) -> String {
        let values = [text.chars().count(), limit].map(|number| number.to_string());
        let [n, limit] = &values;
        self.page.with("reply.count", &[("n", n), ("limit", limit)])
    }

    fn refused(&self, (key, values): &Refused) -> String {
        let values: Vec<_> = values.iter().map(|(n, v)| (*n, v.as_str())).collect();
        self.page.with(key, &values)
    }

    fn said(&self, said: &Said) -> TalkView {
        let who = match said.by.as_deref() {
            None => self.page.t("proposals.from_volunteer").to_owned(),
            Some("") => self.page.t("proposals.somebody").to_owned(),
            Some(name) => self.page.name("timeline.from_hotline", name),
        };
        TalkView {
            who,
            is_ours: said.by.is_some(),
            at: self.moment(said.at),
            text: said.text.clone(),
        }
    }

    fn edit(&self, at: usize, edit: &Proposed) -> EditView {
        let Proposed {
            key, value, today, ..
        } = edit;
        let view = ItemView::new(&self.proposal.row.item, &self.proposal.fields);
        let spoken = keys::recorded(key);
        let (lang, block) = match (spoken, keys::language(key)) {
            (Some((lang, block)), _) => (lang, Some(block)),
            (None, Some(found)) => found,
            (None, None) => ("", None),
        };
        let original = match block {
            Some(block) => view.text(Lang::Vi.code(), block),
            None if key.starts_with("title.") => view.title(Lang::Vi.code()),
            None => view.summary(Lang::Vi.code()),
        };
        let is_original = lang == Lang::Vi.code() && spoken.is_none();
        let place = Place::of(key, &view).map(|(place, _)| place);
        let has_block = block.is_some_and(|id| view.blocks().any(|it| it.id == id));
        let drafted = self.draft.taken.get(key);
        let is_here = self.draft.at.as_ref() == Some(key);
        let words = today.as_deref().filter(|_| spoken.is_none());
        EditView {
            at,
            id: format!("text-{at}"),
            name: self.name(key, block),
            lang: lang.to_owned(),
            lang_name: self.names.name(lang),
            original: original
                .filter(|_| !is_original)
                .map(|text| WordsView::of(text, Lang::Vi.code())),
            today: words.map(|text| WordsView::of(text, lang)),
            has_moved_on: edit.standing == Standing::MovedOn
                && self.proposal.row.decision.is_none(),
            may_take: place.is_some() || (spoken.is_some() && has_block),
            is_ticked: self.is_fresh || drafted.is_some(),
            seen: fingerprint(today.as_deref()),
            text: drafted.map_or(value, |taken| &taken.text).clone(),
            rows: match block {
                Some(_) => ROWS.1,
                None => ROWS.0,
            },
            problem: self
                .draft
                .problem
                .as_ref()
                .filter(|_| is_here)
                .map(|refused| self.refused(refused)),
            sound: spoken.and_then(|_| {
                let src = format!("{}/recording", address(self.proposal.row.number));
                Sound::of(value, src, self.names.name(lang), self.page)
            }),
            sound_today: spoken.and(today.as_deref()).and_then(|stands| {
                let item = item_address(&self.proposal.row.item);
                let src = format!("{item}/recording?key={key}");
                Sound::of(stands, src, self.names.name(lang), self.page)
            }),
        }
    }

    /// What a place is, for people.
    fn name(&self, key: &str, block: Option<&str>) -> String {
        match block {
            Some(block) if keys::recorded(key).is_some() => {
                self.page.name("proposals.recording_of", block)
            }
            Some(block) => block.to_owned(),
            None if key.starts_with("title.") => self.page.t("library.title_label").to_owned(),
            None => self.page.t("library.summary").to_owned(),
        }
    }
}

fn is_read_by_all(key: &str) -> bool {
    keys::language(key).is_some_and(|(lang, _)| Lang::from_code(lang).is_some())
}
