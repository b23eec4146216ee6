"""What stands around every callback from PJSIP."""

import logging
import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar

import pjsua2 as pj

log = logging.getLogger(__name__)

T = TypeVar("T")


class Guarded(Protocol):
    """An object that PJSIP calls back."""

    def broke(self, reason: str) -> None:
        """Makes safe what a callback left half done."""
        ...


def guarded(callback: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """Keeps a callback's exceptions from PJSIP, which would print and forget them.

    Such an exception would also live on in `sys.last_traceback`, and with it the call that
    it came from; so only its text is kept.
    """

    @wraps(callback)
    def call_back(self: Guarded, parameters: object) -> None:
        try:
            callback(self, parameters)
        except Exception as error:  # noqa: BLE001 - whatever it was, PJSIP must not see it
            _log(error)
            _make_safe(self, f"{callback.__name__}: {describe(error)}")

    return call_back


def guarded_answer(otherwise: int) -> Callable[[Callable[[Any, Any], int]], Callable[..., int]]:
    """The same for a callback that PJSIP wants an answer of.

    Args:
        otherwise: The answer of one that fails.
    """

    def guard(callback: Callable[[Any, Any], int]) -> Callable[[Any, Any], int]:
        @wraps(callback)
        def call_back(self: Guarded, parameters: object) -> int:
            try:
                return callback(self, parameters)
            except Exception as error:  # noqa: BLE001 - as above
                _log(error)
                _make_safe(self, f"{callback.__name__}: {describe(error)}")
                return otherwise

        return call_back

    return guard


def refusing(decide: Callable[[T], bool]) -> Callable[[T], bool]:
    """The same decision, but one that fails is a no."""

    @wraps(decide)
    def answer(question: T) -> bool:
        try:
            return decide(question)
        except Exception as error:  # noqa: BLE001 - whatever it was, nobody is let in by it
            _log(error)
            return False

    return answer


def _make_safe(broken: Guarded, reason: str) -> None:
    logged(lambda: broken.broke(reason))


def logged(step: Callable[[], None]) -> None:
    """Takes a step that must not keep the next one from being taken."""
    try:
        step()
    except Exception as error:  # noqa: BLE001 - there is nobody left to tell
        _log(error)


def _log(error: Exception) -> None:
    log.error("%s", "".join(traceback.format_exception(error)))


def describe(error: Exception) -> str:
    """An exception in words; pjsua2's own have none where Python looks for them."""
    if isinstance(error, pj.Error):
        return str(error.reason)
    return f"{type(error).__name__}: {error}"
