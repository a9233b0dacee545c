//! The library in the demo: the hotline publishes `content/`, phones receive it,
//! and somebody searches and reads.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use loive_client::Phone;
use loive_content::Source;
use loive_server::desk::Desk;
use loive_server::desk::library::LibraryError;
use loive_server::keys::Folder;

use super::DemoError;
use crate::crew::Member;
use crate::folder::DemoFolder;

/// What somebody without a Vietnamese keyboard types.
const SEARCH: &str = "viec nhe luong cao";

/// A release that phones may fetch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Published {
    /// Its number.
    pub(super) release: u32,
    /// Bytes of a file with all of it.
    pub(super) bytes: usize,
}

/// What the library looks like on the phones.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    /// Phones that show the release.
    pub(super) readers: usize,
    /// Articles, guides and whatever else is in it.
    pub(super) items: u32,
    /// What the search found first, and how many others.
    pub(super) found: Option<(String, usize)>,
    /// How long the search took.
    pub(super) took: Duration,
    /// Bytes that one phone fetched for the library.
    pub(super) fetched: u64,
    /// Bytes that all phones fetched for it in this run.
    pub(super) fetched_by_all: u64,
}

/// Publishes what the repository has. A demo that runs again on its folder has
/// published it before.
pub(super) async fn publish(desk: &Arc<Desk>, folder: &DemoFolder) -> Result<Published, DemoError> {
    let (desk, hotline) = (Arc::clone(desk), Folder::new(folder.hotline()));
    tokio::task::spawn_blocking(move || {
        let content = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../content");
        let source = Source::read(&content).map_err(|findings| {
            let first = findings.first().map(ToString::to_string);
            DemoError::Content(first.unwrap_or_default())
        })?;
        desk.import_library(&source.documents())?;
        match desk.build_release("demo") {
            Ok(_) => {
                let (key, certificate) = hotline.publishing(None)?;
                desk.sign_release(&key, &certificate, &[])?;
            }
            Err(LibraryError::Unchanged(_)) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(Published {
            release: desk.publish_release()?,
            bytes: desk.release_file()?.len(),
        })
    })
    .await?
}

/// How many phones show a release.
pub(super) fn readers(members: &[Arc<Member>], release: u32) -> Result<usize, DemoError> {
    let mut count = 0;
    for member in members {
        count += usize::from(member.phone().library()?.release == Some(release));
    }
    Ok(count)
}

/// Bytes that phones fetched for the library, in this run and in earlier ones.
pub(super) fn fetched(members: &[Arc<Member>]) -> Result<u64, DemoError> {
    let mut bytes = 0;
    for member in members {
        bytes += member.phone().library()?.bytes_fetched;
    }
    Ok(bytes)
}

/// Somebody searches and reads on one of the phones.
pub(super) fn read(
    members: &[Arc<Member>],
    release: u32,
    before: u64,
) -> Result<Reading, DemoError> {
    let mut reading = Reading {
        readers: readers(members, release)?,
        items: 0,
        found: None,
        took: Duration::ZERO,
        fetched: 0,
        fetched_by_all: 0,
    };
    reading.fetched_by_all = fetched(members)? - before;
    if let Some(member) = members.first() {
        search(member.phone(), &mut reading)?;
    }
    Ok(reading)
}

fn search(phone: &Phone, reading: &mut Reading) -> Result<(), DemoError> {
    let standing = phone.library()?;
    reading.items = standing.items;
    reading.fetched = standing.bytes_fetched;
    let start = Instant::now();
    let hits = phone.library_search(SEARCH, "vi")?;
    reading.took = start.elapsed();
    if let Some(first) = hits.first() {
        let page = phone.library_item(&first.line.id, "vi")?;
        reading.found = Some((page.line.title, hits.len() - 1));
    }
    Ok(())
}

/// What was searched for.
pub(super) const fn searched() -> &'static str {
    SEARCH
}
