"""Whether the server speaks SIP, and what the phone itself says of its accounts. Pure."""

from typing import Final

from agent.doctor.findings import Area, Finding, good, skipped, watch, wrong
from agent.frozen import frozen

_AREA = Area.SERVER
_CONDITIONS: Final = {
    "refused": "Correct user and password of the account.",
    "unreachable": "What is said above of network, names and TLS tells why.",
    "untrusted": "What is said above of TLS tells why.",
}


@frozen
class SipFacts:
    """What a server answered to OPTIONS.

    Attributes:
        host: The server.
        status: Its status; None: it gave no answer that is SIP.
        algorithms: Of the digests that it asks for (RFC 8760), if it asks.
        agent: What it calls itself, in the header Server.
        seconds: How long it took.
        date_offset: By how many seconds its Date is ahead of this clock; None: it gave none.
    """

    host: str
    status: int | None
    algorithms: tuple[str, ...] = ()
    agent: str = ""
    seconds: float = 0.0
    date_offset: float | None = None


@frozen
class AccountFacts:
    """How an account stands, as the running phone says.

    Attributes:
        called: What it is called here, as the beginning of a sentence.
        condition: "ready", "starting", "refused", "unreachable" or "untrusted".
        reason: Why, in a sentence without a full stop; may be empty.
    """

    called: str
    condition: str
    reason: str = ""


def judge_sip(facts: SipFacts) -> Finding:
    """What to say of its answer."""
    if facts.status is None:
        return wrong(
            _AREA,
            f"{facts.host} speaks TLS, but gives no answer in SIP.",
            "Is this the port of its SIP over TLS (mostly 5061)?",
        )
    if facts.algorithms and {each.upper() for each in facts.algorithms} == {"MD5"}:
        return watch(
            _AREA,
            f"{facts.host} takes passwords with MD5 only.",
            "Let the server offer SHA-256 (RFC 8760), if it can.",
        )
    known = f"; it is {facts.agent}" if facts.agent else ""
    answered = f"{facts.host} answers in SIP: {facts.status}, in {facts.seconds:.1f} s{known}."
    return good(_AREA, answered)


def judge_account(facts: AccountFacts) -> Finding:
    """What to say of an account."""
    if facts.condition == "ready":
        return good(_AREA, f"{facts.called} is registered.")
    if facts.condition == "starting":
        return watch(_AREA, f"{facts.called} is not registered yet.", "Ask again in half a minute.")
    why = facts.reason or f"the server is {facts.condition}"
    return wrong(_AREA, f"{facts.called}: {why}.", _CONDITIONS.get(facts.condition, ""))


def no_account() -> Finding:
    """The configuration has none, which is no mistake."""
    return good(_AREA, "There is no account: calls go from phone to phone only.")


def not_registered(called: str, why: str) -> Finding:
    """Nobody could be asked whether the account is registered."""
    return skipped(_AREA, called, why)
