"""What the gate says and takes, as values: usable without PJSIP."""

from dataclasses import field

from agent.frozen import frozen
from agent.zrtp.events import SrtpKey

# AES in counter mode with HMAC-SHA1 (RFC 3711, RFC 6188), and AES-GCM (RFC 7714). What libsrtp
# makes of 24 octets is not what RFC 6188 says.
_KEY_SIZES = (16, 32)
_CM_SALT_SIZE, _GCM_SALT_SIZE = 14, 12
_CM_TAG_BITS = (32, 80)


def check_key(key: SrtpKey) -> None:
    """Refuses a key that libsrtp has no cipher for.

    Raises:
        ValueError: The tag has not 32 or 80 bits (HMAC-SHA1; RTCP's tag is always 80: RFC 3711
            section 5.2) or 128 (AES-GCM), the master key not 16 or 32 octets, or the salt not 14
            (with AES-GCM 12).
    """
    if not key.is_gcm and key.auth_tag_bits not in _CM_TAG_BITS:
        raise ValueError(f"an SRTP tag has 32, 80 or 128 bits, not {key.auth_tag_bits}")
    if len(key.master_key) not in _KEY_SIZES:
        raise ValueError(f"an SRTP master key has 16 or 32 octets, not {len(key.master_key)}")
    salt_size = _GCM_SALT_SIZE if key.is_gcm else _CM_SALT_SIZE
    if len(key.master_salt) != salt_size:
        raise ValueError(f"an SRTP master salt has {salt_size} octets, not {len(key.master_salt)}")


@frozen
class GateCreated:
    """A call has got a gate.

    Args:
        gate: The gate's number; no other gate of this process has had it.
        leg: pjsua's call id.
        media_index: Which media line of the SDP, from 0.
        token: What `arm` was given with the zrtp-hash that is in this gate's SDP; 0: none was.
    """

    gate: int
    leg: int
    media_index: int
    token: int


@frozen
class GateAttached:
    """Packets can travel: ZRTP may start, or start anew. With ICE: its checks are done.

    Comes again after a GateDetached, as at the end of ICE or of a hold: the keys are still
    there, and the same zrtp-hash means the same association. Comes again without a GateDetached
    when a re-INVITE changes the zrtp-hash and leaves the stream as it is.

    Args:
        gate: The gate's number.
        leg: pjsua's call id.
        ssrc: Ours.
        remote_hashes: The other side's a=zrtp-hash values, as they came: one a protocol version,
            none if it sent none. Unchecked.
        remote: The other side's RTP address, "192.0.2.7:4000": as its SDP has it, or where it
            has shown itself to be since.
        token: Which Hello of ours the SDP announces now, as in GateCreated. Another one than
            before: the SDP of the other side came from another phone.
    """

    gate: int
    leg: int
    ssrc: int
    remote_hashes: tuple[str, ...]
    remote: str
    token: int = 0


@frozen
class GateDescribed:
    """Two SDPs are agreed on, and one of them has a=crypto, or one before them had.

    Comes before the GateAttached that follows from it, and again after every re-INVITE.

    Args:
        gate: The gate's number.
        leg: pjsua's call id.
        own: The values of a=crypto in our SDP: with our keys in them.
        theirs: The same of the other side's.
        remote_hashes: As in GateAttached.
    """

    gate: int
    leg: int
    own: tuple[str, ...] = field(repr=False)
    theirs: tuple[str, ...] = field(repr=False)
    remote_hashes: tuple[str, ...]


@frozen
class GateDetached:
    """No packet travels until the next GateAttached; keys stay."""

    gate: int
    leg: int


@frozen
class GateBlocked:
    """ICE has tried every pair of addresses, and none works: nothing can travel."""

    gate: int
    leg: int


@frozen
class GatePathLost:
    """The relay that packets may be going through does not answer any more."""

    gate: int
    leg: int


@frozen
class ZrtpPacket:
    """A whole ZRTP packet with a good CRC, header and CRC included.

    Args:
        gate: The gate's number.
        leg: pjsua's call id.
        data: The packet.
        source: Where it came from, "192.0.2.7:4000"; empty under ICE, which knows better.
    """

    gate: int
    leg: int
    data: bytes
    source: str


@frozen
class SrtpReceived:
    """The first authentic SRTP packet under the present receive key.

    Args:
        gate: The gate's number.
        leg: pjsua's call id.
        by_signalling: That key came in the SDP.
    """

    gate: int
    leg: int
    by_signalling: bool = False


@frozen
class Counters:
    """What has passed a gate, and what has not, since it was made. Packets, but for the octets.

    Args:
        sent: RTP that left protected.
        octets_sent: Of these, plain headers and payload.
        received: RTP that was authentic.
        octets_received: Of these, plain headers and payload.
        rtcp_sent: RTCP that left protected.
        rtcp_received: RTCP that was authentic.
        zrtp_sent: ZRTP handed to the socket.
        zrtp_received: ZRTP with a good CRC.
        zrtp_bad_crc: ZRTP with a bad one, dropped.
        zrtp_overflow: ZRTP dropped because 64 packets were waiting.
        dropped_before_keys_out: RTP that wanted to leave before there was a key.
        dropped_before_keys_in: RTP that came before there was a key.
        not_authentic: RTP that failed its tag: plain, forged, or under another key.
        replayed: RTP that was there before, or is too old to tell.
        rtcp_dropped: RTCP in or out: before keys, not authentic, replayed.
        malformed: What is none of RTP, RTCP, ZRTP, or not whole.
        not_repeated: RTP kept back because its SRTP index had left under this key (RFC 3711
            section 9.1).
    """

    sent: int
    octets_sent: int
    received: int
    octets_received: int
    rtcp_sent: int
    rtcp_received: int
    zrtp_sent: int
    zrtp_received: int
    zrtp_bad_crc: int
    zrtp_overflow: int
    dropped_before_keys_out: int
    dropped_before_keys_in: int
    not_authentic: int
    replayed: int
    rtcp_dropped: int
    malformed: int
    not_repeated: int


@frozen
class GateDestroyed:
    """The gate is no more; its number means nothing from now on.

    Args:
        gate: The gate's number.
        leg: pjsua's call id.
        counters: All that has passed it.
    """

    gate: int
    leg: int
    counters: Counters


GateEvent = (
    GateCreated
    | GateAttached
    | GateDescribed
    | GateDetached
    | ZrtpPacket
    | SrtpReceived
    | GateDestroyed
    | GateBlocked
    | GatePathLost
)
