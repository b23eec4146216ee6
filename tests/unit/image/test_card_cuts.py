"""When a card's plug is pulled, and what may not be missing afterwards."""

import random
from dataclasses import replace

import pytest

from support.card_cuts import (
    Cut,
    Drive,
    Given,
    Known,
    Plug,
    Stage,
    answers_of,
    boot_faults,
    drawn,
    giving_faults,
    last_answers,
    lasting,
    phone_faults,
    software_faults,
)

STAGES = (Stage("copy", "copying", 10.0), Stage("install", r"at=install\w*", 2.0))
ZID, OTHER = "0A" * 12, "0B" * 12
WHOLE = {
    "phone": "active running",
    "integrity": "ok",
    "zid": ZID,
    "certificate": "cc",
    "verified": OTHER,
}
TOLD = Known(ZID, "cc", (OTHER,))
GIVEN = Given(('uri = "sip:alice@example.org"',), ("geheim",))
TAKEN = {"config": '[[account]]\nuri = "sip:alice@example.org"', "secret": "geheim"}
CLEARED = Drive("password_file = ...", None, b"password_file = ... ####")
RUNS = {"slot": "B", "version": "99.0.1", "proof": "success"}
BOOT = {"vmlinuz": b"kernel", "overlays/a.dtbo": b"a"}
LINE = {"cmdline.txt": b"root=PARTUUID=1 sotto.slot=B\n", "board.txt": b"dtparam=spi=on\n"}


class Clock:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_one_seed_draws_the_same_moments_and_each_lies_in_its_stage() -> None:
    first, second = random.Random(7), random.Random(7)
    cuts = [drawn(first, STAGES) for _ in range(200)]
    assert cuts == [drawn(second, STAGES) for _ in range(200)]
    assert {cut.mark for cut in cuts} == {"copy", "install"}
    longest = {stage.mark: stage.lasts for stage in STAGES}
    assert all(0 <= cut.linger <= longest[cut.mark] for cut in cuts)
    assert max(cut.linger for cut in cuts) > 5


def test_the_plug_is_pulled_so_long_after_the_console_has_told_the_stage() -> None:
    clock = Clock()
    plug = Plug(STAGES, Cut("install", 3.0), clock)
    assert not plug("copying")
    clock.now = 5.0
    assert not plug("copying\nat=installing")
    clock.now = 7.9
    assert not plug("copying\nat=installing\nmore")
    clock.now = 8.0
    assert plug("copying\nat=installing\nmore")
    assert plug.pulled
    assert plug.seen == {"copy": 0.0, "install": 5.0}
    assert plug.between("copy", "install") == 5.0


def test_a_plug_without_a_cut_only_watches() -> None:
    plug = Plug(STAGES, None, Clock())
    assert not plug("copying at=installed")
    assert set(plug.seen) == {"copy", "install"}
    with pytest.raises(KeyError):
        plug.between("copy", "restart")


def test_a_stage_lasts_until_the_next_one_begins() -> None:
    stages = lasting(STAGES, {"copy": 4.0, "install": 10.0}, 11.5)
    assert [stage.lasts for stage in stages] == [6.0, 1.5]


def test_what_is_said_is_read_and_half_a_line_is_not() -> None:
    console = "boots\r\n\n@@zid=0A0A\r\n[ OK ] more\n@@config=[phone]\n@@config=a = b\n@@zid=0"
    assert answers_of(console) == {"zid": "0A0A", "config": "[phone]\na = b"}


def test_of_a_machine_that_started_anew_the_last_start_counts_but_for_who_it_is() -> None:
    console = f"@@at=ready\n@@zid={ZID}\n@@phone=x\n@@at=ready\n@@zid={ZID}\n@@phone=y\n"
    assert last_answers(console) == {"zid": ZID, "phone": "y"}
    assert last_answers("@@phone=x\n") == {"phone": "x"}
    assert Known.of(answers_of(console)).zid == ZID
    assert Known.of(answers_of(f"{console}@@zid={OTHER}\n")).zid == f"{ZID} {OTHER}"


def test_a_phone_that_is_as_it_said_is_whole() -> None:
    assert phone_faults(TOLD, WHOLE) == []
    assert Known.of(WHOLE) == TOLD


def test_what_it_had_not_said_before_may_be_anything_but_nothing() -> None:
    assert phone_faults(Known(), WHOLE) == []
    assert len(phone_faults(Known(), {})) == 4  # no phone, no database, no ZID, no certificate


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("phone", "activating auto-restart"),
        ("failed", "sotto-card.service loaded failed"),
        ("integrity", "page 3"),
        ("aside", "sotto.db.corrupt-1"),
        ("event", "something\ndatabase-restored"),
        ("zid", OTHER),
        ("zid", f"{ZID}\n{OTHER}"),
        ("certificate", "dd"),
        ("certificate", ""),
        ("verified", ZID),
    ],
)
def test_each_thing_that_is_not_as_before_is_told(name: str, value: str) -> None:
    assert phone_faults(TOLD, {**WHOLE, name: value})


def test_a_file_that_was_taken_and_cleared_is_where_it_belongs() -> None:
    assert giving_faults(GIVEN, TAKEN, CLEARED) == []


@pytest.mark.parametrize(
    ("answers", "drive"),
    [
        ({**TAKEN, "config": "[phone]"}, CLEARED),
        ({**TAKEN, "secret": ""}, CLEARED),
        ({**TAKEN, "secret": "geheim\ngeheim"}, CLEARED),
        (TAKEN, replace(CLEARED, octets=b"password = geheim")),
        (TAKEN, replace(CLEARED, text=None)),
        (TAKEN, replace(CLEARED, error="line 1")),
    ],
)
def test_what_was_given_is_neither_lost_nor_left(answers: dict[str, str], drive: Drive) -> None:
    assert giving_faults(GIVEN, answers, drive)


def test_each_half_has_its_own_software_and_that_works() -> None:
    assert software_faults("99.0.1", RUNS) == []
    assert (
        software_faults(
            "99.0.1", {**RUNS, "slot": "A", "version": "0.1.0", "proof": "exec-condition"}
        )
        == []
    )
    for wrong in ({"slot": "A"}, {"version": "0.1.0"}, {"proof": "exit-code"}, {"version": ""}):
        assert software_faults("99.0.1", {**RUNS, **wrong})


def test_a_half_is_started_with_all_that_was_written_and_its_own_line() -> None:
    assert boot_faults("B", BOOT, {**BOOT, **LINE}) == []
    for wrong in ({"vmlinuz": b"ker"}, {"cmdline.txt": b"sotto.slot=A\n"}, {"more": b""}):
        assert boot_faults("B", BOOT, {**BOOT, **LINE, **wrong})
    assert boot_faults("B", BOOT, {"vmlinuz": b"kernel", **LINE})
