//! The library, published as an administrator does.

use std::fs;
use std::path::Path;

use loive_content::Source;
use loive_stories::World;
use serde_json::{Value as Json, json};
use tokio::task::block_in_place;

use crate::command::Edit;

/// Publishes what a folder of texts says, with what somebody writes anew, and writes
/// the release to a file, as an app ships it.
pub(crate) fn publish(
    world: &World,
    content: &Path,
    file: &Path,
    edit: Option<&Edit>,
) -> Result<Json, String> {
    block_in_place(|| {
        let desk = world.desk();
        if desk.library_items().map_err(said)?.is_empty() {
            let documents = read(content)?.documents();
            desk.import_library(&documents).map_err(said)?;
        }
        if let Some(Edit { item, key, text }) = edit {
            desk.edit_library(item, key, Some(text)).map_err(said)?;
        }
        let built = desk.build_release("a story").map_err(said)?;
        let (key, certificate) = world.folder().publishing(None).map_err(said)?;
        desk.sign_release(&key, &certificate, &[]).map_err(said)?;
        let release = desk.publish_release().map_err(said)?;
        fs::write(file, desk.release_file().map_err(said)?).map_err(said)?;
        Ok(json!({ "release": release, "items": built.items }))
    })
}

fn read(dir: &Path) -> Result<Source, String> {
    Source::read(dir).map_err(|findings| {
        let first = findings.first().map(ToString::to_string);
        first.unwrap_or_default()
    })
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it is what `map_err` hands over"
)]
fn said(error: impl ToString) -> String {
    error.to_string()
}
