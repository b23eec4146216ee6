"""French: formal, short; a person decides from it whether to speak."""

from typing import Final

from agent.phone.call_views import Choice
from agent.phone.events import AccountCondition, EncryptionFault, EndReason, TransferOutcome
from agent.phone.machine import UpdateProblem
from agent.phone.security import SecurityState
from agent.phone.views import Notice
from agent.screens.words.doctor_french import FINDINGS
from agent.screens.words.menu_french import LABELS
from agent.screens.words.network_french import SENTENCES
from agent.screens.words.spelling import spelled
from agent.screens.words.words import Alert, CallsWords, Words
from hw.types import Device

_MONTHS: Final = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)

FRENCH: Final = Words(
    months=_MONTHS,
    day="{day} {month}",
    first_day="{day}er {month}",
    accounts={
        AccountCondition.STARTING: "Connexion",
        AccountCondition.READY: "Prêt",
        AccountCondition.REFUSED: "Refusé par le serveur",
        AccountCondition.UNREACHABLE: "Serveur injoignable",
        AccountCondition.UNTRUSTED: "Serveur pas digne de confiance",
    },
    sentences=SENTENCES,
    findings={**SENTENCES, **FINDINGS},
    because="{what} : {reason}",
    direct_calls_only="Appels directs seulement",
    restored="Mémoire déplacée ou restaurée : recomparez tous les mots",
    configuration_refused="Nouveaux réglages refusés",
    low_voltage="Alimentation trop faible",
    too_hot="Trop chaud : aérez-le",
    installing="Nouveau logiciel : {percent} % installé",
    update_problems={
        UpdateProblem.NOT_TRUSTED: "Mise à jour abîmée ou non signée pour ce téléphone",
        UpdateProblem.OTHER_MACHINE: "Mise à jour pour un autre appareil",
        UpdateProblem.NOT_NEWER: "Mise à jour pas plus récente",
        UpdateProblem.UNREADABLE: "Mise à jour illisible",
        UpdateProblem.NO_ROOM: "Pas de place pour la mise à jour",
        UpdateProblem.NOT_WRITTEN: "Mise à jour impossible à écrire",
    },
    missed_one="1 appel manqué",
    missed_many="{count} appels manqués",
    devices={
        Device.KEYPAD: "Clavier absent",
        Device.HOOK: "Crochet absent",
        Device.LEDS: "Voyants absents",
        Device.RINGER: "Sonnerie absente",
        Device.DISPLAY: "Écran absent",
        Device.HANDSET: "Combiné absent",
        Device.HEADSET: "Casque absent",
    },
    and_more="et {count} de plus",
    nameless="Sans nom",
    dial="Composez",
    dialling_keys="# ou appel : composer",
    calling="Appel vers",
    ringing_there="Ça sonne",
    lift_handset="Décrochez pour parler à",
    they_wait="On vous attend",
    call_from="Appel de",
    call_for="pour {account}",
    new_here="Nouveau ici",
    verified_on="Vérifié le {date}",
    verified_on_as="{name}, vérifié le {date}",
    signalling_not_verified="Signalisation non vérifiée",
    securing="Sécurisation…",
    no_sound_yet="Pas de son avant la sécurité",
    alarms={
        SecurityState.SAS_MISMATCH: Alert(
            "SUR ÉCOUTE.", "Quelqu'un est entre vous. Ne dites rien de secret."
        ),
        SecurityState.CACHE_MISMATCH: Alert(
            "Quelque chose a changé.", "Comparez les mots MAINTENANT."
        ),
        SecurityState.ANOTHER_PHONE: Alert(
            "", "Ce n'est PAS le téléphone que vous aviez vérifié. Comparez les mots."
        ),
        SecurityState.HASH_DIFFERS: Alert(
            "", "L'appel a été altéré en chemin. Comparez les mots MAINTENANT."
        ),
    },
    another_phone_on="Ce n'est PAS le téléphone vérifié le {date}. Comparez les mots.",
    said_to_be="{name} ?",
    show_words="voir les mots",
    go_on_or_hang_up="Raccrochez ; Appel : continuer",
    compare={
        SecurityState.SAS_MISMATCH: "Vous avez dit : différents",
        SecurityState.NOT_ENCRYPTED: "Non chiffré",
        SecurityState.CACHE_MISMATCH: "Quelque chose a changé",
        SecurityState.ANOTHER_PHONE: "PAS le téléphone d'avant",
        SecurityState.HASH_DIFFERS: "Altéré en chemin",
        SecurityState.SECURING: "Sécurisation…",
        SecurityState.SIGNALLING_NOT_VERIFIED: "Comparez : {name}",
        SecurityState.SERVER_CAN_LISTEN: "Le serveur peut écouter",
        SecurityState.HASH_MISSING: "Comparez : {name}",
        SecurityState.NOT_VERIFIED: "Comparez : {name}",
        SecurityState.ZRTP_SECURE: "Vérifié : {name}",
        SecurityState.GREEN_SECURE: "Vérifié, vert : {name}",
    },
    compare_weaker="Clés plus faibles : {name}",
    relayed_by="Transmis par {name}",
    relayed_unsigned_by="Ligne non vérifiée ; {name}",
    you_read=("Vous", "lisez"),
    they_read=("L'autre", "lit"),
    you_spell="Vous : {spelling}",
    they_spell="L'autre : {spelling}",
    read_aloud="Lisez-vous les mots à voix haute",
    match="pareil",
    differ="différent",
    later="après",
    back="retour",
    keep_holding_match="Maintenez : identiques",
    keep_holding_differ="Maintenez : différents",
    what_they_read="Que lit {name} ?",
    which_do_they_read="L'autre lit : tenez 1, 2, 3 ou 4",
    hold_what_you_hear="Tenez ce que vous entendez",
    none_of_them="aucun",
    keep_holding="Maintenez : {what}",
    spelling=spelled("zéro un deux trois quatre cinq six sept huit neuf"),
    may_listen=("Ce central demande à écouter tous les appels qu'il transmet. L'autorisez-vous ?"),
    allow="autoriser",
    refuse="refuser",
    keep_holding_allow="Maintenez : autoriser",
    who_is_it="Vérifié. Qui est-ce ?",
    small_letters="abc",
    capitals="ABC",
    digits="123",
    mode="mode",
    delete="effacer",
    done="fini",
    states={
        SecurityState.SAS_MISMATCH: "SUR ÉCOUTE",
        SecurityState.NOT_ENCRYPTED: "Non chiffré",
        SecurityState.CACHE_MISMATCH: "A changé",
        SecurityState.ANOTHER_PHONE: "Autre téléphone",
        SecurityState.HASH_DIFFERS: "Altéré en chemin",
        SecurityState.SECURING: "Sécurisation…",
        SecurityState.SIGNALLING_NOT_VERIFIED: "Non vérifié",
        SecurityState.SERVER_CAN_LISTEN: "Le serveur peut écouter",
        SecurityState.HASH_MISSING: "Non vérifié",
        SecurityState.NOT_VERIFIED: "Non vérifié",
        SecurityState.ZRTP_SECURE: "Vérifié",
        SecurityState.GREEN_SECURE: "Vérifié, vert",
    },
    muted="Muet",
    calls_itself="se dit {name}",
    notices={
        Notice.SIGNALLING_NOT_VERIFIED: "Signalisation non vérifiée",
        Notice.DISCLOSURE: "L'autre téléphone dit qu'il peut divulguer cet appel",
        Notice.ENROLLED: "Au milieu, et peut écouter : {exchange}",
        Notice.MITM: "Un central est au milieu et peut écouter",
        Notice.AUX_MISMATCH: "Le secret convenu d'avance ne correspond pas",
        Notice.WEAK: "Clés faibles, permises par la configuration",
        Notice.WEAKER: "Clés plus faibles qu'avant",
        Notice.HASH_STRIPPED: "Ce téléphone était annoncé avant, plus maintenant",
        Notice.HASH_MISSING: "Téléphone non annoncé",
        Notice.SAS_NOT_COMPARED: "Mots pas encore comparés : confirmer les montre",
        Notice.CLEAR_REFUSED: "L'autre téléphone voulait parler en clair : refusé",
        Notice.REENCRYPTION_REFUSED: "Le serveur a voulu couper le chiffrement",
    },
    notices_short={
        Notice.SIGNALLING_NOT_VERIFIED: "Signalisation non vérifiée",
        Notice.DISCLOSURE: "Peut y être divulgué",
        Notice.ENROLLED: "Peut écouter : {exchange}",
        Notice.MITM: "Un central peut écouter",
        Notice.AUX_MISMATCH: "Secret convenu différent",
        Notice.WEAK: "Clés faibles, permises",
        Notice.WEAKER: "Clés plus faibles qu'avant",
        Notice.HASH_STRIPPED: "N'est plus annoncé",
        Notice.HASH_MISSING: "Téléphone non annoncé",
        Notice.SAS_NOT_COMPARED: "Mots pas encore comparés",
        Notice.CLEAR_REFUSED: "Parler en clair : refusé",
        Notice.REENCRYPTION_REFUSED: "Chiffrement menacé",
    },
    calls=CallsWords(
        present="{name} : {state}",
        another_call="Autre appel",
        answer="répondre",
        turn_away="refuser",
        choices={
            Choice.RESUME: "Reprendre",
            Choice.HOLD: "Mettre en attente",
            Choice.NEW_CALL: "Nouvel appel",
            Choice.SWAP: "Passer à {name}",
            Choice.TRANSFER: "Transférer à un numéro",
            Choice.PUT_THROUGH: "Transférer {name}",
            Choice.CONFERENCE: "À trois avec {name}",
            Choice.PART: "Attente : {name}",
            Choice.MUTE: "Couper le micro",
            Choice.UNMUTE: "Rétablir le micro",
            Choice.LOUDER: "Plus fort",
            Choice.SOFTER: "Moins fort",
            Choice.WORDS: "Voir les mots",
            Choice.WORDS_OF_SECOND: "Mots avec {name}",
            Choice.UNVERIFY: "Ne plus croire vérifié",
        },
        choose="choisir",
        on_hold="Attente",
        go_on="Appel : reprendre",
        on_hold_too="En attente : {name}",
        held_there="On vous fait attendre",
        silent="Aucun son de là-bas",
        cut="Pas de réseau : ligne coupée",
        poor="Mauvaise ligne",
        not_heard="pas entendu",
        transfers={
            TransferOutcome.TRYING: "Transfert en cours",
            TransferOutcome.DONE: "Transféré",
            TransferOutcome.FAILED: "Pas transféré",
        },
        put_through_to="Transférer {name} à",
        transfer_keys="# ou appel : transférer",
        wants_to_transfer="{name} veut vous passer {to}. Il faudra comparer d'autres mots.",
        yes="oui",
        no="non",
        hears_already="Vous l'entendez déjà",
        messages_one="1 nouveau message",
        messages_many="{count} nouveaux messages",
        messages_some="Nouveaux messages",
        do_not_disturb="Ne pas déranger",
        forwarded_to="Tout appel va chez {name}",
    ),
    no_encryption=Alert("", "Aucun chiffrement là-bas. Appel non établi."),
    faults={
        EncryptionFault.ATTACK: Alert(
            "ATTAQUE.", "Quelqu'un a tenté de s'interposer. Appel non établi."
        ),
        EncryptionFault.HASH_DIFFERS: Alert(
            "", "L'appel a été altéré en chemin. Appel non établi."
        ),
        EncryptionFault.NO_COMMON_ALGORITHM: Alert(
            "", "L'autre téléphone n'a pas de chiffrement compatible. Appel non établi."
        ),
        EncryptionFault.TIMED_OUT: Alert(
            "", "L'autre téléphone s'est tu avant que l'appel soit sûr."
        ),
        EncryptionFault.PROTOCOL: Alert(
            "", "Les téléphones n'ont pas pu s'accorder. Appel non établi."
        ),
        EncryptionFault.DOWNGRADED: Alert(
            "", "Vous les aviez vérifiés, mais seul le serveur chiffrerait. Appel non établi."
        ),
        EncryptionFault.STORE: Alert(
            "", "Ce téléphone ne peut rien enregistrer. Appel non établi."
        ),
        EncryptionFault.NO_WAY: Alert(
            "", "Les réseaux ne laissent passer aucun son entre les téléphones. Appel non établi."
        ),
    },
    endings={
        EndReason.REMOTE_HUNG_UP: "On a raccroché",
        EndReason.LOCAL_HUNG_UP: "Appel terminé",
        EndReason.CANCELLED: "L'appelant a renoncé",
        EndReason.BUSY: "Occupé",
        EndReason.DECLINED: "Appel refusé",
        EndReason.NOT_FOUND: "Numéro non attribué",
        EndReason.NO_ANSWER: "Pas de réponse",
        EndReason.UNREACHABLE: "Injoignable",
        EndReason.NOT_TRUSTED: "Son certificat n'est pas valable",
        EndReason.NO_COMMON_ENCRYPTION: "L'autre téléphone n'a pas de chiffrement compatible",
        EndReason.NOT_PERMITTED: "Non autorisé",
        EndReason.TRANSFERRED: "Transféré",
        EndReason.ELSEWHERE: "Pris ailleurs",
        EndReason.NETWORK_LOST: "Pas de réseau : appel perdu",
        EndReason.FAILED: "L'appel a échoué",
    },
    talked_for="Durée de l'appel {duration}",
    unknown="Numéro non attribué",
    emergency_needs_account="Sans compte, pas d'appel d'urgence",
    menu=LABELS,
)


def french() -> Words:
    """They, for who loads them late."""
    return FRENCH
