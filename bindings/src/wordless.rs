//! Types that hold what somebody wrote say nothing of it when they are printed,
//! on either side of the border: a log line or a crash report must never hold a
//! word, and languages print records field by field unless told otherwise.

use std::fmt;

use crate::draft::{DraftView, Question};
use crate::form::Answer;
use crate::open::OpenRequest;
use crate::phone::Receipt;
use crate::plan::{CardLine, DrawnCard, Plan, PlanCard};
use crate::proposals::{
    NewProposal, NewRecording, ProposalPage, ProposalSummary, ProposedText, ProposedWords,
};
use crate::report::{Answered, Line, ReportPage};

macro_rules! wordless {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )*};
}

wordless!(
    Answer,
    Answered,
    CardLine,
    DraftView,
    DrawnCard,
    Line,
    NewProposal,
    NewRecording,
    OpenRequest,
    Plan,
    PlanCard,
    ProposalPage,
    ProposalSummary,
    ProposedText,
    ProposedWords,
    Question,
    Receipt,
    ReportPage
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_holds_words_prints_one() {
        let answer = Answer::Text {
            text: "Họ giữ giấy tờ".into(),
        };
        assert_eq!(format!("{answer} {answer:?}"), "Answer(…) Answer(…)");
        let request = OpenRequest {
            dir: "d".into(),
            card: "c".into(),
            pin: Some("2468".into()),
            restored: false,
        };
        assert_eq!(format!("{request:?}"), "OpenRequest(…)");
    }
}
