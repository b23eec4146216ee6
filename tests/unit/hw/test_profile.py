import re
from pathlib import Path

import pytest

from hw.profile import (
    BOARDS,
    MODELS,
    BuzzerProfile,
    Controller,
    HeadsetProfile,
    I2cBus,
    SoundProfile,
    SpeakerProfile,
    SpiBus,
    load_profile,
)
from hw.profile_table import ProfileError, Table
from hw.types import Key

GOOD = (BOARDS / "pi-usb-handset.toml").read_text()


def test_the_profile_of_the_usb_handset() -> None:
    profile = load_profile("pi-usb-handset")
    assert profile.name == "pi-usb-handset"
    assert profile.keypad.matrix.keys[0] == (Key.DIGIT_1, Key.DIGIT_2, Key.DIGIT_3, Key.CALL)
    assert profile.keypad.settle == pytest.approx(20e-6)
    assert profile.hook.lifted_is_open
    assert isinstance(profile.ringer, BuzzerProfile)
    assert profile.display.controller is Controller.SSD1306
    assert profile.display.bus == I2cBus(port=1, address=0x3C)
    assert profile.handset == SoundProfile(card="usb")


def test_the_profile_of_the_twelve_keys() -> None:
    profile = load_profile("pi-spi-12-keys")
    assert profile.keypad.long_press[Key.HASH] is Key.CALL
    assert profile.display.bus == SpiBus(device=0, data_command=24, reset=25)
    assert profile.ringer == SpeakerProfile("plughw:CARD=Headphones")


@pytest.mark.parametrize("path", sorted(BOARDS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_profile_loads_by_name_and_by_file(path: Path) -> None:
    assert load_profile(path.stem) == load_profile(str(path))


def test_the_profile_of_the_wm8960_hat() -> None:
    profile = load_profile("pi-wm8960-hat")
    assert profile.overlays == ("wm8960-soundcard",)
    assert profile.boot_settings == ("dtparam=i2c_arm=on", "dtoverlay=wm8960-soundcard")
    assert profile.hat is not None
    assert set(profile.hat.pins) == {2, 3, 17, 18, 19, 20, 21}
    assert profile.handset.card == "wm8960soundcard"
    assert profile.handset.control == "Headphone"
    assert profile.handset.controls["Left Output Mixer PCM"] is True
    assert profile.handset.controls["Speaker"] == 0


def test_the_profile_of_the_codec_zero() -> None:
    profile = load_profile("pi-codec-zero")
    assert profile.boot_settings == ("dtparam=i2c_arm=on", "dtoverlay=rpi-codeczero")
    assert profile.hat is not None
    assert set(profile.hat.pins) == {2, 3, 18, 19, 20, 21, 27}
    assert (profile.leds.red, profile.leds.green, profile.leds.on_hat) == (24, 23, True)
    assert profile.handset.controls["DAC Left Source MUX"] == "DAI Input Left"


@pytest.mark.parametrize("path", sorted(BOARDS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_profile_says_which_pis_it_is_for(path: Path) -> None:
    assert load_profile(path.stem).models == MODELS
    assert load_profile(path.stem).boot_settings[0] in {"dtparam=i2c_arm=on", "dtparam=spi=on"}


HAT = (BOARDS / "pi-wm8960-hat.toml").read_text()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("pin = 4\n", "pin = 19\n", "GPIO19 is used twice, by [hat] PCM_FS and [hook] pin; each "),
        ("pin = 4\n", "pin = 17\n", ("GPIO17 is used twice, by [hat] pins.button of the HAT and "
            "[hook] pin; each needs a pin of its own")),
        ('HAT" = 17', 'HAT" = 20', ("GPIO20 is used twice, by [hat] PCM_DIN and [hat] "
            "pins.button of the HAT")),
        ('HAT" = 17', 'HAT" = 99', "[hat] pins.button of the HAT must be a BCM number from 2"),
        ('["i2s", "i2c"]', '["i2s", "spi"]', '[hat] buses must be a list of "i2s", "i2c", not'),
        ('["i2s", "i2c"]', "[]", '[hat] buses must be a list of "i2s", "i2c", not []'),
        ('models = ["Zero 2 W", ', 'models = ["2", ', 'models must be a list of "Zero 2 W", "3"'),
        ('["wm8960-soundcard"]', "[1]", "overlays must be a list of texts, not [1]"),
        ('"Speaker" = 0', '"Speaker" = 101', ("[handset.controls] Speaker must be true, false, "
            "0 to 100 percent, or the name of a choice, not 101")),
        ("[handset.controls]", "[handset.switches]", "[handset] switches is unknown here; known are"),
        ("[leds]", "[leds]\non_hat = 1", "[leds] on_hat must be true or false, not 1"),
        ("[keypad]", "[headset]\ncard = 'usb'\npin = 14\nplugged = 'in'\n[keypad]", (
            "[headset] plugged must be \"open\" or \"closed\", not 'in'")),
        ("[keypad]", "[headset]\npin = 14\nplugged = 'open'\n[keypad]", ("[headset] card must be "
            "a part of a sound card's name")),
    ],
)  # fmt: skip
def test_a_mistake_about_a_hat_is_told(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in HAT
    assert refused(tmp_path, HAT.replace(old, new, 1)).startswith(message)


def test_display_and_hat_share_the_i2c_bus_and_nobody_else_may() -> None:
    table = Table("mine.toml", {"one": {"pin": 2}, "two": {}, "three": {}})
    assert table.table("two").reserve("SDA", "SCL") == {2: "SDA", 3: "SCL"}
    assert table.table("three").reserve("SDA", "SCL") == {2: "SDA", 3: "SCL"}
    with pytest.raises(
        ProfileError, match=r"GPIO2 is used twice, by \[three\] SDA and \[one\] pin"
    ):
        table.table("one").pin("pin")


def test_a_headset_on_a_jack_and_one_on_usb(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    jack = "[headset]\ncard = 'wm8960'\npin = 14\nplugged = 'open'\n"
    path.write_text(HAT + jack)
    headset = load_profile(str(path)).headset
    assert headset == HeadsetProfile(SoundProfile(card="wm8960"), 14, plugged_is_closed=False)
    path.write_text(HAT + "[headset]\ncard = 'usb'\ncontrol = 'PCM'\n")
    headset = load_profile(str(path)).headset
    assert headset == HeadsetProfile(SoundProfile(card="usb", control="PCM"))


def test_a_loudspeaker_may_be_named_by_its_card(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    ringer = 'kind = "buzzer"\npin = 25'
    path.write_text(HAT.replace(ringer, 'kind = "speaker"\ncard = "headphones"'))
    assert load_profile(str(path)).ringer == SpeakerProfile(card="headphones")


def refused(tmp_path: Path, text: str) -> str:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(ProfileError) as caught:
        load_profile(str(path))
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    return message.removeprefix(f"{path}: ")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("pin = 17", "pin = 18.5", "[hook] pin must be a BCM number from 2 to 27, not 18.5"),
        ("pin = 17", "pin = 28", "[hook] pin must be a BCM number from 2 to 27, not 28"),
        ("pin = 17", "pin = true", "[hook] pin must be a BCM number from 2 to 27, not True"),
        ("pin = 17", "", "[hook] pin must be a BCM number from 2 to 27; it is missing"),
        ("pin = 17", "pin = 5", ("GPIO5 is used twice, by [keypad] rows and [hook] pin; each "
            "needs a pin of its own")),
        ("pin = 17", "pin = 2", ("GPIO2 is used twice, by [hook] pin and [display] SDA; each "
            "needs a pin of its own")),
        ("pin = 17", "pin = 17\nbounce = 3", ("[hook] bounce is unknown here; known are lifted, "
            "pin")),
        ('lifted = "open"', 'lifted = "up"', ('[hook] lifted must be "open" or "closed", not '
            "'up'")),
        ("rows = [5, 6, 13, 26]", "rows = 5", ("[keypad] rows must be a list of BCM numbers, "
            "not 5")),
        ("rows = [5, 6, 13, 26]", "rows = [5, 6, 13]", "[keypad] keys must be 3 rows of 4 keys"),
        ('"call"]', '"Call"]', "[keypad] keys must be made of 0 1 2"),
        ('"call"]', '"1"]', "[keypad] keys must be each key once (twice in the matrix: 1)"),
        ("keys = [\n", "keys = [1,\n", "[keypad] keys must be a list of rows, each a list"),
        ("[hook]", "long_press = 1\n[hook]", "[keypad] long_press must be a table such as"),
        ("[hook]", "settle_us = -1\n[hook]", "[keypad] settle_us must be a whole number from 0"),
        ("address = 0x3c", "address = 0x78", ("[display] address must be a whole number from 8 "
            "to 119, not 120")),
        ('kind = "buzzer"', 'kind = "bell"', '[ringer] kind must be "buzzer" or "speaker"'),
        ('card = "usb"', "", ("[handset] card must be a part of a sound card's name, e.g. "
            '"usb"; it is missing')),
        ('card = "usb"', "card = 1", "[handset] card must be a text, not 1"),
        ("[leds]", "[lamps]", "leds must be a table; it is missing"),
        ("description", "describtion", "description must be a text; it is missing"),
        ("[hook]", "[colour]\n[hook]", "colour is unknown here; known are description, display"),
        ("[hook]", "[hook", "this is no TOML: "),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_what_would_be_right(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in GOOD
    assert refused(tmp_path, GOOD.replace(old, new, 1)).startswith(message)


def test_every_key_must_be_somewhere(tmp_path: Path) -> None:
    text = (BOARDS / "pi-spi-12-keys.toml").read_text()
    lacking = text.replace(', "5" = "menu"', "")
    assert "no menu, not" in refused(tmp_path, lacking)
    nowhere = text.replace('"5" = "menu"', '"call" = "menu"')
    assert "long_press must be names of keys that the matrix has" in refused(tmp_path, nowhere)


def test_pcms_may_be_named_instead_of_a_card(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD.replace('card = "usb"', 'capture = "mic"\nplayback = "ear"'))
    assert load_profile(str(path)).handset == SoundProfile(capture="mic", playback="ear")


def test_what_is_not_there_is_told_with_what_is() -> None:
    with pytest.raises(
        ProfileError, match=re.escape("one of pi-codec-zero, pi-spi-12-keys, pi-usb-handset, pi-")
    ):
        load_profile("pi-nothing")


def test_the_mark_of_an_editor_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert load_profile(str(file)).hook == load_profile("pi-usb-handset").hook


@pytest.mark.parametrize(
    ("octets", "message"),
    [
        (b"# one\n# gr\xfcn\n", ", line 2: this is not UTF-8 text"),
        (b"x = " + b"[" * 3000, ": this is no TOML: "),
        (b"x = " + b"9" * 5000, ": this is no TOML: "),
    ],
)
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, octets: bytes, message: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(octets)
    with pytest.raises(ProfileError, match=re.escape(f"{file}{message}")):
        load_profile(str(file))


def test_a_list_within_a_list_is_told(tmp_path: Path) -> None:
    text = GOOD.replace("models = [", 'models = [["4"], ')
    assert refused(tmp_path, text).startswith("models must be a list of")
    hat = (BOARDS / "pi-wm8960-hat.toml").read_text()
    assert refused(tmp_path, hat.replace("buses = [", 'buses = [["i2c"], ')).startswith(
        "[hat] buses must be a list of"
    )
