"""Which ring tone: each one is heard while the cursor is on it."""

from collections.abc import Callable

from agent.phone.menu.labels import Label
from agent.phone.menu.lists import ChoicePage, Choose
from agent.phone.menu.orders import MenuOrder, PreviewRingTone
from agent.phone.menu.page import DOWN, UP, Known, Step
from hw.types import Key


class RingTonePage(ChoicePage):
    """A choice among the ring tones."""

    def __init__(
        self, known: Known, chosen: str, keep: Callable[[str], Step], usual: Label
    ) -> None:
        """Shows them.

        Args:
            known: Which there are.
            chosen: Which one it is; empty: the usual one.
            keep: The step of whoever takes one.
            usual: What the usual one is called here.
        """
        self._names = ("", *known.choices.ring_tones)
        self._rings = False
        options = [(name or usual, _keeping(keep, name)) for name in self._names]
        at = self._names.index(chosen) if chosen in self._names else 0
        super().__init__(Label.RING_TONE, options, at)

    def pressed(self, key: Key, now: float) -> Step:
        """As any choice, and rings with the tone that the cursor comes to."""
        step = super().pressed(key, now)
        if key not in UP | DOWN:
            return step
        self._rings = True
        return Step((PreviewRingTone(self._names[self._at]),))

    def leave(self) -> tuple[MenuOrder, ...]:
        """It rings no longer."""
        return (PreviewRingTone(None),) if self._rings else ()


def _keeping(keep: Callable[[str], Step], name: str) -> Choose:
    return lambda: keep(name)
