/* The part of the Python module that is about servers: where names lead, and the connections. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "gate.h"
#include "gate_module.h"

/* After each libInit. */
PyObject *gate_watch_servers(PyObject *self, PyObject *args)
{
    pjsua_state state = pjsua_get_state();
    (void)self, (void)args;
    pj_status_t status = PJ_EINVALIDOP;
    if (state >= PJSUA_STATE_INIT && state != PJSUA_STATE_CLOSING && know_this_thread())
        status = names_install();
    if (status == PJ_SUCCESS)
        status = digest_install();
    if (status != PJ_SUCCESS)
        return PyErr_Format(PyExc_RuntimeError, "PJSIP takes no names: status %d", status);
    flow_install();
    Py_RETURN_NONE;
}

/* pjsua2 makes transports, and has no word for letting them listen. */
PyObject *gate_listen(PyObject *self, PyObject *args)
{
    int transport, port;
    const char *address;
    pjsua_transport_config place;
    pj_status_t status = PJ_EINVALIDOP;
    (void)self;
    if (!PyArg_ParseTuple(args, "isi", &transport, &address, &port))
        return NULL;
    pjsua_transport_config_default(&place);
    place.port = (unsigned)port;
    place.bound_addr = pj_str((char *)address);
    Py_BEGIN_ALLOW_THREADS
    if (know_this_thread())
        status = pjsua_transport_lis_start(transport, &place);
    Py_END_ALLOW_THREADS
    return PyLong_FromLong(status);
}

PyObject *gate_lead(PyObject *self, PyObject *args)
{
    const char *host, *address;
    int port;
    (void)self;
    if (!PyArg_ParseTuple(args, "sis", &host, &port, &address))
        return NULL;
    return PyBool_FromLong(know_this_thread() && names_lead(host, port, address));
}

/* PJSIP calls back into Python from in here, if the connection breaks. */
PyObject *gate_ping(PyObject *self, PyObject *args)
{
    unsigned long long transport;
    pj_bool_t sent;
    (void)self;
    if (!PyArg_ParseTuple(args, "K", &transport))
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    sent = know_this_thread() && flow_ping((void *)(uintptr_t)transport);
    Py_END_ALLOW_THREADS
    return PyBool_FromLong(sent);
}

PyObject *gate_open_flow(PyObject *self, PyObject *args)
{
    int account;
    const char *host, *place;
    char local[GATE_PLACE_SIZE] = "";
    pj_status_t status = PJ_EINVALIDOP;
    (void)self;
    if (!PyArg_ParseTuple(args, "iss", &account, &host, &place))
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    if (know_this_thread())
        status = flow_open(account, host, place, local);
    Py_END_ALLOW_THREADS
    return Py_BuildValue("(is)", status, local);
}

PyObject *gate_contact(PyObject *self, PyObject *args)
{
    int account;
    const char *value;
    pj_bool_t taken;
    (void)self;
    if (!PyArg_ParseTuple(args, "is", &account, &value))
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    taken = know_this_thread() && flow_contact(account, value);
    Py_END_ALLOW_THREADS
    return PyBool_FromLong(taken);
}

PyObject *gate_was_elsewhere(PyObject *self, PyObject *args)
{
    const char *call_id;
    (void)self;
    if (!PyArg_ParseTuple(args, "s", &call_id))
        return NULL;
    return PyBool_FromLong(dialog_was_elsewhere(call_id));
}

PyObject *gate_next_pong(PyObject *self, PyObject *args)
{
    (void)self, (void)args;
    return PyLong_FromUnsignedLongLong((uintptr_t)flow_next_pong());
}
