"""The handset as a stream of sound: a simulated phone whose microphone is in a browser.

The port of PJSIP's conference bridge that the stream ends in is written in C. The bridge's
thread calls it every 20 ms, for all calls at once, so nothing in it may wait. pjsua2 has a
port for Python, too, but each of its frames would wait for the GIL: while ZRTP computes or a
picture is drawn, everybody's sound would stop. And garbage that happens to be collected on the
bridge's thread would be destroyed there. The C port only reads and writes a socket that it
never waits for; whatever Python does at its other end, late or never, costs at worst silence.
"""

from typing import Any

from agent.media import _handset_port
from agent.media.devices import AudioDeviceError


def open_port(endpoint: Any, descriptor: int) -> Any:
    """Adds the stream to the bridge; it stays there until the library ends.

    Args:
        endpoint: The pjsua2 endpoint, after `libStart`.
        descriptor: A socket as `hw.board.HandsetStream` has it; it is duplicated.

    Returns:
        The stream's AudioMedia: what is sent to it is heard, what comes from it was spoken.

    Raises:
        AudioDeviceError: The bridge is full, or the descriptor is none.
    """
    try:
        slot = _handset_port.add(descriptor)
    except (OSError, RuntimeError) as error:
        raise AudioDeviceError(f"The handset's sound cannot be taken up: {error}") from None
    # pjsua2 knows no other way from a slot to the object that stands for it.
    return next(media for media in endpoint.mediaEnumPorts2() if media.getPortId() == slot)
