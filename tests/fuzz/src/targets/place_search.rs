use loive_documents::fold::fold;
use loive_documents::{Lang, places};

/// What somebody types to find a place.
pub fn place_search(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else {
        return;
    };
    let folded = fold(text);
    assert_eq!(fold(&folded), folded, "folding twice folds more");
    let found = places::search(text);
    assert!(found.len() <= places::SEARCH_MAX_RESULTS);
    for one in found {
        assert!(!places::name(&one.place, Lang::Vi).is_empty());
    }
}
