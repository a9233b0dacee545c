#![doc = include_str!("../README.md")]

pub mod cli;
pub mod clock;
pub mod config;
pub mod console;
pub mod desk;
pub mod http;
pub mod keys;
pub mod relay;
mod running;
pub mod tls;

pub use clock::Env;
pub use config::Config;
pub use running::{Hotline, Running, RunningDesk, RunningRelay, StartError};
