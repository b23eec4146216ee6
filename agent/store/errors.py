"""What can go wrong with the database, told to a person."""

from agent.errors import ReportedError


class StoreError(ReportedError):
    """The database cannot be opened, read or written; the message says why and what helps."""
