"""The phone over time: one table here, all samples in build/soak.json.

Needs root, for networks of its own. With its defaults it takes some two hours.
"""

import argparse
import json
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from soak import calls, devices, outages, plug, writings
from soak.rows import HEADER, Row

from support.netns import network_namespace

_RESULT: Final = Path(__file__).parents[2] / "build" / "soak.json"


def main() -> int:
    """Runs the parts that are wanted; returns 1 if something was not as it should be."""
    wishes = _wishes()
    rows: list[Row] = []
    logging.getLogger("asyncio").setLevel(logging.ERROR)  # who was killed is nobody's news
    _say(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; seed {wishes.seed}")
    _say(HEADER)
    began = time.monotonic()
    for name, (part, loopback) in _parts(wishes).items():
        if wishes.only and name not in wishes.only:
            continue
        with network_namespace() if loopback else nullcontext():
            for row in part():
                rows.append(row)
                _say(row.line)
    result = {
        "seed": wishes.seed,
        "seconds": round(time.monotonic() - began),
        "load": os.getloadavg(),
        "rows": [each.as_json() for each in rows],
    }
    _RESULT.parent.mkdir(exist_ok=True)
    _RESULT.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return int(any(each.right is False for each in rows))


def _parts(
    wishes: argparse.Namespace,
) -> dict[str, tuple[Callable[[], Iterator[Row]], bool]]:
    """Each with whether it wants a loopback of its own; the others make their own networks."""
    return {
        "calls": (lambda: calls.between_phones(wishes.calls), True),
        "linphone": (lambda: calls.with_linphone(wishes.calls), True),
        "plug": (lambda: plug.pulled(wishes.kills, wishes.seed), True),
        "writing": (lambda: writings.pulled(wishes.kills, wishes.seed), False),
        "devices": (devices.taken_away, True),
        "network": (outages.taken_away, False),
        "server": (lambda: outages.restarted(wishes.restarts), False),
        "long": (lambda: calls.long_call(wishes.minutes), True),
    }


def _wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--calls", type=int, default=1000, help="in a row, of each kind")
    parser.add_argument("--minutes", type=float, default=60, help="of the long call")
    parser.add_argument("--kills", type=int, default=500, help="times that the plug is pulled")
    parser.add_argument("--restarts", type=int, default=100, help="of the server")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of all that is random")
    parser.add_argument("--only", nargs="+", metavar="PART", help="calls, linphone, long, ...")
    return parser.parse_args()


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a person reads it


if __name__ == "__main__":
    sys.exit(main())
