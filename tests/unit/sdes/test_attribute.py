"""a=crypto by its grammar (RFC 4568 section 9), and what of it this phone honours."""

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.sdes.attribute import LONGEST, SUITES, Crypto, Suite, UnusableError, make, read

CM_80 = next(each for each in SUITES if each.name == "AES_CM_128_HMAC_SHA1_80")
SECRET = bytes(range(30))
KEY = base64.b64encode(SECRET).decode()
NAMES = {each.name: each for each in SUITES}
TOO_LONG_FOR_ANYBODY = 999_999_999_999_999


def line(parameters: str = "", key: str = KEY, suite: str = CM_80.name, tag: str = "1") -> str:
    return f"{tag} {suite} inline:{key}{parameters}"


@pytest.mark.parametrize(
    ("name", "key", "salt", "tag_bits"),
    [
        ("AES_CM_128_HMAC_SHA1_80", 16, 14, 80),  # RFC 4568 section 6.2.1
        ("AES_CM_128_HMAC_SHA1_32", 16, 14, 32),  # section 6.2.2
        ("AES_256_CM_HMAC_SHA1_80", 32, 14, 80),  # RFC 6188 section 4
        ("AEAD_AES_128_GCM", 16, 12, 128),  # RFC 7714 section 14.2
        ("AEAD_AES_256_GCM", 32, 12, 128),
    ],
)
def test_suites_have_the_sizes_of_their_rfcs(name: str, key: int, salt: int, tag_bits: int) -> None:
    secret = bytes(range(key + salt))
    found = read(f"7 {name} inline:{base64.b64encode(secret).decode()}")
    assert found == make(7, NAMES[name], secret)
    assert found.key.master_key == secret[:key]
    assert found.key.master_salt == secret[key:]
    assert found.key.auth_tag_bits == tag_bits


def test_the_example_of_the_rfc() -> None:
    """RFC 4568 section 9.1, but for its MKI and its short lifetime, which we do not honour."""
    key = "d/16B14fn4nYcfWIUtdh7nwWIlQTI+n7/9SSTdrI"
    found = read(f"1 AES_CM_128_HMAC_SHA1_80 inline:{key}|2^31")
    assert found.secret == base64.b64decode(key)
    for parameters in ("|2^20|1:32", "|2^20", "|1:4"):
        with pytest.raises(UnusableError):
            read(f"1 AES_CM_128_HMAC_SHA1_80 inline:{key}{parameters}")


@pytest.mark.parametrize(
    "value",
    [
        line(),
        line(tag="0"),
        line(tag="999999999"),
        line("|2^31"),
        line("|2^48"),
        line(f"|{1 << 31}"),
        line(" WSH=64"),
        line(" WSH=128"),
        line(" -OURS=1"),
        line("  -A -B"),
        f"1\t{CM_80.name}  inline:{KEY}",
    ],
)
def test_what_can_be_honoured(value: str) -> None:
    assert read(value).secret == SECRET


@pytest.mark.parametrize(
    "value",
    [
        "",
        "1",
        f"1 {CM_80.name}",
        line(tag=""),
        line(tag="-1"),
        line(tag="01"),
        line(tag="1234567890"),
        line(tag="\u0661"),
        line(suite="F8_128_HMAC_SHA1_80"),
        line(suite="AES_CM_128_NULL_AUTH"),
        line(suite="NULL_HMAC_SHA1_80"),
        line(suite="aes_cm_128_hmac_sha1_80"),
        line(suite="AES_192_CM_HMAC_SHA1_80"),
        # Keys that are too short, too long, of another suite, in another alphabet, or badly ended.
        line(key=""),
        line(key=KEY[:-4]),
        line(key=KEY + "AAAA"),
        line(key=KEY, suite="AEAD_AES_128_GCM"),
        line(key=KEY, suite="AES_256_CM_HMAC_SHA1_80"),
        line(key=KEY.replace("A", "-", 1)),
        line(key=base64.b64encode(bytes(28)).decode().rstrip("="), suite="AEAD_AES_128_GCM"),
        line(key="A" * 37 + "B==", suite="AEAD_AES_128_GCM"),  # bits beyond the last octet
        # Lifetimes that a call could outlast, that are none, or that would fill the memory.
        line("|2^20"),
        line("|2^30"),
        line("|1048576"),
        line("|0"),
        line("|2^0"),
        line("|2^49"),
        line(f"|2^{TOO_LONG_FOR_ANYBODY}"),
        line("|2^9999999999999999"),
        line("|"),
        line("|2^"),
        line("|-1"),
        # MKIs, several keys, other methods.
        line("|1:4"),
        line("|2^31|1:1"),
        line("||1:1"),
        line(f";inline:{KEY}"),
        line(f"|2^31|1:4;inline:{KEY}|2^31|2:4"),
        f"1 {CM_80.name} uri:{KEY}",
        f"1 {CM_80.name} INLINE:{KEY}",
        # Session parameters.
        line(" UNENCRYPTED_SRTP"),
        line(" UNENCRYPTED_SRTCP"),
        line(" UNAUTHENTICATED_SRTP"),
        line(" KDR=0"),
        line(" FEC_ORDER=FEC_SRTP"),
        line(" FEC_KEY=inline:" + KEY),
        line(" WSH=63000"),
        line(" WSH=129"),
        line(" WSH="),
        line(" OURS=1"),
        line(" -OURS UNENCRYPTED_SRTP"),
        line("\n"),
        line(" "),
        line(" " + "-X" * LONGEST),
    ],
)
def test_what_cannot_be_honoured_is_refused(value: str) -> None:
    with pytest.raises(UnusableError) as refused:
        read(value)
    assert KEY not in str(refused.value)


@given(st.sampled_from(SUITES), st.integers(0, 999_999_999), st.data())
def test_what_is_written_is_read(suite: Suite, tag: int, data: st.DataObject) -> None:
    size = suite.key_size + suite.salt_size
    crypto = make(tag, suite, data.draw(st.binary(min_size=size, max_size=size)))
    assert read(crypto.write()) == crypto
    assert len(crypto.write()) <= LONGEST


@given(st.text(max_size=LONGEST + 10))
def test_nonsense_is_unusable_and_nothing_worse(value: str) -> None:
    with contextlib.suppress(UnusableError):
        assert isinstance(read(value), Crypto)


def test_no_key_is_in_what_is_printed() -> None:
    assert SECRET.hex() not in repr(read(line()))
    assert str(SECRET[:16]) not in repr(read(line()))


def test_a_key_of_another_size_is_none() -> None:
    with pytest.raises(UnusableError):
        make(1, CM_80, bytes(29))
