"""A man in the middle with two ZRTP sessions of her own, one with each phone.

She is between the phones on the line (`tamper`) and on the signalling (`announce`): to each phone
she speaks as the other one, with her own ZID and keys, and what one of them says she decrypts,
and encrypts for the other.
"""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

from agent.zrtp import DEFAULT_OFFER, Offer, Secured
from agent.zrtp.hash_chain import HashChain, mac64
from agent.zrtp.messages import MessageType
from agent.zrtp.wire import Packet, encode_packet
from support import srtp
from support.couple import CALLEE
from support.pcap import Datagram
from support.relay import Relay
from support.signalling import SipMessage
from support.zrtp_pair import Endpoint, MemoryStore, Tamper, altering, untouched

_CALLS: Final = count(1)
_SEQUENCE: Final = count(1000)
_PUBLIC_VALUE: Final = 12 + 32 + 4 * 8  # type, H1, four identifiers of secrets
_MAC: Final = 8


@dataclass(slots=True)
class Leg:
    """Her session with one phone.

    Attributes:
        me: Her end of it.
        says: What she makes of what her session wants to send.
        home: The way of a packet to that phone, once one came from there.
    """

    me: Endpoint
    says: Tamper = untouched
    home: Datagram | None = None
    timer: asyncio.TimerHandle | None = None

    @property
    def secured(self) -> Secured | None:
        """What she and the phone agreed on; None before."""
        return next(iter(self.me.all(Secured)), None)

    @property
    def chain(self) -> HashChain:
        """Her hash chain in this session: the first that a session draws."""
        return HashChain.from_seed(self.me.drawn[0])

    def altering_public_value(self, kind: MessageType, value: Callable[[bytes], bytes]) -> Tamper:
        """Another public value in her DHPart, with the MAC of who may write it."""

        def alter(message: bytes) -> bytes:
            old = message[_PUBLIC_VALUE:-_MAC]
            covered = message[:_PUBLIC_VALUE] + value(old)
            return covered + mac64(self.chain.h0, covered)

        return altering(kind, alter)


class Mallory:
    """One attacker, in as many calls as she likes.

    Args:
        relay: The line between the phones.
        loop: Whose time her sessions go by.
        name: Gives her ZID; empty: she is a stranger to everybody.
        zids: Whom she claims to be towards the caller and the callee; None: herself.
        stores: What she remembers of the caller and of the callee.
        offer: Her algorithms.

    Attributes:
        hears: Which messages of the phones reach her sessions.
        heard: Plain RTP that she has overheard.
    """

    def __init__(
        self,
        relay: Relay,
        loop: asyncio.AbstractEventLoop,
        *,
        name: str = "",
        zids: tuple[bytes, bytes] | None = None,
        stores: tuple[MemoryStore, MemoryStore] | None = None,
        offer: Offer = DEFAULT_OFFER,
    ) -> None:
        self.hears: Callable[[Datagram], bool] = lambda _packet: True
        self.heard: list[bytes] = []
        self.legs: tuple[Leg, ...] = ()
        self._stores = stores or (MemoryStore(), MemoryStore())
        self._relay = relay
        self._loop = loop
        self._name = name or f"mallory {next(_CALLS)}"
        self._zids = zids or (None, None)
        self._offer = offer

    @property
    def to_caller(self) -> Leg:
        """Her session with the phone that calls."""
        return self.legs[0]

    @property
    def to_callee(self) -> Leg:
        """Her session with the phone that is called."""
        return self.legs[1]

    def begin(self) -> None:
        """New sessions for the next call; each has its Hello ready."""
        self.end()
        self.legs = tuple(
            Leg(Endpoint(self._name, seed=next(_CALLS), zid=zid, store=store, offer=self._offer))
            for zid, store in zip(self._zids, self._stores, strict=True)
        )

    def end(self) -> None:
        """Her sessions are over."""
        for leg in self.legs:
            if leg.timer is not None:
                leg.timer.cancel()
            leg.me.session.close(time.monotonic())
        self.legs = ()

    def announce(self, message: SipMessage) -> SipMessage | None:
        """Puts the hash of her Hello into an SDP."""
        leg = self.to_callee if message.to_callee else self.to_caller
        line = f"a=zrtp-hash:{leg.me.session.hello_hashes[0]}\r"
        return replace(message, body=re.sub(r"a=zrtp-hash:[^\r]*\r", line, message.body))

    def tamper(self, packet: Datagram) -> list[Datagram]:
        """Keeps what the phones send to each other, and sends what she wants them to hear."""
        is_callers = packet.source < CALLEE.rtp_port
        leg, other = self.legs if is_callers else self.legs[::-1]
        if packet.source % 2:
            return []  # RTCP
        if packet.payload[4:8] != b"ZRTP":
            return list(self._pass_on(packet, leg, other))
        if leg.home is None:
            leg.home = replace(packet, source=packet.target, target=packet.source)
            leg.me.session.start(time.monotonic(), ssrc=leg.me.ssrc)
        if self.hears(packet):
            leg.me.session.receive(packet.payload, time.monotonic())
        self._send(leg)
        return []

    def say(self, leg: Leg, message: bytes) -> None:
        """Sends a message that her session knows nothing of."""
        self._put(leg, encode_packet(Packet(next(_SEQUENCE), leg.me.ssrc, message)))

    def _pass_on(self, packet: Datagram, leg: Leg, other: Leg) -> Iterator[Datagram]:
        if leg.secured is None or other.secured is None:
            return
        plain = srtp.unprotect(leg.secured.receive, packet.payload)
        leg.me.session.srtp_received(time.monotonic())
        self.heard.append(plain)
        plain = plain[:8] + other.me.ssrc.to_bytes(4) + plain[12:]
        yield replace(packet, payload=srtp.protect(other.secured.send, plain))

    def _send(self, leg: Leg) -> None:
        for packet in leg.me.pump():
            for each in leg.says(leg.me.name, packet):
                self._put(leg, each)
        if leg.timer is not None:
            leg.timer.cancel()
        due = leg.me.session.next_timer()
        if due is not None:
            wait = max(0.0, due - time.monotonic())
            leg.timer = self._loop.call_later(wait, self._wake, leg)

    def _wake(self, leg: Leg) -> None:
        leg.me.session.handle_timer(time.monotonic())
        self._send(leg)

    def _put(self, leg: Leg, payload: bytes) -> None:
        if leg.home is not None:
            self._relay.inject(replace(leg.home, payload=payload))
