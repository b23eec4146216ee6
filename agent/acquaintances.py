"""Tells SIP from which addresses those come whom the phone knows, so that strangers leave them room."""

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from agent.sip.known import addresses_in
from agent.store import Contact, Peer, StoreError

log = logging.getLogger(__name__)


class Memory(Protocol):
    """Who is known."""

    def contacts(self) -> list[Contact]: ...  # noqa: D102
    def peers(self) -> list[Peer]: ...  # noqa: D102


class Acquaintances:
    """The contacts, and the phones that the person has verified.

    Args:
        configured: The contacts of the configuration.
        memory: The others.
        tell: Takes the addresses, if they are not the same as before.
    """

    def __init__(
        self,
        configured: Iterable[Contact],
        memory: Memory,
        tell: Callable[[tuple[str, ...]], None],
    ) -> None:
        self._configured = tuple(configured)
        self._memory = memory
        self._tell = tell
        self._told: tuple[str, ...] = ()

    def look(self) -> None:
        """Contacts have changed, or a call is over in which somebody may have become known."""
        try:
            addresses = addresses_in(self._uris())
        except StoreError as error:
            log.error("who is known cannot be read: %s", error)  # noqa: TRY400
            return
        if addresses != self._told:
            self._told = addresses
            self._tell(addresses)

    def _uris(self) -> Iterator[str]:
        for contact in (*self._configured, *self._memory.contacts()):
            yield contact.uri
        for peer in self._memory.peers():
            if peer.verified:
                yield from (each.uri for each in peer.addresses if each.last_proven is not None)
