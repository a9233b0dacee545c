#![doc = include_str!("../README.md")]

mod draft;
mod error;
mod foreign;
mod form;
mod library;
mod library_names;
mod listening;
mod markup_names;
mod names;
mod open;
mod phone;
mod places;
mod plan;
mod proposals;
mod report;
mod runtime;
mod screening;
mod subscription;
mod sync;
mod wordless;

pub use draft::{DraftSummary, DraftView, Question, QuestionChoice};
pub use error::{PhoneError, Problem, Rejection};
pub use foreign::{CallbackError, DeviceClock, KeyStore, ReportListener, SyncListener};
pub use form::Answer;
pub use library::{OfferOutcome, QuizOutcome, offer_signs, parse_markup};
pub use open::{OpenOutcome, OpenRequest, open_phone, set_aside};
pub use phone::{Live, Phone, Receipt, live};
pub use places::{
    FoundPlace, NamedPlace, communes_of, place_name, provinces_of_vietnam, search_places,
};
pub use plan::{CardLine, CheckIns, DrawnCard, Plan, PlanCard, Reminder};
pub use proposals::{
    Decision, ItemPart, NewProposal, NewRecording, ProposalPage, ProposalSummary, ProposedText,
    ProposedWords,
};
pub use report::{Answered, Line, ReportPage, ReportSummary, Times, Withdrawal};
pub use screening::{Screened, Sign, checklist, screen};
pub use subscription::Subscription;
pub use sync::{Cancel, Driver, Ended, SyncSummary, Syncing};

uniffi::setup_scaffolding!("loive");
