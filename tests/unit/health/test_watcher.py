import asyncio

from agent.health.look import MachineFacts
from agent.health.watcher import MachineWatcher
from agent.phone.machine import MachineChanged


def test_it_tells_what_is_wrong_from_the_first_look_on() -> None:
    told: list[MachineChanged] = []

    async def look() -> None:
        watcher = MachineWatcher(told.append, lambda: MachineFacts(85.0, 0, low_voltage=True))
        watcher.start()
        watcher.close()

    asyncio.run(look())
    assert told == [MachineChanged(hot=True, low_voltage=True)]


def test_it_can_be_closed_before_it_has_begun() -> None:
    told: list[MachineChanged] = []

    async def close() -> None:
        MachineWatcher(told.append, MachineFacts).close()

    asyncio.run(close())
    assert told == []
