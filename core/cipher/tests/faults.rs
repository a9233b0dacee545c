//! Stores on disks that fail: what was committed is there, whole.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::path::Path;

use loive_cipher::faults::{self, Disk, Mood};
use loive_cipher::{Durability, Options, StoreKey, is_storage_full, open};
use rusqlite::Connection;
use tempfile::TempDir;

const ROWS_COUNT: i64 = 12;

fn key() -> StoreKey {
    StoreKey::from_bytes([7; 32])
}

fn store(folder: &Path, durability: Durability) -> Result<Connection, loive_cipher::OpenError> {
    let options = Options {
        durability,
        ..Options::default()
    };
    open(&folder.join("store.db"), &key(), options)
}

/// Writes row after row, each durable when it returns; gives how many were.
fn write_rows(folder: &Path, durability: Durability) -> i64 {
    let Ok(connection) = store(folder, durability) else {
        return 0;
    };
    let begun = connection.execute_batch("CREATE TABLE IF NOT EXISTS words (word TEXT NOT NULL)");
    if begun.is_err() {
        return 0;
    }
    (0..ROWS_COUNT)
        .take_while(|row| {
            let word = format!("hàng {row} {}", "dài ".repeat(300));
            let sql = "INSERT INTO words (word) VALUES (?1)";
            connection.execute(sql, [word]).is_ok()
        })
        .count()
        .try_into()
        .unwrap()
}

fn rows(folder: &Path) -> i64 {
    let connection = store(folder, Durability::Full).unwrap();
    connection
        .query_row("SELECT count(*) FROM words", [], |row| row.get(0))
        .unwrap_or(0)
}

fn watched() -> (TempDir, Disk) {
    faults::install();
    let folder = tempfile::tempdir().unwrap();
    let disk = faults::watch(folder.path());
    (folder, disk)
}

#[test]
fn a_program_that_is_killed_at_any_step_keeps_what_it_had_committed() {
    let (folder, disk) = watched();
    write_rows(folder.path(), Durability::Full);
    let all = disk.steps();
    assert!(all > 30, "{all} steps");
    for step in 0..all {
        let (folder, disk) = watched();
        disk.kill_after(step);
        let kept = write_rows(folder.path(), Durability::Full);
        assert!(disk.is_dead(), "step {step} of {all}");
        disk.revive();
        let found = rows(folder.path());
        // The row under way may have come through.
        assert!(
            (kept..=kept + 1).contains(&found),
            "step {step}: {kept}, {found}"
        );
    }
}

#[test]
fn after_a_power_failure_everything_that_was_flushed_is_there() {
    for seed in 0..60 {
        let (folder, disk) = watched();
        disk.power_may_fail();
        disk.kill_after(10 + seed * 2);
        let kept = write_rows(folder.path(), Durability::Full);
        disk.cut_power(seed).unwrap();
        disk.revive();
        let found = rows(folder.path());
        assert!(
            (kept..=kept + 1).contains(&found),
            "seed {seed}: {kept}, {found}"
        );
    }
}

/// The tool finds a commit that returned before it was on the disk.
#[test]
fn after_a_power_failure_what_was_not_flushed_is_missed() {
    let lost = (0..60).filter(|seed| {
        let (folder, disk) = watched();
        disk.power_may_fail();
        disk.kill_after(10 + seed * 2);
        let kept = write_rows(folder.path(), Durability::Normal);
        disk.cut_power(*seed).unwrap();
        disk.revive();
        rows(folder.path()) < kept
    });
    assert!(lost.count() > 10);
}

#[test]
fn a_full_disk_says_so_and_keeps_what_it_had() {
    let (folder, disk) = watched();
    write_rows(folder.path(), Durability::Full);
    let connection = store(folder.path(), Durability::Full).unwrap();
    let insert = || connection.execute("INSERT INTO words (word) VALUES ('thêm')", []);
    disk.set_mood(Mood::Full);
    assert!(is_storage_full(&insert().unwrap_err()));
    disk.set_mood(Mood::ReadOnly);
    insert().unwrap_err();
    disk.set_mood(Mood::Works);
    insert().unwrap();
    drop(connection);
    assert_eq!(rows(folder.path()), ROWS_COUNT + 1);
}

#[test]
fn a_folder_that_nobody_watches_is_left_alone() {
    faults::install();
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(write_rows(folder.path(), Durability::Full), ROWS_COUNT);
    assert_eq!(rows(folder.path()), ROWS_COUNT);
}
