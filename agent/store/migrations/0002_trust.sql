-- How strong the keys of the calls with a phone were; a fall from it is shown.
ALTER TABLE peer ADD COLUMN key_agreement TEXT;
ALTER TABLE peer ADD COLUMN post_quantum INTEGER CHECK (post_quantum IN (0, 1));

-- Under this address the person confirmed the phone, or it was known again with nothing against
-- it. An address that a phone has merely shown says nothing of who lives there.
ALTER TABLE peer_uri ADD COLUMN last_proven REAL;
-- Its a=zrtp-hash came through the signalling of this address and was right.
ALTER TABLE peer_uri ADD COLUMN announced INTEGER NOT NULL DEFAULT 0 CHECK (announced IN (0, 1));
UPDATE peer_uri SET last_proven = last_seen
    WHERE zid IN (SELECT zid FROM peer WHERE last_verified IS NOT NULL);

-- What was imported; the configuration has contacts of its own. `identity` is the address in the
-- form in which addresses are compared. Without a number it only gives a caller a name.
CREATE TABLE contact (
    identity TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    number TEXT UNIQUE,
    uri TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Where this file lives and which seal lies beside it (agent/store/residence.py).
CREATE TABLE residence (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    machine TEXT NOT NULL,
    filesystem INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    birth INTEGER,
    epoch INTEGER NOT NULL,
    seal_before TEXT,
    seal TEXT NOT NULL
) STRICT;
