//! Other words for the library, proposed from this phone: a mended sentence, a
//! translation, a paragraph read aloud. They travel as a report does.

mod propose;
mod show;
mod view;

pub use view::{
    Decision, NewProposal, NewRecording, Part, ProposalPage, ProposalSummary, ProposedRecording,
    ProposedText, ProposedWords,
};
