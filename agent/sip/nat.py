"""The servers that ICE asks: tried before a call needs them, and left out while they are silent.

PJSIP would ask them anew for every call, and a call would wait for eight seconds for one that
does not answer. So they are tried at the start and now and then, each change is told once, and
calls ask only those that answered.
"""

import secrets
from collections.abc import Callable
from typing import Any, Final

import pjsua2 as pj

from agent.media import nat
from agent.sip.events import NatServer, NatServerChanged
from agent.sip.nat_words import stun_failed, turn_failed
from agent.sip.settings import SYSTEM_CAS, Backoff, NatSettings
from agent.sip.standing import Standing

LISTEN_S: Final = 0.1
"""How often the TURN server's answer is looked for, in seconds."""


class NatServers:
    """All of them.

    Args:
        settings: Which there are.
        backoff: How long to wait between two tries of one that fails.
        emit: Takes the events.
    """

    def __init__(
        self, settings: NatSettings, backoff: Backoff, emit: Callable[[NatServerChanged], None]
    ) -> None:
        self._settings = settings
        self._emit = emit
        self._stun = Standing(backoff)
        self._turn = Standing(backoff)
        self._accounts: list[int] = []
        self._has_relay = False
        self._asks_turn = False
        self._library: Any = None

    def open(self, library: Any, now: float) -> None:
        """Begins to try them; after libStart."""
        self._library = library
        if self._settings.stun:
            self._stun.wanted(now)
        if self._settings.turn:
            self._turn.wanted(now)

    def serve(self, account: int) -> None:
        """Lets the calls of an account use what there is.

        Args:
            account: pjsua's id of it.
        """
        self._accounts.append(account)
        if self._settings.turn is not None:
            nat.trust_turn(account, self._settings.turn.ca_file or SYSTEM_CAS)
            nat.use_turn(account, use=self._has_relay)

    def poll(self, now: float) -> None:
        """Tries what is due, and takes the TURN server's answer.

        Args:
            now: Seconds of a clock that only grows.
        """
        if self._stun.take(now):
            self._ask_stun(now)
        if self._turn.take(now):
            self._ask_turn()
        if self._asks_turn and (status := nat.turn_answer()) is not None:
            self._turn_answered(status, now)

    def next_due(self, now: float) -> float | None:
        """When `poll` has something to do; None: nothing."""
        if self._asks_turn:
            return now + LISTEN_S
        due = [each.due for each in (self._stun, self._turn)]
        return min((each for each in due if each is not None), default=None)

    def stun_answered(self, status: int, address: str, now: float) -> None:
        """PJSIP has an answer, or gave up.

        Args:
            status: PJSIP's pj_status_t.
            address: "address:port" of the server that answered.
            now: Seconds of a clock that only grows.
        """
        nat.use_stun("" if status else address)
        reason = stun_failed(self._settings.stun, status) if status else ""
        if self._stun.answered(reason, now, _random()):
            self._emit(NatServerChanged(NatServer.STUN, reason))

    def _ask_stun(self, now: float) -> None:
        servers = pj.StringVector()
        for each in self._settings.stun:
            servers.append(each)
        try:
            self._library.natCheckStunServers(servers, False, None)  # noqa: FBT003 - pjsua2's own
        except pj.Error as error:
            self.stun_answered(int(error.status), "", now)

    def _ask_turn(self) -> None:
        turn = self._settings.turn
        if turn is not None:
            self._asks_turn = True
            nat.ask_turn(
                turn.host,
                turn.port,
                transport=turn.transport,
                user=turn.user,
                password=turn.password,
                ca_file=turn.ca_file or SYSTEM_CAS,
            )

    def _turn_answered(self, status: int, now: float) -> None:
        self._asks_turn = False
        turn = self._settings.turn
        reason = turn_failed(turn.address, status) if status and turn else ""
        self._has_relay = not status
        for account in self._accounts:
            nat.use_turn(account, use=self._has_relay)
        if self._turn.answered(reason, now, _random()):
            self._emit(NatServerChanged(NatServer.TURN, reason))


def _random() -> float:
    return secrets.randbelow(1001) / 1000
