"""What the panel has words for. Each language fills in all of it, in a file of its own.

A new text is a field without a default here, and a line in each language: mypy and the tests
find the language that lacks it, the member of an enumeration that nobody named, the screen on
which a text does not fit and the text that no screen shows. Where a part of the phone needs many
words, they are a dataclass of their own, one field of `Words`.
"""

from collections.abc import Mapping
from datetime import date

from agent.frozen import frozen
from agent.phone.call_views import Choice
from agent.phone.events import AccountCondition, EncryptionFault, EndReason, TransferOutcome
from agent.phone.machine import UpdateProblem
from agent.phone.menu.labels import Label
from agent.phone.security import SecurityState
from agent.phone.views import Notice
from agent.screens.words.sentences import in_other_words
from hw.types import Device


@frozen
class Alert:
    """A full-screen warning: a headline in large letters, and what it means."""

    headline: str
    sentence: str


@frozen
class CallsWords:
    """What the screens say where there is more than one call, or more than talking to do."""

    present: str
    """With whom the call is that another one waits behind, `{name}`, and its `{state}`."""
    another_call: str
    answer: str
    turn_away: str
    choices: Mapping[Choice, str]
    """`{name}` is the other call."""
    choose: str
    on_hold: str
    """In place of the duration."""
    go_on: str
    """How to take them off hold."""
    on_hold_too: str
    """Somebody else is: `{name}`."""
    held_there: str
    silent: str
    cut: str
    """This phone's own network is gone."""
    """No packet arrives from there."""
    poor: str
    not_heard: str
    """One of a conference takes no part: no keys, or an alarm that nobody has heeded."""
    transfers: Mapping[TransferOutcome, str]
    put_through_to: str
    """`{name}` is put through to what is dialled now."""
    transfer_keys: str
    wants_to_transfer: str
    """The other side, `{name}`, wants to put us through to `{to}`."""
    yes: str
    no: str
    hears_already: str
    """The other side is heard before it answers."""
    messages_one: str
    messages_many: str
    messages_some: str
    """Voice mail whose server does not count."""
    do_not_disturb: str
    forwarded_to: str


@frozen
class Words:
    """All that the screens say, in one language.

    `{name}` and its like stand where a name, a number or a date goes. Each mapping holds every
    member of its enumeration.
    """

    months: tuple[str, ...]
    day: str
    """How a date is said: `{day}` and `{month}`."""
    first_day: str
    """The same, for the first of a month."""

    accounts: Mapping[AccountCondition, str]
    """Where no reason is known that says more."""
    sentences: Mapping[str, str]
    """What servers and the network say, by what that is in English; see `sentence`."""
    findings: Mapping[str, str]
    """What a look at everything says, servers and the network included; see `finding`."""
    because: str
    """`{what}` happened, and the `{reason}` is known."""
    direct_calls_only: str
    restored: str
    configuration_refused: str
    """Why is said after it."""
    low_voltage: str
    """The power supply is too weak."""
    too_hot: str
    installing: str
    """New software, `{percent}` of it."""
    update_problems: Mapping[UpdateProblem, str]
    """Why new software was not installed."""
    missed_one: str
    missed_many: str
    devices: Mapping[Device, str]
    """Which part is missing."""
    and_more: str

    nameless: str
    """Stands for a name that nobody told."""
    dial: str
    dialling_keys: str
    calling: str
    ringing_there: str
    lift_handset: str
    """To talk to somebody whom the machine's shell called or answered."""
    they_wait: str
    """They have answered, or were answered, and hear nothing yet."""
    call_from: str
    call_for: str
    new_here: str
    verified_on: str
    verified_on_as: str
    signalling_not_verified: str
    securing: str
    no_sound_yet: str

    alarms: Mapping[SecurityState, Alert]
    another_phone_on: str
    """`Alert.sentence` of ANOTHER_PHONE where the day is known: `{date}`."""
    said_to_be: str
    show_words: str
    go_on_or_hang_up: str

    compare: Mapping[SecurityState, str]
    """The line above the words: why they are compared, and with whom (`{name}`)."""
    compare_weaker: str
    """The same, where the reason is that the keys are weaker than before."""
    relayed_by: str
    """The words are those of somebody behind the telephone system `{name}`."""
    relayed_unsigned_by: str
    """The same, where the signalling is not verified either."""
    you_read: tuple[str, str]
    they_read: tuple[str, str]
    you_spell: str
    """`you_read` before the `{spelling}` of two characters, on one line."""
    they_spell: str
    read_aloud: str
    match: str
    differ: str
    later: str
    back: str
    keep_holding_match: str
    keep_holding_differ: str
    what_they_read: str
    """Where the person chooses what was heard: the question to `{name}`."""
    which_do_they_read: str
    """The same without a name."""
    hold_what_you_hear: str
    none_of_them: str
    keep_holding: str
    """`{what}` was chosen."""
    spelling: Mapping[str, str]
    """How each of the characters of a B32 SAS is read aloud."""

    may_listen: str
    """A telephone system asks to be trusted (RFC 6189 section 7.3.1)."""
    allow: str
    refuse: str
    keep_holding_allow: str

    who_is_it: str
    small_letters: str
    capitals: str
    digits: str
    mode: str
    delete: str
    done: str

    states: Mapping[SecurityState, str]
    """How secure a call is, in two or three words."""
    muted: str
    calls_itself: str
    notices: Mapping[Notice, str]
    """`{exchange}` is the telephone system that was allowed to listen in."""
    notices_short: Mapping[Notice, str]

    calls: CallsWords

    no_encryption: Alert
    faults: Mapping[EncryptionFault, Alert]
    endings: Mapping[EndReason, str]
    talked_for: str
    unknown: str
    emergency_needs_account: str

    menu: Mapping[Label, str]
    """All that is read outside of calls."""

    def called(self, name: str) -> str:
        """A name, or that there is none."""
        return name or self.nameless

    def sentence(self, english: str) -> str:
        """What a server or the network said, as far as the language has words for it."""
        return in_other_words(english, self.sentences)

    def finding(self, english: str) -> str:
        """What a look at everything found, as far as the language has words for it."""
        return in_other_words(english, self.findings)

    def date(self, day: date) -> str:
        """A day as it is said, e.g. "3 May"."""
        said = self.first_day if day.day == 1 else self.day
        return said.format(day=day.day, month=self.months[day.month - 1])
