//! Quizzes and "check an offer". Answers are handed in and forgotten: nothing is
//! written.

use loive_documents::library::{Answered, ItemView, Kind, judge};
use loive_documents::screening::{self, Offer, Outcome, Tri};

use super::list::{FIRST_LANG, lines};
use super::view::{Lang, LibraryLine};
use crate::error::PhoneError;
use crate::phone::Phone;
use crate::store::library as rows;

/// What a quiz says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuizOutcome {
    /// The words of the result, in the library's markup; `None` where the quiz
    /// has none for it.
    pub words: Option<String>,
    /// How alarming an offer is; `None` for a quiz about something else. A
    /// screening aid, not the identification of a victim: say so.
    pub outcome: Option<Outcome>,
    /// Questions to look at again: signs that are there, what is not done yet,
    /// what was answered wrongly.
    pub questions: Vec<String>,
    /// Right answers, for a quiz about knowledge.
    pub right: Option<u32>,
    /// What to read now.
    pub read: Vec<LibraryLine>,
}

/// What the signs of an offer say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferOutcome {
    /// How alarming it is. A screening aid, not the identification of a victim:
    /// say so.
    pub outcome: Outcome,
    /// The signs that are there.
    pub signs: Vec<String>,
    /// What to read now.
    pub read: Vec<LibraryLine>,
}

impl Phone {
    /// Judges the answers to a quiz. `possible_minor`: the person is or may be
    /// under 18; `abroad`: it is about going abroad under a contract.
    ///
    /// # Errors
    /// [`PhoneError::NotFound`] if the library has no such quiz.
    pub fn judge_quiz(
        &self,
        quiz: &str,
        answers: &Answered,
        possible_minor: bool,
        abroad: bool,
        lang: &Lang,
    ) -> Result<QuizOutcome, PhoneError> {
        self.0.store.read(|connection| {
            let fields = rows::fields(connection, quiz)?.ok_or(PhoneError::NotFound)?;
            let view = ItemView::new(quiz, &fields);
            let result =
                judge(&view, answers, possible_minor, abroad).ok_or(PhoneError::NotFound)?;
            let words = result.band.as_deref().and_then(|band| {
                view.text(lang, band)
                    .or_else(|| view.text(FIRST_LANG, band))
            });
            Ok(QuizOutcome {
                words: words.map(str::to_owned),
                outcome: result.outcome,
                questions: result.questions,
                right: result.right,
                read: lines(connection, result.see.iter().map(String::as_str), lang)?,
            })
        })
    }

    /// Judges what somebody knows of an offer, by the ids of its signs (see
    /// [`Offer::signs`]). The lowest result only says that no clear sign was
    /// found so far.
    pub fn check_offer(
        &self,
        offer: Offer,
        answers: &Answered,
        possible_minor: bool,
        lang: &Lang,
    ) -> Result<OfferOutcome, PhoneError> {
        let asked: Vec<(&str, Tri)> = offer
            .signs()
            .iter()
            .filter_map(|sign| {
                let (id, answer) = answers.iter().find(|(id, _)| id == sign.id())?;
                Some((id.as_str(), *answer))
            })
            .collect();
        let signs: Vec<String> = asked
            .iter()
            .filter(|(_, answer)| *answer == Tri::Yes)
            .map(|(id, _)| (*id).to_owned())
            .collect();
        let read = self.reading_on(&signs, lang)?;
        Ok(OfferOutcome {
            outcome: screening::level(&asked, possible_minor),
            signs,
            read,
        })
    }

    /// What the library's quizzes name for these signs.
    fn reading_on(&self, signs: &[String], lang: &Lang) -> Result<Vec<LibraryLine>, PhoneError> {
        self.0.store.read(|connection| {
            let mut ids: Vec<String> = Vec::new();
            for (id, fields) in rows::fields_of_kind(connection, Kind::Quiz.code())? {
                let named = ItemView::new(&id, &fields)
                    .blocks()
                    .filter(|block| {
                        let sign = block.value("indicator");
                        sign.is_some_and(|sign| signs.iter().any(|one| one == sign))
                    })
                    .flat_map(|block| block.value("see").unwrap_or_default().split(','))
                    .map(str::to_owned)
                    .collect::<Vec<_>>();
                for id in named {
                    if !ids.contains(&id) {
                        ids.push(id);
                    }
                }
            }
            lines(connection, ids.iter().map(String::as_str), lang)
        })
    }
}
