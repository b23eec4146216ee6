"""What the booted card has said of its instructions, as a table: make bench-image."""

import json
from typing import Final

import pytest
from bench.card_figures import (
    CALL,
    COLD,
    DECODED,
    ECHO,
    ENCODED,
    GATE,
    READY,
    REST,
    WARM,
    Result,
    busy_ms,
    read,
)
from bench.figures import Figure

from support.card import count_instructions

START: Final = {
    "busy_ticks": "600 0 1000 2000 400 0 160 0 0 0",
    "ready_us": "22300000",
    "read_sectors": "119000",
    "first_process_us": "1990000",
    "took": "Startup finished in 5.1s (kernel) + 17s (userspace) = 22s",
    "blame": "8.1s sotto.service\n2.4s dev-vda7.device",
    "chain": "sotto.service +8.1s\n└─network.target @9.0s",
    "unit_ns": "150000000 sotto-card.service\n3520000000 sotto.service\n1500000000 q.service",
    "cold": "3700000 72000\n3800000 72100",
    "warm": "2360000 0\n2400000 0",
    "memory_kib": "Rss 78848 kB\nPss 60000 kB\nPss_Anon 45056 kB\nPss_File 14944 kB",
    "threads": "11",
    "free_kib": "353280",
}
"""What on_card.sh says, shortened."""


def told(*figures: Figure) -> str:
    return "\n".join(json.dumps(each.as_json()) for each in figures)


def medians(result: Result) -> dict[str, float]:
    return {each.name: each.median for each in result.figures}


def test_what_waits_for_nothing_and_for_disks_is_no_work() -> None:
    assert busy_ms("600 1 1000 2000 400 2 160 3 77 88") == 17_660


def test_the_start_is_told_in_millions_of_instructions() -> None:
    found = medians(read(START))
    assert found[READY] == 17_600
    assert found[COLD] == pytest.approx(3750)
    assert found[WARM] == pytest.approx(2380)
    assert found[f"{READY}: read from the root"] == pytest.approx(60.9, abs=0.1)
    assert found["the service's memory at rest: Rss"] == 77


def test_the_timeline_and_the_dearest_units_are_told() -> None:
    notes = read(START).notes
    assert "systemd-analyze: Startup finished in 5.1s (kernel) + 17s (userspace) = 22s" in notes
    assert notes[notes.index("systemd-analyze blame:") + 1] == "    8.1s sotto.service"
    assert notes[notes.index("systemd-analyze critical-chain:") + 2] == "    └─network.target @9.0s"
    at = notes.index("instructions by unit, in millions:")
    assert [each.split() for each in notes[at + 1 : at + 3]] == [
        ["3520", "sotto.service"],
        ["150", "sotto-card.service"],
    ]


def test_what_was_counted_on_the_card_is_in_the_table() -> None:
    keys = Figure("keys by X255, Hello to Conf2ACK, both phones", "million", [8.8, 8.9, 9.0])
    found = read(START | {"figure": told(keys)})
    assert keys in found.figures
    assert "    keys by X255, Hello to Conf2ACK, one phone: 6.7 to 8.9 ms" in found.notes


def test_a_calls_sound_is_told_by_its_parts() -> None:
    figures = (
        Figure(CALL, "million", [100.0, 102.0]),
        Figure(REST, "million", [1.0, 1.0]),
        Figure(ENCODED, "thousand", [1000.0]),
        Figure(DECODED, "thousand", [200.0]),
        Figure(GATE.format(way="out"), "thousand", [10.0]),
        Figure(GATE.format(way="in"), "thousand", [10.0]),
        Figure(ECHO, "thousand", [300.0]),
    )
    notes = read(START | {"figure": told(*figures)}).notes
    at = notes.index("A second of a call, less a second at rest: 100.0 million instructions:")
    assert [float(each.split()[0]) for each in notes[at + 1 : at + 5]] == [50.0, 10.0, 1.0, 39.0]
    assert notes[at + 5].endswith("30.0")
    assert "    one phone in a call, in a second: 15 to 20 % of one core of its four" in notes
    assert "    the same in a call, with the echo canceller: 20 to 26 %" in notes


def test_an_estimate_says_that_it_is_one() -> None:
    notes = read(START).notes
    at = next(at for at, note in enumerate(notes) if note.startswith("An estimate, no measurement"))
    assert notes[at + 1] == f"    {READY}: 26 to 35 s of one core"
    assert notes[at + 2] == f"    {WARM}: 3.6 to 4.8 s of one core"


def test_a_part_that_failed_leaves_the_others_in_the_table() -> None:
    found = read(START | {"failed": "Traceback\nOSError: no libopus"})
    assert found.failed == "Traceback\nOSError: no libopus"
    assert found.as_json()["failed"] == found.failed
    assert medians(found)[READY] == 17_600


def test_a_start_that_was_not_told_is_no_start_of_nothing() -> None:
    with pytest.raises(KeyError):
        read({"took": START["took"]})


def test_a_clock_that_counts_instructions_has_one_core() -> None:
    command = ["qemu", "-smp", "2", "-accel", "tcg,thread=multi", "-nographic"]
    count_instructions(command)
    assert command[1:5] == ["-smp", "1", "-accel", "tcg,thread=single,tb-size=256"]
    assert command[-2:] == ["-icount", "shift=0,sleep=on"]
