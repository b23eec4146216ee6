/* Two requests that PJSIP would act upon at once, and that a person has to be asked about first:
 * REFER, for which it would dial, and an INVITE with Replaces, which it would answer. This stands
 * before PJSIP's transactions and dialogs: a REFER waits here, and Replaces is taken out of the
 * INVITE, so that it rings like any other.
 *
 * All of it runs on the thread that polls PJSIP.
 */
#include "gate.h"

#include <pjsip-ua/sip_replaces.h>
#include <pjsip-ua/sip_xfer.h>

/* The place of a REFER is that of its call: there is one at a time. */
static struct { pjsip_rx_data *request; pj_int32_t cseq; pj_bool_t told; } parked[PJSUA_MAX_CALLS];

static int replaced = -1;  /* whose place the latest INVITE wants to take */

static void copy(char *into, size_t size, const pj_str_t *text)
{
    size_t length = PJ_MIN((size_t)text->slen, size - 1);
    if (length)  /* else there may be nothing to copy from */
        memcpy(into, text->ptr, length);
    into[length] = 0;
}

static int leg_of(pjsip_dialog *dialog)
{
    pjsua_call *call = dialog ? dialog->mod_data[pjsua_var.mod.id] : NULL;
    return call ? (int)call->index : -1;
}

static const pj_str_t refer_to_name = {"Refer-To", 8};

static pjsip_generic_string_hdr *refer_to_of(pjsip_rx_data *request)
{
    return pjsip_msg_find_hdr_by_name(request->msg_info.msg, &refer_to_name, NULL);
}

/* True: nobody else sees it, for now. */
static pj_bool_t park(pjsip_rx_data *request)
{
    pjsip_dialog *dialog = pjsip_ua_find_dialog(&request->msg_info.cid->id,
                                                &request->msg_info.to->tag,
                                                &request->msg_info.from->tag, PJ_FALSE);
    int leg = leg_of(dialog);
    if (leg < 0 || leg >= PJSUA_MAX_CALLS || !refer_to_of(request))
        return PJ_FALSE;
    if (parked[leg].request)  /* sent again; or another one, which is refused meanwhile */
        return parked[leg].cseq == request->msg_info.cseq->cseq;
    if (pjsip_rx_data_clone(request, 0, &parked[leg].request) != PJ_SUCCESS) {
        parked[leg].request = NULL;
        return PJ_FALSE;
    }
    parked[leg].cseq = request->msg_info.cseq->cseq;
    parked[leg].told = PJ_FALSE;
    return PJ_TRUE;
}

static pj_bool_t is_established(pjsip_dialog *dialog)
{
    pjsip_inv_session *session = pjsip_dlg_get_inv_session(dialog);
    return session && session->state == PJSIP_INV_STATE_CONFIRMED && leg_of(dialog) >= 0;
}

/* RFC 3891 section 3: only a dialog of ours that is established can be replaced. */
static pj_bool_t take_replaces(pjsip_rx_data *request)
{
    static const pj_str_t name = {"Replaces", 8};
    pjsip_hdr *header = pjsip_msg_find_hdr_by_name(request->msg_info.msg, &name, NULL);
    pjsip_dialog *dialog = NULL;
    pjsip_tx_data *refusal = NULL;
    replaced = -1;
    if (!header)
        return PJ_FALSE;
    if (pjsip_replaces_verify_request(request, &dialog, PJ_FALSE, &refusal) != PJ_SUCCESS ||
        refusal) {
        pjsip_response_addr to;
        if (refusal && pjsip_get_response_addr(refusal->pool, request, &to) == PJ_SUCCESS)
            pjsip_endpt_send_response(pjsua_var.endpt, &to, refusal, NULL, NULL);
        return PJ_TRUE;
    }
    if (!dialog || !is_established(dialog)) {
        pjsip_endpt_respond_stateless(pjsua_var.endpt, request, PJSIP_SC_CALL_TSX_DOES_NOT_EXIST,
                                      NULL, NULL, NULL);
        return PJ_TRUE;
    }
    replaced = leg_of(dialog);
    pj_list_erase(header);
    return PJ_FALSE;
}

#define GATE_MAX_CANCELS 8
static char elsewhere[GATE_MAX_CANCELS][256];  /* the Call-IDs of those that were, the latest */
static unsigned next_cancel;

/* RFC 3326 section 2: one of these reasons, which commas part, is SIP's own, with status 200. */
static pj_bool_t say_completed(const pj_str_t *reasons)
{
    static const pj_str_t sip = {"SIP", 3}, completed = {"cause=200", 9};
    const char *const end = reasons->ptr + reasons->slen;
    pj_str_t one = {reasons->ptr, 0};
    pj_bool_t quoted = PJ_FALSE;
    for (char *at = reasons->ptr; at <= end; at++) {
        if (at < end && *at == '"')
            quoted = !quoted;
        if (at < end && (quoted || *at != ','))
            continue;
        one.slen = at - one.ptr;
        pj_strltrim(&one);
        if (pj_strnicmp(&one, &sip, 3) == 0 && pj_stristr(&one, &completed))
            return PJ_TRUE;
        one.ptr = at + 1;
    }
    return PJ_FALSE;
}

/* Another phone of ours has taken the call that this CANCEL ends. */
static void note_reason(pjsip_rx_data *cancel)
{
    static const pj_str_t name = {"Reason", 6};
    pjsip_generic_string_hdr *reason = NULL;
    do {
        reason = pjsip_msg_find_hdr_by_name(cancel->msg_info.msg, &name, reason ? reason->next : NULL);
    } while (reason && !say_completed(&reason->hvalue));
    if (reason)
        copy(elsewhere[next_cancel++ % GATE_MAX_CANCELS], sizeof(elsewhere[0]),
             &cancel->msg_info.cid->id);
}

pj_bool_t dialog_was_elsewhere(const char *call_id)
{
    for (unsigned i = 0; i < GATE_MAX_CANCELS; i++)
        if (*call_id && strcmp(elsewhere[i], call_id) == 0)
            return PJ_TRUE;
    return PJ_FALSE;
}

static pj_bool_t on_rx_request(pjsip_rx_data *request)
{
    const pjsip_method *method = &request->msg_info.msg->line.req.method;
    if (pjsip_method_cmp(method, pjsip_get_refer_method()) == 0)
        return park(request);
    if (method->id == PJSIP_CANCEL_METHOD)
        note_reason(request);
    if (method->id == PJSIP_INVITE_METHOD && request->msg_info.to->tag.slen == 0)
        return take_replaces(request);
    return PJ_FALSE;
}

static pjsip_module module = {
    .name = {"mod-sotto", 9},
    .id = -1,
    .priority = PJSIP_MOD_PRIORITY_TSX_LAYER - 2,
    .on_rx_request = &on_rx_request,
};

pj_status_t dialog_install(void)
{
    memset(parked, 0, sizeof(parked));
    module.id = -1;
    return pjsip_endpt_register_module(pjsua_var.endpt, &module);
}

int dialog_replaced(void)
{
    return replaced;
}

int dialog_next_refer(char refer_to[GATE_URI_SIZE])
{
    for (int leg = 0; leg < PJSUA_MAX_CALLS; leg++) {
        if (!parked[leg].request || parked[leg].told)
            continue;
        const pj_str_t *value = &refer_to_of(parked[leg].request)->hvalue;
        size_t size = PJ_MIN((size_t)value->slen, GATE_URI_SIZE - 1);
        memcpy(refer_to, value->ptr, size);
        refer_to[size] = 0;
        parked[leg].told = PJ_TRUE;
        return leg;
    }
    return -1;
}

pj_bool_t dialog_let_refer_pass(int leg, const char *refer_to)
{
    pjsip_process_rdata_param after_us;
    if (leg < 0 || leg >= PJSUA_MAX_CALLS || !parked[leg].request)
        return PJ_FALSE;
    pjsip_rx_data *request = parked[leg].request;
    pjsip_generic_string_hdr *header = refer_to_of(request);
    if (*refer_to)
        pj_strdup2_with_null(request->tp_info.pool, &header->hvalue, refer_to);
    pjsip_process_rdata_param_default(&after_us);
    after_us.start_mod = &module;
    after_us.idx_after_start = 1;
    parked[leg].request = NULL;
    pjsip_endpt_process_rx_data(pjsua_var.endpt, request, &after_us, NULL);
    pjsip_rx_data_free_cloned(request);
    return PJ_TRUE;
}

static void print(char into[GATE_URI_SIZE], pjsip_uri *uri)
{
    int length = pjsip_uri_print(PJSIP_URI_IN_OTHER, pjsip_uri_get_uri(uri), into, GATE_URI_SIZE - 1);
    into[PJ_MAX(length, 0)] = 0;
}

pj_bool_t dialog_of(int leg, dialog_names *names)
{
    if (leg < 0 || leg >= (int)pjsua_var.ua_cfg.max_calls || !pjsua_var.calls[leg].inv)
        return PJ_FALSE;
    pjsip_dialog *dialog = pjsua_var.calls[leg].inv->dlg;
    copy(names->call_id, sizeof(names->call_id), &dialog->call_id->id);
    copy(names->local_tag, sizeof(names->local_tag), &dialog->local.info->tag);
    copy(names->remote_tag, sizeof(names->remote_tag), &dialog->remote.info->tag);
    print(names->remote_uri, dialog->remote.info->uri);
    print(names->target, dialog->target);
    return PJ_TRUE;
}

/* pjsua2 itself tells no SDP of more than a kilobyte, and with the candidates of ICE most have more. */
int dialog_offer(int leg, char *into, int size)
{
    const pjmedia_sdp_session *offer = NULL;
    if (leg < 0 || leg >= (int)pjsua_var.ua_cfg.max_calls || !pjsua_var.calls[leg].inv ||
        pjmedia_sdp_neg_get_neg_remote(pjsua_var.calls[leg].inv->neg, &offer) != PJ_SUCCESS)
        return -1;
    return pjmedia_sdp_print(offer, into, (pj_size_t)size);
}
