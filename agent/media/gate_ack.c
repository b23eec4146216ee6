/* An ACK that was lost. Whoever sends a re-INVITE has the answer to the INVITE before it: RFC 3261
 * section 14.1 lets nobody send one while another is in progress. PJSIP waits for that one's ACK
 * nevertheless, for 32 seconds, and answers 500 to each re-INVITE meanwhile: a call whose cable was
 * pulled between the answer and its ACK could not go on anywhere else. So PJSIP is given the ACK
 * that did not come, right before the INVITE that shows that it was due.
 *
 * All of it runs on the thread that polls PJSIP.
 */
#include "gate.h"

#include <pjsip-ua/sip_inv.h>

/* The INVITE transaction that waits for an ACK which a later INVITE stands for; NULL: none does.
 * Where our 200 had the offer, the ACK has its answer, and nothing stands for that. */
static const pjsip_transaction *awaits_ack(const pjsip_rx_data *invite)
{
    pjsip_dialog *dialog = pjsip_ua_find_dialog(&invite->msg_info.cid->id,
                                                &invite->msg_info.to->tag,
                                                &invite->msg_info.from->tag, PJ_FALSE);
    const pjsip_inv_session *session = dialog ? pjsip_dlg_get_inv_session(dialog) : NULL;
    const pjsip_transaction *answered = session ? session->invite_tsx : NULL;
    if (!answered || answered->role != PJSIP_ROLE_UAS || answered->status_code / 100 != 2 ||
        answered->state != PJSIP_TSX_STATE_COMPLETED)
        return NULL;
    if (invite->msg_info.cseq->cseq <= dialog->remote.cseq ||
        invite->msg_info.cseq->cseq <= answered->cseq || !session->neg ||
        pjmedia_sdp_neg_get_state(session->neg) != PJMEDIA_SDP_NEG_STATE_DONE)
        return NULL;
    return answered;
}

static void become_ack(pjsip_rx_data *request, pj_int32_t cseq)
{
    pjsip_msg *message = request->msg_info.msg;
    pjsip_method_set(&message->line.req.method, PJSIP_ACK_METHOD);
    pjsip_method_set(&request->msg_info.cseq->method, PJSIP_ACK_METHOD);
    request->msg_info.cseq->cseq = cseq;
    message->body = NULL;
}

static pj_bool_t on_rx_request(pjsip_rx_data *request);

static pjsip_module module = {
    .name = {"mod-sotto-ack", 13},
    .id = -1,
    .priority = PJSIP_MOD_PRIORITY_TSX_LAYER - 1,
    .on_rx_request = &on_rx_request,
};

static pj_bool_t on_rx_request(pjsip_rx_data *request)
{
    pjsip_process_rdata_param after_us;
    pjsip_rx_data *ack;
    const pjsip_transaction *answered =
        request->msg_info.msg->line.req.method.id == PJSIP_INVITE_METHOD &&
                request->msg_info.to->tag.slen
            ? awaits_ack(request)
            : NULL;
    if (!answered || pjsip_rx_data_clone(request, 0, &ack) != PJ_SUCCESS)
        return PJ_FALSE;
    become_ack(ack, answered->cseq);
    pjsip_process_rdata_param_default(&after_us);
    after_us.start_mod = &module;
    after_us.idx_after_start = 1;
    pjsip_endpt_process_rx_data(pjsua_var.endpt, ack, &after_us, NULL);
    pjsip_rx_data_free_cloned(ack);
    return PJ_FALSE;
}

pj_status_t ack_install(void)
{
    module.id = -1;
    return pjsip_endpt_register_module(pjsua_var.endpt, &module);
}
