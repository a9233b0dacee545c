//! An app that is updated, again and again, over the same store.
#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

use std::path::Path;
use std::thread;

use loive_cipher::{MigrateError, Migration, OpenError, Options, Step, StoreKey, migrate, open};
use rusqlite::Connection;
use tempfile::TempDir;

const FIRST: Migration = Migration {
    number: 1,
    name: "reports",
    step: Step::Sql(
        "CREATE TABLE report(id INTEGER PRIMARY KEY, place TEXT);
         CREATE TABLE answer(
             report INTEGER NOT NULL REFERENCES report ON DELETE CASCADE,
             words TEXT);
         INSERT INTO report VALUES (1, 'Lào Cai');
         INSERT INTO answer VALUES (1, 'có');",
    ),
};

/// Rebuilds a table that others refer to: the way in which careless migrations
/// lose data.
const SECOND: Migration = Migration {
    number: 2,
    name: "place must be known",
    step: Step::Sql(
        "CREATE TABLE report_new(id INTEGER PRIMARY KEY, place TEXT NOT NULL);
         INSERT INTO report_new SELECT id, coalesce(place, '') FROM report;
         DROP TABLE report;
         ALTER TABLE report_new RENAME TO report;",
    ),
};

const THIRD: Migration = Migration {
    number: 3,
    name: "places in capitals",
    step: Step::Code(|transaction| {
        let place: String =
            transaction.query_row("SELECT place FROM report", [], |row| row.get(0))?;
        transaction.execute("UPDATE report SET place = ?1", [place.to_uppercase()])?;
        Ok(())
    }),
};

const ALL: [Migration; 3] = [FIRST, SECOND, THIRD];

fn store(folder: &Path) -> Connection {
    let key = StoreKey::from_bytes([7; 32]);
    open(&folder.join("store.db"), &key, Options::default()).unwrap()
}

fn version(conn: &Connection) -> i64 {
    conn.pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap()
}

fn text(conn: &Connection, sql: &str) -> String {
    conn.query_row(sql, [], |row| row.get(0)).unwrap()
}

fn with_third(step: Step) -> [Migration; 3] {
    let third = Migration { step, ..THIRD };
    [FIRST, SECOND, third]
}

#[test]
fn updates_arrive_one_by_one_or_together_and_lose_nothing() {
    let folder = TempDir::new().unwrap();
    for known in 1..=ALL.len() {
        let mut conn = store(folder.path());
        let released = ALL.get(..known).unwrap();
        migrate(&mut conn, released).unwrap();
        migrate(&mut conn, released).unwrap();
        assert_eq!(version(&conn), i64::try_from(known).unwrap());
        assert_eq!(text(&conn, "SELECT words FROM answer"), "có");
        // On again, and still meant.
        assert!(
            conn.execute("INSERT INTO answer VALUES (9, 'x')", [])
                .is_err()
        );
    }
    let conn = store(folder.path());
    assert_eq!(text(&conn, "SELECT place FROM report"), "LÀO CAI");

    let other = TempDir::new().unwrap();
    let mut conn = store(other.path());
    migrate(&mut conn, &ALL).unwrap();
    assert_eq!(text(&conn, "SELECT place FROM report"), "LÀO CAI");
}

#[test]
fn an_older_app_refuses_a_newer_store_and_asks_for_an_update() {
    let folder = TempDir::new().unwrap();
    let mut conn = store(folder.path());
    migrate(&mut conn, &ALL).unwrap();
    let error = migrate(&mut conn, &[FIRST]).unwrap_err();
    assert_eq!(error, MigrateError::NewerThanProgram { found: 3, known: 1 });
    assert!(error.to_string().contains("update the app"));
    assert_eq!(version(&conn), 3);

    conn.pragma_update(None, "user_version", -5).unwrap();
    let error = migrate(&mut conn, &ALL).unwrap_err();
    assert_eq!(
        error,
        MigrateError::NewerThanProgram {
            found: -5,
            known: 3
        }
    );
}

#[test]
fn a_migration_that_fails_leaves_the_one_before_it_and_can_be_run_again() {
    let folder = TempDir::new().unwrap();
    let mut conn = store(folder.path());
    let half = with_third(Step::Sql("DELETE FROM answer; SELECT nonsense;"));
    let error = migrate(&mut conn, &half).unwrap_err();
    assert!(matches!(error, MigrateError::Failed { number: 3, .. }));
    assert_eq!(version(&conn), 2);
    assert_eq!(text(&conn, "SELECT words FROM answer"), "có");

    migrate(&mut conn, &ALL).unwrap();
    assert_eq!(version(&conn), 3);
}

#[test]
fn a_migration_that_breaks_references_is_taken_back() {
    let folder = TempDir::new().unwrap();
    let mut conn = store(folder.path());
    let careless = with_third(Step::Sql("DELETE FROM report"));
    let error = migrate(&mut conn, &careless).unwrap_err();
    assert!(matches!(
        error,
        MigrateError::BrokenReferences { number: 3, .. }
    ));
    assert_eq!(version(&conn), 2);
    assert_eq!(text(&conn, "SELECT place FROM report"), "Lào Cai");
}

#[test]
fn an_error_repeats_no_word_of_the_data() {
    let folder = TempDir::new().unwrap();
    let mut conn = store(folder.path());
    let telling = with_third(Step::Sql(
        "CREATE TRIGGER tell BEFORE UPDATE ON report BEGIN
             SELECT raise(ABORT, 'Lào Cai'); END;
         UPDATE report SET place = 'x';",
    ));
    let error = migrate(&mut conn, &telling).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("Cai"), "{error:?}");
    assert!(std::error::Error::source(&error).is_none());
}

#[test]
fn numbers_must_be_without_a_gap() {
    let folder = TempDir::new().unwrap();
    let mut conn = store(folder.path());
    for wrong in [[FIRST, THIRD], [SECOND, FIRST]] {
        let error = migrate(&mut conn, &wrong).unwrap_err();
        assert!(matches!(error, MigrateError::Misnumbered { .. }));
    }
    assert_eq!(version(&conn), 0);
    migrate(&mut conn, &[]).unwrap();
}

#[test]
fn a_full_store_is_told_from_a_bad_migration() {
    let folder = TempDir::new().unwrap();
    let mut conn = store(folder.path());
    let large = with_third(Step::Sql(
        "PRAGMA max_page_count = 10;
         UPDATE report SET place = hex(zeroblob(100000));",
    ));
    let error = migrate(&mut conn, &large).unwrap_err();
    assert_eq!(error, MigrateError::Store(OpenError::Full));
}

#[test]
fn programs_that_start_together_migrate_once() {
    let folder = TempDir::new().unwrap();
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| migrate(&mut store(folder.path()), &ALL).unwrap());
        }
    });
    let conn = store(folder.path());
    assert_eq!(version(&conn), 3);
    let answers: i64 = conn
        .query_row("SELECT count(*) FROM answer", [], |row| row.get(0))
        .unwrap();
    assert_eq!(answers, 1);
}
