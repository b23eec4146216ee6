"""Secrets that are marked, through every error of the configuration: none of them is read again."""

import io
import logging
import re
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.cli import main
from agent.config import ConfigError, describe, parse_config, values
from agent.fleet.inbox import Inbox
from agent.fleet.kept import Kept
from agent.fleet.parting import _SECRET
from agent.fleet.whole import RefusedError, load_whole, taken
from agent.redact import configure_logging
from support.power_cut import CutDisk

MARK = "geheimnis"
SECRETS = [f"{MARK}{number}" for number in range(4)]
TEXT = f"""
[phone]
name = "Alice"
board = "simulator"
state_dir = "state"

[[account]]
name = "office"
uri = "sip:alice@example.org"
registrar = "sip:example.org"
password = "{SECRETS[0]}"   # {SECRETS[0]}

[fleet]
url = "https://example.org/phone.toml"
token = "{SECRETS[1]}"
public_key = ["RWSRimBimiGzVx2WSkAA28hlf+ZPhL0vo4lBB9vOSSy6cJOfjWH9ch7V"]

[[contact]]
name = "Bob"
number = "102"
uri = "sip:bob@example.org"
"""
LINES = TEXT.splitlines()
PLACES = [
    'uri = "sip:alice:{}@example.org"',
    'uri = "alice:{}@example.org"',
    'registrar = "sip:alice:{}@example.org"',
    'url = "https://alice:{}@example.org/"',
    'url = "http://example.org/?key={}"',
    'url = "https://example.org/#{}"',
    "password = {}",
    'password = "{}',
    'password = ["{}"]',
    'password = {{ a = "{}" }}',
    'passwrod = "{}"',
    'pasword = """{}"""',
    'token = """\n{}\n"""',
    'token_file = "none"\ntoken = "{}"',
    'password_file = "none"\npassword = "{}"',
    'turn_password = "{}"',
    'account = [{{ name = "x", password = "{}" }}]',
    '"password"."x" = "{}"',
    "# password: {}",
    'password = "{}" password = "{}"',
]
"""How people get it wrong; the secret goes into the brackets."""


@st.composite
def mistaken(draw: st.DrawFn) -> str:
    """A configuration with a mistake or two, some of them in the line of a secret."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        kind = draw(st.sampled_from(["drop", "twice", "cut", "put", "join"]))
        if kind == "drop":
            del lines[at]
        elif kind == "twice":
            lines.insert(at, lines[at])
        elif kind == "cut":
            lines[at] = lines[at][: draw(st.integers(0, 12))]
        elif kind == "join":
            lines[at : at + 2] = [" ".join(lines[at : at + 2])]
        else:
            lines.insert(at, draw(st.sampled_from(PLACES)).format(SECRETS[2], SECRETS[3]))
    return "\n".join(lines)


def errors(text: str, folder: Path) -> Iterator[str]:
    """All that is said of it, on every way by which it can come."""
    card, target = folder / "boot" / "sotto.toml", folder / "etc" / "sotto.toml"
    for path in (card, target):
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
    card.write_text(text)
    card.chmod(0o600)
    try:
        yield "\n".join(describe(parse_config(text, card)))
    except ConfigError as error:
        yield f"{error} {error!r}"
    inbox = Inbox(card, target, CutDisk(), lambda _: None)
    try:
        yield repr(inbox.take())
        yield card.read_text()
        yield target.read_text()
    except ConfigError as error:
        yield f"{error} {error!r}"
        inbox.refuse(error)
        yield card.with_name("sotto-error.txt").read_text()
        yield target.with_name("refused.txt").read_text()
    yield from fetched(text, folder)
    card.write_text(text)
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        main(["check-config", str(card)])
        main(["take-config", str(card), "--config", str(target)])
    yield said.getvalue()


def fetched(text: str, folder: Path) -> Iterator[str]:
    """The same text, as it comes from the net."""
    own = folder / "own.toml"
    own.write_text(TEXT.replace("public_key", "# public_key"))
    own.chmod(0o600)
    whole = load_whole(own, lambda _: None)
    kept = Kept("https://example.org/phone.toml", text)
    yield repr(kept)
    try:
        yield repr(taken(whole.own, kept, lambda _: None))
    except RefusedError as error:
        yield f"{error} {error!r}"


@given(mistaken())
@settings(max_examples=60, deadline=None)
def test_no_mistake_makes_anybody_repeat_a_secret(text: str) -> None:
    with TemporaryDirectory() as folder:
        said = "\n".join(errors(text, Path(folder)))
    assert MARK not in said


@pytest.mark.parametrize("place", PLACES)
def test_each_of_these_mistakes_repeats_none(place: str) -> None:
    for at in range(2, len(LINES), 4):
        text = "\n".join([*LINES[:at], place.format(SECRETS[2], SECRETS[3]), *LINES[at:]])
        with TemporaryDirectory() as folder:
            said = "\n".join(errors(text, Path(folder)))
        assert MARK not in said, text


def fail() -> None:
    raise ValueError(f"no answer to {SECRETS[0]} and {SECRETS[1]}")


@pytest.fixture
def _root_logger() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.usefixtures("_root_logger")
def test_what_the_phone_knows_is_hidden_in_its_journal_wherever_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "sotto.toml"
    file.touch(mode=0o600)
    file.write_text(TEXT)
    whole = load_whole(file, lambda _: None)
    assert set(whole.config.secrets) == set(SECRETS[:2])
    stream = io.StringIO()
    configure_logging("DEBUG", secrets=whole.config.secrets, stream=stream, environment={})
    log = logging.getLogger("test.secrets")
    log.info("%r %s %s", whole, whole.config, SECRETS)
    try:
        fail()
    except ValueError:
        log.exception("failed with %s", SECRETS[1], stack_info=True)
    text = stream.getvalue()
    assert "[hidden]" in text
    assert not any(secret in text for secret in SECRETS[:2])


def test_every_secret_of_a_configuration_is_called_so_that_it_leaves_the_card() -> None:
    """Whatever stays out of `repr` in a section has a key by which a card's taking knows it."""
    named = set(
        re.findall(r"(?m)^    (\w+): .*= field\(.*repr=False", Path(values.__file__).read_text())
    )
    assert named
    assert {name for name in named if not _SECRET.fullmatch(name)} == set()
