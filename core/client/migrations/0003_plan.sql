-- The safety plan: in no envelope, gone at one call. There is one a phone.

-- kind: 1 text, 2 yes or no, 3 number
CREATE TABLE plan_answers (
    field TEXT PRIMARY KEY NOT NULL,
    kind  INTEGER NOT NULL,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- One row: when the person last told those at home, in Unix seconds and in
-- seconds that this phone has seen pass. `is_dated` is 0 if the device's clock was
-- known to be wrong then. When they told before is kept nowhere.
CREATE TABLE plan_checkins (
    one           INTEGER PRIMARY KEY NOT NULL CHECK (one = 1),
    told_at       INTEGER NOT NULL,
    told_observed INTEGER NOT NULL,
    is_dated      INTEGER NOT NULL
) STRICT;
