from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sip.naming import Naptr, Server, Srv, in_turn, service_name

SIPS = Naptr(20, 10, "s", "SIPS+D2T", "_a.example.org")


@pytest.mark.parametrize(
    ("records", "name"),
    [
        ([], "_sips._tcp.example.org"),
        ([SIPS], "_a.example.org"),
        ([Naptr(20, 10, "S", "sips+d2t", "_a.example.org")], "_a.example.org"),
        ([Naptr(10, 10, "s", "SIP+D2U", "_u.example.org")], "_sips._tcp.example.org"),
        ([Naptr(10, 10, "s", "SIP+D2T", "_t.example.org")], "_sips._tcp.example.org"),
        ([Naptr(10, 10, "s", "SIP+D2U", "_u.example.org"), SIPS], "_a.example.org"),
        ([SIPS, Naptr(10, 90, "s", "SIPS+D2T", "_b.example.org")], "_b.example.org"),
        ([SIPS, Naptr(20, 5, "s", "SIPS+D2T", "_b.example.org")], "_b.example.org"),
        ([Naptr(10, 10, "u", "SIPS+D2T", "_b.example.org"), SIPS], "_a.example.org"),
        ([Naptr(10, 10, "s", "SIPS+D2T", "")], "_sips._tcp.example.org"),
    ],
)
def test_service_name(records: list[Naptr], name: str) -> None:
    assert service_name("example.org", records) == name


def test_a_service_that_is_said_not_to_be_there() -> None:
    assert in_turn([Srv(0, 0, 0, ".")], Random(1).randrange) == ()


def test_of_equals_the_weight_decides_how_often_one_comes_first() -> None:
    """RFC 2782: here one of four; one without weight nearly never."""
    records = [Srv(1, 30, 5061, "a"), Srv(1, 10, 5061, "b"), Srv(1, 0, 5061, "c")]
    below = Random(2782).randrange
    first = Counter(in_turn(records, below)[0].host for _ in range(4100))
    assert 2800 < first["a"] < 3200
    assert 900 < first["b"] < 1100
    assert 0 < first["c"] < 200


srv_records = st.lists(
    st.builds(
        Srv, st.integers(0, 3), st.integers(0, 5), st.just(5061), st.sampled_from("abcdefgh")
    ),
    unique=True,
    max_size=8,
)


@given(srv_records, st.randoms(use_true_random=False))
def test_each_record_comes_once_and_no_priority_before_a_better_one(
    records: list[Srv], random: Random
) -> None:
    ordered = in_turn(records, random.randrange)
    assert sorted(ordered, key=repr) == sorted(records, key=repr)
    priorities = [each.priority for each in ordered]
    assert priorities == sorted(priorities)


def test_places_are_written_as_pjsip_writes_them() -> None:
    assert Server("192.0.2.1", 5061, "a").place == "192.0.2.1:5061"
    assert Server("2001:db8::1", 5061, "a").place == "[2001:db8::1]:5061"
