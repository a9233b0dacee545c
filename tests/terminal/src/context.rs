//! What every screen may use: the phone, the words, and a place to say
//! something.

use std::collections::BTreeMap;

use loive_client::{Phone, PhoneError};
use loive_protocol::ReportId;
use ratatui::style::Style;

use zeroize::Zeroizing;

use crate::parts::editor::Edit;
use crate::parts::look;
use crate::problem;
use crate::tongue::Tongue;

/// What every screen may use.
pub(crate) struct Context {
    /// The engine.
    pub(crate) phone: Phone,
    /// The language chosen.
    pub(crate) tongue: Tongue,
    /// Whether this phone is told that it has signal.
    pub(crate) signal: bool,
    /// How the line to the hotline is.
    pub(crate) line: Line,
    /// The question that was answered last: the list of questions goes on
    /// after it.
    pub(crate) answered: Option<&'static str>,
    /// Something was written that should go at once, if there is signal.
    pub(crate) wakes: bool,
    /// Messages that were begun and left: kept in memory only, and wiped.
    pub(crate) begun: BTreeMap<ReportId, Zeroizing<String>>,
    /// What is said above the keys until the next key.
    notice: Option<(Style, String)>,
}

/// How the line to the hotline is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// Nothing was tried yet.
    Untried,
    /// Something is on its way.
    Talking,
    /// The relay answered.
    Good,
    /// It did not work; it is tried again.
    Bad(PhoneError),
}

impl Context {
    /// For a phone that has just been opened.
    pub(crate) fn new(phone: Phone, tongue: Tongue, signal: bool) -> Self {
        Self {
            phone,
            tongue,
            signal,
            line: Line::Untried,
            answered: None,
            wakes: false,
            begun: BTreeMap::new(),
            notice: None,
        }
    }

    /// The time to go by, in Unix seconds.
    pub(crate) fn now(&self) -> u64 {
        self.phone.now()
    }

    /// Says something good.
    pub(crate) fn tell(&mut self, words: impl Into<String>) {
        self.notice = Some((look::GOOD, words.into()));
    }

    /// Says that something was not done.
    pub(crate) fn warn(&mut self, words: impl Into<String>) {
        self.notice = Some((look::DANGER, words.into()));
    }

    /// Says that something was not done, and why.
    pub(crate) fn fail(&mut self, error: &PhoneError) {
        let words = problem::sentence(error, self.tongue);
        self.warn(words);
    }

    /// Gives what was asked for, or says why it is not there.
    pub(crate) fn attempt<T>(&mut self, result: Result<T, PhoneError>) -> Option<T> {
        result.map_err(|error| self.fail(&error)).ok()
    }

    /// Says that an edit was refused, if it was, and names the limit.
    pub(crate) fn note(&mut self, edit: Edit) {
        if let Edit::TooLong { limit, found } = edit {
            self.warn(problem::too_long(limit, found, self.tongue));
        }
    }

    /// What is being said.
    pub(crate) fn notice(&self) -> Option<(Style, &str)> {
        self.notice
            .as_ref()
            .map(|(style, words)| (*style, words.as_str()))
    }

    /// Stops saying it.
    pub(crate) fn hush(&mut self) {
        self.notice = None;
    }
}
