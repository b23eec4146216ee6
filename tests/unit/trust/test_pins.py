from pathlib import Path

import pytest
from cryptography import x509

from agent.trust.pins import is_pinned, pin_of
from support.certificates import Authority, load

ISRG_ROOT_X1 = "C5+lpZ7tcVwmwQIMcRtPbsQtWLABXhQzejna0wHFr8M="
"""As its owner publishes it, and `openssl x509 -pubkey | openssl pkey -pubin -outform der |
openssl dgst -sha256 -binary | base64` makes it."""
SYSTEM = Path("/etc/ssl/certs/ISRG_Root_X1.pem")


@pytest.mark.skipif(not SYSTEM.exists(), reason="the system does not trust ISRG Root X1")
def test_a_pin_is_what_others_make_of_the_same_key() -> None:
    assert pin_of(x509.load_pem_x509_certificate(SYSTEM.read_bytes())) == ISRG_ROOT_X1


def test_one_of_the_chain_is_enough(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    server, another = (load(authority.issue("a.example").certificate) for _ in range(2))
    chain = (server, authority.certificate)
    assert is_pinned(chain, (pin_of(server),))
    assert is_pinned(chain, (pin_of(another), pin_of(authority.certificate)))
    assert not is_pinned(chain, (pin_of(another),))
    assert not is_pinned((), (pin_of(server),))
