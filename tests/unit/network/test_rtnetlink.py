"""What the kernel answers is read to the octet, and nothing else is taken for it."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.network.rtnetlink import (
    IPV4,
    IPV6,
    Address,
    DefaultRoute,
    Done,
    Kind,
    Link,
    NetlinkError,
    read,
    request,
)
from support.rtnetlink import address, attribute, link, message, route

_OF_A_KIND = {Kind.LINK: Link, Kind.ADDRESS: Address, Kind.ROUTE: DefaultRoute}
UP, LOOPBACK, RUNNING = 0x1, 0x8, 0x40
TENTATIVE, DEPRECATED = 0x40, 0x20


def test_links() -> None:
    told = link(1, UP | RUNNING | LOOPBACK) + link(2, UP | RUNNING) + link(3, UP) + link(4, RUNNING)
    assert [*read(told)] == [Link(each, carries=each == 2) for each in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    ("text", "flags", "usable"),
    [
        ("192.0.2.7", 0, True),
        ("127.0.0.1", 0, False),
        ("169.254.3.4", 0, False),
        ("2001:db8::7", 0, True),
        ("2001:db8::7", TENTATIVE, False),
        ("2001:db8::7", DEPRECATED, False),
        ("fd00::7", 0, True),
        ("fe80::7", 0, False),
        ("::1", 0, False),
    ],
)
def test_addresses(text: str, flags: int, usable: bool) -> None:  # noqa: FBT001 - a column
    assert [*read(address(2, text, flags))] == [Address(2, text, usable)]


def test_flags_that_need_more_than_eight_bits_stand_in_an_attribute() -> None:
    told = address(2, "2001:db8::7", 0, attribute(8, struct.pack("=I", TENTATIVE)))
    assert [*read(told)] == [Address(2, "2001:db8::7", usable=False)]


def test_on_a_line_from_point_to_point_the_own_address_counts() -> None:
    told = address(2, "192.0.2.1", 0, attribute(2, bytes([192, 0, 2, 2])))
    assert [*read(told)] == [Address(2, "192.0.2.2", usable=True)]


def test_default_routes() -> None:
    told = route(IPV4, 2, "192.0.2.1") + route(IPV6, 2, "fe80::1") + route(IPV4, 3, "")
    assert [*read(told)] == [
        DefaultRoute(IPV4, 2, "192.0.2.1"),
        DefaultRoute(IPV6, 2, "fe80::1"),
        DefaultRoute(IPV4, 3, ""),
    ]


def test_other_routes_are_passed_over() -> None:
    told = (
        route(IPV4, 2, "192.0.2.1", bits=24)
        + route(IPV4, 2, "192.0.2.1", table=255)
        + route(IPV4, 2, "192.0.2.1", kind=7)
    )
    assert [*read(told)] == []


def test_what_is_of_no_use_is_passed_over() -> None:
    assert [*read(message(28, bytes(12)) + message(17, bytes(16)) + message(21, bytes(8)))] == []
    assert [*read(message(Kind.ADDRESS, struct.pack("=BBBBI", 7, 0, 0, 0, 1)))] == []


def test_the_end_of_an_answer() -> None:
    assert [*read(message(Kind.DONE, bytes(4)))] == [Done()]
    assert [*read(message(Kind.ERROR, struct.pack("=i", -1) + bytes(16)))] == [Done(1)]


@pytest.mark.parametrize(
    "broken",
    [
        b"\0" * 15,
        struct.pack("=IHHII", 15, 16, 0, 0, 0),
        struct.pack("=IHHII", 17, 16, 0, 0, 0),
        message(Kind.LINK, bytes(15)),
        message(Kind.ERROR, bytes(3)),
        message(Kind.ADDRESS, struct.pack("=BBBBI", IPV4, 0, 0, 0, 1) + bytes(3)),
        message(Kind.ADDRESS, struct.pack("=BBBBI", IPV4, 0, 0, 0, 1) + struct.pack("=HH", 3, 1)),
        message(Kind.ADDRESS, struct.pack("=BBBBI", IPV4, 0, 0, 0, 1) + struct.pack("=HH", 9, 1)),
        message(Kind.ADDRESS, struct.pack("=BBBBI", IPV4, 0, 0, 0, 1) + attribute(1, bytes(16))),
        message(
            Kind.ROUTE, struct.pack("=8BI", IPV4, 0, 0, 0, 254, 0, 0, 1, 0) + attribute(4, b"")
        ),
    ],
)
def test_lengths_that_lead_elsewhere(broken: bytes) -> None:
    with pytest.raises(NetlinkError):
        [*read(broken)]


@given(st.binary(max_size=400))
def test_any_octets_are_read_or_refused(octets: bytes) -> None:
    with contextlib.suppress(NetlinkError):
        [*read(octets)]


@given(st.sampled_from([Kind.LINK, Kind.ADDRESS, Kind.ROUTE]), st.binary(max_size=120))
def test_any_body_of_a_message_is_read_or_refused(kind: Kind, body: bytes) -> None:
    with contextlib.suppress(NetlinkError):
        assert all(isinstance(each, _OF_A_KIND[kind]) for each in read(message(kind, body)))


def test_a_request_is_a_whole_message() -> None:
    asked = request(Kind.GET_ROUTE, 3)
    assert struct.unpack_from("=IHHI", asked) == (len(asked), 26, 0x301, 3)
