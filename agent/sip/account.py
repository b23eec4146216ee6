"""Accounts: the addresses at servers, and the one for calls without a server."""

import logging
import re
from collections.abc import Callable
from typing import Any, Final

import pjsua2 as pj

from agent.media import servers as places
from agent.media.nat import TRANSPORTS
from agent.sip.callers import quoted
from agent.sip.connections import host_of
from agent.sip.digest import objection, wants_other_nonce
from agent.sip.errors import SipError
from agent.sip.events import MessagesWaiting, SipFault
from agent.sip.families import Family, family_of
from agent.sip.guard import describe, guarded
from agent.sip.holding import CHALLENGES
from agent.sip.marking import mark
from agent.sip.message_summary import Summary, summary
from agent.sip.naming import Server
from agent.sip.reasons import ERESOLVE, ConnectionFault
from agent.sip.registration import Answer, RegistrationRecord, seconds_in
from agent.sip.servers import Servers
from agent.sip.settings import AccountSettings, NatSettings, SipSettings
from agent.sip_uri import TLS_PORT, SipUri

log = logging.getLogger(__name__)

_REGISTER: Final = re.compile(
    r"^CSeq[ \t]*:[ \t]*\d+[ \t]+REGISTER\b", re.IGNORECASE | re.MULTILINE
)
REGISTRATION_S: Final = 120
"""For how long a registration is asked for: a server that forgot us is noticed by then."""
SUBSCRIPTION_S: Final = 600
"""For how long the voice mail box is subscribed to: a server that forgot us tells us again."""
INTERVAL_TOO_BRIEF: Final = 423
"""What a server means that takes a registration for no time at all."""
SESSION_TIMER_S: Final = 1800
"""Session-Expires (RFC 4028 section 4.2)."""


class ServerAccount(pj.Account):  # type: ignore[misc] # pjsua2 has no types
    """An address at a server.

    Args:
        settings: Whose.
        record: What was told about its registration.
        servers: Where its server may be.
        transport: Gives pjsua's id of the transport of a family that trusts the server's CAs.
        owner: The stack.

    Attributes:
        unresolved: Why nobody knows where its server is, for when that is so.
        tried: What each server has answered in this round of tries.
        asking: Whether an answer to a REGISTER, or from DNS, is on its way.
    """

    def __init__(
        self,
        settings: AccountSettings,
        record: RegistrationRecord,
        servers: Servers,
        transport: Callable[[Family], int],
        owner: Any,
    ) -> None:
        super().__init__()
        self._owner = owner
        self._transport = transport
        self.name = settings.name
        self.uses_ice = settings.ice
        registrar = SipUri.parse(settings.registrar)
        self.host, self.port = registrar.host, registrar.port
        self.servers = servers
        self.unresolved = ConnectionFault(ERESOLVE)
        self.tried: list[Answer] = []
        self.asking = False
        self._local = ""
        self._objection = ""
        self._proved = False
        self._left = False
        self._settings = settings
        user = SipUri(
            "sip", SipUri.parse(settings.uri).user, "{local}", None, ("transport=tls", "ob")
        )
        self._contact = f"<{user}>"
        self.domain = SipUri.parse(settings.uri).host
        self.keys_by_server = settings.keys_by_server
        self._box: Summary | None = None
        self.record = record
        self.source = ""
        """Where the server is that knows this phone, "address:port"; empty: there is none."""

    @guarded
    def onRegState(self, parameters: Any) -> None:  # noqa: N802 - pjsua2's name
        """An attempt to register has ended."""
        source = str(parameters.rdata.srcAddress)
        code = int(parameters.code)
        if code // 100 == 2 and parameters.expiration == 0:  # noqa: PLR2004 - 2xx
            if self._left:
                return  # the farewell was heard
            code = INTERVAL_TOO_BRIEF
        message = str(parameters.rdata.wholeMsg) if source else ""
        if code // 100 == 2:  # noqa: PLR2004 - 2xx
            self.source = source
        refused, self._objection = self._objection, ""
        self._owner.registrations.ended(
            self,
            Answer(
                code,
                parameters.status,
                # One that was left without a proof is told without the message.
                from_server=bool(source) or code in CHALLENGES,
                objection=refused,
                lasts_s=parameters.expiration,
                rest_s=seconds_in(message, "Retry-After"),
                ping_s=seconds_in(message, "Flow-Timer"),
            ),
        )

    @guarded
    def onAuthChallenge(self, parameters: Any) -> None:  # noqa: N802 - pjsua2's name
        """401 or 407: PJSIP proves the password, unless the proof would be worth too little."""
        message = str(parameters.rdata.wholeMsg)
        said = objection(message, self.host, allow_md5=self._settings.allow_md5)
        is_register = _REGISTER.search(message) is not None
        again = is_register and self._proved and not wants_other_nonce(message)
        if is_register:
            self._objection, self._proved = said, True
        elif said and parameters.callId != pj.PJSUA_INVALID_ID:
            self._owner.calls.object_to(parameters.callId, said)
        if said:
            log.warning("account %s: %s", self.name, said)
        if said or again:
            # Twice the same password would not do: PJSIP tries it with some more nonces.
            parameters.challenge.abandon()

    @guarded
    def onIncomingCall(self, parameters: Any) -> None:  # noqa: N802 - pjsua2's name
        """Somebody calls this address."""
        self._owner.incoming_call(self, parameters)

    @guarded
    def onMwiInfo(self, parameters: Any) -> None:  # noqa: N802 - pjsua2's name
        """The server says what is in the voice mail box."""
        box = summary(str(parameters.rdata.wholeMsg))
        if box is not None and box != self._box:
            self._box = box
            self._owner.emit(MessagesWaiting(self.name, box.waiting, box.new))

    def lead(self) -> None:
        """Lets requests go to the server that is chosen, and to each of the others by its name."""
        current = self.servers.current
        if current is not None:
            self._use(family_of(host_of(current.place)) or Family.IPV4)
        places.lead(self.host, self.port or 0, current.place if current else "")
        if self.port is None:
            places.lead(self.host, TLS_PORT, current.place if current else "")
        for each in self.servers.all:
            if each.host != self.host:
                places.lead(each.host, each.port, each.place)

    def _use(self, family: Family) -> None:
        """PJSIP's transports speak to addresses of one family each."""
        try:
            self.setTransport(self._transport(family))
        except (SipError, pj.Error) as error:
            log.warning("account %s: no way to speak IPv%d: %s", self.name, family, describe(error))

    def connect(self) -> int:
        """Opens the connection to the server that is chosen; PJSIP's status, 0: on its way.

        Each connection has a Contact of its own (RFC 5626 section 4.2), by its end here.
        """
        current = self.servers.current
        if current is None:
            return ERESOLVE
        status, local = places.connect(self.getId(), self.host, current.place)
        if status == 0 and local != self._local:
            self._local = local
            places.write_contact(self.getId(), self._contact.format(local=local))
        return status

    def register(self) -> None:
        """Sends a REGISTER over that connection.

        Raises:
            pj.Error: PJSIP cannot.
        """
        self._objection, self._proved = "", False
        try:
            self.setRegistration(True)
        finally:
            places.write_contact(self.getId(), "")

    def leave_server(self, server: Server, now: float, random: float) -> bool:
        """A call has found that a server does not serve: whether there is another one.

        Args:
            server: Where the call was sent.
            now: Seconds of a clock that only grows.
            random: From 0 to 1, for the time that the server rests.
        """
        self.servers.failed(server, now, random)
        if self.servers.current == server and self.servers.another(now) is None:
            return False
        self.lead()
        self._owner.registrations.move(self, now)
        return True

    def leave(self) -> None:
        """Tells the server that this phone goes."""
        self._left = True
        self.setRegistration(False)

    def broke(self, reason: str) -> None:
        """A callback failed; PJSIP hangs up a call that nobody took."""
        self._owner.emit(SipFault(reason))


class DirectAccount(pj.Account):  # type: ignore[misc] # pjsua2 has no types
    """Calls from phone to phone.

    Args:
        owner: The stack.
        uses_ice: Whether its calls look for a way through NAT.
    """

    name: Final = ""
    domain: Final = None
    keys_by_server: Final = False
    unresolved: Final = ConnectionFault(ERESOLVE)
    port: Final = None

    def __init__(self, owner: Any, *, uses_ice: bool = False) -> None:
        super().__init__()
        self._owner = owner
        self.uses_ice = uses_ice

    @guarded
    def onIncomingCall(self, parameters: Any) -> None:  # noqa: N802 - pjsua2's name
        """Somebody calls this phone by its network address."""
        self._owner.incoming_call(self, parameters)

    def broke(self, reason: str) -> None:
        """A callback failed; PJSIP hangs up a call that nobody took."""
        self._owner.emit(SipFault(reason))


def server_config(account: AccountSettings, settings: SipSettings, transport: int) -> Any:
    """What PJSIP is told about an address at a server.

    Args:
        account: The address.
        settings: The phone's SIP.
        transport: pjsua's id of the transport that trusts this server's CAs.
    """
    config = _config(account.uri, settings, transport, ice=account.ice)
    registrar = over_tls(SipUri.parse(account.registrar))
    config.regConfig.registrarUri = str(registrar)
    config.regConfig.registerOnAdd = False
    config.regConfig.timeoutSec = REGISTRATION_S
    # The stack asks again by its own back-off; PJSIP would do it at fixed intervals.
    config.regConfig.retryIntervalSec = 0
    config.sipConfig.proxies.append(f"<{registrar};lr>")
    credentials = pj.AuthCredInfo("digest", "*", account.user, 0, account.password)
    config.sipConfig.authCreds.append(credentials)
    config.natConfig.sipOutboundUse = 1
    # PJSIP would look for the server by itself to find the port: `connect` knows both.
    config.natConfig.contactUseSrcPort = 0
    config.natConfig.sipOutboundInstanceId = f"<{settings.instance_id}>"
    # Asked for after each registration; a server without voice mail says no, and that is all.
    config.mwiConfig.enabled = True
    config.mwiConfig.expirationSec = SUBSCRIPTION_S
    return config


def direct_config(address: str, settings: SipSettings, transport: int, family: Family) -> Any:
    """What PJSIP is told about calls without a server.

    Args:
        address: Where this phone listens, "address:port".
        settings: The phone's SIP.
        transport: pjsua's id of the direct listener.
        family: Of that; whoever is called there is offered media in the same.
    """
    config = _config(f"sip:{address}", settings, transport, ice=settings.direct_ice)
    config.natConfig.sipOutboundUse = 0
    # The Contact names the port that this phone listens on, not the one it called from.
    if family is Family.IPV6:
        config.mediaConfig.ipv6Use = pj.PJSUA_IPV6_ENABLED_USE_IPV6_ONLY
    config.natConfig.contactUseSrcPort = 0
    config.natConfig.contactRewriteUse = 0
    return config


def over_tls(uri: SipUri) -> SipUri:
    """The same address, spoken to over TLS."""
    if any(each.lower().startswith("transport=") for each in uri.parameters):
        return uri
    return SipUri("sip", uri.user, uri.host, uri.port, (*uri.parameters, "transport=tls"))


def _config(uri: str, settings: SipSettings, transport: int, *, ice: bool) -> Any:
    config = pj.AccountConfig()
    config.idUri = f"{quoted(settings.display_name)} <{uri}>".strip()
    config.sipConfig.transportId = transport
    config.callConfig.timerSessExpiresSec = SESSION_TIMER_S
    # The gate encrypts: to PJSIP the media is plain RTP/AVP, and it refuses RTP/SAVP. That with
    # a=crypto it never sees (gate_border.c).
    config.mediaConfig.srtpUse = pj.PJMEDIA_SRTP_DISABLED
    config.mediaConfig.srtpSecureSignaling = 0
    config.mediaConfig.transportConfig.port = settings.rtp_port_min
    # To PJSIP this is how far the last RTP port is from the first one; RTCP has the next one.
    config.mediaConfig.transportConfig.portRange = settings.rtp_port_count // 2 * 2 - 2
    mark(config.mediaConfig.transportConfig, settings.marking.media)
    # One pair of addresses to find instead of two, where the other side can do that (RFC 5761).
    config.mediaConfig.rtcpMuxEnabled = ice
    if ice:
        # Where there is any IPv6, be it link-local, PJSIP would name that for whoever has no ICE.
        config.mediaConfig.ipv6Use = pj.PJSUA_IPV6_DISABLED
    _find_ways(config.natConfig, settings.nat, ice=ice)
    config.presConfig.publishEnabled = False
    config.mwiConfig.enabled = False
    return config


def _find_ways(config: Any, settings: NatSettings, *, ice: bool) -> None:
    """What PJSIP is told about NAT.

    Args:
        config: An account's AccountNatConfig.
        settings: The servers that help.
        ice: Whether the account's calls use ICE.
    """
    config.sipStunUse = pj.PJSUA_STUN_USE_DISABLED
    # Without ICE PJSIP would block on the STUN server for every call.
    config.mediaStunUse = pj.PJSUA_STUN_USE_DEFAULT if ice else pj.PJSUA_STUN_USE_DISABLED
    config.iceEnabled = ice
    # RFC 8839 section 4.4.3: a new offer only where the addresses are not those of the first.
    config.iceAlwaysUpdate = False
    turn = settings.turn
    if ice and turn is not None:
        config.turnServer = turn.address
        config.turnConnType = TRANSPORTS[turn.transport]
        config.turnUserName = turn.user
        config.turnPassword = turn.password
