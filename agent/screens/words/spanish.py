"""Spanish: formal, short; a person decides from it whether to speak."""

from typing import Final

from agent.phone.events import AccountCondition, EncryptionFault, EndReason
from agent.phone.security import SecurityState
from agent.phone.views import Notice
from agent.screens.words.menu_spanish import LABELS
from agent.screens.words.spelling import spelled
from agent.screens.words.words import Alert, Words
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
    because="{what}: {reason}",
    direct_calls_only="Solo llamadas directas",
    restored="Memoria movida o restaurada: compare todo de nuevo",
    missed_one="1 llamada perdida",
    missed_many="{count} llamadas perdidas",
    devices={
        Device.KEYPAD: "Sin teclado",
        Device.HOOK: "Sin gancho",
        Device.LEDS: "Sin luces",
        Device.RINGER: "Sin timbre",
        Device.DISPLAY: "Sin pantalla",
        Device.HANDSET: "Sin auricular",
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
        Notice.WEAKER: "Claves más débiles que antes",
        Notice.HASH_STRIPPED: "Este teléfono se anunciaba antes, y ahora no",
        Notice.HASH_MISSING: "Teléfono no anunciado",
        Notice.SAS_NOT_COMPARED: "Palabras aún no comparadas: confirmar las muestra",
    },
    notices_short={
        Notice.SIGNALLING_NOT_VERIFIED: "Señalización no verificada",
        Notice.DISCLOSURE: "Allí se puede revelar",
        Notice.ENROLLED: "Puede escuchar: {exchange}",
        Notice.MITM: "Una centralita puede escuchar",
        Notice.AUX_MISMATCH: "Secreto acordado distinto",
        Notice.WEAKER: "Claves más débiles que antes",
        Notice.HASH_STRIPPED: "Ya no se anuncia",
        Notice.HASH_MISSING: "Teléfono no anunciado",
        Notice.SAS_NOT_COMPARED: "Palabras no comparadas",
    },
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
        EncryptionFault.STORE: Alert(
            "", "Este teléfono no puede escribir su memoria. Llamada no conectada."
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
        EndReason.FAILED: "La llamada falló",
    },
    talked_for="Hablaron {duration}",
    unknown="Nadie tiene este número",
    menu=LABELS,
)
