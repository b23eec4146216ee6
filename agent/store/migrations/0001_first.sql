-- All times are seconds since 1970-01-01 UTC.

CREATE TABLE phone (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    zid BLOB NOT NULL CHECK (length(zid) = 12),
    instance_id TEXT NOT NULL,
    created REAL NOT NULL
) STRICT;

CREATE TABLE peer (
    zid BLOB PRIMARY KEY CHECK (length(zid) = 12),
    name TEXT NOT NULL DEFAULT '',
    first_seen REAL NOT NULL,
    last_seen REAL NOT NULL,
    verified INTEGER NOT NULL DEFAULT 0 CHECK (verified IN (0, 1)),
    -- Stays when the flag is taken away: it is the only witness that there was a verified phone.
    last_verified REAL,
    last_uri TEXT
) STRICT;

CREATE TABLE retained_secret (
    zid BLOB PRIMARY KEY REFERENCES peer (zid) ON DELETE CASCADE,
    rs1 BLOB CHECK (length(rs1) = 32),
    rs2 BLOB CHECK (length(rs2) = 32),
    rs1_expires_at INTEGER,
    auxsecret BLOB,
    pbxsecret BLOB
) STRICT;

-- Under which addresses (in the form in which they are compared) a phone was met.
CREATE TABLE peer_uri (
    uri TEXT NOT NULL,
    zid BLOB NOT NULL REFERENCES peer (zid) ON DELETE CASCADE,
    first_seen REAL NOT NULL,
    last_seen REAL NOT NULL,
    PRIMARY KEY (uri, zid)
) STRICT, WITHOUT ROWID;

CREATE INDEX peer_uri_by_zid ON peer_uri (zid);

-- A call outlives the peer's entry: forgetting a phone does not rewrite what happened.
CREATE TABLE call (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    direction TEXT NOT NULL CHECK (direction IN ('incoming', 'outgoing')),
    uri TEXT NOT NULL,
    name TEXT NOT NULL,
    zid BLOB,
    started REAL NOT NULL,
    answered REAL,
    ended REAL NOT NULL,
    outcome TEXT NOT NULL,
    security TEXT NOT NULL,
    unseen INTEGER NOT NULL CHECK (unseen IN (0, 1))
) STRICT;

CREATE INDEX call_unseen ON call (unseen) WHERE unseen = 1;

CREATE TABLE security_event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL,
    kind TEXT NOT NULL,
    zid BLOB,
    uri TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
