import pytest

from agent.media.devices import AudioDeviceError, find_device

NAMES = ["default", "hw:CARD=Device,DEV=0", "plughw:CARD=Device2,DEV=0", "plughw:CARD=Device,DEV=0"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("plughw:CARD=Device", "plughw:CARD=Device,DEV=0"),
        ("plughw:CARD=Device,DEV=0", "plughw:CARD=Device,DEV=0"),
        ("default", "default"),
    ],
)
def test_device_is_found_by_name(wanted: str, found: str) -> None:
    assert find_device(NAMES, wanted, "microphone") == found


def test_a_twin_of_the_card_is_not_taken_for_it() -> None:
    names = ["plughw:CARD=Device_1,DEV=0", "plughw:CARD=Device,DEV=0"]
    for wanted in ("Device", "Device_1"):
        assert find_device(names, f"plughw:CARD={wanted}", "earpiece") == (
            f"plughw:CARD={wanted},DEV=0"
        )


def test_missing_device_says_what_there_is() -> None:
    with pytest.raises(AudioDeviceError) as caught:
        find_device(NAMES, "plughw:CARD=Gone", "earpiece")
    assert str(caught.value) == (
        'No sound device "plughw:CARD=Gone" for the earpiece; there are: '
        "plughw:CARD=Device2,DEV=0, plughw:CARD=Device,DEV=0"
    )
    with pytest.raises(AudioDeviceError, match="there are: none"):
        find_device([], "plughw:CARD=Gone", "earpiece")
