from pathlib import Path

from agent.config import describe, parse_config

TEXT = """
[phone]
name = "Alice"
board = "simulator"
[sip]
direct_calls = false
[zrtp]
ciphers = ["AES3"]
[[account]]
name = "Home"
uri = "sip:alice@example.org"
password = "geheim"
ca_file = "/dev/../etc/passwd"
[[contact]]
name = "Bob"
number = "2"
uri = "sip:bob@example.org"
"""


def test_it_says_what_the_phone_would_do_without_the_password() -> None:
    text = "\n".join(describe(parse_config(TEXT, Path("/etc/sotto/sotto.toml"))))
    assert "geheim" not in text
    for part in (
        "Alice, on the board simulator",
        "TLS on 0.0.0.0:5061, certificate its own, kept in /var/lib/sotto",
        "calls without a server are refused",
        "AES3; keys are made for each call; the words are compared;",
        "; a PBX that asks to listen in is refused",
        "Home: sip:alice@example.org at sip:example.org, as alice with a password",
        "2 is Bob, sip:bob@example.org",
    ):
        assert part in text


def test_the_engine_chooses_where_nothing_is_said_of_algorithms() -> None:
    text = '[phone]\nname = "Alice"\nboard = "simulator"\n[zrtp]\npbx_enrolment = "ask"\n'
    said = describe(parse_config(text, Path("/x.toml")))
    assert any("put to the person" in line for line in said)
    assert any("engine's own" in line for line in said)


def test_it_says_when_keys_of_the_last_call_are_proposed() -> None:
    text = '[phone]\nname = "Alice"\nboard = "simulator"\n[zrtp]\npreshared = true\n'
    assert any(
        "keys of the last call are proposed;" in each
        for each in describe(parse_config(text, Path("/x.toml")))
    )
