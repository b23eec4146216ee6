/* A call that goes on in another network. With ICE, PJSIP takes its media transport away and makes
 * another one, with other sockets and candidates: to the call it is one gate all the same. Its
 * number, its keys and its Hellos go over, and so nobody has to compare words anew.
 *
 * All of it runs on PJSIP's signalling thread.
 */
#include "gate.h"

static gate estate;  /* as much of a gate as goes over */
static pj_bool_t is_left;
static int expected = -1;

/* The gate of this call is about to be taken away, and another one to be made in its place. */
void heir_expect(int leg)
{
    expected = leg;
}

static void move_keys(srtp_side *from, srtp_side *to)
{
    *to = *from;
    explicit_bzero(from, sizeof(*from));
}

/* True: another gate will go on for this one, and nobody need be told that it is gone. */
pj_bool_t heir_leave(gate *g)
{
    if (g->leg != expected || is_left)
        return PJ_FALSE;
    estate = *g;
    pj_grp_lock_acquire(g->base.grp_lock);
    move_keys(&g->send, &estate.send);
    pj_grp_lock_release(g->base.grp_lock);
    pthread_mutex_lock(&g->receive_lock);
    move_keys(&g->receive, &estate.receive);
    estate.srtp_seen = g->srtp_seen;
    pthread_mutex_unlock(&g->receive_lock);
    is_left = PJ_TRUE;
    return PJ_TRUE;
}

/* True: a new gate is the one that was there before. Nobody else knows it yet. */
pj_bool_t heir_take(gate *g)
{
    if (!is_left || g->leg != estate.leg || g->media_index != estate.media_index)
        return PJ_FALSE;
    g->id = estate.id;
    memcpy(g->counters, estate.counters, sizeof(g->counters));
    g->send = estate.send;
    g->receive = estate.receive;
    g->srtp_seen = estate.srtp_seen;
    g->ssrc = estate.ssrc;
    g->hello = estate.hello;
    g->fresh = estate.fresh;
    g->described = estate.described;
    memcpy(g->remote_hashes, estate.remote_hashes, sizeof(g->remote_hashes));
    g->remote_hash_count = estate.remote_hash_count;
    is_left = PJ_FALSE;
    explicit_bzero(&estate, sizeof(estate));
    return PJ_TRUE;
}

/* What nobody has taken by now, nobody will. */
void heir_end(void)
{
    expected = -1;
    if (!is_left)
        return;
    is_left = PJ_FALSE;
    queue_post(&estate, DESTROYED, 0);
    srtp_forget(&estate);
    explicit_bzero(&estate, sizeof(estate));
}
