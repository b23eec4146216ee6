"""The handset's sound: a sound card, a stream or two WAV files, and what is connected to them.

PJSIP's conference bridge mixes at one rate, driven by the clock of the sound card or, without
one, by a timer. Runs on the SIP thread alone.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pjsua2 as pj

from agent.media.devices import AudioDeviceError, find_device
from agent.media.handset_stream import open_port
from agent.media.tones import ToneSpec
from hw.board import HandsetDevices, HandsetStream

log = logging.getLogger(__name__)

CLOCK_HZ: Final = 48_000
"""The rate at which the bridge mixes: Opus' own, so that its whole band comes through and
no call is resampled twice."""
FRAME_MS: Final = 20
"""Length of one RTP packet, in milliseconds."""
CARD_TURN_MS: Final = 10
"""Length of one turn of the bridge where a card drives it, in milliseconds. At the 20 of a packet,
which a turn has otherwise, what comes from a microphone waits longer at each step, and 50 to 100 ms
more in all. A WAV file of 22,050 Hz has no whole number of samples in 10 ms."""
REST_AFTER_S: Final = 1.0
"""How long after the last sound the microphone is closed, in seconds."""


class HandsetAudio:
    """The microphone and the earpiece.

    Args:
        endpoint: The pjsua2 endpoint, after `libStart`.
        devices: Where the sound comes from and goes to.
        missing: Told with a sentence when a device does not answer; the phone goes on
            without sound and tries again the next time that sound is wanted.
    """

    def __init__(
        self, endpoint: Any, devices: HandsetDevices, missing: Callable[[str], None]
    ) -> None:
        self._endpoint = endpoint
        self._manager = endpoint.audDevManager()
        self._devices = devices
        self._missing = missing
        self._complaint = ""
        self._calls: dict[str, Any] = {}
        self._joined: frozenset[str] = frozenset()
        self._muted = False
        self._level = 1.0
        self._awake = False
        self._quiet_since: float | None = None
        self._tone_plays = False
        self._microphone: Any = None
        self._stand_in: Any = None
        self._attended = False
        self._earpiece: Any = None
        self._generator: Any = pj.ToneGenerator()
        self._generator.createToneGenerator(CLOCK_HZ, 1)
        self._find()

    def connect(self, call: str, media: Any) -> None:
        """Joins a call with the handset, both ways.

        Args:
            call: The call's name.
            media: Its pjsua2 AudioMedia; another one than before after a re-INVITE.
        """
        self._calls[call] = media
        self._wake()
        self._route(call)

    def disconnect(self, call: str) -> None:
        """Takes a call off the handset and out of a conference; others stay as they are."""
        media = self._calls.pop(call, None)
        if media is not None:
            self._unplug(media)
        self._part(call, media)
        self._joined -= {call}

    def join(self, calls: tuple[str, ...]) -> None:
        """Lets these calls, and no others, hear each other, now and after every re-INVITE.

        Args:
            calls: Names; those that are not connected yet join when they are.
        """
        for call in self._joined - set(calls):
            self._part(call, self._calls.get(call))
        self._joined = frozenset(calls)
        for call in self._joined & self._calls.keys():
            self._route_to_others(call)

    def forget(self, call: str) -> None:
        """Drops a call whose media PJSIP has taken away itself."""
        self._calls.pop(call, None)
        self._joined -= {call}

    def play(self, tone: ToneSpec | None) -> None:
        """Plays a tone into the earpiece, in place of the one before; None: silence."""
        self._generator.stop()
        self._tone_plays = tone is not None
        if tone is None:
            _stop(self._generator, self._earpiece)
            return
        self._wake()
        self._generator.play(_descriptors(tone), tone.repeat)
        if self._earpiece is not None:
            self._start(self._generator, self._earpiece)

    def rest(self, now: float, *, calls: bool) -> None:
        """Closes the microphone when there has been nothing to say or to hear for a while.

        Called again and again; looks also whether somebody came to the stream or left it.

        Args:
            now: Seconds of a clock that only grows.
            calls: Whether there is any call.
        """
        stream = self._devices.stream
        if stream is not None and stream.attended != self._attended:
            self._attended = stream.attended
            self._set_levels()
        if not self._awake or self._tone_plays or self._calls or calls:
            self._quiet_since = None
        elif self._quiet_since is None:
            self._quiet_since = now
        elif now - self._quiet_since >= REST_AFTER_S:
            self._awake = False
            self._find()

    @property
    def is_awake(self) -> bool:
        """Whether `rest` has to be asked again before long."""
        return self._awake

    def set_muted(self, muted: bool) -> None:  # noqa: FBT001 - the one thing it sets
        """Takes the microphone's sound away, or gives it back.

        The stream goes on with silence of the same size, so that nobody on the network
        can tell a muted phone from one that is spoken into (RFC 6562).
        """
        self._muted = muted
        self._set_levels()

    def lose(self, reason: str) -> None:
        """The card went away: calls go on without sound, driven by a timer in its place."""
        if self._devices.is_card and not self._complaint:
            self._without(reason)

    def regain(self) -> None:
        """The card is back: whoever was connected to it is so again."""
        if self._complaint:
            self._find()
            self._route_all()

    def use(self, devices: HandsetDevices) -> None:
        """Speaks and hears by these devices from now on; calls and the tone go on there.

        The same ones as before are only asked for again if they did not answer.
        """
        if devices == self._devices and not self._complaint:
            return
        for media in self._calls.values():
            self._unplug(media)
        _stop(self._generator, self._earpiece)
        self._devices = devices
        self._microphone = self._stand_in = self._earpiece = None
        self._find()
        if self._awake:
            self._awake = False
            self._wake()
            self._route_all()

    def set_level(self, level: float) -> None:
        """Plays softer, where no mixer does it: 1 as it comes, 0 not at all."""
        self._level = level
        if self._earpiece is not None:
            # The wrong way round here, too.
            self._earpiece.adjustRxLevel(level)

    def close(self) -> None:
        """Lets go of everything; must come before `libDestroy`."""
        for call in tuple(self._calls):
            self.disconnect(call)
        self.play(None)
        self._microphone = self._stand_in = self._earpiece = self._generator = None

    def _set_levels(self) -> None:
        # Seen from the bridge, pjsua2 has the two directions the wrong way round.
        if self._microphone is not None:
            self._microphone.adjustTxLevel(0.0 if self._muted else 1.0)
        if self._stand_in is not None:
            self._stand_in.adjustTxLevel(0.0 if self._muted or self._attended else 1.0)

    def _unplug(self, media: Any) -> None:
        _stop(self._microphone, media)
        _stop(self._stand_in, media)
        _stop(media, self._earpiece)

    def _wake(self) -> None:
        """Before sound is wanted: starts the clock, or asks again for what was missing."""
        self.regain()
        if not self._devices.is_card and not self._awake:
            self._manager.setNullDev()
        self._awake = True

    def _find(self) -> None:
        """Finds the devices and leaves them closed; a card is opened by the first connection."""
        # As long as a device is open, choosing another one would open that at once.
        self._manager.setNoDev()
        try:
            if self._devices.is_card:
                self._find_card()
            elif self._devices.stream is not None:
                self._open_stream(self._devices.stream)
            else:
                self._open_files()
        except AudioDeviceError as error:
            self._without(str(error))
        else:
            self._complaint = ""
            self.set_muted(self._muted)
            self.set_level(self._level)

    def _find_card(self) -> None:
        self._manager.refreshDevs()
        found = [each for each in self._manager.enumDev2() if each.driver == "ALSA"]
        capture = find_device(
            [each.name for each in found if each.inputCount], self._devices.capture, "microphone"
        )
        playback = find_device(
            [each.name for each in found if each.outputCount], self._devices.playback, "earpiece"
        )
        self._manager.setCaptureDev(self._manager.lookupDev("ALSA", capture))
        self._manager.setPlaybackDev(self._manager.lookupDev("ALSA", playback))
        self._microphone = self._manager.getCaptureDevMedia()
        self._earpiece = self._manager.getPlaybackDevMedia()

    def _open_stream(self, stream: HandsetStream) -> None:
        if self._earpiece is None:
            self._microphone = self._earpiece = open_port(self._endpoint, stream.fileno())
        speech = self._devices.microphone_file
        if speech and self._stand_in is None:
            self._stand_in = _player(speech)

    def _open_files(self) -> None:
        microphone, earpiece = self._devices.microphone_file, self._devices.earpiece_file
        if earpiece and self._earpiece is None:
            self._earpiece = _recorder(earpiece)
        if microphone and self._microphone is None:
            self._microphone = _player(microphone)

    def _without(self, reason: str) -> None:
        self._manager.setNullDev()
        if self._devices.is_card:
            self._microphone = self._earpiece = None
        if reason != self._complaint:
            self._complaint = reason
            self._missing(reason)

    def _route_all(self) -> None:
        for call in self._calls:
            self._route(call)
        if self._tone_plays and self._earpiece is not None:
            self._start(self._generator, self._earpiece)

    def _route(self, call: str) -> None:
        media = self._calls[call]
        for source in (self._microphone, self._stand_in):
            if source is not None:
                self._start(source, media)
        if self._earpiece is not None:
            self._start(media, self._earpiece)
        self._route_to_others(call)

    def _route_to_others(self, call: str) -> None:
        media = self._calls[call]
        for other in self._joined_with(call):
            self._start(media, other)
            self._start(other, media)

    def _part(self, call: str, media: Any) -> None:
        """Separates a call from the conference; whether the handset has it does not change."""
        for other in self._joined_with(call):
            _stop(media, other)
            _stop(other, media)

    def _joined_with(self, call: str) -> list[Any]:
        """The media of those who hear this call, and whom it hears."""
        if call not in self._joined:
            return []
        return [
            media for name, media in self._calls.items() if name in self._joined and name != call
        ]

    def _start(self, source: Any, sink: Any) -> None:
        """Connects two ports; PJSIP opens a card that it had closed while it was idle."""
        try:
            source.startTransmit(sink)
        except pj.Error as error:
            if not self._devices.is_card:
                raise
            self._without(f"The handset cannot be opened: {error.reason}")


def _stop(source: Any, sink: Any) -> None:
    if source is None or sink is None:
        return
    try:
        source.stopTransmit(sink)
    except pj.Error as error:
        # The call's port may be gone already, and with it the connection.
        log.debug("not connected any more: %s", error.reason)


def _player(path: str) -> Any:
    player = pj.AudioMediaPlayer()
    try:
        player.createPlayer(path)
    except pj.Error as error:
        raise AudioDeviceError(f"The microphone's file {path}: {error.reason}") from None
    return player


def _recorder(path: str) -> Any:
    recorder = pj.AudioMediaRecorder()
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        recorder.createRecorder(path)
    except (pj.Error, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else error.reason
        raise AudioDeviceError(f"The earpiece's file {path}: {reason}") from None
    return recorder


def _descriptors(tone: ToneSpec) -> Any:
    descriptors = pj.ToneDescVector()
    for step in tone.steps:
        descriptor = pj.ToneDesc()
        descriptor.freq1 = step.frequencies[0]
        descriptor.freq2 = step.frequencies[1] if len(step.frequencies) > 1 else 0
        descriptor.on_msec = step.on_ms
        descriptor.off_msec = step.off_ms
        descriptor.volume = tone.amplitude
        descriptors.append(descriptor)
    return descriptors
