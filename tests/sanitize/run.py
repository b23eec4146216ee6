"""The C modules and PJSIP, built with sanitizers, under the tests: one table.

Everything that a sanitizer has said lies in build/sanitize/KIND/reports afterwards, once for each
place, in build/sanitize.json. Needs root, and half an hour the first time.
"""

import argparse
import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parents[1]))

from sanitize.reports import told

_ROOT: Final = Path(__file__).parents[2]
_WORK: Final = _ROOT / "build" / "sanitize"
_RESULT: Final = _ROOT / "build" / "sanitize.json"
_KINDS: Final = ("asan", "tsan")
_QUICK: Final = "modules"
"""ASan and UBSan of the C modules alone, on top of the phone's own PJSIP: quickly built."""
_GROUPS: Final = {
    "gate": ("tests/unit/media", "tests/unit/sdes"),
    "calls": ("tests/live/test_sip_audio.py", "tests/flows/test_two_phones.py"),
    "dialogs": tuple(
        f"tests/live/test_{each}.py" for each in ("cancelled", "lost_ack", "sdp_names")
    ),
    "ice": ("tests/flows/test_two_phones_ice.py", "tests/live/test_ice.py"),
    "sdes": ("tests/flows/test_server_keys.py",),
    "handset": ("tests/live/test_handset_stream.py", "tests/live/test_sound_card.py"),
    "torture": ("tests/torture",),
    "flood": ("tests/attacks/test_live_flood.py",),
    "attacks": ("tests/attacks", "--ignore=tests/attacks/test_live_flood.py"),
}
_FAULTS: Final = {
    "asan": ("shift(40)", "past_the_end(10)"),
    "modules": ("shift(40)", "past_the_end(10)"),
    "tsan": ("race()",),
}
"""Made on purpose, in faults.c."""
_TIMEOUT_S: Final = 600
"""For one test: all is several times slower."""


@dataclass(slots=True)
class Outcome:
    """What came of a group under a sanitizer.

    Attributes:
        kind: "asan" (with UBSan), "tsan", or "modules".
        group: Of the tests.
        verdicts: How many tests passed, failed and were left out.
        found: Each different report, and how often it was given.
        failed: Names of the tests that failed.
    """

    kind: str
    group: str
    verdicts: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    @property
    def line(self) -> str:
        """For the table."""
        tests = ", ".join(f"{count} {verdict}" for verdict, count in sorted(self.verdicts.items()))
        reports = f"{self.found.total()} reports of {len(self.found)} places"
        said = reports if self.found else "nothing"
        return f"{self.kind:<10} {self.group:<10} {tests or 'no tests ran':<32} {said}"

    def as_json(self) -> dict[str, object]:
        """All of it."""
        counted: dict[str, object] = {"verdicts": dict(self.verdicts), "found": dict(self.found)}
        return {"sanitizer": self.kind, "tests": self.group, "failed": self.failed} | counted


def main() -> int:
    """Returns 1 if a sanitizer found anything, or a test failed under it."""
    wishes = _wishes()
    outcomes = []
    _say(f"{'sanitizer':<10} {'tests':<10} {'verdicts':<32} reports")
    for kind in wishes.kinds:
        subprocess.run(["tests/sanitize/build.sh", kind], cwd=_ROOT, check=True, stdout=sys.stderr)
        if not _tells_faults(kind):
            raise SystemExit(f"{kind}: a fault made on purpose is not told (faults.c)")
        for group in wishes.only or _GROUPS:
            outcome = _run(kind, group)
            outcomes.append(outcome)
            _say(outcome.line)
            for said, times in outcome.found.most_common():
                _say(f"{'':<10} {'':<10} {times:>4} x {said}")
            for name in outcome.failed:
                _say(f"{'':<10} {'':<10} failed: {name}")
    results = [each.as_json() for each in outcomes]
    _RESULT.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return int(any(each.found or each.failed or not each.verdicts for each in outcomes))


def _tells_faults(kind: str) -> bool:
    """Whether each one leaves a report where reports are looked for."""
    library = _WORK / kind / "faults.so"
    for fault in _FAULTS[kind]:
        reports = _empty(kind, "faults")
        code = f"import ctypes; ctypes.CDLL('{library}').{fault}"
        command = ("tests/sanitize/inside.sh", kind, str(reports), sys.executable, "-c", code)
        subprocess.run(command, cwd=_ROOT, check=False)
        if not _found(reports):
            return False
    return True


def _empty(kind: str, name: str) -> Path:
    reports = _WORK / kind / "reports" / name
    shutil.rmtree(reports, ignore_errors=True)
    reports.mkdir(parents=True)
    return reports


def _found(reports: Path) -> Counter[str]:
    found: Counter[str] = Counter()
    for file in sorted((*reports.glob("*san.*"),)):
        found.update(told(file.read_text(errors="replace")))
    return found


def _run(kind: str, group: str) -> Outcome:
    reports = _empty(kind, group)
    verdicts = reports / "verdicts.xml"
    pytest = (
        *(sys.executable, "-m", "pytest", *_GROUPS[group], "-q", "-p", "no:cacheprovider"),
        *("-p", "no:randomly", f"--timeout={_TIMEOUT_S}", f"--junit-xml={verdicts}"),
    )
    with (reports / "pytest.log").open("w") as log:
        command = ("tests/sanitize/inside.sh", kind, str(reports), *pytest)
        subprocess.run(command, cwd=_ROOT, stdout=log, stderr=log, check=False)
    outcome = Outcome(kind, group, found=_found(reports))
    if verdicts.exists():
        _judge(verdicts, outcome)
    return outcome


def _judge(verdicts: Path, outcome: Outcome) -> None:
    for case in ET.parse(verdicts).iter("testcase"):  # noqa: S314 - pytest wrote it just now
        kinds = {each.tag for each in case}
        if kinds & {"failure", "error"}:
            outcome.verdicts["failed"] += 1
            outcome.failed.append(f"{case.get('classname')}::{case.get('name')}")
        else:
            outcome.verdicts["skipped" if "skipped" in kinds else "passed"] += 1


def _wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make sanitize", description=__doc__)
    parser.add_argument(
        "--kinds", nargs="+", choices=(*_KINDS, _QUICK), default=_KINDS, help="of sanitizers"
    )
    parser.add_argument("--only", nargs="+", choices=tuple(_GROUPS), help="of the tests")
    return parser.parse_args()


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a person reads it


if __name__ == "__main__":
    sys.exit(main())
