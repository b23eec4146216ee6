/* Where one message ends and the next begins, before PJSIP looks for messages in what a connection
 * brought. Left alone, PJSIP drops what does not fit its buffer and takes the rest of such a body
 * for the next message: whoever gets a server to pass on a long body could write messages in the
 * server's name. And what it cannot parse it drops without a word, so that the sender waits half a
 * minute. Here a body too large is skipped to its end, a connection is closed when nobody can know
 * any more where a message begins (RFC 3261 section 18.3), and what is refused waits for an answer,
 * which is composed in Python.
 *
 * All of it runs on the thread that polls PJSIP.
 */
#include "gate.h"

#define MAX_MARKED 64
#define MAX_REFUSED 16
#define MAX_DIGITS 9  /* of a Content-Length that anybody means */

/* A connection whose next octets are no message. */
typedef struct mark {
    pjsip_transport *transport;  /* NULL: this place is free */
    pjsip_tp_state_listener_key *listener;
    pj_size_t skip;  /* so much of a body is still to come */
    pj_bool_t lost;  /* it is going to be closed; nothing on it counts */
} mark;

typedef struct refused {
    pjsip_transport *transport;
    int status;
    pj_bool_t closes;
    size_t size;
    char octets[PJSIP_MAX_PKT_LEN];
} refused;

static mark marks[MAX_MARKED];
static refused queue[MAX_REFUSED];
static unsigned queued;

static mark *mark_of(pjsip_transport *transport)
{
    for (unsigned i = 0; i < MAX_MARKED; i++)
        if (marks[i].transport == transport)
            return &marks[i];
    return NULL;
}

static void unmark(mark *which)
{
    pjsip_transport_remove_state_listener(which->transport, which->listener, which);
    memset(which, 0, sizeof(*which));
}

static void on_state(pjsip_transport *transport, pjsip_transport_state state,
                     const pjsip_transport_state_info *info)
{
    mark *which = mark_of(transport);
    (void)info;
    if (state == PJSIP_TP_STATE_DESTROY && which)
        memset(which, 0, sizeof(*which));
}

static mark *marked(pjsip_transport *transport)
{
    mark *which = mark_of(transport);
    if (which || !(which = mark_of(NULL)))
        return which;
    if (pjsip_transport_add_state_listener(transport, &on_state, which, &which->listener) !=
        PJ_SUCCESS)
        return NULL;
    which->transport = transport;
    return which;
}

/* Whether it waits for an answer now: the places are few, and who floods gets none. */
static pj_bool_t refuse(pjsip_transport *transport, int status, const char *octets, size_t size,
                        pj_bool_t closes)
{
    refused *place = &queue[queued];
    if (queued == MAX_REFUSED || size > sizeof(place->octets))
        return PJ_FALSE;
    memcpy(place->octets, octets, size);
    place->transport = transport;
    place->status = status;
    place->size = size;
    place->closes = closes;
    pjsip_transport_add_ref(transport);
    queued++;
    return PJ_TRUE;
}

/* The message cannot be told from what follows: nothing more is read on this connection. */
static void give_up(pjsip_tp_rx_data *data, int status)
{
    mark *which = marked(data->tp);
    if (which)
        which->lost = PJ_TRUE;
    if (!which || !refuse(data->tp, status, data->data, data->len, PJ_TRUE))
        pjsip_transport_shutdown2(data->tp, PJ_TRUE);
    data->len = 0;
}

static const char *after_blanks(const char *at, const char *end)
{
    for (; at < end; at++) {
        const char *line = at;
        if (*line == '\r' && line + 1 < end)
            line++;
        if (*line == '\n' && line + 1 < end && (line[1] == ' ' || line[1] == '\t'))
            at = line;  /* folded: RFC 3261 section 7.3.1 */
        else if (*at != ' ' && *at != '\t')
            break;
    }
    return at;
}

/* What follows the colon, if this line is a Content-Length or its short form. */
static const char *length_value(const char *line, const char *end)
{
    static const char name[] = "Content-Length";
    size_t size = sizeof(name) - 1;
    if ((size_t)(end - line) > size && strncasecmp(line, name, size) == 0)
        line += size;
    else if (line < end && (*line == 'l' || *line == 'L'))
        line++;
    else
        return NULL;
    line = after_blanks(line, end);
    return line < end && *line == ':' ? after_blanks(line + 1, end) : NULL;
}

/* All the lengths of a head; false if there is none, if one is no number, or if two differ. */
static pj_bool_t find_length(const char *head, const char *end, pj_size_t *length)
{
    pj_bool_t found = PJ_FALSE;
    for (const char *line = head; (line = memchr(line, '\n', (size_t)(end - line)));) {
        const char *value = length_value(++line, end);
        pj_size_t number = 0;
        unsigned digits = 0;
        if (!value)
            continue;
        for (; value < end && *value >= '0' && *value <= '9'; value++, digits++)
            number = digits < MAX_DIGITS ? number * 10 + (pj_size_t)(*value - '0') : number;
        value = after_blanks(value, end);
        if (!digits || digits > MAX_DIGITS || value == end || (*value != '\r' && *value != '\n') ||
            (found && number != *length))
            return PJ_FALSE;
        *length = number;
        found = PJ_TRUE;
    }
    return found;
}

/* How many of these octets belong to what is skipped. */
static pj_size_t skip(mark *which, pj_size_t size)
{
    size = PJ_MIN(which->skip, size);
    which->skip -= size;
    if (!which->skip)
        unmark(which);
    return size;
}

static pj_status_t on_data(pjsip_tp_rx_data *data)
{
    const char *head = data->data, *end;
    mark *which = mark_of(data->tp);
    pj_size_t body = 0, size;
    if (which && which->lost)
        data->len = 0;
    else if (which)
        data->len -= skip(which, data->len);
    else if (!(end = memmem(head, data->len, "\n\r\n", 3))) {
        if (data->len >= PJSIP_MAX_PKT_LEN)
            give_up(data, PJSIP_SC_MESSAGE_TOO_LARGE);
    } else if (!find_length(head, end + 1, &body))
        give_up(data, PJSIP_SC_BAD_REQUEST);
    else if ((size = (size_t)(end + 3 - head) + body) > PJSIP_MAX_PKT_LEN) {
        if (!(which = marked(data->tp))) {
            give_up(data, PJSIP_SC_MESSAGE_TOO_LARGE);
            return PJ_SUCCESS;
        }
        refuse(data->tp, PJSIP_SC_MESSAGE_TOO_LARGE, head, (size_t)(end + 3 - head), PJ_FALSE);
        which->skip = size;
        data->len -= skip(which, data->len);
    }
    return PJ_SUCCESS;
}

static void on_dropped(pjsip_tp_dropped_data *dropped)
{
    mark *which = mark_of(dropped->tp);
    if (dropped->status == PJ_EIGNORED)
        flow_heard(dropped->tp);
    if (dropped->status == PJ_EIGNORED && which && which->skip)
        skip(which, dropped->len);  /* line ends, which PJSIP takes away before it asks us */
    if (dropped->status == PJSIP_EINVALIDMSG || dropped->status == PJSIP_EMISSINGHDR)
        refuse(dropped->tp, PJSIP_SC_BAD_REQUEST, dropped->data, dropped->len, PJ_FALSE);
}

pj_status_t stream_install(void)
{
    pjsip_tpmgr *transports = pjsip_endpt_get_tpmgr(pjsua_var.endpt);
    memset(marks, 0, sizeof(marks));
    queued = 0;
    pj_status_t status = pjsip_tpmgr_set_recv_data_cb(transports, &on_data);
    return status == PJ_SUCCESS ? pjsip_tpmgr_set_drop_data_cb(transports, &on_dropped) : status;
}

int stream_next_refused(const char **octets, size_t *size, void **closes)
{
    if (!queued)
        return 0;
    *octets = queue[0].octets;
    *size = queue[0].size;
    *closes = queue[0].closes ? queue[0].transport : NULL;
    return queue[0].status;
}

static void send_on(pjsip_transport *transport, const char *answer, size_t size)
{
    pjsip_tpselector selector;
    memset(&selector, 0, sizeof(selector));
    selector.type = PJSIP_TPSELECTOR_TRANSPORT;
    selector.u.transport = transport;
    pjsip_tpmgr_send_raw(transport->tpmgr, transport->key.type, &selector, NULL, answer, size,
                         &transport->key.rem_addr, transport->addr_len, NULL, NULL);
}

/* Answers the next one, or not, if there is nothing to say. */
void stream_answer_refused(const char *answer, size_t size)
{
    if (!queued)
        return;
    pjsip_transport *transport = queue[0].transport;
    if (size && !transport->is_shutdown)
        send_on(transport, answer, size);
    if (queue[0].closes)
        pjsip_transport_shutdown2(transport, PJ_TRUE);
    queued--;
    memmove(&queue[0], &queue[1], queued * sizeof(queue[0]));
    pjsip_transport_dec_ref(transport);
}
