/* Who asks too much. An INVITE that is refused stays in PJSIP's memory for 32 s, with some 50 KiB,
 * until its caller acknowledges that; a thousand of them, and nobody else gets through. And what is
 * answered to somebody who does not read it waits in memory, too.
 *
 * All of it runs on the thread that polls PJSIP.
 */
#include "gate.h"

#define MOST 96              /* INVITEs at a time */
#define MOST_OF_STRANGERS 32
#define MOST_OF_THE_KNOWN 16
#define MOST_OF_A_SERVER 32
#define MOST_OF_A_CALLER 8
#define CALLS_OF_OTHERS 1    /* of the four that PJSIP has room for: no stranger takes it */
/* What a connection is busy with: transactions, answers on their way. A call that was taken counts for
 * 32 s; most of the thousand transactions that PJSIP has are left to others. */
#define MOST_UNREAD 384
/* All strangers together get no more than one of them; but a few each. */
#define A_FEW_UNREAD 8
#define MOST_CONNECTIONS 192 /* that others have opened; PJSIP has room for 256 in all */

/* A server's connection was opened by this phone. */
enum caller { A_SERVER, KNOWN, A_STRANGER, KINDS };

static const unsigned most_of_one[KINDS] = {MOST_OF_A_SERVER, MOST_OF_A_CALLER, MOST_OF_A_CALLER};
static const unsigned most_of_kind[KINDS] = {MOST, MOST_OF_THE_KNOWN, MOST_OF_STRANGERS};

/* An INVITE, by the name that its transaction has in PJSIP. */
typedef struct invite {
    pj_str_t key;  /* no pointer: the place is free */
    enum caller kind;
    pj_sockaddr from;
} invite;

static invite all[MOST];
static pjsip_transport *connections[MOST_CONNECTIONS];

static void leave(invite *one)
{
    free(one->key.ptr);
    one->key = (pj_str_t){NULL, 0};
}

static pj_bool_t take(invite *place, pjsip_rx_data *request, enum caller kind)
{
    pj_str_t key;
    char *kept;
    if (pjsip_tsx_create_key(request->tp_info.pool, &key, PJSIP_ROLE_UAS,
                             pjsip_get_invite_method(), request) != PJ_SUCCESS ||
        !(kept = malloc((size_t)key.slen)))
        return PJ_FALSE;
    memcpy(kept, key.ptr, (size_t)key.slen);
    place->key = (pj_str_t){kept, key.slen};
    place->kind = kind;
    pj_sockaddr_cp(&place->from, &request->pkt_info.src_addr);
    return PJ_TRUE;
}

/* PJSIP remembers for 32 s that a call was taken (RFC 6026), too; but then somebody wanted it. */
static pj_bool_t is_pending(const invite *one)
{
    const pjsip_transaction *found = pjsip_tsx_layer_find_tsx(&one->key, PJ_FALSE);
    return found && found->status_code / 100 != 2;
}

/* Whether there is room for one more; it takes the place. */
static pj_bool_t takes_place(pjsip_rx_data *request, enum caller kind)
{
    unsigned of_its_kind = 0, of_this_one = 0;
    invite *place = NULL;
    for (invite *one = all; one < all + MOST; one++) {
        if (one->key.ptr && !is_pending(one))
            leave(one);
        if (!one->key.ptr) {
            place = place ? place : one;
            continue;
        }
        of_its_kind += one->kind == kind ? 1 : 0;
        of_this_one += address_is_near(&one->from, &request->pkt_info.src_addr) ? 1 : 0;
    }
    return place && of_its_kind < most_of_kind[kind] && of_this_one < most_of_one[kind] &&
           take(place, request, kind);
}

static enum caller kind_of(const pjsip_rx_data *request)
{
    if (request->tp_info.transport->dir != PJSIP_TP_DIR_INCOMING)
        return A_SERVER;
    return known_is(&request->pkt_info.src_addr) ? KNOWN : A_STRANGER;
}

/* A call has its place before the phone has said that it is busy. */
static pj_bool_t is_crowded(void)
{
    return pjsua_call_get_count() + CALLS_OF_OTHERS >= pjsua_call_get_max_count();
}

static void replace(const pjsip_transport *connection, pjsip_transport *by)
{
    for (unsigned i = 0; i < MOST_CONNECTIONS; i++)
        if (connections[i] == connection) {
            connections[i] = by;
            return;
        }
}

void flood_begins(pjsip_transport *connection)
{
    if (connection->dir == PJSIP_TP_DIR_INCOMING)
        replace(NULL, connection);
}

void flood_ends(const pjsip_transport *connection)
{
    replace(connection, NULL);
}

/* By how many things all the strangers' connections are kept busy. */
static pj_atomic_value_t kept_by_strangers(void)
{
    pj_atomic_value_t sum = 0;
    for (unsigned i = 0; i < MOST_CONNECTIONS; i++)
        if (connections[i] && !known_is(&connections[i]->key.rem_addr))
            sum += pj_atomic_get(connections[i]->ref_cnt);
    return sum;
}

static pj_bool_t is_unread(const pjsip_transport *connection, enum caller kind)
{
    const pj_atomic_value_t kept = pj_atomic_get(connection->ref_cnt);
    return kept > MOST_UNREAD ||
           (kind == A_STRANGER && kept > A_FEW_UNREAD && kept_by_strangers() > MOST_UNREAD);
}

/* With PJSIP's endpoint its transactions and connections go, too. */
void flood_forget(void)
{
    memset(connections, 0, sizeof(connections));
    for (invite *one = all; one < all + MOST; one++)
        leave(one);
}

enum flood flood_judge(pjsip_rx_data *request)
{
    const pjsip_msg *message = request->msg_info.msg;
    const enum caller kind = kind_of(request);
    if (message->line.req.method.id == PJSIP_ACK_METHOD)
        return NO_FLOOD;
    if (is_unread(request->tp_info.transport, kind))
        return FLOOD_UNREAD;
    if (message->line.req.method.id == PJSIP_INVITE_METHOD && !request->msg_info.to->tag.slen &&
        ((kind == A_STRANGER && is_crowded()) || !takes_place(request, kind)))
        return FLOOD_OF_CALLS;
    return NO_FLOOD;
}
