from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from agent.trust.judgement import Demand, Moment, Proof, Verify, objections
from agent.trust.objections import Flaw, Objection
from agent.trust.pins import pin_of
from support.certificates import DAY, Authority, Identity, load, self_signed

HOST = "sip.example.org"
NOW = datetime.now(UTC).timestamp()
WELL = Moment(NOW, NOW - 1000, synchronised=True)
NOBODY_KNOWS = Moment(NOW, NOW - 1000, synchronised=None)
EARLY = Moment(NOW, NOW + 1000, synchronised=True)


def der(chain: Iterable[x509.Certificate]) -> tuple[bytes, ...]:
    return tuple(each.public_bytes(Encoding.DER) for each in chain)


def proof(
    *chain: x509.Certificate,
    faults: Verify = Verify(0),  # noqa: B008 - a constant
    result: int = 0,
    sent: int | None = None,
    name: str = HOST,
) -> Proof:
    """What OpenSSL built of a chain of which the server sent so many."""
    return Proof(name, faults, result, der(chain[:sent]), der(chain))


def flaws(found: tuple[Objection, ...]) -> list[Flaw]:
    return [each.flaw for each in found]


@pytest.fixture(name="root")
def _root(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "Root", organisation="House")


def server(identity: Identity) -> x509.Certificate:
    return load(identity.certificate)


def test_a_chain_that_is_valid_for_the_right_name_passes(root: Authority) -> None:
    shown = proof(server(root.issue(HOST)), root.certificate, sent=1)
    assert objections(shown, Demand(), WELL) == ()
    assert objections(shown, Demand(lists=(root.revokes(),)), WELL) == ()
    assert objections(shown, Demand(pins=(pin_of(root.certificate),)), WELL) == ()


def test_the_name_is_judged_here_whatever_pjsip_says(root: Authority) -> None:
    shown = proof(server(root.issue("a.example")), root.certificate)
    assert objections(shown, Demand(), WELL) == (Objection(Flaw.NAME, names=("a.example",)),)
    almost = proof(server(root.issue("*.example.org")), root.certificate)
    assert flaws(objections(almost, Demand(), WELL)) == [Flaw.WILDCARD]


def test_what_pjsip_refuses_is_refused_here_too(root: Authority) -> None:
    shown = proof(server(root.issue(HOST)), root.certificate, faults=Verify.IDENTITY_NOT_MATCH)
    assert flaws(objections(shown, Demand(), WELL)) == [Flaw.NAME]


@pytest.mark.parametrize(
    ("valid_from", "moment", "flaw"),
    [
        (-3 * DAY, WELL, Flaw.EXPIRED),
        (-3 * DAY, NOBODY_KNOWS, Flaw.EXPIRED),
        (2 * DAY, WELL, Flaw.NOT_YET_VALID),
        (2 * DAY, NOBODY_KNOWS, Flaw.CLOCK),
        (2 * DAY, Moment(NOW, synchronised=False), Flaw.CLOCK),
        (2 * DAY, EARLY, Flaw.CLOCK),
    ],
)
def test_days(root: Authority, valid_from: object, moment: Moment, flaw: Flaw) -> None:
    assert isinstance(valid_from, type(DAY))
    made = server(root.issue(HOST, valid_from=valid_from))
    shown = proof(made, root.certificate, faults=Verify.VALIDITY_PERIOD)
    assert flaws(objections(shown, Demand(), moment)) == [flaw]


def test_an_authority_whose_day_is_over_is_named(root: Authority, tmp_path: Path) -> None:
    below = Authority(tmp_path, "Below", above=root, valid_for=DAY / 2)
    chain = (server(below.issue(HOST)), below.certificate, root.certificate)
    (found,) = objections(proof(*chain, faults=Verify.VALIDITY_PERIOD), Demand(), WELL)
    assert (found.flaw, found.who) == (Flaw.EXPIRED, "Below")


def test_a_flag_without_a_reason_stays_an_objection(root: Authority) -> None:
    chain = (server(root.issue(HOST)), root.certificate)
    for faults in (Verify.VALIDITY_PERIOD, Verify.CRL_FAILURE, Verify.UNKNOWN, Verify(1 << 20)):
        assert flaws(objections(proof(*chain, faults=faults), Demand(), WELL)) == [Flaw.OTHER]
    assert flaws(objections(proof(*chain, result=1), Demand(), WELL)) == [Flaw.OTHER]


def test_strangers_and_gaps(root: Authority, tmp_path: Path) -> None:
    below = Authority(tmp_path, "Below", organisation="Another House", above=root)
    kin = Authority(tmp_path, "Kin", organisation="House", above=root)
    known = Demand(authorities=(root.certificate,))
    said = {
        "alone": (server(below.issue(HOST)),),
        "of the house": (server(kin.issue(HOST)),),
        "says where": (server(below.issue(HOST, fetched_at="http://a.example/ca")),),
        "up to a root": (server(below.issue(HOST)), below.certificate, root.certificate),
        "up to no root": (server(below.issue(HOST)), below.certificate),
        "itself": (server(self_signed(tmp_path, HOST)),),
    }
    found = {
        case: objections(proof(*chain, faults=Verify.UNTRUSTED), known, WELL)
        for case, chain in said.items()
    }
    assert found == {
        "alone": (Objection(Flaw.UNKNOWN_ISSUER, who="Below"),),
        "of the house": (Objection(Flaw.INCOMPLETE, who="Kin"),),
        "says where": (Objection(Flaw.INCOMPLETE, who="Below"),),
        "up to a root": (Objection(Flaw.UNKNOWN_ISSUER, who="Root"),),
        "up to no root": (Objection(Flaw.UNKNOWN_ISSUER, who="Root"),),
        "itself": (Objection(Flaw.SELF_SIGNED),),
    }


def _odd(extensions: Iterable[x509.ExtensionType], old: str = "", new: str = "") -> bytes:
    """A certificate that no authority would sign, as DER; octets in it may be others besides."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.fromtimestamp(NOW, UTC) - DAY)
        .not_valid_after(datetime.fromtimestamp(NOW, UTC) + DAY)
    )
    for each in extensions:
        builder = builder.add_extension(each, critical=False)
    made = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
    return made.replace(bytes.fromhex(old), bytes.fromhex(new))


def _raw(oid: str, value: str) -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(x509.ObjectIdentifier(oid), bytes.fromhex(value))


@pytest.mark.parametrize(
    "shown",
    [
        _odd([_raw("2.5.29.17", "3004a3023000")]),
        _odd([_raw("2.5.29.17", "0102")]),
        _odd(
            [_raw("2.5.29.17", "300482026161"), _raw("2.5.29.99", "300482026161")],
            "551d63",
            "551d11",
        ),
        _odd([], "a003020102", "a003020105"),
    ],
    ids=["x400", "no DER", "twice", "version"],
)
@pytest.mark.parametrize("faults", [Verify(0), Verify.UNTRUSTED, Verify.IDENTITY_NOT_MATCH])
def test_whoever_shows_what_cannot_be_read_is_nobody(shown: bytes, faults: Verify) -> None:
    proof = Proof(HOST, faults, 0, (shown,), (shown,))
    assert objections(proof, Demand(), WELL) == (Objection(Flaw.OTHER),)


def test_what_calls_itself_its_issuer_and_is_not_is_not_signed_by_itself(tmp_path: Path) -> None:
    """Whoever has the name of an authority has not its key."""
    forged = server(Authority(tmp_path, HOST).issue(HOST))
    assert forged.subject == forged.issuer
    shown = proof(forged, faults=Verify.UNTRUSTED)
    assert flaws(objections(shown, Demand(), WELL)) == [Flaw.UNKNOWN_ISSUER]


def test_a_weak_key_and_another_purpose(root: Authority) -> None:
    chain = (server(root.issue(HOST)), root.certificate)
    weak = proof(*chain, faults=Verify.UNKNOWN, result=66)
    assert flaws(objections(weak, Demand(), WELL)) == [Flaw.WEAK]
    other = proof(*chain, faults=Verify.INVALID_PURPOSE)
    assert flaws(objections(other, Demand(), WELL)) == [Flaw.PURPOSE]


def test_pins_and_lists_are_asked_of_the_verified_chain(root: Authority, tmp_path: Path) -> None:
    """A certificate that was only sent along proves nothing: anybody can have it."""
    stranger = Authority(tmp_path, "Stranger")
    own = server(root.issue(HOST))
    shown = Proof(
        HOST, Verify(0), 0, der((own, stranger.certificate)), der((own, root.certificate))
    )
    pinned = Demand(pins=(pin_of(stranger.certificate),))
    (found,) = objections(shown, pinned, WELL)
    assert found == Objection(Flaw.NOT_PINNED, names=(pin_of(own), pin_of(root.certificate)))
    assert flaws(objections(shown, Demand(lists=()), WELL)) == [Flaw.LIST_MISSING]
    ahead = Demand(lists=(root.revokes(valid_from=DAY),))
    assert flaws(objections(shown, ahead, WELL)) == [Flaw.LIST_NOT_YET_VALID]
    assert flaws(objections(shown, ahead, NOBODY_KNOWS)) == [Flaw.CLOCK]


def test_whoever_shows_nothing_or_nonsense_is_nobody(root: Authority) -> None:
    own = server(root.issue(HOST))
    for sent, verified in [((), ()), ((b"nonsense",), ()), (der((own,)), ())]:
        shown = Proof(HOST, Verify(0), 0, sent, verified)
        assert flaws(objections(shown, Demand(), WELL)) == [Flaw.OTHER]


@given(faults=st.integers(1, 2**32 - 1), result=st.integers(-1, 100))
def test_no_fault_of_any_kind_is_passed_over(
    faults: int, result: int, chain: tuple[x509.Certificate, ...]
) -> None:
    shown = proof(*chain, faults=Verify(faults), result=result)
    assert objections(shown, Demand(), WELL)


@pytest.fixture(name="chain", scope="module")
def _chain(tmp_path_factory: pytest.TempPathFactory) -> tuple[x509.Certificate, ...]:
    root = Authority(tmp_path_factory.mktemp("chain"))
    return (server(root.issue(HOST)), root.certificate)
