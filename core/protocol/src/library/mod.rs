//! The library: releases, how they are cut for transport, and what phone, relay
//! and desk say to each other about them.
//!
//! A release is a [`Manifest`] that the hotline's publishing key has signed.
//! It names the state of every document by one digest, so that whatever way the
//! changes came, from the relay, from another phone or out of the app itself,
//! the same check decides whether they are what was published.

mod exchange;
mod file;
mod manifest;
mod pack;
mod recordings;

pub use exchange::{LibraryAnswer, LibraryAsk, LibraryPut};
pub use file::ReleaseFile;
pub use manifest::{ItemHeads, Manifest, ReleaseError, SignedManifest};
pub(crate) use pack::is_item_id;
pub use pack::{Bundle, BundleItem, Pack, PackError, Packed};
pub use recordings::{pack_recordings, read_recordings};
