"""How long to wait before a server is asked again (RFC 5626 section 4.5). Pure."""

from agent.sip.settings import Backoff


def delay(backoff: Backoff, failures: int, random: float) -> float:
    """Seconds to wait after so many failures in a row.

    Args:
        backoff: The bounds.
        failures: How often it has failed since it last worked, 1 or more.
        random: From 0 to 1: where between half of the time and all of it. Without it a
            server that comes back would meet all its phones at the same moment.
    """
    doubled = backoff.base_s * 2.0 ** min(failures - 1, 16)
    return float(min(backoff.limit_s, doubled) * (0.5 + random / 2))
