"""What can go wrong with the database, told to a person."""


class StoreError(Exception):
    """The database cannot be opened, read or written; the message says why and what helps."""
