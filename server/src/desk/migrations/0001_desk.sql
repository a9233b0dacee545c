-- The desk's own store. Times are Unix seconds. A report is named by its number
-- inside the store: shorter than its id, and without meaning outside.

-- How far the relay's log was read. One row.
CREATE TABLE feed (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    log BLOB,
    inbox_after INTEGER NOT NULL,
    -- Fingerprint of the certificates that this log was given.
    published BLOB
) STRICT;
INSERT INTO feed (only_row, log, inbox_after) VALUES (1, NULL, 0);

-- How far the hotline's own mailbox shards were read back.
CREATE TABLE mailboxes (
    shard INTEGER PRIMARY KEY,
    after INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
    name TEXT PRIMARY KEY,
    display_name TEXT NOT NULL UNIQUE,
    role INTEGER NOT NULL,
    salt BLOB NOT NULL,
    password BLOB NOT NULL,
    memory_kib INTEGER NOT NULL,
    passes INTEGER NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The token itself is only in the browser.
CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY,
    user TEXT NOT NULL REFERENCES users (name),
    csrf TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE login_failures (
    name TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    blocked_until INTEGER NOT NULL,
    failed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE reports (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    seed BLOB NOT NULL,
    shard INTEGER NOT NULL,
    -- The compact form of a first change that is still wanted in full.
    compact BLOB,
    written_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,

    -- Decided at this desk.
    claimed_by TEXT REFERENCES users (name),
    urgency_set INTEGER,
    urgency_basis INTEGER,
    urgency_reason TEXT,
    hoax INTEGER NOT NULL DEFAULT 0,
    unread INTEGER NOT NULL DEFAULT 1,

    -- Computed from the changes; can be made again.
    urgency_computed INTEGER NOT NULL DEFAULT 4,
    level INTEGER NOT NULL DEFAULT 0,
    what TEXT,
    place TEXT,
    minor INTEGER NOT NULL DEFAULT 0,
    language TEXT,
    form_version INTEGER NOT NULL DEFAULT 0,
    withdrawn_at INTEGER,
    thread_opened_at INTEGER,
    read_at INTEGER,
    withdrawn_seen_at INTEGER,
    answered INTEGER NOT NULL DEFAULT 0,

    -- What a counsellor decided holds until the reporter says something that
    -- makes it more urgent than it was when they decided.
    urgency INTEGER NOT NULL GENERATED ALWAYS AS (
        CASE
            WHEN urgency_set IS NULL THEN urgency_computed
            WHEN urgency_computed < urgency_basis THEN min(urgency_set, urgency_computed)
            ELSE urgency_set
        END
    ) VIRTUAL,
    closed INTEGER NOT NULL GENERATED ALWAYS AS (
        hoax = 1 OR withdrawn_at IS NOT NULL
    ) VIRTUAL
) STRICT;
CREATE INDEX reports_by_queue ON reports (closed, urgency, received_at, number);
CREATE INDEX reports_by_shard ON reports (shard);

-- The truth: every change of a report's document (side 1) and of the hotline's
-- thread (side 2), in the order in which they were merged.
CREATE TABLE changes (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    report INTEGER NOT NULL REFERENCES reports (number),
    side INTEGER NOT NULL,
    hash BLOB NOT NULL,
    raw BLOB NOT NULL,
    -- Side 1: by the relay's clock. Side 2: when it was written.
    at INTEGER NOT NULL,
    -- Side 2: the answer that carries it, once it is sealed.
    answer BLOB,
    UNIQUE (report, side, hash)
) STRICT;
CREATE INDEX changes_unsealed ON changes (report) WHERE side = 2 AND answer IS NULL;

-- Changes that depend on one which is not here.
CREATE TABLE waiting (
    report INTEGER NOT NULL REFERENCES reports (number),
    side INTEGER NOT NULL,
    hash BLOB NOT NULL,
    raw BLOB NOT NULL,
    at INTEGER NOT NULL,
    envelope BLOB NOT NULL,
    PRIMARY KEY (report, side, hash, envelope)
) STRICT, WITHOUT ROWID;

-- Every inbox envelope that was processed, and what became of it.
CREATE TABLE envelopes (
    id BLOB PRIMARY KEY,
    report INTEGER REFERENCES reports (number),
    received_at INTEGER NOT NULL,
    -- Of the parts that do not wait.
    outcome INTEGER NOT NULL,
    waiting INTEGER NOT NULL DEFAULT 0,
    -- Of the whole: 1 is merged, 2 is waiting.
    standing INTEGER NOT NULL GENERATED ALWAYS AS (
        CASE WHEN outcome = 1 AND waiting > 0 THEN 2 ELSE outcome END
    ) VIRTUAL,
    -- What the reporter was told last, and in which answer.
    told INTEGER,
    answer BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX envelopes_by_report ON envelopes (report);
CREATE INDEX envelopes_untold ON envelopes (report) WHERE told IS NOT standing;

-- Answers as they were sealed, kept so that a relay that lost them can be given
-- them again. `log` is the log that has this one.
CREATE TABLE answers (
    id BLOB PRIMARY KEY,
    report INTEGER NOT NULL REFERENCES reports (number),
    bytes BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    log BLOB,
    refusals INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX answers_pending ON answers (refusals) WHERE log IS NULL;

CREATE TABLE quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    envelope BLOB NOT NULL,
    -- The hash of what was refused: one row for each, however often it comes.
    part BLOB NOT NULL,
    -- The id that it claims, whether the report is here or not.
    claimed BLOB,
    received_at INTEGER NOT NULL,
    refusal INTEGER NOT NULL,
    -- The sealed envelope if it did not open, else the part that was refused.
    sealed INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    urgent INTEGER NOT NULL,
    seen INTEGER NOT NULL DEFAULT 0,
    resolved INTEGER NOT NULL DEFAULT 0,
    UNIQUE (envelope, part)
) STRICT;
CREATE INDEX quarantine_open ON quarantine (resolved, seen, urgent DESC, id);
CREATE INDEX quarantine_sealed ON quarantine (refusal) WHERE sealed = 1 AND resolved = 0;
CREATE INDEX quarantine_by_claim ON quarantine (claimed);

CREATE TABLE quarantine_texts (
    row INTEGER NOT NULL REFERENCES quarantine (id),
    rank INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (row, rank)
) STRICT, WITHOUT ROWID;

-- Projections, besides the columns of `reports`.

-- `list` 1: the answer that counts; 2: every answer where people disagree;
-- 3: what this version does not understand.
CREATE TABLE answers_given (
    report INTEGER NOT NULL REFERENCES reports (number),
    list INTEGER NOT NULL,
    field TEXT NOT NULL,
    rank INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    value ANY NOT NULL,
    PRIMARY KEY (report, list, field, rank)
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
    report INTEGER NOT NULL REFERENCES reports (number),
    side INTEGER NOT NULL,
    id TEXT NOT NULL,
    text TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (report, side, id, text)
) STRICT, WITHOUT ROWID;

CREATE TABLE amendments (
    report INTEGER NOT NULL REFERENCES reports (number),
    hash BLOB NOT NULL,
    at INTEGER NOT NULL,
    fields TEXT NOT NULL,
    PRIMARY KEY (report, hash)
) STRICT, WITHOUT ROWID;

-- What people at this desk did with a report.
CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    report INTEGER NOT NULL REFERENCES reports (number),
    at INTEGER NOT NULL,
    user TEXT NOT NULL REFERENCES users (name),
    kind INTEGER NOT NULL,
    urgency INTEGER,
    text TEXT
) STRICT;
CREATE INDEX events_by_report ON events (report);

-- Who wrote which message of the hotline. The reporter is not told.
CREATE TABLE authors (
    report INTEGER NOT NULL REFERENCES reports (number),
    message TEXT NOT NULL,
    user TEXT NOT NULL REFERENCES users (name),
    PRIMARY KEY (report, message)
) STRICT, WITHOUT ROWID;

-- Tokens of forms that were sent: a double click writes one reply.
CREATE TABLE once (
    user TEXT NOT NULL,
    token TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (user, token)
) STRICT, WITHOUT ROWID;

-- No foreign key: it outlives what it speaks of.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    user TEXT NOT NULL,
    action TEXT NOT NULL,
    number INTEGER
) STRICT;
CREATE INDEX audit_by_time ON audit (at);
