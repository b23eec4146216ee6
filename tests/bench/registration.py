"""How long an account says "Ready" after its server has gone, and how long until it is ready again."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.figures import Figure

from agent.sip.events import Registration, RegistrationChanged
from support.certificates import Authority
from support.kamailio import Kamailio
from support.sip_phone import SipPhone, account_at, settings_for

_PATIENCE_S: Final = 100.0
_CUT: Final = """
table ip cut {
    chain in { type filter hook input priority 0; tcp dport 5071 drop; tcp sport 5071 drop; }
}
"""


def measure() -> Iterator[Figure]:
    """One phone, one Kamailio: ended, then cut off without a word, each with its return."""
    with tempfile.TemporaryDirectory(prefix="sotto-bench-") as folder:
        authority = Authority(Path(folder))
        account = account_at(5071, authority.file)
        with (
            Kamailio(Path(folder), authority.issue("localhost")) as server,
            SipPhone(settings_for(Path(folder), 5061, accounts=(account,))) as phone,
        ):
            _wait(phone, ready=True)
            began = time.monotonic()
            server.stop()
            yield Figure("server ended to told", "ms", [_wait(phone, ready=False, since=began)])
            server.start()
            yield Figure("server back to Ready", "ms", [_wait(phone, ready=True)])
            subprocess.run(["nft", "-f", "-"], input=_CUT, text=True, check=True)
            yield Figure("server silent to told", "ms", [_wait(phone, ready=False)])
            subprocess.run(["nft", "delete", "table", "ip", "cut"], check=True)
            yield Figure("silent server back to Ready", "ms", [_wait(phone, ready=True)])


def _wait(phone: SipPhone, *, ready: bool, since: float | None = None) -> float:
    """Milliseconds until the account is ready, or says that it is not."""
    began = time.monotonic() if since is None else since
    phone.wait_for(
        RegistrationChanged,
        lambda each: (
            each.state is not Registration.TRYING
            and (each.state is Registration.REGISTERED) is ready
        ),
        patience=_PATIENCE_S,
    )
    return 1000 * (time.monotonic() - began)
