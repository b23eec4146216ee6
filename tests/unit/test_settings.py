from pathlib import Path
from random import Random

import pytest

from agent import settings
from agent.config import parse_config
from agent.config.loader import LANGUAGES
from agent.media.countries import COUNTRIES
from agent.phone.actions import Tone
from agent.phone.preferences import Language
from agent.store import Contact, TlsIdentity
from agent.zrtp import DEFAULT_OFFER
from agent.zrtp.sas import render

TEXT = """
[phone]
name = "Alice"
state_dir = "state"
board = "simulator"
dial_timeout_s = 2.5

[sip]
listen = "127.0.0.1:5071"

[zrtp]
key_agreements = ["DH3k"]

[simulator]
socket = "alice.sock"

[[account]]
name = "office"
uri = "sip:alice@example.org"
user = "alice"
password = "hush"

[[contact]]
name = "Bob"
number = "102"
uri = "sip:bob@example.org"

[[contact]]
name = "Carol"
number = "103"
uri = "sip:192.0.2.7"
"""
URN = "urn:uuid:00000000-0000-4000-8000-000000000001"


def test_every_language_of_the_configuration_is_one_of_the_phone(tmp_path: Path) -> None:
    assert {each.value for each in Language} == set(LANGUAGES)
    config = parse_config(TEXT.replace("board", 'language = "fr"\nboard'), tmp_path / "sotto.toml")
    assert settings.phone_settings(config).preferences.language is Language.FRENCH


def test_candidates_are_drawn_only_where_the_person_chooses(tmp_path: Path) -> None:
    randbytes = Random(1).randbytes
    confirming = parse_config(TEXT, tmp_path / "sotto.toml")
    assert settings.sas_candidates(confirming, randbytes) is None
    choosing = parse_config(
        TEXT.replace("[zrtp]", '[zrtp]\nsas_check = "choose"'), tmp_path / "sotto.toml"
    )
    draw = settings.sas_candidates(choosing, randbytes)
    assert draw is not None
    sas = render("B256", 0x12345678)
    assert all(half in offered for half, offered in zip(sas.words, draw(sas), strict=True))


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_tone_has_a_sound_in_every_country(country: str) -> None:
    assert set(settings.tones(country)) == set(Tone)


def test_alarms_sound_the_same_everywhere_and_the_network_does_not() -> None:
    british, american = settings.tones("uk"), settings.tones("us")
    assert british[Tone.ALARM] == american[Tone.ALARM]
    assert british[Tone.CONFIRMED] == american[Tone.CONFIRMED]
    assert british[Tone.RINGBACK] != american[Tone.RINGBACK]


def test_a_contact_at_our_server_is_called_through_it_and_others_directly(tmp_path: Path) -> None:
    config = parse_config(TEXT, tmp_path / "sotto.toml")
    told = settings.phone_settings(config)
    accounts = {each.name: each.account for each in told.dial_plan.contacts}
    assert accounts == {"Bob": "office", "Carol": ""}
    assert told.timings.dial_timeout_s == 2.5
    assert told.dial_plan.accounts[0].domain == "example.org"


def test_imported_contacts_come_after_those_of_the_configuration(tmp_path: Path) -> None:
    config = parse_config(TEXT, tmp_path / "sotto.toml")
    imported = [Contact("Dora", "", "sip:dora@example.org")]
    told = settings.phone_settings(config, imported, restored=True)
    assert [each.name for each in told.dial_plan.contacts] == ["Bob", "Carol", "Dora"]
    assert told.dial_plan.contacts[2].account == "office"
    assert told.restored


def test_sip_gets_its_own(tmp_path: Path) -> None:
    config = parse_config(TEXT, tmp_path / "sotto.toml")
    identity = TlsIdentity(tmp_path / "c.pem", tmp_path / "k.pem", 0.0)
    told = settings.sip_settings(config, identity, URN)
    assert (told.listen_host, told.listen_port) == ("127.0.0.1", 5071)
    assert told.instance_id == URN
    assert told.accounts[0].password.startswith("hu")
    assert "hush" not in repr(told)


@pytest.mark.parametrize(
    ("line", "keys_by_server"),
    [("", False), ('policy = "zrtp"', False), ('policy = "zrtp_or_sdes"', True)],
)
def test_only_its_policy_gives_an_account_keys_of_the_server(
    tmp_path: Path, line: str, *, keys_by_server: bool
) -> None:
    text = TEXT.replace('password = "hush"', f'password = "hush"\n{line}')
    identity = TlsIdentity(tmp_path / "c.pem", tmp_path / "k.pem", 0.0)
    told = settings.sip_settings(parse_config(text, tmp_path / "sotto.toml"), identity, URN)
    assert told.accounts[0].keys_by_server is keys_by_server


def test_zrtp_keeps_its_own_order_where_the_configuration_names_none(tmp_path: Path) -> None:
    offer = settings.offer(parse_config(TEXT, tmp_path / "sotto.toml"))
    assert offer.key_agreements == ("DH3k",)
    assert offer.ciphers == DEFAULT_OFFER.ciphers


def test_post_quantum_only_leaves_the_classical_ones_out(tmp_path: Path) -> None:
    text = TEXT.replace('key_agreements = ["DH3k"]', "post_quantum_only = true")
    offer = settings.offer(parse_config(text, tmp_path / "sotto.toml"))
    assert offer.post_quantum_only
    assert offer.key_agreements == ("X3M3",)
