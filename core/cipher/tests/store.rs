//! A phone's store, as the app meets it: opened, opened with the wrong PIN,
//! damaged, full, set aside.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that fails may panic"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use loive_cipher::{
    Durability, OpenError, Options, StoreKey, fold_wal, is_damaged, is_storage_full, open,
    set_aside,
};
use rusqlite::Connection;
use tempfile::TempDir;

const PAGE_BYTES: usize = 4096;
const WORDS: &str = "họ giữ hộ chiếu của em";

fn key() -> StoreKey {
    StoreKey::from_bytes([7; 32])
}

fn other_key() -> StoreKey {
    StoreKey::from_bytes([8; 32])
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

fn open_now(path: &Path) -> Result<Connection, OpenError> {
    open(path, &key(), Options::default())
}

fn open_error(path: &Path) -> OpenError {
    open_now(path).err().unwrap()
}

fn count(conn: &Connection) -> rusqlite::Result<i64> {
    conn.query_row("SELECT count(words) FROM notes", [], |row| row.get(0))
}

/// A store of some 80 pages, closed, so that all is in the one file.
fn filled_store(folder: &TempDir) -> PathBuf {
    let path = folder.path().join("store.db");
    let conn = open_now(&path).unwrap();
    conn.execute_batch("CREATE TABLE notes(id INTEGER PRIMARY KEY, words TEXT)")
        .unwrap();
    for _ in 0..1000 {
        conn.execute("INSERT INTO notes(words) VALUES (?1)", [WORDS.repeat(10)])
            .unwrap();
    }
    conn.close().unwrap();
    path
}

fn pragma(conn: &Connection, name: &str) -> String {
    conn.pragma_query_value(None, name, |row| {
        row.get_ref(0).map(|value| match value {
            rusqlite::types::ValueRef::Integer(number) => number.to_string(),
            text => text.as_str().unwrap().to_owned(),
        })
    })
    .unwrap()
}

#[test]
fn what_was_written_is_there_after_reopening_and_no_word_is_on_the_disk() {
    let folder = TempDir::new().unwrap();
    let path = filled_store(&folder);
    let conn = open_now(&path).unwrap();
    assert_eq!(count(&conn), Ok(1000));
    conn.execute("INSERT INTO notes(words) VALUES (?1)", [WORDS])
        .unwrap();

    for suffix in ["", "-wal", "-shm"] {
        let bytes = fs::read(beside(&path, suffix)).unwrap();
        let found = bytes.windows(7).any(|window| window == "hộ ch".as_bytes());
        assert!(!found, "words in the clear in store.db{suffix}");
    }
    let bytes = fs::read(&path).unwrap();
    assert!(!bytes.starts_with(b"SQLite format 3"));
}

#[test]
fn an_opened_store_is_set_up_as_promised() {
    let folder = TempDir::new().unwrap();
    let conn = open_now(&folder.path().join("store.db")).unwrap();
    let expected = [
        ("journal_mode", "wal"),
        ("synchronous", "2"),
        ("fullfsync", "1"),
        ("checkpoint_fullfsync", "1"),
        ("foreign_keys", "1"),
        ("secure_delete", "1"),
        ("temp_store", "2"),
        ("busy_timeout", "5000"),
        ("cipher_page_size", "4096"),
        ("cipher_use_hmac", "1"),
        ("cipher_hmac_algorithm", "HMAC_SHA512"),
        ("cipher_memory_security", "1"),
        ("cipher_log_level", "NONE"),
        ("cipher_provider", "loive-rustcrypto"),
    ];
    for (name, value) in expected {
        assert_eq!(pragma(&conn, name), value, "{name}");
    }

    let options = Options {
        durability: Durability::Normal,
        busy_timeout: Duration::from_millis(20),
    };
    let conn = open(&folder.path().join("quick.db"), &key(), options).unwrap();
    assert_eq!(pragma(&conn, "synchronous"), "1");
    assert_eq!(pragma(&conn, "busy_timeout"), "20");
}

#[test]
fn a_wrong_pin_opens_nothing_and_spoils_nothing_not_even_in_the_log() {
    let folder = TempDir::new().unwrap();
    let path = filled_store(&folder);
    // Commits that are only in the log, as after a kill: the copy has no owner.
    let conn = open_now(&path).unwrap();
    conn.execute("INSERT INTO notes(words) VALUES (?1)", [WORDS])
        .unwrap();
    let copy = folder.path().join("copy.db");
    for suffix in ["", "-wal"] {
        fs::copy(beside(&path, suffix), beside(&copy, suffix)).unwrap();
    }

    let bytes = || ["", "-wal"].map(|suffix| fs::read(beside(&copy, suffix)).unwrap());
    let before = bytes();
    for _ in 0..3 {
        let refused = open(&copy, &other_key(), Options::default());
        assert_eq!(refused.err(), Some(OpenError::WrongKeyOrDamaged));
        assert!(bytes() == before, "a file was changed");
    }
    assert_eq!(count(&open_now(&copy).unwrap()), Ok(1001));
}

#[test]
fn a_database_without_encryption_is_refused_and_left_alone() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("plain.db");
    for journal in ["DELETE", "WAL"] {
        let plain = Connection::open(&path).unwrap();
        plain
            .execute_batch(&format!(
                "PRAGMA journal_mode = {journal}; CREATE TABLE IF NOT EXISTS notes(words TEXT);"
            ))
            .unwrap();
        plain.close().unwrap();
        let before = fs::read(&path).unwrap();
        assert_eq!(open_error(&path), OpenError::NotEncrypted);
        assert_eq!(fs::read(&path).unwrap(), before);
    }

    // The header is enough, even where the rest makes no sense.
    let mut bytes = fs::read(&path).unwrap();
    bytes[100..].fill(0x55);
    fs::write(&path, bytes).unwrap();
    assert_eq!(open_error(&path), OpenError::NotEncrypted);
}

#[test]
fn a_truncated_file_is_damaged_wherever_it_was_cut() {
    let folder = TempDir::new().unwrap();
    let path = filled_store(&folder);
    let whole = fs::read(&path).unwrap();
    let lengths = [
        2,
        15,
        16,
        100,
        PAGE_BYTES - 1,
        PAGE_BYTES,
        PAGE_BYTES + 1,
        10 * PAGE_BYTES,
        whole.len() - PAGE_BYTES,
    ];
    for length in lengths {
        fs::write(&path, &whole[..length]).unwrap();
        assert_eq!(
            open_error(&path),
            OpenError::WrongKeyOrDamaged,
            "{length} bytes"
        );
        assert_eq!(fs::read(&path).unwrap(), &whole[..length]);
    }

    // The last page only begins: that shows when it is read.
    fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    let conn = open_now(&path).unwrap();
    assert!(is_damaged(&count(&conn).unwrap_err()));
}

#[test]
fn one_flipped_bit_is_noticed_wherever_it_is() {
    let folder = TempDir::new().unwrap();
    let path = filled_store(&folder);
    let whole = fs::read(&path).unwrap();
    let flip = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(&path, bytes).unwrap();
    };

    // Salt, content, initialisation vector, tag of the first page.
    for at in [3, 20, 2000, PAGE_BYTES - 75, PAGE_BYTES - 3] {
        flip(at);
        assert_eq!(open_error(&path), OpenError::WrongKeyOrDamaged, "byte {at}");
    }
    for page in [1, 2, 40, whole.len() / PAGE_BYTES - 1] {
        for within in [0, 2000, PAGE_BYTES - 70, PAGE_BYTES - 1] {
            flip(page * PAGE_BYTES + within);
            let conn = open_now(&path).unwrap();
            let error = count(&conn).unwrap_err();
            assert!(is_damaged(&error), "page {page}, byte {within}: {error}");
        }
    }
}

#[test]
fn bytes_from_elsewhere_are_no_store() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    for (byte, length) in [(0, PAGE_BYTES), (0, 40_960), (0x55, 100), (0xff, 9_000)] {
        fs::write(&path, vec![byte; length]).unwrap();
        assert_eq!(open_error(&path), OpenError::WrongKeyOrDamaged);
    }
}

#[test]
fn a_log_without_its_database_is_kept() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    fs::write(beside(&path, "-wal"), [1; 5000]).unwrap();
    assert_eq!(open_error(&path), OpenError::WrongKeyOrDamaged);
    fs::write(&path, b"").unwrap();
    assert_eq!(open_error(&path), OpenError::WrongKeyOrDamaged);
    assert_eq!(fs::read(beside(&path, "-wal")).unwrap(), [1; 5000]);
}

#[test]
fn a_missing_folder_is_an_io_error() {
    let folder = TempDir::new().unwrap();
    let error = open_error(&folder.path().join("nowhere").join("store.db"));
    assert!(matches!(error, OpenError::Io { .. }), "{error:?}");
    let error = open_error(Path::new(""));
    assert!(matches!(error, OpenError::Io { .. }), "{error:?}");
    let error = open_error(folder.path());
    assert!(matches!(error, OpenError::Io { .. }), "{error:?}");
}

#[test]
fn a_store_that_someone_holds_is_busy() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    let holder = Connection::open(&path).unwrap();
    holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let options = Options {
        busy_timeout: Duration::from_millis(30),
        ..Options::default()
    };
    let error = open(&path, &key(), options).err();
    assert_eq!(error, Some(OpenError::Busy));
}

#[test]
fn many_may_create_and_open_one_store_at_the_same_moment() {
    for _ in 0..10 {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("store.db");
        thread::scope(|scope| {
            for number in 0..8 {
                let path = &path;
                scope.spawn(move || {
                    let conn = open_now(path).unwrap();
                    conn.execute_batch("CREATE TABLE IF NOT EXISTS notes(words TEXT)")
                        .unwrap();
                    conn.execute("INSERT INTO notes VALUES (?1)", [number])
                        .unwrap();
                });
            }
        });
        assert_eq!(count(&open_now(&path).unwrap()), Ok(8));
    }
}

#[test]
fn a_full_store_says_so_and_keeps_what_it_has() {
    let folder = TempDir::new().unwrap();
    let path = filled_store(&folder);
    let conn = open_now(&path).unwrap();
    let pages: i64 = conn
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    conn.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
        .unwrap();
    let error = conn
        .execute("INSERT INTO notes(words) VALUES (?1)", [WORDS.repeat(1000)])
        .unwrap_err();
    assert!(is_storage_full(&error) && !is_damaged(&error));
    assert_eq!(count(&conn), Ok(1000));
}

#[test]
fn folding_the_log_cuts_it_unless_a_reader_is_in_the_way() {
    let folder = TempDir::new().unwrap();
    let path = filled_store(&folder);
    let writer = open(
        &path,
        &key(),
        Options {
            busy_timeout: Duration::from_millis(20),
            ..Options::default()
        },
    )
    .unwrap();
    let reader = open_now(&path).unwrap();
    let log_bytes = || fs::metadata(beside(&path, "-wal")).unwrap().len();

    reader.execute_batch("BEGIN").unwrap();
    count(&reader).unwrap();
    writer.execute("DELETE FROM notes", []).unwrap();
    assert_eq!(fold_wal(&writer), Ok(false));
    assert!(log_bytes() > 0);

    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(fold_wal(&writer), Ok(true));
    assert_eq!(log_bytes(), 0);
}

#[test]
fn a_damaged_store_is_set_aside_whole_and_a_new_one_starts() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    for round in 1..=3 {
        for suffix in ["", "-wal", "-shm"] {
            fs::write(
                beside(&path, suffix),
                format!("damaged {round}{suffix}").repeat(500),
            )
            .unwrap();
        }
        assert_eq!(open_error(&path), OpenError::WrongKeyOrDamaged);
        let aside = set_aside(&path).unwrap();
        assert_eq!(
            aside,
            folder.path().join(format!("store.db.damaged-{round}"))
        );
        for suffix in ["", "-wal"] {
            let kept = fs::read_to_string(beside(&aside, suffix)).unwrap();
            assert_eq!(kept, format!("damaged {round}{suffix}").repeat(500));
        }
        assert!(beside(&aside, "-shm").exists());
        assert!(!path.exists() && !beside(&path, "-wal").exists());

        let fresh = open_now(&path).unwrap();
        fresh
            .execute_batch("CREATE TABLE notes(words TEXT)")
            .unwrap();
        assert_eq!(count(&fresh), Ok(0));
    }
}

#[test]
fn setting_aside_replaces_nothing_and_moves_what_there_is() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    let error = set_aside(&path).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);

    // Left over by one who was killed half-way: a log, and a name that is half taken.
    fs::write(beside(&path, "-wal"), "log").unwrap();
    fs::write(beside(&path, ".damaged-1-wal"), "older").unwrap();
    let aside = set_aside(&path).unwrap();
    assert_eq!(aside, beside(&path, ".damaged-2"));
    assert_eq!(fs::read(beside(&aside, "-wal")).unwrap(), b"log");
    assert_eq!(fs::read(beside(&path, ".damaged-1-wal")).unwrap(), b"older");
}

#[test]
fn no_error_says_where_the_store_is_or_what_is_in_it() {
    let errors = [
        OpenError::WrongKeyOrDamaged,
        OpenError::NotEncrypted,
        OpenError::NoCipher,
        OpenError::Full,
        OpenError::ReadOnly,
        OpenError::Busy,
        OpenError::Io { code: 14 },
        OpenError::Other { code: 1 },
    ];
    for error in errors {
        let text = format!("{error} {error:?}");
        assert!(!text.contains('/') && !text.contains("SELECT"), "{text}");
        // It says what to do: there is a second half.
        assert!(error.to_string().contains(": "), "{text}");
        assert!(std::error::Error::source(&error).is_none());
    }
}
