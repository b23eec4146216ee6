"""Retained secrets on the disk (RFC 6189 sections 4.3 and 4.6.1)."""

import sqlite3

from agent.store import peers
from agent.store.database import Database
from agent.zrtp import CacheUpdate, RetainedSecrets


def find(database: Database, zid: bytes) -> RetainedSecrets | None:
    """What is retained for this ZID; None for a phone with which no secret is shared."""
    rows = database.rows(
        "SELECT rs1, rs2, verified, rs1_expires_at, auxsecret, pbxsecret "
        "FROM retained_secret JOIN peer USING (zid) WHERE zid = ?",
        (zid,),
    )
    if not rows:
        return None
    rs1, rs2, verified, expires_at, auxsecret, pbxsecret = rows[0]
    return RetainedSecrets(
        rs1=rs1,
        rs2=rs2,
        verified=bool(verified),
        rs1_expires_at=expires_at,
        auxsecret=auxsecret,
        pbxsecret=pbxsecret,
    )


def replace(connection: sqlite3.Connection, update: CacheUpdate, now: float) -> None:
    """Replaces all that is retained for a ZID, inside a transaction."""
    secrets = update.secrets
    peers.inherit_verified(connection, update.zid, now, verified=secrets.verified)
    # Deleted first, so that the old secrets are overwritten and not merely replaced.
    connection.execute("DELETE FROM retained_secret WHERE zid = ?", (update.zid,))
    kept = (secrets.rs1, secrets.rs2, secrets.auxsecret, secrets.pbxsecret)
    if any(secret is not None for secret in kept):
        connection.execute(
            "INSERT INTO retained_secret (zid, rs1, rs2, auxsecret, pbxsecret, rs1_expires_at) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (update.zid, *kept, secrets.rs1_expires_at),
        )
