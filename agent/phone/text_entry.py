"""Multi-tap text entry, as on every old phone."""

from enum import Enum, auto
from typing import Final

from hw.types import Key

TEXT_LIMIT: Final = 24
"""Characters of a name that a person gives."""
ADDRESS_LIMIT: Final = 96
"""Characters of an address that a person types."""
NUMBER_LIMIT: Final = 32
"""Characters of a number."""

_LETTERS: Final = {
    Key.DIGIT_0: " 0",
    Key.DIGIT_1: ".-'@1_:/+&",
    Key.DIGIT_2: "abc2äàáâãåæç",
    Key.DIGIT_3: "def3èéêë",
    Key.DIGIT_4: "ghi4ìíîï",
    Key.DIGIT_5: "jkl5",
    Key.DIGIT_6: "mno6öñòóôõø",
    Key.DIGIT_7: "pqrs7ß",
    Key.DIGIT_8: "tuv8üùúû",
    Key.DIGIT_9: "wxyz9ýÿ",
}
_OF_ADDRESSES: Final = {
    **{key: "".join(each for each in row if each.isascii()) for key, row in _LETTERS.items()},
    Key.DIGIT_0: "0",
    Key.DIGIT_1: "@.-_:1/;=+[]",
}
_UPPERCASE_MISSING: Final = "ßÿ"
"""Letters whose capital is two letters, or none of the panel's."""


class TextKind(Enum):
    """What is typed."""

    TEXT = auto()
    """A name: words begin with a capital."""
    ADDRESS = auto()
    """A SIP address: small letters, and its signs on key 1."""
    NUMBER = auto()
    """What is dialled: digits, star and hash stand for themselves."""


_LIMITS: Final = {
    TextKind.TEXT: TEXT_LIMIT,
    TextKind.ADDRESS: ADDRESS_LIMIT,
    TextKind.NUMBER: NUMBER_LIMIT,
}


class TextEntry:
    """A line of text under the keypad.

    The same key within the pause turns the character before the cursor into the next one of that
    key. A word begins with a capital; star goes on from capitals to small letters to digits. The
    call key takes the cursor one place to the left, and from the beginning to the end.

    Attributes:
        text: What stands there.
        cursor: Before which character the next one comes; the text's length: at its end.
        pending: Whether the character before the cursor can still change by the same key.
        upper: Whether the next letter is a capital.
        digits: Whether keys give digits.
    """

    def __init__(
        self, text: str, pause_s: float, kind: TextKind = TextKind.TEXT, *, whole: bool = False
    ) -> None:
        """Begins with a text.

        Args:
            text: What stands there already; cut at the limit.
            pause_s: After this many seconds the same key begins a new character.
            kind: What is typed.
            whole: Whether it is not cut: it is the person's own, and came from elsewhere.
        """
        self._limit = max(_LIMITS[kind], len(text) if whole else 0)
        self._kind = kind
        self.text = text[: self._limit]
        self.cursor = len(self.text)
        self.digits = kind is TextKind.NUMBER
        self.upper = self._begins_word()
        self._pause_s = pause_s
        self._key: Key | None = None
        self._turns = 0
        self._settles_at = 0.0

    @property
    def pending(self) -> bool:
        """Whether the character before the cursor can still change by the same key."""
        return self._key is not None

    def pressed(self, key: Key, now: float) -> bool:
        """A key went down; returns whether the person says that the text is complete."""
        if key in _LETTERS:
            self._tap(key, now)
            return False
        self._settle()
        number = self._kind is TextKind.NUMBER
        if number and key.is_dialled:
            self._insert(key.value)
        elif key is Key.STAR:
            self._next_mode()
        elif key is Key.MENU:
            self._delete()
        elif key is Key.CALL:
            self.cursor = self.cursor - 1 if self.cursor else len(self.text)
            self.upper = self._begins_word()
        return key is Key.CONFIRM or (key is Key.HASH and not number)

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
            if len(self.text) == self._limit:
                return
        if self.digits:
            self._insert(key.value)
            return
        self._turns = self._turns + 1 if again else 0
        if again:
            self._delete()
        letters = (_OF_ADDRESSES if self._kind is TextKind.ADDRESS else _LETTERS)[key]
        letter = letters[self._turns % len(letters)]
        capital = self.upper and letter not in _UPPERCASE_MISSING
        self._insert(letter.upper() if capital else letter)
        self._key = key
        self._settles_at = now + self._pause_s

    def _insert(self, character: str) -> None:
        if len(self.text) < self._limit:
            self.text = self.text[: self.cursor] + character + self.text[self.cursor :]
            self.cursor += 1

    def _delete(self) -> None:
        if self.cursor:
            self.text = self.text[: self.cursor - 1] + self.text[self.cursor :]
            self.cursor -= 1
        if not self.pending:
            self.upper = self._begins_word()

    def _settle(self) -> None:
        if self.pending:
            self._key = None
            self.upper = self._begins_word()

    def _next_mode(self) -> None:
        if self.digits:
            self.digits, self.upper = False, self._kind is not TextKind.ADDRESS
        elif self.upper:
            self.upper = False
        else:
            self.digits = True

    def _begins_word(self) -> bool:
        before = self.text[: self.cursor]
        return self._kind is TextKind.TEXT and (not before or before.endswith(" "))
