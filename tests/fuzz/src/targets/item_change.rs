use loive_documents::Applied;
use loive_documents::library::{ItemDocument, ItemView};
use loive_documents::validate::{Rules, check_change};

use super::judged::automerge_agrees;
use crate::chunk;
use crate::world::{FRESH, NOW, world};

/// A change under a good checksum to an item of the library in the middle of its
/// story: refused without a trace, or taken, and then the item is read, stored
/// and edited as before.
pub fn item_change(bytes: &[u8]) {
    let Some((&point, inside)) = bytes.split_first() else {
        return;
    };
    let raw = chunk::seal(inside);
    let Ok(summary) = check_change(&raw, &Rules::library()) else {
        return;
    };
    automerge_agrees(&raw, &summary);
    let story = &world().item;
    let before = usize::from(point) % (story.len() + 1);
    let mut item = ItemDocument::load(story.iter().take(before).map(Vec::as_slice))
        .expect("the story reads back");
    if item.contains(&summary.hash) {
        return;
    }
    let (heads, fields) = (item.heads(), item.fields());
    match item.apply(&raw) {
        Err(_) => {
            assert_eq!(item.heads(), heads, "a refused change left a trace");
            assert!(item.fields() == fields, "a refused change left a trace");
        }
        Ok(Applied::Known) => panic!("nobody brought it before"),
        Ok(_) => is_sound(&mut item),
    }
}

fn is_sound(item: &mut ItemDocument) {
    let mut fields = item.fields();
    let view = ItemView::new("a01", &fields);
    let _ = (view.kind(), view.languages());
    for block in view.blocks() {
        let _ = (block.class(), block.words().count(), block.value("see"));
    }
    if !item.is_incomplete() {
        let again = ItemDocument::load(item.changes()).expect("what is stored reads back");
        assert!(again.damaged_rows().is_empty(), "what is stored is damaged");
        assert!(again.fields() == fields && again.heads() == item.heads());
    }
    fields.insert("title.vi".into(), "Một".into());
    if item.set(&fields, FRESH, NOW).is_ok() {
        assert!(item.fields() == fields, "an edit was lost");
    }
}
