"""Every fuzz target over its seeds and over some thousands of accidents, without a fuzzer.

`make fuzz` does the same for as long as it is let.
"""

import gc
import random
import tracemalloc
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from agent.zrtp import State
from fuzz.records import Kind, Record, edited, with_crc
from fuzz.session_target import ASIDE, SessionTarget
from fuzz.situations import NOW, Situation, all_situations
from fuzz.snapshot import fingerprint, weight
from fuzz.targets import TARGETS, seeds_of

SEEDS: Final = Path(__file__).parent / "seeds"
SITUATIONS: Final = all_situations()
ACCIDENTS: Final = 100
# So many packets fill up all that a session may keep of strangers.
FILLED: Final = 60
FLOOD: Final = 200
# Octets: numbers that grow. A pointer for each of the other packets would be twice as much.
NOISE: Final = 512
# The engine's own line is among so many, even where the standard library allocates for it.
FRAMES: Final = 5
ENGINE: Final = "*/agent/zrtp/*"
# Acquainted: it waits for another stream.
STAYS: Final = {State.IDLE, State.FAILED, State.CLOSED, State.ACQUAINTED}

each_situation = pytest.mark.parametrize(
    ("name", "situation"), SITUATIONS.items(), ids=SITUATIONS.keys()
)


def seeds(target: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((SEEDS / seeds_of(target)).iterdir())]


def accident(chance: random.Random, inputs: list[bytes]) -> bytes:
    """Two inputs in one, with octets altered, cut out and put in."""
    data = bytearray(chance.choice(inputs) + chance.choice(inputs) * chance.randrange(2))
    for _ in range(chance.randrange(4)):
        at = chance.randrange(len(data) + 1)
        data[at : at + chance.randrange(3)] = chance.randbytes(chance.randrange(3))
    return bytes(data)


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_and_accidents(name: str) -> None:
    target, inputs, chance = TARGETS[name](), seeds(name), random.Random(name)
    for data in inputs:
        target.execute(data)
    for _ in range(ACCIDENTS):
        target.execute(accident(chance, inputs))
    assert target.meter.packets > 0


@each_situation
def test_the_true_peer_still_gets_through(name: str, situation: Situation) -> None:
    # Otherwise the fuzzer would knock at a door that nobody could open.
    host = situation.snapshot.copy()
    expected = host.session.state if host.session.state in STAYS else State.SECURE
    if name == "kem-responder-peer-found":
        expected = State.FAILED  # ML-KEM draws anew, so what the peer proved then proves nothing
    for packet in situation.honest[situation.reached :]:
        host.session.receive(packet, NOW)
        host.fetch()
    assert host.session.state is expected


@each_situation
def test_a_copy_leaves_the_snapshot_alone(name: str, situation: Situation) -> None:
    del name
    before = fingerprint(situation.snapshot.copy().session, ASIDE)
    host = situation.snapshot.copy()
    for packet in situation.honest:
        host.session.receive(packet, NOW)
    host.session.close(NOW)
    assert fingerprint(situation.snapshot.copy().session, ASIDE) == before


def test_foreign_keys_are_noticed() -> None:
    situation = SITUATIONS["responder-confirm1-sent"]
    secured = situation.secured
    other = replace(secured, send=secured.receive, receive=secured.send)
    target = SessionTarget(replace(situation, secured=other))
    with pytest.raises(AssertionError):
        target.execute(Record(Kind.HONEST).write())


def test_a_session_that_changes_in_secret_is_noticed() -> None:
    target = SessionTarget(SITUATIONS["initiator-commit-sent"], reuse=1)
    target.execute(b"")
    target._host.session._held.stream.ssrc += 1
    with pytest.raises(AssertionError):
        target.execute(b"")


def altered(packet: bytes, chance: random.Random, *, foreign: bool) -> bytes:
    """One octet is another; `foreign`: from a source of its own, too."""
    edit = bytes([0, chance.randrange(40, 90), chance.randrange(256)])
    body = edited(packet, edit)[12:]
    ssrc = chance.randbytes(4) if foreign else packet[8:12]
    return with_crc(packet[:8] + ssrc + body)


def allocated_by_the_engine() -> int:
    """Octets, wherever they hang; of other threads of this process it knows nothing."""
    gc.collect()
    ours = tracemalloc.Filter(inclusive=True, filename_pattern=ENGINE, all_frames=True)
    traces = tracemalloc.take_snapshot().filter_traces([ours]).traces
    return sum(trace.size for trace in traces)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("initiator-discovering", [0]),  # Hellos
        ("kem-responder-peer-found", [0, 1]),  # and first pieces of a Commit
        ("responder-confirm1-sent", [0, 1, 2]),
        ("initiator-secure", [0, 1, 2, 3, 4]),
    ],
)
def test_a_flood_leaves_nothing_behind(name: str, numbers: list[int]) -> None:
    situation = SITUATIONS[name]
    host, chance = situation.snapshot.copy(), random.Random(name)
    before, now = host.session.state, NOW
    datagrams = [
        altered(situation.honest[chance.choice(numbers)], chance, foreign=bool(number % 2))
        for number in range(FLOOD)
    ]
    hanging = allocated = 0
    tracemalloc.start(FRAMES)
    for number, datagram in enumerate(datagrams):
        if number == FILLED:
            hanging, allocated = weight(host), allocated_by_the_engine()
        now += 0.01
        host.session.receive(datagram, now)
        host.fetch()
    grown = weight(host) - hanging, allocated_by_the_engine() - allocated
    tracemalloc.stop()
    assert host.session.state in {before, State.PEER_FOUND}
    assert max(grown) < NOISE, grown
