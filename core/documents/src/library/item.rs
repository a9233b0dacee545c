//! An item of the library: one Automerge document of strings.

use std::collections::BTreeMap;
use std::fmt;

use loive_protocol::Refusal;

use crate::document::{Applied, DamagedRow, Document, LoadError, WriteError};
use crate::validate::limits::{CHANGE_MAX_BYTES, OPERATIONS_MAX_COUNT, VALUE_MAX_BYTES};
use crate::validate::{Actor, ChangeHash, Rules};
use crate::value::Scalar;

/// What a key costs in a change beside its own and its value's bytes, at most.
const OPERATION_MAX_BYTES: usize = 32;
/// What the head of a change may take.
const HEAD_MAX_BYTES: usize = 8_192;

/// The strings of an item, by key. See [`super::keys`] for what the keys say.
pub type Fields = BTreeMap<String, String>;

/// An article, a guide, a quiz, an entry of the directory: whatever the library
/// has, as one Automerge document.
///
/// Every value is one string that the last writer wins, one for each block and
/// language, so that two translators never write at the same place.
pub struct ItemDocument {
    document: Document,
}

impl fmt::Debug for ItemDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemDocument")
            .field("changes", &self.document.changes().len())
            .finish_non_exhaustive()
    }
}

impl Default for ItemDocument {
    fn default() -> Self {
        Self::new()
    }
}

impl ItemDocument {
    /// An item in which nothing is written yet.
    pub fn new() -> Self {
        Self {
            document: Document::new(Rules::library(), false),
        }
    }

    /// An item from its stored changes, one row for each, in any order.
    ///
    /// # Errors
    /// There were rows, and none of them could be read.
    pub fn load<'a>(rows: impl IntoIterator<Item = &'a [u8]>) -> Result<Self, LoadError> {
        let document = Document::new(Rules::library(), false).load(rows)?;
        Ok(Self { document })
    }

    /// Takes one change from outside. It is validated first; duplicates are
    /// harmless.
    ///
    /// # Errors
    /// Why it was refused; the document is as it was.
    pub fn apply(&mut self, raw: &[u8]) -> Result<Applied, Refusal> {
        self.document.apply(raw)
    }

    /// Everything that stands in it.
    pub fn fields(&self) -> Fields {
        let value = |key: String| {
            let text = self.values(&key).pop()?;
            Some((key, text))
        };
        self.document.keys().into_iter().filter_map(value).collect()
    }

    /// The values that stand at `key`: more than one where two people wrote at
    /// once. The last one is what everybody reads.
    pub fn values(&self, key: &str) -> Vec<String> {
        self.document
            .scalars(key)
            .into_iter()
            .filter_map(|scalar| match scalar {
                Scalar::Str(text) => Some(text),
                Scalar::Bool(_) | Scalar::Int(_) => None,
            })
            .collect()
    }

    /// Puts one value, or takes it away. `None` if it stood so already.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn put(
        &mut self,
        key: &str,
        value: Option<&str>,
        actor: Actor,
        time: u64,
    ) -> Result<Option<Vec<u8>>, WriteError> {
        check_value(value)?;
        let scalar = value.map(|text| Scalar::Str(text.to_owned()));
        self.document.write(&[(key, scalar)], actor, time)
    }

    /// Puts several values as one change. `None` if all of them stood so already.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn put_all(
        &mut self,
        values: &[(String, String)],
        actor: Actor,
        time: u64,
    ) -> Result<Option<Vec<u8>>, WriteError> {
        let edits = values
            .iter()
            .map(|(key, text)| {
                check_value(Some(text))?;
                Ok((key.as_str(), Some(Scalar::Str(text.clone()))))
            })
            .collect::<Result<Vec<_>, WriteError>>()?;
        self.document.write(&edits, actor, time)
    }

    /// Makes the item say what `wanted` says, and nothing else. Gives the
    /// changes that it took, none if it said so already.
    ///
    /// # Errors
    /// See [`WriteError`]. What was written before the error stays written.
    pub fn set(
        &mut self,
        wanted: &Fields,
        actor: Actor,
        time: u64,
    ) -> Result<Vec<Vec<u8>>, WriteError> {
        let edits = self.difference(wanted)?;
        let mut changes = Vec::new();
        for batch in batches(&edits) {
            let batch: Vec<_> = batch
                .iter()
                .map(|(key, scalar)| (key.as_str(), scalar.clone()))
                .collect();
            changes.extend(self.document.write(&batch, actor, time)?);
        }
        Ok(changes)
    }

    fn difference(&self, wanted: &Fields) -> Result<Vec<(String, Option<Scalar>)>, WriteError> {
        let standing = self.fields();
        let mut edits = Vec::new();
        for (key, text) in wanted {
            check_value(Some(text))?;
            // A conflict is settled by writing, even what already shows.
            if standing.get(key) != Some(text) || self.values(key).len() > 1 {
                edits.push((key.clone(), Some(Scalar::Str(text.clone()))));
            }
        }
        let gone = standing.keys().filter(|key| !wanted.contains_key(*key));
        edits.extend(gone.map(|key| (key.clone(), None)));
        Ok(edits)
    }

    /// Changes that no other depends on, sorted.
    pub fn heads(&self) -> Vec<ChangeHash> {
        self.document.heads()
    }

    /// True if the change is part of the document.
    pub fn contains(&self, hash: &ChangeHash) -> bool {
        self.document.contains(hash)
    }

    /// Every change of the document, each after what it depends on.
    pub fn changes(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.document.changes()
    }

    /// Whether changes wait for others that are not here.
    pub fn is_incomplete(&self) -> bool {
        self.document.waiting().len() > 0
    }

    /// Rows that [`Self::load`] could not read.
    pub fn damaged_rows(&self) -> &[DamagedRow] {
        self.document.damaged()
    }
}

fn check_value(value: Option<&str>) -> Result<(), WriteError> {
    if value.is_some_and(|text| text.len() > VALUE_MAX_BYTES) {
        return Err(WriteError::BadValue);
    }
    Ok(())
}

/// Cuts edits so that each part fits into one change.
fn batches(edits: &[(String, Option<Scalar>)]) -> Vec<&[(String, Option<Scalar>)]> {
    let bytes_of = |(key, scalar): &(String, Option<Scalar>)| {
        let value = match scalar {
            Some(Scalar::Str(text)) => text.len(),
            _ => 0,
        };
        key.len() + value + OPERATION_MAX_BYTES
    };
    let mut batches = Vec::new();
    let mut rest = edits;
    while !rest.is_empty() {
        let mut bytes = HEAD_MAX_BYTES;
        let fits = rest
            .iter()
            .take(OPERATIONS_MAX_COUNT)
            .take_while(|edit| {
                bytes += bytes_of(edit);
                bytes <= CHANGE_MAX_BYTES
            })
            .count();
        // One value is far smaller than a change, so something always fits.
        let (batch, others) = rest.split_at(fits.max(1));
        batches.push(batch);
        rest = others;
    }
    batches
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::*;

    const DESK: Actor = [1; 16];

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        pairs
            .iter()
            .map(|(key, text)| ((*key).to_owned(), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn an_article_says_what_was_set_and_nothing_else() {
        let mut article = ItemDocument::new();
        let first = fields(&[("title.vi", "Mua bán người là gì?"), ("kind", "article")]);
        assert_eq!(article.set(&first, DESK, 1).unwrap().len(), 1);
        assert_eq!(article.fields(), first);
        assert!(article.set(&first, DESK, 2).unwrap().is_empty());

        let second = fields(&[("title.en", "What is trafficking?"), ("kind", "article")]);
        article.set(&second, DESK, 3).unwrap();
        assert_eq!(article.fields(), second);
    }

    #[test]
    fn two_translators_never_collide_and_two_editors_do_visibly() {
        let mut desk = ItemDocument::new();
        desk.set(&fields(&[("text.vi.act", "Một")]), DESK, 1)
            .unwrap();
        let rows: Vec<Vec<u8>> = desk.changes().map(<[u8]>::to_vec).collect();
        let phone = || ItemDocument::load(rows.iter().map(Vec::as_slice)).unwrap();
        let (mut anna, mut binh) = (phone(), phone());
        let hers = anna
            .put("text.en.act", Some("One"), [2; 16], 2)
            .unwrap()
            .unwrap();
        let his = binh
            .put("text.hnj.act", Some("Ib"), [3; 16], 2)
            .unwrap()
            .unwrap();
        let other = binh
            .put("text.en.act", Some("A one"), [3; 16], 3)
            .unwrap()
            .unwrap();
        for change in [&hers, &his, &other] {
            assert_eq!(desk.apply(change).unwrap(), Applied::New);
        }
        assert_eq!(desk.values("text.hnj.act"), ["Ib"]);
        assert_eq!(desk.values("text.en.act").len(), 2);

        // Whoever decides writes once more, and there is one value again.
        let mut decided = desk.fields();
        decided.insert("text.en.act".into(), "One".into());
        desk.set(&decided, DESK, 4).unwrap();
        assert_eq!(desk.values("text.en.act"), ["One"]);
    }

    #[test]
    fn a_long_item_is_written_in_several_changes() {
        let long = "ữ".repeat(2_500);
        let wanted: Fields = (0..40)
            .map(|n| (format!("text.vi.b{n}"), long.clone()))
            .collect();
        let mut item = ItemDocument::new();
        let changes = item.set(&wanted, DESK, 1).unwrap();
        assert!(changes.len() > 4, "{}", changes.len());
        let again = ItemDocument::load(changes.iter().map(Vec::as_slice)).unwrap();
        assert_eq!(again.fields(), wanted);
        assert_eq!(again.heads(), item.heads());
    }

    #[test]
    fn a_value_that_is_too_long_is_refused() {
        let mut item = ItemDocument::new();
        let text = "a".repeat(VALUE_MAX_BYTES + 1);
        assert_eq!(
            item.put("summary.vi", Some(&text), DESK, 1),
            Err(WriteError::BadValue)
        );
    }
}
