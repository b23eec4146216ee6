"""What is loaded when it is asked for and not before, by name.

A question to a running phone must not wait until a whole phone is loaded a second time; on a
small board that takes seconds. Everything else is imported at the top of its module.
"""

import contextlib
import gc
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, Final

LATE: Final[Mapping[str, tuple[str, str]]] = {
    "run": ("agent.daemon", "run"),
    "update-slot": ("agent.update.backend", "run"),
    "update": ("agent.update.command", "run"),
    "prove-update": ("agent.update.prove", "run"),
    "factory-reset": ("agent.factory.command", "run"),
    "tell-failure": ("agent.failure", "run"),
    "check-config": ("agent.check_config", "run"),
    "take-config": ("agent.take_config", "run"),
    "machine-settings": ("agent.machine", "run"),
    "test-handset": ("agent.checkup", "try_handset"),
    "test-board": ("agent.checkup", "try_board"),
    "demo": ("agent.demo.run", "run"),
    "doctor": ("agent.doctor.command", "run"),
    "pjsip": ("pjsua2", "Endpoint"),
    "fetch": ("agent.fleet.https", "fetch"),
    "gate": ("agent.media.gate", "install"),
    "name-servers": ("agent.sip.name_servers", "NameServers"),
    "ask": ("agent.shell.ask", "run"),
    "memory": ("agent.shell.memory", "asked"),
    "german": ("agent.screens.words.german", "german"),
    "french": ("agent.screens.words.french", "french"),
    "spanish": ("agent.screens.words.spanish", "spanish"),
    "close-matches": ("difflib", "get_close_matches"),
    "uuid": ("uuid", "UUID"),
}
"""Names, and the module and function that each of them stands for."""

_NEVER: Final[Mapping[str, tuple[str, ...]]] = {"run": ("ssl", "PIL._imagingft")}
"""Names, and what libraries would load beside their modules that is never used there.

asyncio does without `ssl`: PJSIP speaks TLS, and who fetches by HTTPS loads it then. Pillow does
without FreeType: the panel's fonts are bitmaps.
"""
_USUAL: Final = gc.get_threshold()
_NEVER_OLD: Final = 2**31 - 1
_YOUNG: Final = 5000
"""So many new objects are looked at for garbage at once, while modules are being loaded."""


def late(name: str) -> Callable[..., Any]:
    """The function of this name, one of `LATE`, whose module is loaded by now."""
    module, function = LATE[name]
    with _only_the_young_thrown_away(), _hidden(_NEVER.get(name, ())):
        found: Callable[..., Any] = getattr(import_module(module), function)
    return found


@contextlib.contextmanager
def _only_the_young_thrown_away() -> Iterator[None]:
    """Modules stay for good: to look among them for garbage, while there are ever more, is in vain.

    But each class with slots leaves the one that it was made from behind, with all its functions.
    """
    gc.set_threshold(_YOUNG, _NEVER_OLD)
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(*_USUAL)


@contextlib.contextmanager
def _hidden(names: tuple[str, ...]) -> Iterator[None]:
    """Who wants to load one of these finds that it is not installed; what is loaded stays."""
    absent = [name for name in names if name not in sys.modules]
    loaded: dict[str, Any] = sys.modules
    loaded.update(dict.fromkeys(absent))
    try:
        yield
    finally:
        for name in absent:
            del loaded[name]
