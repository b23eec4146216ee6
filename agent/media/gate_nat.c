/* The servers that ICE asks (RFC 8445 section 5.1.1): which STUN server there is, whether the TURN
 * server gives us a relay, and how it is trusted. pjsua2 has no words for these.
 *
 * All of it runs on the thread that polls PJSIP.
 */
#include "gate.h"

#include <pjnath/turn_sock.h>

static pj_turn_sock *asked;
static pj_bool_t has_answer;
static pj_status_t answer;

/* An empty address: there is none, and calls do not wait for one. */
pj_status_t nat_use_stun(const char *address)
{
    pj_str_t text = pj_str((char *)address);
    pj_sockaddr server;
    if (!*address) {
        pjsua_var.ua_cfg.stun_srv_cnt = 0;
        memset(&pjsua_var.stun_srv, 0, sizeof(pjsua_var.stun_srv));
        return PJ_SUCCESS;
    }
    pj_status_t status = pj_sockaddr_parse(PJ_AF_UNSPEC, 0, &text, &server);
    if (status != PJ_SUCCESS)
        return status;
    pjsua_var.stun_srv = server;
    pjsua_var.ua_cfg.stun_srv_cnt = 1;
    pj_strdup_with_null(pjsua_var.pool, &pjsua_var.ua_cfg.stun_srv[0], &text);
    pjsua_var.stun_status = PJ_SUCCESS;
    return PJ_SUCCESS;
}

static void trust(pj_turn_sock_tls_cfg *tls, const char *ca_file)
{
    pj_turn_sock_tls_cfg_default(tls);
    tls->ca_list_file = pj_str((char *)ca_file);
    tls->ssock_param.verify_peer = PJ_TRUE;
    tls->ssock_param.proto = PJ_SSL_SOCK_PROTO_TLS1_2 | PJ_SSL_SOCK_PROTO_TLS1_3;
}

static pjsua_acc_config *account_of(int id)
{
    pj_bool_t exists = id >= 0 && id < (int)PJ_ARRAY_SIZE(pjsua_var.acc) && pjsua_var.acc[id].valid;
    return exists ? &pjsua_var.acc[id].cfg : NULL;
}

/* Whether an account's calls ask the TURN server that it was made with. */
void nat_use_turn(int id, pj_bool_t use)
{
    pjsua_acc_config *account = account_of(id);
    if (account)
        account->turn_cfg.enable_turn = use;
}

void nat_trust_turn(int id, const char *ca_file)
{
    pjsua_acc_config *account = account_of(id);
    pj_turn_sock_tls_cfg tls;
    trust(&tls, ca_file);
    if (account)
        pj_turn_sock_tls_cfg_dup(pjsua_var.acc[id].pool, &account->turn_cfg.turn_tls_setting, &tls);
}

static void answered(pj_status_t status)
{
    has_answer = PJ_TRUE;
    answer = status;
}

/* An allocation is given back as soon as we have it. */
static void on_state(pj_turn_sock *turn, pj_turn_state_t before, pj_turn_state_t now)
{
    pj_turn_session_info info;
    (void)before;
    if (turn != asked || (now != PJ_TURN_STATE_READY && now < PJ_TURN_STATE_DEALLOCATING))
        return;
    asked = NULL;
    if (now == PJ_TURN_STATE_READY) {
        answered(PJ_SUCCESS);
        pj_turn_sock_destroy(turn);
        return;
    }
    memset(&info, 0, sizeof(info));
    pj_turn_sock_get_info(turn, &info);
    answered(info.last_status == PJ_SUCCESS ? PJ_ERESOLVE : info.last_status);
}

void nat_ask_turn(const turn_server *server)
{
    static const pj_turn_sock_cb callbacks = {.on_state = &on_state};
    pj_turn_sock_cfg settings;
    pj_turn_sock *turn;
    pj_stun_config stun;
    pj_str_t host = pj_str((char *)server->host);
    pj_stun_auth_cred credential = {.type = PJ_STUN_AUTH_CRED_STATIC};
    credential.data.static_cred.realm = pj_str("*");
    credential.data.static_cred.username = pj_str((char *)server->user);
    credential.data.static_cred.data_type = PJ_STUN_PASSWD_PLAIN;
    credential.data.static_cred.data = pj_str((char *)server->password);
    if (asked)
        return;
    has_answer = PJ_FALSE;
    pj_stun_config_init(&stun, &pjsua_var.cp.factory, 0, pjsip_endpt_get_ioqueue(pjsua_var.endpt),
                        pjsip_endpt_get_timer_heap(pjsua_var.endpt));
    pj_turn_sock_cfg_default(&settings);
    trust(&settings.tls_cfg, server->ca_file);
    pj_status_t status = pj_turn_sock_create(&stun, pj_AF_INET(), server->transport, &callbacks,
                                             &settings, NULL, &turn);
    if (status != PJ_SUCCESS) {
        answered(status);
        return;
    }
    asked = turn;
    status = pj_turn_sock_alloc(turn, &host, (int)server->port, pjsua_var.resolver, &credential,
                                NULL);
    if (status != PJ_SUCCESS && asked) {
        asked = NULL;
        answered(status);
        pj_turn_sock_destroy(turn);
    }
}

pj_bool_t nat_turn_answered(int *status)
{
    pj_bool_t is_new = has_answer;
    *status = answer;
    has_answer = PJ_FALSE;
    return is_new;
}

/* Addresses are being gathered or tried: PJSIP's timers for that are set by another thread, and
 * the one that polls must not sleep past them. */
pj_bool_t nat_is_busy(void)
{
    for (unsigned i = 0; i < pjsua_var.ua_cfg.max_calls; i++)
        for (unsigned k = 0; k < pjsua_var.calls[i].med_prov_cnt; k++)
            if (pjsua_var.calls[i].media_prov[k].tp_ready == PJ_EPENDING)
                return PJ_TRUE;
    return gate_seeks_a_way();
}
