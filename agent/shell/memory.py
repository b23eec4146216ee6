"""The memory of a phone that is off: it answers for itself to whoever may read the database."""

from contextlib import closing
from pathlib import Path

from agent import settings, upkeep
from agent.clock import SystemClock
from agent.control.desk import remembered
from agent.control.protocol import Ended, Item
from agent.control.requests import Memory
from agent.fleet.whole import load_whole
from agent.store import DATABASE, Store


def asked(request: Memory, file: Path) -> tuple[list[Item], Ended]:
    """The items of the answer, and how it ended.

    Args:
        request: What is asked for.
        file: The phone's configuration.

    Raises:
        ConfigError: That is wrong.
        StoreError: The database cannot be opened, read or written.
    """
    # Its contacts may come from the net, too; of the board nothing is asked.
    config = load_whole(file, lambda _: None).config
    clock = SystemClock()
    with closing(Store.visit(config.phone.state_dir / DATABASE, clock.wall)) as store:
        try:
            reply = remembered(store, settings.configured(config), request)
        except upkeep.UpkeepError as trouble:
            return [], Ended({}, str(trouble))
    return reply.items, reply.ended
