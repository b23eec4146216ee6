"""Keeps secrets out of the journal: what looks like one is replaced before it is written.

A second line of defence: our values keep secrets out of their `repr`, and this filter
catches what slips through, in messages as in tracebacks, ours or a library's.
"""

import logging
import os
import re
import sys
import traceback
from collections.abc import Iterable, Mapping
from typing import Final, TextIO

_RULES: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    # The user part of an address: whom one calls is nobody's business but the host's.
    (re.compile(r"\b(sips?:[^\s@<>\"])[^\s@<>\"]*@", re.IGNORECASE), r"\1…@"),
    (re.compile(r"\b(tel:)[+0-9][0-9().-]*", re.IGNORECASE), r"\1…"),
    # bytes as Python shows them: packets, keys, secrets.
    (re.compile(r"\bb(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")"), "[bytes]"),
    (re.compile(r"\bbytearray\(\[bytes\]\)"), "[bytes]"),
    # RFC 4568: the key in a=crypto; RFC 8760: what proves a password.
    (re.compile(r"\binline:[^\s|;]+"), "inline:[key]"),
    (
        re.compile(r"\b((?:proxy-)?authorization)\s*:[^\r\n]*", re.IGNORECASE),
        r"\1: [credentials]",
    ),
    (
        re.compile(
            r"\b(password|passwd|secret|auxsecret|pbxsecret|rs1|rs2|s0|srtp_key|salt|response)"
            r"(['\"]?\s*[=:]\s*)(?!\[)(\"[^\"]*\"|'[^']*'|[^\s,;)}\]]+)",
            re.IGNORECASE,
        ),
        r"\1\2[hidden]",
    ),
    # The short authentication string, in either rendering: "SAS: word word", sas='q7zn'.
    (
        re.compile(
            r"\b(sas(?:_?(?:text|words|hash))?)(['\"]?\s*(?:=|:|\bis\b)\s*)"
            r"(\"[^\"]*\"|'[^']*'|[A-Za-z]{4,}[ /:-]+[A-Za-z]{4,}|[^\s,;)}\]]+)",
            re.IGNORECASE,
        ),
        r"\1\2[hidden]",
    ),
    (
        re.compile(r"\b(words['\"]?\s*[=:]\s*)(\([^)]*\)|\[[^\]]*\]|'[^']*'|\"[^\"]*\")"),
        r"\1[hidden]",
    ),
    # 16 octets or more in hexadecimal or base64: a key, a hash, or part of one.
    (re.compile(r"\b(?:[0-9a-fA-F]{2}[ :]?){15,}[0-9a-fA-F]{2}\b"), "[hex]"),
    (
        re.compile(
            # Not the hash of a public key, as RFC 7469 spells it: somebody has to copy it.
            r"(?<!pin-sha256=\")(?<![A-Za-z0-9+/])(?=[A-Za-z0-9+/]*[0-9])(?=[A-Za-z0-9+/]*[a-z])"
            r"(?=[A-Za-z0-9+/]*[A-Z])[A-Za-z0-9+/]{30,}={0,2}"
        ),
        "[base64]",
    ),
)

_PRIORITIES: Final[Mapping[int, int]] = {
    logging.DEBUG: 7,
    logging.INFO: 6,
    logging.WARNING: 4,
    logging.ERROR: 3,
    logging.CRITICAL: 2,
}
"""Levels as syslog(3) counts them; sd-daemon(3) reads them in front of a line."""


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without what must not be read in a journal.

    Args:
        text: A message or a traceback.
        secrets: Texts that are hidden wherever they stand, such as passwords.
    """
    for secret in secrets:
        text = text.replace(secret, "[hidden]")
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


class RedactFilter(logging.Filter):
    """Replaces what is secret in a record, before any handler writes it.

    Args:
        secrets: Texts that are hidden wherever they stand, such as passwords.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets = tuple(secret for secret in secrets if secret)

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrites the record; it always passes."""
        record.msg, record.args = redact(_message(record), self._secrets), None
        if record.exc_info and not record.exc_text:
            record.exc_text = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
        if record.exc_text:
            record.exc_text = redact(record.exc_text, self._secrets)
        if record.stack_info:
            record.stack_info = redact(record.stack_info, self._secrets)
        return True


class JournalFormatter(logging.Formatter):
    """Lines for systemd's journal: a priority in front of each, and no time, for it has its own."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of the journal for each line of the record."""
        priority = _PRIORITIES.get(record.levelno, 6)
        return "\n".join(f"<{priority}>{line}" for line in super().format(record).splitlines())


def configure_logging(
    level: str,
    *,
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
    environment: Mapping[str, str] | None = None,
) -> None:
    """Sends all records to one redacting handler, and removes any other.

    Args:
        level: A level name of `logging`, e.g. "INFO".
        secrets: Texts that are hidden wherever they stand, such as the accounts' passwords.
        stream: Where the lines go; the standard error output unless a test says otherwise.
        environment: The process's own unless a test says otherwise.
    """
    found = os.environ if environment is None else environment
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.addFilter(RedactFilter(secrets))
    handler.setFormatter(
        JournalFormatter("%(name)s: %(message)s")
        if "JOURNAL_STREAM" in found
        else logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.captureWarnings(capture=True)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):
        # A call with the wrong arguments must not lose the line, nor show the arguments.
        return f"{record.msg} [arguments that do not fit]"
