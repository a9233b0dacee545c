//! Opening the store: which key, whether it is damaged, and what became of it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use loive_cipher::{OpenError, Options, StoreKey};
use rusqlite::Connection;

use super::header::{Header, Way};
use super::key::{Pin, PinCost, Recipe, Root};
use super::{FILE_NAME, MIGRATIONS, Store, meta, scrub};
use crate::error::{Lock, PhoneError};

/// SQLCipher's page.
const PAGE_BYTES: u64 = 4_096;

/// What became of the store when it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenOutcome {
    /// A new, empty store was made.
    New,
    /// The store that was there.
    Opened,
    /// There was a store and its file is gone or empty, by no act of this app.
    /// A new one was begun: tell the person.
    Lost,
    /// The store that was there is damaged. It was moved to `path`, not
    /// deleted, and a new one was begun: tell the person.
    SetAside {
        /// Where it lies now.
        path: PathBuf,
    },
}

/// An open store, the key that opened it, and how that key is made.
pub(crate) struct OpenStore {
    pub(crate) store: Store,
    pub(crate) outcome: OpenOutcome,
    pub(crate) recipe: Recipe,
}

/// What one key did.
enum Tried {
    Opened(Box<Connection>),
    /// The key opened the first page, so it is the right one, and another page
    /// is not what was written. Or no key is needed to see it.
    Damaged,
    /// The key is the right one, by the header, and the first page does not
    /// open.
    Shut,
    /// The key is not the right one, or nobody can tell.
    No,
}

/// Opens the store in `folder`, or begins one.
pub(crate) fn open(
    folder: &Path,
    root: &Root,
    pin: Option<&Pin>,
    cost: PinCost,
) -> Result<OpenStore, PhoneError> {
    fs::create_dir_all(folder)?;
    let path = folder.join(FILE_NAME);
    let header = Header::read(&path)?;
    match look(&path)? {
        Found::Nothing if header.is_some() => {
            return begin(path, root, pin, cost, OpenOutcome::Lost);
        }
        Found::Nothing => return begin(path, root, pin, cost, OpenOutcome::New),
        Found::Stump => return begin_beside(path, root, pin, cost),
        Found::Store => {}
    }
    let ways = header.as_ref().map_or(&[][..], |header| &header.ways);
    let mut shut = 0;
    let mut damaged = false;
    for (recipe, way) in candidates(ways, cost) {
        let Some(key) = root.store_key(recipe, pin) else {
            continue;
        };
        match try_key(&path, &key, way)? {
            Tried::Opened(connection) => {
                settle(&path, header.as_ref(), Way::new(recipe, &key))?;
                return finish(path, *connection, key, recipe, OpenOutcome::Opened);
            }
            Tried::Damaged => damaged = true,
            Tried::Shut => shut += 1,
            Tried::No => {}
        }
    }
    // While a PIN is being changed either key may be the right one: only if
    // neither opens is it the file that is at fault.
    if damaged || (shut > 0 && shut == ways.len()) {
        return begin_beside(path, root, pin, cost);
    }
    Err(PhoneError::locked(why_locked(ways, pin.is_some())))
}

/// Moves a store that nobody can open out of the way, for example because its
/// PIN was forgotten. Nothing is deleted.
pub(crate) fn set_aside_folder(folder: &Path) -> Result<PathBuf, PhoneError> {
    let path = folder.join(FILE_NAME);
    if look(&path)? == Found::Nothing {
        return Err(PhoneError::NotFound);
    }
    set_aside(&path)
}

/// How the key may be made: as the header says. Without a header, which is
/// small enough to be lost, both ways are tried.
fn candidates(ways: &[Way], cost: PinCost) -> Vec<(Recipe, Option<&Way>)> {
    if ways.is_empty() {
        return vec![(Recipe::Plain, None), (Recipe::Pin(cost), None)];
    }
    // One PIN after another has one recipe twice, with a check value each.
    ways.iter().map(|way| (way.recipe, Some(way))).collect()
}

fn try_key(path: &Path, key: &StoreKey, way: Option<&Way>) -> Result<Tried, PhoneError> {
    let certain = way.is_some_and(|way| way.fits(key));
    if way.is_some() && !certain {
        return Ok(Tried::No);
    }
    let opened = match loive_cipher::open(path, key, Options::default()) {
        Err(OpenError::WrongKeyOrDamaged) if certain => return Ok(Tried::Shut),
        Err(OpenError::WrongKeyOrDamaged) => return Ok(Tried::No),
        Err(OpenError::NotEncrypted) => return Ok(Tried::Damaged),
        opened => opened?,
    };
    match prepared(opened) {
        Ok(connection) => Ok(Tried::Opened(Box::new(connection))),
        Err(PhoneError::Damaged) => Ok(Tried::Damaged),
        Err(other) => Err(other),
    }
}

/// Brings an open database up to date and checks the tag of every page: the
/// first page opened, but a flipped bit may sit in any other, and nobody should
/// write into a damaged store.
fn prepared(mut connection: Connection) -> Result<Connection, PhoneError> {
    loive_cipher::migrate(&mut connection, MIGRATIONS)?;
    // The check reads the main file only.
    loive_cipher::fold_wal(&connection)?;
    let complaint = connection
        .prepare("PRAGMA cipher_integrity_check")?
        .exists([])?;
    if complaint {
        return Err(PhoneError::Damaged);
    }
    Ok(connection)
}

fn why_locked(ways: &[Way], has_pin: bool) -> Lock {
    let takes_pin = ways.iter().any(|way| way.recipe != Recipe::Plain);
    match (takes_pin, has_pin) {
        (true, true) => Lock::WrongPin,
        (true, false) => Lock::PinNeeded,
        // Without a header nobody can tell whether it has a PIN.
        (false, false) if ways.is_empty() => Lock::PinNeeded,
        (false, true) if ways.is_empty() => Lock::WrongPin,
        (false, _) => Lock::WrongKey,
    }
}

fn begin(
    path: PathBuf,
    root: &Root,
    pin: Option<&Pin>,
    cost: PinCost,
    outcome: OpenOutcome,
) -> Result<OpenStore, PhoneError> {
    let recipe = match pin {
        None => Recipe::Plain,
        Some(pin) => {
            pin.check()?;
            Recipe::Pin(cost)
        }
    };
    let key = root
        .store_key(recipe, pin)
        .ok_or_else(|| PhoneError::internal("stretch"))?;
    let connection = prepared(loive_cipher::open(&path, &key, Options::default())?)?;
    // The header comes last: a store without one still opens, and a header
    // without a store then means that a store was lost.
    let way = Way::new(recipe, &key);
    Header { ways: vec![way] }.write(&path)?;
    finish(path, connection, key, recipe, outcome)
}

/// Writes the header again if it says anything else than what opened.
fn settle(path: &Path, header: Option<&Header>, way: Way) -> Result<(), PhoneError> {
    let settled = Header { ways: vec![way] };
    if header != Some(&settled) {
        settled.write(path)?;
    }
    Ok(())
}

fn finish(
    path: PathBuf,
    connection: Connection,
    key: StoreKey,
    recipe: Recipe,
    outcome: OpenOutcome,
) -> Result<OpenStore, PhoneError> {
    if meta::scrub_is_due(&connection)? {
        // If there is no space for it now, a later opening does it.
        match scrub(&connection) {
            Ok(()) | Err(PhoneError::StorageFull) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(OpenStore {
        store: Store::new(path, connection, key),
        outcome,
        recipe,
    })
}

fn set_aside(path: &Path) -> Result<PathBuf, PhoneError> {
    let aside = loive_cipher::set_aside(path)?;
    Header::follow(path, &aside)?;
    Ok(aside)
}

/// Sets the damaged store aside and begins a new one in its place.
fn begin_beside(
    path: PathBuf,
    root: &Root,
    pin: Option<&Pin>,
    cost: PinCost,
) -> Result<OpenStore, PhoneError> {
    let aside = set_aside(&path)?;
    begin(path, root, pin, cost, OpenOutcome::SetAside { path: aside })
}

#[derive(PartialEq, Eq)]
enum Found {
    Nothing,
    Store,
    /// Less than one page: SQLite would take it for an empty database and write
    /// over it.
    Stump,
}

/// A log without its database is a store too: a damaged one.
fn look(path: &Path) -> io::Result<Found> {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let length = |path: &Path| match fs::metadata(path) {
        Ok(metadata) => Ok(metadata.len()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    };
    Ok(match (length(path)?, length(Path::new(&log))?) {
        (0, 0) => Found::Nothing,
        (1..PAGE_BYTES, _) => Found::Stump,
        _ => Found::Store,
    })
}
