//! Quizzes, and "check an offer": questions with a result.
//!
//! Whatever is asked, the one screening engine judges the signs in it, and the
//! most severe result wins. No result is a percentage, none reassures, and none
//! says that somebody is a victim.

use super::keys;
use super::view::{Block, ItemView};
use crate::screening::{self, Level, Outcome, Tri};

/// What a quiz is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QuizKind {
    /// How risky an offer is.
    Risk,
    /// What is still to be done before leaving.
    Readiness,
    /// What somebody knows, before and after a session.
    Knowledge,
}

/// The answers to a quiz, by question. What is not answered is not there.
pub type Answered = [(String, Tri)];

/// The result of a quiz.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuizResult {
    /// The band whose words are the result.
    pub band: Option<String>,
    /// How alarming it is: for [`QuizKind::Risk`] only.
    pub outcome: Option<Outcome>,
    /// Questions to look at again: the signs that were there, what is not done
    /// yet, what was answered wrongly. In order.
    pub questions: Vec<String>,
    /// Right answers: for [`QuizKind::Knowledge`] only.
    pub right: Option<u32>,
    /// Items to read, without repetition.
    pub see: Vec<String>,
}

impl QuizKind {
    /// The kind of a quiz.
    pub fn of(quiz: &ItemView<'_>) -> Option<Self> {
        match quiz.get(keys::QUIZ)? {
            "risk" => Some(Self::Risk),
            "readiness" => Some(Self::Readiness),
            "knowledge" => Some(Self::Knowledge),
            _ => None,
        }
    }
}

/// Judges answers. `possible_minor`: the person is or may be under 18.
/// `abroad`: it is about going abroad under a contract.
///
/// `None` if the item is no quiz.
pub fn judge(
    quiz: &ItemView<'_>,
    answered: &Answered,
    possible_minor: bool,
    abroad: bool,
) -> Option<QuizResult> {
    let asked = Asked::new(quiz, answered);
    let mut result = match QuizKind::of(quiz)? {
        QuizKind::Risk => asked.risk(possible_minor),
        QuizKind::Readiness => asked.readiness(abroad),
        QuizKind::Knowledge => asked.knowledge(),
    };
    let see = |block: &Block<'_>| -> Vec<String> {
        let ids = block.value("see").unwrap_or_default();
        ids.split(',').map(str::to_owned).collect()
    };
    let blocks = quiz.blocks().filter(|block| {
        result.band.as_deref() == Some(block.id) || result.questions.iter().any(|id| id == block.id)
    });
    for id in blocks.flat_map(|block| see(&block)) {
        if !id.is_empty() && !result.see.contains(&id) {
            result.see.push(id);
        }
    }
    Some(result)
}

/// The questions that were answered, and the bands by rising points.
struct Asked<'a> {
    questions: Vec<(Block<'a>, Option<Tri>)>,
    bands: Vec<Block<'a>>,
}

impl<'a> Asked<'a> {
    fn new(quiz: &ItemView<'a>, answered: &Answered) -> Self {
        let answer = |id: &str| {
            answered
                .iter()
                .find(|(question, _)| question == id)
                .map(|(_, answer)| *answer)
        };
        let questions = quiz
            .blocks()
            .filter(|block| block.role == "question")
            .map(|block| (block, answer(block.id)))
            .collect();
        let mut bands: Vec<Block<'a>> =
            quiz.blocks().filter(|block| block.role == "band").collect();
        bands.sort_by_key(|band| number(band, "from"));
        Self { questions, bands }
    }

    fn band(&self, points: u32) -> Option<&Block<'a>> {
        let reached = |band: &&Block<'a>| number(band, "from") <= points;
        self.bands.iter().rfind(reached)
    }

    fn ids(&self, wanted: impl Fn(&Block<'a>, Option<Tri>) -> bool) -> Vec<String> {
        self.questions
            .iter()
            .filter(|(question, answer)| wanted(question, *answer))
            .map(|(question, _)| question.id.to_owned())
            .collect()
    }

    /// Points and signs are judged apart; the worse of the two is the result.
    fn risk(&self, possible_minor: bool) -> QuizResult {
        let points = self.points(|question, answer| match answer {
            Some(Tri::Yes) => number(question, "weight"),
            // Half, rounded up.
            Some(Tri::DontKnow) => number(question, "weight").div_ceil(2),
            Some(Tri::No) | None => 0,
        });
        let is_forced = self
            .questions
            .iter()
            .any(|(question, answer)| is(question, "forces") && *answer == Some(Tri::Yes));
        let by_points = if is_forced {
            self.bands.last()
        } else {
            self.band(points)
        };
        let signs: Vec<(&str, Tri)> = self
            .questions
            .iter()
            .filter_map(|(question, answer)| Some((question.value("indicator")?, (*answer)?)))
            .collect();
        let mut outcome = screening::level(&signs, possible_minor);
        outcome.level = outcome.level.max(by_points.map_or(Level::Grey, level));
        outcome.enough_information = self.enough();
        // The mildest band that is as severe as that.
        let band = self
            .bands
            .iter()
            .find(|band| level(band) >= outcome.level)
            .or(self.bands.last());
        QuizResult {
            band: band.map(|band| band.id.to_owned()),
            outcome: Some(outcome),
            questions: self.ids(|_, answer| answer == Some(Tri::Yes)),
            right: None,
            see: Vec::new(),
        }
    }

    fn readiness(&self, abroad: bool) -> QuizResult {
        let is_done = |answer: Option<Tri>| answer == Some(Tri::Yes);
        let points = self.points(|question, answer| {
            if is_done(answer) {
                number(question, "weight")
            } else {
                0
            }
        });
        let is_held_back = abroad
            && self
                .questions
                .iter()
                .any(|(question, answer)| is(question, "abroad") && !is_done(*answer));
        let band = if is_held_back {
            self.bands.first()
        } else {
            self.band(points)
        };
        QuizResult {
            band: band.map(|band| band.id.to_owned()),
            outcome: None,
            questions: self.ids(|_, answer| !is_done(answer)),
            right: None,
            see: Vec::new(),
        }
    }

    fn knowledge(&self) -> QuizResult {
        let is_right = |question: &Block<'_>, answer: Option<Tri>| match answer {
            Some(Tri::Yes) => question.value("key") == Some("true"),
            Some(Tri::No) => question.value("key") == Some("false"),
            Some(Tri::DontKnow) | None => false,
        };
        let right = self.points(|question, answer| u32::from(is_right(question, answer)));
        QuizResult {
            band: self.band(right).map(|band| band.id.to_owned()),
            outcome: None,
            questions: self.ids(|question, answer| !is_right(question, answer)),
            right: Some(right),
            see: Vec::new(),
        }
    }

    fn points(&self, of: impl Fn(&Block<'a>, Option<Tri>) -> u32) -> u32 {
        self.questions.iter().fold(0, |sum, (question, answer)| {
            sum.saturating_add(of(question, *answer))
        })
    }

    fn enough(&self) -> Option<bool> {
        let count = |wanted| {
            self.questions
                .iter()
                .filter(|(_, answer)| *answer == Some(wanted))
                .count()
        };
        let (yes, no, unknown) = (count(Tri::Yes), count(Tri::No), count(Tri::DontKnow));
        // Every question of a quiz is shown: what was left out is not known.
        let asked = self.questions.len();
        let known = yes + no;
        (no + unknown > 0)
            .then(|| (asked - known) * 100 <= asked * screening::DONT_KNOW_MAX_PERCENT)
    }
}

fn number(block: &Block<'_>, key: &str) -> u32 {
    block
        .value(key)
        .and_then(|text| text.parse().ok())
        .unwrap_or_default()
}

fn is(block: &Block<'_>, key: &str) -> bool {
    block.value(key) == Some("yes")
}

/// A band that does not say how severe it is is taken for the worst.
fn level(band: &Block<'_>) -> Level {
    match band.value("level") {
        Some("grey") => Level::Grey,
        Some("yellow") => Level::Yellow,
        Some("orange") => Level::Orange,
        _ => Level::Red,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;
    use crate::library::Fields;

    fn fields(quiz: &str, blocks: &[(&str, &str)]) -> Fields {
        let ids: Vec<&str> = blocks.iter().map(|(id, _)| *id).collect();
        let mut fields: Fields = blocks
            .iter()
            .map(|(id, spec)| (keys::block(id), (*spec).to_owned()))
            .collect();
        fields.insert("quiz".into(), quiz.into());
        fields.insert("blocks".into(), ids.join(" "));
        fields
    }

    fn answered(pairs: &[(&str, Tri)]) -> Vec<(String, Tri)> {
        pairs
            .iter()
            .map(|(id, answer)| ((*id).to_owned(), *answer))
            .collect()
    }

    fn offer() -> Fields {
        fields(
            "risk",
            &[
                ("online", "question weight=3 indicator=r_no_licence see=a09"),
                ("pay", "question weight=2 indicator=r_pay_too_good"),
                ("fast", "question weight=2 indicator=r_secret_hurry"),
                (
                    "papers",
                    "question weight=5 indicator=t_docs_taken forces=yes see=a52",
                ),
                ("band-1", "band from=0 level=grey"),
                ("band-2", "band from=4 level=orange see=a48"),
                ("band-3", "band from=10 level=red"),
            ],
        )
    }

    #[test]
    fn the_most_severe_of_points_and_signs_wins() {
        let fields = offer();
        let quiz = ItemView::new("q1", &fields);
        let level = |pairs: &[(&str, Tri)], minor| {
            let result = judge(&quiz, &answered(pairs), minor, false).unwrap();
            (result.outcome.unwrap().level, result.band.unwrap())
        };
        assert_eq!(level(&[], false), (Level::Grey, "band-1".into()));
        // Two points only, but a sign: there is no yellow band, so the next.
        let one = [("pay", Tri::Yes)];
        assert_eq!(level(&one, false), (Level::Yellow, "band-2".into()));
        assert_eq!(level(&one, true), (Level::Red, "band-3".into()));
        // Three medium signs of recruitment.
        let three = [("online", Tri::Yes), ("pay", Tri::Yes), ("fast", Tri::Yes)];
        assert_eq!(level(&three, false), (Level::Orange, "band-2".into()));
        // One that is enough alone.
        let papers = [("papers", Tri::Yes)];
        assert_eq!(level(&papers, false), (Level::Red, "band-3".into()));
    }

    #[test]
    fn not_knowing_counts_half_and_is_said() {
        let fields = offer();
        let quiz = ItemView::new("q1", &fields);
        let all = [
            ("online", Tri::DontKnow),
            ("pay", Tri::DontKnow),
            ("fast", Tri::No),
        ];
        let result = judge(&quiz, &answered(&all), false, false).unwrap();
        // 2 + 1 points.
        assert_eq!(result.band.as_deref(), Some("band-1"));
        assert_eq!(result.outcome.unwrap().enough_information, Some(false));
        let result = judge(&quiz, &answered(&[("papers", Tri::Yes)]), false, false).unwrap();
        assert_eq!(result.see, ["a52"]);
        assert_eq!(result.outcome.unwrap().enough_information, None);
    }

    #[test]
    fn nobody_goes_abroad_without_a_contract() {
        let fields = fields(
            "readiness",
            &[
                ("contract", "question weight=3 abroad=yes see=a50"),
                ("words", "question weight=20"),
                ("band-1", "band from=0 level=not_yet"),
                ("band-2", "band from=20 level=most_done"),
            ],
        );
        let quiz = ItemView::new("q2", &fields);
        let answers = answered(&[("words", Tri::Yes)]);
        let band = |abroad| judge(&quiz, &answers, false, abroad).unwrap().band.unwrap();
        assert_eq!(band(true), "band-1");
        assert_eq!(band(false), "band-2");
        let result = judge(&quiz, &answers, false, true).unwrap();
        assert_eq!(result.questions, ["contract"]);
        assert_eq!(result.see, ["a50"]);
    }

    #[test]
    fn a_session_sees_what_to_read_again() {
        let fields = fields(
            "knowledge",
            &[
                ("one", "question key=false source=S13 see=a02"),
                ("two", "question key=true"),
                ("band-1", "band from=0 level=again"),
                ("band-2", "band from=2 level=very_good"),
            ],
        );
        let quiz = ItemView::new("q3", &fields);
        let answers = answered(&[("one", Tri::Yes), ("two", Tri::Yes)]);
        let result = judge(&quiz, &answers, false, false).unwrap();
        assert_eq!(
            (result.right, result.questions),
            (Some(1), vec!["one".into()])
        );
        assert_eq!(result.band.as_deref(), Some("band-1"));
        assert_eq!(result.see, ["a02"]);
    }

    #[test]
    fn what_is_no_quiz_has_no_result() {
        let fields = fields("unheard-of", &[]);
        assert!(judge(&ItemView::new("q9", &fields), &[], false, false).is_none());
    }
}
