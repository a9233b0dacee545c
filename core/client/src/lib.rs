#![doc = include_str!("../README.md")]

mod driver;
mod edit;
mod env;
mod error;
mod library;
pub mod limits;
mod phone;
mod plan;
mod proposals;
mod run;
mod store;
mod sync;
#[cfg(test)]
mod tests;
mod tls;
mod validity;
mod verbs;
mod view;

pub use driver::Driver;
pub use env::{BUILD_TIME_SECONDS, Clock, Env, ManualClock};
pub use error::{Lock, PhoneError, Problem, Rejection};
pub use library::{
    BlockView, DirectoryQuery, Entry, EntryNumber, EntryStanding, Hit, Home, HomeDoor, ItemPage,
    LanguageView, LibraryLine, LibraryQuery, LibraryStanding, OfferOutcome, QuizOutcome,
    RecordingView, Segment, SourceLine, Taken,
};
pub use phone::{Costs, Phone};
pub use plan::{CardLine, CheckIns, DrawnCard, Plan, PlanCard, Reminder, Schedule};
pub use proposals::{
    Decision, NewProposal, NewRecording, Part, ProposalPage, ProposalSummary, ProposedRecording,
    ProposedText, ProposedWords,
};
pub use run::{Cancel, SyncHandle};
pub use store::OpenOutcome;
pub use store::drafts::DraftId;
pub use store::key::{KEY_BYTES, KeyProvider, KeyUnavailable, MemoryKeys, Pin, PinCost};
pub use store::lockers::ReceiptState;
pub use store::reports::Origin;
pub use sync::{
    Absorbed, Asked, Connectivity, Effect, Ended, Event, Outgoing, Policy, SyncMachine,
    SyncSummary, TransportError, Wake,
};
pub use verbs::{DraftSummary, DraftView, OpenRequest};
pub use view::{
    Delivery, Line, ReportPage, ReportSummary, Speaker, Times, Trouble, Warning, Withdrawal,
};
