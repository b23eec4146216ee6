"""Strangers at many addresses who take all that a phone's door has for them, as long as it lasts."""

import contextlib
import itertools
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Final

from support.waiting import PATIENCE_S
from torture.line import Door, ack

_KNOCKS: Final = 8
"""As many as gate_knock.c lets one address have."""
_PAUSE_S: Final = 0.01
"""The kernel keeps five that the phone has not looked at, and lets others try again after 1 s."""
_RINGING: Final = 180
_FINAL: Final = 200
_STATUS: Final = re.compile(r"SIP/2\.0 (\d+) ")
_CALL_ID: Final = re.compile(r"^Call-ID: (\S+)", re.MULTILINE)


class _Stranger:
    """One address: it calls again and again, acknowledges nothing till it goes, and holds connections."""

    def __init__(self, port: int, address: str, invite: Callable[[str], bytes]) -> None:
        self._port, self._address, self._invite = port, address, invite
        self._words = itertools.count()
        self._line = Door(port, address)
        self._line.channel.settimeout(0.0)
        self._knocks: list[socket.socket] = []
        self._open: dict[str, bytes] = {}
        self._rings: set[str] = set()
        self._refusals: list[tuple[bytes, str]] = []
        self.told: set[str] = set()
        """Every status that it was answered."""

    def turn(self) -> None:
        """Once more of all of it."""
        word = f"crowd.{self._address}.{next(self._words)}"
        self._open[word] = self._invite(word)
        with contextlib.suppress(OSError):  # no more can be sent, or has come
            self._line.send(self._open[word])
            while said := self._line.next():
                self._hears(said)
        for each in [each for each in self._knocks if _is_closed(each)]:
            each.close()
            self._knocks.remove(each)
        if len(self._knocks) < _KNOCKS:
            place = ("127.0.0.1", self._port)
            knock = socket.create_connection(place, PATIENCE_S, (self._address, 0))
            knock.settimeout(0.0)
            self._knocks.append(knock)

    def _hears(self, said: str) -> None:
        status, call = _STATUS.match(said), _CALL_ID.search(said)
        assert status is not None, said
        assert call is not None, said
        self.told.add(status[1])
        if int(status[1]) == _RINGING:
            self._rings.add(call[1])
        elif int(status[1]) >= _FINAL:
            self._rings.discard(call[1])
            self._refusals.append((self._open.pop(call[1]), said))

    def leave(self) -> None:
        """It acknowledges all that it was told, and its connections end: also what rings."""
        self._line.channel.settimeout(PATIENCE_S)
        while self._open.keys() != self._rings:
            self._hears(self._line.next())
        for invite, said in self._refusals:
            self._line.send(ack(invite, said))
        self._line.close()
        for each in self._knocks:
            each.close()


class Crowd:
    """All of them; made by `crowd`."""

    def __init__(self, port: int, addresses: list[str], invite: Callable[[str], bytes]) -> None:
        self._port = port
        self._strangers = [_Stranger(port, each, invite) for each in addresses]
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._live, name="crowd")
        self._thread.start()

    def _live(self) -> None:
        for each in itertools.cycle(self._strangers):
            if self._stop.wait(_PAUSE_S):
                return
            each.turn()

    def has_all(self, another: str) -> bool:
        """Whether nothing is left for strangers: each was told so, and another gets not even in."""
        if not all("503" in each.told for each in self._strangers):
            return False
        try:
            Door(self._port, another).close()
        except (ConnectionError, ssl.SSLError):
            return True
        return False

    def leave(self) -> None:
        """They are gone."""
        self._stop.set()
        self._thread.join()
        for each in self._strangers:
            each.leave()


@contextlib.contextmanager
def crowd(port: int, addresses: list[str], invite: Callable[[str], bytes]) -> Iterator[Crowd]:
    """They come, and go in the end.

    Args:
        port: The phone's, on 127.0.0.1.
        addresses: Theirs.
        invite: From a word that no message had before to an INVITE.
    """
    found = Crowd(port, addresses, invite)
    try:
        yield found
    finally:
        found.leave()


def _is_closed(knock: socket.socket) -> bool:
    try:
        return not knock.recv(1)
    except BlockingIOError:
        return False
    except ConnectionError:
        return True
