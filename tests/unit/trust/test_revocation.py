from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509

from agent.trust.objections import Flaw, Objection
from agent.trust.revocation import revoked
from support.certificates import DAY, Authority, Identity, load

NOW = datetime.now(UTC).timestamp()
POINT = "http://ca.example/list.crl"


class House:
    """A root, an authority below it, and a server's certificate."""

    def __init__(self, folder: Path) -> None:
        self.root = Authority(folder, "Root")
        self.below = Authority(folder, "Below", above=self.root)
        self.server: Identity = self.below.issue("a.example")
        self.chain = (
            load(self.server.certificate),
            self.below.certificate,
            self.root.certificate,
        )

    def found(self, *lists: x509.CertificateRevocationList, now: float = NOW) -> Objection | None:
        return revoked(self.chain, lists, now)


@pytest.fixture(name="house")
def _house(tmp_path: Path) -> House:
    return House(tmp_path)


def flaw(found: Objection | None) -> Flaw | None:
    return None if found is None else found.flaw


def test_whoever_is_on_no_list_passes(house: House) -> None:
    assert house.found(house.below.revokes(house.below.issue("b.example"))) is None


def test_whoever_is_on_the_list_does_not_and_the_day_is_told(house: House) -> None:
    found = house.found(house.below.revokes(house.server))
    assert found is not None
    assert found.flaw is Flaw.REVOKED
    assert abs(found.day - (datetime.now(UTC) - DAY).timestamp()) < 300


def test_an_outdated_list_still_revokes(house: House) -> None:
    outdated = house.below.revokes(house.server, valid_from=-9 * DAY)
    assert flaw(house.found(outdated, house.below.revokes())) is Flaw.REVOKED


def test_without_a_list_of_the_servers_authority_there_is_no_trust(house: House) -> None:
    assert house.found() == Objection(Flaw.LIST_MISSING, who="Below")
    assert flaw(house.found(house.root.revokes())) is Flaw.LIST_MISSING


def test_an_authority_on_its_superiors_list_does_not_pass(house: House, tmp_path: Path) -> None:
    below = Identity(house.below.file, tmp_path)
    lists = (house.below.revokes(), house.root.revokes(below))
    assert flaw(house.found(*lists)) is Flaw.REVOKED


def test_a_list_counts_as_long_as_it_says(house: House) -> None:
    listed = house.below.revokes(valid_from=-DAY, valid_for=2 * DAY)
    assert house.found(listed) is None
    assert flaw(house.found(listed, now=NOW + 2 * DAY.total_seconds())) is Flaw.LIST_EXPIRED
    assert flaw(house.found(listed, now=NOW - 2 * DAY.total_seconds())) is Flaw.LIST_NOT_YET_VALID
    outdated = house.below.revokes(valid_from=-9 * DAY)
    assert house.found(outdated, listed) is None


def test_a_list_that_another_signed_says_nothing(house: House) -> None:
    forged = house.below.revokes(signed_by=house.root)
    assert house.found(forged) == Objection(Flaw.LIST_FORGED, who="Below")
    assert house.found(forged, house.below.revokes()) is None


def point(
    *, name: str | None = None, users: bool = False, authorities: bool = False, others: bool = False
) -> x509.IssuingDistributionPoint:
    return x509.IssuingDistributionPoint(
        full_name=None if name is None else [x509.UniformResourceIdentifier(name)],
        relative_name=None,
        only_contains_user_certs=users,
        only_contains_ca_certs=authorities,
        only_some_reasons=None,
        indirect_crl=others,
        only_contains_attribute_certs=False,
    )


@pytest.mark.parametrize(
    ("extension", "expected"),
    [
        (point(users=True), None),
        (point(authorities=True), Flaw.LIST_MISSING),
        (point(others=True), Flaw.LIST_MISSING),
        (point(name=POINT), Flaw.LIST_MISSING),  # the certificate does not name that place
        (x509.DeltaCRLIndicator(1), Flaw.LIST_MISSING),  # a list of changes alone
    ],
)
def test_a_list_of_others_does_not_count(
    house: House, extension: x509.ExtensionType, expected: Flaw | None
) -> None:
    """RFC 5280 section 5.2.5: what a list is about may stand in it, and must be understood."""
    assert flaw(house.found(house.below.revokes(extension=extension))) is expected


def test_who_is_trusted_in_person_needs_no_list(house: House) -> None:
    assert revoked(house.chain[:1], (), NOW) is None
