"""Everything that can happen to a phone, drawn at random."""

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from agent.phone.configuration import ConfigurationRefused
from agent.phone.events import (
    AccountChanged,
    AccountCondition,
    Answered,
    Association,
    Cache,
    CallEnded,
    CallId,
    ClearRefused,
    ClockTicked,
    ContactsChanged,
    Dialled,
    EarlyMedia,
    EncryptedToServer,
    EncryptionFailed,
    EncryptionFault,
    EncryptionMissing,
    EndReason,
    EnrolmentOffered,
    HashDiffers,
    LineQuality,
    LockChanged,
    MessagesWaiting,
    NetworkChanged,
    Quality,
    ReencryptionRefused,
    Remembered,
    RemoteHeld,
    RemoteRinging,
    SasRelayed,
    Securing,
    SettingsChanged,
    TransferOutcome,
    TransferProgress,
    TransferRequested,
    TurnedAway,
    ZrtpHash,
)
from agent.phone.machine import MachineChanged, UpdateChanged
from agent.phone.preferences import Preferences
from agent.phone.remote_events import (
    AnsweredRemotely,
    ConfirmedRemotely,
    DeniedRemotely,
    DialledRemotely,
    HeldRemotely,
    HungUpRemotely,
    ResumedRemotely,
)
from hw.types import Device, DeviceBack, DeviceMissing
from support.phone_driver import SETTINGS, THIRD_OF_MAY, association

PLACES = tuple(CallId(f"call {place}") for place in range(3))
"""Stand for the calls that there are when the event happens, that on the line first."""
CALLS = st.sampled_from((PLACES[0], *PLACES, CallId("x")))
NAMES = st.sampled_from(["", "Bob", "Bob\x00\u202e", "x" * 100])
WORDS = st.sampled_from([("tempest", "paragon"), ("q7zn",)])
ASSOCIATIONS = st.builds(
    Association,
    zid=st.sampled_from(["a" * 24, "b" * 24]),
    sas=WORDS,
    cache=st.sampled_from(Cache),
    zrtp_hash=st.sampled_from(ZrtpHash),
    verified_here=st.booleans(),
    verified_there=st.booleans(),
    cache_name=st.sampled_from(["", "Bobby"]),
    another_phone=st.none() | st.just(Remembered("Bobby", THIRD_OF_MAY)),
    disclosure=st.booleans(),
    mitm=st.booleans(),
    enrolled=st.booleans(),
    weaker_than_before=st.booleans(),
    hash_stripped=st.booleans(),
    aux_mismatch=st.booleans(),
    weak=st.booleans(),
)


def to_choose(found: Association) -> Association:
    """The same, where the person chooses what was heard."""
    first, second = found.sas if len(found.sas) > 1 else (found.sas[0][:2], found.sas[0][2:])
    return replace(found, candidates=(("w", first, "x", "y"), ("x", "y", "z", second)))


PROVEN = association(verified=True, cache_name="Bobby")
NEARLY_PROVEN = st.one_of(
    st.just(PROVEN),
    st.builds(replace, st.just(PROVEN), mitm=st.booleans(), disclosure=st.booleans()),
    st.just(replace(PROVEN, mitm=True, enrolled=True)),
    st.builds(replace, st.just(PROVEN), weaker_than_before=st.just(value=True)),
    st.builds(replace, st.just(PROVEN), verified_there=st.just(value=False)),
    st.builds(replace, st.just(PROVEN), sas=st.just(("adult", "amulet"))),
)
ANY_ASSOCIATION = ASSOCIATIONS | ASSOCIATIONS.map(to_choose) | NEARLY_PROVEN
OF_CALLS = st.one_of(
    st.builds(Dialled, CALLS, st.booleans()),
    st.builds(RemoteRinging, CALLS),
    st.builds(Answered, CALLS),
    st.builds(CallEnded, CALLS, st.sampled_from(EndReason), NAMES),
    st.builds(Securing, CALLS),
    st.builds(EncryptionMissing, CALLS),
    st.builds(EncryptedToServer, CALLS),
    st.builds(EncryptionFailed, CALLS, st.sampled_from(EncryptionFault)),
    st.builds(EnrolmentOffered, CALLS),
    st.builds(SasRelayed, CALLS, st.sampled_from([("atlas", "amulet"), ("q7zn",)]), st.booleans()),
)
IN_MID_CALL = st.one_of(
    st.builds(EarlyMedia, CALLS),
    st.builds(RemoteHeld, CALLS, st.booleans()),
    st.builds(LineQuality, CALLS, st.sampled_from(Quality)),
    st.builds(ReencryptionRefused, CALLS),
    st.builds(ClearRefused, CALLS),
    st.builds(HashDiffers, CALLS),
    st.builds(TransferRequested, CALLS, st.just("sip:carol@example.org"), NAMES, st.booleans()),
    st.builds(TransferProgress, CALLS, st.sampled_from(TransferOutcome), NAMES),
)
NUMBERS = st.sampled_from(["", "1002", "sip:carol@example.org", "*"])
OF_THE_SHELL = st.one_of(
    st.builds(DialledRemotely, st.sampled_from(["1002", "7", "", "*", "0301234"])),
    st.just(AnsweredRemotely()),
    st.just(HungUpRemotely()),
    st.just(HeldRemotely()),
    st.just(ResumedRemotely()),
    st.builds(ConfirmedRemotely, st.sampled_from([("tempest", "paragon"), ("q7zn",), ()])),
    st.just(DeniedRemotely()),
    st.just(ContactsChanged(SETTINGS.dial_plan.contacts[:1])),
)
PREFERENCES = st.builds(
    Preferences,
    do_not_disturb=st.booleans(),
    ring_through=st.sampled_from([(), ("sip:x@example.net",)]),
    forward_always=st.just(""),
    forward_busy=NUMBERS,
    forward_no_answer=NUMBERS,
    hot_line=NUMBERS,
    speed_dial=st.just((("5", "1002"),)),
    call_waiting=st.booleans(),
)
OF_THE_PHONE = st.one_of(
    st.builds(AccountChanged, NAMES, st.sampled_from(AccountCondition), NAMES),
    st.builds(NetworkChanged, st.booleans()),
    st.builds(ClockTicked, st.just(date(2026, 5, 3)), st.integers(0, 23), st.integers(0, 59)),
    st.builds(DeviceMissing, st.sampled_from(Device), NAMES),
    st.builds(DeviceBack, st.sampled_from(Device)),
    st.builds(ConfigurationRefused, NAMES),
    st.builds(MachineChanged, st.booleans(), st.booleans()),
    st.builds(UpdateChanged, st.none() | st.integers(0, 100), NAMES),
    st.builds(MessagesWaiting, NAMES, st.booleans(), st.integers(0, 3)),
    st.builds(SettingsChanged, PREFERENCES),
    st.builds(LockChanged, st.booleans()),
    st.builds(TurnedAway, NAMES, st.sampled_from(["", "sip:x@example.net"])),
)
