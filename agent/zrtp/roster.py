"""What the sessions of one phone have to know of each other (RFC 6189 sections 4.2 and 4.4.1).

An exchange in Diffie-Hellman or Preshared mode replaces the retained secrets of a peer, so only
one at a time may be in progress with each peer: the others wait their turn. And a secret serves
for Preshared mode only while it descends from a Diffie-Hellman exchange that is not too many
calls ago (section 4.4.2).
"""

from typing import Final, Protocol

from agent.zrtp.messages import Commit

__all__ = ["PRESHARED_IN_A_ROW", "Contender", "Roster"]

PRESHARED_IN_A_ROW: Final = 8
"""So many calls may follow each other in Preshared mode until keys are made afresh."""


class Contender(Protocol):
    """A session that wants to have an exchange with a peer."""

    def give_way(self, commit: Commit, now: float) -> bool:
        """Withdraw a Commit that the peer's overrules, if that still can be done.

        Args:
            commit: which the same peer sent on another stream.
            now: monotonic seconds.

        Returns:
            True when it was withdrawn.
        """
        ...

    def go_on(self, now: float) -> None:
        """The turn that was waited for may have come: ask again."""
        ...


class Roster:
    """One for all sessions of a phone; peers are told apart by their ZIDs.

    Nothing of it is kept when the phone restarts: the next exchange with each peer is then one in
    Diffie-Hellman mode.
    """

    def __init__(self) -> None:
        self._turns: dict[bytes, Contender] = {}
        self._waiting: list[tuple[bytes, Contender]] = []
        self._preshared_left: dict[bytes, int] = {}

    def take_turn(self, zid: bytes, who: Contender) -> bool:
        """Whether `who` may have an exchange with this peer now; else `go_on` is called later."""
        holder = self._turns.setdefault(zid, who)
        if holder is not who and (zid, who) not in self._waiting:
            self._waiting.append((zid, who))
        return holder is who

    def claim_turn(self, zid: bytes, who: Contender, commit: Commit, now: float) -> bool:
        """The same on behalf of a Commit of the peer, which may overrule one of ours."""
        if self.take_turn(zid, who):
            return True
        holder = self._turns[zid]
        if not holder.give_way(commit, now):
            return False
        self._turns[zid] = who
        self._waiting.remove((zid, who))
        self._waiting.append((zid, holder))
        return True

    def leave(self, who: Contender, now: float) -> None:
        """The exchange of `who` is over, and what it brought is stored; or it never will be."""
        self._waiting = [entry for entry in self._waiting if entry[1] is not who]
        free = [zid for zid, holder in self._turns.items() if holder is who]
        for zid in free:
            del self._turns[zid]
        called = [entry for entry in self._waiting if entry[0] in free]
        self._waiting = [entry for entry in self._waiting if entry[0] not in free]
        for _, waiting in called:
            waiting.go_on(now)

    def made_afresh(self, zid: bytes) -> None:
        """The secret retained for this peer comes from a Diffie-Hellman exchange."""
        self._preshared_left[zid] = PRESHARED_IN_A_ROW

    def made_from_old(self, zid: bytes) -> None:
        """The secret retained for this peer comes from the one before it."""
        self._preshared_left[zid] = self._preshared_left.get(zid, 0) - 1

    def allows_preshared(self, zid: bytes) -> bool:
        """Whether keys were made afresh with this peer not too many calls ago."""
        return self._preshared_left.get(zid, 0) > 0
