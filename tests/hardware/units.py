"""What the systemd of these tests finds: the phone's own units, and one that runs the tests.

Whether it is the first process of a machine (missing.py) or of a few namespaces (service.py): the
units lie as the package puts them, and a drop-in says where the program is.
"""

import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

UNITS: Final = "/run/systemd/system"
TARGET: Final = "machine.target"
"""What systemd starts with."""
_SHIPPED: Final = Path(__file__).resolve().parents[2] / "systemd"
_NOT_WANTED: Final = (
    *("systemd-timesyncd.service", "systemd-pstore.service", "systemd-sysctl.service"),
    *("systemd-update-utmp.service", "systemd-journal-catalog-update.service", "timers.target"),
)
"""What is no part of the phone, or would reach this machine."""
_TARGET: Final = """[Unit]
Requires=basic.target
Wants=machine.service
"""
_COMMAND: Final = """[Service]
Type=oneshot
TimeoutStartSec=infinity
ExecStart=-/bin/bash {command}
StandardOutput=file:{console}
StandardError=file:{console}
"""


def prepare(
    command: str, console: str, drop_ins: Mapping[str, str], not_wanted: Iterable[str] = ()
) -> list[str]:
    """Lines of shell that make the units and the phone's user, before systemd starts.

    Args:
        command: The script that is run beside the phone, with its arguments.
        console: The file that hears what it says.
        drop_ins: What is changed of the phone's units, by their names.
        not_wanted: Units that are not to start, besides those that never do.
    """
    files = {TARGET: _TARGET, "machine.service": _COMMAND.format(command=command, console=console)}
    files |= {f"{unit}.d/machine.conf": text for unit, text in drop_ins.items()}
    return [
        f"mkdir -p {UNITS} {' '.join(f'{UNITS}/{unit}.d' for unit in drop_ins)}",
        f"cp {_SHIPPED}/sotto*.service {UNITS}",
        *(f"ln -s /dev/null {UNITS}/{unit}" for unit in (*_NOT_WANTED, *not_wanted)),
        *(f"printf %s {shlex.quote(text)} >{UNITS}/{name}" for name, text in files.items()),
        f"systemd-sysusers {_SHIPPED}/sotto.sysusers 2>/dev/null",
    ]
