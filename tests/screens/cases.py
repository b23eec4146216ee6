"""Every view in every state, by name: the golden pictures show them."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from screens import call_cases
from screens.menu_cases import MENU_CASES, MENU_IN_EVERY_LANGUAGE, MENU_SHORTENED
from screens.sas_cases import CHOOSE, COMPARE, FULL, LONG

from agent.phone.events import AccountCondition, EncryptionFault, EndReason
from agent.phone.machine import UpdateProblem
from agent.phone.security import SecurityState
from agent.phone.views import (
    AccountLine,
    Alarm,
    AllowEnrolment,
    Calling,
    CallOver,
    Dialling,
    EnterName,
    Fault,
    Idle,
    InCall,
    Insecure,
    LiftHandset,
    NotEncrypted,
    Notice,
    OffHook,
    Ringing,
    Securing,
    Stage,
    Unknown,
    View,
)
from hw.types import Device

_ADDRESS: Final = "sip:conference-room-4711@exchange.example.org"
_ACCENTS: Final = "Ångström Ève Çağlayan"
_MAY: Final = date(2026, 5, 3)
_REFUSED: Final = AccountLine("office", AccountCondition.REFUSED, "Server refused: wrong password")
_EXPIRED: Final = AccountLine(
    "home", AccountCondition.UNTRUSTED, "Certificate of sip.example.org: expired 2026-11-01"
)
_READY: Final = AccountLine("office", AccountCondition.READY)
_NO_HANDSET: Final = Fault(Device.HANDSET, "no USB sound card found")
_NO_RINGER: Final = Fault(Device.RINGER, "sound device hw:2 is busy")

_IDLE: Final[Mapping[str, View]] = {
    "idle-before-the-first-tick": Idle("Alice"),
    "idle-direct-calls-only": Idle("Alice", 9, 5),
    "idle-ready": Idle("Alice", 12, 58, (_READY,)),
    "idle-no-name": Idle("", 0, 0, (_READY,)),
    "idle-long-name": Idle(LONG, 23, 59, (_READY,)),
    "idle-today": Idle("Alice", 9, 5, (_READY,), missed=2, today=_MAY),
    "idle-today-long-name": Idle(LONG, 9, 5, (_READY,), today=date(2026, 9, 30)),
    "idle-clock-not-set": Idle("Alice", 1, 17, (_READY,), clock_set=False),
    "idle-configuration-refused": Idle(
        "Alice", 9, 5, (_READY,), refused='sotto.toml, line 7: account[1].user is "", but must not'
    ),
    "idle-missed-one": Idle("Alice", 20, 44, (_READY,), missed=1),
    "idle-missed-many": Idle("Alice", 20, 44, (_READY,), missed=12),
    "idle-starting": Idle("Alice", 7, 0, (AccountLine("office", AccountCondition.STARTING),)),
    "idle-unreachable": Idle(
        "Alice", 7, 0, (AccountLine("office", AccountCondition.UNREACHABLE, "No network"),)
    ),
    "idle-refused-no-reason": Idle(
        "Alice", 7, 0, (AccountLine("office", AccountCondition.REFUSED),)
    ),
    "idle-unreachable-no-reason": Idle(
        "Alice", 7, 0, (AccountLine("office", AccountCondition.UNREACHABLE),)
    ),
    "idle-untrusted-no-reason": Idle(
        "Alice", 7, 0, (AccountLine("office", AccountCondition.UNTRUSTED),)
    ),
    "idle-refused": Idle("Alice", 7, 0, (_REFUSED,)),
    "idle-untrusted": Idle("Alice", 7, 0, (_EXPIRED,)),
    "idle-two-accounts-one-refused": Idle("Alice", 7, 0, (_READY, _REFUSED)),
    "idle-two-accounts-two-troubles": Idle("Alice", 7, 0, (_EXPIRED, _REFUSED), missed=3),
    "idle-restored": Idle("Alice", 7, 0, (_READY,), restored=True),
    "idle-restored-and-more": Idle(
        "Alice", 7, 0, (_READY, _REFUSED), missed=3, faults=(_NO_HANDSET,), restored=True
    ),
    "idle-low-voltage": Idle("Alice", 7, 0, (_READY,), low_voltage=True),
    "idle-too-hot": Idle("Alice", 7, 0, (_READY,), hot=True),
    "idle-hot-and-low": Idle("Alice", 7, 0, (_READY,), hot=True, low_voltage=True, missed=1),
    "idle-installing": Idle("Alice", 7, 0, (_READY,), installing=40),
    **{
        f"idle-update-{each.value}": Idle("Alice", 7, 0, (_READY,), update_problem=each)
        for each in UpdateProblem
    },
    "idle-fault": Idle("Alice", 7, 0, (_READY,), faults=(_NO_HANDSET,)),
    "idle-everything-at-once": Idle(
        "Alice", 7, 0, (_EXPIRED, _REFUSED), missed=3, faults=(_NO_HANDSET, _NO_RINGER)
    ),
    "idle-reason-without-end": Idle(
        "Alice", 7, 0, (AccountLine("office", AccountCondition.REFUSED, LONG * 3),)
    ),
    **{
        f"idle-missing-{device.name.lower()}": Idle("Alice", 7, 0, faults=(Fault(device, ""),))
        for device in Device
    },
    "idle-no-network": Idle("Alice", 7, 0, (_READY, _REFUSED), network=False),
    "idle-no-network-missed": Idle("Alice", 7, 0, missed=2, network=False),
    "off-hook": OffHook(),
    "off-hook-no-network": OffHook((_NO_HANDSET,), network=False),
    "off-hook-fault": OffHook((_NO_HANDSET,)),
    "off-hook-faults": OffHook((_NO_HANDSET, _NO_RINGER)),
}


def _ringing(
    name: str, account: str = "office", *, remembered_as: str, verified_on: date
) -> Ringing:
    return Ringing(
        name,
        account,
        signalling_verified=True,
        remembered_as=remembered_as,
        verified_on=verified_on,
    )


_DIALLING: Final[Mapping[str, View]] = {
    "dialling-one-digit": Dialling("4"),
    "dialling-number": Dialling("0301234567"),
    "dialling-long-number": Dialling("00493012345678901234567890"),
    "dialling-contact": Dialling("42", "Bob"),
    "dialling-long-contact": Dialling("*42#", LONG),
    "calling": Calling("Bob"),
    "calling-ringing": Calling("Bob", ringing=True),
    "calling-long-name": Calling(LONG, ringing=True),
    "calling-full-name": Calling(FULL),
    "calling-address": Calling(_ADDRESS),
    "calling-accents": Calling(_ACCENTS),
    "lift-handset-calling": LiftHandset("Bob", Stage.CALLING),
    "lift-handset-ringing": LiftHandset("Bob", Stage.RINGING),
    "lift-handset-answered": LiftHandset("Bob", Stage.ANSWERED),
    "lift-handset-long-name": LiftHandset(LONG, Stage.ANSWERED),
    "ringing-new": Ringing("Bob", "", signalling_verified=True),
    "ringing-new-not-verified": Ringing("192.0.2.7", "", signalling_verified=False),
    "ringing-account": Ringing("Bob", "office", signalling_verified=True),
    "ringing-verified-before": _ringing("Bob", remembered_as="Bob", verified_on=_MAY),
    "ringing-other-name-before": _ringing("Robert Fischer", remembered_as="Bob", verified_on=_MAY),
    "ringing-verified-before-direct": Ringing(
        "Bob", "", signalling_verified=False, remembered_as="Bob", verified_on=_MAY
    ),
    "ringing-unknown-letters": Ringing("Łukasz Dvořák Дима", "", signalling_verified=True),
    "ringing-long-names": _ringing(LONG, account=LONG, remembered_as=LONG, verified_on=_MAY),
    "ringing-no-name": Ringing("", "", signalling_verified=True),
    "unknown-number": Unknown("0815"),
    "unknown-long-number": Unknown("00493012345678901234567890"),
    "unknown-emergency": Unknown("112", needs_account=True),
}

_ALARMS: Final[Mapping[str, View]] = {
    "securing": Securing("Bob", signalling_verified=True),
    "securing-signalling-not-verified": Securing("Bob", signalling_verified=False),
    "securing-long-name": Securing(LONG, signalling_verified=False),
    "alarm-wiretapped": Alarm(SecurityState.SAS_MISMATCH, "Bob"),
    "alarm-cache-mismatch": Alarm(SecurityState.CACHE_MISMATCH, "Bob"),
    "alarm-another-phone": Alarm(SecurityState.ANOTHER_PHONE, "Bob", _MAY),
    "alarm-another-phone-longest-date": Alarm(
        SecurityState.ANOTHER_PHONE, "Bob", date(2026, 9, 30)
    ),
    "alarm-another-phone-no-date": Alarm(SecurityState.ANOTHER_PHONE, "Bob"),
    "alarm-hash-differs": Alarm(SecurityState.HASH_DIFFERS, "Bob"),
    "alarm-full-name": Alarm(SecurityState.CACHE_MISMATCH, FULL),
    "alarm-long-name": Alarm(SecurityState.CACHE_MISMATCH, LONG),
    "alarm-no-name": Alarm(SecurityState.CACHE_MISMATCH, ""),
    "not-encrypted": NotEncrypted("Bob"),
    "not-encrypted-long-name": NotEncrypted(LONG),
    **{f"insecure-{fault.name.lower()}": Insecure("Bob", fault) for fault in EncryptionFault},
}

_IN_CALL: Final[Mapping[str, View]] = {
    "allow-enrolment-just-shown": AllowEnrolment("Office", answerable=False, holding=False),
    "allow-enrolment": AllowEnrolment("Office", answerable=True, holding=False),
    "allow-enrolment-holding": AllowEnrolment("Office", answerable=True, holding=True),
    "allow-enrolment-long-name": AllowEnrolment(LONG, answerable=True, holding=False),
    "enter-name-empty": EnterName("", upper=True),
    "enter-name-prefilled": EnterName("Bob"),
    "enter-name-space": EnterName("Bob ", upper=True),
    "enter-name-pending": EnterName("Bobb", pending=True),
    "enter-name-digits": EnterName("Bob 2", digits=True),
    "enter-name-long": EnterName(LONG),
    **{f"in-call-{state.name.lower()}": InCall("Bob", state, 133) for state in SecurityState},
    "in-call-hours": InCall("Bob", SecurityState.ZRTP_SECURE, 36_061),
    "in-call-muted": InCall("Bob", SecurityState.ZRTP_SECURE, 5, muted=True),
    "in-call-muted-widest": InCall("Bob", SecurityState.GREEN_SECURE, 36_061, muted=True),
    "in-call-muted-alarm": InCall("Bob", SecurityState.CACHE_MISMATCH, 36_061, muted=True),
    "in-call-full-name": InCall(FULL, SecurityState.GREEN_SECURE, 5),
    "in-call-full-name-alarm": InCall(FULL, SecurityState.SAS_MISMATCH, 5),
    "in-call-long-name": InCall(LONG, SecurityState.GREEN_SECURE, 5),
    "in-call-accents": InCall(_ACCENTS, SecurityState.GREEN_SECURE, 5),
    "in-call-sip-name": InCall("Bob", SecurityState.GREEN_SECURE, 5, "Robert Fischer"),
    "in-call-long-sip-name": InCall("Bob", SecurityState.GREEN_SECURE, 5, LONG),
    **{
        f"in-call-notice-{notice.name.lower()}": InCall(
            "Bob",
            SecurityState.NOT_VERIFIED,
            5,
            notices=(notice,),
            exchange="Office" if notice is Notice.ENROLLED else "",
        )
        for notice in Notice
    },
    "in-call-enrolled-verified": InCall(
        "Bob", SecurityState.ZRTP_SECURE, 5, notices=(Notice.ENROLLED,), exchange="Office"
    ),
    "in-call-enrolled-long-names": InCall(
        LONG, SecurityState.ZRTP_SECURE, 5, notices=(Notice.ENROLLED,), exchange=LONG
    ),
    "in-call-direct-not-compared": InCall(
        "Bob",
        SecurityState.SIGNALLING_NOT_VERIFIED,
        5,
        notices=(Notice.SIGNALLING_NOT_VERIFIED, Notice.SAS_NOT_COMPARED),
    ),
    "in-call-three-notices": InCall(
        "Bob",
        SecurityState.SIGNALLING_NOT_VERIFIED,
        5,
        notices=(Notice.DISCLOSURE, Notice.SIGNALLING_NOT_VERIFIED, Notice.SAS_NOT_COMPARED),
    ),
    "in-call-weaker-green": InCall("Bob", SecurityState.GREEN_SECURE, 5, notices=(Notice.WEAKER,)),
    "in-call-no-longer-announced-verified": InCall(
        "Bob", SecurityState.ZRTP_SECURE, 5, "Robert Fischer", (Notice.HASH_STRIPPED,)
    ),
    "in-call-weaker-not-announced-not-compared": InCall(
        "Bob",
        SecurityState.HASH_MISSING,
        5,
        notices=(Notice.WEAKER, Notice.HASH_STRIPPED, Notice.SAS_NOT_COMPARED),
    ),
    **{
        f"in-call-all-notices-{turn}": InCall(
            LONG,
            SecurityState.NOT_VERIFIED,
            4 * turn,
            "Robert Fischer",
            tuple(Notice),
            muted=True,
            exchange="Office",
        )
        for turn in (0, 1, 2)
    },
}

_OVER: Final[Mapping[str, View]] = {
    **{f"over-{reason.name.lower()}": CallOver("Bob", reason) for reason in EndReason},
    "over-talked": CallOver("Bob", EndReason.REMOTE_HUNG_UP, duration_s=133),
    "over-detail": CallOver(
        "Bob", EndReason.NOT_TRUSTED, "Certificate of 192.0.2.7: expired 2026-11-01"
    ),
    "over-detail-and-talked": CallOver("Bob", EndReason.FAILED, "Their server has a fault", 133),
    "over-detail-says-the-same": CallOver("Bob", EndReason.BUSY, "Busy"),
    "over-three-lines-of-detail": CallOver(
        "Bob",
        EndReason.NOT_TRUSTED,
        "Certificate of sip.example.org: chain incomplete (Example CA 2 is missing)",
    ),
    "over-long-detail": CallOver("Bob", EndReason.NO_COMMON_ENCRYPTION, f"{LONG} {LONG}"),
    "over-long-name": CallOver(LONG, EndReason.BUSY),
    "over-no-name": CallOver("", EndReason.BUSY),
}

_BOOK: Final[Mapping[str, Mapping[str, View]]] = {
    "Idle": _IDLE,
    "Dialling and ringing": _DIALLING,
    "Alarms, and calls without keys": _ALARMS,
    "Comparing the words": COMPARE,
    "Choosing what was heard": CHOOSE,
    "In a call": _IN_CALL,
    "Another call": call_cases.WAITING,
    "The menu of a call": call_cases.MENUS,
    "Several calls": call_cases.SEVERAL,
    "At rest, with something to tell": call_cases.AT_REST,
    "After a call": _OVER,
    "Outside of calls": MENU_CASES,
}

CASES: Final[Mapping[str, View]] = {
    name: view for story in _BOOK.values() for name, view in story.items()
}

STORIES: Final[Mapping[str, tuple[str, ...]]] = {
    title: tuple(story) for title, story in _BOOK.items()
}
"""The chapters of the story book (`make screens`): which cases belong together."""

SHORTENED: Final = (
    call_cases.ENDLESS
    | MENU_SHORTENED
    | frozenset(
        {
            "alarm-full-name",
            "alarm-long-name",
            "allow-enrolment-long-name",
            "calling-long-name",
            "choose-full-name",
            "choose-long-name",
            "compare-full-name",
            "compare-long-name",
            "compare-relayed-long-names",
            "dialling-long-contact",
            "dialling-long-number",
            "enter-name-long",
            "idle-configuration-refused",
            "idle-long-name",
            "idle-today-long-name",
            "idle-reason-without-end",
            "idle-two-accounts-two-troubles",
            "lift-handset-long-name",
            "in-call-enrolled-long-names",
            "in-call-all-notices-0",
            "in-call-all-notices-1",
            "in-call-all-notices-2",
            "in-call-long-sip-name",
            "not-encrypted-long-name",
            "over-long-detail",
            "over-long-name",
            "ringing-long-names",
            "securing-long-name",
        }
    )
)
"""The cases whose names or reasons are too long for any panel of this size."""

_STATES: Final = tuple(state.name.lower() for state in SecurityState)

IN_EVERY_LANGUAGE: Final = (
    call_cases.TOLD_EVERYWHERE
    | MENU_IN_EVERY_LANGUAGE
    | frozenset(
        {
            *(name for name in _ALARMS if not name.endswith("-no-name")),
            *(f"{kind}-{state}" for kind in ("compare", "in-call") for state in _STATES),
            *(name for name in _IN_CALL if name.startswith(("allow-enrolment", "in-call-notice-"))),
            "choose",
            "choose-characters-longest-spelling",
            "choose-direct",
            "choose-full-name",
            "choose-holding",
            "choose-just-shown",
            "compare-characters",
            "compare-characters-longest-spelling",
            "compare-holding-differ",
            "compare-holding-match",
            "compare-just-shown",
            "compare-full-name",
            "compare-long-name",
            "compare-longest-words",
            "compare-relayed-signalling-not-verified",
            "compare-weaker",
            "in-call-all-notices-0",
            "in-call-all-notices-1",
            "in-call-all-notices-2",
            "in-call-full-name",
            "in-call-full-name-alarm",
            "in-call-long-name",
            "in-call-muted-alarm",
        }
    )
)
"""What tells how secure a call is, and long names beside it, has a golden picture in each
language; all other cases are only measured there."""
