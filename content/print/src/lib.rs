#![doc = include_str!("../README.md")]

mod error;
mod inspect;
mod job;
mod library;
mod picture;
mod press;
mod sheet;
mod text;
mod world;

pub use error::PrintError;
pub use job::Form;
pub use library::Library;
pub use picture::PNG_MAX_BYTES;
pub use press::{Pages, Press};
pub use sheet::Sheet;
