"""What OpenSSL says of a certificate, in the flags that the phone judges by."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.doctor.certificates import faults
from agent.trust.judgement import NOTHING, Verify
from support.certificates import DAY, Authority, load

NOW = datetime.now(UTC).timestamp()
LATER = NOW + 9 * DAY.total_seconds()


@pytest.mark.parametrize(
    ("code", "now", "wrong"),
    [
        (0, NOW, NOTHING),
        (10, LATER, Verify.VALIDITY_PERIOD),
        (9, NOW, Verify.VALIDITY_PERIOD),
        (18, NOW, Verify.UNTRUSTED),
        (20, NOW, Verify.ISSUER_NOT_FOUND),
        (23, NOW, Verify.REVOKED),
        (4711, NOW, Verify.UNKNOWN),
        # OpenSSL tells one fault; a person wants to hear of all of them.
        (20, LATER, Verify.ISSUER_NOT_FOUND | Verify.VALIDITY_PERIOD),
        (0, LATER, Verify.VALIDITY_PERIOD),
    ],
)
def test_all_that_is_wrong_with_it(tmp_path: Path, code: int, now: float, wrong: Verify) -> None:
    chain = (load(Authority(tmp_path).issue("sip.example.org").certificate),)
    assert faults(code, chain, now) == wrong
