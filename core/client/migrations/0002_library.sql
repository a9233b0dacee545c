-- The library. Nothing here says what somebody has read: reading writes nothing.

-- One row: where the library stands. `release` is whole and shown; `seen` is the
-- highest number ever verified, `root_serial` the highest root: neither goes
-- back. `pending` is the manifest of a later release that is being fetched,
-- `refused` the number of one that turned out not to be what it says. `asked` is
-- when the relay was asked last, in seconds that this phone has seen pass.
CREATE TABLE library_state (
    one           INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
    release       INTEGER NOT NULL DEFAULT 0,
    manifest      BLOB,
    seen          INTEGER NOT NULL DEFAULT 0,
    root_serial   INTEGER NOT NULL DEFAULT 0,
    pending       BLOB,
    whole_wanted  INTEGER NOT NULL DEFAULT 0,
    allowed       INTEGER NOT NULL DEFAULT 0,
    refused       INTEGER NOT NULL DEFAULT 0,
    unasked_bytes INTEGER NOT NULL,
    bytes_fetched INTEGER NOT NULL DEFAULT 0,
    asked         INTEGER
) STRICT;
INSERT INTO library_state (one, unasked_bytes) VALUES (1, 65536);

-- Chunks of the pending release that have arrived.
CREATE TABLE library_chunks (
    hash  BLOB PRIMARY KEY NOT NULL,
    bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- One row a document.
CREATE TABLE library_items (
    id    TEXT PRIMARY KEY NOT NULL,
    kind  TEXT NOT NULL,
    heads BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX library_items_by_kind ON library_items (kind, id);

-- One row a change, each after what it depends on.
CREATE TABLE library_changes (
    id   INTEGER PRIMARY KEY,
    item TEXT NOT NULL REFERENCES library_items (id) ON DELETE CASCADE,
    raw  BLOB NOT NULL
) STRICT;
CREATE INDEX library_changes_by_item ON library_changes (item);

-- Projections: for reading. They can be made again from `library_changes`.
CREATE TABLE library_fields (
    item  TEXT NOT NULL REFERENCES library_items (id) ON DELETE CASCADE,
    key   TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (item, key)
) STRICT, WITHOUT ROWID;

-- What lists show. The rows of one language lie side by side.
CREATE TABLE library_lines (
    lang     TEXT NOT NULL,
    item     TEXT NOT NULL REFERENCES library_items (id) ON DELETE CASCADE,
    kind     TEXT NOT NULL,
    title    TEXT NOT NULL,
    summary  TEXT NOT NULL,
    topics   TEXT NOT NULL,
    audience TEXT NOT NULL,
    picture  TEXT,
    PRIMARY KEY (lang, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX library_lines_by_item ON library_lines (item);

-- One row an item and language; texts are folded before they go in, and queries
-- before they are asked. Ranking without full detail would read every text again.
CREATE VIRTUAL TABLE library_search USING fts5 (
    title, summary, body, item UNINDEXED, lang UNINDEXED, tokenize = 'unicode61'
);
-- What the words sound like, for misspellings. Its rows have the same numbers.
CREATE VIRTUAL TABLE library_sounds USING fts5 (
    words, content = '', contentless_delete = 1, detail = 'none', tokenize = 'unicode61'
);

-- What the person marked. Private: in no envelope, gone at one call.
CREATE TABLE favourites (
    item     TEXT PRIMARY KEY NOT NULL,
    added_at INTEGER NOT NULL
) STRICT;
