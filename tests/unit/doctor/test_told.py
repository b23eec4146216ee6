"""Findings on a terminal and in a report for support."""

import json

from agent.doctor import told
from agent.doctor.findings import Area, Finding, good, listed, skipped, watch, wrong

FINDINGS = [
    good(Area.NETWORK, "eth0 has 192.0.2.7."),
    wrong(Area.NETWORK, "There is no way out.", "Is the router on?"),
    skipped(Area.TLS, "sip.example.org", "there is no network"),
    watch(Area.CLOCK, "Nobody has set it.", "Set it."),
]


def lines_of(findings: list[Finding]) -> list[str]:
    area, found = None, []
    for each in findings:
        found += told.lines(each, area)
        area = each.area
    return found


def test_each_area_has_its_title_once_and_each_advice_a_line() -> None:
    assert lines_of(FINDINGS) == [
        "Network",
        "  good   eth0 has 192.0.2.7.",
        "  WRONG  There is no way out.",
        "         Is the router on?",
        "TLS",
        "  -      sip.example.org: not looked at, because there is no network.",
        "Clock",
        "  watch  Nobody has set it.",
        "         Set it.",
    ]


def test_a_long_sentence_is_wrapped_and_a_strangers_text_steers_no_terminal() -> None:
    lines = told.lines(good(Area.SERVER, "\x1b[2J" + "word " * 40), Area.SERVER)
    assert lines[0].startswith("  good   ?[2Jword")
    assert all(len(line) <= 96 for line in lines)
    assert all(line.startswith("         ") for line in lines[1:])


def test_the_last_line_says_where_to_begin() -> None:
    assert told.verdict(FINDINGS) == "One thing is wrong: There is no way out."
    assert told.verdict([*FINDINGS, FINDINGS[1]]).startswith("2 things are wrong. Begin with")
    assert told.verdict(FINDINGS[:1]) == "Nothing is wrong."
    assert told.verdict(FINDINGS[3:]) == 'Nothing is wrong. See to what is marked "watch".'


def test_a_report_for_support_tells_no_secret() -> None:
    found = [
        wrong(Area.CONFIGURATION, 'account[1].uri is "sip:alice@example.org", but x.', "sesame"),
        good(Area.SERVER, "The password is open sesame."),
    ]
    document = told.document(found, "0.1.0", ["open sesame", ""])
    text = json.dumps(document)
    assert "alice" not in text
    assert "open sesame" not in text
    assert document["well"] is False
    assert document["findings"][1]["area"] == "server"
    assert {each["state"] for each in document["findings"]} == {"wrong", "good"}


def test_names_in_a_sentence() -> None:
    assert [listed(each) for each in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        *("", "a", "a and b", "a, b and c"),
    ]
