"""What is told to whoever gave the command."""


class ReportedError(Exception):
    """It cannot be done; the message is a sentence for the person who can mend it.

    Attributes:
        status: The exit status of the command.
    """

    status = 1
