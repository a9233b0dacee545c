//! The checklist of signs.

use std::collections::HashMap;

use loive_documents::screening::{self, Level, Tri};
use loive_documents::{Indicator, Lang, Phase, Weight, indicators};

/// A sign of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Sign {
    /// The id, which is also the code of the option in the form.
    pub id: String,
    /// When it shows.
    pub phase: Phase,
    /// How much it weighs.
    pub weight: Weight,
    /// Whether it is one of the ten that are shown first.
    pub common: bool,
    /// The sign in plain words.
    pub label: String,
}

/// The result of a screening: an aid, and no judgement on a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Screened {
    /// The level.
    pub level: Level,
    /// Whether enough is known to rely on the level. `None` where nobody was
    /// asked for a no or a don't-know.
    pub enough_information: Option<bool>,
}

/// All signs, in the order of the checklist.
#[uniffi::export]
pub fn checklist(lang: Lang) -> Vec<Sign> {
    let sign = |sign| Sign::new(sign, lang);
    indicators().iter().map(sign).collect()
}

impl Sign {
    pub(crate) fn new(sign: &Indicator, lang: Lang) -> Self {
        Self {
            id: sign.id().to_owned(),
            phase: sign.phase(),
            weight: sign.weight(),
            common: sign.common(),
            label: sign.label(lang).to_owned(),
        }
    }
}

/// The level of answered signs, by id. Nothing is kept.
#[uniffi::export]
#[expect(
    clippy::implicit_hasher,
    reason = "maps that cross the border have this one"
)]
pub fn screen(answers: HashMap<String, Tri>, possible_minor: bool) -> Screened {
    let answers: Vec<(String, Tri)> = answers.into_iter().collect();
    screening::level(&answers, possible_minor).into()
}
