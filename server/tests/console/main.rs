//! A counsellor at the console, in process: the real pages over the real desk.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]

mod actions;
mod browser;
mod doors;
mod library;
mod news;
mod pages;
mod proposals;
mod publishing;
mod safety;
mod words;

// The desk's own tests have a hotline, a relay and a phone in a box.
#[path = "../desk/home.rs"]
#[expect(dead_code, reason = "the console's tests need less of it")]
mod home;
#[path = "../desk/phone.rs"]
#[expect(dead_code, reason = "the console's tests need less of it")]
mod phone;
#[path = "../desk/relay.rs"]
#[expect(dead_code, reason = "the console's tests need less of it")]
mod relay;
