"""Accounts: the addresses at servers, and the one for calls without a server."""

from typing import Any, Final

import pjsua2 as pj

from agent.media.nat import TRANSPORTS
from agent.sip.callers import quoted
from agent.sip.events import MessagesWaiting, SipFault
from agent.sip.guard import guarded
from agent.sip.marking import mark
from agent.sip.message_summary import Summary, summary
from agent.sip.registration import RegistrationRecord
from agent.sip.settings import AccountSettings, NatSettings, SipSettings
from agent.sip_uri import SipUri

REGISTRATION_S: Final = 120
"""For how long a registration is asked for: a server that forgot us is noticed by then."""
SUBSCRIPTION_S: Final = 600
"""For how long the voice mail box is subscribed to: a server that forgot us tells us again."""
SESSION_TIMER_S: Final = 1800
"""Session-Expires (RFC 4028 section 4.2)."""


class ServerAccount(pj.Account):  # type: ignore[misc] # pjsua2 has no types
    """An address at a server.

    Args:
        settings: Whose.
        record: What was told about its registration.
        owner: The stack.
    """

    def __init__(self, settings: AccountSettings, record: RegistrationRecord, owner: Any) -> None:
        super().__init__()
        self._owner = owner
        self.name = settings.name
        self.host = SipUri.parse(settings.registrar).host
        self.domain = SipUri.parse(settings.uri).host
        self._box: Summary | None = None
        self.record = record
        self.source = ""
        """Where the server's last answer came from, "address:port"."""

    @guarded
    def onRegState(self, parameters: Any) -> None:  # noqa: N802 - pjsua2's name
        """An attempt to register has ended."""
        source = str(parameters.rdata.srcAddress)
        if parameters.code // 100 == 2 and parameters.expiration == 0:  # noqa: PLR2004 - 2xx
            return  # the farewell was heard
        if source:
            self.source = source
        self._owner.registrations.ended(
            self, parameters.code, parameters.status, from_server=bool(source)
        )

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

    def leave(self) -> None:
        """Tells the server that this phone goes."""
        self.setRegistration(False)

    def broke(self, reason: str) -> None:
        """A callback failed; PJSIP hangs up a call that nobody took."""
        self._owner.emit(SipFault(reason))


class DirectAccount(pj.Account):  # type: ignore[misc] # pjsua2 has no types
    """Calls from phone to phone.

    Args:
        owner: The stack.
    """

    name: Final = ""
    domain: Final = None

    def __init__(self, owner: Any) -> None:
        super().__init__()
        self._owner = owner

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
    config.natConfig.sipOutboundInstanceId = f"<urn:uuid:{settings.instance_id}>"
    # Asked for after each registration; a server without voice mail says no, and that is all.
    config.mwiConfig.enabled = True
    config.mwiConfig.expirationSec = SUBSCRIPTION_S
    return config


def direct_config(address: str, settings: SipSettings, transport: int) -> Any:
    """What PJSIP is told about calls without a server.

    Args:
        address: Where this phone listens, "address:port".
        settings: The phone's SIP.
        transport: pjsua's id of the direct listener.
    """
    config = _config(f"sip:{address}", settings, transport, ice=settings.direct_ice)
    config.natConfig.sipOutboundUse = 0
    # The Contact names the port that this phone listens on, not the one it called from.
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
    # The gate encrypts: to PJSIP the media is plain RTP/AVP, and it refuses RTP/SAVP.
    config.mediaConfig.srtpUse = pj.PJMEDIA_SRTP_DISABLED
    config.mediaConfig.srtpSecureSignaling = 0
    config.mediaConfig.transportConfig.port = settings.rtp_port_min
    # To PJSIP this is how far the last RTP port is from the first one; RTCP has the next one.
    config.mediaConfig.transportConfig.portRange = settings.rtp_port_count // 2 * 2 - 2
    mark(config.mediaConfig.transportConfig, settings.marking.media)
    # One pair of addresses to find instead of two, where the other side can do that (RFC 5761).
    config.mediaConfig.rtcpMuxEnabled = ice
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
