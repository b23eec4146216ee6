/* ICE beneath the gate (RFC 8445): as long as it looks for a way, nothing of ours leaves.
 *
 * PJSIP's ICE would send over any pair that has answered once, or to where the SDP points, before
 * it has agreed on one with the other side: ZRTP would begin with half of its packets lost, and its
 * retransmissions would be used up. So the gate waits for the end of the checks, and drops what the
 * other side sends before that: it is sent again.
 *
 * Keys outlast a restart of ICE: only ZRTP has to wait for the new way.
 */
#include "gate.h"

#include <pjmedia/transport_ice.h>
#include <pjmedia/transport_srtp.h>

/* PJSIP puts its own SRTP between, which does nothing here, and calls itself what it stands on. */
static pjmedia_transport *ice_below(pjmedia_transport *transport)
{
    pjmedia_transport_info info;
    if (transport->type != PJMEDIA_TRANSPORT_TYPE_ICE)
        return NULL;
    pjmedia_transport_info_init(&info);
    if (pjmedia_transport_get_info(transport, &info) == PJ_SUCCESS &&
        pjmedia_transport_info_get_spc_info(&info, PJMEDIA_TRANSPORT_TYPE_SRTP))
        transport = pjmedia_transport_srtp_get_member(transport);
    return transport;
}

enum way ice_way(const gate *g)
{
    return __atomic_load_n(&g->way, __ATOMIC_ACQUIRE);
}

static void set_way(gate *g, enum way way)  /* under the group lock */
{
    __atomic_store_n(&g->way, way, __ATOMIC_RELEASE);
}

/* From PJSIP's timers: the checks have come to an end, or a relay does not answer any more. */
static void on_ice_complete(pjmedia_transport *transport, pj_ice_strans_op operation,
                            pj_status_t status, void *user_data)
{
    gate *g = user_data;
    (void)transport;
    if (operation == PJ_ICE_STRANS_OP_KEEP_ALIVE && status != PJ_SUCCESS)
        queue_post(g, PATH_LOST, 0);
    if (operation != PJ_ICE_STRANS_OP_NEGOTIATION)
        return;
    pj_grp_lock_acquire(g->base.grp_lock);
    set_way(g, status == PJ_SUCCESS ? WAY_OPEN : NO_WAY);
    pj_bool_t attached = g->attached;
    pj_grp_lock_release(g->base.grp_lock);
    if (status != PJ_SUCCESS)
        queue_post(g, BLOCKED, 0);
    else if (attached)
        queue_post(g, ATTACHED, g->hello.token);
}

static const pjmedia_ice_cb callbacks = {.on_ice_complete2 = &on_ice_complete};

void ice_watch(gate *g)
{
    g->ice = ice_below(g->slave);
    if (g->ice)
        pjmedia_ice_add_ice_cb(g->ice, &callbacks, g);
}

void ice_forget(gate *g)
{
    if (g->ice)
        pjmedia_ice_remove_ice_cb(g->ice, &callbacks, g);
    g->ice = NULL;
}

/* After an SDP was read: do checks run? The other side may have no ICE, or go on as before. */
void ice_look(gate *g)
{
    pjmedia_transport_info info;
    if (!g->ice)
        return;
    pjmedia_transport_info_init(&info);
    pj_grp_lock_acquire(g->base.grp_lock);
    enum way way = WAY_OPEN;
    if (pjmedia_transport_get_info(g->ice, &info) == PJ_SUCCESS) {
        const pjmedia_ice_transport_info *ice =
            pjmedia_transport_info_get_spc_info(&info, PJMEDIA_TRANSPORT_TYPE_ICE);
        if (ice && ice->active && ice->sess_state == PJ_ICE_STRANS_STATE_FAILED)
            way = NO_WAY;
        else if (ice && ice->active && ice->sess_state < PJ_ICE_STRANS_STATE_RUNNING)
            way = WAY_SOUGHT;
    }
    set_way(g, way);
    pj_grp_lock_release(g->base.grp_lock);
}
