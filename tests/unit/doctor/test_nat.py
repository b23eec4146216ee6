"""What lies between the phone and the world: the question to a STUN server, and what it means."""

import socket
import struct
import threading
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.doctor import stun
from agent.doctor.findings import State
from agent.doctor.judges import nat
from agent.doctor.judges.nat import NatFacts, StunFacts, TurnFacts
from agent.doctor.probes import nat as probe
from support.doctor_patient import config

GOOD, WATCH, WRONG = State.GOOD, State.WATCH, State.WRONG
# RFC 5769 section 2.2: the sample answer, with its fingerprint and integrity left out.
ID = bytes.fromhex("b7e7a701bc34d686fa87dfae")
MAPPED = bytes.fromhex("00200008 0001a147 e112a643".replace(" ", ""))
# Section 2.3: the same over IPv6.
MAPPED_6 = bytes.fromhex("0020001400 02a147 0113a9faa5d3f179bc25f4b5bed2b9d9".replace(" ", ""))
SOFTWARE = bytes.fromhex("8022000b7465737420766563746f7220")


def answer(*attributes: bytes, kind: int = 0x0101, transaction: bytes = ID) -> bytes:
    body = b"".join(attributes)
    return struct.pack(">HHI", kind, len(body), 0x2112A442) + transaction + body


def test_the_question() -> None:
    assert stun.request(ID).hex() == "000100002112a442" + ID.hex()


@pytest.mark.parametrize("attributes", [(MAPPED,), (SOFTWARE, MAPPED), (MAPPED, SOFTWARE)])
def test_the_sample_of_the_standard(attributes: tuple[bytes, ...]) -> None:
    assert stun.read(answer(*attributes), ID) == ("192.0.2.1", 32853)


def test_the_sample_of_the_standard_over_ipv6() -> None:
    assert stun.read(answer(SOFTWARE, MAPPED_6), ID) == (
        "2001:db8:1234:5678:11:2233:4455:6677",
        32853,
    )


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        answer(MAPPED)[:-1],
        answer(MAPPED, transaction=bytes(12)),
        answer(MAPPED, kind=0x0111),
        answer(SOFTWARE),
        answer(MAPPED[:1] + b"\x20\x00\x04" + MAPPED[4:8]),
        answer(MAPPED.replace(b"\x00\x01\xa1", b"\x00\x03\xa1")),
    ],
)
def test_what_is_no_answer_is_refused(octets: bytes) -> None:
    with pytest.raises(stun.StunError):
        stun.read(octets, ID)


@given(st.binary(max_size=60))
def test_no_octets_do_more_than_be_refused(body: bytes) -> None:
    try:
        address, _ = stun.read(answer(body), ID)
        ip_address(address)
    except stun.StunError:
        return


OWN = (ip_address("192.168.1.7"),)
OUTSIDE = StunFacts("a.example:3478", ("203.0.113.5", 4000))
OTHER = StunFacts("b.example:3478", ("203.0.113.5", 4001))
RELAY = TurnFacts("t.example:5349", "tls", answers=True)


@pytest.mark.parametrize(
    ("facts", "states", "said"),
    [
        (NatFacts(), [GOOD], "is a private address"),
        (NatFacts((OUTSIDE,)), [GOOD], "at 203.0.113.5: that is behind NAT"),
        (NatFacts((StunFacts("a:1", ("192.168.1.7", 1)),)), [GOOD], "there is no NAT"),
        (NatFacts((StunFacts("a:1", None),)), [WRONG], "a:1 gives no answer"),
        (NatFacts((OUTSIDE, OUTSIDE)), [GOOD, GOOD], "behind NAT"),
        (NatFacts((OUTSIDE, OTHER)), [GOOD, GOOD, WATCH], "it is symmetric"),
        (NatFacts((OUTSIDE, OTHER), RELAY), [GOOD, GOOD, GOOD], "t.example:5349 answers."),
        (NatFacts((), TurnFacts("t:5349", "tls", answers=False)), [GOOD, WRONG], "no answer"),
    ],
)
def test_what_they_mean(facts: NatFacts, states: list[State], said: str) -> None:
    found = nat.judge(OWN, facts)
    assert [each.state for each in found] == states
    assert said in found[-1].sentence
    assert all(each.advice for each in found if each.state is not GOOD)


def test_a_public_address_needs_no_server_to_be_known() -> None:
    (found,) = nat.judge((*OWN, ip_address("2a01:4f8::1")), NatFacts())
    assert "no NAT" in found.sentence


def test_the_port_that_ought_to_be_open_is_named() -> None:
    for transport, port in (("udp", "UDP port 3478"), ("tcp", "TCP port 3478")):
        facts = NatFacts((), TurnFacts("t:3478", transport, answers=False))
        assert port in nat.judge(OWN, facts)[-1].advice


def test_servers_are_asked_from_one_port_and_one_that_is_dead_is_told() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        port = server.getsockname()[1]
        callers: list[tuple[str, int]] = []

        def serve() -> None:
            for _ in range(2):
                asked, caller = server.recvfrom(100)
                callers.append(caller)
                server.sendto(answer(MAPPED, transaction=asked[8:20]), caller)

        thread = threading.Thread(target=serve)
        thread.start()
        wanted = config(
            f'[network]\nstun = ["127.0.0.1:{port}"]\n[network.turn]\nserver = "127.0.0.1:{port}"\n'
            'transport = "udp"\nuser = "a"\npassword = "b"\n'
        )
        facts = probe.look(wanted)
        thread.join()
    assert facts.stun[0].seen == ("192.0.2.1", 32853)
    assert facts.turn is not None
    assert facts.turn.answers
    assert len(set(callers)) == 1
    dead = probe.look(wanted)
    assert dead.stun[0].seen is None
    assert dead.turn is not None
    assert not dead.turn.answers
