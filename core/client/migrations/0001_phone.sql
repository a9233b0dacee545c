-- One row a fact. Times are Unix seconds; `observed` columns count seconds that
-- this phone has seen pass, which a wrong clock does not change.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY NOT NULL,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE certificates (
    bytes BLOB PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;

-- Never reused ids: a second tap on "send" must not find somebody else's draft.
CREATE TABLE drafts (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    form             TEXT NOT NULL,
    form_version     INTEGER NOT NULL,
    lang             TEXT NOT NULL,
    started_at       INTEGER NOT NULL,
    touched_observed INTEGER NOT NULL
) STRICT;

-- kind: 1 text, 2 yes or no, 3 number
CREATE TABLE draft_answers (
    draft INTEGER NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
    field TEXT NOT NULL,
    kind  INTEGER NOT NULL,
    value ANY NOT NULL,
    PRIMARY KEY (draft, field)
) STRICT, WITHOUT ROWID;

-- origin: 1 written on this phone, 2 came back by its receipt.
-- Guest reports have no row here: only their sealed envelope remains.
CREATE TABLE reports (
    id                 BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    seed               BLOB NOT NULL CHECK (length(seed) = 32),
    shard              INTEGER NOT NULL,
    origin             INTEGER NOT NULL,
    draft              INTEGER UNIQUE,
    compact            BLOB,
    urgency            INTEGER,
    submitted_at       INTEGER NOT NULL,
    at_relay_at        INTEGER,
    at_relay_observed  INTEGER,
    opened_at          INTEGER,
    read_at            INTEGER,
    closed_at          INTEGER,
    withdrawn_at       INTEGER,
    withdrawn_seen_at  INTEGER,
    receipts_made      INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX reports_by_shard ON reports (shard);

-- What is sealed. `bytes` is gone once the desk has said what became of it.
-- kind: 1 first (compact form), 2 later changes, 3 first change in full.
-- outcome: 1 merged, 2 waiting, 3 quarantined, 4 the raw change is wanted.
CREATE TABLE outbox (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    report         BLOB REFERENCES reports (id) ON DELETE CASCADE,
    kind           INTEGER NOT NULL,
    bytes          BLOB,
    key_id         BLOB NOT NULL,
    sealed_at      INTEGER NOT NULL,
    acked_log      BLOB,
    acked_at       INTEGER,
    acked_observed INTEGER,
    refused        INTEGER,
    outcome        INTEGER,
    reason         INTEGER
) STRICT;
CREATE INDEX outbox_by_report ON outbox (report);

-- An envelope that was sealed anew keeps its old names: the desk may still have
-- opened the old one, and its receipt counts.
CREATE TABLE envelope_ids (
    envelope BLOB PRIMARY KEY NOT NULL,
    outbox   INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX envelope_ids_by_outbox ON envelope_ids (outbox);

-- One row a change. side: 1 the report (ours), 2 the thread (the hotline's).
-- purpose: 1 first, 2 message, 3 amendment, 4 withdrawal; 0 the hotline's.
CREATE TABLE changes (
    id         INTEGER PRIMARY KEY,
    report     BLOB NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    side       INTEGER NOT NULL,
    hash       BLOB NOT NULL,
    raw        BLOB NOT NULL,
    purpose    INTEGER NOT NULL,
    message_id TEXT,
    outbox     INTEGER REFERENCES outbox (id) ON DELETE SET NULL,
    UNIQUE (report, side, hash)
) STRICT;
CREATE INDEX changes_by_outbox ON changes (outbox);

-- Answers that are ours and whose signer is not known (yet).
CREATE TABLE held_answers (
    id     INTEGER PRIMARY KEY,
    report BLOB NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    hash   BLOB NOT NULL UNIQUE,
    bytes  BLOB NOT NULL
) STRICT;
CREATE INDEX held_answers_by_report ON held_answers (report);

CREATE TABLE cursors (
    shard INTEGER PRIMARY KEY NOT NULL,
    after INTEGER NOT NULL
) STRICT;

-- state: 1 to be put, 2 kept by the relay, 3 refused.
CREATE TABLE locker_puts (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    report     BLOB REFERENCES reports (id) ON DELETE SET NULL,
    envelope   BLOB,
    erase_hash BLOB,
    keep_days  INTEGER NOT NULL,
    state      INTEGER NOT NULL
) STRICT;
CREATE INDEX locker_puts_by_report ON locker_puts (report);

CREATE TABLE locker_erasures (
    address BLOB PRIMARY KEY NOT NULL,
    token   BLOB NOT NULL,
    tries   INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Projections: for reading. They can be made again from `changes`.
CREATE TABLE report_answers (
    report BLOB NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    field  TEXT NOT NULL,
    kind   INTEGER NOT NULL,
    value  ANY NOT NULL,
    PRIMARY KEY (report, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE lines (
    id         INTEGER PRIMARY KEY,
    report     BLOB NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    place      INTEGER NOT NULL,
    side       INTEGER NOT NULL,
    message_id TEXT NOT NULL,
    written_at INTEGER NOT NULL,
    text       TEXT NOT NULL,
    UNIQUE (report, place)
) STRICT;
