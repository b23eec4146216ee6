"""What SIP refuses to do."""


class SipError(Exception):
    """SIP cannot do what was asked; the message is a sentence that says why."""
