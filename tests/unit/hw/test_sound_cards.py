import pytest

from hw.sound_cards import Card, absence, card_id_of, find_card

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
