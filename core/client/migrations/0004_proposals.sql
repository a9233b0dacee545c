-- Proposals for the library, and recordings that somebody wants to hear.

-- kind: 1 a report, 2 a proposal.
ALTER TABLE reports ADD COLUMN kind INTEGER NOT NULL DEFAULT 1;
ALTER TABLE reports ADD COLUMN accepted_at INTEGER;
ALTER TABLE reports ADD COLUMN declined_at INTEGER;

-- A proposal: a change to a branch of an item, and the recording that it names.
-- What was sealed can be sealed again from these. In `outbox`, kind 4 carries it.
CREATE TABLE proposals (
    report    BLOB PRIMARY KEY NOT NULL REFERENCES reports (id) ON DELETE CASCADE,
    item      TEXT NOT NULL,
    change    BLOB NOT NULL,
    recording BLOB
) STRICT;

-- Languages in which the person wants to hear recordings. Private: in no
-- envelope, gone at one call.
CREATE TABLE heard_languages (
    lang TEXT PRIMARY KEY NOT NULL
) STRICT, WITHOUT ROWID;

-- Chunks of their recordings that have arrived.
CREATE TABLE recording_chunks (
    hash  BLOB PRIMARY KEY NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

-- The release whose recordings may be fetched over mobile data, whatever their
-- size; and when the relay had none of those that are wanted, in seconds that
-- this phone has seen pass.
ALTER TABLE library_state ADD COLUMN recordings_allowed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE library_state ADD COLUMN recordings_missed INTEGER;

-- Which recordings there are, without reading every text.
CREATE INDEX library_fields_recordings ON library_fields (key)
    WHERE key >= 'audio.' AND key < 'audio/';
