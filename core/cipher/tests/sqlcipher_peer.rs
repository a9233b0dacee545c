//! Stores travel both ways between this crate and SQLCipher on OpenSSL, as PyPI
//! has it (`sqlcipher3-wheels`): an implementation that we did not write.
#![cfg(feature = "peer-tests")]
#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::path::Path;
use std::process::Command;

use loive_cipher::{Options, StoreKey, dump_plaintext, fold_wal, open};
use rusqlite::Connection;
use tempfile::TempDir;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sqlcipher_peer.py");
const KEY: [u8; 32] = [0xa7; 32];

fn hex(key: [u8; 32]) -> String {
    use std::fmt::Write;
    key.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn peer(action: &str, path: &Path, key: [u8; 32], arguments: &[u32]) {
    let python = std::env::var_os("LOIVE_PYTHON").expect(
        "LOIVE_PYTHON does not name a Python that has sqlcipher3-wheels: run `cargo xtask test`, \
         which prepares one",
    );
    let output = Command::new(python)
        .arg(SCRIPT)
        .arg(action)
        .arg(path)
        .arg(hex(key))
        .args(arguments.iter().map(ToString::to_string))
        .output()
        .expect("the program that LOIVE_PYTHON names starts");
    assert!(
        output.status.success(),
        "the peer's `{action}` failed:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn ours(path: &Path) -> Connection {
    open(path, &StoreKey::from_bytes(KEY), Options::default()).unwrap()
}

/// The same text as `words` in the script.
fn words(number: u32) -> String {
    format!("{number}: họ giữ hộ chiếu, em ở gần cửa khẩu ")
        .repeat(1 + usize::try_from(number % 40).unwrap())
}

fn add(conn: &Connection, numbers: std::ops::Range<u32>) {
    conn.execute_batch("CREATE TABLE IF NOT EXISTS note(id INTEGER PRIMARY KEY, words TEXT)")
        .unwrap();
    for number in numbers {
        conn.execute("INSERT INTO note VALUES (?1, ?2)", (number, words(number)))
            .unwrap();
    }
}

fn check(conn: &Connection, count: u32) {
    let mut statement = conn
        .prepare("SELECT id, words FROM note ORDER BY id")
        .unwrap();
    let rows: Vec<(u32, String)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let expected: Vec<_> = (0..count).map(|number| (number, words(number))).collect();
    assert!(rows == expected, "{} rows, {count} expected", rows.len());
    drop(statement);

    assert!(fold_wal(conn).unwrap());
    let mut bad_pages = conn.prepare("PRAGMA cipher_integrity_check").unwrap();
    assert!(!bad_pages.exists([]).unwrap());
    let verdict: String = conn
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(verdict, "ok");
}

#[test]
fn the_peer_reads_our_store_and_our_log() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    let conn = ours(&path);
    add(&conn, 0..300);
    assert!(fold_wal(&conn).unwrap());
    add(&conn, 300..500);
    // Ours is still open, and 200 rows are in its log only.
    peer("check", &path, KEY, &[500]);
    drop(conn);
    peer("check", &path, KEY, &[500]);
    peer("refuse", &path, [0xa8; 32], &[]);
}

#[test]
fn we_read_the_peers_store_and_its_log() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    peer("add", &path, KEY, &[0, 500]);
    let wrong = open(&path, &StoreKey::from_bytes([0xa8; 32]), Options::default());
    assert_eq!(
        wrong.err(),
        Some(loive_cipher::OpenError::WrongKeyOrDamaged)
    );
    check(&ours(&path), 500);
}

#[test]
fn both_write_in_turns() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    for turn in 0..4 {
        let start = turn * 100;
        let conn = ours(&path);
        add(&conn, start..start + 50);
        peer("add", &path, KEY, &[start + 50, start + 100]);
        check(&conn, start + 100);
        drop(conn);
        peer("check", &path, KEY, &[start + 100]);
    }
}

#[test]
fn our_forensics_read_the_peers_pages() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    peer("add", &path, KEY, &[0, 10]);
    let dump = dump_plaintext(&path, &StoreKey::from_bytes(KEY)).unwrap();
    for number in 0..10 {
        let start = format!("{number}: họ giữ hộ chiếu");
        let found = dump
            .windows(start.len())
            .any(|window| window == start.as_bytes());
        assert!(found, "row {number}");
    }
}
