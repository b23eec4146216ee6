"""Whether the server is there, proves its name and speaks modern TLS. Pure."""

from typing import Final

from agent.doctor.findings import Area, Finding, State, good, watch, wrong
from agent.frozen import frozen
from agent.sip.events import Registration
from agent.sip.reasons import ConnectionFault, connection_failed
from agent.trust.objections import Flaw, Objection

_AREA = Area.TLS
_DAY: Final = 86400.0
SOON_S: Final = 21 * _DAY
"""A certificate that is not renewed by then, was forgotten."""


@frozen
class TlsFacts:
    """What came of a handshake with a server.

    Attributes:
        host: The name that its certificate must prove.
        port: Where it was called.
        ca_file: The file of the authorities that may vouch for it.
        own_ca: Whether the account names that file, instead of the system's.
        ca_missing: Whether it cannot be read, or holds no certificate.
        fault: Why the connection did not come up; None: it did, and the certificate is good.
        version: E.g. "TLSv1.3".
        cipher: The cipher suite.
        server: The server's own name, where the name service has led to it; empty: it is `host`.
        not_after: When the server's certificate expires, in seconds since 1970.
    """

    host: str
    port: int
    ca_file: str
    own_ca: bool = False
    ca_missing: bool = False
    fault: ConnectionFault | None = None
    version: str = ""
    cipher: str = ""
    server: str = ""
    not_after: float = 0.0


def judge(facts: TlsFacts, now: float, clock: State) -> list[Finding]:
    """What to say of it.

    Args:
        facts: What came of the handshake.
        now: Seconds since 1970.
        clock: What was found of the clock.
    """
    if facts.ca_missing:
        return [_no_authorities(facts)]
    if facts.fault is not None:
        return [_failed(facts, facts.fault, now, clock)]
    place = f"{facts.server or facts.host}:{facts.port}"
    found = [good(_AREA, f"{place} speaks {facts.version} with {facts.cipher}.")]
    left = facts.not_after - now
    days = int(left // _DAY)
    if left < SOON_S:
        when = f"in {days} days" if days > 1 else "tomorrow" if days else "today"
        told = f"The certificate of {facts.host} expires {when}."
        advice = "Tell whoever runs the server: calls end then until it is renewed."
        return [*found, watch(_AREA, told, advice)]
    return [*found, good(_AREA, f"The certificate of {facts.host} is valid for {days} days more.")]


def _no_authorities(facts: TlsFacts) -> Finding:
    return wrong(
        _AREA,
        f"There is no certificate of an authority in {facts.ca_file}.",
        "Correct ca_file in the account."
        if facts.own_ca
        else "Install them: apt install ca-certificates.",
    )


def _failed(facts: TlsFacts, fault: ConnectionFault, now: float, clock: State) -> Finding:
    # A certificate proves the name that was asked for; it is the server itself that is off.
    named = facts.host if fault.shown.objections else facts.server or facts.host
    state, sentence = connection_failed(named, fault, now)
    if fault.shown.objections:
        advice = _of_certificate(facts, fault.shown.objections, clock)
    elif state is Registration.UNTRUSTED:
        advice = "The server must offer TLS 1.2 or 1.3: tell whoever runs it."
    else:
        advice = f"Is the server on, and is TCP port {facts.port} open on the way to it?"
    return wrong(_AREA, f"{sentence}.", advice)


def _of_certificate(facts: TlsFacts, objections: tuple[Objection, ...], clock: State) -> str:
    flaws = {each.flaw for each in objections}
    if flaws & {Flaw.EXPIRED, Flaw.NOT_YET_VALID}:
        return _of_period(clock)
    if flaws & {Flaw.SELF_SIGNED, Flaw.UNKNOWN_ISSUER} and facts.own_ca:
        return "Is ca_file the file of the authority that signed it, as a whole chain?"
    known = (said for each, said in _ADVICE if each in flaws)
    return next(
        known, "Tell whoever runs the server. Do not go round it: somebody may be between you."
    )


_NAME: Final = "Write the account's registrar as the certificate has it, or let it be renewed."
_AUTHORITY: Final = "Name the file of its authority as ca_file in the account."
_FETCH: Final = "Put a new revocation list of that authority into crl_file."
_ADVICE: Final = (
    (Flaw.NAME, _NAME),
    (Flaw.WILDCARD, _NAME),
    (Flaw.SELF_SIGNED, _AUTHORITY),
    (Flaw.UNKNOWN_ISSUER, _AUTHORITY),
    (Flaw.INCOMPLETE, "The server must send its whole chain: tell whoever runs it."),
    (Flaw.LIST_UNREADABLE, "Correct crl_file in the account."),
    (Flaw.LIST_MISSING, _FETCH),
    (Flaw.LIST_FORGED, _FETCH),
    (Flaw.LIST_EXPIRED, _FETCH),
    (
        Flaw.NOT_PINNED,
        "Ask whoever runs the server whether its key has changed, and for the new one.",
    ),
)
"""The first that fits counts."""


def _of_period(clock: State) -> str:
    """Whose fault the dates are: the certificate's, or the clock's by which it is judged."""
    match clock:
        case State.WRONG:
            return "The clock is wrong, and the certificate may be right: set the clock first."
        case State.GOOD:
            return "The clock is right: the server needs a new certificate."
        case _:
            return "Is the clock right? If it is, the server needs a new certificate."
