"""Tells systemd how the phone is (sd_notify(3)); outside systemd, nothing happens."""

import os
import socket
from collections.abc import MutableMapping
from typing import Final

_MICROSECONDS: Final = 1_000_000


class Systemd:
    """The service manager that started this process, if one did.

    Args:
        address: Its datagram socket, a path or an abstract name with "@" in front; empty: none.
        watchdog_period: Seconds within which `watchdog` must be called again, or the phone
            is restarted; None: it is not watched.
    """

    def __init__(self, address: str = "", watchdog_period: float | None = None) -> None:
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self.watchdog_period = watchdog_period

    @classmethod
    def from_environment(cls, environment: MutableMapping[str, str] | None = None) -> "Systemd":
        """Reads what systemd said, and takes it away, so that no child process speaks for us.

        Args:
            environment: The process's own unless a test says otherwise.
        """
        found = os.environ if environment is None else environment
        address = found.pop("NOTIFY_SOCKET", "")
        microseconds = found.pop("WATCHDOG_USEC", "")
        watched = found.pop("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        if not (watched and microseconds.isascii() and microseconds.isdigit()):
            return cls(address)
        return cls(address, int(microseconds) / _MICROSECONDS or None)

    def ready(self) -> None:
        """The phone can take a call."""
        self._notify("READY=1")

    def stopping(self) -> None:
        """The phone is about to end."""
        self._notify("STOPPING=1")

    def status(self, sentence: str) -> None:
        """One line for `systemctl status`."""
        self._notify("STATUS=" + " ".join(sentence.split()))

    def watchdog(self) -> None:
        """The loop still turns."""
        self._notify("WATCHDOG=1")

    def _notify(self, state: str) -> None:
        if not self._address:
            return
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as speaker:
            try:
                speaker.connect(self._address)
                speaker.send(state.encode())
            except OSError:
                # Nobody listens any more: no reason for a phone to stop working.
                return
