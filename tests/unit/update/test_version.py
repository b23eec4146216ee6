import pytest

from agent.update.version import Version, is_update


@pytest.mark.parametrize(
    ("offered", "running", "newer"),
    [
        ("1.2.0+202611280926", "1.2.0+202611280925", True),
        ("1.2.0+202611280926", "1.2.0+202611280926", False),
        ("1.2.0+202611280925", "1.2.0+202611280926", False),
        ("1.10.0", "1.9.9+203001010000", True),
        ("1.2.0", "1.2.0+202611280926", False),
        ("1.2.0+202611280926", "1.2.0", True),
        ("0.9.9+209901010000", "1.0.0+202001010000", False),
    ],
)
def test_only_what_is_newer_is_an_update(offered: str, running: str, *, newer: bool) -> None:
    assert is_update(offered, running) is newer


@pytest.mark.parametrize(
    "text",
    ["", "1", "1.2", "1.2.3.4", "1.2.3+1", "v1.2.3", "1.2.3+20261128092x", "1.2.3\n", "1.2.٣"],
)
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no version"):
        Version.parse(text)


@pytest.mark.parametrize("text", ["1.2.3", "0.0.1+202611280926"])
def test_a_version_is_written_as_it_was_read(text: str) -> None:
    assert str(Version.parse(text)) == text
