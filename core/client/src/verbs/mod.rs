//! What a phone does, one file a verb.

mod amend;
mod answer;
mod discard;
mod draft;
mod erase;
mod erase_receipt;
mod guest;
mod list;
mod message;
mod open;
mod pin;
mod receipt;
mod reopen;
mod show;
mod submit;
mod suspend;
mod withdraw;

pub(crate) use answer::question;
pub use draft::{DraftSummary, DraftView};
pub(crate) use list::{delivery, messages_of_hotline};
pub use open::OpenRequest;
pub(crate) use show::{timeline, times, troubles, withdrawal};
pub(crate) use submit::first_item;
