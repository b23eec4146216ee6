/* The media transport adapter: PJSIP's stream above, PJSIP's UDP or ICE transport below. */
#include "gate.h"

#include <time.h>

static pthread_mutex_t registry_lock = PTHREAD_MUTEX_INITIALIZER;
static gate *registry;
static int last_id;
static pjmedia_transport *(*next_in_chain)(pjsua_call_id, unsigned, pjmedia_transport *, unsigned);

/* How many receivers this very thread is inside of: one that detaches must not wait for itself. */
static __thread unsigned depth;

/* ---- receiving: PJSIP's media thread, without the GIL ---- */

static receiver enter(gate *g)  /* under receive_lock */
{
    g->in_flight++;
    depth++;
    return g->up;
}

static void move_to(gate *g, const pj_sockaddr_t *source)  /* under receive_lock */
{
    pj_sockaddr_cp(&g->remote, source);
    pj_sockaddr_cp(&g->remote_rtcp, source);
    if (!g->rtcp_mux)
        pj_sockaddr_set_port(&g->remote_rtcp, (pj_uint16_t)(pj_sockaddr_get_port(source) + 1));
}

static void leave(gate *g, const pj_sockaddr_t *moved_to)
{
    depth--;
    pthread_mutex_lock(&g->receive_lock);
    if (moved_to)
        move_to(g, moved_to);
    if (--g->in_flight == 0)
        pthread_cond_broadcast(&g->receive_idle);
    pthread_mutex_unlock(&g->receive_lock);
}

/* The ZRTP session took a packet from there for the peer's. */
void gate_vouch(gate *g, const pj_sockaddr *source)
{
    pthread_mutex_lock(&g->receive_lock);
    pj_sockaddr_cp(&g->vouched, source);
    pthread_mutex_unlock(&g->receive_lock);
}

static pj_bool_t is_elsewhere(const gate *g, const pj_sockaddr_t *source)
{
    return pj_sockaddr_has_addr(&g->vouched) && pj_sockaddr_cmp(&g->vouched, source) == 0 &&
           pj_sockaddr_cmp(&g->remote, source) != 0;
}

/* Behind NAT the SDP names the wrong address. PJSIP follows the real one when RTP comes from it,
 * but no RTP passes before there are keys: until then ZRTP moves the address, if it comes from
 * where the peer was heard before; a good CRC alone proves nothing. Later only what libsrtp has
 * let through moves it. */
static void receive_zrtp(gate *g, pjmedia_tp_cb_param *param)
{
    gate_count(g, ZRTP_RECEIVED, 1);
    pthread_mutex_lock(&g->receive_lock);
    if (param->src_addr && !g->srtp_seen && is_elsewhere(g, param->src_addr)) {
        move_to(g, param->src_addr);
        param->rem_switch = PJ_TRUE;
    }
    pthread_mutex_unlock(&g->receive_lock);
    queue_post_zrtp(g, param->pkt, (size_t)param->size, param->src_addr);
}

static void receive_rtcp(void *user_data, void *packet, pj_ssize_t size)
{
    gate *g = user_data;
    int plain_size = (int)size;
    if (!g)
        return;
    if (size > 0 && demux(packet, (size_t)size) != PACKET_RTCP) {
        gate_count(g, MALFORMED, 1);
        return;
    }
    pthread_mutex_lock(&g->receive_lock);
    /* A negative size is PJSIP's way to tell the stream of a socket's error. */
    pj_bool_t pass = size < 0 || (size > 0 && srtp_incoming(g, packet, &plain_size, PJ_TRUE));
    receiver up = {0};
    if (pass)
        up = enter(g);
    pthread_mutex_unlock(&g->receive_lock);
    if (!pass)
        return;
    if (up.rtcp)
        up.rtcp(up.user_data, packet, plain_size);
    leave(g, NULL);
}

static void hand_up(gate *g, const receiver *up, pjmedia_tp_cb_param *param, pj_ssize_t size)
{
    pjmedia_tp_cb_param plain = *param;
    plain.user_data = up->user_data;
    plain.size = size;
    if (up->rtp2)
        up->rtp2(&plain);
    else if (up->rtp)
        up->rtp(up->user_data, plain.pkt, size);
    param->rem_switch = plain.rem_switch;
    leave(g, plain.rem_switch ? param->src_addr : NULL);
}

static void receive_srtp(gate *g, pjmedia_tp_cb_param *param)
{
    int size = (int)param->size;
    receiver up = {0};
    pthread_mutex_lock(&g->receive_lock);
    pj_bool_t pass = size < 0 || srtp_incoming(g, param->pkt, &size, PJ_FALSE);
    pj_bool_t first = pass && size > 0 && !g->srtp_seen;
    enum key_origin origin = g->receive.origin;
    if (first)
        g->srtp_seen = PJ_TRUE;
    if (pass)
        up = enter(g);
    pthread_mutex_unlock(&g->receive_lock);
    if (!pass)
        return;
    if (first)
        queue_post(g, SRTP_RECEIVED, origin);
    hand_up(g, &up, param, size);
}

static pj_bool_t has_rtcp_mux(gate *g)
{
    pthread_mutex_lock(&g->receive_lock);
    pj_bool_t mux = g->rtcp_mux;
    pthread_mutex_unlock(&g->receive_lock);
    return mux;
}

void gate_receive_rtp(pjmedia_tp_cb_param *param)
{
    gate *g = param->user_data;
    if (!g || param->size == 0)
        return;
    switch (param->size < 0 ? PACKET_RTP : demux(param->pkt, (size_t)param->size)) {
    case PACKET_ZRTP:
        if (ice_way(g) == WAY_OPEN)
            receive_zrtp(g, param);
        break;
    case PACKET_RTCP:
        /* Without rtcp-mux the second octet is a marker and a payload type. */
        if (has_rtcp_mux(g))
            receive_rtcp(g, param->pkt, param->size);
        else
            receive_srtp(g, param);
        break;
    case PACKET_RTP:
        receive_srtp(g, param);
        break;
    case PACKET_BAD_CRC:
        gate_count(g, ZRTP_BAD_CRC, 1);
        break;
    case PACKET_MALFORMED:
        gate_count(g, MALFORMED, 1);
        break;
    }
}

/* ---- sending ---- */

static pj_status_t send_rtp(pjmedia_transport *transport, const void *packet, pj_size_t size)
{
    gate *g = (gate *)transport;
    int wire_size = (int)size;
    pj_status_t status = PJ_SUCCESS;
    if (size > PJMEDIA_MAX_MTU)
        return PJ_ETOOBIG;
    pj_grp_lock_acquire(g->base.grp_lock);
    memcpy(g->rtp_buffer, packet, size);
    if (!g->closed && srtp_outgoing(g, g->rtp_buffer, &wire_size, PJ_FALSE))
        status = pjmedia_transport_send_rtp(g->slave, g->rtp_buffer, (pj_size_t)wire_size);
    pj_grp_lock_release(g->base.grp_lock);
    return status;
}

static pj_status_t send_rtcp2(pjmedia_transport *transport, const pj_sockaddr_t *address,
                              unsigned address_size, const void *packet, pj_size_t size)
{
    gate *g = (gate *)transport;
    int wire_size = (int)size;
    pj_status_t status = PJ_SUCCESS;
    if (size > PJMEDIA_MAX_MTU)
        return PJ_ETOOBIG;
    pj_grp_lock_acquire(g->base.grp_lock);
    /* A buffer of its own: the UDP transport keeps RTCP's until the socket takes it. */
    memcpy(g->rtcp_buffer, packet, size);
    if (!g->closed && srtp_outgoing(g, g->rtcp_buffer, &wire_size, PJ_TRUE))
        status = pjmedia_transport_send_rtcp2(g->slave, address, address_size, g->rtcp_buffer,
                                              (pj_size_t)wire_size);
    pj_grp_lock_release(g->base.grp_lock);
    return status;
}

/* PJSIP's UDP transport sends RTCP to whoever has sent three packets to its RTCP port, authentic or
 * not: so the gate says where to. */
static pj_status_t send_rtcp(pjmedia_transport *transport, const void *packet, pj_size_t size)
{
    gate *g = (gate *)transport;
    pthread_mutex_lock(&g->receive_lock);
    pj_sockaddr to = g->remote_rtcp;
    pthread_mutex_unlock(&g->receive_lock);
    if (!pj_sockaddr_has_addr(&to))
        return send_rtcp2(transport, NULL, 0, packet, size);
    return send_rtcp2(transport, &to, pj_sockaddr_get_len(&to), packet, size);
}

pj_bool_t gate_send_zrtp(gate *g, const void *packet, size_t size)
{
    pj_grp_lock_acquire(g->base.grp_lock);
    pj_bool_t sent = g->attached && !g->closed && ice_way(g) == WAY_OPEN && size <= PJMEDIA_MAX_MTU;
    if (sent) {
        memcpy(g->rtp_buffer, packet, size);
        sent = pjmedia_transport_send_rtp(g->slave, g->rtp_buffer, size) == PJ_SUCCESS;
    }
    pj_grp_lock_release(g->base.grp_lock);
    if (sent)
        gate_count(g, ZRTP_SENT, 1);
    return sent;
}

static pj_status_t encode_sdp(pjmedia_transport *transport, pj_pool_t *pool,
                              pjmedia_sdp_session *local, const pjmedia_sdp_session *remote,
                              unsigned index)
{
    gate *g = (gate *)transport;
    pj_bool_t fresh = g->wants_fresh;
    sdp_announce(g, pool, local, remote, index);
    pj_status_t status = sdes_announce(g, pool, local, remote, index, fresh);
    if (status != PJ_SUCCESS)
        return status;
    address_write(g, pool, local, remote, index);
    return pjmedia_transport_encode_sdp(g->slave, pool, local, remote, index);
}

static pj_status_t media_start(pjmedia_transport *transport, pj_pool_t *pool,
                               const pjmedia_sdp_session *local,
                               const pjmedia_sdp_session *remote, unsigned index)
{
    gate *g = (gate *)transport;
    pj_bool_t changed = sdp_read(g, remote, index);
    media_still();
    pj_status_t status = pjmedia_transport_media_start(g->slave, pool, local, remote, index);
    media_go_on(&g->unheard, status == PJ_SUCCESS && !g->attached);
    if (status == PJ_SUCCESS)
        sdes_read(g, local, remote, index);
    ice_look(g);
    /* A re-INVITE that leaves the stream as it is attaches nothing anew. */
    if (changed && g->attached && status == PJ_SUCCESS && ice_way(g) == WAY_OPEN)
        queue_post(g, ATTACHED, g->hello.token);
    return status;
}

/* ---- coming and going ---- */

static void set_receiver(gate *g, const pjmedia_transport_attach_param *param)
{
    receiver up = {param->user_data, param->rtp_cb, param->rtp_cb2, param->rtcp_cb};
    pthread_mutex_lock(&g->receive_lock);
    g->up = up;
    g->rtcp_mux = pj_sockaddr_has_addr(&param->rem_addr) &&
                  pj_sockaddr_cmp(&param->rem_addr, &param->rem_rtcp) == 0;
    g->remote = g->remote_rtcp = param->rem_addr;
    memset(&g->vouched, 0, sizeof(g->vouched));
    if (pj_sockaddr_has_addr(&param->rem_addr))
        move_to(g, &param->rem_addr);
    if (pj_sockaddr_has_addr(&param->rem_rtcp))
        pj_sockaddr_cp(&g->remote_rtcp, &param->rem_rtcp);
    pthread_mutex_unlock(&g->receive_lock);
}

static void clear_receiver(gate *g)
{
    struct timespec deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec++;  /* PJSIP's own patience for a callback */
    pthread_mutex_lock(&g->receive_lock);
    memset(&g->up, 0, sizeof(g->up));
    while (depth == 0 && g->in_flight > 0)
        if (pthread_cond_clockwait(&g->receive_idle, &g->receive_lock, CLOCK_MONOTONIC, &deadline))
            break;
    pthread_mutex_unlock(&g->receive_lock);
}

static void set_attached(gate *g, pj_bool_t attached)
{
    pj_grp_lock_acquire(g->base.grp_lock);
    g->attached = attached;
    pj_grp_lock_release(g->base.grp_lock);
}

static pj_status_t attach2(pjmedia_transport *transport, pjmedia_transport_attach_param *param)
{
    gate *g = (gate *)transport;
    pjmedia_transport_attach_param below = *param;
    set_receiver(g, param);
    below.user_data = g;
    below.rtp_cb = NULL;
    below.rtp_cb2 = &gate_receive_rtp;
    below.rtcp_cb = &receive_rtcp;
    pj_status_t status = pjmedia_transport_attach2(g->slave, &below);
    if (status != PJ_SUCCESS) {
        clear_receiver(g);
        return status;
    }
    set_attached(g, PJ_TRUE);
    if (ice_way(g) == WAY_OPEN)
        queue_post(g, ATTACHED, g->hello.token);
    media_heard(&g->unheard);
    return PJ_SUCCESS;
}

static void detach(pjmedia_transport *transport, void *stream)
{
    gate *g = (gate *)transport;
    PJ_UNUSED_ARG(stream);
    if (!g->attached)
        return;
    set_attached(g, PJ_FALSE);
    pjmedia_transport_detach(g->slave, g);
    clear_receiver(g);
    queue_post(g, DETACHED, 0);
}

static pj_status_t get_info(pjmedia_transport *transport, pjmedia_transport_info *info)
{
    return pjmedia_transport_get_info(((gate *)transport)->slave, info);
}

static pj_status_t media_create(pjmedia_transport *transport, pj_pool_t *pool, unsigned options,
                                const pjmedia_sdp_session *remote, unsigned index)
{
    return pjmedia_transport_media_create(((gate *)transport)->slave, pool, options, remote, index);
}

static pj_status_t media_stop(pjmedia_transport *transport)
{
    media_heard(&((gate *)transport)->unheard);
    return pjmedia_transport_media_stop(((gate *)transport)->slave);
}

static pj_status_t simulate_lost(pjmedia_transport *transport, pjmedia_dir way, unsigned percent)
{
    return pjmedia_transport_simulate_lost(((gate *)transport)->slave, way, percent);
}

/* The last reference to the group lock is gone: no thread can be inside. */
static void on_last_reference(void *argument)
{
    gate *g = argument;
    pj_pool_t *pool = g->pool;
    srtp_forget(g);
    pthread_cond_destroy(&g->receive_idle);
    pthread_mutex_destroy(&g->receive_lock);
    explicit_bzero(g, sizeof(*g));
    pj_pool_release(pool);
}

static pj_status_t destroy(pjmedia_transport *transport)
{
    gate *g = (gate *)transport;
    pthread_mutex_lock(&registry_lock);
    for (gate **at = &registry; *at; at = &(*at)->next)
        if (*at == g) {
            *at = g->next;
            break;
        }
    pthread_mutex_unlock(&registry_lock);
    media_count(-1);
    ice_forget(g);
    pj_grp_lock_acquire(g->base.grp_lock);
    g->closed = PJ_TRUE;  /* who took the gate before must not reach a socket that is gone */
    pj_grp_lock_release(g->base.grp_lock);
    if (!heir_leave(g))
        queue_post(g, DESTROYED, 0);
    if (g->owns_slave)
        pjmedia_transport_close(g->slave);
    pj_grp_lock_dec_ref(g->base.grp_lock);
    return PJ_SUCCESS;
}

static pjmedia_transport_op operations = {
    .get_info = &get_info, .attach2 = &attach2, .detach = &detach, .send_rtp = &send_rtp,
    .send_rtcp = &send_rtcp, .send_rtcp2 = &send_rtcp2, .media_create = &media_create,
    .encode_sdp = &encode_sdp, .media_start = &media_start, .media_stop = &media_stop,
    .simulate_lost = &simulate_lost, .destroy = &destroy,
};

/* Puts a gate over a transport. NULL: the transport is as it was, and must not be used. */
pjmedia_transport *gate_wrap(int leg, unsigned media_index, pjmedia_transport *slave, pj_bool_t own)
{
    pj_pool_t *pool;
    if (!slave->grp_lock)
        return NULL;
    pool = pjmedia_endpt_create_pool(pjsua_var.med_endpt, "gate%p", 8000, 1000);
    if (!pool)
        return NULL;
    gate *g = PJ_POOL_ZALLOC_T(pool, gate);
    g->pool = pool;
    g->slave = slave;
    g->owns_slave = own;
    g->leg = leg;
    g->media_index = media_index;
    pj_ansi_strxcpy(g->base.name, pool->obj_name, sizeof(g->base.name));
    g->base.type = slave->type;
    g->base.op = &operations;
    g->base.grp_lock = slave->grp_lock;
    pthread_mutex_init(&g->receive_lock, NULL);
    pthread_cond_init(&g->receive_idle, NULL);
    pj_grp_lock_add_ref(g->base.grp_lock);
    pj_grp_lock_add_handler(g->base.grp_lock, pool, g, &on_last_reference);
    pj_bool_t is_new = !heir_take(g);
    if (is_new)
        g->hello.token = armed_pop(g->hello.value);
    pthread_mutex_lock(&registry_lock);
    if (is_new)
        g->id = ++last_id;
    g->next = registry;
    registry = g;
    pthread_mutex_unlock(&registry_lock);
    media_count(1);
    ice_watch(g);
    if (is_new)
        queue_post(g, CREATED, g->hello.token);
    return &g->base;
}

/* Fails closed: a call whose transport cannot be wrapped has none, and PJSIP answers 480. */
static pjmedia_transport *on_create_media_transport(pjsua_call_id leg, unsigned media_index,
                                                    pjmedia_transport *base, unsigned flags)
{
    pjmedia_transport *wrapped;
    if (next_in_chain)
        base = next_in_chain(leg, media_index, base, flags);
    if (!base)
        return NULL;
    wrapped = gate_wrap(leg, media_index, base, (flags & PJSUA_MED_TP_CLOSE_MEMBER) != 0);
    if (!wrapped)
        pjmedia_transport_close(base);
    return wrapped;
}

/* Once for each libInit: whatever Python does later, no call gets a transport without a gate. */
pj_status_t gate_install(void)
{
    pjsua_callback *callbacks = &pjsua_var.ua_cfg.cb;
    pj_status_t status = pjmedia_srtp_init_lib(pjsua_var.med_endpt);
    if (status == PJ_SUCCESS && !srtp_begin())
        status = PJ_EUNKNOWN;
    if (status == PJ_SUCCESS && callbacks->on_create_media_transport != &on_create_media_transport) {
        next_in_chain = callbacks->on_create_media_transport;
        callbacks->on_create_media_transport = &on_create_media_transport;
    }
    even_install();
    if (status == PJ_SUCCESS)
        media_is_gated();
    return status;
}

void gate_offer_fresh(int leg)
{
    pthread_mutex_lock(&registry_lock);
    for (gate *g = registry; g; g = g->next)
        if (g->leg == leg)
            g->wants_fresh = PJ_TRUE;
    pthread_mutex_unlock(&registry_lock);
}

pj_bool_t gate_seeks_a_way(void)
{
    pj_bool_t sought = PJ_FALSE;
    pthread_mutex_lock(&registry_lock);
    for (gate *g = registry; g; g = g->next)
        sought |= ice_way(g) == WAY_SOUGHT;
    pthread_mutex_unlock(&registry_lock);
    return sought;
}

gate *gate_take(int id)
{
    pthread_mutex_lock(&registry_lock);
    gate *g = registry;
    while (g && g->id != id)
        g = g->next;
    if (g)
        pj_grp_lock_add_ref(g->base.grp_lock);
    pthread_mutex_unlock(&registry_lock);
    return g;
}

void gate_leave(gate *g)
{
    pj_grp_lock_dec_ref(g->base.grp_lock);
}
