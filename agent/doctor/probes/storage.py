"""Looks at the disk and at the database, without writing to either."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from agent.doctor.judges.storage import StorageFacts
from agent.store import DATABASE


def look(folder: Path) -> StorageFacts:
    """What there is to know of a phone's state folder."""
    try:
        there = folder.is_dir()
        allowed = not there or os.access(folder, os.R_OK | os.X_OK)
        file = folder / DATABASE
        database = there and allowed and file.exists()
    except PermissionError:
        return StorageFacts(str(folder), forbidden=True)
    free, read_only = _disk(folder)
    return StorageFacts(
        folder=str(folder),
        exists=there,
        forbidden=not allowed or (database and not os.access(file, os.R_OK)),
        free=free,
        read_only=read_only,
        database=database,
        fault=_fault(file) if database else "",
    )


def last_written(folder: Path) -> float:
    """When something was last written there, in seconds since 1970; 0: not known."""
    try:
        return max((each.stat().st_mtime for each in folder.iterdir()), default=0.0)
    except OSError:
        return 0.0


def _disk(folder: Path) -> tuple[int | None, bool]:
    """Free octets, and whether it can only be read; of the nearest folder that there is."""
    for place in (folder, *folder.parents):
        try:
            told = os.statvfs(place)
        except FileNotFoundError:
            continue
        except OSError:
            break
        return told.f_bavail * told.f_frsize, bool(told.f_flag & os.ST_RDONLY)
    return None, False


def _fault(file: Path) -> str:
    """What SQLite has against the file; nothing is written and no file beside it is made."""
    at_work = Path(f"{file}-wal").exists()
    mode = "mode=ro" if at_work else "immutable=1"
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file))}?{mode}", uri=True)) as connection:
            ((verdict,),) = connection.execute("PRAGMA quick_check(1)").fetchall()
    except sqlite3.Error as error:
        return str(error)
    return "" if verdict == "ok" else str(verdict)
