"""The dial plan of a configuration, and what is wrong with one."""

from pathlib import Path

import pytest

from agent.config import ConfigError, RuleConfig, describe, parse_config
from agent.phone.dial_plan import Account, Destination, Rule
from agent.settings import phone_settings

FILE = Path("/etc/sotto/phone.toml")
HEAD = """
[phone]
name = "alice"
board = "simulator"
[[account]]
name = "home"
uri = "sip:alice@example.org"
voice_mail = "*86"
[[account]]
name = "work"
uri = "sip:alice@example.com"
"""
PLAN = """
[[rule]]
pattern = "0."
account = "work"
strip = 1
prefix = "+49"
[[rule]]
pattern = "2xx"
account = "home"
"""


def test_what_it_says() -> None:
    config = parse_config(HEAD + PLAN, FILE)
    assert config.rules == (
        RuleConfig("0.", "work", 1, "+49"),
        RuleConfig("2xx", "home", 0, ""),
    )
    assert config.accounts[0].voice_mail == "*86"
    told = "\n".join(describe(config))
    assert "0. goes through work, without its first 1, with +49 before it" in told
    assert "2xx goes through home" in told


def test_what_the_phone_makes_of_it() -> None:
    plan = phone_settings(parse_config(HEAD + PLAN, FILE)).dial_plan
    assert plan.rules == (Rule("0.", "work", 1, "+49"), Rule("2xx", "home"))
    assert plan.accounts[0] == Account("home", "example.org", "*86")
    assert plan.is_emergency("112")
    assert plan.resolve("030123") == Destination("030123", "sip:+4930123@example.com", "work")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[[rule]]\npattern = "0.5"\naccount = "work"', 'rule[1].pattern is "0.5", but can only'),
        ('[[rule]]\npattern = "0."\naccount = "wrok"', "must be one of home, work"),
        ('[[rule]]\npattern = "0."', "rule[1].account is missing"),
        (
            '[[rule]]\npattern = "0."\naccount = "work"\nprefix = "++"',
            'rule[1].prefix is "++", but can only hold',
        ),
        (
            '[[rule]]\npattern = "0."\naccount = "work"\nstrip = 2',
            "rule[1].strip is 2, but the pattern has only 1 digits to strip",
        ),
        ('[[rule]]\npattern = "0."\naccount = "work"\nstrp = 1', 'did you mean "strip"?'),
        (
            '[[contact]]\nname = "Bob"\nnumber = "112"\nuri = "sip:bob@example.org"',
            'contact[1].number is "112", which is an emergency number',
        ),
        (
            '[[account]]\nname = "third"\nuri = "sip:a@example.net"\nvoice_mail = "eighty"',
            'account[3].voice_mail is "eighty"',
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(HEAD + text, FILE)
    assert problem in str(caught.value)
    (found,) = caught.value.problems
    assert found.line is not None
    assert found.line > HEAD.count("\n")


def test_a_rule_needs_an_account() -> None:
    text = '[phone]\nname = "a"\nboard = "simulator"\n[[rule]]\npattern = "0."\naccount = "x"'
    with pytest.raises(ConfigError, match=r"there is no account"):
        parse_config(text, FILE)
