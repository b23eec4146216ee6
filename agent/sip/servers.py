"""Which of an account's servers is tried next, given what failed and when. Pure.

A server that failed rests, each time longer; the preferred one that does not rest is taken. So
the first one is used again at the next registration after its rest, and one that stays dead is
asked ever more seldom (RFC 5626 section 4.5).
"""

from collections.abc import Iterable

from agent.frozen import frozen
from agent.sip.backoff import delay
from agent.sip.naming import Server
from agent.sip.settings import Backoff


@frozen
class _Rest:
    failures: int
    until: float


class Servers:
    """The places where one account's server may be.

    Args:
        backoff: How long one that failed rests.
    """

    def __init__(self, backoff: Backoff) -> None:
        self._backoff = backoff
        self._servers: tuple[Server, ...] = ()
        self._resting: dict[Server, _Rest] = {}
        self._current: Server | None = None

    @property
    def are_known(self) -> bool:
        """Whether there is any."""
        return bool(self._servers)

    @property
    def all(self) -> tuple[Server, ...]:
        """All of them."""
        return self._servers

    @property
    def current(self) -> Server | None:
        """The one that requests go to."""
        return self._current

    def found(self, servers: Iterable[Server]) -> None:
        """The names have been looked up. What is known of those that stay is kept.

        Args:
            servers: In the order in which to try them.
        """
        self._servers = tuple(servers)
        self._resting = {
            each: rest for each, rest in self._resting.items() if each in self._servers
        }

    def choose(self, now: float) -> Server | None:
        """Takes the server for the next registration; None: none is known.

        Of equals the one that is in use stays. If all rest, the one whose rest ends first.

        Args:
            now: Seconds of a clock that only grows.
        """
        self._current = self._awake(now) or min(
            self._servers, key=lambda each: self._resting[each].until, default=None
        )
        return self._current

    def another(self, now: float) -> Server | None:
        """Takes a server that does not rest, if there is one, else leaves all as it is."""
        awake = self._awake(now)
        self._current = awake or self._current
        return awake

    def failed(self, server: Server, now: float, random: float, at_least: float = 0.0) -> None:
        """A server is dead, refuses, does not answer in time, says 503 or cannot be trusted.

        Args:
            server: Which.
            now: Seconds of a clock that only grows.
            random: From 0 to 1, for the time to rest.
            at_least: Seconds that it has asked for (Retry-After).
        """
        before = self._resting.get(server)
        failures = before.failures + 1 if before else 1
        rest = max(delay(self._backoff, failures, random), at_least)
        self._resting[server] = _Rest(failures, now + rest)

    def forgive(self) -> None:
        """What failed may serve by now: the network is another one."""
        self._resting.clear()

    def worked(self, server: Server) -> None:
        """A server has answered as one that serves."""
        self._resting.pop(server, None)

    def next_awake(self) -> float | None:
        """When the first rest of all is over; None: no server rests."""
        return min((each.until for each in self._resting.values()), default=None)

    def _awake(self, now: float) -> Server | None:
        awake = [each for each in self._servers if not self._rests(each, now)]
        if not awake:
            return None
        best = min(each.priority for each in awake)
        equals = [each for each in awake if each.priority == best]
        return self._current if self._current in equals else equals[0]

    def _rests(self, server: Server, now: float) -> bool:
        rest = self._resting.get(server)
        return rest is not None and rest.until > now
