use loive_documents::library::{ItemDocument, NOTE_MAX_CHARS, Proposal, Recording, keys};

use crate::chunk;
use crate::world::world;

/// A change under a good checksum that proposes something: only words, one
/// recording and a note, and looking at it beside the item changes nothing there.
pub fn proposal(bytes: &[u8]) {
    let Ok(proposal) = Proposal::read(&chunk::seal(bytes)) else {
        return;
    };
    let again = Proposal::read(proposal.raw());
    assert!(again.as_ref() == Ok(&proposal), "it reads otherwise again");
    assert!(
        proposal.texts.iter().all(|(key, _)| is_of_words(key)),
        "a key that is none of words"
    );
    let note = proposal.note.as_deref().unwrap_or_default();
    assert!(note.chars().count() <= NOTE_MAX_CHARS, "the note is long");
    let story = &world().item;
    for before in 0..=story.len() {
        let item = ItemDocument::load(story.iter().take(before).map(Vec::as_slice))
            .expect("the story reads back");
        let (heads, fields) = (item.heads(), item.fields());
        let beside = proposal.beside(&item);
        assert_eq!(item.heads(), heads, "looking left a trace");
        assert!(item.fields() == fields, "looking left a trace");
        let spoken = usize::from(proposal.recording.is_some());
        assert_eq!(beside.len(), proposal.texts.len() + spoken);
        for edit in &beside {
            assert!(edit.today.as_ref() == fields.get(&edit.key), "{}", edit.key);
            let is_spoken = keys::recorded(&edit.key).is_some();
            assert!(!is_spoken || Recording::from_value(&edit.value).is_some());
        }
    }
}

fn is_of_words(key: &str) -> bool {
    keys::language(key).is_some_and(|(lang, _)| keys::is_language(lang))
}
