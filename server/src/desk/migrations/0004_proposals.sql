-- What people propose for the library comes as reports do: under a seed of its
-- own, receipted and answered. It stands in `reports` so that all of that is the
-- same, and is of another kind, so that no list of reports ever shows it.
ALTER TABLE reports ADD COLUMN kind INTEGER NOT NULL DEFAULT 1; -- 1 report, 2 proposal

DROP INDEX reports_by_queue;
CREATE INDEX reports_by_queue ON reports (closed, urgency, received_at, number)
    WHERE kind = 1;

-- A report of kind 2 without a row here began with something that was refused:
-- that lies in quarantine.
CREATE TABLE proposals (
    report        INTEGER PRIMARY KEY REFERENCES reports (number),
    item          TEXT NOT NULL,
    -- Codes of its languages, separated by spaces.
    languages     TEXT NOT NULL,
    -- The change of the branch. It is never merged into the item's document.
    raw           BLOB NOT NULL,
    -- The recording that it names.
    recording     BLOB,
    -- Who speaks the language and has said that it says the same.
    signed_off_by TEXT REFERENCES users (name),
    signed_off_at INTEGER,
    -- From the thread, so that a desk that lost its store learns it again; who it
    -- was is known only here.
    decision      INTEGER, -- 1 accepted, 2 declined
    decided_at    INTEGER,
    decided_by    TEXT REFERENCES users (name)
) STRICT;
CREATE INDEX proposals_open ON proposals (report) WHERE decision IS NULL;

-- Chunks of the recordings that documents name.
CREATE TABLE library_recordings (
    number INTEGER PRIMARY KEY,
    hash   BLOB NOT NULL UNIQUE,
    bytes  BLOB NOT NULL
) STRICT;
