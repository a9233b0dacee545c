#![doc = include_str!("../README.md")]

mod app;
mod args;
mod chrome;
mod context;
mod files;
mod gate;
mod line;
mod parts;
mod problem;
mod screens;
mod shell;
mod start;
mod tongue;

pub use app::{App, DOUBLE_ESC_MILLISECONDS, Effect, Event};
pub use args::Args;
pub use context::Line;
pub use files::{Files, FilesError};
pub use screens::{Done, Job};
pub use start::run;
pub use tongue::Tongue;
