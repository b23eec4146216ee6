"""German: formal, short; a person decides from it whether to speak."""

from typing import Final

from agent.phone.call_views import Choice
from agent.phone.events import AccountCondition, EncryptionFault, EndReason, TransferOutcome
from agent.phone.machine import UpdateProblem
from agent.phone.security import SecurityState
from agent.phone.views import Notice
from agent.screens.words.doctor_german import FINDINGS
from agent.screens.words.menu_german import LABELS
from agent.screens.words.network_german import SENTENCES
from agent.screens.words.spelling import spelled
from agent.screens.words.words import Alert, CallsWords, Words
from hw.types import Device

_MONTHS: Final = (
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
)

GERMAN: Final = Words(
    months=_MONTHS,
    day="{day}. {month}",
    first_day="{day}. {month}",
    accounts={
        AccountCondition.STARTING: "Verbinde",
        AccountCondition.READY: "Bereit",
        AccountCondition.REFUSED: "Server lehnt ab",
        AccountCondition.UNREACHABLE: "Server nicht erreichbar",
        AccountCondition.UNTRUSTED: "Server nicht vertrauenswürdig",
    },
    sentences=SENTENCES,
    findings={**SENTENCES, **FINDINGS},
    because="{what}: {reason}",
    direct_calls_only="Nur Direktanrufe",
    restored="Speicher verlegt oder ersetzt: alle Wörter neu vergleichen",
    configuration_refused="Neue Einstellungen abgelehnt",
    low_voltage="Netzteil zu schwach",
    too_hot="Zu heiß: Luft heranlassen",
    installing="Neue Software: {percent} % installiert",
    update_problems={
        UpdateProblem.NOT_TRUSTED: "Update beschädigt oder nicht für dieses Telefon signiert",
        UpdateProblem.OTHER_MACHINE: "Update ist für ein anderes Gerät",
        UpdateProblem.NOT_NEWER: "Update ist nicht neuer",
        UpdateProblem.UNREADABLE: "Update ist nicht lesbar",
        UpdateProblem.NO_ROOM: "Kein Platz für das Update",
        UpdateProblem.NOT_WRITTEN: "Update ließ sich nicht schreiben",
    },
    missed_one="1 verpasster Anruf",
    missed_many="{count} verpasste Anrufe",
    devices={
        Device.KEYPAD: "Tastatur fehlt",
        Device.HOOK: "Gabelschalter fehlt",
        Device.LEDS: "Lampen fehlen",
        Device.RINGER: "Klingel fehlt",
        Device.DISPLAY: "Anzeige fehlt",
        Device.HANDSET: "Hörer fehlt",
        Device.HEADSET: "Headset fehlt",
    },
    and_more="und noch {count}",
    nameless="Ohne Namen",
    dial="Bitte wählen",
    dialling_keys="# oder Anruftaste: wählen",
    calling="Anruf bei",
    ringing_there="Es klingelt dort",
    lift_handset="Hörer abnehmen für",
    they_wait="Man wartet auf Sie",
    call_from="Anruf von",
    call_for="für {account}",
    new_here="Neu hier",
    verified_on="Geprüft am {date}",
    verified_on_as="{name}, geprüft am {date}",
    signalling_not_verified="Signalisierung ungeprüft",
    securing="Wird gesichert …",
    no_sound_yet="Kein Ton, bis es sicher ist",
    alarms={
        SecurityState.SAS_MISMATCH: Alert(
            "ABGEHÖRT.", "Jemand ist zwischen Ihnen. Sagen Sie nichts Geheimes."
        ),
        SecurityState.CACHE_MISMATCH: Alert(
            "Etwas ist anders.", "Vergleichen Sie JETZT die Wörter."
        ),
        SecurityState.ANOTHER_PHONE: Alert(
            "", "Das ist NICHT das Telefon, das Sie geprüft haben. Wörter vergleichen!"
        ),
        SecurityState.HASH_DIFFERS: Alert(
            "", "Der Anruf wurde unterwegs verändert. Vergleichen Sie JETZT die Wörter."
        ),
    },
    another_phone_on=(
        "Das ist NICHT das Telefon, das Sie am {date} geprüft haben. Wörter vergleichen!"
    ),
    said_to_be="{name}?",
    show_words="Wörter zeigen",
    go_on_or_hang_up="Auflegen, oder weiter: Anruf",
    compare={
        SecurityState.SAS_MISMATCH: "Sie sagten: verschieden",
        SecurityState.NOT_ENCRYPTED: "Unverschlüsselt",
        SecurityState.CACHE_MISMATCH: "Etwas ist anders",
        SecurityState.ANOTHER_PHONE: "NICHT das alte Telefon",
        SecurityState.HASH_DIFFERS: "Unterwegs verändert",
        SecurityState.SECURING: "Wird gesichert …",
        SecurityState.SIGNALLING_NOT_VERIFIED: "Vergleich: {name}",
        SecurityState.SERVER_CAN_LISTEN: "Server kann mithören",
        SecurityState.HASH_MISSING: "Vergleich: {name}",
        SecurityState.NOT_VERIFIED: "Vergleich: {name}",
        SecurityState.ZRTP_SECURE: "Geprüft: {name}",
        SecurityState.GREEN_SECURE: "Geprüft, grün: {name}",
    },
    compare_weaker="Schwächere Schlüssel: {name}",
    relayed_by="Vermittelt von {name}",
    relayed_unsigned_by="Leitung ungeprüft; {name}",
    you_read=("Sie", "lesen"),
    they_read=("Sie", "hören"),
    you_spell="Sie lesen: {spelling}",
    they_spell="Sie hören: {spelling}",
    read_aloud="Lesen Sie sich die Wörter vor",
    match="gleich",
    differ="anders",
    later="später",
    back="zurück",
    keep_holding_match="Weiter halten: gleich",
    keep_holding_differ="Weiter halten: verschieden",
    what_they_read="Was liest {name}?",
    which_do_they_read="Sie hören: 1, 2, 3 oder 4 halten",
    hold_what_you_hear="Halten Sie, was Sie hören",
    none_of_them="keins",
    keep_holding="Weiter halten: {what}",
    spelling=spelled("null eins zwei drei vier fünf sechs sieben acht neun"),
    may_listen=(
        "Diese Telefonanlage will alle Anrufe mithören, die sie vermittelt. Erlauben Sie das?"
    ),
    allow="erlauben",
    refuse="ablehnen",
    keep_holding_allow="Weiter halten: erlauben",
    who_is_it="Geprüft. Wer ist es?",
    small_letters="abc",
    capitals="ABC",
    digits="123",
    mode="Art",
    delete="löschen",
    done="fertig",
    states={
        SecurityState.SAS_MISMATCH: "ABGEHÖRT",
        SecurityState.NOT_ENCRYPTED: "Unverschlüsselt",
        SecurityState.CACHE_MISMATCH: "Etwas ist anders",
        SecurityState.ANOTHER_PHONE: "Anderes Telefon",
        SecurityState.HASH_DIFFERS: "Verändert",
        SecurityState.SECURING: "Wird gesichert …",
        SecurityState.SIGNALLING_NOT_VERIFIED: "Nicht geprüft",
        SecurityState.SERVER_CAN_LISTEN: "Server kann mithören",
        SecurityState.HASH_MISSING: "Nicht geprüft",
        SecurityState.NOT_VERIFIED: "Nicht geprüft",
        SecurityState.ZRTP_SECURE: "Geprüft",
        SecurityState.GREEN_SECURE: "Geprüft, grün",
    },
    muted="Stumm",
    calls_itself="nennt sich {name}",
    notices={
        Notice.SIGNALLING_NOT_VERIFIED: "Signalisierung ungeprüft",
        Notice.DISCLOSURE: "Das andere Telefon kann diesen Anruf offenlegen, wie es sagt",
        Notice.ENROLLED: "Dazwischen, und kann mithören: {exchange}",
        Notice.MITM: "Eine Anlage ist dazwischen und kann mithören",
        Notice.AUX_MISMATCH: "Das vorher vereinbarte Geheimnis stimmt nicht",
        Notice.WEAK: "Schwache Schlüssel, von der Konfiguration erlaubt",
        Notice.WEAKER: "Schwächere Schlüssel als zuvor",
        Notice.HASH_STRIPPED: "Früher war das Telefon angekündigt, jetzt nicht",
        Notice.HASH_MISSING: "Telefon nicht angekündigt",
        Notice.SAS_NOT_COMPARED: "Wörter noch nicht verglichen: Bestätigen zeigt sie",
        Notice.CLEAR_REFUSED: "Das andere Telefon bat um Klartext: abgelehnt",
        Notice.REENCRYPTION_REFUSED: "Server wollte Verschlüsselung abschalten",
    },
    notices_short={
        Notice.SIGNALLING_NOT_VERIFIED: "Signalisierung ungeprüft",
        Notice.DISCLOSURE: "Kann dort offengelegt werden",
        Notice.ENROLLED: "Hört mit: {exchange}",
        Notice.MITM: "Eine Anlage kann mithören",
        Notice.AUX_MISMATCH: "Geheimnis stimmt nicht",
        Notice.WEAK: "Schwache Schlüssel (erlaubt)",
        Notice.WEAKER: "Schwächere Schlüssel",
        Notice.HASH_STRIPPED: "Nicht mehr angekündigt",
        Notice.HASH_MISSING: "Telefon nicht angekündigt",
        Notice.SAS_NOT_COMPARED: "Wörter nicht verglichen",
        Notice.CLEAR_REFUSED: "Klartext abgelehnt",
        Notice.REENCRYPTION_REFUSED: "Verschlüsselung bedroht",
    },
    calls=CallsWords(
        present="{name}: {state}",
        another_call="Noch ein Anruf",
        answer="annehmen",
        turn_away="abweisen",
        choices={
            Choice.RESUME: "Weitersprechen",
            Choice.HOLD: "Halten",
            Choice.NEW_CALL: "Neuer Anruf",
            Choice.SWAP: "Wechseln: {name}",
            Choice.TRANSFER: "An Nummer vermitteln",
            Choice.PUT_THROUGH: "{name} vermitteln",
            Choice.CONFERENCE: "Zu dritt mit {name}",
            Choice.PART: "{name} halten",
            Choice.MUTE: "Stumm schalten",
            Choice.UNMUTE: "Nicht mehr stumm",
            Choice.LOUDER: "Lauter",
            Choice.SOFTER: "Leiser",
            Choice.WORDS: "Wörter zeigen",
            Choice.WORDS_OF_SECOND: "Wörter mit {name}",
            Choice.UNVERIFY: "Nicht mehr geprüft",
        },
        choose="wählen",
        on_hold="Gehalten",
        go_on="Anruftaste: weiter",
        on_hold_too="Gehalten: {name}",
        held_there="Man hält Sie in der Leitung",
        silent="Von dort kommt kein Ton",
        cut="Kein Netz: Leitung unterbrochen",
        poor="Schlechte Leitung",
        not_heard="nicht zu hören",
        transfers={
            TransferOutcome.TRYING: "Wird vermittelt",
            TransferOutcome.DONE: "Vermittelt",
            TransferOutcome.FAILED: "Nicht vermittelt",
        },
        put_through_to="{name} vermitteln an",
        transfer_keys="# oder Anruf: vermitteln",
        wants_to_transfer="{name} will Sie mit {to} verbinden. Dann Wörter neu vergleichen.",
        yes="ja",
        no="nein",
        hears_already="Sie hören schon mit",
        messages_one="1 neue Nachricht",
        messages_many="{count} neue Nachrichten",
        messages_some="Neue Nachrichten",
        do_not_disturb="Bitte nicht stören",
        forwarded_to="Alle Anrufe gehen an {name}",
    ),
    no_encryption=Alert("", "Dort keine Verschlüsselung. Anruf nicht verbunden."),
    faults={
        EncryptionFault.ATTACK: Alert(
            "ANGRIFF.", "Jemand wollte sich zwischen Sie schalten. Anruf nicht verbunden."
        ),
        EncryptionFault.HASH_DIFFERS: Alert(
            "", "Der Anruf wurde unterwegs verändert. Anruf nicht verbunden."
        ),
        EncryptionFault.NO_COMMON_ALGORITHM: Alert(
            "", "Das andere Telefon hat keine passende Verschlüsselung. Nicht verbunden."
        ),
        EncryptionFault.TIMED_OUT: Alert(
            "", "Das andere Telefon verstummte, bevor der Anruf sicher war."
        ),
        EncryptionFault.PROTOCOL: Alert(
            "", "Die Telefone wurden sich nicht einig. Anruf nicht verbunden."
        ),
        EncryptionFault.DOWNGRADED: Alert(
            "", "Von Ihnen geprüft, doch nun würde nur der Server verschlüsseln. Nicht verbunden."
        ),
        EncryptionFault.STORE: Alert(
            "", "Dieses Telefon kann nichts speichern. Anruf nicht verbunden."
        ),
        EncryptionFault.NO_WAY: Alert(
            "", "Die Netze lassen keinen Ton zwischen den Telefonen durch. Nicht verbunden."
        ),
    },
    endings={
        EndReason.REMOTE_HUNG_UP: "Dort wurde aufgelegt",
        EndReason.LOCAL_HUNG_UP: "Anruf beendet",
        EndReason.CANCELLED: "Der Anrufer hat aufgelegt",
        EndReason.BUSY: "Besetzt",
        EndReason.DECLINED: "Anruf abgelehnt",
        EndReason.NOT_FOUND: "Kein Anschluss unter dieser Nummer",
        EndReason.NO_ANSWER: "Keine Antwort",
        EndReason.UNREACHABLE: "Nicht erreichbar",
        EndReason.NOT_TRUSTED: "Das Zertifikat dort ist ungültig",
        EndReason.NO_COMMON_ENCRYPTION: "Das andere Telefon hat keine passende Verschlüsselung",
        EndReason.NOT_PERMITTED: "Nicht erlaubt",
        EndReason.TRANSFERRED: "Vermittelt",
        EndReason.ELSEWHERE: "Woanders angenommen",
        EndReason.NETWORK_LOST: "Kein Netz: der Anruf brach ab",
        EndReason.FAILED: "Der Anruf ist gescheitert",
    },
    talked_for="Gesprächsdauer {duration}",
    unknown="Niemand hat diese Nummer",
    emergency_needs_account="Ohne Konto gibt es keinen Notruf",
    menu=LABELS,
)


def german() -> Words:
    """They, for who loads them late."""
    return GERMAN
