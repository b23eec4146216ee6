"""For all tests: how long one takes is no fault of it."""

import pytest
from hypothesis import HealthCheck, settings

from support.waiting import SLOWER

# CI's own profile has no deadline either, and takes the same examples each time.
if settings.get_current_profile_name() == "default":
    settings.register_profile(
        "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("unhurried")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole phones live in real time, on a machine that may stall: those tests have a second try.

    The first one's failure stays in the report, as RERUN.
    """
    for item in items:
        if item.get_closest_marker("live"):
            item.add_marker(pytest.mark.flaky(reruns=1))
        if SLOWER > 1.0 and (limit := item.get_closest_marker("timeout")):
            item.add_marker(pytest.mark.timeout(limit.args[0] * SLOWER), append=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.write_sep("_", f"first try of {report.nodeid}")
        terminalreporter.write_line(report.longreprtext)
