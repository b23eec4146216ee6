/* The border between the messages and PJSIP. PJSIP's own SRTP is off, and then it takes RTP/SAVP
 * for something that it cannot do: so whatever has a=crypto stands in a message as RTP/SAVP, and
 * within PJSIP as RTP/AVP. An a=crypto that came beside RTP/AVP, or above all media, means nothing
 * (RFC 4568 section 7) and does not get in: inside, a=crypto and RTP/SAVP are the same thing.
 * Nor does a host's name where an address belongs: PJSIP would ask DNS for it, and the whole phone
 * would wait for the answer, as long as whoever calls wants it to.
 *
 * All of it runs on the thread that polls PJSIP.
 */
#include "gate.h"

#include <arpa/inet.h>
#include <pjsip-ua/sip_inv.h>

static const char CRYPTO[] = "a=crypto:", AUDIO[] = "m=audio ";

static char source[GATE_ADDRESS_SIZE];

/* ---- text ---- */

typedef struct line { const char *start; size_t size, whole; } line;  /* whole: with its end */

static pj_bool_t next_line(const char *text, size_t size, size_t at, line *found)
{
    if (at >= size)
        return PJ_FALSE;
    size_t end = at;
    while (end < size && text[end] != '\r' && text[end] != '\n')
        end++;
    size_t after = end;
    while (after < size && (text[after] == '\r' || text[after] == '\n'))
        after++;
    *found = (line){text + at, end - at, after - at};
    return PJ_TRUE;
}

static pj_bool_t begins_with(const line *l, const char *word)
{
    size_t length = strlen(word);
    return l->size >= length && memcmp(l->start, word, length) == 0;
}

/* Whether the media line at `at` has an a=crypto of its own. */
static pj_bool_t section_has_crypto(const char *text, size_t size, size_t at)
{
    line l;
    next_line(text, size, at, &l);
    while (next_line(text, size, at += l.whole, &l) && !begins_with(&l, "m="))
        if (begins_with(&l, CRYPTO))
            return PJ_TRUE;
    return PJ_FALSE;
}

/* Where the profile of "m=audio 4000 RTP/AVP 0" stands: behind the second blank. NULL: nowhere. */
static const char *profile_of(const line *l)
{
    const char *end = l->start + l->size;
    const char *blank = memchr(l->start + sizeof(AUDIO) - 1, ' ', l->size - (sizeof(AUDIO) - 1));
    return blank && blank + 1 < end ? blank + 1 : NULL;
}

static pj_bool_t is_profile(const char *at, const line *l, const char *name)
{
    size_t length = strlen(name), left = (size_t)(l->start + l->size - at);
    return left > length && memcmp(at, name, length) == 0 && at[length] == ' ';
}

/* The profile that stands there, and what it becomes. */
static const char *const PROFILES[][2] = {{"RTP/SAVP", "RTP/AVP"}, {"RTP/SAVPF", "RTP/AVPF"}};

static char *put(char *into, const char *from, size_t size)
{
    memcpy(into, from, size);
    return into + size;
}

/* Writes an audio line that has a=crypto; whether that now stands beside a secure profile. */
static pj_bool_t put_audio(const line *l, pj_bool_t inwards, char **into)
{
    const char *profile = profile_of(l);
    for (int i = 0; profile && i < 2; i++) {
        const char *before = PROFILES[i][!inwards], *after = PROFILES[i][inwards ? 1 : 0];
        if (!is_profile(profile, l, before))
            continue;
        *into = put(*into, l->start, (size_t)(profile - l->start));
        *into = put(*into, after, strlen(after));
        const char *rest = profile + strlen(before);
        *into = put(*into, rest, (size_t)(l->start + l->whole - rest));
        return PJ_TRUE;
    }
    *into = put(*into, l->start, l->whole);
    return PJ_FALSE;
}

/* ---- names ---- */

static pj_bool_t is_address(pj_str_t word)
{
    char text[PJ_INET6_ADDRSTRLEN];
    unsigned char address[sizeof(struct in6_addr)];
    if (word.slen >= (pj_ssize_t)sizeof(text))
        return PJ_FALSE;
    memcpy(text, word.ptr, (size_t)word.slen);
    text[word.slen] = 0;
    return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

/* The word that has so many before it; empty: there is none. */
static pj_str_t word_at(const char *at, const char *end, unsigned before)
{
    for (;; before--) {
        while (at < end && *at == ' ')
            at++;
        const char *word = at;
        while (at < end && *at != ' ')
            at++;
        if (before == 0 || at == end)
            return (pj_str_t){(char *)word, before == 0 ? at - word : 0};
    }
}

/* Where blanks are not one by one, PJSIP may take another word for the address. */
static pj_bool_t is_plain(const char *at, const char *end)
{
    char before = ' ';
    for (; at < end; before = *at++)
        if ((unsigned char)*at < ' ' || (*at == ' ' && before == ' '))
            return PJ_FALSE;
    return PJ_TRUE;
}

/* RFC 8866 section 5.7, RFC 8839 section 5.1, RFC 3605: each may name a host; nobody does, but for
 * the candidates of browsers, and RFC 8839 has those be left out. */
static pj_bool_t names_a_host(const line *l)
{
    static const struct { const char *begins; unsigned before; } PLACES[] = {
        {"c=", 2}, {"a=candidate:", 4}, {"a=rtcp:", 3}};
    const char *end = l->start + l->size;
    for (unsigned i = 0; i < PJ_ARRAY_SIZE(PLACES); i++) {
        if (!begins_with(l, PLACES[i].begins))
            continue;
        const char *at = l->start + strlen(PLACES[i].begins);
        pj_bool_t is_port_alone = i == 2 && word_at(at, end, 1).slen == 0;
        return !is_plain(at, end) ||
               (!is_port_alone && !is_address(word_at(at, end, PLACES[i].before)));
    }
    return PJ_FALSE;
}

size_t border_translate(const char *text, size_t size, pj_bool_t inwards, char *into)
{
    char *end = into;
    pj_bool_t keeps_crypto = !inwards;  /* none above the first media line comes in */
    line l;
    for (size_t at = 0; next_line(text, size, at, &l); at += l.whole) {
        if (begins_with(&l, AUDIO) && section_has_crypto(text, size, at)) {
            pj_bool_t secure = put_audio(&l, inwards, &end);
            keeps_crypto = secure || !inwards;
            continue;
        }
        if (begins_with(&l, "m="))
            keeps_crypto = !inwards;
        if ((begins_with(&l, CRYPTO) && !keeps_crypto) || (inwards && names_a_host(&l)))
            continue;
        end = put(end, l.start, l.whole);
    }
    return (size_t)(end - into);
}

/* ---- messages ---- */

static pj_bool_t is_sdp(const pjsip_msg_body *body)
{
    static const pj_str_t application = {"application", 11}, sdp = {"sdp", 3};
    return body && pj_stricmp(&body->content_type.type, &application) == 0 &&
           pj_stricmp(&body->content_type.subtype, &sdp) == 0;
}

/* A new text in the message's own memory; NULL if it would be as it was. */
static char *translated(pj_pool_t *pool, const char *text, size_t size, pj_bool_t inwards,
                        size_t *new_size)
{
    char *into = pj_pool_alloc(pool, 2 * size + 1);
    *new_size = border_translate(text, size, inwards, into);
    return *new_size == size && memcmp(into, text, size) == 0 ? NULL : into;
}

static void take_in(pj_pool_t *pool, pjsip_msg_body *body)
{
    size_t size;
    if (!is_sdp(body) || !body->data || body->len == 0)
        return;
    char *text = translated(pool, body->data, body->len, PJ_TRUE, &size);
    if (text) {
        body->data = text;
        body->len = (unsigned)size;
    }
}

/* PJSIP finds an SDP in a body of many parts, too. */
static void come_in(pjsip_rx_data *message)
{
    static const pj_str_t multipart = {"multipart", 9};
    pjsip_msg_body *body = message->msg_info.msg->body;
    if (!body || pj_stricmp(&body->content_type.type, &multipart) != 0) {
        take_in(message->tp_info.pool, body);
        return;
    }
    for (pjsip_multipart_part *part = pjsip_multipart_get_first_part(body); part;
         part = pjsip_multipart_get_next_part(body, part))
        take_in(message->tp_info.pool, part->body);
}

static pj_bool_t on_rx_request(pjsip_rx_data *request)
{
    pj_ansi_snprintf(source, sizeof(source), "%s:%d", request->pkt_info.src_name,
                     request->pkt_info.src_port);
    come_in(request);
    return PJ_FALSE;
}

static pj_bool_t on_rx_response(pjsip_rx_data *response)
{
    come_in(response);
    return PJ_FALSE;
}

static pj_status_t on_tx(pjsip_tx_data *message)
{
    static char printed[PJSIP_MAX_PKT_LEN];
    pjsip_msg_body *body = message->msg->body;
    size_t size;
    if (!is_sdp(body) || pjsip_tx_data_is_valid(message))  /* valid: printed before, sent again */
        return PJ_SUCCESS;
    int length = body->print_body(body, printed, sizeof(printed));
    if (length <= 0)
        return PJ_SUCCESS;  /* too long: PJSIP will find that, too, and not send it */
    char *text = translated(message->pool, printed, (size_t)length, PJ_FALSE, &size);
    explicit_bzero(printed, sizeof(printed));
    if (text) {
        pj_str_t whole = {text, (pj_ssize_t)size};
        message->msg->body = pjsip_msg_body_create(message->pool, &body->content_type.type,
                                                   &body->content_type.subtype, &whole);
    }
    return message->msg->body ? PJ_SUCCESS : PJ_ENOMEM;
}

/* Outside of PJSIP's transactions and dialogs, inside of what reads and prints messages. */
static pjsip_module module = {
    .name = {"mod-sotto-border", 16},
    .id = -1,
    .priority = PJSIP_MOD_PRIORITY_TSX_LAYER - 3,
    .on_rx_request = &on_rx_request,
    .on_rx_response = &on_rx_response,
    .on_tx_request = &on_tx,
    .on_tx_response = &on_tx,
};

pj_status_t border_install(void)
{
    source[0] = 0;
    module.id = -1;
    return pjsip_endpt_register_module(pjsua_var.endpt, &module);
}

const char *border_source(void)
{
    return source;
}
