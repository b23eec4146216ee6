from pathlib import Path
from uuid import UUID

import pytest

from agent.sip.backoff import delay
from agent.sip.settings import AccountSettings, Backoff, SipSettings


def test_password_is_never_printed() -> None:
    account = AccountSettings(
        name="work",
        uri="sip:alice@example.org",
        user="alice",
        password="hunter2",  # noqa: S106 - the very thing
        registrar="sip:example.org",
    )
    settings = SipSettings("Alice", UUID(int=1).urn, Path("c"), Path("k"), accounts=(account,))
    assert "hunter2" not in f"{settings} {account!r}"


@pytest.mark.parametrize(
    ("failures", "random", "seconds"),
    [(1, 1, 5), (1, 0, 2.5), (2, 1, 10), (4, 0.5, 30), (9, 1, 60), (10_000, 1, 60)],
)
def test_delay(failures: int, random: float, seconds: float) -> None:
    assert delay(Backoff(), failures, random) == seconds
