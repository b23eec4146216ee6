import hmac
from hashlib import sha256

import pytest

from agent.zrtp.errors import ErrorCode, Ignored, NotUsedError, RefusalError
from agent.zrtp.hash_chain import HashChain, append_mac, check_image, check_mac, image, mac64
from support.vectors import load


def test_h01_each_link_is_the_sha256_of_the_one_before() -> None:
    chain = HashChain.from_seed(b"\x17" * 32)
    assert chain.h0 == b"\x17" * 32
    assert chain.h1 == sha256(chain.h0).digest() == image(chain.h0)
    assert chain.h2 == sha256(chain.h1).digest()
    assert chain.h3 == sha256(chain.h2).digest()


def test_what_is_still_secret_is_not_shown() -> None:
    chain = HashChain.from_seed(b"\x17" * 32)
    assert "1717" not in repr(chain)
    assert repr(chain.h1) not in repr(chain)


@pytest.mark.parametrize("vector", load("zrtp/rfc.json")["hmac"], ids=lambda v: v["digest"])
def test_h04_a_mac_is_an_hmac_cut_to_64_bits(vector: dict[str, str]) -> None:
    key, data = bytes.fromhex(vector["key"]), bytes.fromhex(vector["data"])
    assert mac64(key, data, vector["digest"]).hex() == vector["mac"][:16]


def test_a12_the_implicit_mac_is_hmac_sha256() -> None:
    assert mac64(b"key", b"data") == hmac.digest(b"key", b"data", "sha256")[:8]


def test_h02_a_false_image_is_not_used() -> None:
    chain = HashChain.from_seed(bytes(32))
    check_image(chain.h2, chain.h3)
    with pytest.raises(NotUsedError) as caught:
        check_image(chain.h1, chain.h3)
    assert caught.value.why is Ignored.BAD_HASH_IMAGE


def test_h04_a_bad_mac_is_an_attack() -> None:
    message = append_mac(b"message", b"key")
    check_mac(message, b"key", "Hello")
    with pytest.raises(RefusalError, match="the Hello message was altered") as caught:
        check_mac(b"M" + message[1:], b"key", "Hello")
    assert caught.value.attack
    assert caught.value.code is ErrorCode.CRITICAL_SOFTWARE_ERROR
