"""What a STUN or TURN server's answer means, in sentences for who set the phone up. Pure."""

from typing import Final

from agent.sip.reasons import unreachable

_START: Final = 370_000
"""PJNATH_ERRNO_START: from here on a pj_status_t is PJNATH's own, or a STUN error code."""
_SPACE: Final = 1_000
_TIMED_OUT: Final = _START + 4
_OTHER_NAME: Final = _START + 50
"""PJNATH_ESTUNINSERVER, as image/pjsip.sh has it told of a certificate for another name."""
_START_TLS: Final = 470_000
_END_TLS: Final = 520_000
_INVALID_CERTIFICATE: Final = 171_173

_REFUSALS: Final = {
    400: "did not understand the request",
    401: "refuses the user or the password",
    403: "gives this user no relay",
    437: "has another allocation of this phone still open",
    438: "takes no nonce of ours",
    441: "refuses the user or the password",
    442: "does not relay UDP",
    486: "has no relay left for this user: the allocation quota is used up",
    500: "has a fault",
    508: "has no relay left: it is full",
}


def stun_failed(servers: tuple[str, ...], status: int) -> str:
    """The sentence for STUN servers none of which helped.

    Args:
        servers: "host:port" of each.
        status: What PJSIP says of the last one.
    """
    if len(servers) == 1:
        return f"STUN server: {_failed(servers[0], status)}"
    return f"STUN: none of {', '.join(servers)} answers"


def turn_failed(server: str, status: int) -> str:
    """The sentence for a TURN server that gave no relay.

    Args:
        server: "host:port".
        status: PJSIP's pj_status_t.
    """
    return f"TURN server: {_failed(server, status)}"


def _failed(server: str, status: int) -> str:
    if status == _TIMED_OUT:
        return f"{server} does not answer"
    if status == _OTHER_NAME:
        return f"the certificate of {server} is for another name"
    if _START < status < _START + _SPACE:
        code = status - _START
        return f"{server} {_REFUSALS.get(code, f'refuses with status {code}')}"
    if _START_TLS <= status < _END_TLS or status == _INVALID_CERTIFICATE:
        return f"the certificate of {server} does not hold, or there is no common version of TLS"
    return unreachable(server, status)
