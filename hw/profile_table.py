"""TOML tables read with care: each error names file, key and what would be right."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, Self

from hw.types import Key

BUS_PINS: Final[Mapping[str, int]] = {
    "SDA": 2,
    "SCL": 3,
    "CE1": 7,
    "CE0": 8,
    "MISO": 9,
    "MOSI": 10,
    "SCLK": 11,
    "PCM_CLK": 18,
    "PCM_FS": 19,
    "PCM_DIN": 20,
    "PCM_DOUT": 21,
}
"""BCM numbers of the pins that the I2C, SPI and I2S buses need."""
SHARED: Final = frozenset({"SDA", "SCL"})
"""Lines of a bus that several chips hang on at the same time."""
Setting = bool | int | str
"""What a mixer control is set to: a switch, percent of a volume, or the name of a choice."""
PINS: Final = range(2, 28)
"""BCM numbers on the 40-pin header; 0 and 1 belong to the EEPROM of HATs."""


class ProfileError(Exception):
    """A board profile is wrong; the text is for who wrote it."""


class Table:
    """A table of a board profile. Every key must be asked for before `finish`.

    Args:
        path: The file, for messages.
        values: What stands in the table.
        name: The table's own name; empty for the whole file.
        taken: The pins that other tables use, and for what.
    """

    def __init__(
        self,
        path: str,
        values: Mapping[str, Any],
        name: str = "",
        taken: dict[int, str] | None = None,
    ) -> None:
        self._path = path
        self._values = values
        self._name = name
        self._taken: dict[int, str] = {} if taken is None else taken
        self._asked: set[str] = set()

    def error(self, key: str, right: str) -> ProfileError:
        """Makes the error for a key; `right` says what would be right."""
        place = f"[{self._name}] {key}" if self._name else key
        found = f", not {self._values[key]!r}" if key in self._values else "; it is missing"
        return ProfileError(f"{self._path}: {place} must be {right}{found}")

    def finish(self) -> None:
        """Raises `ProfileError` for a key that nobody asked for, as misspelt ones are."""
        for key in self._values:
            if key not in self._asked:
                place = f"[{self._name}] {key}" if self._name else key
                known = ", ".join(sorted(self._asked))
                raise ProfileError(f"{self._path}: {place} is unknown here; known are {known}")

    def table(self, key: str) -> Self:
        """Returns a table within this one."""
        values = self._get(key)
        if not isinstance(values, Mapping):
            raise self.error(key, "a table")
        return type(self)(self._path, values, key, self._taken)

    def optional_table(self, key: str) -> Self | None:
        """Returns a table within this one, or None if the key is not there."""
        self._asked.add(key)
        return self.table(key) if key in self._values else None

    def text(self, key: str) -> str:
        """Returns a text that is not empty."""
        value = self._get(key)
        if not isinstance(value, str) or not value:
            raise self.error(key, "a text")
        return value

    def optional_text(self, key: str) -> str:
        """Returns a text, or an empty one if the key is not there."""
        self._asked.add(key)
        return self.text(key) if key in self._values else ""

    def texts(self, key: str, choices: Collection[str]) -> tuple[str, ...]:
        """Returns a list of different texts, each one of the choices."""
        value = self._get(key)
        right = "a list of " + ", ".join(f'"{choice}"' for choice in choices)
        if not isinstance(value, list) or not value:
            raise self.error(key, right)
        if not all(isinstance(each, str) and each in choices for each in value):
            raise self.error(key, right)
        return tuple(dict.fromkeys(value))

    def optional_texts(self, key: str) -> tuple[str, ...]:
        """Returns a list of any texts, an empty one if the key is not there."""
        self._asked.add(key)
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.error(key, "a list of texts")
        return tuple(value)

    def settings(self, key: str) -> dict[str, Setting]:
        """Returns a table of mixer controls, empty if it is not there."""
        values = self.named(key)
        for name, value in values.items():
            is_percent = type(value) is int and 0 <= value <= 100  # noqa: PLR2004 - percent
            if not (is_percent or isinstance(value, bool | str)):
                place = f"[{self._name}.{key}] {name}"
                raise ProfileError(
                    f"{self._path}: {place} must be true, false, 0 to 100 percent, or the name"
                    f" of a choice, not {value!r}"
                )
        return values

    def named(self, key: str) -> dict[str, Any]:
        """Returns a table of whatever, empty if it is not there."""
        self._asked.add(key)
        values = self._values.get(key, {})
        if not isinstance(values, Mapping):
            raise self.error(key, "a table")
        return dict(values)

    def choice(self, key: str, choices: Sequence[str]) -> str:
        """Returns one of the choices."""
        value = self._get(key)
        if value not in choices:
            raise self.error(key, " or ".join(f'"{choice}"' for choice in choices))
        return str(value)

    def number(self, key: str, least: int, most: int) -> int:
        """Returns a whole number within bounds."""
        value = self._get(key)
        if type(value) is not int or not least <= value <= most:
            raise self.error(key, f"a whole number from {least} to {most}")
        return value

    def optional_number(self, key: str, least: int, most: int, otherwise: int) -> int:
        """Returns a whole number within bounds, or another if the key is not there."""
        self._asked.add(key)
        return self.number(key, least, most) if key in self._values else otherwise

    def optional_switch(self, key: str) -> bool:
        """Returns true or false; false if the key is not there."""
        self._asked.add(key)
        value = self._values.get(key, False)
        if not isinstance(value, bool):
            raise self.error(key, "true or false")
        return value

    def pin(self, key: str) -> int:
        """Returns a BCM number that nothing else uses."""
        return self._take(key, self._get(key))

    def pins(self, key: str) -> tuple[int, ...]:
        """Returns a list of BCM numbers that nothing else uses."""
        value = self._get(key)
        if not isinstance(value, list) or not value:
            raise self.error(key, "a list of BCM numbers")
        return tuple(self._take(key, pin) for pin in value)

    def optional_pin(self, key: str) -> int | None:
        """Returns a BCM number that nothing else uses, or None if the key is not there."""
        self._asked.add(key)
        return self.pin(key) if key in self._values else None

    def pin_of(self, key: str, use: str, pin: object) -> int:
        """Takes a pin of the table `key`, which names its uses."""
        return self._take(f"{key}.{use}", pin)

    def reserve(self, *lines: str) -> dict[int, str]:
        """Takes the pins that a bus needs; returns them with the names of their lines."""
        return {self._take(line, BUS_PINS[line]): line for line in lines}

    def keys(self, key: str) -> tuple[tuple[Key, ...], ...]:
        """Returns rows of keys."""
        rows = self._get(key)
        if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
            raise self.error(key, "a list of rows, each a list of keys")
        return tuple(tuple(self._key(key, name) for name in row) for row in rows)

    def key_map(self, key: str) -> dict[Key, Key]:
        """Returns a table from keys to keys, empty if it is not there."""
        self._asked.add(key)
        values = self._values.get(key, {})
        if not isinstance(values, Mapping):
            raise self.error(key, 'a table such as { "#" = "call" }')
        return {self._key(key, one): self._key(key, other) for one, other in values.items()}

    def _get(self, key: str) -> Any:
        self._asked.add(key)
        return self._values.get(key)

    def _key(self, place: str, name: object) -> Key:
        for key in Key:
            if key.value == name:
                return key
        raise self.error(place, f"made of {' '.join(key.value for key in Key)}")

    def _take(self, key: str, pin: object) -> int:
        if type(pin) is not int or pin not in PINS:
            raise self.error(key, f"a BCM number from {PINS[0]} to {PINS[-1]}")
        user = f"[{self._name}] {key}"
        if pin in self._taken and not (key in SHARED and self._taken[pin].endswith(f"] {key}")):
            message = f"GPIO{pin} is used twice, by {self._taken[pin]} and {user}"
            raise ProfileError(f"{self._path}: {message}; each needs a pin of its own")
        self._taken[pin] = user
        return pin
