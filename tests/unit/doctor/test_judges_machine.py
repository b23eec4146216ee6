"""Findings about configuration, storage, sound, hardware and software."""

from dataclasses import replace

import pytest

from agent.doctor.findings import State
from agent.doctor.judges import configuration, hardware, software, sound, storage
from agent.doctor.judges.configuration import ConfigurationFacts
from agent.doctor.judges.hardware import BoardFacts, Node
from agent.doctor.judges.software import PhoneFacts, SoftwareFacts
from agent.doctor.judges.sound import SoundFacts
from agent.doctor.judges.storage import StorageFacts
from agent.health.look import MachineFacts

GOOD, WATCH, WRONG, SKIPPED = State.GOOD, State.WATCH, State.WRONG, State.SKIPPED
FILE = "/etc/sotto/sotto.toml"


@pytest.mark.parametrize(
    ("facts", "states", "said"),
    [
        (ConfigurationFacts(FILE, accounts=1), [GOOD], "can be used: 1 account, no contacts."),
        (ConfigurationFacts(FILE, accounts=2, contacts=3), [GOOD], "2 accounts, 3 contacts."),
        (ConfigurationFacts(FILE, refusal="no signature"), [GOOD, WATCH], "can be used"),
        (ConfigurationFacts(FILE, missing=True), [WRONG], "There is no configuration"),
        (ConfigurationFacts(FILE, forbidden=True), [WRONG], "may not be read by you"),
        (ConfigurationFacts(FILE, ("line 1: a", "line 2: b")), [WRONG, WRONG], "line 1: a."),
    ],
)
def test_the_configuration(facts: ConfigurationFacts, states: list[State], said: str) -> None:
    found = configuration.judge(facts)
    assert [each.state for each in found] == states
    assert said in found[0].sentence


MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("facts", "states", "said"),
    [
        (StorageFacts("/s", free=900 * MIB), [GOOD, GOOD], "900 MiB are free"),
        (StorageFacts("/s", free=50 * MIB), [WATCH, GOOD], "nearly full: 50 MiB"),
        (StorageFacts("/s", free=3 * MIB), [WRONG, GOOD], "full: 3 MiB"),
        (StorageFacts("/s", free=900 * MIB, read_only=True), [WRONG, GOOD], "only be read"),
        (StorageFacts("/s"), [SKIPPED, GOOD], "does not tell"),
        (StorageFacts("/s", forbidden=True), [SKIPPED], "only root"),
        (StorageFacts("/s", free=900 * MIB, fault="malformed"), [GOOD, WRONG], "900"),
        (StorageFacts("/s", free=900 * MIB, database=False), [GOOD, GOOD], "900"),
    ],
)
def test_the_storage(facts: StorageFacts, states: list[State], said: str) -> None:
    found = storage.judge(facts)
    assert [each.state for each in found] == states
    assert said in found[0].sentence


@pytest.mark.parametrize(
    ("facts", "runs", "states", "said"),
    [
        (SoundFacts("handset", absence="no card"), False, [WRONG], "is missing: no card."),
        (SoundFacts("handset", "USB", tried=True), False, [GOOD], "The handset (USB) opens."),
        (SoundFacts("handset", "USB"), True, [GOOD, SKIPPED], "is there."),
        (SoundFacts("handset", "USB", holders=("pa (7)",)), False, [WRONG], "held by pa (7)."),
        (SoundFacts("handset", "USB", holders=("sotto (7)",)), True, [GOOD], "by sotto (7)."),
        (SoundFacts("handset", "USB", tried=True, faults=("No mic.",)), False, [WRONG], "No mic."),
        (
            SoundFacts("handset", "USB", tried=True, control="PCM", percent=80, muted=True),
            False,
            [GOOD, WATCH],
            "opens",
        ),
        (
            SoundFacts("handset", "USB", tried=True, control="PCM", percent=4),
            False,
            [GOOD, WATCH],
            "opens",
        ),
        (
            SoundFacts("handset", "USB", tried=True, control="PCM", percent=70),
            False,
            [GOOD],
            "opens",
        ),
    ],
)
def test_the_sound(facts: SoundFacts, runs: bool, states: list[State], said: str) -> None:  # noqa: FBT001
    found = sound.judge(facts, phone_runs=runs)
    assert [each.state for each in found] == states
    assert said in found[0].sentence
    assert all(each.advice for each in found if each.state in {WATCH, WRONG})


BOARD = BoardFacts(
    board="pi-usb-handset",
    models=("4", "5"),
    model="Raspberry Pi 4 Model B Rev 1.4",
    gpio=Node.THERE,
    gpio_fault="",
    bus="/dev/i2c-1",
    bus_node=Node.THERE,
    display="I2C address 0x3c",
    settings=("dtparam=i2c_arm=on",),
    groups=("gpio", "i2c"),
)


@pytest.mark.parametrize(
    ("facts", "states", "said"),
    [
        (BOARD, [GOOD, GOOD, GOOD], "Raspberry Pi 4 Model B"),
        (replace(BOARD, model="Raspberry Pi 3 Model B"), [WATCH, GOOD, GOOD], "is made for"),
        (replace(BOARD, model="", gpio=Node.MISSING), [WRONG, SKIPPED], "no Raspberry Pi"),
        (replace(BOARD, model=""), [WATCH, GOOD, GOOD], "does not say"),
        (replace(BOARD, gpio=Node.MISSING), [GOOD, WRONG, GOOD], "no GPIO lines"),
        (replace(BOARD, gpio=Node.FORBIDDEN), [GOOD, WRONG, GOOD], "usermod -aG gpio,i2c"),
        (replace(BOARD, gpio_fault="busy"), [GOOD, WRONG, GOOD], "cannot be used: busy."),
        (replace(BOARD, bus_node=Node.MISSING), [GOOD, GOOD, WRONG], "dtparam=i2c_arm=on"),
        (replace(BOARD, bus_node=Node.FORBIDDEN), [GOOD, GOOD, WRONG], "not be used by you"),
        (replace(BOARD, bus_node=Node.SILENT), [GOOD, GOOD, WRONG], "at I2C address 0x3c"),
    ],
)
def test_the_board(facts: BoardFacts, states: list[State], said: str) -> None:
    found = hardware.judge_board(facts)
    assert [each.state for each in found] == states
    assert any(said in f"{each.sentence} {each.advice}" for each in found)


@pytest.mark.parametrize(
    ("facts", "states", "said"),
    [
        (MachineFacts(), [], ""),
        (MachineFacts(51.2), [GOOD], "51 °C"),
        (MachineFacts(72.0), [WATCH], "hot: 72 °C"),
        (MachineFacts(81.0), [WRONG], "too hot"),
        (MachineFacts(throttled=0), [GOOD], "strong enough"),
        (MachineFacts(throttled=0x1), [WRONG], "too weak"),
        (MachineFacts(throttled=0x50005), [WRONG], "too weak"),
        (MachineFacts(throttled=0x50000), [WATCH], "too low since the start"),
        (MachineFacts(50.0, throttled=0x8), [GOOD, WATCH], "strong enough"),
        (MachineFacts(low_voltage=True), [WRONG], "too weak"),
    ],
)
def test_the_machine(facts: MachineFacts, states: list[State], said: str) -> None:
    found = hardware.judge_machine(facts)
    assert [each.state for each in found] == states
    assert not found or said in found[0].sentence


WHOLE = SoftwareFacts("0.1.0", "3.13.5", "OpenSSL 3.5.1", (2, 17))


@pytest.mark.parametrize(
    ("facts", "wrong", "said"),
    [
        (WHOLE, 0, ""),
        (replace(WHOLE, pjsip=(2, 9)), 1, "PJSIP is 2.9; 2.17 is the oldest"),
        (replace(WHOLE, pjsip=None, pjsip_fault="No module"), 1, "cannot be loaded: No module."),
        (replace(WHOLE, gate_fault="no file"), 1, "The gate cannot be loaded: no file."),
        (replace(WHOLE, srtp_status=None), 1, "libsrtp is not there"),
        (replace(WHOLE, srtp_status=11), 1, "(status 11)"),
    ],
)
def test_the_software(facts: SoftwareFacts, wrong: int, said: str) -> None:
    found = [each for each in software.judge(facts) if each.state is WRONG]
    assert len(found) == wrong
    assert all(said in each.sentence and each.advice for each in found)


@pytest.mark.parametrize(
    ("facts", "states", "said"),
    [
        (PhoneFacts("0.1.0", 7260), [GOOD], "for 2 h 1 min"),
        (PhoneFacts("0.1.0", 125), [GOOD], "for 2 min"),
        (PhoneFacts("0.1.0", 12), [GOOD], "for 12 s"),
        (PhoneFacts("0.0.9", 60), [GOOD, WATCH], "runs"),
        (PhoneFacts("0.1.0", 60, restored=True), [GOOD, WATCH], "runs"),
    ],
)
def test_the_phone_that_runs(facts: PhoneFacts, states: list[State], said: str) -> None:
    found = software.judge_phone(facts, "0.1.0")
    assert [each.state for each in found] == states
    assert said in found[0].sentence


def test_the_oldest_pjsip_is_the_one_that_the_phone_itself_refuses() -> None:
    from agent.sip.library import OLDEST  # noqa: PLC0415 - loads PJSIP

    assert software.OLDEST == OLDEST
