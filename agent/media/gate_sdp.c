/* What the SDP says of ZRTP: which Hello of ours it announces, and which ones of the other side. */
#include "gate.h"

/* RFC 6189 section 8.1: one value a protocol version. What cannot be one is left out. */
static unsigned copy_hashes(char into[GATE_MAX_HASHES][GATE_HASH_SIZE], unsigned count,
                            pjmedia_sdp_attr *const attributes[])
{
    unsigned found = 0;
    for (unsigned i = 0; i < count && found < GATE_MAX_HASHES; i++) {
        const pj_str_t *value = &attributes[i]->value;
        if (pj_strcmp2(&attributes[i]->name, "zrtp-hash") == 0 && value->slen > 0 &&
            value->slen < GATE_HASH_SIZE) {
            memcpy(into[found], value->ptr, (size_t)value->slen);
            into[found++][value->slen] = 0;
        }
    }
    return found;
}

static unsigned hashes_of(char into[GATE_MAX_HASHES][GATE_HASH_SIZE],
                          const pjmedia_sdp_session *sdp, unsigned index)
{
    unsigned count = 0;
    memset(into, 0, GATE_MAX_HASHES * GATE_HASH_SIZE);
    if (sdp && index < sdp->media_count) {
        const pjmedia_sdp_media *media = sdp->media[index];
        count = copy_hashes(into, media->attr_count, media->attr);
        if (count == 0)
            count = copy_hashes(into, sdp->attr_count, sdp->attr);
    }
    return count;
}

/* Whether an SDP announces Hellos, and none of those that were announced before. */
static pj_bool_t is_another(const gate *g, char hashes[GATE_MAX_HASHES][GATE_HASH_SIZE],
                            unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        for (unsigned k = 0; k < g->remote_hash_count; k++)
            if (pj_ansi_stricmp(hashes[i], g->remote_hashes[k]) == 0)
                return PJ_FALSE;
    return count > 0 && g->remote_hash_count > 0;
}

/* A Hello's hash chain is revealed in its exchange, so it serves for one phone only: a re-INVITE
 * from another one is answered with another Hello of ours. One without an offer may lead to
 * another phone as well (RFC 3725); what its answer says then decides. */
static const own_hash *hash_to_offer(gate *g, const pjmedia_sdp_session *remote, unsigned index)
{
    char hashes[GATE_MAX_HASHES][GATE_HASH_SIZE];
    unsigned count = hashes_of(hashes, remote, index);
    pj_bool_t fresh = remote ? is_another(g, hashes, count) : g->wants_fresh;
    g->wants_fresh = PJ_FALSE;
    if (fresh && !g->fresh.token)
        g->fresh.token = armed_pop(g->fresh.value);
    g->fresh_offered = fresh && g->fresh.token;
    return g->fresh_offered ? &g->fresh : &g->hello;
}

void sdp_announce(gate *g, pj_pool_t *pool, pjmedia_sdp_session *local,
                  const pjmedia_sdp_session *remote, unsigned index)
{
    pjmedia_sdp_media *media = local->media[index];
    pjmedia_sdp_ssrc_attr ssrc;
    for (unsigned i = 0; i < media->attr_count; i++)
        if (pj_strcmp2(&media->attr[i]->name, "ssrc") == 0 &&
            pjmedia_sdp_attr_get_ssrc(media->attr[i], &ssrc) == PJ_SUCCESS)
            g->ssrc = ssrc.ssrc;
    const own_hash *ours = hash_to_offer(g, remote, index);
    if (ours->token && media->attr_count < PJMEDIA_MAX_SDP_ATTR) {
        pj_str_t value;
        pj_strdup2(pool, &value, ours->value);
        pjmedia_sdp_attr_add(&media->attr_count, media->attr,
                             pjmedia_sdp_attr_create(pool, "zrtp-hash", &value));
    }
}

pj_bool_t sdp_read(gate *g, const pjmedia_sdp_session *remote, unsigned index)
{
    char hashes[GATE_MAX_HASHES][GATE_HASH_SIZE];
    unsigned count = hashes_of(hashes, remote, index);
    pj_bool_t changed = memcmp(hashes, g->remote_hashes, sizeof(hashes)) != 0;
    if (g->fresh_offered && is_another(g, hashes, count)) {
        g->hello = g->fresh;
        g->fresh.token = 0;
    }
    g->fresh_offered = PJ_FALSE;
    memcpy(g->remote_hashes, hashes, sizeof(hashes));
    g->remote_hash_count = count;
    return changed;
}
