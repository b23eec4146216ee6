"""What somebody at the machine's shell wants of the phone. Plain values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DialledRemotely:
    """Somebody at the machine's shell wants to call; `number` counts as dialled."""

    number: str


@dataclass(frozen=True, slots=True)
class AnsweredRemotely:
    """Somebody there takes the call that rings."""


@dataclass(frozen=True, slots=True)
class HungUpRemotely:
    """Somebody there ends whatever there is."""


@dataclass(frozen=True, slots=True)
class ConfirmedRemotely:
    """Somebody there says that the words match, and says which: `words` as in `Association`."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeniedRemotely:
    """Somebody there says that the words differ."""


@dataclass(frozen=True, slots=True)
class HeldRemotely:
    """Somebody there puts the call on the line on hold."""


@dataclass(frozen=True, slots=True)
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
