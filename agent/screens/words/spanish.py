"""Spanish: formal, short; a person decides from it whether to speak."""

from typing import Final

from agent.phone.call_views import Choice
from agent.phone.events import AccountCondition, EncryptionFault, EndReason, TransferOutcome
from agent.phone.machine import UpdateProblem
from agent.phone.security import SecurityState
from agent.phone.views import Notice
from agent.screens.words.doctor_spanish import FINDINGS
from agent.screens.words.menu_spanish import LABELS
from agent.screens.words.network_spanish import SENTENCES
from agent.screens.words.spelling import spelled
from agent.screens.words.words import Alert, CallsWords, Words
from hw.types import Device

_MONTHS: Final = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)

SPANISH: Final = Words(
    months=_MONTHS,
    day="{day} de {month}",
    first_day="{day} de {month}",
    accounts={
        AccountCondition.STARTING: "Conectando",
        AccountCondition.READY: "Listo",
        AccountCondition.REFUSED: "El servidor lo rechaza",
        AccountCondition.UNREACHABLE: "Servidor no disponible",
        AccountCondition.UNTRUSTED: "Servidor no fiable",
    },
    sentences=SENTENCES,
    findings={**SENTENCES, **FINDINGS},
    because="{what}: {reason}",
    direct_calls_only="Solo llamadas directas",
    restored="Memoria movida o restaurada: compare todo de nuevo",
    configuration_refused="Ajustes nuevos rechazados",
    low_voltage="Fuente demasiado débil",
    too_hot="Demasiado calor: ventílelo",
    installing="Software nuevo: {percent} % instalado",
    update_problems={
        UpdateProblem.NOT_TRUSTED: "Actualización dañada o no firmada para este teléfono",
        UpdateProblem.OTHER_MACHINE: "Actualización para otro aparato",
        UpdateProblem.NOT_NEWER: "Actualización no más nueva",
        UpdateProblem.UNREADABLE: "Actualización ilegible",
        UpdateProblem.NO_ROOM: "Sin sitio para la actualización",
        UpdateProblem.NOT_WRITTEN: "No se pudo escribir la actualización",
    },
    missed_one="1 llamada perdida",
    missed_many="{count} llamadas perdidas",
    devices={
        Device.KEYPAD: "Sin teclado",
        Device.HOOK: "Sin gancho",
        Device.LEDS: "Sin luces",
        Device.RINGER: "Sin timbre",
        Device.DISPLAY: "Sin pantalla",
        Device.HANDSET: "Sin auricular",
        Device.HEADSET: "Sin cascos",
    },
    and_more="y {count} más",
    nameless="Sin nombre",
    dial="Marque",
    dialling_keys="# o llamar: marcar",
    calling="Llamando a",
    ringing_there="Está sonando",
    lift_handset="Descuelgue para hablar con",
    they_wait="Le esperan",
    call_from="Llamada de",
    call_for="para {account}",
    new_here="Nuevo aquí",
    verified_on="Verificado el {date}",
    verified_on_as="{name}, verificado el {date}",
    signalling_not_verified="Señalización no verificada",
    securing="Asegurando…",
    no_sound_yet="Sin sonido hasta ser segura",
    alarms={
        SecurityState.SAS_MISMATCH: Alert(
            "INTERVENIDA.", "Alguien está entre ustedes. No diga nada secreto."
        ),
        SecurityState.CACHE_MISMATCH: Alert("Algo ha cambiado.", "Compare las palabras AHORA."),
        SecurityState.ANOTHER_PHONE: Alert(
            "", "Este NO es el teléfono que usted verificó. Compare las palabras."
        ),
        SecurityState.HASH_DIFFERS: Alert(
            "", "La llamada fue alterada en el camino. Compare las palabras AHORA."
        ),
    },
    another_phone_on="Este NO es el teléfono verificado el {date}. Compare las palabras.",
    said_to_be="¿{name}?",
    show_words="ver las palabras",
    go_on_or_hang_up="Cuelgue; o Llamar: seguir",
    compare={
        SecurityState.SAS_MISMATCH: "Usted dijo: son distintas",
        SecurityState.NOT_ENCRYPTED: "Sin cifrado",
        SecurityState.CACHE_MISMATCH: "Algo ha cambiado",
        SecurityState.ANOTHER_PHONE: "NO es el teléfono de antes",
        SecurityState.HASH_DIFFERS: "Alterada en el camino",
        SecurityState.SECURING: "Asegurando…",
        SecurityState.SIGNALLING_NOT_VERIFIED: "Compare: {name}",
        SecurityState.SERVER_CAN_LISTEN: "El servidor puede oír",
        SecurityState.HASH_MISSING: "Compare: {name}",
        SecurityState.NOT_VERIFIED: "Compare: {name}",
        SecurityState.ZRTP_SECURE: "Verificado: {name}",
        SecurityState.GREEN_SECURE: "Verificado, verde: {name}",
    },
    compare_weaker="Claves más débiles: {name}",
    relayed_by="Transmitido por {name}",
    relayed_unsigned_by="Línea sin verificar; {name}",
    you_read=("Usted", "lee"),
    they_read=("Usted", "oye"),
    you_spell="Lee: {spelling}",
    they_spell="Oye: {spelling}",
    read_aloud="Léanse las palabras en voz alta",
    match="igual",
    differ="distinto",
    later="luego",
    back="volver",
    keep_holding_match="Mantenga: son iguales",
    keep_holding_differ="Mantenga: son distintas",
    what_they_read="¿Qué lee {name}?",
    which_do_they_read="Usted oye: mantenga 1, 2, 3 o 4",
    hold_what_you_hear="Mantenga lo que oye",
    none_of_them="ninguna",
    keep_holding="Mantenga: {what}",
    spelling=spelled("cero uno dos tres cuatro cinco seis siete ocho nueve"),
    may_listen="Esta centralita pide escuchar todas las llamadas que transmite. ¿Lo permite?",
    allow="permitir",
    refuse="rechazar",
    keep_holding_allow="Mantenga: permitir",
    who_is_it="Verificado. ¿Quién es?",
    small_letters="abc",
    capitals="ABC",
    digits="123",
    mode="modo",
    delete="borrar",
    done="listo",
    states={
        SecurityState.SAS_MISMATCH: "INTERVENIDA",
        SecurityState.NOT_ENCRYPTED: "Sin cifrado",
        SecurityState.CACHE_MISMATCH: "Algo cambió",
        SecurityState.ANOTHER_PHONE: "Otro teléfono",
        SecurityState.HASH_DIFFERS: "Alterada",
        SecurityState.SECURING: "Asegurando…",
        SecurityState.SIGNALLING_NOT_VERIFIED: "No verificado",
        SecurityState.SERVER_CAN_LISTEN: "El servidor puede oír",
        SecurityState.HASH_MISSING: "No verificado",
        SecurityState.NOT_VERIFIED: "No verificado",
        SecurityState.ZRTP_SECURE: "Verificado",
        SecurityState.GREEN_SECURE: "Verificado, verde",
    },
    muted="Mudo",
    calls_itself="dice ser {name}",
    notices={
        Notice.SIGNALLING_NOT_VERIFIED: "Señalización no verificada",
        Notice.DISCLOSURE: "El otro teléfono dice que puede revelar esta llamada",
        Notice.ENROLLED: "En medio, y puede escuchar: {exchange}",
        Notice.MITM: "Una centralita está en medio y puede escuchar",
        Notice.AUX_MISMATCH: "El secreto acordado de antemano no coincide",
        Notice.WEAK: "Claves débiles, permitidas por la configuración",
        Notice.WEAKER: "Claves más débiles que antes",
        Notice.HASH_STRIPPED: "Este teléfono se anunciaba antes, y ahora no",
        Notice.HASH_MISSING: "Teléfono no anunciado",
        Notice.SAS_NOT_COMPARED: "Palabras aún no comparadas: confirmar las muestra",
        Notice.CLEAR_REFUSED: "El otro teléfono pidió seguir sin cifrado: rechazado",
        Notice.REENCRYPTION_REFUSED: "El servidor quiso quitar el cifrado",
    },
    notices_short={
        Notice.SIGNALLING_NOT_VERIFIED: "Señalización no verificada",
        Notice.DISCLOSURE: "Allí se puede revelar",
        Notice.ENROLLED: "Puede escuchar: {exchange}",
        Notice.MITM: "Una centralita puede escuchar",
        Notice.AUX_MISMATCH: "Secreto acordado distinto",
        Notice.WEAK: "Claves débiles, permitidas",
        Notice.WEAKER: "Claves más débiles que antes",
        Notice.HASH_STRIPPED: "Ya no se anuncia",
        Notice.HASH_MISSING: "Teléfono no anunciado",
        Notice.SAS_NOT_COMPARED: "Palabras no comparadas",
        Notice.CLEAR_REFUSED: "Seguir sin cifrado: rechazado",
        Notice.REENCRYPTION_REFUSED: "Cifrado en peligro",
    },
    calls=CallsWords(
        present="{name}: {state}",
        another_call="Otra llamada",
        answer="atender",
        turn_away="rechazar",
        choices={
            Choice.RESUME: "Seguir hablando",
            Choice.HOLD: "Retener",
            Choice.NEW_CALL: "Nueva llamada",
            Choice.SWAP: "Cambiar a {name}",
            Choice.TRANSFER: "Pasar a un número",
            Choice.PUT_THROUGH: "Pasar a {name}",
            Choice.CONFERENCE: "Entre tres con {name}",
            Choice.PART: "Retener a {name}",
            Choice.MUTE: "Silenciar",
            Choice.UNMUTE: "Quitar silencio",
            Choice.LOUDER: "Más alto",
            Choice.SOFTER: "Más bajo",
            Choice.WORDS: "Ver las palabras",
            Choice.WORDS_OF_SECOND: "Palabras con {name}",
            Choice.UNVERIFY: "Ya no verificado",
        },
        choose="elegir",
        on_hold="Retenida",
        go_on="Llamar: seguir",
        on_hold_too="En espera: {name}",
        held_there="Le tienen en espera",
        silent="No llega sonido de allí",
        cut="Sin red: la línea está cortada",
        poor="Mala línea",
        not_heard="no se oye",
        transfers={
            TransferOutcome.TRYING: "Pasando la llamada",
            TransferOutcome.DONE: "Llamada pasada",
            TransferOutcome.FAILED: "No se pudo pasar",
        },
        put_through_to="Pasar a {name} con",
        transfer_keys="# o llamar: pasar",
        wants_to_transfer="{name} quiere pasarle con {to}. Habrá que comparar otras palabras.",
        yes="sí",
        no="no",
        hears_already="Ya se le oye",
        messages_one="1 mensaje nuevo",
        messages_many="{count} mensajes nuevos",
        messages_some="Mensajes nuevos",
        do_not_disturb="No molestar",
        forwarded_to="Toda llamada va a {name}",
    ),
    no_encryption=Alert("", "Allí no hay cifrado. Llamada no conectada."),
    faults={
        EncryptionFault.ATTACK: Alert(
            "ATAQUE.", "Alguien intentó ponerse entre ustedes. Llamada no conectada."
        ),
        EncryptionFault.HASH_DIFFERS: Alert(
            "", "La llamada fue alterada en el camino. Llamada no conectada."
        ),
        EncryptionFault.NO_COMMON_ALGORITHM: Alert(
            "", "El otro teléfono no tiene un cifrado compatible. Llamada no conectada."
        ),
        EncryptionFault.TIMED_OUT: Alert(
            "", "El otro teléfono calló antes de que la llamada fuera segura."
        ),
        EncryptionFault.PROTOCOL: Alert(
            "", "Los teléfonos no se pusieron de acuerdo. Llamada no conectada."
        ),
        EncryptionFault.DOWNGRADED: Alert(
            "", "Los verificó usted, pero ahora solo cifraría el servidor. Llamada no conectada."
        ),
        EncryptionFault.STORE: Alert(
            "", "Este teléfono no puede escribir su memoria. Llamada no conectada."
        ),
        EncryptionFault.NO_WAY: Alert(
            "", "Las redes no dejan pasar sonido entre los teléfonos. Llamada no conectada."
        ),
    },
    endings={
        EndReason.REMOTE_HUNG_UP: "Han colgado",
        EndReason.LOCAL_HUNG_UP: "Llamada terminada",
        EndReason.CANCELLED: "Dejaron de llamar",
        EndReason.BUSY: "Ocupado",
        EndReason.DECLINED: "Llamada rechazada",
        EndReason.NOT_FOUND: "Nadie tiene este número",
        EndReason.NO_ANSWER: "No contestan",
        EndReason.UNREACHABLE: "No disponible",
        EndReason.NOT_TRUSTED: "Su certificado no es válido",
        EndReason.NO_COMMON_ENCRYPTION: "El otro teléfono no tiene un cifrado compatible",
        EndReason.NOT_PERMITTED: "No permitido",
        EndReason.TRANSFERRED: "Llamada pasada",
        EndReason.ELSEWHERE: "Atendida en otro sitio",
        EndReason.NETWORK_LOST: "Sin red: la llamada se perdió",
        EndReason.FAILED: "La llamada falló",
    },
    talked_for="Hablaron {duration}",
    unknown="Nadie tiene este número",
    emergency_needs_account="Sin cuenta no hay llamada de emergencia",
    menu=LABELS,
)


def spanish() -> Words:
    """They, for who loads them late."""
    return SPANISH
