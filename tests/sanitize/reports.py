"""What sanitizers have said, a line for each report. Pure."""

import re
from typing import Final

_SUMMARY: Final = re.compile(r"SUMMARY: \w+Sanitizer: (.*)")
_UNDEFINED: Final = re.compile(r"(\S+:\d+:\d+: )?runtime error: (.*)")
_SAID_BEFORE: Final = "undefined-behavior"
"""UBSan's summary only says that there was something, and it said what above."""


def told(report: str) -> list[str]:
    """Each report with the place in the source where it was, as far as it is known."""
    lines = []
    for line in report.splitlines():
        if undefined := _UNDEFINED.search(line):
            lines.append(f"{undefined.group(1) or ''}{undefined.group(2)}")
        elif (summary := _SUMMARY.search(line)) and _SAID_BEFORE not in line:
            lines.append(summary.group(1))
    return lines
