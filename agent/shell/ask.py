"""Carries such a command out, and prints what came of it."""

import json
import sys
from pathlib import Path
from typing import Final, assert_never

from agent.config import CONTROL_SOCKET, load_config
from agent.contact import Contact
from agent.control.protocol import CONTACTS_LIMIT, Ended, Item
from agent.control.requests import AddContacts, Contacts, Events, Log, Memory, Peers, Request
from agent.errors import ReportedError
from agent.late import late
from agent.shell.client import Client, ClientError, NotRunningError
from agent.shell.options import INSTALLED, AskOptions, CardsOptions, ShellOptions, Where
from agent.shell.told import happened, taken, told
from agent.vcard import Card, VcardError, read_cards, write_cards

_LISTS: Final = (Peers, Contacts, AddContacts, Log)
_SIZE_MAX: Final = 8 * 1024 * 1024
"""Octets of a file of contacts."""


class ShellError(ReportedError):
    """The phone would not do it, or a file of contacts will not do."""


def run(options: ShellOptions) -> int:
    """Does it; returns the exit status: 0 if it was done.

    Raises:
        ConfigError: The configuration is wrong.
        StoreError: The database cannot be opened, read or written.
        ClientError: The phone gave no answer.
        ShellError: It cannot be done for another reason.
    """
    match options:
        case AskOptions(request=Events()):
            return _follow(options)
        case AskOptions(request, where, as_json):
            items, result = _asked(request, where)
            if result.get("restored") and isinstance(request, Peers):
                sys.stderr.write(f"This memory was moved or restored: {result['restored']}.\n")
            plain = items if isinstance(request, _LISTS) else result
            _say(plain if as_json else told(request, items, result), as_json=as_json)
        case CardsOptions(action="export"):
            _export(options)
        case CardsOptions():
            return _import(options)
        case _:
            assert_never(options)
    return 0


def _asked(request: Request, where: Where) -> tuple[list[Item], Item]:
    try:
        with Client.at(_socket(where)) as client:
            items, ended = client.ask(request)
    except NotRunningError as error:
        if not isinstance(request, Memory):
            raise ClientError(f"{error}. {_how_to_start(where)}") from None
        items, ended = _from_memory(request, where, error)
    if ended.error:
        raise ShellError(ended.error)
    return items, ended.result


def _socket(where: Where) -> Path:
    if where.socket is not None:
        return where.socket
    if where.config is not None:
        return load_config(where.config).phone.control_socket
    return CONTROL_SOCKET


def _how_to_start(where: Where) -> str:
    order = f"sotto run --config {where.config}" if where.config else "systemctl start sotto"
    return f"Start it: {order}"


def _from_memory(request: Memory, where: Where, error: NotRunningError) -> tuple[list[Item], Ended]:
    """While the phone is off, its memory is there for whoever may read it."""
    file = where.config or (INSTALLED if where.socket is None and INSTALLED.exists() else None)
    if file is None:
        raise ClientError(f"{error}. {_how_to_start(where)}, or name its --config FILE") from None
    answer: tuple[list[Item], Ended] = late("memory")(request, file)
    return answer


def _follow(options: AskOptions) -> int:
    try:
        with Client.at(_socket(options.where)) as client:
            client.ask(options.request)
            for event in client.follow():
                _say(event if options.as_json else [happened(event)], as_json=options.as_json)
    except NotRunningError as error:
        raise ClientError(f"{error}. {_how_to_start(options.where)}") from None
    except KeyboardInterrupt:
        return 0
    return 0


def _export(options: CardsOptions) -> None:
    items, _ = _asked(Contacts(), options.where)
    contacts = [Contact(each["name"], each["number"], each["uri"]) for each in items]
    text = write_cards(contacts)
    if options.file is None:
        sys.stdout.write(text)
        return
    try:
        options.file.write_bytes(text.encode())
    except OSError as error:
        raise ShellError(f"{options.file} cannot be written: {error.strerror}") from None
    counted = {"exported": len(contacts)}
    _say(counted if options.as_json else [f"{len(contacts)} written."], as_json=options.as_json)


def _import(options: CardsOptions) -> int:
    shown = options.file or "standard input"
    try:
        cards = read_cards(_read(options.file))
    except VcardError as error:
        raise ShellError(f"{shown}: {error}") from None
    outcomes = _outcomes(cards, options.where)
    _say(outcomes if options.as_json else taken(outcomes), as_json=options.as_json)
    return int(not any(each["taken"] for each in outcomes))


def _outcomes(cards: list[Card], where: Where) -> list[Item]:
    """What came of each card, in the order of the file."""
    outcomes: list[Item] = []
    usable: list[Card] = []
    for card in cards:
        if why := _objection(card):
            outcomes.append({"name": card.name, "taken": False, "why": why, "line": card.line})
        else:
            usable.append(card)
    for first in range(0, len(usable), CONTACTS_LIMIT):
        some = usable[first : first + CONTACTS_LIMIT]
        contacts = tuple(Contact(card.name, card.number, card.uri) for card in some)
        items, _ = _asked(AddContacts(contacts), where)
        outcomes += [{**item, "line": card.line} for item, card in zip(items, some, strict=True)]
    return sorted(outcomes, key=lambda each: each["line"])


def _objection(card: Card) -> str:
    if not card.name:
        return "it has no name"
    return card.fault if not card.number else ""


def _read(file: Path | None) -> bytes:
    try:
        if file is None:
            content = sys.stdin.buffer.read(_SIZE_MAX + 1)
        else:
            with file.open("rb") as stream:
                content = stream.read(_SIZE_MAX + 1)
    except OSError as error:
        raise ShellError(f"{file} cannot be read: {error.strerror}") from None
    if len(content) > _SIZE_MAX:
        raise ShellError(f"{file or 'standard input'} is too long for a list of contacts")
    return content


def _say(said: object, *, as_json: bool) -> None:
    if as_json or not isinstance(said, list):
        text = json.dumps(said, ensure_ascii=False)
    else:
        text = "\n".join(_printable(line) for line in said)
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _printable(line: str) -> str:
    """Names and addresses are strangers' texts: they must not steer the terminal."""
    return "".join(character if character.isprintable() else "?" for character in line)
