"""The security state, over all combinations of the facts.

Twice: against a table that a person can read line by line, and against what must be true
whatever the table says.
"""

from dataclasses import fields, replace
from enum import Enum
from itertools import product
from pathlib import Path

from agent.phone.events import Cache, ZrtpHash
from agent.phone.security import Facts, Keys, SecurityState, classify

TABLE = Path(__file__).with_name("security_table.txt")
YES_NO = (False, True)
ALL_FACTS = [
    Facts(keys, tls, zrtp_hash, cache, *flags)
    for keys, tls, zrtp_hash, cache in product(Keys, YES_NO, ZrtpHash, Cache)
    for flags in product(YES_NO, repeat=len(fields(Facts)) - 4)
]


def table() -> list[tuple[list[str], SecurityState]]:
    lines = []
    for line in TABLE.read_text(encoding="ascii").splitlines():
        if line and not line.startswith("#"):
            patterns, _, state = line.partition("=")
            lines.append((patterns.split(), SecurityState[state.strip()]))
    return lines


def cells(facts: Facts) -> list[str]:
    values = [getattr(facts, field.name) for field in fields(Facts)]
    return [
        value.name.lower() if isinstance(value, Enum) else ("no", "yes")[value] for value in values
    ]


def fits(patterns: list[str], facts: list[str]) -> bool:
    return all(
        pattern == "*" or fact in pattern.split("|")
        for pattern, fact in zip(patterns, facts, strict=True)
    )


def is_proven(facts: Facts) -> bool:
    known_again = facts.verified_here and facts.verified_there and facts.cache is Cache.MATCHED
    return known_again and not facts.weaker


def test_every_combination_has_the_state_of_its_one_line() -> None:
    lines = table()
    assert len(ALL_FACTS) == 36_864
    for facts in ALL_FACTS:
        found = [state for patterns, state in lines if fits(patterns, cells(facts))]
        assert found == [classify(facts)], facts


def test_every_line_is_needed() -> None:
    for patterns, _ in table():
        assert any(fits(patterns, cells(facts)) for facts in ALL_FACTS), patterns


def test_words_that_differ_are_never_outweighed() -> None:
    for facts in ALL_FACTS:
        assert (classify(facts) is SecurityState.SAS_MISMATCH) is facts.denied


def test_secure_only_with_keys_and_a_reason_and_no_denial() -> None:
    for facts in ALL_FACTS:
        if classify(facts).is_secure:
            assert facts.keys is Keys.ZRTP
            assert facts.confirmed or is_proven(facts)
            assert not facts.denied


def test_confirming_makes_every_encrypted_call_secure() -> None:
    for facts in ALL_FACTS:
        if facts.keys is Keys.ZRTP and facts.confirmed and not facts.denied:
            assert classify(facts).is_secure


def test_an_unheeded_alarm_beats_all_that_reassures() -> None:
    for facts in ALL_FACTS:
        alarming = (
            facts.cache is Cache.MISMATCHED
            or facts.another_phone
            or facts.zrtp_hash is ZrtpHash.DIFFERS
        )
        if facts.keys is Keys.ZRTP and alarming and not facts.confirmed:
            assert classify(facts).is_alarm


def test_green_exactly_when_secure_and_vouched_for_and_nothing_is_odd() -> None:
    for facts in ALL_FACTS:
        vouched = facts.signalling_verified and facts.zrtp_hash is ZrtpHash.MATCHED
        nobody_listens = not (facts.disclosure or facts.mitm or facts.weak)
        green = classify(facts) is SecurityState.GREEN_SECURE
        assert green == (classify(facts).is_secure and vouched and nobody_listens)


def test_no_fact_that_warns_makes_a_state_better() -> None:
    for facts in ALL_FACTS:
        state = classify(facts)
        for worse in (
            replace(facts, denied=True),
            replace(facts, disclosure=True),
            replace(facts, mitm=True),
            replace(facts, weaker=True),
            replace(facts, weak=True),
            replace(facts, signalling_verified=False),
            replace(facts, confirmed=False),
            replace(facts, verified_here=False),
            replace(facts, verified_there=False),
        ):
            assert classify(worse) <= state, (facts, worse)


def test_keys_that_the_server_has_are_never_more_than_that() -> None:
    for facts in ALL_FACTS:
        if facts.keys is Keys.SDES and not facts.denied:
            state = classify(facts)
            assert not state.is_secure
            assert (state is SecurityState.SERVER_CAN_LISTEN) == facts.signalling_verified
        else:
            assert classify(facts) is not SecurityState.SERVER_CAN_LISTEN


def test_no_state_is_both_alarming_and_secure() -> None:
    assert not [state for state in SecurityState if state.is_alarm and state.is_secure]
