#![doc = include_str!("../README.md")]

mod crew;
pub mod demo;
mod folder;
mod link;
pub mod measure;
#[cfg(all(feature = "simulate", unix))]
pub mod sim;
mod writer;

pub use crew::{Member, MemberError};
pub use folder::DemoFolder;
pub use link::{Link, Traffic};
pub use writer::Writer;
