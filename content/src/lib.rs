#![doc = include_str!("../README.md")]

mod check;
mod fields;
mod finding;
mod item;
mod parse;
mod passage;
mod registers;
mod source;
pub mod words;

pub use check::{PLAN_POINTS, RUN_SHEET, SUMMARY_MAX_CHARS, check, coverage, examine};
pub use finding::{Finding, Rule};
pub use item::{BlockSpec, BlockText, Class, Item, Review, Translation};
pub use registers::{
    Advice, Alias, Audience, Band, Both, Door, Entry, Language, PhoneNumber, Question, Quiz, Scope,
    SourceRef, Status, Term, Topic,
};
pub use source::Source;
