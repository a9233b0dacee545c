//! What someone with the key and the files can still read after something was
//! erased; and that the tool which says so sees what is there.
#![cfg(feature = "forensics")]
#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::fs;
use std::path::{Path, PathBuf};

use loive_cipher::{OpenError, Options, StoreKey, dump_plaintext, fold_wal, open};
use rusqlite::Connection;
use tempfile::TempDir;

const SECRET: &str = "chú Ba giữ hộ chiếu của em";
const KEPT: &str = "tổng đài 111";

fn key() -> StoreKey {
    StoreKey::from_bytes([7; 32])
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

fn finds(path: &Path, words: &str) -> bool {
    let dump = dump_plaintext(path, &key()).unwrap();
    dump.windows(words.len())
        .any(|window| window == words.as_bytes())
}

/// A store with one secret among other rows, all of it in the log.
fn store(folder: &TempDir) -> (PathBuf, Connection) {
    let path = folder.path().join("store.db");
    let conn = open(&path, &key(), Options::default()).unwrap();
    conn.execute_batch("CREATE TABLE note(words TEXT)").unwrap();
    for number in 0..500 {
        let words = if number == 250 { SECRET } else { KEPT };
        conn.execute("INSERT INTO note VALUES (?1)", [words])
            .unwrap();
    }
    (path, conn)
}

fn erase(conn: &Connection) {
    conn.execute("DELETE FROM note WHERE words = ?1", [SECRET])
        .unwrap();
}

#[test]
fn the_tool_sees_words_in_the_log_and_in_the_database() {
    let folder = TempDir::new().unwrap();
    let (path, conn) = store(&folder);
    assert!(finds(&path, SECRET), "in the log");
    assert!(finds(&path, "CREATE TABLE note"), "on page 1, in the log");
    assert!(fold_wal(&conn).unwrap());
    assert_eq!(fs::metadata(beside(&path, "-wal")).unwrap().len(), 0);
    assert!(finds(&path, SECRET), "in the database");
    assert!(finds(&path, "SQLite format 3"), "page 1 is in its place");
}

#[test]
fn erased_words_stay_in_the_log_until_it_is_folded_and_then_are_nowhere() {
    let folder = TempDir::new().unwrap();
    let (path, conn) = store(&folder);
    erase(&conn);
    assert!(finds(&path, SECRET), "an earlier frame still has them");
    assert!(fold_wal(&conn).unwrap());
    assert!(!finds(&path, SECRET));
    assert!(finds(&path, KEPT));
}

#[test]
fn a_search_index_forgets_too_once_it_is_told_to() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    let conn = open(&path, &key(), Options::default()).unwrap();
    for (table, told) in [("careless", false), ("careful", true)] {
        conn.execute_batch(&format!("CREATE VIRTUAL TABLE {table} USING fts5(words)"))
            .unwrap();
        if told {
            let tell = format!("INSERT INTO {table}({table}, rank) VALUES ('secure-delete', 1)");
            conn.execute_batch(&tell).unwrap();
        }
        let word = format!("{table}word");
        let insert = format!("INSERT INTO {table}(words) VALUES (?1)");
        for words in [word.as_str(), KEPT] {
            conn.execute(&insert, [words]).unwrap();
        }
        assert!(finds(&path, &word));
        let delete = format!("DELETE FROM {table} WHERE {table} MATCH ?1");
        conn.execute(&delete, [&word]).unwrap();
        assert!(fold_wal(&conn).unwrap());
        assert_eq!(finds(&path, &word), !told, "{table}");
    }
}

#[test]
fn the_tool_sees_stale_frames_of_a_log_that_begins_anew() {
    let folder = TempDir::new().unwrap();
    let (path, conn) = store(&folder);
    erase(&conn);
    // Everything is in the database, and the log is reused from its start.
    conn.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(()))
        .unwrap();
    conn.execute("INSERT INTO note VALUES (?1)", [KEPT])
        .unwrap();
    assert!(finds(&path, SECRET), "behind the frames that count");
}

#[test]
fn without_secure_delete_the_words_would_stay_in_the_database() {
    let folder = TempDir::new().unwrap();
    let (path, conn) = store(&folder);
    assert!(fold_wal(&conn).unwrap());
    conn.pragma_update(None, "secure_delete", false).unwrap();
    // All rows, so that the page with the words is free and not rewritten.
    conn.execute("DELETE FROM note", []).unwrap();
    assert!(fold_wal(&conn).unwrap());
    assert!(finds(&path, SECRET), "on a free page");
}

#[test]
fn the_tool_sees_torn_and_altered_pages() {
    let folder = TempDir::new().unwrap();
    let (path, conn) = store(&folder);
    let log = beside(&path, "-wal");
    let bytes = fs::read(&log).unwrap();
    let copy = folder.path().join("copy.db");
    fs::copy(&path, &copy).unwrap();
    drop(conn);

    // The frame that first holds the words, cut in its page's last quarter: the
    // row lies at the page's end, since SQLite fills pages from there.
    let mut upto = 32;
    loop {
        upto += 24 + 4096;
        fs::write(beside(&copy, "-wal"), bytes.get(..upto).unwrap()).unwrap();
        if finds(&copy, SECRET) {
            break;
        }
    }
    fs::write(beside(&copy, "-wal"), bytes.get(..upto - 70).unwrap()).unwrap();
    assert!(finds(&copy, SECRET), "a torn frame");

    let mut altered = bytes.get(..upto).unwrap().to_vec();
    *altered.get_mut(upto - 1).unwrap() ^= 1;
    fs::write(beside(&copy, "-wal"), altered).unwrap();
    assert!(finds(&copy, SECRET), "a frame whose tag is wrong");
}

#[test]
fn what_lies_in_the_clear_shows_too() {
    let folder = TempDir::new().unwrap();
    let (path, conn) = store(&folder);
    erase(&conn);
    assert!(fold_wal(&conn).unwrap());
    drop(conn);
    for suffix in ["-wal", "-shm", "-journal"] {
        assert!(!finds(&path, SECRET));
        fs::write(beside(&path, suffix), SECRET).unwrap();
        assert!(finds(&path, SECRET), "{suffix}");
        fs::remove_file(beside(&path, suffix)).unwrap();
    }
}

#[test]
fn the_tool_is_not_content_with_a_wrong_key_or_no_store() {
    let folder = TempDir::new().unwrap();
    let (path, _conn) = store(&folder);
    let wrong = StoreKey::from_bytes([8; 32]);
    assert_eq!(
        dump_plaintext(&path, &wrong),
        Err(OpenError::WrongKeyOrDamaged)
    );
    let junk = folder.path().join("junk");
    for length in [0, 10, 5000] {
        fs::write(&junk, vec![0; length]).unwrap();
        assert_eq!(
            dump_plaintext(&junk, &key()),
            Err(OpenError::WrongKeyOrDamaged)
        );
    }
    let missing = dump_plaintext(&folder.path().join("missing"), &key());
    assert!(matches!(missing, Err(OpenError::Io { .. })));
}
