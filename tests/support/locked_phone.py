"""Phones with and without a PIN, for the tests of the lock and its neighbours."""

from dataclasses import replace

from agent.phone.actions import Dial
from agent.phone.preferences import Preferences
from support.phone_driver import SETTINGS
from support.station_driver import Memory, StationDriver

ERASE = "*#*37273#*#"
WITH_EMERGENCY = replace(SETTINGS, dial_plan=replace(SETTINGS.dial_plan, emergency=("112", "911")))


def locked(failures: int = 0) -> StationDriver:
    return StationDriver(WITH_EMERGENCY, Memory(pin="1234", failures=failures))


def with_pin(preferences: Preferences | None = None) -> StationDriver:
    """Unlocked."""
    chosen = preferences or Preferences()
    told = replace(WITH_EMERGENCY, preferences=chosen)
    driver = StationDriver(told, Memory(pin="1234", preferences=chosen))
    driver.keys("1234!")
    return driver


def dialled(driver: StationDriver) -> list[str]:
    return [order.uri for order in driver.actions() if isinstance(order, Dial)]
