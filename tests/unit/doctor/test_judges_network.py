"""Findings about network, names, clock, ports: from facts to sentences."""

from ipaddress import ip_address

import pytest

from agent.doctor.findings import State
from agent.doctor.judges import clock, media, names, network
from agent.doctor.judges.clock import ClockFacts, TimeServer
from agent.doctor.judges.media import PortFacts
from agent.doctor.judges.names import NameFacts, NameFault, Place
from agent.doctor.judges.network import Interface, NetworkFacts

GOOD, WATCH, WRONG, SKIPPED = State.GOOD, State.WATCH, State.WRONG, State.SKIPPED
FOUR, SIX = ip_address("192.168.1.7"), ip_address("2001:db8::7")
MADE_UP, LOCAL = ip_address("169.254.3.4"), ip_address("fe80::1")
BOTH = frozenset({4, 6})


def eth(*addresses: network.IpAddress, up: bool = True, carrier: bool = True) -> Interface:
    return Interface("eth0", up, carrier, addresses)


@pytest.mark.parametrize(
    ("facts", "states", "said"),
    [
        (NetworkFacts(), [WRONG], "no network interface"),
        (NetworkFacts((eth(up=False),)), [WRONG], "switched off (eth0)"),
        (NetworkFacts((eth(carrier=False),)), [WRONG], "No cable and no Wi-Fi (eth0)"),
        # Addresses that outlive the cable are no network.
        (NetworkFacts((eth(FOUR, carrier=False),), BOTH), [WRONG], "No cable"),
        (NetworkFacts((eth(FOUR, carrier=False), eth()), BOTH), [WRONG], "has no network address"),
        (NetworkFacts((eth(),)), [WRONG], "has no network address"),
        (NetworkFacts((eth(LOCAL),)), [WRONG], "has no network address"),
        (NetworkFacts((eth(MADE_UP, LOCAL),)), [WRONG], "169.254"),
        (NetworkFacts((eth(FOUR),)), [GOOD, WRONG], "no default route"),
        (NetworkFacts((eth(FOUR),), frozenset({6})), [GOOD, WRONG], "no default route"),
        (NetworkFacts((eth(FOUR),), frozenset({4})), [GOOD, GOOD], "a way out by IPv4."),
        (NetworkFacts((eth(SIX),), BOTH), [GOOD, GOOD], "a way out by IPv6."),
        (NetworkFacts((eth(FOUR, SIX),), BOTH), [GOOD, GOOD], "by IPv4 and IPv6."),
        (NetworkFacts((eth(FOUR, SIX),), frozenset({4})), [GOOD, WATCH], "but none by IPv6."),
    ],
)
def test_the_network(facts: NetworkFacts, states: list[State], said: str) -> None:
    found = network.judge(facts)
    assert [each.state for each in found] == states
    assert said in found[-1].sentence
    assert all(each.advice for each in found if each.state is WRONG)


def test_the_addresses_of_an_interface_are_told_without_those_that_lead_nowhere() -> None:
    found = network.judge(NetworkFacts((eth(FOUR, LOCAL, SIX),), BOTH))
    assert found[0].sentence == "eth0 has 192.168.1.7 and 2001:db8::7."


@pytest.mark.parametrize(
    ("host", "needed"),
    [
        ("sip.example.org", True),
        ("192.0.2.7", True),
        ("[2001:db8::1]", True),
        ("localhost", False),
        ("127.0.0.2", False),
        ("[::1]", False),
        ("pbx.localhost", False),
    ],
)
def test_which_servers_are_elsewhere(host: str, needed: bool) -> None:  # noqa: FBT001
    assert network.needs_network(host) is needed


HERE = (Place("a.example", "192.0.2.1", 5061),)
SRV = (Place("s1.example", "192.0.2.1", 5061), Place("s2.example", "192.0.2.2", 5071))


@pytest.mark.parametrize(
    ("facts", "state", "said"),
    [
        (
            NameFacts("a.example", places=SRV),
            GOOD,
            "a.example is served by s1.example:5061 (192.0.2.1) and s2.example:5071 (192.0.2.2);",
        ),
        (NameFacts("a.example", places=HERE, seconds=0.04), GOOD, "is 192.0.2.1;"),
        (NameFacts("a.example", places=HERE, seconds=5.0), WATCH, "took 5.0 s"),
        (NameFacts("a.example", ("9.9.9.9",), fault=NameFault.UNKNOWN), WRONG, "not know a.exa"),
        (NameFacts("a.example", ("192.0.2.53",), fault=NameFault.SILENT), WRONG, "(192.0.2.53)"),
        (NameFacts("a.example", fault=NameFault.SILENT), WRONG, "no name server"),
    ],
)
def test_the_name_service(facts: NameFacts, state: State, said: str) -> None:
    found = names.judge(facts)
    assert found.state is state
    assert said in found.sentence
    assert bool(found.advice) is (state is not GOOD)


NOON = 1_790_000_000.0


def heard(offset: float | None) -> tuple[TimeServer, ...]:
    return (TimeServer("time.example", offset),)


@pytest.mark.parametrize(
    ("facts", "states", "said"),
    [
        (ClockFacts(NOON, 0.0, synchronised=True), [GOOD], "keeps it right"),
        (ClockFacts(NOON, 0.0, synchronised=False), [WATCH], "no time server has set it"),
        (ClockFacts(NOON, 0.0), [GOOD], "The clock says 2026-09-21"),
        (ClockFacts(0.0, NOON), [WRONG], "it says 1970-01-01 00:00 UTC"),
        (ClockFacts(NOON - 1000, NOON, synchronised=True), [WRONG], "The clock is wrong"),
        (ClockFacts(NOON - 60, NOON, synchronised=True), [GOOD], "keeps it right"),
        (ClockFacts(NOON, 0.0, servers=heard(0.2)), [GOOD, GOOD], "keeps|says"),
        (ClockFacts(NOON, 0.0, synchronised=False, servers=heard(-0.2)), [GOOD, GOOD], "says"),
        (ClockFacts(NOON, 0.0, synchronised=True, servers=heard(None)), [GOOD, WATCH], "keeps"),
        (
            ClockFacts(NOON, 0.0, synchronised=True, servers=heard(7200.0)),
            [WRONG],
            "2 h behind",
        ),
        (ClockFacts(NOON, 0.0, servers=heard(-400.0)), [WRONG], "6 min ahead"),
        (ClockFacts(NOON, 0.0, servers=heard(200000.0)), [WRONG], "2 d behind"),
        (ClockFacts(NOON, 0.0, servers=heard(30.0)), [GOOD, WATCH], "The clock says"),
    ],
)
def test_the_clock(facts: ClockFacts, states: list[State], said: str) -> None:
    found = clock.judge(facts)
    assert [each.state for each in found] == states
    assert any(part in found[0].sentence for part in said.split("|"))


@pytest.mark.parametrize(
    ("offset", "said"),
    [
        (0.0, None),
        (-299.0, None),
        (301.0, "5 min behind"),
        (-86400.0, "1 d ahead"),
    ],
)
def test_the_time_of_the_sip_server(offset: float, said: str | None) -> None:
    found = clock.judge_server_date("sip.example.org", offset)
    assert (found is None) is (said is None)
    assert found is None or (said or "") in found.sentence


@pytest.mark.parametrize(
    ("taken", "state", "said"),
    [
        ((), GOOD, "20 are free."),
        ((16384, 16385), GOOD, "18 are free; in use: 16384 and 16385."),
        (tuple(range(16384, 16400)), WATCH, "only 4 of them are free"),
        (tuple(range(16384, 16404)), WRONG, "has all of them"),
    ],
)
def test_the_rtp_ports(taken: tuple[int, ...], state: State, said: str) -> None:
    found = media.judge_ports(PortFacts(16384, 16403, taken, "0.0.0.0:5061"))
    assert [each.state for each in found] == [GOOD, state]
    assert said in found[1].sentence


def test_a_port_that_somebody_else_listens_on() -> None:
    facts = PortFacts(16384, 16403, (), "0.0.0.0:5061", "Address already in use")
    found = media.judge_ports(facts)[0]
    assert (found.state, found.sentence) == (
        WRONG,
        "The phone cannot listen on 0.0.0.0:5061: Address already in use.",
    )
