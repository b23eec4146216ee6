/* Under which address of this machine the media can be reached: of the kernel's routes, at the
 * moment at which an SDP is written. PJSIP would say once and for all where its socket was made. */
#include "gate.h"

static pj_sockaddr offered_toward;  /* PJSIP's signalling thread only */

void address_offer_toward(const char *host)
{
    pj_str_t text = pj_str((char *)host);
    if (!*host || pj_sockaddr_parse(pj_AF_UNSPEC(), 0, &text, &offered_toward) != PJ_SUCCESS)
        memset(&offered_toward, 0, sizeof(offered_toward));
}

/* A datagram socket that is connected has its own end of the way; nothing is sent for that. */
static pj_bool_t is_reached(const pj_sockaddr *to, pj_sockaddr *own)
{
    pj_sockaddr target = *to;
    pj_sock_t asking;
    int size = sizeof(*own);
    int kind = pj_SOCK_DGRAM() | pj_SOCK_CLOEXEC();
    if (pj_sock_socket(to->addr.sa_family, kind, 0, &asking) != PJ_SUCCESS)
        return PJ_FALSE;
    if (pj_sockaddr_get_port(&target) == 0)
        pj_sockaddr_set_port(&target, 9);
    pj_bool_t found =
        pj_sock_connect(asking, &target, (int)pj_sockaddr_get_len(&target)) == PJ_SUCCESS &&
        pj_sock_getsockname(asking, own, &size) == PJ_SUCCESS && pj_sockaddr_has_addr(own);
    pj_sock_close(asking);
    return found;
}

/* Whom the media go to: as the other side's SDP says, or as they went so far, or as the offer is
 * meant. False: nobody knows. */
static pj_bool_t other_end(gate *g, const pjmedia_sdp_session *remote, unsigned index,
                           pj_sockaddr *to)
{
    memset(to, 0, sizeof(*to));
    if (remote && index < remote->media_count) {
        const pjmedia_sdp_conn *at = remote->media[index]->conn;
        at = at ? at : remote->conn;
        if (at)
            pj_sockaddr_parse(pj_AF_UNSPEC(), 0, &at->addr, to);
    } else {
        pthread_mutex_lock(&g->receive_lock);
        *to = pj_sockaddr_has_addr(&g->remote) ? g->remote : offered_toward;
        pthread_mutex_unlock(&g->receive_lock);
    }
    /* "0.0.0.0" is the way to hold a call of before RFC 3264. */
    return (to->addr.sa_family == pj_AF_INET() || to->addr.sa_family == pj_AF_INET6()) &&
           pj_sockaddr_has_addr(to);
}

/* ICE gathers its own candidates; a socket that is bound to one address has no other. */
static pj_bool_t is_everywhere(gate *g, pjmedia_transport_info *info)
{
    pj_sockaddr bound;
    int size = sizeof(bound);
    pjmedia_transport_info_init(info);
    return pjmedia_transport_get_info(g->slave, info) == PJ_SUCCESS &&
           !pjmedia_transport_info_get_spc_info(info, PJMEDIA_TRANSPORT_TYPE_ICE) &&
           pj_sock_getsockname(info->sock_info.rtp_sock, &bound, &size) == PJ_SUCCESS &&
           !pj_sockaddr_has_addr(&bound);
}

static void write_connection(pj_pool_t *pool, pjmedia_sdp_conn *at, const pj_sockaddr *own)
{
    char text[PJ_INET6_ADDRSTRLEN + 10];
    if (!at)
        return;
    pj_strdup2(pool, &at->addr, pj_sockaddr_print(own, text, sizeof(text), 0));
    at->addr_type = pj_str(own->addr.sa_family == pj_AF_INET6() ? "IP6" : "IP4");
}

static void write_rtcp(pj_pool_t *pool, pjmedia_sdp_media *media, pj_sockaddr own,
                       const pj_sockaddr *rtcp)
{
    if (pjmedia_sdp_attr_remove_all(&media->attr_count, media->attr, "rtcp") == 0)
        return;
    pj_sockaddr_set_port(&own, pj_sockaddr_get_port(rtcp));
    pjmedia_sdp_attr_add(&media->attr_count, media->attr,
                         pjmedia_sdp_attr_create_rtcp(pool, &own));
}

void address_write(gate *g, pj_pool_t *pool, pjmedia_sdp_session *local,
                   const pjmedia_sdp_session *remote, unsigned index)
{
    pjmedia_transport_info info;
    pj_sockaddr to, own;
    if (!is_everywhere(g, &info) || !other_end(g, remote, index, &to) || !is_reached(&to, &own))
        return;
    pjmedia_sdp_media *media = local->media[index];
    char text[PJ_INET6_ADDRSTRLEN + 10];
    write_connection(pool, media->conn, &own);
    write_connection(pool, local->conn, &own);
    write_rtcp(pool, media, own, &info.sock_info.rtcp_addr_name);
    pj_strdup2(pool, &local->origin.addr, pj_sockaddr_print(&own, text, sizeof(text), 0));
    local->origin.addr_type = pj_str(own.addr.sa_family == pj_AF_INET6() ? "IP6" : "IP4");
}

/* One machine, or one network of it: whoever has an IPv6 address has 2^64. */
pj_bool_t address_is_near(const pj_sockaddr *one, const pj_sockaddr *other)
{
    const pj_bool_t both = one->addr.sa_family == other->addr.sa_family;
    const size_t size = one->addr.sa_family == PJ_AF_INET6 ? 8 : 4;
    return both && memcmp(pj_sockaddr_get_addr(one), pj_sockaddr_get_addr(other), size) == 0;
}
