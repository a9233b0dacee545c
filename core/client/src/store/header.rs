//! The small file beside the store: how its key is made, and by which value the
//! right key is recognised.
//!
//! ```text
//! 0..4    "LVKM"
//! 4       version, 1
//! 5       number of recipes, 1 or 2
//! then each: kind (1 plain, 2 PIN), memory in KiB (4), passes (4), check (16)
//! then the first 8 bytes of SHA-256 of all before
//! ```
//!
//! Two recipes stand there only while a PIN is being changed: whichever of them
//! opens the store is the one that counts, so a phone that dies in between
//! opens with the old PIN or with the new one.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use loive_cipher::StoreKey;

use super::key::{PinCost, Recipe, check_value, hash};

const MAGIC: &[u8; 4] = b"LVKM";
const VERSION: u8 = 1;
const RECIPE_BYTES: usize = 25;
const SUM_BYTES: usize = 8;
const HEADER_MAX_BYTES: usize = 6 + 2 * RECIPE_BYTES + SUM_BYTES;

/// One way in which the store's key may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) recipe: Recipe,
    check: [u8; 16],
}

impl Way {
    pub(crate) fn new(recipe: Recipe, key: &StoreKey) -> Self {
        Self {
            recipe,
            check: check_value(key),
        }
    }

    pub(crate) fn fits(&self, key: &StoreKey) -> bool {
        self.check == check_value(key)
    }
}

/// What the file says; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) ways: Vec<Way>,
}

impl Header {
    /// The header of a store; `None` if there is none, or none of ours.
    pub(crate) fn read(store: &Path) -> io::Result<Option<Self>> {
        match fs::read(path_beside(store)) {
            Ok(bytes) => Ok(Self::from_bytes(&bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Replaces the header in one step: after a crash the old or the new one
    /// is there, whole.
    pub(crate) fn write(&self, store: &Path) -> io::Result<()> {
        let path = path_beside(store);
        let fresh = path.with_extension("meta.new");
        let mut file = fs::File::create(&fresh)?;
        file.write_all(&self.to_bytes())?;
        file.sync_all()?;
        drop(file);
        fs::rename(&fresh, &path)?;
        if let Some(folder) = path.parent() {
            // Where folders cannot be opened (Windows) the rename is all there is.
            if let Ok(folder) = fs::File::open(folder) {
                folder.sync_all()?;
            }
        }
        Ok(())
    }

    /// Moves the header along with a store that is set aside.
    pub(crate) fn follow(store: &Path, aside: &Path) -> io::Result<()> {
        match fs::rename(path_beside(store), path_beside(aside)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            moved => moved,
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.push(VERSION);
        bytes.push(u8::try_from(self.ways.len()).unwrap_or(u8::MAX));
        for way in &self.ways {
            let (kind, cost) = match way.recipe {
                Recipe::Plain => (
                    1,
                    PinCost {
                        memory_kib: 0,
                        passes: 0,
                    },
                ),
                Recipe::Pin(cost) => (2, cost),
            };
            bytes.push(kind);
            bytes.extend_from_slice(&cost.memory_kib.to_be_bytes());
            bytes.extend_from_slice(&cost.passes.to_be_bytes());
            bytes.extend_from_slice(&way.check);
        }
        let sum = hash("loive/1 store header", &[&bytes]);
        bytes.extend(sum.into_iter().take(SUM_BYTES));
        bytes
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() > HEADER_MAX_BYTES {
            return None;
        }
        let (content, sum) = bytes.split_last_chunk::<SUM_BYTES>()?;
        if !hash("loive/1 store header", &[content]).starts_with(sum) {
            return None;
        }
        let ([m0, m1, m2, m3, version, count], rest) = content.split_first_chunk::<6>()?;
        let ways = rest
            .chunks(RECIPE_BYTES)
            .map(way_from)
            .collect::<Option<Vec<Way>>>()?;
        let known = [*m0, *m1, *m2, *m3] == *MAGIC && *version == VERSION;
        let counted = usize::from(*count) == ways.len() && !ways.is_empty();
        (known && counted).then_some(Self { ways })
    }
}

fn way_from(bytes: &[u8]) -> Option<Way> {
    let (kind, rest) = bytes.split_first()?;
    let (memory, rest) = rest.split_first_chunk()?;
    let (passes, check) = rest.split_first_chunk()?;
    let cost = PinCost {
        memory_kib: u32::from_be_bytes(*memory),
        passes: u32::from_be_bytes(*passes),
    };
    let recipe = match kind {
        1 => Recipe::Plain,
        2 if cost.is_sane() => Recipe::Pin(cost),
        _ => return None,
    };
    Some(Way {
        recipe,
        check: check.try_into().ok()?,
    })
}

fn path_beside(store: &Path) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(".meta");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests may panic")]

    use super::*;

    fn header() -> Header {
        let key = StoreKey::from_bytes([7; 32]);
        Header {
            ways: vec![
                Way::new(Recipe::Plain, &key),
                Way::new(Recipe::Pin(PinCost::CHEAP), &key),
            ],
        }
    }

    #[test]
    fn a_header_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("phone.db");
        assert_eq!(Header::read(&store).unwrap(), None);
        header().write(&store).unwrap();
        assert_eq!(Header::read(&store).unwrap(), Some(header()));
    }

    #[test]
    fn a_damaged_header_is_no_header_and_never_a_panic() {
        let bytes = header().to_bytes();
        for cut in 0..bytes.len() {
            assert_eq!(Header::from_bytes(bytes.get(..cut).unwrap()), None);
        }
        for place in 0..bytes.len() {
            let mut flipped = bytes.clone();
            *flipped.get_mut(place).unwrap() ^= 1;
            assert_eq!(Header::from_bytes(&flipped), None, "byte {place}");
        }
    }

    #[test]
    fn a_header_cannot_ask_for_all_memory() {
        let greedy = PinCost {
            memory_kib: u32::MAX,
            passes: 1,
        };
        let way = Way::new(Recipe::Pin(greedy), &StoreKey::from_bytes([1; 32]));
        let bytes = Header { ways: vec![way] }.to_bytes();
        assert_eq!(Header::from_bytes(&bytes), None);
    }
}
