/* Requests that are well-formed and still not to be carried out: RFC 3261 section 8.2 asks for an
 * answer to each, and PJSIP lets some of them pass and says nothing to others. It would also take
 * text messages, which this phone shows to nobody, and tell strangers whether somebody is there.
 *
 * All of it runs on the thread that polls PJSIP.
 */
#include "gate.h"

static pjsip_hdr *first(const pjsip_rx_data *request, pjsip_hdr_e type)
{
    return pjsip_msg_find_hdr(request->msg_info.msg, type, NULL);
}

static pj_bool_t answer(pjsip_rx_data *request, int status, const pjsip_hdr *header)
{
    pjsip_hdr headers;
    pj_list_init(&headers);
    if (header)
        pj_list_push_back(&headers, pjsip_hdr_clone(request->tp_info.pool, header));
    pjsip_endpt_respond_stateless(pjsua_var.endpt, request, status, NULL, &headers, NULL);
    return PJ_TRUE;
}

/* RFC 3261 section 8.1.1 has each of them in a request once. */
static pj_bool_t is_doubled(const pjsip_rx_data *request)
{
    static const pjsip_hdr_e once[] = {PJSIP_H_TO, PJSIP_H_FROM, PJSIP_H_CALL_ID, PJSIP_H_CSEQ,
                                       PJSIP_H_MAX_FORWARDS};
    for (unsigned i = 0; i < PJ_ARRAY_SIZE(once); i++) {
        pjsip_hdr *header = first(request, once[i]);
        if (header && header->next != &request->msg_info.msg->hdr &&
            pjsip_msg_find_hdr(request->msg_info.msg, once[i], header->next))
            return PJ_TRUE;
    }
    return PJ_FALSE;
}

static pj_bool_t is_one_of(const pj_str_t *word, const char *const *words)
{
    for (; *words; words++)
        if (pj_strcmp2(word, *words) == 0)
            return PJ_TRUE;
    return PJ_FALSE;
}

/* Methods that the phone knows and does not carry out. */
static const char *const not_here[] = {"REGISTER", "MESSAGE", "SUBSCRIBE", "PUBLISH", NULL};

/* 0: it may be carried out. */
static int judge_method(const pjsip_rx_data *request)
{
    const pj_str_t *name = &request->msg_info.msg->line.req.method.name;
    if (pjsip_endpt_has_capability(pjsua_var.endpt, PJSIP_H_ALLOW, NULL, name) ==
        PJSIP_DIALOG_CAP_SUPPORTED)
        return 0;
    /* Of the subscription that a REFER makes: RFC 3515 section 2.4.4. */
    if (pj_strcmp2(name, "SUBSCRIBE") == 0 && request->msg_info.to->tag.slen)
        return 0;
    return is_one_of(name, not_here) ? PJSIP_SC_METHOD_NOT_ALLOWED : PJSIP_SC_NOT_IMPLEMENTED;
}

/* What the caller demands and the phone has not; PJSIP does this for INVITE itself. */
static const pjsip_hdr *unsupported(pjsip_rx_data *request)
{
    const pjsip_require_hdr *demands = request->msg_info.require;
    pjsip_unsupported_hdr *lacking = pjsip_unsupported_hdr_create(request->tp_info.pool);
    for (unsigned i = 0; demands && i < demands->count; i++)
        if (pjsip_endpt_has_capability(pjsua_var.endpt, PJSIP_H_SUPPORTED, NULL,
                                       &demands->values[i]) != PJSIP_DIALOG_CAP_SUPPORTED)
            lacking->values[lacking->count++] = demands->values[i];
    return lacking->count ? (const pjsip_hdr *)lacking : NULL;
}

static pj_bool_t takes_sdp(const pjsip_rx_data *request)
{
    static const char *const fitting[] = {"application/sdp", "application/*", "*/*"};
    const pjsip_accept_hdr *accept = (const pjsip_accept_hdr *)first(request, PJSIP_H_ACCEPT);
    for (unsigned i = 0; accept && i < accept->count; i++)
        for (unsigned j = 0; j < PJ_ARRAY_SIZE(fitting); j++) {
            const pj_str_t *range = &accept->values[i];  /* perhaps with parameters */
            pj_size_t size = strlen(fitting[j]);
            if ((pj_size_t)range->slen >= size &&
                strncasecmp(range->ptr, fitting[j], size) == 0 &&
                ((pj_size_t)range->slen == size || !pj_isalnum(range->ptr[size])))
                return PJ_TRUE;
        }
    return accept == NULL;
}

static pj_bool_t on_request(pjsip_rx_data *request)
{
    const pjsip_method *method = &request->msg_info.msg->line.req.method;
    const pjsip_hdr *allow, *lacking;
    const enum flood flood = flood_judge(request);
    int status;
    if (flood == FLOOD_UNREAD)
        return PJ_TRUE;
    if (method->id == PJSIP_ACK_METHOD)
        return PJ_FALSE;
    if (is_doubled(request) || pjsip_method_cmp(method, &request->msg_info.cseq->method) != 0)
        return answer(request, PJSIP_SC_BAD_REQUEST, NULL);
    if ((status = judge_method(request)) != 0) {
        allow = pjsip_endpt_get_capability(pjsua_var.endpt, PJSIP_H_ALLOW, NULL);
        return answer(request, status, allow);
    }
    if (method->id == PJSIP_CANCEL_METHOD)
        return PJ_FALSE;
    if (method->id != PJSIP_INVITE_METHOD && (lacking = unsupported(request)) != NULL)
        return answer(request, PJSIP_SC_BAD_EXTENSION, lacking);
    if (flood == FLOOD_OF_CALLS)
        return answer(request, PJSIP_SC_SERVICE_UNAVAILABLE, NULL);
    if (method->id == PJSIP_INVITE_METHOD && !takes_sdp(request))
        return answer(request, PJSIP_SC_NOT_ACCEPTABLE, NULL);
    return PJ_FALSE;
}

/* Nobody wanted it: it belongs to a dialog that is not there. */
static pj_bool_t on_unwanted(pjsip_rx_data *request)
{
    if (request->msg_info.msg->line.req.method.id == PJSIP_ACK_METHOD)
        return PJ_FALSE;
    return answer(request, PJSIP_SC_CALL_TSX_DOES_NOT_EXIST, NULL);
}

static pjsip_module before = {
    .name = {"mod-sotto-request", 17},
    .id = -1,
    .priority = PJSIP_MOD_PRIORITY_TSX_LAYER - 3,
    .on_rx_request = &on_request,
};

static pjsip_module after = {
    .name = {"mod-sotto-unwanted", 18},
    .id = -1,
    .priority = PJSIP_MOD_PRIORITY_APPLICATION + 32,
    .on_rx_request = &on_unwanted,
};

/* PJSIP would announce what the phone does not do. */
static void announce_no_more_than_there_is(void)
{
    pjsip_generic_array_hdr *allow = (pjsip_generic_array_hdr *)pjsip_endpt_get_capability(
        pjsua_var.endpt, PJSIP_H_ALLOW, NULL);
    unsigned kept = 0;
    for (unsigned i = 0; allow && i < allow->count; i++)
        if (!is_one_of(&allow->values[i], not_here))
            allow->values[kept++] = allow->values[i];
    if (allow)
        allow->count = kept;
}

pj_status_t request_install(void)
{
    announce_no_more_than_there_is();
    knock_install();
    flood_forget();
    before.id = after.id = -1;
    pj_status_t status = pjsip_endpt_register_module(pjsua_var.endpt, &before);
    return status == PJ_SUCCESS ? pjsip_endpt_register_module(pjsua_var.endpt, &after) : status;
}
