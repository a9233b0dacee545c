//! Building, signing and publishing releases, and going back.

use std::collections::BTreeSet;

use loive_documents::library::{Class, Fields, ItemView};
use loive_protocol::limits::{LIBRARY_DELTAS_MAX_COUNT, LIBRARY_LANGUAGES_MAX_COUNT};
use loive_protocol::{
    Bundle, BundleItem, Certificate, Digest, Manifest, Packed, PublishKey, ReleaseFile,
    SignedManifest, Wire as _, pack_recordings,
};
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::LibraryError;
use super::recordings::{self, Named};
use super::rows::{self, Changes, is_published};
use crate::desk::Desk;
use crate::desk::store::{int, uint};

/// A release that was built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Built {
    /// Its number.
    pub release: u32,
    /// Documents in it.
    pub items: usize,
    /// Documents that it changes.
    pub changed: usize,
    /// Bytes for a new phone.
    pub snapshot_bytes: usize,
    /// Bytes for a phone that has the last published release.
    pub delta_bytes: Option<usize>,
}

/// A release in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseRow {
    /// Its number.
    pub release: u32,
    /// When it was built, in Unix seconds.
    pub built_at: u64,
    /// Documents in it.
    pub items: u32,
    /// Documents that it changed.
    pub changed: u32,
    /// What somebody noted.
    pub note: String,
    /// Whether it was signed.
    pub is_signed: bool,
    /// When it was published, in Unix seconds.
    pub published_at: Option<u64>,
}

impl Desk {
    /// Makes a release of what the library says now. Nobody gets it before it is
    /// signed and published.
    ///
    /// # Errors
    /// [`LibraryError::Unchanged`] if the last release says the same;
    /// [`LibraryError::NoSource`] if a fact would go out without a source;
    /// [`LibraryError::NoRecording`] if a recording would that is not here.
    pub fn build_release(&self, note: &str) -> Result<Built, LibraryError> {
        let now = self.env.now();
        self.write_library(|transaction| {
            let last = rows::last_release(transaction)?;
            let mut documents = rows::all(transaction)?;
            documents.retain(|id, _| is_published(id));
            let changed = documents
                .values()
                .filter(|rows| rows.iter().any(|row| row.release.is_none()))
                .count();
            if changed == 0 {
                return Err(LibraryError::Unchanged(last));
            }
            let release = Release::make(transaction, last + 1, now, &documents)?;
            release.store(transaction, now, note, changed)?;
            Ok(Built {
                release: last + 1,
                items: documents.len(),
                changed,
                snapshot_bytes: release.snapshot.bytes.len(),
                delta_bytes: release.deltas.first().map(|delta| delta.bytes.len()),
            })
        })
    }

    /// Signs the latest release that is not signed yet, and gives its number.
    /// `roots` lead from the card's root to the one that certified the key.
    pub fn sign_release(
        &self,
        key: &PublishKey,
        certificate: &Certificate,
        roots: &[Certificate],
    ) -> Result<u32, LibraryError> {
        let root = *self.identity.certificates.root();
        self.write_library(|transaction| {
            let unsigned: Option<(u32, Vec<u8>)> = transaction
                .query_row(
                    "SELECT release, manifest FROM library_releases WHERE signed IS NULL
                     AND release = (SELECT max(release) FROM library_releases)",
                    [],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()?;
            let (release, manifest) = unsigned.ok_or(LibraryError::NoRelease("sign"))?;
            let manifest =
                Manifest::from_bytes(&manifest).map_err(loive_protocol::ReleaseError::from)?;
            let signed = SignedManifest::sign(&manifest, key, certificate, roots);
            // Whatever phones would say is said here first.
            signed.verify(&root)?;
            transaction.execute(
                "UPDATE library_releases SET signed = ?2 WHERE release = ?1",
                params![release, signed.to_bytes()],
            )?;
            Ok(release)
        })
    }

    /// Gives the latest release to phones, and says which it is. Twice is once.
    pub fn publish_release(&self) -> Result<u32, LibraryError> {
        let now = self.env.now();
        let release = self.write_library(|transaction| {
            let latest: Option<(u32, bool)> = transaction
                .query_row(
                    "SELECT release, signed IS NOT NULL FROM library_releases
                     ORDER BY release DESC LIMIT 1",
                    [],
                    |row| Ok((row.get(0)?, row.get(1)?)),
                )
                .optional()?;
            let (release, is_signed) = latest.ok_or(LibraryError::NoRelease("publish"))?;
            if !is_signed {
                return Err(LibraryError::Unsigned(release));
            }
            transaction.execute(
                "UPDATE library_releases SET published_at = coalesce(published_at, ?2)
                 WHERE release = ?1",
                params![release, int(now)],
            )?;
            Ok(release)
        })?;
        self.wake.notify_one();
        Ok(release)
    }

    /// Makes the library say what it said in a release. That is an edit like any
    /// other: build, sign and publish it as a new release.
    pub fn restore_release(&self, release: u32) -> Result<usize, LibraryError> {
        self.write_library(|transaction| {
            let exists = transaction
                .prepare("SELECT 1 FROM library_releases WHERE release = ?1")?
                .exists([release])?;
            if !exists {
                return Err(LibraryError::NotFound(format!("release {release}")));
            }
            let mut changed = 0;
            for (id, changes) in rows::all(transaction)? {
                if is_published(&id) {
                    let then = rows::document(&id, &changes, Some(release))?.fields();
                    changed += usize::from(self.set(transaction, &id, &then)?);
                }
            }
            Ok(changed)
        })
    }

    /// All releases, the latest first.
    pub fn release_history(&self) -> Result<Vec<ReleaseRow>, LibraryError> {
        self.read_library(|connection| {
            let mut statement = connection.prepare(
                "SELECT release, built_at, items, changed, note, signed IS NOT NULL, published_at
                 FROM library_releases ORDER BY release DESC",
            )?;
            let rows = statement.query_map([], |row| {
                Ok(ReleaseRow {
                    release: row.get(0)?,
                    built_at: uint(row.get(1)?),
                    items: row.get(2)?,
                    changed: row.get(3)?,
                    note: row.get(4)?,
                    is_signed: row.get(5)?,
                    published_at: row.get::<_, Option<i64>>(6)?.map(uint),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// The latest published release as a file, to ship inside an app.
    pub fn release_file(&self) -> Result<Vec<u8>, LibraryError> {
        let now = self.env.now();
        self.read_library(|connection| {
            let (release, signed) =
                rows::published(connection)?.ok_or(LibraryError::NoRelease("give away"))?;
            let signed =
                SignedManifest::from_bytes(&signed).map_err(loive_protocol::ReleaseError::from)?;
            let pack =
                rows::pack(connection, release, 0)?.ok_or(LibraryError::NoRelease("give away"))?;
            Ok(ReleaseFile::new(now, signed, pack.into()).to_bytes())
        })
    }
}

/// A release while it is being made.
struct Release {
    manifest: Manifest,
    snapshot: Packed,
    deltas: Vec<Packed>,
    /// The list of the chunks of recordings.
    recordings: Option<Packed>,
}

impl Release {
    fn make(
        connection: &Connection,
        number: u32,
        now: u64,
        changes: &Changes,
    ) -> Result<Self, LibraryError> {
        let mut heads = Vec::new();
        let mut languages = BTreeSet::new();
        let mut named = Named::default();
        for (id, rows) in changes {
            let document = rows::document(id, rows, None)?;
            let fields = document.fields();
            languages.extend(check(id, &fields)?);
            named.add(id, &fields)?;
            heads.push((id.as_str(), document.heads()));
        }
        named.check(connection)?;
        languages.extend(named.languages);
        let recordings = pack_recordings(&named.chunks)?;
        let digest = Digest::of(heads.iter().map(|(id, heads)| (*id, heads.as_slice())));
        let snapshot = bundle(changes, None).pack(0)?;
        let mut deltas = Vec::new();
        for from in earlier(connection)? {
            let delta = bundle(changes, Some(from)).pack(from)?;
            // One that is nearly everything is no help.
            if delta.bytes.len() * 2 <= snapshot.bytes.len() {
                deltas.push(delta);
            }
        }
        let mut manifest = Manifest::new(number, now, digest, snapshot.pack.clone());
        manifest.items = u32::try_from(heads.len()).unwrap_or(u32::MAX);
        manifest.languages = languages
            .into_iter()
            .take(LIBRARY_LANGUAGES_MAX_COUNT)
            .collect();
        manifest.deltas = deltas.iter().map(|delta| delta.pack.clone()).collect();
        manifest.recordings = recordings.as_ref().map(|list| list.pack.clone());
        Ok(Self {
            manifest,
            snapshot,
            deltas,
            recordings,
        })
    }

    fn store(
        &self,
        transaction: &Transaction<'_>,
        now: u64,
        note: &str,
        changed: usize,
    ) -> Result<(), LibraryError> {
        let release = self.manifest.release;
        transaction.execute(
            "INSERT INTO library_releases (release, built_at, items, changed, note, manifest)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                release,
                int(now),
                self.manifest.items,
                u32::try_from(changed).unwrap_or(u32::MAX),
                note,
                self.manifest.to_bytes()
            ],
        )?;
        // The packs of the one that is handed out now, and of this one.
        rows::drop_old_packs(transaction)?;
        for packed in std::iter::once(&self.snapshot).chain(&self.deltas) {
            rows::insert_pack(transaction, release, packed)?;
        }
        if let Some(list) = &self.recordings {
            rows::insert_recordings(transaction, release, list)?;
        }
        recordings::sweep(transaction)?;
        transaction.execute(
            "UPDATE library_changes SET release = ?1 WHERE release IS NULL
             AND item NOT LIKE '%-draft'",
            [release],
        )?;
        Ok(())
    }
}

/// Published releases from which a delta may help, the latest first.
fn earlier(connection: &Connection) -> Result<Vec<u32>, LibraryError> {
    let limit = i64::try_from(LIBRARY_DELTAS_MAX_COUNT).unwrap_or(i64::MAX);
    let mut statement = connection.prepare(
        "SELECT release FROM library_releases WHERE published_at IS NOT NULL
         ORDER BY release DESC LIMIT ?1",
    )?;
    let rows = statement.query_map([limit], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// All changes, or those that a phone with release `from` has not.
fn bundle(changes: &Changes, from: Option<u32>) -> Bundle {
    let items = changes.iter().filter_map(|(id, rows)| {
        let wanted = rows.iter().filter(|row| match from {
            Some(from) => row.release.is_none_or(|first| first > from),
            None => true,
        });
        let changes: Vec<_> = wanted.map(|row| row.raw.clone().into()).collect();
        (!changes.is_empty()).then(|| BundleItem {
            id: id.clone(),
            changes,
        })
    });
    Bundle::new(items.collect())
}

/// What no reviewer should have to remember; gives the languages of an item.
fn check(id: &str, fields: &Fields) -> Result<Vec<String>, LibraryError> {
    let view = ItemView::new(id, fields);
    for block in view.blocks() {
        let is_bare = block.class() == Class::Fact && block.words().next().is_none();
        if is_bare || block.role == "draft" {
            return Err(LibraryError::NoSource {
                item: id.to_owned(),
                block: block.id.to_owned(),
            });
        }
    }
    Ok(view.languages().into_iter().map(str::to_owned).collect())
}
