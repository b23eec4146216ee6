"""Findings as a person reads them, and as a program does. Pure."""

import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, Final

from agent.doctor.findings import Area, Finding, State, are_well
from agent.redact import redact

_MARKS: Final = {
    State.GOOD: "good",
    State.WATCH: "watch",
    State.WRONG: "WRONG",
    State.SKIPPED: "-",
}
_INDENT: Final = 9
_WIDTH: Final = 96


def lines(finding: Finding, before: Area | None) -> list[str]:
    """A finding in its lines, under the title of its area.

    Args:
        finding: It.
        before: The area of the one before, whose title stands there already.
    """
    title = [] if finding.area is before else [finding.area.value]
    said = _wrapped(f"  {_MARKS[finding.state]:<{_INDENT - 2}}", finding.sentence)
    return [*title, *said, *_wrapped(" " * _INDENT, finding.advice)]


def verdict(findings: Sequence[Finding]) -> str:
    """The last line."""
    faults = [each for each in findings if each.state is State.WRONG]
    if not faults:
        seen = any(each.state is State.WATCH for each in findings)
        return "Nothing is wrong." + (' See to what is marked "watch".' if seen else "")
    if len(faults) == 1:
        return f"One thing is wrong: {faults[0].sentence}"
    return f"{len(faults)} things are wrong. Begin with the first: {faults[0].sentence}"


def document(findings: Sequence[Finding], version: str, secrets: Iterable[str]) -> dict[str, Any]:
    """For support: everything in it may be shown to strangers.

    Args:
        findings: They.
        version: Of the software.
        secrets: Texts that must not stand in it, such as passwords.
    """
    hidden = tuple(each for each in secrets if each)
    return {
        "sotto": version,
        "well": are_well(findings),
        "findings": [
            {
                "area": each.area.name.lower(),
                "state": each.state.value,
                "sentence": redact(each.sentence, hidden),
                "advice": redact(each.advice, hidden),
            }
            for each in findings
        ],
    }


def _wrapped(start: str, text: str) -> list[str]:
    # Names of servers and cards are strangers' texts: they must not steer the terminal.
    printable = "".join(each if each.isprintable() else "?" for each in text)
    return textwrap.wrap(
        printable,
        _WIDTH,
        initial_indent=start,
        subsequent_indent=" " * _INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
