"""What somebody at the machine's shell wants of the phone. Plain values."""

from agent.frozen import frozen


@frozen
class DialledRemotely:
    """Somebody at the machine's shell wants to call; `number` counts as dialled."""

    number: str


@frozen
class AnsweredRemotely:
    """Somebody there takes the call that rings."""


@frozen
class HungUpRemotely:
    """Somebody there ends whatever there is."""


@frozen
class ConfirmedRemotely:
    """Somebody there says that the words match, and says which: `words` as in `Association`."""

    words: tuple[str, ...]


@frozen
class DeniedRemotely:
    """Somebody there says that the words differ."""


@frozen
class HeldRemotely:
    """Somebody there puts the call on the line on hold."""


@frozen
class ResumedRemotely:
    """Somebody there takes it off hold again."""


RemoteEvent = (
    DialledRemotely
    | AnsweredRemotely
    | HungUpRemotely
    | HeldRemotely
    | ResumedRemotely
    | ConfirmedRemotely
    | DeniedRemotely
)
"""What comes from the machine's shell instead of from the keys."""
