"""What the menu asks for. Each is answered by an event of `agent.phone.menu.answers`."""

from dataclasses import dataclass, field

from agent.phone.menu.answers import ContactEntry
from agent.phone.preferences import Preferences
from hw.types import Output


@dataclass(frozen=True, slots=True)
class FetchContacts:
    """Answered by `ContactsListed`."""


@dataclass(frozen=True, slots=True)
class SaveContact:
    """Answered by `ContactKept` and `ContactsListed`, or by `ContactRefused`.

    Attributes:
        contact: As it is to be.
        before: The address that it had; empty: it is a new one.
    """

    contact: ContactEntry
    before: str = ""


@dataclass(frozen=True, slots=True)
class DeleteContact:
    """Answered by `ContactsListed`."""

    uri: str


@dataclass(frozen=True, slots=True)
class FetchCalls:
    """Answered by `CallsListed`."""


@dataclass(frozen=True, slots=True)
class MarkCallsSeen:
    """The person has looked at the missed calls. Answered by `MissedCounted`."""


@dataclass(frozen=True, slots=True)
class DeleteCall:
    """Answered by `CallsListed`."""

    id: int


@dataclass(frozen=True, slots=True)
class ClearCalls:
    """Answered by `CallsListed`."""


@dataclass(frozen=True, slots=True)
class FetchPeers:
    """Answered by `PeersListed`."""


@dataclass(frozen=True, slots=True)
class RenamePeer:
    """Gives a phone another cache name and takes its verified flag. Answered by `PeersListed`."""

    zid: str
    name: str


@dataclass(frozen=True, slots=True)
class UnverifyPeer:
    """Takes a phone's verified flag. Answered by `PeersListed`."""

    zid: str


@dataclass(frozen=True, slots=True)
class ForgetPeer:
    """Removes a phone with its secrets. Answered by `PeersListed`."""

    zid: str


@dataclass(frozen=True, slots=True)
class FetchNetwork:
    """Answered by `NetworkTold`."""


@dataclass(frozen=True, slots=True)
class FetchAbout:
    """Answered by `AboutTold`."""


@dataclass(frozen=True, slots=True)
class CheckPhone:
    """Looks at everything that the phone hangs on. Answered by `PhoneChecked`, in some seconds."""


@dataclass(frozen=True, slots=True)
class SavePreferences:
    """Writes them down, and then tells the phone: answered by `SettingsChanged`."""

    preferences: Preferences


@dataclass(frozen=True, slots=True)
class SetVolume:
    """Sets a volume now, 0 to 100 percent; it is not kept."""

    output: Output
    percent: int


@dataclass(frozen=True, slots=True)
class PreviewRingTone:
    """Rings with this tone; None: no longer."""

    name: str | None


@dataclass(frozen=True, slots=True)
class CheckPin:
    """Answered by `PinChecked`."""

    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SetPin:
    """Sets the PIN; an empty one removes it. Answered by `PinKnown` and `Done`."""

    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class EraseEverything:
    """Ends every call, destroys the phone's memory and starts it as a new phone."""


@dataclass(frozen=True, slots=True)
class ResetPhone:
    """The same, and the configuration goes, too. Answered by `MemoryFailed` where it cannot begin."""


@dataclass(frozen=True, slots=True)
class AnswerUpdate:
    """What the person says to newer software; no: they are asked again a day later."""

    wanted: bool


MenuOrder = (
    FetchContacts
    | SaveContact
    | DeleteContact
    | FetchCalls
    | MarkCallsSeen
    | DeleteCall
    | ClearCalls
    | FetchPeers
    | RenamePeer
    | UnverifyPeer
    | ForgetPeer
    | FetchNetwork
    | FetchAbout
    | CheckPhone
    | SavePreferences
    | SetVolume
    | PreviewRingTone
    | CheckPin
    | SetPin
    | EraseEverything
    | ResetPhone
    | AnswerUpdate
)
