"""What may come from the net, with and without a signature, and how it lies over the phone's own."""

import tomllib
from typing import Any

import pytest

from agent.config.locate import Lines
from agent.fleet.permission import check_permission, laid_over, version_of

OWN = """
[phone]
name = "New phone"
board = "simulator"
[zrtp]
ciphers = ["AES3"]
[[account]]
name = "office"
uri = "sip:alice@example.org"
[[contact]]
name = "Bob"
number = "102"
uri = "sip:bob@example.org"
[fleet]
url = "https://example.org/1.toml"
"""
HARMLESS = """
[phone]
name = "Reception"
country = "de"
language = "de"
ring_tone = "gong"
dial_timeout_s = 3
[media]
codecs = ["opus"]
echo_cancelling = false
[[account]]
name = "sales"
uri = "sip:carol@example.org"
user = "carol"
password = "x"
registrar = "sip:example.org"
voice_mail = "*86"
policy = "zrtp"
[[contact]]
name = "Carol"
number = "103"
uri = "sip:carol@example.org"
[[rule]]
pattern = "0."
account = "sales"
strip = 1
prefix = "+49"
[fleet]
version = 3
"""
SIGNED_ONLY = "comes from the net only in a signed configuration"
NEVER = "never comes from the net"
STANDS = "is in the phone's own configuration, which only a signed one changes"


def problems(text: str, own: str = OWN, *, signed: bool) -> list[str]:
    found = check_permission(tomllib.loads(text), tomllib.loads(own), Lines(text), signed=signed)
    return [f"{problem.line}: {problem.message}" for problem in found]


def test_without_a_signature_what_harms_nobody_may_come() -> None:
    assert problems(HARMLESS, signed=False) == []
    assert problems(HARMLESS, signed=True) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[zrtp]\nsas = ['B32']", [f"2: zrtp.sas {SIGNED_ONLY}"]),
        ("[zrtp]", [f"1: zrtp {SIGNED_ONLY}"]),
        ("[zrtp]\npost_quantum_only = false", [f"2: zrtp.post_quantum_only {SIGNED_ONLY}"]),
        ("[sip]\ndirect_calls = true", [f"2: sip.direct_calls {SIGNED_ONLY}"]),
        ("[sip]\nprivate_key = 'x'", [f"2: sip.private_key {SIGNED_ONLY}"]),
        ("[phone]\nemergency = []", [f"2: phone.emergency {SIGNED_ONLY}"]),
        ("[phone]\nboard = 'x'", [f"2: phone.board {SIGNED_ONLY}"]),
        ("[log]\nlevel = 'debug'", [f"2: log.level {SIGNED_ONLY}"]),
        ("[a_new_section]\nx = 1", [f"2: a_new_section.x {SIGNED_ONLY}"]),
        ("[[account]]\nname = 'x'\nca_file = 'y'", [f"3: account[1].ca_file {SIGNED_ONLY}"]),
        (
            "[[account]]\nname = 'x'\npassword_file = '/etc/shadow'",
            [f"3: account[1].password_file {SIGNED_ONLY}"],
        ),
        (
            "[[account]]\nname = 'x'\npolicy = 'zrtp_or_sdes'",
            [f'3: account[1].policy other than "zrtp" {SIGNED_ONLY}'],
        ),
        ("account = [{policy = 1}]", [f'1: account[1].policy other than "zrtp" {SIGNED_ONLY}']),
        ("[[account]]\nname = 'office'", [f"2: account[1].name {STANDS}"]),
        ("[[contact]]\nnumber = '102'", [f"2: contact[1].number {STANDS}"]),
        ("loose = 1", [f"1: loose {SIGNED_ONLY}"]),
    ],
)
def test_without_a_signature_nothing_else_may(text: str, said: list[str]) -> None:
    assert problems(text, signed=False) == said
    assert problems(text, signed=True) == []


def test_the_phones_own_rules_stand() -> None:
    own = "[[rule]]\npattern = '1.'\naccount = 'office'"
    text = "[[rule]]\npattern = '0.'\naccount = 'sales'"
    assert problems(text, own, signed=False) == [f"1: rule[1] {STANDS}"]
    assert problems(text, own, signed=True) == []


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[fleet]\nurl = 'https://example.net/'", "2: fleet.url"),
        ("[fleet]\npublic_key = []", "2: fleet.public_key"),
        ("[fleet]\nca_file = 'x'", "2: fleet.ca_file"),
        ("[fleet]\ntoken = 'x'", "2: fleet.token"),
        ("[phone]\nstate_dir = '/tmp'", "2: phone.state_dir"),
        ("[phone]\ncontrol_socket = '/tmp/x'", "2: phone.control_socket"),
        ("[simulator]\nsocket = 'x'", "1: simulator"),
    ],
)
def test_not_even_a_signature_may_change_whom_the_phone_trusts(
    text: str, key: str, *, signed: bool
) -> None:
    assert f"{key} {NEVER}" in problems(text, signed=signed)


@pytest.mark.parametrize(
    "text",
    [
        *("phone = 1", "account = 1", "account = [1]", "fleet = [1]", ""),
        *("[[account]]\nname = ['office']", "[[contact]]\nnumber = [102]\nname = {}"),
    ],
)
@pytest.mark.parametrize("signed", [False, True])
def test_what_is_of_another_kind_is_left_to_the_check(text: str, *, signed: bool) -> None:
    check_permission(tomllib.loads(text), tomllib.loads(OWN), Lines(text), signed=signed)
    laid_over(tomllib.loads(OWN), tomllib.loads(text))


def whole(text: str) -> dict[str, Any]:
    return laid_over(tomllib.loads(OWN), tomllib.loads(text))


def test_what_the_net_does_not_say_stays() -> None:
    both = whole(HARMLESS)
    assert both["phone"]["name"] == "Reception"
    assert both["phone"]["board"] == "simulator"
    assert both["zrtp"] == {"ciphers": ["AES3"]}
    assert [each["name"] for each in both["account"]] == ["sales", "office"]
    assert [each["number"] for each in both["contact"]] == ["103", "102"]
    assert both["fleet"] == {"url": "https://example.org/1.toml"}


def test_an_account_of_the_same_name_takes_the_others_place() -> None:
    (account,) = whole('[[account]]\nname = "office"\nuri = "sip:a@b.c"')["account"]
    assert account["uri"] == "sip:a@b.c"


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("[fleet]\nversion = 3", 3),
        ("[fleet]\nversion = 0", None),
        ("[fleet]\nversion = true", None),
        ("[fleet]\nversion = '3'", None),
        ("[fleet]", None),
        ("fleet = 3", None),
        ("", None),
    ],
)
def test_the_version(text: str, version: int | None) -> None:
    assert version_of(tomllib.loads(text)) == version
