"""What is loaded when it is asked for and not before, by name.

A question to a running phone must not wait until a whole phone is loaded a second time; on a
small board that takes seconds. Everything else is imported at the top of its module.
"""

import contextlib
import gc
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
}
"""Names, and the module and function that each of them stands for."""


def late(name: str) -> Callable[..., Any]:
    """The function of this name, one of `LATE`, whose module is loaded by now."""
    module, function = LATE[name]
    with _nothing_thrown_away():
        found: Callable[..., Any] = getattr(import_module(module), function)
    return found


@contextlib.contextmanager
def _nothing_thrown_away() -> Iterator[None]:
    """Modules stay for good: to look among them for garbage, while there are ever more, is in vain."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
