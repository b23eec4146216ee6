"""What the phone's values are called at the shell: short names for programs, sentences for people.

English only: whoever has a shell reads it.
"""

from typing import Final

from agent.phone.events import AccountCondition
from agent.phone.remote import Objection
from agent.phone.report import Doing
from agent.phone.security import SecurityState
from agent.phone.views import Notice

OBJECTIONS: Final = {
    Objection.BUSY: "There is a call already; end it first (sotto hangup).",
    Objection.UNKNOWN_NUMBER: "Nobody has this number.",
    Objection.NO_ACCOUNT: "Emergency numbers need an account, and this phone has none.",
    Objection.LOCKED: "The phone is locked: type its PIN at its keys first.",
    Objection.NOTHING_RINGS: "No call rings here.",
    Objection.NOTHING_TO_END: "There is no call to end.",
    Objection.NOTHING_TO_HOLD: "No call is up that could be held.",
    Objection.ON_HOLD: "The call is on hold already (sotto resume).",
    Objection.NOT_ON_HOLD: "The call is not on hold.",
    Objection.NO_WORDS: "No call has words to compare: none is encrypted yet.",
    Objection.HANDSET_DOWN: "Lift the handset first: nobody can have read the words aloud.",
    Objection.ALREADY_DENIED: "You said that the words differ, and nothing takes that back.",
    Objection.NOT_ASKED: (
        "The phone does not ask for the words now, or does not show them long enough yet."
    ),
    Objection.OTHER_WORDS: (
        "These are not the words on the phone's display. Nothing was confirmed; if those that "
        "you hear differ from it, say so (sotto differ)."
    ),
    Objection.TO_BE_CHOSEN: (
        "The configuration wants you to listen (sas_check): choose at the phone's keys what you "
        "heard."
    ),
}

SECURITY: Final = {
    SecurityState.SAS_MISMATCH: "WIRETAPPED: you said that the words differ",
    SecurityState.NOT_ENCRYPTED: "not encrypted, no sound passes",
    SecurityState.CACHE_MISMATCH: "ALARM: something changed, compare the words now",
    SecurityState.ANOTHER_PHONE: "ALARM: not the phone that you verified, compare the words",
    SecurityState.HASH_DIFFERS: "ALARM: altered on its way, compare the words now",
    SecurityState.SECURING: "going secure, no sound yet",
    SecurityState.SIGNALLING_NOT_VERIFIED: "encrypted, words not compared, signalling not verified",
    SecurityState.SERVER_CAN_LISTEN: "encrypted, but the server can listen",
    SecurityState.HASH_MISSING: "encrypted, words not compared, their phone was not announced",
    SecurityState.NOT_VERIFIED: "encrypted, words not compared",
    SecurityState.ZRTP_SECURE: "verified",
    SecurityState.GREEN_SECURE: "verified, green",
}

NOTICES: Final = {
    Notice.SIGNALLING_NOT_VERIFIED: "signalling not verified",
    Notice.DISCLOSURE: "the other phone says that it can disclose this call",
    Notice.ENROLLED: "a telephone system is in the middle and can listen: you allowed it",
    Notice.MITM: "a telephone system is in the middle and can listen",
    Notice.AUX_MISMATCH: "the secret that you agreed on beforehand differs",
    Notice.WEAK: "weak keys, which the configuration allows",
    Notice.WEAKER: "weaker keys than before",
    Notice.HASH_STRIPPED: "their phone was announced before, and not now",
    Notice.HASH_MISSING: "their phone was not announced",
    Notice.SAS_NOT_COMPARED: "words not compared yet",
    Notice.CLEAR_REFUSED: "the other phone asked to go on without encryption, and was refused",
    Notice.REENCRYPTION_REFUSED: "somebody tried to turn the encryption off, and was refused",
}

LINE: Final = {
    Doing.ON_HOOK: "at rest",
    Doing.DIAL_TONE: "dial tone",
    Doing.DIALLING: "dialling",
    Doing.CALLING: "calling",
    Doing.RINGING_THERE: "it rings there",
    Doing.RINGING_HERE: "it rings here",
    Doing.TALKING: "talking",
    Doing.OVER: "the last call is over",
    Doing.CONFERENCE: "two calls hear each other",
    Doing.PUTTING_THROUGH: "a call is being put through",
    Doing.ON_HOLD: "on hold",
    Doing.WAITING: "it waits to be answered",
}

CONDITIONS: Final = {
    AccountCondition.STARTING: "connecting",
    AccountCondition.READY: "ready",
    AccountCondition.REFUSED: "server refused",
    AccountCondition.UNREACHABLE: "server not reached",
    AccountCondition.UNTRUSTED: "server not trusted",
}


def short(name: str) -> str:
    """A member of an enumeration as programs read it, e.g. "not-verified"."""
    return name.lower().replace("_", "-")
