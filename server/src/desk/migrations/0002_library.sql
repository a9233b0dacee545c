-- The library at the desk: documents as changes, and the releases made of them.

-- One row a change, each after what it depends on. `release` is the one in which
-- it first went out; NULL: it has not gone out yet. Documents whose ids end in
-- `-draft` never go out.
CREATE TABLE library_changes (
    number     INTEGER PRIMARY KEY,
    item       TEXT NOT NULL,
    raw        BLOB NOT NULL,
    release    INTEGER,
    written_at INTEGER NOT NULL
) STRICT;
CREATE INDEX library_changes_by_item ON library_changes (item);
CREATE INDEX library_changes_by_release ON library_changes (release);

-- A release is built, then signed, then published; numbers are never used again.
CREATE TABLE library_releases (
    release      INTEGER PRIMARY KEY,
    built_at     INTEGER NOT NULL,
    items        INTEGER NOT NULL,
    changed      INTEGER NOT NULL,
    note         TEXT NOT NULL,
    manifest     BLOB NOT NULL,
    signed       BLOB,
    published_at INTEGER
) STRICT;

-- Bytes of the packs of the latest releases: 0 is the snapshot.
CREATE TABLE library_packs (
    release      INTEGER NOT NULL REFERENCES library_releases (release) ON DELETE CASCADE,
    from_release INTEGER NOT NULL,
    bytes        BLOB NOT NULL,
    PRIMARY KEY (release, from_release)
) STRICT;
