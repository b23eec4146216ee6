from dataclasses import replace

import pytest

from agent import translate
from agent.phone import events as phone
from agent.phone.actions import Refusal
from agent.sip import events as sip
from agent.store import Address, Level, Meeting, Peer
from agent.zrtp import (
    DEFAULT_OFFER,
    Algorithms,
    CacheState,
    ErrorCode,
    Failed,
    HelloHash,
    Role,
    Sas,
    Secured,
    SharedSecret,
    SrtpKey,
)

ZID, OTHER = bytes(range(12)), bytes(range(50, 62))
KEY = SrtpKey(bytes(16), bytes(14), 80)
CALL = phone.CallId("c")
DAY = 86_400.0
MAY = 1_777_800_000.0
BOB = "sip:bob@example.org"
HYBRID = Level("X3M3", post_quantum=True)


def secured(*, verified_here: bool = False, cache: CacheState = CacheState.NEW) -> Secured:
    return Secured(
        send=KEY,
        receive=KEY,
        sas=Sas("B256", ("adult", "adroitness"), 0),
        role=Role.INITIATOR,
        peer_zid=ZID,
        cache=cache,
        verified_here=verified_here,
        verified_there=True,
        disclosure=False,
        mitm=False,
        hello_hash=HelloHash.MATCHED,
        algorithms=Algorithms("S256", "AES3", "HS80", "X255", "B256"),
        update=None,
    )


def peer(zid: bytes, name: str, verified_at: float | None) -> Peer:
    return Peer(zid, name, MAY, MAY, verified_at is not None, verified_at, None)


def association(event: Secured, known: Peer | None, there: list[Peer]) -> phone.Association:
    return translate.association(event, translate.meeting(event, BOB), known, there)


@pytest.mark.parametrize("state", list(sip.Registration))
def test_every_registration_has_a_word(state: sip.Registration) -> None:
    changed = translate.account_changed(sip.RegistrationChanged("office", state, 0, "why"))
    assert isinstance(changed.condition, phone.AccountCondition)
    assert (changed.account, changed.reason) == ("office", "why")


@pytest.mark.parametrize("refusal", list(Refusal))
def test_every_refusal_has_a_status(refusal: Refusal) -> None:
    assert 200 <= translate.SIP_CODES[refusal] < 700


@pytest.mark.parametrize(
    ("code", "by_peer", "reason"),
    [
        (200, True, phone.EndReason.REMOTE_HUNG_UP),
        (200, False, phone.EndReason.LOCAL_HUNG_UP),
        (486, True, phone.EndReason.BUSY),
        (404, True, phone.EndReason.NOT_FOUND),
        (488, True, phone.EndReason.NO_COMMON_ENCRYPTION),
        (487, True, phone.EndReason.CANCELLED),
        (603, True, phone.EndReason.DECLINED),
        (599, True, phone.EndReason.FAILED),
        (302, True, phone.EndReason.FAILED),
    ],
)
def test_an_end_has_a_reason(code: int, by_peer: bool, reason: phone.EndReason) -> None:  # noqa: FBT001
    ended = translate.call_ended(sip.Ended("out-1", code, "a sentence", by_peer))
    assert ended.reason is reason
    assert ended.detail == ("" if code == 200 else "a sentence")


def test_a_call_that_we_sent_elsewhere_did_not_fail() -> None:
    ended = translate.call_ended(sip.Ended("in-1", 302, "Call ended", by_peer=False))
    assert ended == phone.CallEnded(phone.CallId("in-1"), phone.EndReason.TRANSFERRED)


def test_a_call_that_another_phone_took_is_told_as_that() -> None:
    ended = translate.call_ended(sip.Ended("in-1", 487, "Cancelled", by_peer=True, elsewhere=True))
    assert ended == phone.CallEnded(phone.CallId("in-1"), phone.EndReason.ELSEWHERE)


def test_a_certificate_that_does_not_hold_is_told_as_that() -> None:
    told = "Certificate of sip.example.org: expired 2026-11-01"
    ended = translate.call_ended(sip.Ended("out-1", 503, told, by_peer=True, untrusted=True))
    assert ended == phone.CallEnded(phone.CallId("out-1"), phone.EndReason.NOT_TRUSTED, told)


def test_the_phone_verified_last_is_the_one_remembered() -> None:
    known = [peer(ZID, "old", MAY - DAY), peer(OTHER, "new", MAY), peer(b"x" * 12, "never", None)]
    remembered = translate.remembered(known)
    assert remembered is not None
    assert remembered.name == "new"
    assert remembered.verified_on == translate.local_day(MAY)
    assert translate.remembered([]) is None
    assert translate.remembered([peer(ZID, "never", None)]) is None


def test_xa21_an_unknown_zid_where_another_was_verified_is_another_phone() -> None:
    told = association(secured(), None, [peer(OTHER, "Bob", MAY)])
    assert told.another_phone == phone.Remembered("Bob", translate.local_day(MAY))
    assert (told.cache_name, told.verified_on) == ("", None)


def test_xa20_a_phone_verified_under_another_address_is_another_phone_here() -> None:
    mallory = peer(ZID, "Mallory", MAY)
    told = association(
        secured(verified_here=True, cache=CacheState.MATCHED), mallory, [peer(OTHER, "Bob", MAY)]
    )
    assert told.another_phone is not None
    assert told.cache_name == "Mallory"


def test_xs10_an_enrolled_pbx_where_a_phone_was_verified_is_told_each_time() -> None:
    """Who was verified without it calls through it: now somebody listens who did not then."""
    pbx = replace(
        secured(verified_here=True, cache=CacheState.MATCHED),
        mitm=True,
        pbxsecret=SharedSecret.MATCHED,
    )
    told = association(pbx, peer(ZID, "Office", MAY), [peer(OTHER, "Bob", MAY)])
    assert told.enrolled
    assert told.another_phone == phone.Remembered("Bob", translate.local_day(MAY))
    assert not translate.is_proven(told)


def test_the_second_phone_of_a_person_is_no_stranger_once_it_was_verified() -> None:
    both = [peer(OTHER, "Bob's other", MAY), peer(ZID, "Bob", MAY - DAY)]
    told = association(secured(), both[1], both)
    assert told.another_phone is None
    assert told.verified_on == translate.local_day(MAY - DAY)


@pytest.mark.parametrize("agreement", ["X3M3", "MLK2", "MLK3"])
def test_xa12_what_a_quantum_computer_cannot_break_is_known_by_name(agreement: str) -> None:
    algorithms = Algorithms("S512", "AES3", "HS80", agreement, "B256")
    met = translate.meeting(replace(secured(), algorithms=algorithms), BOB)
    assert met == Meeting(ZID, BOB, Level(agreement, post_quantum=True), announced=True)
    found = translate.association(secured(), met, replace(peer(ZID, "Bob", MAY), level=HYBRID), [])
    assert not found.weaker_than_before


@pytest.mark.parametrize(("agreement", "weak"), [("DH2k", True), ("DH3k", False), ("X255", False)])
def test_what_only_the_configuration_allows_is_weak(agreement: str, *, weak: bool) -> None:
    algorithms = Algorithms("S256", "AES1", "HS80", agreement, "B256")
    event = replace(secured(), algorithms=algorithms)
    found = translate.association(event, translate.meeting(event, BOB), None, [])
    assert found.weak is weak
    assert (agreement in DEFAULT_OFFER.key_agreements) is not weak


def test_xa12_a_fall_from_post_quantum_is_weaker_and_proves_nothing() -> None:
    event = secured(verified_here=True, cache=CacheState.MATCHED)
    bob = peer(ZID, "Bob", MAY)
    as_ever = association(event, replace(bob, level=Level("DH3k", post_quantum=False)), [bob])
    assert not as_ever.weaker_than_before
    assert translate.is_proven(as_ever)
    weaker = association(event, replace(bob, level=HYBRID), [bob])
    assert weaker.weaker_than_before
    assert not translate.is_proven(weaker)


def test_only_a_verified_phone_known_again_at_its_address_is_proven() -> None:
    matched = secured(verified_here=True, cache=CacheState.MATCHED)
    assert translate.is_proven(association(matched, None, []))
    assert not translate.is_proven(association(matched, None, [peer(OTHER, "Bob", MAY)]))
    assert not translate.is_proven(association(secured(cache=CacheState.MATCHED), None, []))
    assert not translate.is_proven(association(secured(verified_here=True), None, []))


@pytest.mark.parametrize(
    ("hello_hash", "announced", "stripped"),
    [
        (HelloHash.MISSING, True, True),
        (HelloHash.MISSING, False, False),
        (HelloHash.MATCHED, True, False),
        (HelloHash.DIFFERS, True, False),
    ],
)
def test_xs02_a_hash_that_came_before_is_missed(
    hello_hash: HelloHash, *, announced: bool, stripped: bool
) -> None:
    address = Address(BOB, MAY, MAY, None, announced)
    known = replace(peer(ZID, "Bob", MAY), addresses=(address,))
    event = replace(secured(), hello_hash=hello_hash)
    assert association(event, known, []).hash_stripped is stripped
    assert translate.meeting(event, BOB).announced is (hello_hash is HelloHash.MATCHED)
    elsewhere = translate.meeting(event, "sip:192.0.2.7")
    assert not translate.association(event, elsewhere, known, []).hash_stripped


def test_xa27_keys_of_preshared_mode_are_as_strong_as_those_before() -> None:
    algorithms = Algorithms("S512", "AES3", "HS80", "Prsh", "B256")
    event = replace(secured(), algorithms=algorithms)
    assert translate.meeting(event, BOB).level is None
    known = replace(peer(ZID, "Bob", MAY), level=HYBRID)
    assert not association(event, known, []).weaker_than_before


@pytest.mark.parametrize("mitm", [True, False])
@pytest.mark.parametrize("pbxsecret", SharedSecret)
def test_r01_r02_a_pbx_is_enrolled_that_says_so_and_proves_it(
    *, mitm: bool, pbxsecret: SharedSecret
) -> None:
    found = association(replace(secured(), mitm=mitm, pbxsecret=pbxsecret), None, [])
    assert found.enrolled is (mitm and pbxsecret is SharedSecret.MATCHED)


@pytest.mark.parametrize("auxsecret", SharedSecret)
def test_f08_an_auxsecret_that_differs_is_told(auxsecret: SharedSecret) -> None:
    found = association(replace(secured(), auxsecret=auxsecret), None, [])
    assert found.aux_mismatch is (auxsecret is SharedSecret.MISMATCH)


@pytest.mark.parametrize(
    ("failed", "hash_differed", "fault"),
    [
        (Failed(ErrorCode.HVI_MISMATCH, "", attack=True), False, phone.EncryptionFault.ATTACK),
        (Failed(None, "", attack=True), True, phone.EncryptionFault.HASH_DIFFERS),
        (Failed(None, "", attack=False), False, phone.EncryptionFault.TIMED_OUT),
        (
            Failed(ErrorCode.CIPHER_NOT_SUPPORTED, "", attack=False),
            False,
            phone.EncryptionFault.NO_COMMON_ALGORITHM,
        ),
        (Failed(ErrorCode.EQUAL_ZIDS, "", attack=False), False, phone.EncryptionFault.PROTOCOL),
    ],
)
def test_a_failure_has_a_fault(
    failed: Failed,
    hash_differed: bool,  # noqa: FBT001
    fault: phone.EncryptionFault,
) -> None:
    assert translate.encryption_fault(failed, hash_differed=hash_differed) is fault


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        (0x62, phone.EncryptionFault.ATTACK),
        (0x70, phone.EncryptionFault.ATTACK),
        (0x61, phone.EncryptionFault.ATTACK),
        (0xB0, phone.EncryptionFault.TIMED_OUT),
        (0x52, phone.EncryptionFault.NO_COMMON_ALGORITHM),
        (0x20, phone.EncryptionFault.PROTOCOL),
        (0xFFFFFFFF, phone.EncryptionFault.PROTOCOL),
    ],
)
def test_an_error_of_the_other_side_has_a_fault(code: int, fault: phone.EncryptionFault) -> None:
    assert translate.peer_fault(code) is fault


@pytest.mark.parametrize(
    ("told", "heard"),
    [
        (sip.EarlyMedia("c"), phone.EarlyMedia(CALL)),
        (sip.RemoteHeld("c", held=True), phone.RemoteHeld(CALL, held=True)),
        (sip.ReencryptionRefused("c"), phone.ReencryptionRefused(CALL)),
        (
            sip.TransferRequested("c", "sip:carol@example.org", "Carol", attended=True),
            phone.TransferRequested(CALL, "sip:carol@example.org", "Carol", attended=True),
        ),
        (
            sip.TransferProgress("c", sip.Progress.FAILED, "Busy"),
            phone.TransferProgress(CALL, phone.TransferOutcome.FAILED, "Busy"),
        ),
        (
            sip.LineQuality("c", sip.Quality.SILENT),
            phone.LineQuality(CALL, phone.Quality.SILENT),
        ),
    ],
)
def test_what_happens_within_a_call(told: translate.MidCall, heard: phone.MidCallEvent) -> None:
    assert translate.mid_call(told) == heard
