"""Looks names up beside the SIP thread, which must never wait for DNS."""

import logging
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue

from agent.media import waking
from agent.sip.resolver import Found, NotFound, Resolver

Outcome = Found | NotFound

log = logging.getLogger(__name__)


class Lookups:
    """One at a time for each name that is asked for; a thread each, for as long as it takes."""

    def __init__(self) -> None:
        self._resolver = Resolver()
        self._done: SimpleQueue[tuple[Callable[[Outcome], None], Outcome]] = SimpleQueue()

    def ask(self, host: str, port: int | None, tell: Callable[[Outcome], None]) -> None:
        """Begins to look a name up.

        Args:
            host: A domain, a host's name or an IP address.
            port: The port that stands beside it, if one does.
            tell: Takes the outcome, in `deliver`.
        """

        def look_up() -> None:
            outcome: Outcome = NotFound(answered=False)
            try:
                outcome = self._resolver.look_up(host, port)
            except Exception:
                # Whoever asks must hear of it: an account that waits for ever asks nobody again.
                log.exception("%s could not be looked up", host)
            self._done.put((tell, outcome))
            waking.wake()

        threading.Thread(target=look_up, name="names", daemon=True).start()

    def deliver(self) -> None:
        """Hands over what has been found out; on the SIP thread."""
        while True:
            try:
                tell, outcome = self._done.get_nowait()
            except Empty:
                return
            tell(outcome)
