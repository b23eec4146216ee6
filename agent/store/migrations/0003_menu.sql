-- What the person chose at the phone; the value is JSON.
CREATE TABLE preference (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The PIN, as scrypt (RFC 7914) makes it, and how many wrong ones there were in a row.
CREATE TABLE pin (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    salt BLOB NOT NULL CHECK (length(salt) = 16),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    cost INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The name of a ring tone; empty: the usual one.
ALTER TABLE contact ADD COLUMN ring_tone TEXT NOT NULL DEFAULT '';
