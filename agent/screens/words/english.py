"""English."""

from typing import Final

from agent.phone.events import AccountCondition, EncryptionFault, EndReason
from agent.phone.security import SecurityState
from agent.phone.views import Notice
from agent.screens.words.menu_english import LABELS
from agent.screens.words.spelling import spelled
from agent.screens.words.words import Alert, Words
from hw.types import Device

_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

ENGLISH: Final = Words(
    months=_MONTHS,
    day="{day} {month}",
    first_day="{day} {month}",
    accounts={
        AccountCondition.STARTING: "Connecting",
        AccountCondition.READY: "Ready",
        AccountCondition.REFUSED: "Server refused",
        AccountCondition.UNREACHABLE: "Server not reached",
        AccountCondition.UNTRUSTED: "Server not trusted",
    },
    because="{what}: {reason}",
    direct_calls_only="Direct calls only",
    restored="Memory moved or restored: compare all words again",
    missed_one="1 missed call",
    missed_many="{count} missed calls",
    devices={
        Device.KEYPAD: "Keypad missing",
        Device.HOOK: "Hook switch missing",
        Device.LEDS: "Lamps missing",
        Device.RINGER: "Ringer missing",
        Device.DISPLAY: "Display missing",
        Device.HANDSET: "Handset missing",
    },
    and_more="and {count} more",
    nameless="No name",
    dial="Dial a number",
    dialling_keys="# or call: dial",
    calling="Calling",
    ringing_there="It rings there",
    lift_handset="Lift the handset to talk to",
    they_wait="They wait for you",
    call_from="Call from",
    call_for="for {account}",
    new_here="New here",
    verified_on="Verified {date}",
    verified_on_as="{name}, verified {date}",
    signalling_not_verified="Signalling not verified",
    securing="Securing …",
    no_sound_yet="No sound until it is secure",
    alarms={
        SecurityState.SAS_MISMATCH: Alert(
            "WIRETAPPED.", "Someone is between you. Say nothing secret."
        ),
        SecurityState.CACHE_MISMATCH: Alert("Something changed.", "Compare the words NOW."),
        SecurityState.ANOTHER_PHONE: Alert(
            "", "This is NOT the phone you verified before. Compare the words."
        ),
        SecurityState.HASH_DIFFERS: Alert(
            "", "The call was altered on its way. Compare the words NOW."
        ),
    },
    another_phone_on="This is NOT the phone you verified on {date}. Compare the words.",
    said_to_be="{name}?",
    show_words="show the words",
    go_on_or_hang_up="Hang up, or Call to go on",
    compare={
        SecurityState.SAS_MISMATCH: "You said: they differ",
        SecurityState.NOT_ENCRYPTED: "No encryption",
        SecurityState.CACHE_MISMATCH: "Something changed",
        SecurityState.ANOTHER_PHONE: "NOT the phone of before",
        SecurityState.HASH_DIFFERS: "Altered on its way",
        SecurityState.SECURING: "Securing …",
        SecurityState.SIGNALLING_NOT_VERIFIED: "Compare: {name}",
        SecurityState.HASH_MISSING: "Compare: {name}",
        SecurityState.NOT_VERIFIED: "Compare: {name}",
        SecurityState.ZRTP_SECURE: "Verified: {name}",
        SecurityState.GREEN_SECURE: "Verified, green: {name}",
    },
    compare_weaker="Weaker keys: {name}",
    relayed_by="Passed on by {name}",
    relayed_unsigned_by="Line not verified; by {name}",
    you_read=("You", "read"),
    they_read=("They", "read"),
    you_spell="You read: {spelling}",
    they_spell="They read: {spelling}",
    read_aloud="Read the words to each other",
    match="match",
    differ="differ",
    later="later",
    back="back",
    keep_holding_match="Keep holding: they match",
    keep_holding_differ="Keep holding: they differ",
    spelling=spelled("zero one two three four five six seven eight nine"),
    may_listen="This telephone system asks to listen in on all calls it puts through. Allow it?",
    allow="allow",
    refuse="refuse",
    keep_holding_allow="Keep holding: allow it",
    who_is_it="Verified. Who is it?",
    small_letters="abc",
    capitals="ABC",
    digits="123",
    mode="mode",
    delete="delete",
    done="done",
    states={
        SecurityState.SAS_MISMATCH: "WIRETAPPED",
        SecurityState.NOT_ENCRYPTED: "No encryption",
        SecurityState.CACHE_MISMATCH: "Something changed",
        SecurityState.ANOTHER_PHONE: "Another phone",
        SecurityState.HASH_DIFFERS: "Altered on its way",
        SecurityState.SECURING: "Securing …",
        SecurityState.SIGNALLING_NOT_VERIFIED: "Not verified",
        SecurityState.HASH_MISSING: "Not verified",
        SecurityState.NOT_VERIFIED: "Not verified",
        SecurityState.ZRTP_SECURE: "Verified",
        SecurityState.GREEN_SECURE: "Verified, green",
    },
    muted="Muted",
    calls_itself="calls itself {name}",
    notices={
        Notice.SIGNALLING_NOT_VERIFIED: "Signalling not verified",
        Notice.DISCLOSURE: "The other phone says that it can disclose this call",
        Notice.ENROLLED: "In the middle, and can listen: {exchange}",
        Notice.MITM: "An exchange is in the middle and can listen",
        Notice.AUX_MISMATCH: "The secret that you agreed on beforehand differs",
        Notice.WEAKER: "Weaker keys than before",
        Notice.HASH_STRIPPED: "Their phone was announced before, and not now",
        Notice.HASH_MISSING: "Their phone was not announced",
        Notice.SAS_NOT_COMPARED: "Words not compared yet: press confirm to see them",
    },
    notices_short={
        Notice.SIGNALLING_NOT_VERIFIED: "Signalling not verified",
        Notice.DISCLOSURE: "It can be disclosed there",
        Notice.ENROLLED: "Can listen: {exchange}",
        Notice.MITM: "An exchange can listen",
        Notice.AUX_MISMATCH: "Agreed secret differs",
        Notice.WEAKER: "Weaker keys than before",
        Notice.HASH_STRIPPED: "No longer announced",
        Notice.HASH_MISSING: "Their phone was not announced",
        Notice.SAS_NOT_COMPARED: "Words not compared yet",
    },
    no_encryption=Alert("", "No encryption there. Call not connected."),
    faults={
        EncryptionFault.ATTACK: Alert(
            "ATTACKED.", "Someone tried to get between you. Call not connected."
        ),
        EncryptionFault.HASH_DIFFERS: Alert(
            "", "The call was altered on its way. Call not connected."
        ),
        EncryptionFault.NO_COMMON_ALGORITHM: Alert(
            "", "Their phone has no encryption that fits. Call not connected."
        ),
        EncryptionFault.TIMED_OUT: Alert("", "Their phone fell silent before the call was secure."),
        EncryptionFault.PROTOCOL: Alert("", "The phones could not agree. Call not connected."),
        EncryptionFault.STORE: Alert("", "This phone cannot write its memory. Call not connected."),
    },
    endings={
        EndReason.REMOTE_HUNG_UP: "They hung up",
        EndReason.LOCAL_HUNG_UP: "Call ended",
        EndReason.CANCELLED: "They gave up",
        EndReason.BUSY: "Busy",
        EndReason.DECLINED: "Call declined",
        EndReason.NOT_FOUND: "Nobody has this number",
        EndReason.NO_ANSWER: "No answer",
        EndReason.UNREACHABLE: "Cannot be reached",
        EndReason.NOT_TRUSTED: "Their certificate does not hold",
        EndReason.NO_COMMON_ENCRYPTION: "Their phone has no encryption that fits",
        EndReason.NOT_PERMITTED: "Not permitted",
        EndReason.FAILED: "The call failed",
    },
    talked_for="You talked for {duration}",
    unknown="Nobody has this number",
    menu=LABELS,
)
