#![doc = include_str!("../README.md")]

pub mod compact;
pub mod fold;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
pub mod library;
pub mod places;
pub mod screening;
pub mod urgency;
pub mod validate;

mod answers;
mod document;
mod encode;
mod form;
mod history;
mod keys;
mod lang;
mod loader;
mod message;
mod report;
mod thread;
mod timeline;
mod value;

pub use answers::Answers;
pub use document::{Applied, DamagedRow, LoadError, Released, WriteError};
pub use form::{
    AnswerError, Calculated, Calculation, Choice, Condition, Field, Form, Indicator, Kind, Literal,
    Phase, Reason, Weight, Words, indicators,
};
pub use lang::Lang;
pub use message::Message;
pub use report::{FirstChange, ReportDocument, ReportView, first_change};
pub use thread::{Decided, Thread, ThreadView};
pub use timeline::{Entry, Side, timeline};
pub use urgency::{Urgency, urgency};
pub use value::{Place, Scalar, Value};
