"""QEMU's machine protocol (QMP), as far as a machine is stopped by it and kept in a file."""

import json
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

_LOOK_S: Final = 0.1
_LIMIT_S: Final = 120.0
_UNLIMITED: Final = 1 << 40
_UNDER_WAY: Final = ("setup", "active", "device", "pre-switchover")


class QmpError(Exception):
    """QEMU refused; the message is its own."""


def keep(monitor: Path, file: Path) -> None:
    """Stops a machine and writes its state down; `-incoming` takes it from there.

    Args:
        monitor: The socket that -qmp named.
        file: Where the memory and the devices go. What is on its disks stays there.

    Raises:
        QmpError: It was not done.
    """
    with _talk(monitor) as stream:
        _order(stream, "stop")
        _order(stream, "migrate-set-parameters", {"max-bandwidth": _UNLIMITED})
        _order(stream, "migrate", {"uri": f"exec:cat >{file}"})
        if (status := _await(stream, "query-migrate", _UNDER_WAY)) != "completed":
            raise QmpError(f"the machine was not kept: {status}")


def go_on(monitor: Path) -> None:
    """Lets a machine go on that was started with what `taken_from` says.

    Raises:
        QmpError: It cannot.
    """
    with _talk(monitor) as stream:
        _await(stream, "query-status", ("inmigrate",))
        _order(stream, "cont")


def taken_from(file: Path) -> list[str]:
    """The words by which QEMU goes on with it."""
    return ["-incoming", f"exec:cat {file}"]


@contextmanager
def _talk(monitor: Path) -> Iterator[IO[str]]:
    """QEMU makes the socket soon after its start."""
    until = time.monotonic() + _LIMIT_S
    while not monitor.exists() and time.monotonic() < until:
        time.sleep(_LOOK_S)
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_LIMIT_S)
        connection.connect(str(monitor))
        with connection.makefile("rw") as stream:
            stream.readline()  # who QEMU is
            _order(stream, "qmp_capabilities")
            yield stream


def _await(stream: IO[str], query: str, under_way: Sequence[str]) -> str:
    """Asks until the status is none of these; returns what it is then."""
    until = time.monotonic() + _LIMIT_S
    while (status := str(_order(stream, query).get("status", "setup"))) in under_way:
        if time.monotonic() > until:
            raise QmpError(f"{query}: still {status}")
        time.sleep(_LOOK_S)
    return status


def _order(stream: IO[str], name: str, arguments: dict[str, Any] | None = None) -> Any:
    stream.write(json.dumps({"execute": name, "arguments": arguments or {}}) + "\n")
    stream.flush()
    while True:
        answer = json.loads(stream.readline())
        if "error" in answer:
            raise QmpError(f"{name}: {answer['error']['desc']}")
        if "return" in answer:  # else something has happened meanwhile
            return answer["return"]
