/* SRTP keys in the SDP (SDES, RFC 4568): which ones ours has, and what both sides say now. Whether
 * there are any, and what they are worth, Python decides; nothing here reads or keeps a key.
 *
 * To PJSIP the media are RTP/AVP in any case (gate_border.c); a media line with a=crypto is one
 * that travels as RTP/SAVP, and a=crypto beside RTP/AVP does not get in.
 */
#include "gate.h"

static const char NAME[] = "crypto";

static pj_bool_t is_crypto(const pjmedia_sdp_attr *attribute)
{
    return pj_strcmp2(&attribute->name, NAME) == 0;
}

/* What is too long for a value that anybody could use is left out, and all beyond the eighth. */
static void copy_values(crypto_values *into, const pjmedia_sdp_session *sdp, unsigned index)
{
    into->count = 0;
    if (!sdp || index >= sdp->media_count)
        return;
    const pjmedia_sdp_media *media = sdp->media[index];
    for (unsigned i = 0; i < media->attr_count && into->count < GATE_MAX_CRYPTOS; i++) {
        const pj_str_t *value = &media->attr[i]->value;
        if (is_crypto(media->attr[i]) && value->slen > 0 && value->slen < GATE_CRYPTO_SIZE) {
            memcpy(into->values[into->count], value->ptr, (size_t)value->slen);
            into->values[into->count++][value->slen] = 0;
        }
    }
}

static pj_bool_t has_crypto(const pjmedia_sdp_session *sdp, unsigned index)
{
    const pjmedia_sdp_media *media = sdp && index < sdp->media_count ? sdp->media[index] : NULL;
    for (unsigned i = 0; media && i < media->attr_count; i++)
        if (is_crypto(media->attr[i]))
            return PJ_TRUE;
    return PJ_FALSE;
}

/* The SDPs that the call runs by; NULL before there are any. */
static const pjmedia_sdp_session *active(int leg, pj_bool_t own)
{
    const pjmedia_sdp_session *sdp = NULL;
    pjsip_inv_session *session = pjsua_var.calls[leg].inv;
    if (!session || !session->neg)
        return NULL;
    if (own)
        pjmedia_sdp_neg_get_active_local(session->neg, &sdp);
    else
        pjmedia_sdp_neg_get_active_remote(session->neg, &sdp);
    return sdp;
}

pj_bool_t sdes_runs(int leg)
{
    if (leg < 0 || leg >= (int)pjsua_var.ua_cfg.max_calls)
        return PJ_FALSE;
    const pjmedia_sdp_session *own = active(leg, PJ_TRUE);
    for (unsigned i = 0; own && i < own->media_count; i++)
        if (has_crypto(own, i))
            return PJ_TRUE;
    return PJ_FALSE;
}

static pj_status_t add_values(pj_pool_t *pool, pjmedia_sdp_media *media, const crypto_values *lines)
{
    if (media->attr_count + lines->count > PJMEDIA_MAX_SDP_ATTR)
        return PJ_ETOOMANY;
    for (unsigned i = 0; i < lines->count; i++) {
        pj_str_t value;
        pj_strdup2(pool, &value, lines->values[i]);
        pjmedia_sdp_attr_add(&media->attr_count, media->attr,
                             pjmedia_sdp_attr_create(pool, NAME, &value));
    }
    return PJ_SUCCESS;
}

/* Fails closed: an SDP that nobody could describe is not sent. */
pj_status_t sdes_announce(gate *g, pj_pool_t *pool, pjmedia_sdp_session *local,
                          const pjmedia_sdp_session *remote, unsigned index, pj_bool_t fresh)
{
    description asked = {.leg = g->leg, .account = pjsua_var.calls[g->leg].acc_id,
                         .is_answer = remote != NULL,
                         .established = active(g->leg, PJ_TRUE) != NULL, .fresh = fresh};
    crypto_values lines = {0};
    copy_values(&asked.offered, remote, index);
    copy_values(&asked.active.own, active(g->leg, PJ_TRUE), index);
    copy_values(&asked.active.theirs, active(g->leg, PJ_FALSE), index);
    pj_status_t status = python_describe(&asked, &lines);
    if (status == PJ_SUCCESS)
        status = add_values(pool, local->media[index], &lines);
    explicit_bzero(&asked, sizeof(asked));
    explicit_bzero(&lines, sizeof(lines));
    return status;
}

void sdes_read(gate *g, const pjmedia_sdp_session *local, const pjmedia_sdp_session *remote,
               unsigned index)
{
    crypto_pair pair;
    if (!g->described && !has_crypto(local, index) && !has_crypto(remote, index))
        return;
    g->described = PJ_TRUE;
    copy_values(&pair.own, local, index);
    copy_values(&pair.theirs, remote, index);
    queue_post_described(g, &pair);
    explicit_bzero(&pair, sizeof(pair));
}
