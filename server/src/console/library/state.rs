//! How far an item is: reviewed, checked, translated, published.

use loive_documents::library::{Class, ItemView, OLD_AFTER_DAYS, keys};
use loive_strings::{Lang, Words};

use crate::console::page::Page;
use crate::console::time::days_before;

/// How far an item is.
#[derive(Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent marks, each with its own badge"
)]
pub(in crate::console) struct State {
    /// Nobody of the hotline has reviewed it.
    pub(in crate::console) needs_review: bool,
    /// Somebody has.
    pub(in crate::console) reviewed: bool,
    /// When its facts were checked, as people read it.
    pub(in crate::console) checked: Option<String>,
    /// Its facts ask to be checked again.
    pub(in crate::console) old: bool,
    /// Part of it has not gone out.
    pub(in crate::console) unpublished: bool,
    /// It never goes out.
    pub(in crate::console) draft: bool,
    /// Languages in which something of it is missing.
    pub(in crate::console) missing: Vec<&'static str>,
}

impl State {
    pub(in crate::console) fn of(view: &ItemView<'_>, unpublished: bool, page: &Page) -> Self {
        let review = view.get(keys::REVIEW);
        let draft = view.id.ends_with(keys::DRAFT_SUFFIX);
        let day = view.get(keys::CHECKED_ON);
        let has_facts = view.blocks().any(|block| block.class() == Class::Fact);
        let age = day.and_then(|day| days_before(day, page.now));
        Self {
            needs_review: review == Some("needs_review"),
            reviewed: review == Some("reviewed"),
            checked: day.map(|day| date_in(day, page.labels().words)),
            old: match (day, age) {
                (None, _) => has_facts && !draft,
                (Some(_), age) => age.is_none_or(|days| days > OLD_AFTER_DAYS),
            },
            unpublished: unpublished && !draft,
            draft,
            missing: missing(view),
        }
    }

    /// Whether there is any mark to show.
    pub(in crate::console) fn has_marks(&self) -> bool {
        self.needs_review
            || self.reviewed
            || self.old
            || self.unpublished
            || self.draft
            || !self.missing.is_empty()
    }
}

/// Names of the languages in which a page lacks what it has in another.
fn missing(view: &ItemView<'_>) -> Vec<&'static str> {
    if !view
        .kind()
        .is_some_and(loive_documents::library::Kind::is_page)
    {
        return Vec::new();
    }
    let has = |lang: Lang, block: &str| view.text(lang.code(), block).is_some();
    let lacks = |lang: &Lang| {
        let is_any = |block: &str| Lang::ALL.into_iter().any(|other| has(other, block));
        let titled = Lang::ALL
            .into_iter()
            .any(|other| view.title(other.code()).is_some());
        (titled && view.title(lang.code()).is_none())
            || view
                .blocks()
                .any(|block| is_any(block.id) && !has(*lang, block.id))
    };
    let languages = Lang::ALL.into_iter().filter(lacks);
    languages.map(lang_key).collect()
}

/// Key of the name of a language.
pub(in crate::console) fn lang_key(lang: Lang) -> &'static str {
    match lang {
        Lang::Vi => "prefs.vi",
        Lang::En => "prefs.en",
    }
}

/// A date as people read it; what is none stays as it is.
pub(in crate::console) fn date_in(day: &str, words: &'static Words) -> String {
    let mut parts = day.split('-');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(year), Some(month), Some(day), None) => words.with(
            "library.date",
            &[("year", year), ("month", month), ("day", day)],
        ),
        _ => day.to_owned(),
    }
}
