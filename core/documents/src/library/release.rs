//! From the changes of a release to documents.

use loive_protocol::Refusal;

use super::item::ItemDocument;
use crate::document::LoadError;

/// The changes of a release do not make the document that they should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// What is stored here cannot be read.
    #[error("an item that is stored here is damaged")]
    Stored,
    /// A change may not be merged.
    #[error("a change of the release was refused: {0:?}")]
    Refused(Refusal),
    /// A change depends on one that is not here.
    #[error("a change of the release builds on another that is missing")]
    Incomplete,
}

impl From<LoadError> for MergeError {
    fn from(_: LoadError) -> Self {
        Self::Stored
    }
}

/// The document of an item after a release: what is stored of it (one row a
/// change; none at first) and what the release brings.
///
/// Nothing is taken from a release in part: the first change that does not fit
/// ends it.
///
/// # Errors
/// See [`MergeError`].
pub fn merge<'a>(
    stored: impl IntoIterator<Item = &'a [u8]>,
    changes: impl IntoIterator<Item = &'a [u8]>,
) -> Result<ItemDocument, MergeError> {
    let stored: Vec<&[u8]> = stored.into_iter().collect();
    if stored.is_empty() {
        // All at once: Automerge is several times faster so.
        let document =
            ItemDocument::load(changes).map_err(|error| MergeError::Refused(error.first))?;
        return whole(document);
    }
    let mut document = ItemDocument::load(stored)?;
    if !document.damaged_rows().is_empty() {
        return Err(MergeError::Stored);
    }
    for change in changes {
        document.apply(change).map_err(MergeError::Refused)?;
    }
    whole(document)
}

fn whole(document: ItemDocument) -> Result<ItemDocument, MergeError> {
    if let Some(damaged) = document.damaged_rows().first() {
        return Err(MergeError::Refused(damaged.refusal));
    }
    if document.is_incomplete() {
        return Err(MergeError::Incomplete);
    }
    Ok(document)
}

#[cfg(test)]
#[expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic"
)]
mod tests {
    use super::*;
    use crate::library::Fields;

    fn item() -> Vec<Vec<u8>> {
        let mut item = ItemDocument::new();
        for (time, text) in [(1, "Một"), (2, "Hai"), (3, "Ba")] {
            let fields: Fields = [("text.vi.act".to_owned(), text.to_owned())].into();
            item.set(&fields, [1; 16], time).unwrap();
        }
        item.changes().map(<[u8]>::to_vec).collect()
    }

    #[test]
    fn a_phone_in_use_needs_only_what_it_has_not() {
        let changes = item();
        let (old, new) = changes.split_at(2);
        let whole = merge([], changes.iter().map(Vec::as_slice)).unwrap();
        let grown = merge(old.iter().map(Vec::as_slice), new.iter().map(Vec::as_slice)).unwrap();
        assert_eq!(grown.heads(), whole.heads());
        assert_eq!(grown.fields(), whole.fields());
    }

    #[test]
    fn a_release_with_a_gap_or_a_wrong_byte_is_not_taken() {
        let mut changes = item();
        let gap = [changes[0].as_slice(), changes[2].as_slice()];
        assert_eq!(merge([], gap).unwrap_err(), MergeError::Incomplete);
        if let Some(byte) = changes[1].last_mut() {
            *byte ^= 1;
        }
        let wrong = merge([], changes.iter().map(Vec::as_slice));
        assert!(matches!(wrong, Err(MergeError::Refused(_))));
    }
}
