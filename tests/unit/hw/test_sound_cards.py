from pathlib import Path

import pytest

from hw.sound_cards import Card, absence, card_id_of, find_card, holders

BUILT_IN = Card(0, "Headphones", "bcm2835 Headphones", "bcm2835 Headphones")
STICK = Card(1, "Device", "USB Audio Device", "C-Media USB Audio at usb-3f980000.usb-1.2")
ODD = Card(3, "USB", "Something else", "Something else")


@pytest.mark.parametrize(
    ("wanted", "card"),
    [
        ("Device", STICK),
        ("c-media", STICK),
        ("usb", STICK),
        ("USB", ODD),  # an id that fits exactly comes first
        ("headphones", BUILT_IN),
        ("wm8960", None),
    ],
)
def test_a_card_is_found_by_its_name(wanted: str, card: Card | None) -> None:
    assert find_card(wanted, [BUILT_IN, STICK, ODD]) == card


ONE = Card(1, "Device", "USB Audio Device", "C-Media USB Audio Device at usb-0000:01:00.0-1.2")
TWIN = Card(2, "Device_1", "USB Audio Device", "C-Media USB Audio Device at usb-0000:01:00.0-1.4")


def renumbered(card: Card, index: int) -> Card:
    return Card(index, card.id, card.name, card.long_name)


def test_a_card_is_the_same_whatever_its_number_is_today() -> None:
    for order in ([BUILT_IN, ONE, ODD], [ODD, ONE, BUILT_IN], [ONE, BUILT_IN]):
        cards = [renumbered(card, index) for index, card in enumerate(order)]
        found = find_card("c-media", cards)
        assert found is not None
        assert (found.id, found.long_name) == (ONE.id, ONE.long_name)


def test_two_of_the_same_make_are_told_apart_by_where_they_are_plugged_in() -> None:
    """The kernel numbers their ids as they come, so that an id is no name for one of them."""
    swapped = [Card(1, "Device", *_names(TWIN)), Card(2, "Device_1", *_names(ONE))]
    for cards in ([ONE, TWIN], swapped):
        for place, wanted in (("00.0-1.2", ONE), ("00.0-1.4", TWIN)):
            found = find_card(place, cards)
            assert found is not None
            assert found.long_name == wanted.long_name
    assert find_card("Device_1", [ONE, TWIN]) == TWIN
    assert find_card("Device", [TWIN, ONE]) == ONE  # an id that fits exactly, not its beginning


def _names(card: Card) -> tuple[str, str]:
    return card.name, card.long_name


@pytest.mark.parametrize(
    ("pcm", "card"),
    [
        ("plughw:CARD=Device", "Device"),
        ("sysdefault:CARD=Device,DEV=0", "Device"),
        ("default", None),
        ("hw:0,0", None),
    ],
)
def test_the_card_that_a_pcm_names(pcm: str, card: str | None) -> None:
    assert card_id_of(pcm) == card


def test_a_card_that_is_not_there_is_told_with_those_that_are() -> None:
    assert absence("usb", []) == 'no sound card called "usb"; there is none'
    assert absence("usb", [BUILT_IN]) == (
        'no sound card called "usb"; there are Headphones ("bcm2835 Headphones")'
    )


def test_the_programs_that_hold_a_card(tmp_path: Path) -> None:
    def put(name: str, text: str) -> None:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    assert holders(STICK, tmp_path) == []
    put("asound/card1/pcm0c/sub0/status", "closed\n")
    put("asound/card1/pcm0p/sub0/status", "state: RUNNING\nowner_pid   : 712\ntrigger_time: 1\n")
    put("asound/card2/pcm0p/sub0/status", "state: RUNNING\nowner_pid   : 99\n")
    assert holders(STICK, tmp_path) == []  # it has ended this very moment
    put("712/comm", "pulseaudio\n")
    assert holders(STICK, tmp_path) == ["pulseaudio (712)"]
    put("asound/card1/pcm0c/sub0/status", "state: RUNNING\nowner_pid   : 712\n")
    assert holders(STICK, tmp_path) == ["pulseaudio (712)"]
