"""Files that hold a password."""

import stat
from pathlib import Path

from agent.config.reader import Table


def is_open_to_all(file: Path) -> bool:
    """Whether everybody on the machine may read the file; False where there is none."""
    try:
        return bool(file.stat().st_mode & stat.S_IROTH)
    except OSError:
        return False


def read_password(file: Path) -> str:
    """The first line of a password file, without the mark that some editors put before it.

    Raises:
        ValueError: There is no such file, no password in it, or everybody may read it.
    """
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except OSError as error:
        raise ValueError(f"names {file}, which cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"names {file}, which is not UTF-8 text") from error
    if is_open_to_all(file):
        raise ValueError(f"names {file}, which everybody on this machine may read; chmod o-rwx it")
    if not lines or not lines[0]:
        raise ValueError(f"names {file}, whose first line is empty; the password stands there")
    return lines[0]


def secret_of(table: Table, file: Path, key: str = "password") -> str:
    """What a table says under "password", or the first line of its "password_file".

    Args:
        table: The table.
        file: The configuration file that it stands in.
        key: Another name than "password".
    """
    secret = table.text(key, "")
    source = table.optional_path(f"{key}_file", file.parent)
    if table.has(key) and is_open_to_all(file):
        table.wrong(key, f"can be read by everybody on this machine; chmod o-rwx {file}")
    if source is None:
        return secret
    if table.has(key):
        table.wrong(f"{key}_file", f'stands beside "{key}"; take one of the two away')
    try:
        return read_password(source)
    except ValueError as error:
        table.wrong(f"{key}_file", str(error))
        return ""
