"""New software on the card as it is flashed, in an emulator: one card, updated from USB sticks.

`make test-update` runs it, after `make image`; it takes half an hour. The person at the phone is
agrees.py, on the card, at the board without hardware; all else is the card's own: udev and the stick,
the question, the order, RAUC, the slots, the proof. What an emulator has not is a Raspberry Pi's
firmware: which slot is started next is read off autoboot.txt, as that does it.
"""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from agent.update.proof import PATIENCE_S
from support.card import LIMIT_S, Card, Start, tools_missing
from support.card_software import Software, stick

pytestmark = [
    pytest.mark.skipif("SOTTO_IMAGE" not in os.environ, reason="wants an image: make test-update"),
    pytest.mark.timeout(7200),
]
CARD_MIB = 4096
NUMBER = "10000000abcdef01"
NEWER, BROKEN, OLDER, FORGED = "99.0.1", "99.0.2", "0.0.1", "99.0.3"
CONFIG = """[phone]
name = "Alice"
board = "simulator"

[simulator]
socket = "/run/sotto/board.sock"
"""
HERE = Path(__file__).parent
UPDATED = (HERE / "updated.sh").read_text()
BEFORE_PROOF = UPDATED.partition("# On trial")[0]
AGREES = f"""{BEFORE_PROOF}
PYTHONPATH=/usr/lib/sotto/python exec python3 - <<'END'
{(HERE / "agrees.py").read_text()}
END
"""
NEVER_READY = {
    "etc/systemd/system/sotto.service.d/broken.conf": "[Service]\nExecStartPre=/bin/false\n"
}
LOOKS = BEFORE_PROOF.replace("until systemctl start sotto.service; do :; done\n", "")
"""Where the phone does not come up, nobody waits for it: the machine is to start anew by itself."""
PROOF_S = PATIENCE_S + LIMIT_S
FAR_ENOUGH = re.compile(r"new software: [3-9]\d %")


class Story:
    """One card's life. After each start, which slot is the next one."""

    def __init__(self, folder: Path) -> None:
        image = Path(os.environ["SOTTO_IMAGE"])
        software = Software(image, folder)
        good = software.bundle(NEWER)
        broken = software.bundle(BROKEN, files=NEVER_READY)
        others = [software.bundle(OLDER), software.bundle(FORGED, keys=folder / "other-key")]
        self.card = Card(image, folder, CARD_MIB)
        self.card.put("sotto.toml", CONFIG)
        self.next: list[str | None] = [self.card.usual]
        self.card.start("A", NUMBER, asked=UPDATED)  # takes the file, and starts anew for it
        self.agreed = self._start(AGREES, stick(folder / "stick", good), once=True)
        self.kept = self._start(UPDATED, stick(folder / "stick", *others))
        self.boot_of_b = self.card.read("cmdline.txt", "BOOT_B")
        second = stick(folder / "stick", broken)
        self.cut = self._start(AGREES, second, pull=FAR_ENOUGH.search)
        self.again = self._start(AGREES, second, once=True)
        self.trial = self._start(LOOKS, once=True, limit_s=PROOF_S)
        self.back = self._start(UPDATED)

    def _start(
        self,
        asked: str,
        stick: Path | None = None,
        *,
        once: bool = False,
        pull: Callable[[str], object] = lambda _: False,
        limit_s: float = 2 * LIMIT_S,
    ) -> Start:
        slot = self.next[-1]
        assert slot is not None
        done = self.card.start(
            slot, NUMBER, asked=asked, stick=stick, once=once, pull=pull, limit_s=limit_s
        )
        self.next.append(self.card.usual)
        return done


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    missing = tools_missing()
    assert not missing, f"missing: {missing}"
    return Story(tmp_path_factory.mktemp("update"))


def test_the_phone_asks_and_installs_what_is_on_a_stick(story: Story) -> None:
    shown = story.agreed.answers["shown"]
    assert f"New software {NEWER}: install it now?" in shown
    assert "Installing new software: " in shown
    assert story.agreed.answers["slot"] == "A"


def test_it_starts_into_the_other_half_and_keeps_it_once_it_works(story: Story) -> None:
    assert story.next[:3] == ["A", "B", "B"]
    assert story.kept.answers["slot"] == "B"
    assert story.kept.answers["version"] == NEWER
    assert story.kept.answers["proof"] == "success"
    assert json.loads(story.kept.answers["slots"]) == {
        "home": "B",
        "trial": "",
        "bad": "",
        "failed": "",
    }
    assert "sotto.slot=B" in (story.boot_of_b or "")


def test_what_is_older_and_what_somebody_else_signed_is_refused(story: Story) -> None:
    assert "newer" in story.kept.answers[f"refused_parts-{OLDER}"]
    assert "sign" in story.kept.answers[f"refused_parts-{FORGED}"]


def test_a_plug_that_is_pulled_while_it_is_written_does_no_harm(story: Story) -> None:
    assert "Installing new software" in story.cut.answers["shown"]
    assert story.next[3] == "B"
    assert story.again.answers["slot"] == "B"
    assert story.again.answers["version"] == NEWER


def test_what_does_not_prove_itself_is_left_again(story: Story) -> None:
    assert story.trial.answers["slot"] == story.next[4] == "A"
    assert story.trial.answers["version"] == BROKEN
    assert story.next[5] == "B"
    assert story.back.answers["slot"] == "B"
    assert story.back.answers["version"] == NEWER
    assert json.loads(story.back.answers["slots"])["failed"] == "A"
