//! What every page has around its own part.

use std::fmt::Display;
use std::sync::Arc;

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{Html, IntoResponse, Redirect, Response};
use loive_strings::{Area, Lang, Words, words};

use super::Console;
use super::alarm::Alarm;
use super::cookies::Cookie;
use super::labels::Labels;
use super::prefs::Theme;
use super::problem::Problem;
use super::visit::Visitor;
use crate::desk::view::Role;

/// Around every page: words, preferences, who is there, what alarms.
pub(super) struct Page {
    words: &'static Words,
    /// Language of the page.
    pub(super) lang: Lang,
    /// Light, dark or as the device.
    pub(super) theme: Theme,
    /// Whether one-letter shortcuts work.
    pub(super) keys: bool,
    /// Who is logged in.
    pub(super) user: Option<PageUser>,
    /// The token for every form.
    pub(super) csrf: String,
    /// Where the small forms of the frame come back to, and what the script
    /// fetches for fresh parts.
    pub(super) back: String,
    /// Which news concern this page: a report, `*` for all, empty for none.
    pub(super) about: String,
    /// Unix seconds, for the clocks.
    pub(super) now: u64,
    /// The band on top.
    pub(super) alarm: Alarm,
    /// What the last action wants to tell.
    pub(super) notice: Option<Notice>,
    here: &'static str,
}

/// The user as the frame shows them.
pub(super) struct PageUser {
    /// Name that colleagues see.
    pub(super) display_name: String,
    /// Whether they may read the audit log.
    pub(super) administrator: bool,
}

impl Page {
    /// The frame for a visitor, on the page `here` of the navigation.
    ///
    /// # Errors
    /// The desk could not be asked for the alarm.
    pub(super) async fn of(
        console: &Console,
        visitor: &Arc<Visitor>,
        here: &'static str,
    ) -> Result<Self, Problem> {
        let mut page = Self {
            here,
            ..Self::bare(visitor, console.now())
        };
        if let Ok(user) = visitor.user() {
            page.alarm = Alarm::of(console, user, page.labels()).await?;
        }
        Ok(page)
    }

    /// The frame without what the desk knows.
    pub(super) fn bare(visitor: &Visitor, now: u64) -> Self {
        let user = visitor.user().ok().map(|user| PageUser {
            display_name: user.display_name.clone(),
            administrator: user.role == Role::Administrator,
        });
        Self {
            words: words(Area::Console, visitor.lang),
            lang: visitor.lang,
            theme: visitor.theme,
            keys: visitor.keys,
            user,
            csrf: visitor.csrf.clone(),
            back: visitor.back.clone(),
            about: String::new(),
            now,
            alarm: Alarm::default(),
            notice: visitor.notice,
            here: "",
        }
    }

    /// The page listens to news of this report, or of all for `*`.
    pub(super) fn about(mut self, about: impl Into<String>) -> Self {
        self.about = about.into();
        self
    }

    /// Labels in the language of the page.
    pub(super) fn labels(&self) -> Labels {
        Labels::new(self.lang)
    }

    /// The words for a key.
    pub(super) fn t(&self, key: &str) -> &'static str {
        self.words.find(key).unwrap_or_else(|| {
            debug_assert!(false, "no words for {key:?}");
            ""
        })
    }

    /// Words with a number.
    pub(super) fn n(&self, key: &str, n: impl Display) -> String {
        self.words.with(key, &[("n", &n.to_string())])
    }

    /// Words with a name.
    pub(super) fn name(&self, key: &str, name: &str) -> String {
        self.words.with(key, &[("name", name)])
    }

    /// Words with a reason.
    pub(super) fn reason(&self, key: &str, reason: &str) -> String {
        self.words.with(key, &[("reason", reason)])
    }

    /// Words with anything.
    pub(super) fn with(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.words.with(key, values)
    }

    /// What stands before the title while something critical waits.
    pub(super) fn badge(&self) -> String {
        if self.alarm.rings() {
            format!("{} ", self.n("alarm.badge", self.alarm.count()))
        } else {
            String::new()
        }
    }

    /// Whether the page is in this place of the navigation.
    pub(super) fn is_at(&self, place: &str) -> bool {
        self.here == place
    }

    /// Whether the page is in this language.
    pub(super) fn speaks(&self, code: &str) -> bool {
        self.lang.code() == code
    }

    /// Whether the look of this code is the chosen one.
    pub(super) fn looks(&self, code: &str) -> bool {
        self.theme.code() == code
    }
}

macro_rules! notices {
    ($($(#[$doc:meta])* $name:ident = $key:literal, $careful:literal;)*) => {
        /// What an action tells on the page that follows it.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(super) enum Notice { $($(#[$doc])* $name,)* }

        impl Notice {
            const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Key of the words.
            pub(super) fn key(&self) -> &'static str {
                match self { $(Self::$name => $key,)* }
            }

            /// `good` or `careful`.
            pub(super) fn tone(&self) -> &'static str {
                let careful = match self { $(Self::$name => $careful,)* };
                if careful { "careful" } else { "good" }
            }
        }
    };
}

notices! {
    /// The report is the user's now.
    Claimed = "notice.claimed", false;
    /// It was theirs before.
    AlreadyYours = "notice.already_yours", false;
    /// A colleague was faster.
    Taken = "notice.taken", true;
    /// Back in the queue.
    Released = "notice.released", false;
    /// The phone will learn that a person has read it.
    Read = "notice.read", false;
    /// A reply is on its way.
    Replied = "notice.replied", false;
    /// The urgency is another one.
    Urgency = "notice.urgency", false;
    /// Marked as a hoax.
    Hoax = "notice.hoax", false;
    /// No longer marked.
    HoaxUndone = "notice.hoax_undone", false;
    /// A quarantined envelope was looked at.
    Seen = "notice.seen", false;
    /// An action needs a reason.
    ReasonNeeded = "notice.reason_needed", true;
    /// Words of the library are others; phones do not have them yet.
    LibraryEdited = "notice.library_edited", false;
    /// The hotline has reviewed an item.
    LibraryReviewed = "notice.library_reviewed", false;
    /// The facts of an item were checked today.
    LibraryChecked = "notice.library_checked", false;
    /// Phones get a new release.
    LibraryPublished = "notice.library_published", false;
    /// Phones get a new release that says what an earlier one said.
    LibraryReturned = "notice.library_returned", false;
    /// Somebody who speaks the language has signed a proposal off.
    ProposalSigned = "notice.proposal_signed", false;
    /// Words of a proposal are in the library; phones do not have them yet.
    ProposalAccepted = "notice.proposal_accepted", false;
    /// A proposal is not taken.
    ProposalDeclined = "notice.proposal_declined", false;
    /// The session is over.
    LoggedOut = "notice.logged_out", false;
}

impl Notice {
    fn code(self) -> &'static str {
        self.key().trim_start_matches("notice.")
    }

    /// From the code in the cookie; anything else is no notice.
    pub(super) fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|notice| notice.code() == code)
    }
}

/// Sends the browser on to a page, which tells what was done.
pub(super) fn go(console: &Console, to: &str, notice: Notice) -> Response {
    let cookie = Cookie::Notice.set(notice.code(), console.config.secure_cookies);
    let mut response = Redirect::to(to).into_response();
    response.headers_mut().append(SET_COOKIE, cookie);
    response
}

/// Draws a page.
pub(super) fn draw(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => Problem::Internal.into_response(),
    }
}
