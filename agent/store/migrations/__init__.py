"""The schema's history: NNNN_name.sql, numbered from 1 without a gap, never changed again."""

from pathlib import Path


def all_migrations() -> tuple[str, ...]:
    """The SQL of each migration, the first one first."""
    files = sorted(Path(__file__).parent.glob("*.sql"))
    return tuple(file.read_text("utf-8") for file in files)
