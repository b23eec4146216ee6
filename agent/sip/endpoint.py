"""The phone's SIP endpoint, as the loop sees it: orders go in, events come out."""

from collections.abc import Callable

from agent.media.tones import ToneSpec
from agent.sip.events import SipEvent
from agent.sip.settings import SipSettings
from agent.sip.stack import SipStack
from agent.sip.thread import SipThread
from hw.board import HandsetDevices

BUSY_HERE = 486


class SipEndpoint:
    """SIP over TLS with its own thread. There can be one in a process: PJSIP is global.

    An order for a call that is over does nothing: the news of its end is on the way.

    Args:
        settings: The phone's SIP.
        emit: Takes the events, on the SIP thread; must do no more than put them in a queue.
        on_library_ready: Called on the SIP thread after the library is up and before there
            is any transport: the place to put the gate into the path of the media.
        handset: Where the handset's sound comes from and goes to.
    """

    def __init__(
        self,
        settings: SipSettings,
        emit: Callable[[SipEvent], None],
        on_library_ready: Callable[[], None],
        handset: HandsetDevices,
    ) -> None:
        self._stack = SipStack(settings, emit, on_library_ready, handset)
        self._thread = SipThread(self._stack)

    async def start(self) -> None:
        """Listens, and begins to register.

        Raises:
            SipError: The library, the certificate or the port will not do.
        """
        await self._thread.start()

    async def stop(self) -> None:
        """Hangs up, unregisters and ends; takes a second at most."""
        await self._thread.stop()

    async def dial(self, call: str, uri: str, account: str | None) -> None:
        """Calls somebody; `Dialled` or `Ended` follows.

        Args:
            call: The name that the call gets.
            uri: Whom to call, e.g. "sip:bob@example.org" or "sip:192.0.2.7".
            account: The account's name; None or empty: directly to that address.

        Raises:
            SipError: SIP is not running.
        """
        await self._thread.run(lambda: self._stack.dial(call, uri, account))

    async def ring(self, call: str) -> None:
        """Tells the caller that this phone rings (180)."""
        await self._thread.run(lambda: self._stack.calls.ring(call))

    async def answer(self, call: str) -> None:
        """Takes an incoming call (200); `Answered` follows."""
        await self._thread.run(lambda: self._stack.calls.answer(call))

    async def hang_up(self, call: str, code: int = BUSY_HERE) -> None:
        """Ends a call; `Ended` follows.

        Args:
            call: The call's name.
            code: The status for an incoming call that was not answered.
        """
        await self._thread.run(lambda: self._stack.calls.hang_up(call, code))

    async def send_dtmf(self, call: str, symbol: str) -> None:
        """Sends a digit, "*" or "#" within the call (RFC 4733)."""
        await self._thread.run(lambda: self._stack.calls.send_dtmf(call, symbol))

    async def connect_audio(self, call: str) -> None:
        """Joins the call with the handset."""
        await self._thread.run(lambda: self._stack.calls.connect_audio(call))

    async def disconnect_audio(self, call: str) -> None:
        """Takes the call off the handset."""
        await self._thread.run(lambda: self._stack.calls.disconnect_audio(call))

    async def hold(self, call: str) -> None:
        """Puts the other side on hold (re-INVITE, RFC 3264 section 8.4); its keys stay."""
        await self._thread.run(lambda: self._stack.calls.hold(call))

    async def resume(self, call: str) -> None:
        """Takes the other side off hold."""
        await self._thread.run(lambda: self._stack.calls.resume(call))

    async def transfer(self, call: str, uri: str) -> None:
        """Asks the other side to call that address instead; `TransferProgress` follows.

        Args:
            call: The call's name.
            uri: Whom it should call.
        """
        await self._thread.run(lambda: self._stack.transfers.transfer(call, uri))

    async def transfer_to(self, call: str, other: str) -> None:
        """Joins the other sides of two calls (Replaces, RFC 3891); `TransferProgress` follows.

        Args:
            call: Whose other side is asked to call.
            other: Whose other side it calls, in our place.
        """
        await self._thread.run(lambda: self._stack.transfers.transfer_to(call, other))

    async def accept_transfer(self, call: str, new_call: str) -> None:
        """Calls whom the other side named: with keys of its own, and nothing of this call's.

        Args:
            call: In which it was asked for (`TransferRequested`).
            new_call: The name that the new call gets; `Dialled` or `Ended` follows.
        """
        await self._thread.run(lambda: self._stack.transfers.accept(call, new_call))

    async def decline_transfer(self, call: str) -> None:
        """Tells the other side that nobody will be called (603)."""
        await self._thread.run(lambda: self._stack.transfers.decline(call))

    async def redirect(self, call: str, uri: str) -> None:
        """Sends an incoming call elsewhere (302); `Ended` follows.

        Args:
            call: The call's name.
            uri: Where to.
        """
        await self._thread.run(lambda: self._stack.calls.redirect(call, uri))

    async def join_audio(self, calls: tuple[str, ...]) -> None:
        """A conference: lets these calls and the handset hear each other, and nobody else."""
        await self._thread.run(lambda: self._stack.calls.join_audio(calls))

    async def part_audio(self, calls: tuple[str, ...]) -> None:
        """Separates these calls from each other and from the handset."""
        await self._thread.run(lambda: self._stack.calls.part_audio(calls))

    async def play_tone(self, tone: ToneSpec | None) -> None:
        """Plays a tone into the earpiece instead of the one before; None stops it."""
        await self._thread.run(lambda: self._stack.audio.play(tone))

    async def set_microphone_muted(self, muted: bool) -> None:  # noqa: FBT001 - what it sets
        """Sends silence instead of the microphone's sound, or the sound again."""
        await self._thread.run(lambda: self._stack.audio.set_muted(muted))

    async def know(self, addresses: tuple[str, ...]) -> None:
        """Keeps room for those who come from these addresses, whatever strangers take up."""
        await self._thread.run(lambda: self._stack.know(addresses))

    async def network_gone(self) -> None:
        """There is no network: what is under way ends, and calls that are up are `LineCut`."""
        await self._thread.run(self._stack.network_gone)

    async def network_up(self, addresses: tuple[str, ...], *, anew: bool) -> None:
        """There is a network: where it is another one, all goes on in it.

        Args:
            addresses: This machine's own.
            anew: Nothing that was connected can be relied on.
        """
        await self._thread.run(lambda: self._stack.network_up(addresses, anew=anew))

    async def lose_handset(self, reason: str) -> None:
        """The handset's card went away; calls go on without sound.

        Args:
            reason: A sentence for the person with the screwdriver.
        """
        await self._thread.run(lambda: self._stack.audio.lose(reason))

    async def use_devices(self, devices: HandsetDevices) -> None:
        """Speaks and hears by other devices; calls and tones go on there."""
        await self._thread.run(lambda: self._stack.audio.use(devices))

    async def set_level(self, level: float) -> None:
        """Plays softer: 1 as it comes, 0 not at all."""
        await self._thread.run(lambda: self._stack.audio.set_level(level))
