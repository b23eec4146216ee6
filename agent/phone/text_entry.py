"""Multi-tap text entry, as on every old phone."""

from typing import Final

from hw.types import Key

TEXT_LIMIT: Final = 24
"""Characters of a name that a person gives."""

_LETTERS: Final = {
    Key.DIGIT_0: " 0",
    Key.DIGIT_1: ".-'@1",
    Key.DIGIT_2: "abc2",
    Key.DIGIT_3: "def3",
    Key.DIGIT_4: "ghi4",
    Key.DIGIT_5: "jkl5",
    Key.DIGIT_6: "mno6",
    Key.DIGIT_7: "pqrs7",
    Key.DIGIT_8: "tuv8",
    Key.DIGIT_9: "wxyz9",
}


class TextEntry:
    """A line of text under the keypad.

    The same key within the pause turns the last character into the next one of that key. A
    word begins with a capital; star goes on from capitals to small letters to digits.

    Attributes:
        text: What stands there.
        pending: Whether the last character can still change by the same key.
        upper: Whether the next letter is a capital.
        digits: Whether keys give digits.
    """

    def __init__(self, text: str, pause_s: float) -> None:
        """Begins with a text.

        Args:
            text: What stands there already; cut at the limit.
            pause_s: After this many seconds the same key begins a new character.
        """
        self.text = text[:TEXT_LIMIT]
        self.digits = False
        self.upper = self._begins_word()
        self._pause_s = pause_s
        self._key: Key | None = None
        self._turns = 0
        self._settles_at = 0.0

    @property
    def pending(self) -> bool:
        """Whether the last character can still change by the same key."""
        return self._key is not None

    def pressed(self, key: Key, now: float) -> bool:
        """A key went down; returns whether the person says that the text is complete."""
        if key in _LETTERS:
            self._tap(key, now)
            return False
        self._settle()
        if key is Key.STAR:
            self._next_mode()
        elif key is Key.MENU:
            self.text = self.text[:-1]
            self.upper = self._begins_word()
        return key in {Key.CONFIRM, Key.HASH}

    def due(self, now: float) -> None:
        """The last character is settled once the pause is over."""
        if self.pending and now >= self._settles_at:
            self._settle()

    def next_timer(self) -> float | None:
        """When the last character is settled."""
        return self._settles_at if self.pending else None

    def _tap(self, key: Key, now: float) -> None:
        again = key is self._key
        if not again:
            self._settle()
            if len(self.text) == TEXT_LIMIT:
                return
        if self.digits:
            self.text += key.value
            return
        self._turns = self._turns + 1 if again else 0
        letters = _LETTERS[key]
        letter = letters[self._turns % len(letters)]
        before = self.text[:-1] if again else self.text
        self.text = before + (letter.upper() if self.upper else letter)
        self._key = key
        self._settles_at = now + self._pause_s

    def _settle(self) -> None:
        if self.pending:
            self._key = None
            self.upper = self._begins_word()

    def _next_mode(self) -> None:
        if self.digits:
            self.digits, self.upper = False, True
        elif self.upper:
            self.upper = False
        else:
            self.digits = True

    def _begins_word(self) -> bool:
        return not self.text or self.text.endswith(" ")
