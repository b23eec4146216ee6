"""Views of several calls, and of what can be done with one, by name."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from agent.phone.call_views import CallMenu, Choice, Conference, Leg, PuttingThrough, TransferOffer
from agent.phone.events import Quality, TransferOutcome
from agent.phone.security import SecurityState
from agent.phone.views import Calling, CallWaiting, Idle, InCall, Notice, OffHook, Ringing, View

_LONG: Final = "Bundesbeauftragte für den Datenschutz und die Informationsfreiheit"
_MAY: Final = date(2026, 5, 3)
_SECURE: Final = SecurityState.ZRTP_SECURE
_OPEN: Final = SecurityState.NOT_VERIFIED
_NEW: Final = Ringing("Carol", "", signalling_verified=True)
_KNOWN: Final = Ringing(
    "Carol", "", signalling_verified=True, remembered_as="Carol", verified_on=_MAY
)
_UNSIGNED: Final = Ringing("192.0.2.7", "", signalling_verified=False)
_ENDLESS: Final = Ringing(
    _LONG, "", signalling_verified=True, remembered_as=_LONG, verified_on=_MAY
)
_CHOICES: Final = (
    Choice.HOLD,
    Choice.SWAP,
    Choice.NEW_CALL,
    Choice.PUT_THROUGH,
    Choice.TRANSFER,
    Choice.CONFERENCE,
    Choice.MUTE,
    Choice.LOUDER,
    Choice.SOFTER,
    Choice.WORDS,
    Choice.UNVERIFY,
)

WAITING: Final[Mapping[str, View]] = {
    "waiting-new": CallWaiting(_NEW, "Bob", _SECURE),
    "waiting-verified-before": CallWaiting(_KNOWN, "Bob", _OPEN),
    "waiting-not-verified": CallWaiting(_UNSIGNED, "Bob", SecurityState.GREEN_SECURE),
    "waiting-long-names": CallWaiting(_ENDLESS, _LONG, _OPEN),
    **{f"waiting-{state.name.lower()}": CallWaiting(_NEW, "Bob", state) for state in SecurityState},
}

MENUS: Final[Mapping[str, View]] = {
    **{
        f"menu-{choice.name.lower()}": CallMenu("Bob", _SECURE, _CHOICES, place, "Carol")
        for place, choice in enumerate(_CHOICES)
    },
    "menu-on-hold": CallMenu(
        "Bob", _OPEN, (Choice.RESUME, Choice.NEW_CALL, Choice.TRANSFER, Choice.UNMUTE), 0
    ),
    "menu-conference": CallMenu(
        "Bob",
        _OPEN,
        (Choice.PART, Choice.MUTE, Choice.WORDS, Choice.WORDS_OF_SECOND),
        3,
        "Carol",
    ),
    "menu-long-names": CallMenu(_LONG, _SECURE, _CHOICES, 1, _LONG),
    "menu-alarm": CallMenu("Bob", SecurityState.CACHE_MISMATCH, _CHOICES, 0, "Carol"),
}

SEVERAL: Final[Mapping[str, View]] = {
    "off-hook-one-held": OffHook(held=("Bob",)),
    "off-hook-two-held": OffHook(held=("Bob", "Carol")),
    "calling-early": Calling("Bob", ringing=True, hears=_OPEN),
    "calling-early-green": Calling("Bob", hears=SecurityState.GREEN_SECURE),
    "in-call-on-hold": InCall("Bob", _SECURE, 133, on_hold=True),
    "in-call-on-hold-alarm": InCall("Bob", SecurityState.SAS_MISMATCH, 133, on_hold=True),
    "in-call-held-there": InCall("Bob", _SECURE, 133, held_there=True, quality=Quality.SILENT),
    "in-call-poor": InCall("Bob", _SECURE, 133, quality=Quality.POOR),
    "in-call-cut": InCall("Bob", _SECURE, 133, quality=Quality.SILENT, cut=True),
    "in-call-silent": InCall("Bob", _SECURE, 133, quality=Quality.SILENT),
    "in-call-fair": InCall("Bob", _SECURE, 133, quality=Quality.FAIR),
    "in-call-other-held": InCall("Bob", _OPEN, 133, others=("Carol",)),
    "in-call-two-others-held": InCall("Bob", _SECURE, 133, others=("Carol", "Dan")),
    "in-call-long-names-held": InCall(_LONG, _SECURE, 133, others=(_LONG, "Dan")),
    **{
        f"in-call-transfer-{outcome.name.lower()}": InCall(
            "Bob", _SECURE, 133, on_hold=True, transfer=outcome
        )
        for outcome in TransferOutcome
    },
    "in-call-transfer-failed-because": InCall(
        "Bob",
        _SECURE,
        133,
        on_hold=True,
        transfer=TransferOutcome.FAILED,
        transfer_detail="Busy",
    ),
    **{
        f"in-call-everything-{turn}": InCall(
            "Bob",
            _OPEN,
            4 * turn,
            notices=(
                Notice.REENCRYPTION_REFUSED,
                Notice.DISCLOSURE,
                Notice.SIGNALLING_NOT_VERIFIED,
                Notice.SAS_NOT_COMPARED,
            ),
            held_there=True,
            others=("Carol",),
        )
        for turn in (0, 1)
    },
    "conference-both-verified": Conference(
        (Leg("Bob", _SECURE, heard=True), Leg("Carol", SecurityState.GREEN_SECURE, heard=True)),
        133,
    ),
    "conference-one-not-verified": Conference(
        (Leg("Carol", _OPEN, heard=True), Leg("Bob", _SECURE, heard=True)), 133
    ),
    "conference-one-not-heard": Conference(
        (Leg("Carol", SecurityState.SECURING, heard=False), Leg("Bob", _SECURE, heard=True)), 5
    ),
    "conference-held-there": Conference(
        (Leg("Carol", _OPEN, heard=True, held_there=True), Leg("Bob", _SECURE, heard=True)), 5
    ),
    "conference-wiretapped": Conference(
        (Leg("Carol", SecurityState.SAS_MISMATCH, heard=True), Leg("Bob", _SECURE, heard=True)), 5
    ),
    "conference-muted-long-names": Conference(
        (Leg(_LONG, _OPEN, heard=True), Leg(_LONG, _SECURE, heard=False)), 36_061, muted=True
    ),
    "conference-no-name": Conference(
        (Leg("", _OPEN, heard=True), Leg("Bob", _OPEN, heard=True)), 5
    ),
    "put-through-nothing": PuttingThrough("Bob", ""),
    "put-through-number": PuttingThrough("Bob", "1003"),
    "put-through-contact": PuttingThrough("Bob", "1003", "Carol"),
    "put-through-unknown": PuttingThrough("Bob", "0815", unknown=True),
    "put-through-long": PuttingThrough(_LONG, "00493012345678901234567890", _LONG),
    "transfer-offer": TransferOffer("Bob", _SECURE, "Carol"),
    "transfer-offer-not-verified": TransferOffer("Bob", _OPEN, "carol@example.org"),
    "transfer-offer-long": TransferOffer(_LONG, _OPEN, _LONG),
}

AT_REST: Final[Mapping[str, View]] = {
    "idle-messages-one": Idle("Alice", 7, 0, messages=1, messages_waiting=True),
    "idle-messages-many": Idle("Alice", 7, 0, missed=2, messages=3, messages_waiting=True),
    "idle-messages-some": Idle("Alice", 7, 0, messages_waiting=True),
    "idle-forwarded": Idle("Alice", 7, 0, missed=1, forwarded_to="Bob"),
    "idle-do-not-disturb": Idle("Alice", 7, 0, do_not_disturb=True),
}

ENDLESS: Final = frozenset(
    {
        "waiting-long-names",
        "menu-long-names",
        "in-call-long-names-held",
        "conference-muted-long-names",
        "put-through-long",
        "transfer-offer-long",
    }
)
"""The cases whose names are too long for any panel of this size."""

TOLD_EVERYWHERE: Final = frozenset(
    {*WAITING, *MENUS, *(name for name in SEVERAL if not name.endswith("no-name"))}
)
"""What tells how secure a call is, or what a key would do with it: in each language."""
