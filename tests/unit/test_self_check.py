"""The menu's look at everything: a process of its own, and what it says in the menu's words."""

import asyncio
import json
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from agent.phone.menu.answers import PhoneChecked, Trouble
from agent.self_check import MOST, SelfCheck, read
from support.netns import network_namespace


def document(*findings: tuple[str, str]) -> bytes:
    listed = [{"state": state, "sentence": said, "advice": ""} for state, said in findings]
    return json.dumps({"findings": listed}).encode()


def test_what_is_wrong_comes_before_what_is_to_be_watched() -> None:
    told = document(("good", "a"), ("watch", "b"), ("wrong", "c"), ("skipped", "d"), ("wrong", "e"))
    assert read(told) == PhoneChecked((Trouble("c"), Trouble("e"), Trouble("b", wrong=False)))


def test_a_phone_that_is_well() -> None:
    assert read(document(("good", "a"), ("skipped", "b"))) == PhoneChecked()


def test_nobody_turns_a_hundred_pages() -> None:
    assert len(read(document(*[("wrong", str(n)) for n in range(100)])).troubles) == MOST


@pytest.mark.parametrize(
    "output", [b"", b"no", b"[]", b"{}", b'{"findings": [{"state": "wrong"}]}', b'{"findings": 1}']
)
def test_what_is_no_report_is_no_good_news(output: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(output)


def looked_at(config: Path, times: int = 1) -> list[PhoneChecked]:
    """What a phone with this configuration is told when it asks so often at once."""
    told: list[PhoneChecked] = []

    async def looks() -> None:
        tasks: list[asyncio.Task[None]] = []

        def spawn(look: Coroutine[Any, Any, None]) -> None:
            tasks.append(asyncio.get_running_loop().create_task(look))

        check = SelfCheck(config, spawn, told.append)
        for _ in range(times):
            check()
        await asyncio.gather(*tasks)

    asyncio.run(looks())
    return told


def test_a_configuration_that_is_gone_is_told(tmp_path: Path) -> None:
    with network_namespace():  # a real look, which may ask time servers
        (checked,) = looked_at(tmp_path / "sotto.toml", times=3)
    assert not checked.failed
    assert checked.troubles[0].sentence.startswith("There is no configuration at ")
    assert checked.troubles[0].advice


def test_a_look_that_cannot_begin_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "no-python"))
    assert looked_at(tmp_path / "sotto.toml") == [PhoneChecked(failed=True)]
