"""Puts together what fetches the phone's configuration, and what shows how that stands."""

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from agent.boards import check_board
from agent.clock import Clock
from agent.fleet.disk import Disk
from agent.fleet.disk import replace as replace_file
from agent.fleet.files import place_of
from agent.fleet.follower import Follower, Standing
from agent.fleet.inbox import REFUSED
from agent.fleet.kept import FILE, Kept
from agent.fleet.look import look
from agent.fleet.timetable import Timetable
from agent.fleet.whole import Whole, load_whole, serial_number, url_of
from agent.late import late
from agent.phone.report import Doing, Report

log = logging.getLogger(__name__)

_NOTE_LIMIT: Final = 4096


def whole_configuration(file: Path) -> Whole:
    """The phone's own configuration, and over it what was fetched for it.

    Raises:
        ConfigError: Its own will not do.
    """
    return load_whole(file, check_board)


def begin_trial(whole: Whole) -> None:
    """Notes that the phone starts with what came from the net, before it does."""
    if whole.is_on_trial and whole.kept is not None:
        _keep(whole, replace(whole.kept, starts=whole.kept.starts + 1))


def end_trial(whole: Whole) -> None:
    """Notes that it has started."""
    if whole.is_on_trial and whole.kept is not None:
        _keep(whole, replace(whole.kept, proven=True))


def _keep(whole: Whole, kept: Kept) -> None:
    try:
        replace_file(Disk(), whole.own.phone.state_dir / FILE, kept.encode(), 0o600)
    except OSError as error:
        log.warning("how the fetched configuration does cannot be noted: %s", error)


def refusal(whole: Whole) -> str:
    """Why a configuration that came before this start is not in use; empty: it is."""
    return card_refusal(whole) or whole.problem.partition("\n")[0]


def card_refusal(whole: Whole) -> str:
    """The same, for one that came on a card."""
    try:
        with whole.own.file.with_name(REFUSED).open("rb") as stream:
            note = stream.read(_NOTE_LIMIT).decode("utf-8", "replace")
    except OSError:
        return ""
    return note.partition("\n")[0]


def is_idle(report: Report) -> bool:
    """Whether nobody uses the phone: no call is there, and the handset lies in the cradle."""
    return report.doing is Doing.ON_HOOK and not report.lifted and not report.calls


class Following:
    """What fetches the phone's configuration, if anything does.

    Args:
        whole: What the phone has by now.
        clock: Where the time comes from.
        report: How the phone is.
        apply: Starts it anew.
        refused: Hears why something will not do.
    """

    def __init__(
        self,
        whole: Whole,
        clock: Clock,
        *,
        report: Callable[[], Report],
        apply: Callable[[], None],
        refused: Callable[[str], None],
    ) -> None:
        self._whole = whole
        self._refused = refused
        self._noted = refusal(whole)
        self._follower = _follower(whole, clock, report, apply, self._tell)

    def told(self) -> str:
        """Where the configuration is fetched, and how that stands; empty: nowhere."""
        return str(self._follower.standing) if self._follower else ""

    def start(self) -> Callable[[], None]:
        """Tells what was refused, and begins to look; returns what ends that."""
        if self._noted:
            log.warning("a new configuration was refused: %s", self._noted)
            self._refused(self._noted)
        if self._follower is None:
            return lambda: None
        task = asyncio.get_running_loop().create_task(self._follower.run())
        task.add_done_callback(_ended)
        return lambda: _cancel(task)

    def look_soon(self) -> None:
        """Something has happened to the phone: it may be idle now."""
        if self._follower is not None:
            self._follower.look_soon()

    def _tell(self, reason: str) -> None:
        """What came on a card and was refused stays told: the net does not mend it."""
        self._refused(reason.partition("\n")[0] or card_refusal(self._whole))


def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("the configuration is no longer looked for: %s", error, exc_info=error)


def _follower(
    whole: Whole,
    clock: Clock,
    report: Callable[[], Report],
    apply: Callable[[], None],
    refused: Callable[[str], None],
) -> Follower | None:
    own, kept = whole.own, whole.kept
    if own.fleet is None:
        return None
    url = url_of(own.fleet, serial_number())
    in_use = kept is not None and kept.url == url and not whole.problem
    path = own.phone.state_dir / FILE
    fetch = late("fetch")

    def look_and_keep() -> Kept | None:
        new = look(own, url, kept, fetch, check_board, in_use=in_use)
        if new is not None:
            new = replace(new, fetched_at=clock.wall())
            replace_file(Disk(), path, new.encode(), 0o600)
        return new

    standing = Standing(place_of(url), problem=whole.problem)
    if kept is not None and in_use:
        standing = replace(standing, version=kept.version, fetched_at=kept.fetched_at)
    timetable = Timetable(own.fleet.every_s, clock.monotonic(), random.random, at_once=not in_use)
    return Follower(
        look_and_keep,
        timetable,
        clock.monotonic,
        is_idle=lambda: is_idle(report()),
        apply=apply,
        refused=refused,
        standing=standing,
    )
