/* Of several challenges PJSIP takes the first that it knows (RFC 8760 section 2.4 leaves the order to
 * the server). This phone takes SHA-256 wherever it is offered: weaker ones beside it are taken out
 * before PJSIP sees them. It stands before PJSIP's transactions.
 */
#include "gate.h"

static const pjsip_digest_challenge *digest_of(const pjsip_hdr *header)
{
    const pjsip_www_authenticate_hdr *challenge = (const pjsip_www_authenticate_hdr *)header;
    if (header->type != PJSIP_H_WWW_AUTHENTICATE && header->type != PJSIP_H_PROXY_AUTHENTICATE)
        return NULL;
    return pj_stricmp2(&challenge->scheme, "Digest") ? NULL : &challenge->challenge.digest;
}

static pj_bool_t offers_auth(const pj_str_t *qop)
{
    static const pj_str_t integrity = {"auth-int", 8};
    return qop->slen == 0 || pj_stricmp(qop, &integrity) != 0;
}

static pj_bool_t is_strong(const pjsip_digest_challenge *digest)
{
    return (pj_stricmp2(&digest->algorithm, "SHA-256") == 0 ||
            pj_stricmp2(&digest->algorithm, "SHA-512-256") == 0) && offers_auth(&digest->qop);
}

static pj_bool_t on_rx_response(pjsip_rx_data *response)
{
    pjsip_msg *message = response->msg_info.msg;
    pj_bool_t any = PJ_FALSE;
    if (message->line.status.code != PJSIP_SC_UNAUTHORIZED &&
        message->line.status.code != PJSIP_SC_PROXY_AUTHENTICATION_REQUIRED)
        return PJ_FALSE;
    for (pjsip_hdr *each = message->hdr.next; each != &message->hdr; each = each->next)
        any = any || (digest_of(each) && is_strong(digest_of(each)));
    for (pjsip_hdr *each = message->hdr.next, *next; any && each != &message->hdr; each = next) {
        next = each->next;
        if (digest_of(each) && !is_strong(digest_of(each)))
            pj_list_erase(each);
    }
    return PJ_FALSE;
}

static pjsip_module module = {
    .name = {"mod-sotto-digest", 16},
    .id = -1,
    .priority = PJSIP_MOD_PRIORITY_TSX_LAYER - 2,
    .on_rx_response = &on_rx_response,
};

pj_status_t digest_install(void)
{
    module.id = -1;
    return pjsip_endpt_register_module(pjsua_var.endpt, &module);
}
