/* Keep-alive of the connections to servers (RFC 5626 section 3.5.1): a double CRLF goes out, and
 * a single one comes back from whoever is alive. PJSIP sends such pings, but never looks whether
 * one is answered.
 *
 * All of it runs on the thread that polls PJSIP.
 */
#include "gate.h"

#define GATE_MAX_PONGS 64

#include <stdio.h>

static void *pongs[GATE_MAX_PONGS];
static unsigned count;

static void copy(char *into, size_t size, const pj_str_t *text)
{
    size_t length = PJ_MIN((size_t)text->slen, size - 1);
    memcpy(into, text->ptr, length);
    into[length] = 0;
}

void flow_install(void)
{
    count = 0;
}

void flow_heard(void *transport)
{
    if (count < GATE_MAX_PONGS)
        pongs[count++] = transport;
}

pj_bool_t flow_ping(void *transport)
{
    static const char ping[] = "\r\n\r\n";
    pjsip_transport *flow = transport;
    pjsip_tpselector selector;
    memset(&selector, 0, sizeof(selector));
    selector.type = PJSIP_TPSELECTOR_TRANSPORT;
    selector.u.transport = flow;
    pj_status_t status = pjsip_tpmgr_send_raw(
        pjsip_endpt_get_tpmgr(pjsua_var.endpt), flow->key.type, &selector, NULL, ping,
        sizeof(ping) - 1, &flow->key.rem_addr, pj_sockaddr_get_len(&flow->key.rem_addr), NULL, NULL);
    return status == PJ_SUCCESS || status == PJ_EPENDING;
}

/* PJSIP would look the registrar's name up by itself, and connect there, only to learn which address
 * and port of ours to write down. */
pj_status_t flow_open(int account, const char *host, const char *place,
                      char local[GATE_PLACE_SIZE])
{
    static char hosts[PJSUA_MAX_ACC][PJ_INET6_ADDRSTRLEN];
    pjsip_tpselector selector;
    pjsip_transport *flow;
    pjsip_tx_data names_host;  /* all that PJSIP reads of it is whom the certificate must name */
    pj_sockaddr address;
    pj_str_t text = pj_str((char *)place);
    if (!pjsua_acc_is_valid(account))
        return PJ_EINVAL;
    pj_status_t status = pj_sockaddr_parse(pj_AF_UNSPEC(), 0, &text, &address);
    if (status != PJ_SUCCESS)
        return status;
    pjsua_acc *acc = &pjsua_var.acc[account];
    memset(&selector, 0, sizeof(selector));
    pjsua_init_tpselector(account, &selector);  /* the header calls it tp_id, and is wrong */
    memset(&names_host, 0, sizeof(names_host));
    names_host.dest_info.name = pj_str((char *)host);
    int type = PJSIP_TRANSPORT_TLS;
    if (address.addr.sa_family == pj_AF_INET6())
        type |= PJSIP_TRANSPORT_IPV6;
    status = pjsip_endpt_acquire_transport2(pjsua_var.endpt, (pjsip_transport_type_e)type, &address,
                                            pj_sockaddr_get_len(&address), &selector, &names_host,
                                            &flow);
    if (status != PJ_SUCCESS)
        return status;
    copy(hosts[account], sizeof(hosts[account]), &flow->local_name.host);
    acc->via_addr.host = pj_str(hosts[account]);
    acc->via_addr.port = flow->local_name.port;
    acc->via_tp = flow;
    pj_bool_t is_ipv6 = strchr(hosts[account], ':') != NULL;
    snprintf(local, GATE_PLACE_SIZE, is_ipv6 ? "[%s]:%d" : "%s:%d", hosts[account],
             flow->local_name.port);
    pjsip_transport_dec_ref(flow);  /* its idle timer runs; the request comes first */
    return PJ_SUCCESS;
}

/* The next REGISTER begins a registration of its own, with this Contact; empty: by PJSIP's rules. */
pj_bool_t flow_contact(int account, const char *contact)
{
    static char contacts[PJSUA_MAX_ACC][GATE_URI_SIZE];
    if (!pjsua_acc_is_valid(account) || strlen(contact) >= GATE_URI_SIZE)
        return PJ_FALSE;
    pjsua_acc *acc = &pjsua_var.acc[account];
    strcpy(contacts[account], contact);
    acc->cfg.force_contact = pj_str(contacts[account]);
    if (!*contact)
        return PJ_TRUE;
    acc->contact.slen = 0;
    if (acc->regc)
        pjsip_regc_destroy2(acc->regc, PJ_FALSE);
    acc->regc = NULL;
    return PJ_TRUE;
}

void *flow_next_pong(void)
{
    return count ? pongs[--count] : NULL;
}
