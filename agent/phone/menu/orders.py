"""What the menu asks for. Each is answered by an event of `agent.phone.menu.answers`."""

from dataclasses import field

from agent.frozen import frozen
from agent.phone.menu.answers import ContactEntry
from agent.phone.preferences import Preferences
from hw.types import Output


@frozen
class FetchContacts:
    """Answered by `ContactsListed`."""


@frozen
class SaveContact:
    """Answered by `ContactKept` and `ContactsListed`, or by `ContactRefused`.

    Attributes:
        contact: As it is to be.
        before: The address that it had; empty: it is a new one.
    """

    contact: ContactEntry
    before: str = ""


@frozen
class DeleteContact:
    """Answered by `ContactsListed`."""

    uri: str


@frozen
class FetchCalls:
    """Answered by `CallsListed`."""


@frozen
class MarkCallsSeen:
    """The person has looked at the missed calls. Answered by `MissedCounted`."""


@frozen
class DeleteCall:
    """Answered by `CallsListed`."""

    id: int


@frozen
class ClearCalls:
    """Answered by `CallsListed`."""


@frozen
class FetchPeers:
    """Answered by `PeersListed`."""


@frozen
class RenamePeer:
    """Gives a phone another cache name and takes its verified flag. Answered by `PeersListed`."""

    zid: str
    name: str


@frozen
class UnverifyPeer:
    """Takes a phone's verified flag. Answered by `PeersListed`."""

    zid: str


@frozen
class ForgetPeer:
    """Removes a phone with its secrets. Answered by `PeersListed`."""

    zid: str


@frozen
class FetchNetwork:
    """Answered by `NetworkTold`."""


@frozen
class FetchAbout:
    """Answered by `AboutTold`."""


@frozen
class CheckPhone:
    """Looks at everything that the phone hangs on. Answered by `PhoneChecked`, in some seconds."""


@frozen
class SavePreferences:
    """Writes them down, and then tells the phone: answered by `SettingsChanged`."""

    preferences: Preferences


@frozen
class SetVolume:
    """Sets a volume now, 0 to 100 percent; it is not kept."""

    output: Output
    percent: int


@frozen
class PreviewRingTone:
    """Rings with this tone; None: no longer."""

    name: str | None


@frozen
class CheckPin:
    """Answered by `PinChecked`."""

    pin: str = field(repr=False)


@frozen
class SetPin:
    """Sets the PIN; an empty one removes it. Answered by `PinKnown` and `Done`."""

    pin: str = field(repr=False)


@frozen
class EraseEverything:
    """Ends every call, destroys the phone's memory and starts it as a new phone."""


@frozen
class ResetPhone:
    """The same, and the configuration goes, too. Answered by `MemoryFailed` where it cannot begin."""


@frozen
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
