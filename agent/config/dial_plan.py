"""Where numbers go: each [[rule]] of a configuration."""

import re
from typing import Final

from agent.config.reader import Table
from agent.config.values import AccountConfig, RuleConfig

MOST_STRIPPED: Final = 32

_PATTERN: Final = re.compile(r"[0-9*#x]{0,32}\.?")
_PREFIX: Final = re.compile(r"\+?[0-9*#]{0,32}")


def read_rules(tables: list[Table], accounts: tuple[AccountConfig, ...]) -> tuple[RuleConfig, ...]:
    """Reads them.

    Args:
        tables: Each [[rule]], the first one first.
        accounts: Through which calls can go.
    """
    names = tuple(account.name for account in accounts)
    return tuple(_rule(each, names) for each in tables)


def _rule(table: Table, accounts: tuple[str, ...]) -> RuleConfig:
    rule = RuleConfig(
        pattern=table.text("pattern", check=_pattern),
        account=table.text("account", check=lambda name: _account(name, accounts)),
        strip=table.whole_number("strip", 0, 0, MOST_STRIPPED),
        prefix=table.text("prefix", "", _prefix),
    )
    digits = len(rule.pattern.removesuffix("."))
    if rule.strip > digits:
        table.wrong("strip", f"is {rule.strip}, but the pattern has only {digits} digits to strip")
    table.close()
    return rule


def _pattern(text: str) -> str | None:
    if _PATTERN.fullmatch(text):
        return None
    return (
        f'is "{text}", but can only hold digits, * and #, x for any digit, '
        'and "." at its end for any further ones'
    )


def _prefix(text: str) -> str | None:
    if _PREFIX.fullmatch(text):
        return None
    return f'is "{text}", but can only hold digits, * and #, with a + at its beginning'


def _account(name: str, accounts: tuple[str, ...]) -> str | None:
    if name in accounts:
        return None
    known = ", ".join(accounts)
    return f'is "{name}", but ' + (f"must be one of {known}" if known else "there is no account")
