"""Pings the connections that registrations live on, and gives up those that do not answer."""

import logging
import secrets
from collections.abc import Callable, Iterable
from errno import ETIMEDOUT

from agent.media import servers
from agent.sip import tls
from agent.sip.connections import Connections
from agent.sip.flow import PING_S, Beat, Flow
from agent.sip.reasons import ConnectionFault, of_errno

log = logging.getLogger(__name__)


class KeepAlive:
    """The connections by which servers reach this phone, by PJSIP's handle.

    Args:
        connections: Which are open.
        lost: Told of one that does not answer: its other end, "address:port", and why.
    """

    def __init__(
        self, connections: Connections, lost: Callable[[str, ConnectionFault], None]
    ) -> None:
        self._connections = connections
        self._lost = lost
        self._flows: dict[int, Flow] = {}
        self._places: dict[int, str] = {}

    def watch(self, place: str, now: float, interval_s: int) -> None:
        """Looks after the connections to a server from now on.

        Args:
            place: The server, "address:port".
            now: Seconds of a clock that only grows.
            interval_s: How often it wants to hear from us at least; 0: it does not say.
        """
        for handle in self._connections.handles_to(place):
            if handle not in self._flows:
                wanted = min(PING_S, interval_s or PING_S)
                self._flows[handle] = Flow(now, _random(), wanted)
                self._places[handle] = place
                servers.ping(handle)  # to know from the start whether this server answers

    def dues(self) -> Iterable[float]:
        """When `poll` has something to do."""
        return (flow.due for flow in self._flows.values())

    def poll(self, now: float) -> None:
        """Sends what is due, and reads what has come."""
        for handle in servers.pongs():
            if handle in self._flows:
                self._flows[handle].answered(now, _random())
        for handle, flow in tuple(self._flows.items()):
            place = self._places[handle]
            if handle not in self._connections.handles_to(place):
                self._forget(handle)
                continue
            match flow.beat(now, _random()):
                case Beat.PING:
                    servers.ping(handle)
                case Beat.DEAD:
                    log.warning("%s does not answer on the connection that it had", place)
                    self._forget(handle)
                    tls.shut_down(handle)
                    self._lost(place, ConnectionFault(of_errno(ETIMEDOUT)))
                case Beat.REST:
                    pass

    def _forget(self, handle: int) -> None:
        del self._flows[handle]
        del self._places[handle]


def _random() -> float:
    return secrets.randbelow(1001) / 1000
