"""What the booted card has said (on_card.sh, on_card.py), as figures and sentences. Pure.

Its clock counts instructions, so that a nanosecond of CPU time is one of them.
"""

import json
import statistics
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bench.figures import Figure

NS: Final = (1.5, 2.0)
"""How long an instruction takes a core of a Zero 2 W: assumed, at 1 GHz. Nobody has measured it."""
PACKETS_A_SECOND: Final = 50
"""Each way, 20 ms in each."""
TURNS_A_SECOND: Final = 100
"""Of the bridge, where a card drives it."""
UNITS_TOLD: Final = 10
ASKER: Final = "q.service"
"""What asks (support.card), and is no part of a card."""
NO_AES: Final = {
    "OPENSSL_armcap": "1",  # NEON alone
    **dict.fromkeys(
        ("NSS_DISABLE_HW_AES", "NSS_DISABLE_PMULL", "NSS_DISABLE_HW_SHA1", "NSS_DISABLE_HW_SHA2"),
        "1",
    ),
}
"""A Zero 2 W, a 3 and a 4 have no instructions for AES and SHA, which the emulated Cortex-A53 has: so
OpenSSL (TLS, ZRTP) and NSS (SRTP) are told not to use them."""
READY: Final = "kernel's start to ready"
WARM: Final = "service's start to ready, all in the memory"
COLD: Final = "service's start to ready, nothing in the memory"
CALL: Final = "one phone in a call, in a second"
BY_CARD: Final = "one phone's SIP and sound in a call by sound card, in a second"
REST: Final = "one phone at rest, in a second"
TONE: Final = "handset lifted to dial tone"
ENCODED: Final = "a packet, Opus, encoded"
DECODED: Final = "a packet, Opus, decoded"
ECHO: Final = "10 ms of the echo canceller"
GATE: Final = "a packet, AES-256 HMAC-80, gate, {way}, as a Zero 2 W"
_MS_A_TICK: Final = 10
_SECTORS_A_MB: Final = 1e6 / 512


@dataclass(frozen=True, slots=True)
class Result:
    """All of it.

    Attributes:
        figures: What was counted.
        notes: What explains it, and estimates.
        failed: What went wrong on the card; empty: nothing.
    """

    figures: list[Figure]
    notes: list[str]
    failed: str

    def as_json(self) -> dict[str, object]:
        """All of it."""
        return {
            "machine": "the card, emulated: one core whose clock counts instructions",
            "figures": [each.as_json() for each in self.figures],
            "notes": self.notes,
            "failed": self.failed,
        }


def read(answers: Mapping[str, str]) -> Result:
    """Reads what it has said.

    Args:
        answers: By name, several lines where it was said several times.

    Raises:
        KeyError: It did not come so far as to tell of its start.
    """
    figures = [*_start(answers), *_counted_there(answers)]
    notes = [
        *(f"systemd-analyze: {line}" for line in _lines(answers, "took")),
        *_listed("systemd-analyze blame", _lines(answers, "blame")),
        *_listed("systemd-analyze critical-chain", _lines(answers, "chain")),
        *_listed("instructions by unit, in millions", _units(_lines(answers, "unit_ns"))),
        *_lines(answers, "note"),
        *_shares(figures),
        *_estimates(figures),
    ]
    return Result(figures, notes, answers.get("failed", ""))


def busy_ms(stat: str) -> float:
    """Milliseconds in which the machine did something.

    Args:
        stat: The line "cpu" of /proc/stat without its name: all but idle and waiting for disks
            counts, and guests are in user's already (proc(5)).
    """
    ticks = [int(each) for each in stat.split()[:8]]
    return float((sum(ticks) - sum(ticks[3:5])) * _MS_A_TICK)


def _start(answers: Mapping[str, str]) -> Iterator[Figure]:
    yield Figure(READY, "million", [busy_ms(answers["busy_ticks"])])
    yield Figure(f"{READY}: clock, with its waits", "s", [int(answers["ready_us"]) / 1e6])
    read_mb = int(answers["read_sectors"]) / _SECTORS_A_MB
    yield Figure(f"{READY}: read from the root", "MB", [read_mb])
    yield Figure(f"{READY}: the first process", "million", [int(answers["first_process_us"]) / 1e3])
    for name, lines in ((COLD, _lines(answers, "cold")), (WARM, _lines(answers, "warm"))):
        runs = [[int(each) for each in line.split()] for line in lines]
        yield Figure(name, "million", [used / 1e3 for used, _ in runs])
        yield Figure(
            f"{name}: read from the root", "MB", [sectors / _SECTORS_A_MB for _, sectors in runs]
        )
    memory = dict(line.split()[:2] for line in _lines(answers, "memory_kib"))
    for kind in ("Rss", "Pss", "Pss_Anon", "Pss_File"):
        yield Figure(f"the service's memory at rest: {kind}", "MiB", [int(memory[kind]) / 1024])
    yield Figure("what Linux still has to give", "MiB", [int(answers["free_kib"]) / 1024])
    yield Figure("the service's threads", "", [int(answers["threads"])])


def _counted_there(answers: Mapping[str, str]) -> Iterator[Figure]:
    for line in _lines(answers, "figure"):
        told = json.loads(line)
        yield Figure(told["name"], told["unit"], told["runs"])


def _units(lines: Iterable[str]) -> list[str]:
    units = [(int(used), name) for used, name in map(str.split, lines) if name != ASKER]
    dearest = sorted(units, reverse=True)[:UNITS_TOLD]
    return [f"{used / 1e6:7.0f} {name}" for used, name in dearest]


def _shares(figures: list[Figure]) -> Iterator[str]:
    """What a call's sound goes into; nothing where it was not measured."""
    found = {each.name: each.median for each in figures}
    gate = [GATE.format(way=way) for way in ("out", "in")]
    if not {CALL, REST, ENCODED, DECODED, ECHO, *gate} <= found.keys():
        return
    sound = found[CALL] - found[REST]
    known = {
        "Opus encodes": found[ENCODED] * PACKETS_A_SECOND / 1000,
        "Opus decodes": found[DECODED] * PACKETS_A_SECOND / 1000,
        "the gate encrypts and decrypts": sum(found[each] for each in gate)
        * PACKETS_A_SECOND
        / 1000,
    }
    yield f"A second of a call, less a second at rest: {sound:.1f} million instructions:"
    for name, each in known.items():
        yield f"    {each:6.1f} {name}"
    yield f"    {sound - sum(known.values()):6.1f} all else: bridge, jitter buffer, RTP, files, threads"
    yield f"With a sound card the echo canceller comes to that: {echo_millions(found[ECHO]):.1f}"
    if BY_CARD in found:
        yield f"Such a call, measured: {found[BY_CARD]:.1f}"


def echo_millions(thousands_a_turn: float) -> float:
    """What the echo canceller takes in a second, in millions of instructions."""
    return thousands_a_turn * TURNS_A_SECOND / 1000


def _estimates(figures: list[Figure]) -> Iterator[str]:
    """What it would mean on a Zero 2 W."""
    found = {each.name: statistics.median(each.runs) for each in figures}
    yield (
        f"An estimate, no measurement: a Zero 2 W, if a core of it needs {NS[0]} to {NS[1]:.0f} ns "
        "for an instruction, its memory and its card being as quick as that:"
    )
    for name in (READY, WARM, COLD):
        yield f"    {name}: {_seconds(found[name])} s of one core"
    if TONE in found:
        yield f"    {TONE}: {_seconds(found[TONE] * 1000)} ms, and the waits"
    for name, each in found.items():
        if name.startswith("keys by"):
            yield f"    {name.removesuffix(', both phones')}, one phone: {_seconds(each / 2 * 1000)} ms"
    for name in (CALL, REST):
        if name in found:
            yield f"    {name}: {_percent(found[name])} % of one core of its four"
    if BY_CARD in found:
        yield f"    {BY_CARD}: {_percent(found[BY_CARD])} %"
    if {CALL, ECHO} <= found.keys():
        with_card = found[CALL] + echo_millions(found[ECHO])
        yield f"    the same in a call, with the echo canceller: {_percent(with_card)} %"


def _percent(millions_a_second: float) -> str:
    low, high = (millions_a_second * ns / 10 for ns in NS)
    return f"{low:.2g} to {high:.2g}"


def _seconds(millions: float) -> str:
    low, high = (millions * ns / 1000 for ns in NS)
    return f"{low:.2g} to {high:.2g}"


def _listed(title: str, lines: list[str]) -> list[str]:
    return [f"{title}:", *(f"    {line}" for line in lines)] if lines else []


def _lines(answers: Mapping[str, str], name: str) -> list[str]:
    return answers[name].splitlines() if name in answers else []
