/* Where PJSIP connects to for a name: where the phone's own look at DNS has found a server
 * (RFC 3263), else where the system's resolver leads. PJSIP's own resolver knows no NAPTR, and
 * would choose the server itself. The certificate is compared with the name that was asked for,
 * whatever stands here.
 *
 * All of it runs on the thread that polls PJSIP.
 */
#include "gate.h"

#include <strings.h>

#define GATE_MAX_NAMES 64

static struct known_name {
    char host[GATE_HOST_SIZE];
    int port;  /* as it stands in the URI; 0: in none */
    pj_bool_t leads;
    pj_sockaddr address;
} known[GATE_MAX_NAMES];
static unsigned count;

static struct known_name *find(const pj_str_t *host, int port)
{
    for (unsigned i = 0; i < count; i++)
        if (known[i].port == port && pj_stricmp2(host, known[i].host) == 0)
            return &known[i];
    return NULL;
}

static void add(pjsip_server_addresses *found, const pjsip_host_info *target,
                pjsip_transport_type_e type, const pj_sockaddr *address)
{
    unsigned i = found->count++;
    pj_bool_t is_ipv6 = address->addr.sa_family == pj_AF_INET6();
    found->entry[i].name = target->addr.host;
    found->entry[i].type = is_ipv6 ? type | PJSIP_TRANSPORT_IPV6 : type & ~PJSIP_TRANSPORT_IPV6;
    pj_sockaddr_cp(&found->entry[i].addr, address);
    found->entry[i].addr_len = pj_sockaddr_get_len(address);
    if (pj_sockaddr_get_port(address) == 0)
        pj_sockaddr_set_port(&found->entry[i].addr,
                             target->addr.port ? (pj_uint16_t)target->addr.port
                             : pjsip_transport_get_default_port_for_type(type));
}

/* A number, or a name that only the system knows. */
static pj_status_t by_system(const pjsip_host_info *target, pjsip_transport_type_e type,
                             pjsip_server_addresses *found)
{
    pj_addrinfo answers[PJSIP_MAX_RESOLVED_ADDRESSES];
    unsigned answered = PJSIP_MAX_RESOLVED_ADDRESSES;
    int family = type & PJSIP_TRANSPORT_IPV6 ? pj_AF_INET6() : pj_AF_UNSPEC();
    if (pj_getaddrinfo(family, &target->addr.host, &answered, answers) != PJ_SUCCESS)
        return PJ_ERESOLVE;
    for (unsigned i = 0; i < answered; i++) {
        pj_sockaddr address;
        pj_sockaddr_cp(&address, &answers[i].ai_addr);
        pj_sockaddr_set_port(&address, 0);
        add(found, target, type, &address);
    }
    return answered ? PJ_SUCCESS : PJ_ERESOLVE;
}

static void resolve(pjsip_resolver_t *resolver, pj_pool_t *pool, const pjsip_host_info *target,
                    void *token, pjsip_resolver_callback *tell)
{
    pjsip_server_addresses found;
    pjsip_transport_type_e type = target->type;
    pj_status_t status = PJ_SUCCESS;
    (void)resolver, (void)pool;
    memset(&found, 0, sizeof(found));
    if (type == PJSIP_TRANSPORT_UNSPECIFIED)
        type = target->flag & PJSIP_TRANSPORT_SECURE ? PJSIP_TRANSPORT_TLS
             : target->flag & PJSIP_TRANSPORT_RELIABLE ? PJSIP_TRANSPORT_TCP
             : PJSIP_TRANSPORT_UDP;
    const struct known_name *name = find(&target->addr.host, target->addr.port);
    if (!name)
        status = by_system(target, type, &found);
    else if (name->leads)
        add(&found, target, type, &name->address);
    else
        status = PJ_ERESOLVE;
    tell(status, token, &found);
}

pj_status_t names_install(void)
{
    static pjsip_ext_resolver ours = {.resolve = &resolve};
    count = 0;
    return pjsip_endpt_set_ext_resolver(pjsua_var.endpt, &ours);
}

pj_bool_t names_lead(const char *host, int port, const char *address)
{
    pj_str_t wanted = pj_str((char *)host), text = pj_str((char *)address);
    pj_sockaddr parsed;
    if (strlen(host) >= GATE_HOST_SIZE)
        return PJ_FALSE;
    if (*address && pj_sockaddr_parse(pj_AF_UNSPEC(), 0, &text, &parsed) != PJ_SUCCESS)
        return PJ_FALSE;
    struct known_name *name = find(&wanted, port);
    if (!name) {
        if (count == GATE_MAX_NAMES)
            return PJ_FALSE;
        name = &known[count++];
        strcpy(name->host, host);
        name->port = port;
    }
    name->leads = *address != 0;
    if (name->leads)
        pj_sockaddr_cp(&name->address, &parsed);
    return PJ_TRUE;
}
