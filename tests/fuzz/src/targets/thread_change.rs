use loive_documents::Thread;
use loive_documents::validate::{Rules, check_change};

use super::judged::{automerge_agrees, bring_to_thread};
use crate::chunk;
use crate::world::world;

/// The same for the hotline's thread, which a phone reads.
pub fn thread_change(bytes: &[u8]) {
    let Some((&point, inside)) = bytes.split_first() else {
        return;
    };
    let raw = chunk::seal(inside);
    let Ok(summary) = check_change(&raw, &Rules::thread()) else {
        return;
    };
    automerge_agrees(&raw, &summary);
    let story = &world().thread;
    let before = usize::from(point) % (story.len() + 1);
    let mut thread =
        Thread::load(story.iter().take(before).map(Vec::as_slice)).expect("the story reads back");
    if !thread.contains(&summary.hash) {
        bring_to_thread(&mut thread, &raw);
    }
}
