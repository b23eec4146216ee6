"""Contacts as a file that one phone writes and another one reads.

It holds names, numbers and addresses, and nothing that anybody is trusted for: no ZID, no
secret, no verified flag, and no name that a verified phone would bear.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, Final

from agent.sip_uri import SipUri, SipUriError, identity_of
from agent.store.contacts import Contact

VERSION: Final = 1
"""Of the file's form; a phone reads this one and no later one."""
MOST: Final = 10_000
"""Contacts in one file."""
_NAME_MAX: Final = 64
_NUMBER: Final = re.compile("[0-9*#]{0,32}")
_KEYS: Final = {"name", "number", "uri"}


class ContactFileError(ValueError):
    """The text is no file of contacts; the message says where and what would be right."""


def write_contacts(contacts: Iterable[Contact]) -> str:
    """The file's text."""
    listed = [{"name": c.name, "number": c.number, "uri": c.uri} for c in contacts]
    document = {"format": "sotto-contacts", "version": VERSION, "contacts": listed}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def read_contacts(text: str) -> list[Contact]:
    """Reads what `write_contacts` has written, or a person.

    Raises:
        ContactFileError: It is something else.
    """
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise ContactFileError(
            f"line {error.lineno}, column {error.colno}: this is no JSON: {error.msg}"
        ) from None
    except RecursionError:
        raise ContactFileError("this is no list of contacts: it is nested too deep") from None
    if not isinstance(document, dict) or document.get("format") != "sotto-contacts":
        raise ContactFileError('"format" must be "sotto-contacts"')
    version = document.get("version")
    if version is not VERSION:
        raise ContactFileError(f'"version" is {_shown(version)}; this phone reads {VERSION}')
    listed = document.get("contacts")
    if not isinstance(listed, list) or len(listed) > MOST:
        raise ContactFileError(f'"contacts" must be a list of {MOST} at the most')
    contacts = [_contact(entry, f"contacts[{index}]") for index, entry in enumerate(listed)]
    _check_unique(contacts)
    return contacts


def _contact(entry: object, where: str) -> Contact:
    if not isinstance(entry, dict):
        raise ContactFileError(f"{where} is {_shown(entry)}, but must be an object")
    if unknown := sorted(entry.keys() - _KEYS):
        raise ContactFileError(f'{where}: "{unknown[0]}" is not known; name, number and uri are')
    name = _text(entry, "name", where).strip()
    if not name or len(name) > _NAME_MAX or not name.isprintable():
        raise ContactFileError(
            f"{where}.name is {_shown(name)}, but must be 1 to {_NAME_MAX} printable characters"
        )
    number = _text({"number": "", **entry}, "number", where)
    if not _NUMBER.fullmatch(number):
        raise ContactFileError(
            f"{where}.number is {_shown(number)}, but can only hold digits, * and # (32 at most)"
        )
    uri = _text(entry, "uri", where)
    try:
        return Contact(name, number, str(SipUri.parse(uri)))
    except SipUriError as error:
        raise ContactFileError(f"{where}.uri is {_shown(uri)}, but {error}") from None


def _text(entry: dict[str, Any], key: str, where: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str):
        raise ContactFileError(f"{where}.{key} is {_shown(value)}, but must be text")
    return value


def _check_unique(contacts: list[Contact]) -> None:
    first: dict[str, int] = {}
    for index, contact in enumerate(contacts):
        for key in (identity_of(contact.uri), contact.number):
            if key and first.setdefault(key, index) != index:
                raise ContactFileError(
                    f"contacts[{index}]: {key} is that of contacts[{first[key]}]"
                )


def _shown(value: object) -> str:
    """A value in a message, not longer than a line."""
    text = "missing" if value is None else json.dumps(value, ensure_ascii=True)
    return text if len(text) <= _NAME_MAX else f"{text[:_NAME_MAX]}..."
