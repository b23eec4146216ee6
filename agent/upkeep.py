"""`sotto peers` and `sotto contacts`: the phone's memory, looked at and changed by hand.

Both work on the database itself, whether the phone runs or not.
"""

import json
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from agent.arguments import ContactsOptions, PeersOptions
from agent.clock import SystemClock
from agent.config import Config, load_config
from agent.sip_uri import identity_of
from agent.store import (
    DATABASE,
    Contact,
    ContactFileError,
    Peer,
    Store,
    read_contacts,
    write_contacts,
)

_SIZE_MAX: Final = 8 * 1024 * 1024
"""Octets of a file of contacts."""


class UpkeepError(Exception):
    """What was asked for cannot be done; the message says why."""


def peers(options: PeersOptions) -> None:
    """Lists the phones that were met, or changes what is known of one.

    Raises:
        ConfigError: The configuration is wrong.
        StoreError: The database cannot be opened, read or written.
        UpkeepError: There is no such phone, or there are several.
    """
    with _visiting(load_config(options.config)) as store:
        if options.action == "list":
            if store.restored:
                sys.stderr.write(f"This memory was moved or restored: {store.restored}.\n")
            _list(store.peers(), as_json=options.as_json)
            return
        change, kind, done = _CHANGES[options.action]
        peer = _find(store.peers(), options.who)
        change(store, peer.zid)
        store.log_security_event(kind, peer.zid, "", peer.name)
        also = "; what it was allowed as a telephone system has ended" if peer.enrolled else ""
        sys.stdout.write(f"{_name(peer)} ({peer.zid.hex()}): {done}{also}\n")


_CHANGES: Final[dict[str, tuple[Callable[[Store, bytes], None], str, str]]] = {
    "unverify": (
        Store.unverify,
        "unverified-by-hand",
        "no longer verified; the words are asked for at the next call",
    ),
    "forget": (Store.forget, "forgotten-by-hand", "forgotten, with all its secrets"),
}


def contacts(options: ContactsOptions) -> None:
    """Writes all contacts as a file, or takes those of such a file over.

    Raises:
        ConfigError: The configuration is wrong.
        StoreError: The database cannot be opened, read or written.
        UpkeepError: The file cannot be read or written, or is none of contacts.
    """
    config = load_config(options.config)
    with _visiting(config) as store:
        if options.action == "export":
            _write(write_contacts([*_configured(config), *store.contacts()]), options.file)
        else:
            _import(store, _configured(config), options.file)


def _visiting(config: Config) -> closing[Store]:
    return closing(Store.visit(config.phone.state_dir / DATABASE, SystemClock().wall))


def _find(known: list[Peer], who: str) -> Peer:
    found = [each for each in known if each.zid.hex() == who.lower()]
    found = found or [each for each in known if each.name.casefold() == who.casefold()]
    if not found:
        raise UpkeepError(f'no phone is called "{who}", and none has such a ZID; see `sotto peers`')
    if len(found) > 1:
        zids = ", ".join(each.zid.hex() for each in found)
        raise UpkeepError(f'{len(found)} phones are called "{who}"; say which: {zids}')
    return found[0]


def _list(known: list[Peer], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps([_plain(each) for each in known], indent=2) + "\n")
        return
    for peer in known:
        sys.stdout.write("\n  ".join(_told(peer)) + "\n")
    if not known:
        sys.stdout.write("No phone was met yet.\n")


def _plain(peer: Peer) -> dict[str, Any]:
    return {
        **asdict(peer),
        "zid": peer.zid.hex(),
        "first_seen": _when(peer.first_seen),
        "last_seen": _when(peer.last_seen),
        "last_verified": _when(peer.last_verified),
        "addresses": [
            {
                **asdict(each),
                "first_seen": _when(each.first_seen),
                "last_seen": _when(each.last_seen),
                "last_proven": _when(each.last_proven),
            }
            for each in peer.addresses
        ],
    }


def _told(peer: Peer) -> list[str]:
    if peer.last_verified is None:
        stands = "never verified"
    else:
        stands = "verified" if peer.verified else "no longer verified; it was on"
        stands = f"{stands} {_day(peer.last_verified)}"
    lines = [f"{_name(peer)}: {stands}", peer.zid.hex(), f"last met {_day(peer.last_seen)}"]
    if peer.level is not None:
        strength = "post-quantum" if peer.level.post_quantum else "not post-quantum"
        lines.append(f"{peer.level.key_agreement}, {strength}")
    if peer.enrolled:
        lines.append("a telephone system: it was allowed to listen in on the calls it puts through")
    for address in peer.addresses:
        proven = "" if address.last_proven is not None else ", only claimed"
        lines.append(f"{address.uri}{proven}")
    return lines


def _name(peer: Peer) -> str:
    return peer.name or "No name"


def _when(wall: float | None) -> str | None:
    return None if wall is None else datetime.fromtimestamp(wall, UTC).isoformat(timespec="seconds")


def _day(wall: float) -> str:
    return datetime.fromtimestamp(wall).astimezone().date().isoformat()


def _configured(config: Config) -> list[Contact]:
    return [Contact(each.name, each.number, each.uri) for each in config.contacts]


def _import(store: Store, configured: list[Contact], file: Path | None) -> None:
    shown = file or "standard input"
    try:
        read = read_contacts(_read(file))
    except ContactFileError as error:
        raise UpkeepError(f"{shown}: {error}") from None
    known = {identity_of(each.uri) for each in configured}
    numbers = {each.number: each.name for each in configured}
    new = [each for each in read if identity_of(each.uri) not in known]
    for contact in new:
        if holder := numbers.get(contact.number):
            raise UpkeepError(
                f"{shown}: {contact.name} cannot have the number {contact.number}: in the "
                f"configuration it is that of {holder}"
            )
    store.add_contacts(new)
    sys.stdout.write(
        f"{len(new)} contacts taken over, {len(read) - len(new)} left to the configuration. "
        "A phone that runs knows them after its next start. Nobody is verified by this.\n"
    )


def _read(file: Path | None) -> str:
    try:
        content = sys.stdin.buffer.read(_SIZE_MAX + 1) if file is None else _head(file)
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise UpkeepError(f"{file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UpkeepError(f"{file or 'standard input'}: byte {error.start} is no UTF-8") from None
    if len(content) > _SIZE_MAX:
        raise UpkeepError(f"{file or 'standard input'} is too long for a list of contacts")
    return text


def _head(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(_SIZE_MAX + 1)


def _write(text: str, file: Path | None) -> None:
    if file is None:
        sys.stdout.write(text)
        return
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        raise UpkeepError(f"{file} cannot be written: {error.strerror}") from None
