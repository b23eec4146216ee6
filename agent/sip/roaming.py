"""A call whose network has changed under it: when it is cut, what to ask, when to give up. Pure.

Whoever is at the other end does not know of it. A re-INVITE tells where the call goes on (RFC 3261
section 14.1): the same dialog, the same stream, the same keys. Until one is answered, the call is
cut; and it is given up when that takes longer than anybody waits in silence.

Time is passed in, in seconds of a clock that only grows.
"""

from typing import Final

from agent.sip.holding import CHALLENGES, REQUEST_PENDING

LIMIT_S: Final = 32.0
"""So long a call may be cut: as long as SIP itself waits for an answer (64 times T1, RFC 3261
section 17.1.1.2), and as long as a cable needs to be found and put back, or DHCP to answer."""
NOT_THERE: Final = frozenset({404, 408, 410, 430, 480})
"""What a server says of somebody whom it does not reach where they were; or any 5xx."""
AGAIN_S: Final = 1.0
"""How long to wait before a re-INVITE is tried again that could not be sent or was not answered."""


class Roaming:
    """One call's network, as this side sees it.

    Args:
        owns_call_id: Whether this side has called: it gives way where two re-INVITEs have crossed.
    """

    def __init__(self, *, owns_call_id: bool) -> None:
        self._crossed_s = 2 * AGAIN_S if owns_call_id else AGAIN_S / 2
        self._cut_at: float | None = None
        self._wanted = False
        self._asked = False
        self._again_at = 0.0
        self._missed = False

    @property
    def has_missed(self) -> bool:
        """Whether the other side is not where it was: it may have moved at the same time."""
        return self._missed

    @property
    def is_cut(self) -> bool:
        """Whether nobody hears anybody, as far as this side knows."""
        return self._cut_at is not None

    @property
    def is_asking(self) -> bool:
        """Whether a re-INVITE of this kind is on its way."""
        return self._asked

    def cut(self, now: float) -> bool:
        """The network is gone, or is another one now; returns whether that is news."""
        self._wanted = self._asked = self._missed = False
        if self._cut_at is not None:
            return False
        self._cut_at = now
        return True

    def want(self, now: float) -> None:
        """There is a way again: the other side is to be told."""
        self._wanted, self._asked = self.is_cut, False
        self._again_at = now

    def to_ask(self, now: float) -> bool:
        """Whether a re-INVITE is due."""
        return self._wanted and not self._asked and now >= self._again_at

    def asked(self) -> None:
        """It is on its way."""
        self._asked = True

    def busy(self, now: float) -> None:
        """It could not be sent."""
        self._again_at = now + AGAIN_S

    def answered(self, code: int, now: float) -> bool:
        """There is a final answer to it; returns whether the call goes on.

        Whatever else it says, nobody has taken the new address: it is asked again until the
        limit, because a server that was reached may not have reached the other side yet.

        Args:
            code: The SIP status.
            now: The time.
        """
        if not self._asked or code in CHALLENGES:
            return False
        self._asked = False
        if 200 <= code < 300:  # noqa: PLR2004 - 2xx
            self._wanted = False
            self._cut_at = None
            return True
        self._missed = code in NOT_THERE or 500 <= code < 600  # noqa: PLR2004 - 5xx
        self._again_at = now + (AGAIN_S if code != REQUEST_PENDING else self._crossed_s)
        return False

    def met(self) -> bool:
        """The other side has sent a re-INVITE here, and knows this phone's address by its answer.

        Returns:
            Whether the call goes on by that.
        """
        if not self._wanted:
            return False
        self._wanted = self._asked = False
        self._cut_at = None
        return True

    def is_over(self, now: float) -> bool:
        """Whether it has been cut for too long."""
        return self._cut_at is not None and now - self._cut_at >= LIMIT_S
