"""Phones in the homes of an internet, with accounts at the office's server in its middle."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

from cryptography import x509

from agent.media.gate_events import Counters
from agent.phone.events import Encrypted
from agent.sip.events import (
    Answered,
    IncomingCall,
    NatServer,
    NatServerChanged,
    Registration,
    RegistrationChanged,
)
from agent.sip.settings import Backoff, NatSettings, TurnSettings
from support.certificates import Authority
from support.coturn import STUN_PORT, TLS_PORT, Coturn, coturn
from support.internet import SERVER, Host, Internet, internet
from support.kamailio import Kamailio, Office
from support.rtpengine import ORDERS, rtpengine
from support.sip_phone import SipPhone, account_at, settings_for
from support.waiting import SLOWER

SIP_PORT: Final = 5061
STUN: Final = (f"{SERVER}:{STUN_PORT}",)
PATIENCE_S: Final = 40.0 * SLOWER
CALL: Final = "call"
"""What the caller's phone calls it."""
SOON: Final = Backoff(base_s=0.5, limit_s=1.0)


@dataclass(frozen=True)
class Town:
    """An internet with an office's servers.

    Attributes:
        net: The internet.
        authority: Who vouches for the servers.
        relay: coturn.
        folder: Where things are kept.
        told: What each user's phone said last of each kind of server; empty: all is well.
    """

    net: Internet
    authority: Authority
    relay: Coturn
    folder: Path
    told: dict[str, dict[NatServer, str]] = field(default_factory=dict)

    def turn(self, user: str, transport: str = "udp", **changes: Any) -> TurnSettings:
        """A user's relay; `changes` are fields that differ from what is right."""
        is_tls = transport == "tls"
        right = TurnSettings(
            host=SERVER,
            port=TLS_PORT if is_tls else STUN_PORT,
            transport=transport,
            user=user,
            password=f"secret of {user}",
            ca_file=self.authority.file if is_tls else None,
        )
        return replace(right, **changes)

    @contextlib.contextmanager
    def phone(
        self, user: str, host: Host, nat: NatSettings | None, **changes: Any
    ) -> Iterator[SipPhone]:
        """A phone that is registered, and has heard of all its servers.

        Args:
            user: Whose.
            host: The machine it runs on.
            nat: The servers for ICE; None: it has no ICE.
            changes: Fields of its settings that differ.
        """
        number = 5100 + sum(user.encode()) % 90
        account = account_at(SIP_PORT, self.authority.file, user=user, host=SERVER)
        settings = settings_for(
            self.folder,
            number,
            listen_host="0.0.0.0",  # noqa: S104 - its own network namespace
            accounts=(replace(account, ice=nat is not None),),
            nat=nat or NatSettings(),
            backoff=SOON,
            **changes,
        )
        database = self.folder / f"{user}.db"
        with host.inside():
            phone = SipPhone(settings, keyed=database)
        with phone:
            self.told[user] = _ready(phone, nat)
            yield phone


@contextlib.contextmanager
def town(folder: Path, *, relays_media: bool = False) -> Iterator[Town]:
    """An internet with Kamailio and coturn.

    Args:
        folder: Where their files go.
        relays_media: Whether rtpengine carries every call besides.
    """
    authority = Authority(folder)
    names = [x509.IPAddress(ip_address(SERVER))]
    identity = authority.issue(SERVER, names=names)
    office = Office(domain=SERVER, server=SERVER, address=SERVER, port=SIP_PORT)
    with internet() as net, net.servers.inside(), contextlib.ExitStack() as running:
        if relays_media:
            running.enter_context(rtpengine(folder))
            office = replace(office, rtpengine=ORDERS)
        running.enter_context(Kamailio(folder, identity, office))
        relay = running.enter_context(coturn(folder, identity))
        yield Town(net, authority, relay, folder)


def _ready(phone: SipPhone, nat: NatSettings | None) -> dict[NatServer, str]:
    """Waits for the account, and for each kind of server to have answered or failed."""
    told: dict[NatServer, str] = {}
    wanted: set[object] = {"account"}
    if nat is not None:
        wanted |= {NatServer.STUN} if nat.stun else set()
        wanted |= {NatServer.TURN} if nat.turn else set()
    while wanted:
        event = phone.wait_for(object, _is_news, patience=PATIENCE_S)
        if isinstance(event, NatServerChanged):
            wanted.discard(event.server)
            told[event.server] = event.reason
        else:
            wanted.discard("account")
    return told


def _is_news(event: object) -> bool:
    if isinstance(event, RegistrationChanged):
        return event.state is Registration.REGISTERED
    return isinstance(event, NatServerChanged)


@dataclass(frozen=True)
class Call:
    """A call between two of them.

    Attributes:
        caller: Who calls.
        callee: Who is called.
        name: What the callee's phone calls it.
    """

    caller: SipPhone
    callee: SipPhone
    name: str

    @property
    def ends(self) -> tuple[tuple[SipPhone, str], tuple[SipPhone, str]]:
        """Both phones, and what each calls it."""
        return (self.caller, CALL), (self.callee, self.name)

    def answer(self) -> None:
        """The callee takes it."""
        self.callee.order("answer", self.name)
        for phone, name in self.ends:
            phone.wait_for(Answered, patience=PATIENCE_S)
            phone.order("connect_audio", name)

    def secure(self) -> tuple[Encrypted, Encrypted]:
        """Waits until it is; what each phone was told."""
        told = self.caller.wait_for(Encrypted, patience=PATIENCE_S)
        return told, self.callee.wait_for(Encrypted, patience=PATIENCE_S)

    def passed(self) -> tuple[Counters, Counters]:
        """What has passed both gates so far."""
        return self.caller.passed(CALL), self.callee.passed(self.name)

    def hang_up(self) -> None:
        """The caller ends it."""
        self.caller.order("hang_up", CALL)


def ring(caller: SipPhone, callee: SipPhone, user: str) -> Call:
    """Dials, and waits for the bell."""
    caller.order("dial", CALL, f"sip:{user}@{SERVER}:{SIP_PORT}", "work")
    incoming = callee.wait_for(IncomingCall, patience=PATIENCE_S)
    return Call(caller, callee, incoming.call)
