"""One row of the table: what was done how often, and whether all was as it should be."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """A finding.

    Args:
        part: Of the soak, e.g. "plug".
        what: What was watched, and how.
        found: What came of it, for a person.
        right: Whether that is as it should be; None: it is only told.
        data: The same for a program.
    """

    part: str
    what: str
    found: str
    right: bool | None = None
    data: dict[str, object] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """For the table."""
        mark = {True: "ok", False: "WRONG", None: ""}[self.right]
        return f"{self.part:<9} {self.what:<50} {self.found:<52} {mark}".rstrip()

    def as_json(self) -> dict[str, object]:
        """All of it."""
        told = {"part": self.part, "what": self.what, "found": self.found, "right": self.right}
        return told | self.data


HEADER = f"{'part':<9} {'what':<50} {'found':<52} as it should be"
