"""The schema's history: NNNN_name.sql, numbered from 1 without a gap, never changed again."""

from importlib import resources


def all_migrations() -> tuple[str, ...]:
    """The SQL of each migration, the first one first."""
    files = [file for file in resources.files(__name__).iterdir() if file.name.endswith(".sql")]
    return tuple(file.read_text("utf-8") for file in sorted(files, key=lambda file: file.name))
