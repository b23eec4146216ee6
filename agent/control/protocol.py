"""Requests and answers as lines, and back. Pure, bounded and exact."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, assert_never

from agent.contact import Contact
from agent.control.requests import (
    AddContacts,
    Answer,
    Call,
    Confirm,
    Contacts,
    Differ,
    Events,
    Forget,
    HangUp,
    Hold,
    Log,
    Peers,
    Request,
    Resume,
    Status,
    Unverify,
)
from agent.frozen import frozen

VERSION: Final = 1
LINE_LIMIT: Final = 64 * 1024
"""Octets of the longest line, with its end."""
LOG_LIMIT: Final = 500
"""Lines of a log that are told at once: the phone does nothing else meanwhile."""
CONTACTS_LIMIT: Final = 50
"""Contacts that are taken over at once."""
TEXT_LIMIT: Final = 512
"""Characters of any one text in a request."""

Item = dict[str, Any]

_NUMBER: Final = re.compile(r"[0-9*#]{1,32}")


class ControlError(ValueError):
    """The line is not in the protocol; the message is a sentence that says what is wrong."""


@frozen
class Ended:
    """How a request ended; `error` is a sentence, empty if all was well."""

    result: Item
    error: str = ""


def encode_request(request: Request) -> bytes:
    """The line that asks for this.

    Raises:
        ControlError: It would be too long.
    """
    return _line({"command": _NAMES[type(request)], **_arguments(request)})


def read_request(line: bytes) -> Request:
    """Reads a line that a client sent, with or without its end.

    Raises:
        ControlError: It is none of the protocol.
    """
    message = _object(line)
    command = message.pop("command", None)
    reader = _READERS.get(command) if isinstance(command, str) else None
    if reader is None:
        raise ControlError(f'"command" must be one of {", ".join(sorted(_READERS))}.')
    request = reader(message)
    if message:
        raise ControlError(f"{_shown(next(iter(message)))} is not known to {command}.")
    return request


def encode_item(item: Item) -> bytes:
    """One item of an answer.

    Raises:
        ControlError: It would be too long.
    """
    return _line({"item": item})


def encode_ended(ended: Ended) -> bytes:
    """The end of an answer.

    Raises:
        ControlError: It would be too long.
    """
    if ended.error:
        return _line({"ok": False, "error": ended.error})
    return _line({"ok": True, "result": ended.result})


def read_answer(line: bytes) -> Item | Ended:
    """Reads a line that the phone sent: an item, or the end.

    Raises:
        ControlError: It is neither.
    """
    match _object(line):
        case {"item": dict(item)}:
            return item
        case {"ok": True, "result": dict(result)}:
            return Ended(result)
        case {"ok": False, "error": str(error)}:
            return Ended({}, error or "The phone gave no reason.")
        case _:
            raise ControlError("The phone's answer is none of this protocol.")


def _line(message: Item) -> bytes:
    text = json.dumps({"sotto": VERSION, **message}, ensure_ascii=False, separators=(",", ":"))
    # Half a surrogate pair, which JSON can spell and UTF-8 cannot, becomes a question mark.
    line = text.encode("utf-8", "replace") + b"\n"
    if len(line) > LINE_LIMIT:
        raise ControlError(f"This is longer than the {LINE_LIMIT // 1024} KiB of a line.")
    return line


def _object(line: bytes) -> Item:
    if len(line) > LINE_LIMIT:
        raise ControlError(f"A line has {LINE_LIMIT // 1024} KiB at most.")
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        raise ControlError("A line is one JSON object in UTF-8.") from None
    if not isinstance(message, dict):
        raise ControlError("A line is one JSON object in UTF-8.")
    version = message.pop("sotto", None)
    if type(version) is not int or version != VERSION:
        raise ControlError(f'"sotto" must be {VERSION}, the version of this protocol.')
    return message


def _text(message: Item, key: str) -> str:
    value = message.pop(key, None)
    if not isinstance(value, str) or not value.strip() or len(value) > TEXT_LIMIT:
        raise ControlError(f'"{key}" must be text of 1 to {TEXT_LIMIT} characters.')
    if not value.isprintable():
        raise ControlError(f'"{key}" must be printable.')
    return value


def _call(message: Item) -> Call:
    number = _text(message, "number")
    if not _NUMBER.fullmatch(number):
        raise ControlError(f"{_shown(number)} is no number: digits, * and # are, 32 at most.")
    return Call(number)


def _confirm(message: Item) -> Confirm:
    words = message.pop("words", None)
    most = 2
    if not isinstance(words, list) or not 1 <= len(words) <= most:
        raise ControlError('"words" must be a list of the two words, or of the one.')
    if not all(isinstance(word, str) and len(word) <= TEXT_LIMIT for word in words):
        raise ControlError('"words" must hold text.')
    return Confirm(tuple(words))


def _add_contacts(message: Item) -> AddContacts:
    listed = message.pop("contacts", None)
    if not isinstance(listed, list) or len(listed) > CONTACTS_LIMIT:
        raise ControlError(f'"contacts" must be a list of {CONTACTS_LIMIT} at the most.')
    return AddContacts(tuple(_contact(each) for each in listed))


def _contact(entry: object) -> Contact:
    match entry:
        case {"name": str(name), "number": str(number), "uri": str(uri), **rest} if not rest:
            return Contact(name, number, uri)
        case _:
            raise ControlError("A contact has a name, a number and a uri, each of them text.")


def _log(message: Item) -> Log:
    security, limit = message.pop("security", False), message.pop("limit", Log().limit)
    if not isinstance(security, bool):
        raise ControlError('"security" must be true or false.')
    if type(limit) is not int or not 1 <= limit <= LOG_LIMIT:
        raise ControlError(f'"limit" must be a whole number from 1 to {LOG_LIMIT}.')
    return Log(security, limit)


def _arguments(request: Request) -> Item:  # noqa: PLR0911 - one for each
    match request:
        case Call(number):
            return {"number": number}
        case Confirm(words):
            return {"words": list(words)}
        case Unverify(who) | Forget(who):
            return {"who": who}
        case AddContacts(contacts):
            listed = [{"name": c.name, "number": c.number, "uri": c.uri} for c in contacts]
            return {"contacts": listed}
        case Log(security, limit):
            return {"security": security, "limit": limit}
        case Status() | Answer() | HangUp() | Hold() | Resume() | Differ():
            return {}
        case Peers() | Contacts() | Events():
            return {}
        case _ as never:
            assert_never(never)


def _shown(text: str) -> str:
    """A stranger's text in a sentence, not longer than a line."""
    most = 20
    quoted = json.dumps(text[:most], ensure_ascii=True)
    return quoted if len(text) <= most else f"{quoted}..."


_READERS: Final[Mapping[str, Callable[[Item], Request]]] = {
    "status": lambda _: Status(),
    "call": _call,
    "answer": lambda _: Answer(),
    "hangup": lambda _: HangUp(),
    "hold": lambda _: Hold(),
    "resume": lambda _: Resume(),
    "confirm": _confirm,
    "differ": lambda _: Differ(),
    "peers": lambda _: Peers(),
    "unverify": lambda message: Unverify(_text(message, "who")),
    "forget": lambda message: Forget(_text(message, "who")),
    "contacts": lambda _: Contacts(),
    "add-contacts": _add_contacts,
    "log": _log,
    "events": lambda _: Events(),
}

_NAMES: Final[Mapping[type[Request], str]] = {
    Status: "status",
    Call: "call",
    Answer: "answer",
    HangUp: "hangup",
    Hold: "hold",
    Resume: "resume",
    Confirm: "confirm",
    Differ: "differ",
    Peers: "peers",
    Unverify: "unverify",
    Forget: "forget",
    Contacts: "contacts",
    AddContacts: "add-contacts",
    Log: "log",
    Events: "events",
}
