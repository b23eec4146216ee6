/* Shows every TLS connection to Python when its handshake is done, and before PJSIP sends or reads
 * anything on it. Only a plain True lets it live: with anything else, or with nobody to ask, it is
 * shut down, and whatever waited to be sent on it is not sent. PJSIP's own verification stands
 * before this one and remains; here it is known what else an account demands.
 *
 * All of it runs on the thread that polls PJSIP.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "gate.h"

#include <openssl/ssl.h>

static pjsip_tp_state_callback next;  /* pjsua2's */
static PyObject *judge;

/* Pjsua's own, in no header of it: its accounts let go of a connection. */
void pjsua_acc_on_tp_state_changed(pjsip_transport *connection, pjsip_transport_state state,
                                   const pjsip_transport_state_info *info);

/* Pjsua's id of the transport that made the connection; -1: of none. */
static int maker_of(const pjsip_transport *connection)
{
    for (int id = 0; id < (int)PJ_ARRAY_SIZE(pjsua_var.tpdata); id++) {
        const pjsip_transport_type_e type = pjsua_var.tpdata[id].type & ~PJSIP_TRANSPORT_IPV6;
        if (type == PJSIP_TRANSPORT_TLS && pjsua_var.tpdata[id].data.factory == connection->factory)
            return id;
    }
    return -1;
}

/* A tuple of DER; NULL with an exception set. */
static PyObject *octets_of(STACK_OF(X509) *certificates)
{
    const int count = certificates ? sk_X509_num(certificates) : 0;
    PyObject *all = PyTuple_New(count);
    for (int i = 0; all && i < count; i++) {
        unsigned char *der = NULL;
        const int size = i2d_X509(sk_X509_value(certificates, i), &der);
        PyObject *one = size > 0 ? PyBytes_FromStringAndSize((char *)der, size) : NULL;
        OPENSSL_free(der);
        if (!one && !PyErr_Occurred())
            PyErr_NoMemory();
        if (!one || PyTuple_SetItem(all, i, one) < 0)
            Py_CLEAR(all);
    }
    return all;
}

static PyObject *ask(pjsip_transport *connection, pj_bool_t is_up, const pj_ssl_sock_info *info)
{
    SSL *ssl = info->native_ssl;
    const pj_str_t *name = &connection->remote_name.host;
    PyObject *sent = octets_of(ssl ? SSL_get_peer_cert_chain(ssl) : NULL);
    PyObject *verified = sent ? octets_of(ssl ? SSL_get0_verified_chain(ssl) : NULL) : NULL;
    if (!verified) {
        Py_XDECREF(sent);
        return NULL;
    }
    return PyObject_CallFunction(
        judge, "KiOOs#iklONN", (unsigned long long)(uintptr_t)connection, maker_of(connection),
        connection->dir == PJSIP_TP_DIR_INCOMING ? Py_True : Py_False, is_up ? Py_True : Py_False,
        name->ptr, (Py_ssize_t)name->slen, connection->remote_name.port,
        (unsigned long)info->verify_status,
        ssl ? SSL_get_verify_result(ssl) : -1L,
        ssl && SSL_get0_certificate_types(ssl, NULL) > 0 ? Py_True : Py_False, sent, verified);
}

static pj_bool_t is_trusted(pjsip_transport *connection, pj_bool_t is_up,
                            const pj_ssl_sock_info *info)
{
    PyGILState_STATE gil = PyGILState_Ensure();
    PyObject *answer = judge ? ask(connection, is_up, info) : NULL;
    const pj_bool_t yes = answer == Py_True;
    if (PyErr_Occurred())
        PyErr_WriteUnraisable(judge);
    Py_XDECREF(answer);
    PyGILState_Release(gil);
    return yes;
}

/* PJSIP means to give no session to resume, and yet OpenSSL would keep two of each TLS 1.3
 * connection that came in, of up to 20480: PJSIP asks for SSL_CTX_set_num_tickets as a macro, which
 * is a function. The context is the listener's, so it holds for whoever comes after this one. */
static void keep_no_sessions(const pjsip_transport *connection, const pj_ssl_sock_info *info)
{
    SSL_CTX *context = info->native_ssl ? SSL_get_SSL_CTX(info->native_ssl) : NULL;
    if (!context || connection->dir != PJSIP_TP_DIR_INCOMING)
        return;
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

static void on_state(pjsip_transport *connection, pjsip_transport_state state,
                     const pjsip_transport_state_info *info)
{
    const pj_bool_t is_up = state == PJSIP_TP_STATE_CONNECTED;
    const pj_bool_t is_tls = (connection->key.type & ~PJSIP_TRANSPORT_IPV6) == PJSIP_TRANSPORT_TLS;
    const pjsip_tls_state_info *tls = is_tls && info ? info->ext_info : NULL;
    const pj_ssl_sock_info *seen = tls ? tls->ssl_sock_info : NULL;
    if (is_tls && is_up) {
        knock_answered(connection);
        flood_begins(connection);
    }
    if (state == PJSIP_TP_STATE_DESTROY)
        flood_ends(connection);
    if (seen && is_up)
        keep_no_sessions(connection, seen);
    if (is_tls && is_up && !(seen && is_trusted(connection, PJ_TRUE, seen))) {
        pjsip_transport_state_info refused = {.status = PJSIP_TLS_ECERTVERIF};
        if (info) {
            refused = *info;
            refused.status = PJSIP_TLS_ECERTVERIF;
        }
        pjsip_transport_shutdown(connection);
        next(connection, PJSIP_TP_STATE_DISCONNECTED, &refused);
        pjsua_acc_on_tp_state_changed(connection, PJSIP_TP_STATE_DISCONNECTED, &refused);
        return;
    }
    if (seen && state == PJSIP_TP_STATE_DISCONNECTED)
        (void)is_trusted(connection, PJ_FALSE, seen);  /* it is told why, and decides nothing */
    next(connection, state, info);
}

/* Whether the connections come by here: before pjsua2, whom libInit has put there. */
static pj_bool_t stands_in_the_way(void)
{
    pjsip_tp_state_callback *place = &pjsua_var.ua_cfg.cb.on_transport_state;
    if (pjsua_get_state() < PJSUA_STATE_INIT || pjsua_get_state() == PJSUA_STATE_CLOSING ||
        !*place)
        return PJ_FALSE;
    if (*place != &on_state)
        next = *place;
    *place = &on_state;
    return PJ_TRUE;
}

PyObject *trust_install(PyObject *self, PyObject *whom)
{
    (void)self;
    if (whom != Py_None && !stands_in_the_way()) {
        PyErr_SetString(PyExc_RuntimeError, "PJSIP does not tell of its connections");
        return NULL;
    }
    Py_XDECREF(judge);
    judge = whom == Py_None ? NULL : Py_NewRef(whom);
    Py_RETURN_NONE;
}
