"""The settings: what the person chooses while the phone runs."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from agent.phone.menu.asking import NumberPage, Scale, TextPage
from agent.phone.menu.contacts import as_uri
from agent.phone.menu.erasing import reset_step
from agent.phone.menu.labels import Label
from agent.phone.menu.lists import ChoicePage, Choose, ListPage, Row
from agent.phone.menu.orders import MenuOrder, SavePreferences, SetVolume
from agent.phone.menu.page import BACK, Known, Page, Step
from agent.phone.menu.pins import REST_TIMES, pin_step
from agent.phone.menu.tones import RingTonePage
from agent.phone.menu.values import Caption
from agent.phone.preferences import Language, Preferences
from agent.phone.text_entry import TextKind
from hw.types import Output

_PERCENT: Final = Scale(0, 100, 5, " %")
_BRIGHTNESS: Final = Scale(5, 100, 5, " %")
_NO_ANSWER: Final = Scale(5, 60, 5, " s")
_HOT_LINE: Final = Scale(0, 30, 1, " s")
_AS_THE_CARD: Final = 80
"""Percent with which the choice begins where none was made."""
_LANGUAGES: Final = {
    Language.ENGLISH: "English",
    Language.GERMAN: "Deutsch",
    Language.FRENCH: "Français",
    Language.SPANISH: "Español",
}
"""Each in its own words, for whoever cannot read the others."""
_VOLUMES: Final = {
    Output.EARPIECE: (Label.EARPIECE, "earpiece_volume"),
    Output.RINGER: (Label.RINGER, "ringer_volume"),
    Output.HEADSET: (Label.HEADSET, "headset_volume"),
}


def settings_step(known: Known) -> Step:
    """Opens the settings."""
    return Step(page=SettingsPage(known))


class SettingsPage(ListPage):
    """All settings."""

    def __init__(self, known: Known) -> None:
        """Shows them.

        Args:
            known: How they stand.
        """
        super().__init__(Label.SETTINGS, self._all)
        self._known = known

    @property
    def _now(self) -> Preferences:
        return self._known.preferences

    def _all(self) -> list[Row]:
        now = self._now
        return [
            Row(Label.VOLUME, self._list(Label.VOLUME, self._volumes)),
            Row(Label.RING_TONE, self._ring_tones, now.ring_tone),
            Row(Label.DO_NOT_DISTURB, self._toggle("do_not_disturb"), _on(now.do_not_disturb)),
            Row(Label.CALL_WAITING, self._toggle("call_waiting"), _on(now.call_waiting)),
            Row(Label.FORWARDING, self._list(Label.FORWARDING, self._forwardings)),
            Row(Label.HOT_LINE, self._list(Label.HOT_LINE, self._hot_line), now.hot_line),
            Row(Label.SPEED_DIAL, self._list(Label.SPEED_DIAL, self._speed_dials)),
            Row(Label.LANGUAGE, self._languages, _LANGUAGES[now.language]),
            Row(Label.DISPLAY, self._list(Label.DISPLAY, self._display)),
            Row(Label.PIN, lambda: pin_step(self._known), _on(self._known.pin_set)),
            Row(Label.TONES, self._countries),
            Row(Label.FACTORY_RESET, lambda: reset_step(self._known)),
        ]

    # Lists below

    def _volumes(self) -> list[Row]:
        return [
            Row(label, self._volume(output), self._percent(field))
            for output, (label, field) in _VOLUMES.items()
        ]

    def _percent(self, field: str) -> str:
        value = getattr(self._now, field)
        return "" if value is None else f"{value} %"

    def _volume(self, output: Output) -> Choose:
        label, field = _VOLUMES[output]

        def attempt(percent: int) -> tuple[MenuOrder, ...]:
            return (SetVolume(output, percent),)

        def page() -> Page:
            before = getattr(self._now, field)
            start = _AS_THE_CARD if before is None else before
            return NumberPage(label, start, _PERCENT, self._keeper(field), attempt)

        return lambda: Step(page=page())

    def _ring_tones(self) -> Step:
        keep = self._keeper("ring_tone")
        return Step(page=RingTonePage(self._known, self._now.ring_tone, keep, Label.CONFIGURED))

    def _forwardings(self) -> list[Row]:
        return [
            self._number(Label.ALWAYS, "forward_always"),
            self._number(Label.WHEN_BUSY, "forward_busy"),
            self._number(Label.NO_ANSWER, "forward_no_answer"),
            self._seconds("forward_after_s", _NO_ANSWER),
        ]

    def _hot_line(self) -> list[Row]:
        return [
            self._number(Label.NUMBER, "hot_line"),
            self._seconds("hot_line_after_s", _HOT_LINE),
        ]

    def _seconds(self, field: str, scale: Scale) -> Row:
        value = round(getattr(self._now, field))

        def open_page() -> Step:
            keep = self._keeper(field)
            return Step(page=NumberPage(Label.AFTER, value, scale, lambda s: keep(float(s))))

        return Row(Label.AFTER, open_page, f"{value} s")

    def _number(self, label: Label, field: str) -> Row:
        """A field that holds whatever can be dialled; a number or an address, or nothing."""
        value = getattr(self._now, field)

        def options() -> list[Row]:
            return target_rows(getattr(self._now, field), self._known, self._keeper(field, 2))

        return Row(label, self._list(label, options), value.removeprefix("sip:") or Label.OFF)

    def _speed_dials(self) -> list[Row]:
        return [
            Row(digit, self._speed_dial(digit), self._now.speed_number(digit) or Label.OFF)
            for digit in "123456789"
        ]

    def _speed_dial(self, digit: str) -> Choose:
        def keep(number: str) -> Step:
            others = [pair for pair in self._now.speed_dial if pair[0] != digit]
            chosen = (*others, (digit, number)) if number else tuple(others)
            return self._save(2, speed_dial=tuple(sorted(chosen)))

        return self._list(
            digit, lambda: target_rows(self._now.speed_number(digit), self._known, keep)
        )

    def _languages(self) -> Step:
        return self._choice(Label.LANGUAGE, "language", tuple(_LANGUAGES.items()))

    def _countries(self) -> Step:
        return self._choice(
            Label.TONES, "country", (("", Label.CONFIGURED), *self._known.choices.countries)
        )

    def _display(self) -> list[Row]:
        now = self._now
        off = dict(REST_TIMES).get(now.screen_off_after_s, "")
        return [
            Row(Label.BRIGHTNESS, self._brightness, f"{now.brightness} %"),
            Row(Label.SCREEN_OFF, self._screen_off, off),
        ]

    def _brightness(self) -> Step:
        def attempt(percent: int) -> tuple[MenuOrder, ...]:
            self._known.brightness = None if percent == self._now.brightness else percent
            return ()

        keep = self._keeper("brightness")
        page = NumberPage(Label.BRIGHTNESS, self._now.brightness, _BRIGHTNESS, keep, attempt)
        return Step(page=page)

    def _screen_off(self) -> Step:
        return self._choice(Label.SCREEN_OFF, "screen_off_after_s", REST_TIMES)

    # Keeping

    def _save(self, back: int, **changes: Any) -> Step:
        """The step that keeps another choice and goes back so many pages."""
        self._known.brightness = None
        return Step((SavePreferences(replace(self._now, **changes)),), back=back)

    def _keeper(self, field: str, back: int = 1) -> Callable[[Any], Step]:
        return lambda value: self._save(back, **{field: value})

    def _toggle(self, field: str) -> Choose:
        return lambda: self._save(0, **{field: not getattr(self._now, field)})

    def _choice(self, title: Label, field: str, options: tuple[tuple[Any, Caption], ...]) -> Step:
        keep = self._keeper(field)
        values = [value for value, _ in options]
        current = getattr(self._now, field)
        at = values.index(current) if current in values else 0
        rows = [(caption, _keeping(keep, value)) for value, caption in options]
        return Step(page=ChoicePage(title, rows, at))

    @staticmethod
    def _list(title: Caption, rows: Callable[[], list[Row]]) -> Choose:
        return lambda: Step(page=ListPage(title, rows))


def target_rows(current: str, known: Known, keep: Callable[[str], Step]) -> list[Row]:
    """Whom something calls: a number, an address, or nobody.

    Args:
        current: As it is.
        known: How fast the person taps.
        keep: The step that keeps another one and leaves two pages.
    """
    is_address = current.startswith(("sip:", "sips:"))

    def ask(label: Label, text: str, kind: TextKind) -> Step:
        def done(typed: str) -> Step:
            target = as_uri(typed) if kind is TextKind.ADDRESS and typed else typed
            return BACK if target == current else keep(target)

        return Step(page=TextPage(label, text, known, done, kind))

    number = "" if is_address else current
    address = current.removeprefix("sip:") if is_address else ""
    return [
        Row(Label.NUMBER, lambda: ask(Label.NUMBER, number, TextKind.NUMBER), number),
        Row(Label.ADDRESS, lambda: ask(Label.ADDRESS, address, TextKind.ADDRESS), address),
        Row(Label.OFF, lambda: replace(keep(""), back=1), "" if current else Label.CHOSEN),
    ]


def _keeping(keep: Callable[[Any], Step], value: Any) -> Choose:
    return lambda: keep(value)


def _on(is_on: bool) -> Label:  # noqa: FBT001 - the one question
    return Label.ON if is_on else Label.OFF
