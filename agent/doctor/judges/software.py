"""Whether the phone's own software is whole. Pure."""

from typing import Final

from agent.doctor.findings import Area, Finding, good, watch, wrong
from agent.frozen import frozen

_AREA = Area.SOFTWARE
OLDEST: Final = (2, 17)
"""The oldest PJSIP that will do; see `agent.sip.library`."""
_BUILD: Final = "Build it anew: make setup. Of an installed phone: install the package anew."
_MINUTE: Final = 60
_HOUR: Final = 3600


@frozen
class SoftwareFacts:
    """What is known of the software.

    Attributes:
        version: Of Sotto.
        python: Of Python.
        openssl: Of OpenSSL, as Python has it.
        pjsip: The version of PJSIP in its parts; None: it cannot be loaded.
        pjsip_fault: Why not.
        gate_fault: Why the gate cannot be loaded; empty: it can.
        srtp_status: What libsrtp says of its self-test, 0 for good; None: it is not there.
    """

    version: str
    python: str
    openssl: str
    pjsip: tuple[int, int] | None
    pjsip_fault: str = ""
    gate_fault: str = ""
    srtp_status: int | None = 0


@frozen
class PhoneFacts:
    """What the running phone says of itself.

    Attributes:
        version: Of its software.
        uptime_s: For how long it runs.
        restored: Whether its memory was moved or restored.
    """

    version: str
    uptime_s: int
    restored: bool = False


def judge(facts: SoftwareFacts) -> list[Finding]:
    """What to say of it."""
    versions = f"Sotto {facts.version}, Python {facts.python}, {facts.openssl}."
    return [good(_AREA, versions), _pjsip(facts), _gate(facts), _srtp(facts)]


def judge_phone(facts: PhoneFacts, version: str) -> list[Finding]:
    """What to say of the phone that runs.

    Args:
        facts: What it says.
        version: Of the software that asks.
    """
    found = [good(_AREA, f"The phone runs, for {_span(facts.uptime_s)}.")]
    if facts.version != version:
        older = f"The phone that runs is Sotto {facts.version}; installed is {version}."
        found.append(watch(_AREA, older, "Start it anew: systemctl restart sotto."))
    if facts.restored:
        found.append(
            watch(
                _AREA,
                "The phone's memory was moved or restored.",
                "Compare the words with everybody again.",
            )
        )
    return found


def not_running(start: str) -> Finding:
    """Nobody answers at the control socket.

    Args:
        start: How it is started.
    """
    return watch(
        _AREA,
        "The phone does not run.",
        f"Start it: {start}. If it ends again, its journal says why (journalctl -u sotto).",
    )


def _pjsip(facts: SoftwareFacts) -> Finding:
    if facts.pjsip is None:
        return wrong(_AREA, f"PJSIP cannot be loaded: {facts.pjsip_fault}.", _BUILD)
    shown = ".".join(map(str, facts.pjsip))
    if facts.pjsip < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        return wrong(_AREA, f"PJSIP is {shown}; {oldest} is the oldest that will do.", _BUILD)
    return good(_AREA, f"PJSIP {shown}.")


def _gate(facts: SoftwareFacts) -> Finding:
    if facts.gate_fault:
        return wrong(_AREA, f"The gate cannot be loaded: {facts.gate_fault}.", _BUILD)
    return good(_AREA, "The gate is there: no sound passes without keys.")


def _srtp(facts: SoftwareFacts) -> Finding:
    if facts.srtp_status is None:
        return wrong(_AREA, "libsrtp is not there.", "Install it: apt install libsrtp2-1.")
    if facts.srtp_status:
        return wrong(
            _AREA,
            f"libsrtp fails its own test of the ciphers (status {facts.srtp_status}).",
            "Install it anew: apt install --reinstall libsrtp2-1.",
        )
    return good(_AREA, "libsrtp passes its own test of the ciphers.")


def _span(seconds: int) -> str:
    if seconds >= _HOUR:
        return f"{seconds // _HOUR} h {seconds // _MINUTE % _MINUTE} min"
    return f"{seconds // _MINUTE} min" if seconds >= _MINUTE else f"{seconds} s"
