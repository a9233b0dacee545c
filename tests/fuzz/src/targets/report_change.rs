use loive_documents::ReportDocument;
use loive_documents::validate::{Rules, check_change};

use super::judged::{automerge_agrees, bring_to_report, readable_is_bounded};
use crate::chunk;
use crate::world::world;

/// A change with a good checksum, brought to a report at some point of its
/// story: the first byte says at which, the rest is the inside of the change.
pub fn report_change(bytes: &[u8]) {
    let Some((&point, inside)) = bytes.split_first() else {
        return;
    };
    let raw = chunk::seal(inside);
    readable_is_bounded(&raw);
    let Ok(summary) = check_change(&raw, &Rules::report()) else {
        return;
    };
    automerge_agrees(&raw, &summary);
    let world = world();
    let bound = Rules::report().with_first_actor(world.seed.first_actor());
    if let Ok(again) = check_change(&raw, &bound) {
        assert!(again == summary);
    }
    let story = &world.report;
    let before = usize::from(point) % (story.len() + 1);
    let mut report = ReportDocument::load(story.iter().take(before).map(Vec::as_slice))
        .expect("the story reads back");
    if !report.contains(&summary.hash) {
        bring_to_report(&mut report, &raw);
    }
}
