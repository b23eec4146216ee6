"""The plug is pulled (SIGKILL) in calls, in updates of the cache, and while settings are written.

Three kinds of moments, one after the other. In a call: any time from the key that dials on. In an
update of the cache: in the milliseconds after the other phone's Hello, when both write the new
retained secret. While something is written: contacts over the control socket. After each, the
phone is started again and looked at; in one round of four the plug is pulled in the very next
call, without a whole one between, which is how two caches can come apart.

Caches that have no secret in common before a call are what RFC 6189, section 4.6.1, makes
unavoidable: one side updates after Confirm2, the other one after Conf2ACK, and if that fails
twice in a row rs2 is gone, too. A mismatch is such a one, or it is wrong.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from soak import ledgers
from soak.ledgers import Known
from soak.mortals import Mortals, interrupted, mortals
from soak.rows import Row

from agent.contact import Contact
from agent.control.protocol import ControlError, Ended, encode_request, read_answer
from agent.control.requests import AddContacts
from agent.demo.household import DemoError
from hw.simulator.client import LinkClosedError
from support.couple import Side

PART: Final = "plug"
KINDS: Final = ("call", "cache", "contacts")
_CALL_S: Final = 0.4
_CACHE_S: Final = 0.05
_CONTACTS_S: Final = 0.2
_AT_ONCE: Final = 20
_LOOKS: Final = 50
_BOTH: Final = 0.2
"""How often both phones lose their power at once."""
_TWICE: Final = 0.25


@dataclass(slots=True)
class Toll:
    """What came of it all.

    Attributes:
        kills: By kind of moment.
        caches: How the next calls stood to the cache.
        unavoidable: Mismatches between caches that had nothing in common.
        whole_calls: Those after a start that were let go to their end.
        acknowledged: Contacts that the phone had confirmed before it was killed.
        unlogged: Plugs that were pulled before the victim had a call to write down, or had written it.
        wrong: What must not be, each in a sentence.
    """

    kills: Counter[str] = field(default_factory=Counter)
    caches: Counter[str] = field(default_factory=Counter)
    whole_calls: int = 0
    unavoidable: int = 0
    unlogged: int = 0
    acknowledged: int = 0
    wrong: list[str] = field(default_factory=list)


def pulled(kills: int, seed: int) -> Iterator[Row]:
    """Runs all rounds; tells what came of them."""
    chance, toll = random.Random(seed), Toll()
    with mortals() as them:
        them.runner.run(them.meet())
        known = [ledgers.peers(home.folder) for home in them.homes]
        try:
            while toll.kills.total() < kills:
                kind = KINDS[toll.kills.total() % len(KINDS)]
                them.runner.run(_round(them, kind, chance, toll))
                _look(them, known, toll)
                if kind == "contacts" or chance.random() > _TWICE:
                    them.runner.run(_next_call(them, toll))
            them.runner.run(_next_call(them, toll))
            _look(them, known, toll)
        except (DemoError, TimeoutError) as error:  # what was found before is told all the same
            toll.wrong.append(f"it did not start again, or rest: {error}")
    yield from _told(toll)


async def _round(them: Mortals, kind: str, chance: random.Random, toll: Toll) -> None:
    victims = (0, 1) if chance.random() < _BOTH else (chance.randrange(2),)
    if kind == "contacts":
        await _while_writing(them, victims[0], chance, toll)
    else:
        await _while_calling(them, kind, victims, chance, toll)
    toll.kills[kind] += 1
    await them.start()


async def _while_calling(
    them: Mortals, kind: str, victims: tuple[int, ...], chance: random.Random, toll: Toll
) -> None:
    before = [ledgers.lines(home.folder) for home in them.homes]

    async def moment() -> None:
        if kind == "cache":
            await them.until_found(victims[0])
            await asyncio.sleep(chance.uniform(0, _CACHE_S))
        else:
            await asyncio.sleep(chance.uniform(0, _CALL_S))

    await interrupted(them.both.dial(), moment)
    await them.kill(victims)
    for which in victims:
        toll.unlogged += ledgers.lines(them.homes[which].folder) == before[which]


async def _while_writing(them: Mortals, victim: int, chance: random.Random, toll: Toll) -> None:
    """Writes twenty contacts, one after the other, and pulls the plug somewhere among them."""
    home = them.homes[victim]
    before = ledgers.contacts(home.folder)
    first = len(before)
    wanted = [Contact(f"N{n}", str(60000 + n), f"sip:n{n}@192.0.2.1") for n in _numbers(first)]
    done: list[Contact] = []
    writing = _write(them.side(victim), wanted, done)
    await interrupted(writing, lambda: asyncio.sleep(chance.uniform(0, _CONTACTS_S)))
    await them.kill((victim,))
    after = ledgers.contacts(home.folder)
    toll.acknowledged += len(done)
    promised = before | {(each.name, str(each.number)) for each in done}
    asked = before | {(each.name, str(each.number)) for each in wanted}
    if not promised <= after:
        toll.wrong.append(f"contacts that were confirmed are gone: {promised - after}")
    if not after <= asked:
        toll.wrong.append(f"contacts that nobody wrote: {after - asked}")


def _numbers(first: int) -> range:
    return range(first, first + _AT_ONCE)


async def _write(side: Side, wanted: list[Contact], done: list[Contact]) -> None:
    reader, writer = await asyncio.open_unix_connection(side.home.folder / "control")
    try:
        for contact in wanted:
            writer.write(encode_request(AddContacts((contact,))))
            await writer.drain()
            taken = False
            while not isinstance(answer := read_answer(await reader.readline()), Ended):
                taken = bool(answer["taken"])
            if taken and not answer.error:
                done.append(contact)
    except (ConnectionError, ControlError):
        return  # it was killed; half a line, or none, is no answer
    finally:
        writer.close()


def _look(them: Mortals, known: list[tuple[Known, ...]], toll: Toll) -> None:
    for home, expected in zip(them.homes, known, strict=True):
        sound, there = ledgers.soundness(home.folder), ledgers.peers(home.folder)
        if sound != "ok":
            toll.wrong.append(f"{home.resident.name}'s database: {sound}")
        if there != expected:
            toll.wrong.append(f"{home.resident.name} knew {expected}, and now {there}")


async def _next_call(them: Mortals, toll: Toll) -> None:
    in_common = frozenset.intersection(*(ledgers.secrets(home.folder) for home in them.homes))
    began = time.time()
    toll.whole_calls += 1
    try:
        found = await them.call()
    except (AssertionError, DemoError, TimeoutError, LinkClosedError) as error:
        toll.wrong.append(f"the next call failed: {error}")
        await them.both.rest()
        return
    toll.caches.update(found)
    if set(found) != {"MATCHED"}:
        if in_common:
            toll.wrong.append(f"{found} though the caches had a secret in common")
        else:
            toll.unavoidable += 1
    elif not in_common:
        toll.wrong.append("the caches matched without a secret in common")
    for home in them.homes:
        if not await _is_logged(home.folder, began):
            toll.wrong.append(f"{home.resident.name}'s log lacks the call after the start")


async def _is_logged(folder: Path, began: float) -> bool:
    """The handset is back a moment before the call's line is on the disk."""
    for _ in range(_LOOKS):
        if ledgers.answered_since(folder, began) == 1:
            return True
        await asyncio.sleep(0.1)
    return False


def _told(toll: Toll) -> Iterator[Row]:
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(toll.kills.items()))
    yield Row(
        PART,
        "plug pulled (SIGKILL), and started again",
        f"{toll.kills.total()}: {kinds}",
        data={"kills": dict(toll.kills)},
    )
    yield Row(
        PART,
        "database sound, peers as before, next call secured",
        f"{len(toll.wrong)} faults",
        not toll.wrong,
        {"wrong": toll.wrong},
    )
    if toll.wrong:
        yield Row(PART, "the first fault", toll.wrong[0])
    caches = ", ".join(f"{count} {cache}" for cache, count in sorted(toll.caches.items()))
    yield Row(
        PART,
        "calls after it, as both sides' caches stood",
        f"{toll.whole_calls}: {caches}",
        data={"calls": toll.whole_calls, "caches": dict(toll.caches)},
    )
    yield Row(
        PART,
        "of these unavoidable by RFC 6189, section 4.6.1",
        str(toll.unavoidable),
        data={"unavoidable": toll.unavoidable},
    )
    yield Row(
        PART,
        "contacts confirmed before the plug, all there after",
        str(toll.acknowledged),
        data={"acknowledged": toll.acknowledged},
    )
    yield Row(
        PART,
        "pulled before the victim's log had the call",
        str(toll.unlogged),
        data={"unlogged": toll.unlogged},
    )
