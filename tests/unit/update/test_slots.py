"""Which slot is started, whenever the plug is pulled; the firmware is a function of autoboot.txt."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from agent.update.autoboot import autoboot, other, usual_slot
from agent.update.slots import AUTOBOOT, BootSlots, Notes, SlotError, booted_slot
from support.power_cut import CutDisk, PowerCutError

PARTITIONS: Final = {"A": 2, "B": 3}


class Card:
    """A card in a folder, and the Pi's firmware that reads it.

    Args:
        folder: Where.
        tries: Whether the firmware can be asked to try.
    """

    def __init__(self, folder: Path, *, tries: bool) -> None:
        self.folder, self.tries = folder, tries
        self.boot, self.notes = folder / "boot", folder / "var/slots.json"
        self.boot.mkdir(parents=True)
        self.notes.parent.mkdir()
        (self.boot / AUTOBOOT).write_bytes(autoboot("A", PARTITIONS))
        self.running = "A"

    def slots(self, disk: CutDisk | None = None) -> BootSlots:
        return BootSlots(
            self.boot, self.notes, self.running, PARTITIONS, tries=self.tries, disk=disk
        )

    def usual(self) -> str:
        """What the firmware starts."""
        slot = usual_slot((self.boot / AUTOBOOT).read_bytes(), PARTITIONS)
        assert slot is not None
        return slot

    def start(self, *, asked_to_try: bool = False) -> Notes:
        """The phone is started, and the first of its units does its part."""
        self.running = self.usual()
        if asked_to_try and self.tries:
            self.running = other(self.running)
        return self.slots().begin()

    def install(self) -> None:
        """An update into the slot that does not run, as RAUC does it."""
        target = other(self.running)
        self.slots().set_bad(target)
        self.slots().set_primary(target)


@pytest.fixture(params=[True, False], ids=["tries", "switches"])
def card(tmp_path: Path, request: pytest.FixtureRequest) -> Card:
    card = Card(tmp_path, tries=request.param)
    card.start()
    return card


def test_a_new_card_has_its_home_in_the_slot_that_it_starts(card: Card) -> None:
    assert card.slots().notes == Notes("A")
    assert (card.slots().primary, card.usual()) == ("A", "A")
    assert card.slots().is_good("B")


def test_an_update_is_tried_once_and_kept_when_it_proves_itself(card: Card) -> None:
    card.install()
    assert card.slots().primary == "B"
    assert card.slots().is_good("B")
    card.start(asked_to_try=True)
    assert (card.running, card.usual()) == ("B", "A")
    card.slots().set_good("B")
    assert card.slots().notes == Notes("B")
    card.start()
    assert card.running == "B"


def test_an_update_that_does_not_prove_itself_is_left_and_told_of(card: Card) -> None:
    card.install()
    card.start(asked_to_try=True)
    assert card.running == "B"
    notes = card.start()  # the watchdog, a panic, a pulled plug, or the phone itself
    assert (card.running, notes) == ("A", Notes("A", failed="B"))
    assert card.start().failed == "B"
    card.install()
    assert card.slots().notes.failed == ""


def test_back_and_forth(card: Card) -> None:
    for target in ("B", "A", "B"):
        card.install()
        card.start(asked_to_try=True)
        card.slots().set_good(target)
        card.start()
        assert (card.running, card.slots().notes) == (target, Notes(target))


def test_a_slot_that_is_being_written_is_not_started(card: Card) -> None:
    card.slots().set_bad("B")
    assert not card.slots().is_good("B")
    card.start(asked_to_try=False)
    assert card.running == "A"
    card.slots().set_good("B")
    assert card.slots().is_good("B")
    assert card.slots().notes.home == "A"


def test_an_update_on_trial_may_not_write_over_its_home(card: Card) -> None:
    card.install()
    card.start(asked_to_try=True)
    with pytest.raises(SlotError, match="slot A is the one"):
        card.slots().set_bad("A")


def test_an_update_can_be_taken_back_before_its_trial(card: Card) -> None:
    card.install()
    card.slots().set_primary("A")
    card.start()
    assert (card.running, card.slots().notes) == ("A", Notes("A"))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"home": "C"}', b'{"x": 1}', b"1" * 5000])
def test_where_the_note_is_lost_the_firmware_is_asked(card: Card, content: bytes) -> None:
    card.install()
    card.start(asked_to_try=True)
    card.slots().set_good("B")
    card.notes.write_bytes(content)
    assert card.start().home == "B"
    assert json.loads(card.notes.read_bytes())["home"] == "B"


def test_a_file_that_somebody_spoiled_is_mended(card: Card) -> None:
    (card.boot / AUTOBOOT).write_bytes(b"boot_partition=9\n" * 100)
    card.slots().begin()
    assert card.usual() == "A"


def step_install(card: Card, disk: CutDisk) -> None:
    card.slots(disk).set_bad("B")
    card.slots(disk).set_primary("B")


def step_begin(card: Card, disk: CutDisk) -> None:
    card.slots(disk).begin()


def step_keep(card: Card, disk: CutDisk) -> None:
    card.slots(disk).set_good("B")


def prepared(folder: Path, *, tries: bool, upto: Callable[[Card, CutDisk], None]) -> Card:
    """A card right before this step."""
    card = Card(folder, tries=tries)
    card.start()
    if upto is not step_install:
        card.install()
        card.running = "B"  # the firmware has started it
    if upto is step_keep:
        card.slots().begin()
    return card


@pytest.mark.parametrize("tries", [True, False])
@pytest.mark.parametrize("lazy", [True, False])
@pytest.mark.parametrize("step", [step_install, step_begin, step_keep])
def test_the_plug_pulled_before_any_write(
    tmp_path: Path, step: Callable[[Card, CutDisk], None], *, lazy: bool, tries: bool
) -> None:
    whole = CutDisk()
    step(prepared(tmp_path / "whole", tries=tries, upto=step), whole)
    for cut in range(whole.steps):
        card = prepared(tmp_path / str(cut), tries=tries, upto=step)
        with pytest.raises(PowerCutError):
            step(card, CutDisk(cut, lazy=lazy))
        started = card.usual()
        notes = card.start()
        assert started != notes.bad, cut
        assert notes.home in {"A", *({"B"} if step is step_keep else ())}, cut
        # Whatever it was, an update goes through afterwards.
        if notes.trial == card.running:
            card.slots().set_good(card.running)
        target = other(card.running)
        card.install()
        card.start(asked_to_try=True)
        card.slots().set_good(target)
        assert card.start() == Notes(target), cut


def test_the_first_start_may_be_cut_short_too(tmp_path: Path) -> None:
    whole = CutDisk()
    Card(tmp_path / "whole", tries=True).slots(whole).begin()
    assert whole.steps > 1
    for cut in range(whole.steps):
        card = Card(tmp_path / str(cut), tries=True)
        with pytest.raises(PowerCutError):
            card.slots(CutDisk(cut, lazy=True)).begin()
        assert card.start() == Notes("A")


def test_the_kernel_says_which_slot_runs() -> None:
    assert booted_slot("root=PARTUUID=534f5454-06 quiet sotto.slot=B\n") == "B"
    for line in ("", "sotto.slot=", "sotto.slot=C", "xsotto.slot=A"):
        with pytest.raises(SlotError, match="names no slot"):
            booted_slot(line)


def test_what_the_firmware_reads() -> None:
    content = autoboot("B", PARTITIONS)
    assert content == b"[all]\ntryboot_a_b=1\nboot_partition=3\n[tryboot]\nboot_partition=2\n"
    assert usual_slot(content.replace(b"\n", b"\r\n"), PARTITIONS) == "B"
    for wrong in (b"", b"\xff\xfe", b"[tryboot]\nboot_partition=2\n", b"boot_partition=7\n"):
        assert usual_slot(wrong, PARTITIONS) is None
