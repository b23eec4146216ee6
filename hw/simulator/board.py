"""A board without hardware: its keys, hook and panel are at the other end of a Unix socket.

The board lives inside the phone's own daemon and on its event loop; a page, a terminal
or a script connects to the socket, sees what a person would see and presses what a
person would press. Several may be connected at once.
"""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Final, assert_never

from hw.board import Emit, HandsetDevices, check_percent
from hw.simulator.link import (
    DARK,
    LINE_LIMIT,
    FromBoard,
    FromHand,
    LinkError,
    Refused,
    Ringing,
    encode,
    read_from_hand,
)
from hw.simulator.sound import SoundSocket
from hw.simulator.unix_server import UnixServer
from hw.types import (
    Device,
    DeviceMissing,
    HeadsetPlugged,
    HeadsetUnplugged,
    HookLifted,
    HookReplaced,
    Key,
    KeyPressed,
    KeyReleased,
    Leds,
    Output,
    Picture,
    RingTone,
)

BACKLOG_LIMIT: Final = 256 * 1024
"""Bytes that may wait for a client that does not read, before it is let go."""


class SimulatedHandset:
    """The handset of a simulated phone: a browser, or WAV files for microphone and earpiece.

    Args:
        devices: The files, or ALSA devices where the machine's own sound is wanted.
        sound: Where a browser is the handset; None: nowhere.
    """

    def __init__(self, devices: HandsetDevices, sound: SoundSocket | None = None) -> None:
        self._devices = devices
        self._sound = sound
        self.volume = 100

    @property
    def devices(self) -> HandsetDevices:
        """Where PJSIP finds the microphone and the earpiece."""
        return self._devices

    def set_volume(self, percent: int) -> bool:
        """Remembers the volume, for a browser; a file has no mixer, and leaves it to the player.

        Raises:
            ValueError: Not within 0 to 100.
        """
        check_percent(percent)
        self.volume = percent
        return self._sound is not None

    def missing(self) -> str:
        """Says which file is not there, or nothing."""
        path = self._devices.microphone_file
        return f"no microphone file {path}" if path and not Path(path).is_file() else ""


class SimulatorBoard:
    """A board whose keys and panel are at the other end of a Unix socket (see `link`).

    All calls belong on the event loop that runs when `start` is called.

    Args:
        socket_path: The socket, made with mode 0600; its folder is made if need be.
        devices: The handset's sound.
        sound: The socket for it, where `devices` has it as its stream.
        lifted: Whether the handset lies beside the phone at the start.
    """

    def __init__(
        self,
        socket_path: Path,
        devices: HandsetDevices,
        *,
        sound: SoundSocket | None = None,
        lifted: bool = False,
    ) -> None:
        self._server = UnixServer(socket_path, self._serve, LINE_LIMIT)
        self._handset = SimulatedHandset(devices, sound)
        self._headset = SimulatedHandset(devices, sound)
        self._sound = sound
        self._plugged = False
        self._ring_volume = 100
        self._lifted = lifted
        self._picture = DARK
        self._is_dark = False
        self._leds = Leds()
        self._tone: RingTone | None = None
        self._held: Counter[Key] = Counter()
        self._clients: set[asyncio.StreamWriter] = set()
        self._emit: Emit | None = None

    @property
    def handset(self) -> SimulatedHandset:
        """The handset's sound."""
        return self._handset

    @property
    def headset(self) -> SimulatedHandset:
        """The headset's sound: the same voice and the same ear as the handset's."""
        return self._headset

    def start(self, emit: Emit) -> None:
        """Listens on the socket; `emit` hears what the clients do.

        Raises:
            SocketInUseError: Another simulated phone listens there.
            OSError: The socket cannot be made, e.g. because a file stands in its place.
        """
        self._server.start()
        if self._sound is not None:
            self._sound.start()
            self._hold_to_the_ear()
        self._emit = emit
        if reason := self._handset.missing():
            emit(DeviceMissing(Device.HANDSET, reason))
        if self._lifted:
            emit(HookLifted())

    def show(self, picture: Picture) -> None:
        """Sends the picture to all clients."""
        self._picture = picture
        if not self._is_dark:
            self._tell_all(picture)

    def set_contrast(self, percent: int) -> None:
        """Goes dark at 0, and shows the picture again; the steps between are not simulated."""
        if self._is_dark is not (percent == 0):
            self._is_dark = percent == 0
            self._tell_all(self._seen)

    def set_leds(self, leds: Leds) -> None:
        """Switches the lamps."""
        self._leds = leds
        self._tell_all(leds)

    def ring(self, tone: RingTone | None) -> None:
        """Starts ringing, or stops (None)."""
        self._tone = tone
        self._tell_all(Ringing(tone, self._ring_volume))

    def set_volume(self, output: Output, percent: int) -> bool:
        """Sets how loud an output is; tells whether the board itself does that."""
        check_percent(percent)
        match output:
            case Output.EARPIECE:
                done = self._handset.set_volume(percent)
            case Output.HEADSET:
                done = self._headset.set_volume(percent)
            case Output.RINGER:
                self._ring_volume = percent
                self._tell_all(Ringing(self._tone, percent))
                return True
            case _:
                assert_never(output)
        self._hold_to_the_ear()
        return done

    def close(self) -> None:
        """Lets the clients go and takes the socket away."""
        self._emit = None
        self._server.close()
        if self._sound is not None:
            self._sound.close()
        for writer in self._clients:
            writer.close()

    @property
    def _seen(self) -> Picture:
        return DARK if self._is_dark else self._picture

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, from its connecting to its leaving."""
        self._clients.add(writer)
        pressed: set[Key] = set()
        hook = HookLifted() if self._lifted else HookReplaced()
        ringing = Ringing(self._tone, self._ring_volume)
        for message in (self._seen, self._leds, ringing, hook):
            writer.write(encode(message))
        if self._plugged:
            writer.write(encode(HeadsetPlugged()))
        try:
            while line := await reader.readline():
                self._take(line, writer, pressed)
        except ConnectionError:
            pass  # it left without a word, which `finally` sets right
        except ValueError:  # asyncio's: no line end within LINE_LIMIT
            writer.write(encode(Refused(f"a line has {LINE_LIMIT} bytes at most")))
        finally:
            self._clients.discard(writer)
            writer.close()
            for key in pressed:  # nobody's finger is on them any more
                self._release(key)

    def _take(self, line: bytes, writer: asyncio.StreamWriter, pressed: set[Key]) -> None:
        try:
            message = read_from_hand(line)
        except LinkError as error:
            self._tell(writer, Refused(str(error)))
            return
        self._act(message, pressed)

    def _act(self, message: FromHand, pressed: set[Key]) -> None:
        match message:
            case KeyPressed(key) if key not in pressed:
                pressed.add(key)
                self._held[key] += 1
                if self._held[key] == 1:
                    self._say(message)
            case KeyReleased(key) if key in pressed:
                pressed.discard(key)
                self._release(key)
            case HookLifted() | HookReplaced():
                lifted = isinstance(message, HookLifted)
                if lifted != self._lifted:
                    self._lifted = lifted
                    self._hold_to_the_ear()
                    self._tell_all(message)
                    self._say(message)
            case HeadsetPlugged() | HeadsetUnplugged():
                plugged = isinstance(message, HeadsetPlugged)
                if plugged != self._plugged:
                    self._plugged = plugged
                    self._hold_to_the_ear()
                    self._tell_all(message)
                    self._say(message)
            case _:
                pass  # pressed twice or released twice by the same hand: once is enough

    def _hold_to_the_ear(self) -> None:
        """A browser is the handset that is up, or the headset that is plugged in."""
        if self._sound is not None:
            at_the_ear = self._headset if self._plugged and not self._lifted else self._handset
            self._sound.volume = at_the_ear.volume
            self._sound.lifted = self._lifted or self._plugged

    def _release(self, key: Key) -> None:
        self._held[key] -= 1
        if not self._held[key]:
            self._say(KeyReleased(key))

    def _say(self, message: FromHand) -> None:
        if self._emit is not None:
            self._emit(message)

    def _tell_all(self, message: FromBoard) -> None:
        for writer in tuple(self._clients):
            self._tell(writer, message)

    @staticmethod
    def _tell(writer: asyncio.StreamWriter, message: FromBoard) -> None:
        if writer.transport.get_write_buffer_size() > BACKLOG_LIMIT:
            writer.transport.abort()
        else:
            writer.write(encode(message))
