"""What a person must know before a word is spoken: alarms, and calls without keys."""

from typing import Final

from agent.phone.events import EncryptionFault
from agent.phone.security import SecurityState
from agent.phone.views import Alarm, AllowEnrolment, Insecure, NotEncrypted, Securing
from agent.screens.fonts import BOLD_10, NAMES, SENTENCES, SMALL
from agent.screens.icons import WARNING
from agent.screens.layout import BAR, FOOT, Align, Canvas, largest
from agent.screens.words import Alert, Words
from hw.types import HEIGHT, WIDTH, Key, Picture

_FLASH_MS: Final = 500


def draw_securing(view: Securing, words: Words) -> Picture:
    """Answered, and no sound yet: why it is silent."""
    canvas = Canvas()
    if not view.signalling_verified:
        canvas.bar(WARNING, words.signalling_not_verified)
    canvas.paragraph(words.called(view.name), NAMES, BAR + 4, 37)
    canvas.line(words.securing, BOLD_10, 40, align=Align.CENTRE)
    canvas.foot(words.no_sound_yet)
    return canvas.picture()


def draw_alarm(view: Alarm, words: Words) -> Picture:
    """The whole screen warns; below stands which key leads on."""
    warning = words.alarms[view.state]
    if view.state is SecurityState.ANOTHER_PHONE and view.verified_on is not None:
        sentence = words.another_phone_on.format(date=words.date(view.verified_on))
        warning = Alert("", sentence)
    canvas = _warned(view.name, warning, FOOT, words)
    if view.state is SecurityState.SAS_MISMATCH:
        canvas.foot(words.go_on_or_hang_up)
        return canvas.picture(invert_every_ms=_FLASH_MS)
    canvas.keys((Key.CONFIRM, words.show_words))
    return canvas.picture()


def draw_allow_enrolment(view: AllowEnrolment, words: Words) -> Picture:
    """A telephone system asks to listen in; below stand the keys, once they count."""
    canvas = _warned(view.name, Alert("", words.may_listen), FOOT, words)
    if view.holding:
        canvas.foot_bar(words.keep_holding_allow)
    elif view.answerable:
        canvas.keys((Key.CONFIRM, words.allow), (Key.STAR, words.refuse))
    return canvas.picture()


def draw_not_encrypted(view: NotEncrypted, words: Words) -> Picture:
    """The other side has no encryption."""
    return _warned(view.name, words.no_encryption, HEIGHT, words).picture()


def draw_insecure(view: Insecure, words: Words) -> Picture:
    """ZRTP failed; an attack flashes."""
    attacked = view.fault is EncryptionFault.ATTACK
    canvas = _warned(view.name, words.faults[view.fault], HEIGHT, words)
    return canvas.picture(invert_every_ms=_FLASH_MS if attacked else 0)


def _warned(name: str, warning: Alert, bottom: int, words: Words) -> Canvas:
    canvas = Canvas()
    canvas.bar(WARNING, words.said_to_be.format(name=words.called(name)))
    top = BAR + SMALL.above
    if warning.headline:
        font = largest(warning.headline, NAMES, WIDTH)
        canvas.line(warning.headline, font, BAR + font.above, align=Align.CENTRE)
        top = BAR + font.above + font.capitals + SMALL.above
    canvas.paragraph(warning.sentence, SENTENCES, top, bottom)
    return canvas
