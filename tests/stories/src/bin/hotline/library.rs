//! The library of this repository, published as a counsellor does.

use std::fs;
use std::path::Path;

use loive_content::Source;
use loive_stories::World;
use serde_json::{Value as Json, json};
use tokio::task::block_in_place;

/// What the repository publishes.
const CONTENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../content");

/// Publishes it, and writes the release to a file as an app ships it.
pub(crate) fn publish(world: &World, file: &Path) -> Result<Json, String> {
    block_in_place(|| {
        let source = Source::read(Path::new(CONTENT)).map_err(|findings| {
            let first = findings.first().map(ToString::to_string);
            first.unwrap_or_default()
        })?;
        let desk = world.desk();
        desk.import_library(&source.documents()).map_err(said)?;
        let built = desk.build_release("a story").map_err(said)?;
        let (key, certificate) = world.folder().publishing(None).map_err(said)?;
        desk.sign_release(&key, &certificate, &[]).map_err(said)?;
        let release = desk.publish_release().map_err(said)?;
        fs::write(file, desk.release_file().map_err(said)?).map_err(said)?;
        Ok(json!({ "release": release, "items": built.items }))
    })
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is what `map_err` hands over"
)]
fn said(error: impl ToString) -> String {
    error.to_string()
}
