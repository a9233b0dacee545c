//! The library: what there is to read, as documents of strings.
//!
//! An item (an article, a quiz, an entry of the directory) is an
//! [`ItemDocument`]; [`keys`] says what stands in it and [`ItemView`] reads it.
//! What travels is a `Bundle` of changes (see `loive-protocol`).

mod days;
mod item;
pub mod keys;
pub mod markup;
mod proposal;
mod quiz;
mod recording;
mod release;
mod view;

pub use days::{OLD_AFTER_DAYS, days_since};
pub use item::{Fields, ItemDocument};
pub use proposal::{NOTE_KEY, NOTE_MAX_CHARS, Proposal, Proposed, Standing};
pub use quiz::{Answered, QuizKind, QuizResult, judge};
pub use recording::{
    CleanRecording, RECORDING_MAX_MILLISECONDS, Recording, RecordingError, clean_recording,
};
pub use release::{MergeError, merge};
pub use view::{Block, Class, ItemView, Kind};
