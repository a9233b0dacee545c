//! The tables of `relay.db`. A migration that was released is never edited.

use loive_cipher::{Migration, Step};

/// Every step from an empty database to today's.
pub(super) const MIGRATIONS: &[Migration] = &[LOG, LIBRARY];

const LIBRARY: Migration = Migration {
    number: 2,
    name: "the library",
    step: Step::Sql(
        "-- One row: the release that is handed out.
         CREATE TABLE library_release (
             only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
             release INTEGER NOT NULL,
             manifest BLOB NOT NULL
         ) STRICT;

         CREATE TABLE library_chunks (
             number INTEGER PRIMARY KEY,
             hash BLOB NOT NULL UNIQUE,
             bytes BLOB NOT NULL
         ) STRICT;",
    ),
};

const LOG: Migration = Migration {
    number: 1,
    name: "log, lockers, certificates",
    step: Step::Sql(
        "-- One row: which log this is, and the highest sequence ever given, which
         -- outlives the envelopes that retention drops.
         CREATE TABLE log (
             only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
             id BLOB NOT NULL,
             highest INTEGER NOT NULL
         ) STRICT;

         -- There are seventeen addresses: a number instead of 32 bytes in every row.
         CREATE TABLE places (
             number INTEGER PRIMARY KEY,
             address BLOB NOT NULL UNIQUE
         ) STRICT;

         CREATE TABLE envelopes (
             sequence INTEGER PRIMARY KEY,
             place INTEGER NOT NULL REFERENCES places (number),
             id BLOB NOT NULL,
             received_at INTEGER NOT NULL,
             bytes BLOB NOT NULL
         ) STRICT;
         CREATE UNIQUE INDEX envelopes_by_id ON envelopes (place, id);
         -- An index ends in the row's key: this one reads a place by sequence.
         CREATE INDEX envelopes_by_place ON envelopes (place);

         -- What the desk had acknowledged by the end of each hour.
         CREATE TABLE acknowledgements (
             hour INTEGER PRIMARY KEY,
             through INTEGER NOT NULL
         ) STRICT;

         CREATE TABLE lockers (
             address BLOB PRIMARY KEY,
             bytes BLOB NOT NULL,
             erase_hash BLOB NOT NULL,
             expires_at INTEGER NOT NULL
         ) STRICT, WITHOUT ROWID;
         CREATE INDEX lockers_by_expiry ON lockers (expires_at);

         CREATE TABLE certificates (
             only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
             signed_at INTEGER NOT NULL,
             list BLOB NOT NULL
         ) STRICT;",
    ),
};
