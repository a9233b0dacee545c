//! The one screening engine, for the checklist, the quiz, "check an offer" and
//! the signs ticked in a report.
//!
//! A screening aid, not the identification of a victim: that is for the
//! competent agencies alone, and every screen with a result says so.

mod offer;

use crate::answers::Answers;
use crate::form::{Indicator, Phase, Weight, Words, indicators};
use crate::lang::Lang;

pub use offer::Offer;

/// Above this share of "don't know" there is not enough information.
pub const DONT_KNOW_MAX_PERCENT: usize = 40;

/// An answer to one sign of the checklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tri {
    /// It is so.
    Yes,
    /// It is not so.
    No,
    /// The person cannot tell.
    DontKnow,
}

/// How alarming the signs are. The greater the worse, so that the most severe
/// of several results is their maximum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// No clear sign so far. Never "fine".
    Grey,
    /// Be careful.
    Yellow,
    /// Many suspicious signs.
    Orange,
    /// Signs of an emergency.
    Red,
}

/// The result of a screening.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Outcome {
    /// The level.
    pub level: Level,
    /// Whether enough is known to rely on the level. `None` where nobody was
    /// asked for a no or a don't-know, as where signs are only ticked.
    pub enough_information: Option<bool>,
}

impl Level {
    /// The code that the form's words are found with.
    pub fn code(self) -> &'static str {
        match self {
            Self::Grey => "grey",
            Self::Yellow => "yellow",
            Self::Orange => "orange",
            Self::Red => "red",
        }
    }
}

impl Indicator {
    /// The id, which is also the code of the option in a form.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When it shows.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// How much it weighs.
    pub fn weight(&self) -> Weight {
        self.weight
    }

    /// Whether it is one of the ten that are shown first.
    pub fn common(&self) -> bool {
        self.common
    }

    /// The sign in plain words.
    pub fn label(&self, lang: Lang) -> &str {
        Words::pick(&self.vi, &self.en, lang)
    }
}

/// The level of a list of answered signs.
///
/// A sign that is not on the list counts as not asked, one that we do not know
/// is ignored. Where a sign stands twice, yes wins, then don't-know.
/// `possible_minor`: the person is or may be under 18, so that any sign of
/// recruitment, transport or exploitation is enough for [`Level::Red`].
pub fn level<I: AsRef<str>>(answers: &[(I, Tri)], possible_minor: bool) -> Outcome {
    let answer_to = |indicator: &Indicator| {
        let given = answers
            .iter()
            .filter(|(id, _)| id.as_ref() == indicator.id());
        given
            .map(|(_, answer)| *answer)
            .max_by_key(|answer| match answer {
                Tri::No => 0,
                Tri::DontKnow => 1,
                Tri::Yes => 2,
            })
    };
    let asked: Vec<(&Indicator, Tri)> = indicators()
        .iter()
        .filter_map(|one| Some((one, answer_to(one)?)))
        .collect();
    let yes: Vec<&Indicator> = asked
        .iter()
        .filter(|(_, answer)| *answer == Tri::Yes)
        .map(|(one, _)| *one)
        .collect();
    Outcome {
        level: level_of(&yes, possible_minor),
        enough_information: enough(&asked),
    }
}

/// The level of the signs ticked in a report.
pub fn score_level(answers: &Answers) -> Level {
    let ticked = ticked(answers);
    level_of(&ticked, minor_possible(answers))
}

/// Whether somebody in the report may be under 18.
pub fn minor_possible(answers: &Answers) -> bool {
    answers.has_any("who_involved", &["girl_u18", "boy_u18", "baby"])
}

/// The known signs ticked in a report.
pub(crate) fn ticked(answers: &Answers) -> Vec<&'static Indicator> {
    let ticked = answers.ticked("indicators");
    indicators()
        .iter()
        .filter(|one| ticked.iter().any(|id| id == one.id()))
        .collect()
}

fn level_of(yes: &[&Indicator], possible_minor: bool) -> Level {
    const PHASES: [Phase; 3] = [Phase::Recruitment, Phase::Transport, Phase::Exploitation];
    let has = |weight| yes.iter().any(|one| one.weight() == weight);
    let any_in_phases = yes.iter().any(|one| PHASES.contains(&one.phase()));
    let positive = PHASES
        .iter()
        .filter(|phase| is_positive(**phase, yes))
        .count();
    if has(Weight::Critical)
        || (possible_minor && any_in_phases)
        || positive >= 2
        || is_positive(Phase::Exploitation, yes)
    {
        Level::Red
    } else if positive == 1 || has(Weight::Strong) {
        Level::Orange
    } else if any_in_phases {
        Level::Yellow
    } else {
        Level::Grey
    }
}

/// Two strong signs, or one strong and another, or three medium, or two medium
/// and one weak: the ILO's rule for one dimension.
fn is_positive(phase: Phase, yes: &[&Indicator]) -> bool {
    let count = |weight| {
        yes.iter()
            .filter(|one| one.phase() == phase && one.weight() == weight)
            .count()
    };
    let (strong, medium, weak) = (
        count(Weight::Strong),
        count(Weight::Medium),
        count(Weight::Weak),
    );
    strong >= 2 || (strong == 1 && medium + weak >= 1) || medium >= 3 || (medium == 2 && weak >= 1)
}

fn enough(asked: &[(&Indicator, Tri)]) -> Option<bool> {
    let count = |wanted| asked.iter().filter(|(_, answer)| *answer == wanted).count();
    let (no, dont_know) = (count(Tri::No), count(Tri::DontKnow));
    (no + dont_know > 0).then(|| dont_know * 100 <= asked.len() * DONT_KNOW_MAX_PERCENT)
}

#[cfg(test)]
mod tests;
