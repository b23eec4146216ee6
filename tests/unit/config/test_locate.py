import tomllib
from collections.abc import Iterator
from typing import Any

from agent.config.locate import KeyPath, Lines

DOCUMENT = '''\
# top
first = "a # b [c]" # comment "x"

[phone]
name = """
[not.a.table]
key = 1
"""
'quoted key' = 'C:\\'
dotted . "in" = 1

[[account]]
uri = "x"
list = [
  "a", # one ]
  ["b"],
]
[account.deep]
inline = { a = 1, b = { c = "}" } }
[[account]]
uri = """\\"""" # escaped
after = 5
[other."with.dot"]
last = 1
'''

EXPECTED: dict[KeyPath, int] = {
    ("first",): 2,
    ("phone",): 4,
    ("phone", "name"): 5,
    ("phone", "quoted key"): 9,
    ("phone", "dotted", "in"): 10,
    ("account", 0): 12,
    ("account", 0, "uri"): 13,
    ("account", 0, "list"): 14,
    ("account", 0, "deep", "inline"): 19,
    ("account", 1): 20,
    ("account", 1, "uri"): 21,
    ("account", 1, "after"): 22,
    ("other", "with.dot", "last"): 24,
}


def test_each_key_is_found_on_its_line() -> None:
    lines = Lines(DOCUMENT)
    assert {path: lines.line_of(path) for path in EXPECTED} == EXPECTED


def test_windows_line_ends_count_once() -> None:
    lines = Lines(DOCUMENT.replace("\n", "\r\n"))
    assert {path: lines.line_of(path) for path in EXPECTED} == EXPECTED


def test_a_missing_key_is_told_where_its_table_begins() -> None:
    lines = Lines(DOCUMENT)
    assert lines.line_of(("account", 1, "missing")) == 20
    assert lines.line_of(("phone", "missing")) == 4
    assert lines.line_of(("account", 0, "deep", "inline", "b", "c")) == 19
    assert lines.line_of(("nowhere", "at all")) is None


def leaves(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for position, inner in enumerate(value):
            yield from leaves(inner, (*path, position))
    else:
        yield path


def test_every_leaf_that_tomllib_sees_has_a_line() -> None:
    lines = Lines(DOCUMENT)
    assert all(lines.line_of(path) for path in leaves(tomllib.loads(DOCUMENT)))
