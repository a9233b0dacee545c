#![doc = include_str!("../README.md")]

mod backup;
mod browser;
pub mod canary;
mod counsellor;
mod deeds;
mod eventually;
mod flood;
mod handset;
mod http;
mod logs;
mod processes;
mod search;
mod stranger;
mod tls;
mod words;
mod world;

pub use backup::{Backup, lose};
pub use browser::{Browser, Page};
pub use counsellor::Counsellor;
pub use deeds::{Deed, DeskBooks, DeskReport, Said, scalar_text};
pub use eventually::{PATIENCE, eventually};
pub use flood::Flood;
pub use handset::Handset;
pub use http::{Reply, request};
pub use logs::Logs;
pub use processes::{Process, small_disk, small_files};
pub use search::{Search, hexadecimal};
pub use stranger::Stranger;
pub use tls::{Authority, TlsFiles};
pub use words::{ReportWords, a_report, danger};
pub use world::{Options, PASSWORD, TODAY, World};
