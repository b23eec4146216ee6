"""What the card of a cut is asked from inside, put together from the files beside."""

from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent


def _python(name: str, runs: str = "python3 -") -> str:
    """A shell's order to run a file of Python that comes along."""
    return f"{runs} <<'END_OF_PYTHON'\n{(_HERE / name).read_text()}END_OF_PYTHON\n"


SAYS: Final = (_HERE / "says.sh").read_text()
"""Comes first: the phone is ready."""
TELLS: Final = _python("memory.py") + "say at told\n"
"""Who it is."""
LOOKED: Final = (_HERE / "looked.sh").read_text() + TELLS
"""The same, and how the card is."""
UPDATES: Final = (_HERE / "updates.sh").read_text()
ENDS: Final = "systemctl --no-block poweroff\n"
STAYS: Final = "exec sleep infinity\n"
"""Until the plug is pulled."""


def befriends(zid: str) -> str:
    """Somebody is verified; the phone's user alone may write that."""
    user = "setpriv --reuid sotto --regid sotto --clear-groups"
    return _python("befriend.py", f"PYTHONPATH=/usr/lib/sotto/python {user} python3 - {zid}")


def unless(version: str) -> str:
    """The update, where this version does not run yet."""
    return f'[ "$(cat /usr/lib/sotto/card/version)" != {version} ] || exec {ENDS}{UPDATES}'
