"""What the demo writes into the phones' configurations, read as the phones read it."""

from pathlib import Path

import pytest

from agent.config import load_config
from agent.demo.household import ALICE, BOB, Home


def furnished(folder: Path, *, live: bool) -> Home:
    home = Home(ALICE, folder / ALICE.name, folder)
    home.furnish(BOB, live=live)
    home.microphone.touch()
    return home


@pytest.mark.parametrize("live", [False, True])
def test_alice_can_call_bob(tmp_path: Path, *, live: bool) -> None:
    config = load_config(furnished(tmp_path, live=live).config)
    (contact,) = config.contacts
    assert (contact.name, contact.number) == ("Bob", BOB.number)
    assert contact.uri.endswith(f":{BOB.sip_port}")


def test_a_phone_that_people_talk_with_records_nothing(tmp_path: Path) -> None:
    home = furnished(tmp_path, live=True)
    simulator = load_config(home.config).simulator
    assert simulator.earpiece_file is None
    assert simulator.sound_socket == home.sound
    assert simulator.microphone_file == home.microphone


def test_a_phone_in_the_story_is_made_of_files(tmp_path: Path) -> None:
    home = furnished(tmp_path, live=False)
    simulator = load_config(home.config).simulator
    assert simulator.earpiece_file == home.earpiece
    assert simulator.sound_socket is None
