"""Files in, events out; and the order that the person's yes leaves."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from agent.config import STATE_DIR
from agent.phone.machine import UpdateChanged, UpdateProblem
from agent.phone.menu.answers import UpdateOffered
from agent.update import updating
from agent.update.desk import UpdateDesk, is_wanted, read
from agent.update.updating import Phase, Told

OFFERED: Final = {"phase": "offered", "version": "1.2.0+202611280926", "percent": 0, "problem": ""}


def with_desk(folder: Path, do: Callable[[UpdateDesk], None]) -> list[object]:
    """What the phone hears while this is done."""
    told: list[object] = []

    async def look() -> None:
        desk = UpdateDesk(told.append, lambda: True, folder / "state.json", folder / "order")
        do(desk)
        desk.close()

    asyncio.run(look())
    return told


def test_a_yes_leaves_the_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updating, "QUIET_S", 0.0)
    (tmp_path / "state.json").write_text(json.dumps(OFFERED))

    def agree(desk: UpdateDesk) -> None:
        desk.start()
        desk.answer(wanted=True)

    assert with_desk(tmp_path, agree) == [UpdateOffered("1.2.0")]
    assert (tmp_path / "order").read_text() == "install\n"


def test_later_leaves_none(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text(json.dumps(OFFERED))

    def put_off(desk: UpdateDesk) -> None:
        desk.start()
        desk.answer(wanted=False)

    with_desk(tmp_path, put_off)
    assert not (tmp_path / "order").exists()


def test_an_order_that_cannot_be_left_is_told(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text(json.dumps(OFFERED))
    (tmp_path / "order").mkdir()

    def agree(desk: UpdateDesk) -> None:
        desk.start()
        desk.answer(wanted=True)

    told = with_desk(tmp_path, agree)
    assert told == [UpdateChanged(problem=UpdateProblem.NOT_WRITTEN)]


def test_progress_reaches_the_idle_screen(tmp_path: Path) -> None:
    content = {**OFFERED, "phase": "installing", "percent": 40}
    (tmp_path / "state.json").write_text(json.dumps(content))
    assert with_desk(tmp_path, UpdateDesk.start) == [UpdateChanged(40)]


def test_why_it_failed_reaches_the_idle_screen(tmp_path: Path) -> None:
    content = {**OFFERED, "phase": "failed", "problem": "not-newer"}
    (tmp_path / "state.json").write_text(json.dumps(content))
    told = with_desk(tmp_path, UpdateDesk.start)
    assert told == [UpdateChanged(problem=UpdateProblem.NOT_NEWER)]


def test_a_machine_without_updates_is_quiet(tmp_path: Path) -> None:
    assert with_desk(tmp_path, UpdateDesk.start) == []


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"{}", b'{"phase": "x"}', b"[" * 5000, b"\xff"]
)
def test_what_cannot_be_read_tells_nothing(content: bytes) -> None:
    assert read(content) == Told()


def test_what_is_told() -> None:
    assert read(json.dumps({**OFFERED, "percent": 999}).encode()) == Told(
        Phase.OFFERED, "1.2.0+202611280926", 100
    )


def test_a_cards_own_phone_looks_for_updates_and_no_other_one(tmp_path: Path) -> None:
    card = tmp_path / "version"
    assert not is_wanted(STATE_DIR, card)
    card.touch()
    assert is_wanted(STATE_DIR, card)
    assert not is_wanted(tmp_path, card)
