/* The Python module. Every call into PJSIP gives the GIL away first: the group lock may be held by
 * a thread that waits for the GIL. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "gate.h"
#include "gate_module.h"

#include <stdlib.h>

/* pjlib aborts when a thread that it does not know takes one of its locks. Its description of the
 * thread must live as long as the thread. */
pj_bool_t know_this_thread(void)
{
    static __thread pj_thread_desc description;
    pj_thread_t *thread;
    if (pjsua_get_state() == PJSUA_STATE_NULL)
        return PJ_FALSE;
    if (pj_thread_is_registered())
        return PJ_TRUE;
    memset(description, 0, sizeof(description));
    return pj_thread_register("gate", description, &thread) == PJ_SUCCESS;
}

static gate *take(int id)
{
    return know_this_thread() ? gate_take(id) : NULL;
}

static PyObject *gone(int id)
{
    return PyErr_Format(PyExc_LookupError, "gate %d is gone", id);
}

static PyObject *install(PyObject *self, PyObject *args)
{
    pjsua_state state = pjsua_get_state();
    (void)self, (void)args;
    if (state < PJSUA_STATE_INIT || state == PJSUA_STATE_CLOSING || !know_this_thread()) {
        PyErr_SetString(PyExc_RuntimeError, "the gate goes in after libInit");
        return NULL;
    }
    pj_status_t status = gate_install();
    if (status != PJ_SUCCESS)
        return PyErr_Format(PyExc_RuntimeError, "libsrtp does not start: PJSIP status %d", status);
    status = dialog_install();
    if (status == PJ_SUCCESS)
        status = ack_install();
    if (status == PJ_SUCCESS)
        status = border_install();
    if (status != PJ_SUCCESS)
        return PyErr_Format(PyExc_RuntimeError, "PJSIP takes no module: status %d", status);
    Py_RETURN_NONE;
}

static PyObject *fileno_(PyObject *self, PyObject *args)
{
    (void)self, (void)args;
    return PyLong_FromLong(queue_fd());
}

static PyObject *hashes_of(const gate_event *event)
{
    PyObject *hashes = PyTuple_New((Py_ssize_t)event->hash_count);
    for (unsigned i = 0; hashes && i < event->hash_count; i++) {
        const char *text = event->hashes[i];
        PyObject *hash = PyUnicode_DecodeLatin1(text, (Py_ssize_t)strlen(text), NULL);
        if (!hash || PyTuple_SetItem(hashes, (Py_ssize_t)i, hash) < 0)
            Py_CLEAR(hashes);
    }
    return hashes;
}

static PyObject *numbers(const uint64_t values[COUNTERS])
{
    PyObject *result = PyTuple_New(COUNTERS);
    for (int i = 0; result && i < COUNTERS; i++) {
        PyObject *value = PyLong_FromUnsignedLongLong(values[i]);
        if (!value || PyTuple_SetItem(result, i, value) < 0)
            Py_CLEAR(result);
    }
    return result;
}

static PyObject *fields_of(const gate_event *event)
{
    uint64_t values[COUNTERS];
    const crypto_pair *pair = (const crypto_pair *)event->data;
    switch (event->kind) {
    case DESCRIBED:
        return Py_BuildValue("(iiNNN)", event->gate, event->leg, gate_strings(&pair->own),
                             gate_strings(&pair->theirs), hashes_of(event));
    case SRTP_RECEIVED:
        return Py_BuildValue("(iii)", event->gate, event->leg, event->token);
    case CREATED:
        return Py_BuildValue("(iiIi)", event->gate, event->leg, event->media_index, event->token);
    case ATTACHED:
        return Py_BuildValue("(iiINsi)", event->gate, event->leg, (unsigned)event->ssrc,
                             hashes_of(event), event->address, event->token);
    case ZRTP_PACKET:
        return Py_BuildValue("(iiy#s)", event->gate, event->leg, (const char *)event->data,
                             (Py_ssize_t)event->size, event->address);
    case DESTROYED:
        memcpy(values, event->data, sizeof(values));
        return Py_BuildValue("(iiN)", event->gate, event->leg, numbers(values));
    default:
        return Py_BuildValue("(ii)", event->gate, event->leg);
    }
}

static PyObject *drain(PyObject *self, PyObject *args)
{
    (void)self, (void)args;
    PyObject *list = PyList_New(0);
    if (!list)
        return NULL;
    for (gate_event *event = queue_take_all(), *next; event; event = next) {
        PyObject *item = list ? Py_BuildValue("(iN)", (int)event->kind, fields_of(event)) : NULL;
        if (list && (!item || PyList_Append(list, item) < 0))
            Py_CLEAR(list);
        Py_XDECREF(item);
        next = event->next;
        explicit_bzero(event->data, event->size);  /* an SDP's keys */
        free(event);
    }
    return list;
}

static PyObject *arm(PyObject *self, PyObject *args)
{
    int token;
    const char *value;
    (void)self;
    if (!PyArg_ParseTuple(args, "is", &token, &value))
        return NULL;
    return PyBool_FromLong(strlen(value) < GATE_HASH_SIZE && armed_push(token, value));
}

static PyObject *armed(PyObject *self, PyObject *args)
{
    (void)self, (void)args;
    return PyLong_FromLong(armed_count());
}

static PyObject *send_zrtp(PyObject *self, PyObject *args)
{
    int id;
    Py_buffer packet;
    pj_bool_t sent = PJ_FALSE;
    (void)self;
    if (!PyArg_ParseTuple(args, "iy*", &id, &packet))
        return NULL;
    if (demux(packet.buf, (size_t)packet.len) != PACKET_ZRTP) {
        PyBuffer_Release(&packet);
        PyErr_SetString(PyExc_ValueError, "not a ZRTP packet with a good CRC");
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    gate *g = take(id);
    if (g) {
        sent = gate_send_zrtp(g, packet.buf, (size_t)packet.len);
        gate_leave(g);
    }
    Py_END_ALLOW_THREADS
    PyBuffer_Release(&packet);
    return PyBool_FromLong(sent);
}

static PyObject *vouch(PyObject *self, PyObject *args)
{
    int id;
    const char *text;
    Py_ssize_t size;
    pj_sockaddr source;
    (void)self;
    if (!PyArg_ParseTuple(args, "is#", &id, &text, &size))
        return NULL;
    pj_str_t address = {(char *)text, size};
    pj_status_t status = PJ_SUCCESS;
    Py_BEGIN_ALLOW_THREADS
    gate *g = take(id);
    if (g) {
        status = pj_sockaddr_parse(pj_AF_UNSPEC(), 0, &address, &source);
        if (status == PJ_SUCCESS)
            gate_vouch(g, &source);
        gate_leave(g);
    }
    Py_END_ALLOW_THREADS
    if (status != PJ_SUCCESS)
        return PyErr_Format(PyExc_ValueError, "not an address with a port: %s", text);
    Py_RETURN_NONE;
}

static PyObject *install_keys(PyObject *self, PyObject *args)
{
    int id, way, tag, origin;
    const char *key, *salt, *print;
    Py_ssize_t key_size, salt_size, print_size;
    key_material material;
    enum install_result result = INSTALLED;
    gate *g;
    (void)self;
    if (!PyArg_ParseTuple(args, "iiiy#y#y#i", &id, &way, &tag, &key, &key_size, &salt, &salt_size,
                          &print, &print_size, &origin))
        return NULL;
    if (key_size + salt_size > GATE_MAX_KEY || print_size != GATE_FINGERPRINT ||
        (way != SEND && way != RECEIVE) || (origin != FROM_ZRTP && origin != FROM_SIGNALLING)) {
        PyErr_SetString(PyExc_ValueError, "not an SRTP key");
        return NULL;
    }
    memcpy(material.key_and_salt, key, (size_t)key_size);
    memcpy(material.key_and_salt + key_size, salt, (size_t)salt_size);
    memcpy(material.fingerprint, print, GATE_FINGERPRINT);
    material.key_size = (size_t)key_size;
    material.salt_size = (size_t)salt_size;
    material.auth_tag_bits = tag;
    material.origin = (enum key_origin)origin;
    Py_BEGIN_ALLOW_THREADS
    g = take(id);
    if (g) {
        result = srtp_install(g, way == SEND ? SEND : RECEIVE, &material);
        gate_leave(g);
    }
    explicit_bzero(&material, sizeof(material));
    Py_END_ALLOW_THREADS
    return g ? PyLong_FromLong(result) : gone(id);
}

static PyObject *close_(PyObject *self, PyObject *args)
{
    int id;
    (void)self;
    if (!PyArg_ParseTuple(args, "i", &id))
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    gate *g = take(id);
    if (g) {
        srtp_close(g);
        gate_leave(g);
    }
    Py_END_ALLOW_THREADS
    Py_RETURN_NONE;
}

static PyObject *counters(PyObject *self, PyObject *args)
{
    int id;
    uint64_t values[COUNTERS];
    gate *g;
    (void)self;
    if (!PyArg_ParseTuple(args, "i", &id))
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    g = take(id);
    if (g) {
        for (int i = 0; i < COUNTERS; i++)
            values[i] = __atomic_load_n(&g->counters[i], __ATOMIC_RELAXED);
        gate_leave(g);
    }
    Py_END_ALLOW_THREADS
    return g ? numbers(values) : gone(id);
}

static PyObject *watch_orders(PyObject *self, PyObject *args)
{
    pjsua_state state = pjsua_get_state();
    (void)self, (void)args;
    pj_status_t status = PJ_EINVALIDOP;
    if (state >= PJSUA_STATE_INIT && state != PJSUA_STATE_CLOSING && know_this_thread())
        status = wake_install();
    if (status != PJ_SUCCESS)
        return PyErr_Format(PyExc_RuntimeError, "PJSIP cannot be woken: status %d", status);
    Py_RETURN_NONE;
}

static PyObject *wake(PyObject *self, PyObject *args)
{
    (void)self, (void)args;
    wake_up();
    Py_RETURN_NONE;
}

static PyObject *begin_media(PyObject *self, PyObject *args)
{
    pjsua_state state = pjsua_get_state();
    int rests;
    (void)self;
    if (!PyArg_ParseTuple(args, "p", &rests))
        return NULL;
    pj_status_t status = PJ_EINVALIDOP;
    if (state >= PJSUA_STATE_INIT && state != PJSUA_STATE_CLOSING && know_this_thread())
        status = media_begin(rests);
    if (status != PJ_SUCCESS)
        return PyErr_Format(PyExc_RuntimeError, "nobody waits for media: status %d", status);
    Py_RETURN_NONE;
}

static PyObject *end_media(PyObject *self, PyObject *args)
{
    (void)self, (void)args;
    Py_BEGIN_ALLOW_THREADS
    media_end();
    Py_END_ALLOW_THREADS
    Py_RETURN_NONE;
}

static PyObject *watch_requests(PyObject *self, PyObject *args)
{
    pjsua_state state = pjsua_get_state();
    (void)self, (void)args;
    pj_status_t status = PJ_EINVALIDOP;
    if (state >= PJSUA_STATE_INIT && state != PJSUA_STATE_CLOSING && know_this_thread())
        status = stream_install();
    if (status == PJ_SUCCESS)
        status = request_install();
    if (status != PJ_SUCCESS)
        return PyErr_Format(PyExc_RuntimeError, "PJSIP cannot be watched: status %d", status);
    Py_RETURN_NONE;
}

static PyObject *next_refused(PyObject *self, PyObject *args)
{
    const char *octets;
    size_t size;
    void *closes;
    (void)self, (void)args;
    int status = stream_next_refused(&octets, &size, &closes);
    if (!status)
        Py_RETURN_NONE;
    return Py_BuildValue("(iy#N)", status, octets, (Py_ssize_t)size, PyLong_FromVoidPtr(closes));
}

/* PJSIP calls back into Python from in here. */
static PyObject *answer_refused(PyObject *self, PyObject *args)
{
    const char *answer;
    Py_ssize_t size;
    (void)self;
    if (!PyArg_ParseTuple(args, "y#", &answer, &size))
        return NULL;
    Py_BEGIN_ALLOW_THREADS
    if (know_this_thread())
        stream_answer_refused(answer, (size_t)size);
    Py_END_ALLOW_THREADS
    Py_RETURN_NONE;
}

static PyObject *offer_toward(PyObject *self, PyObject *args)
{
    const char *host;
    (void)self;
    if (!PyArg_ParseTuple(args, "s", &host))
        return NULL;
    address_offer_toward(host);
    Py_RETURN_NONE;
}

static PyObject *keep_after_timeout(PyObject *self, PyObject *args)
{
    int keep;
    (void)self;
    if (!PyArg_ParseTuple(args, "p", &keep))
        return NULL;
    pjsip_cfg()->endpt.keep_inv_after_tsx_timeout = keep ? PJ_TRUE : PJ_FALSE;
    Py_RETURN_NONE;
}

static PyObject *offer(PyObject *self, PyObject *args)
{
    char text[8192];
    int leg;
    (void)self;
    if (!PyArg_ParseTuple(args, "i", &leg))
        return NULL;
    int size = dialog_offer(leg, text, sizeof(text));
    return PyBytes_FromStringAndSize(text, PJ_MAX(size, 0));
}

static PyMethodDef methods[] = {
    {"install", install, METH_NOARGS, NULL},
    {"fileno", fileno_, METH_NOARGS, NULL},
    {"drain", drain, METH_NOARGS, NULL},
    {"arm", arm, METH_VARARGS, NULL},
    {"armed", armed, METH_NOARGS, NULL},
    {"send_zrtp", send_zrtp, METH_VARARGS, NULL},
    {"vouch", vouch, METH_VARARGS, NULL},
    {"install_keys", install_keys, METH_VARARGS, NULL},
    {"close", close_, METH_VARARGS, NULL},
    {"counters", counters, METH_VARARGS, NULL},
    {"watch_orders", watch_orders, METH_NOARGS, NULL},
    {"begin_media", begin_media, METH_VARARGS, NULL},
    {"end_media", end_media, METH_NOARGS, NULL},
    {"wake", wake, METH_NOARGS, NULL},
    {"watch_requests", watch_requests, METH_NOARGS, NULL},
    {"next_refused", next_refused, METH_NOARGS, NULL},
    {"answer_refused", answer_refused, METH_VARARGS, NULL},
    {"know", gate_know, METH_O, NULL},
    {"watch_servers", gate_watch_servers, METH_NOARGS, NULL},
    {"listen", gate_listen, METH_VARARGS, NULL},
    {"lead", gate_lead, METH_VARARGS, NULL},
    {"ping", gate_ping, METH_VARARGS, NULL},
    {"open_flow", gate_open_flow, METH_VARARGS, NULL},
    {"contact", gate_contact, METH_VARARGS, NULL},
    {"next_pong", gate_next_pong, METH_NOARGS, NULL},
    {"was_elsewhere", gate_was_elsewhere, METH_VARARGS, NULL},
    {"replaced_leg", call_replaced_leg, METH_NOARGS, NULL},
    {"next_refer", call_next_refer, METH_NOARGS, NULL},
    {"let_refer_pass", call_let_refer_pass, METH_VARARGS, NULL},
    {"offer_fresh", call_offer_fresh, METH_VARARGS, NULL},
    {"offer_toward", offer_toward, METH_VARARGS, NULL},
    {"keep_after_timeout", keep_after_timeout, METH_VARARGS, NULL},
    {"dialog", call_dialog, METH_VARARGS, NULL},
    {"set_describer", gate_set_describer, METH_O, NULL},
    {"sdes_runs", gate_sdes_runs, METH_VARARGS, NULL},
    {"translate", gate_translate, METH_VARARGS, NULL},
    {"judge_connections", trust_install, METH_O, NULL},
    {"offer", offer, METH_VARARGS, NULL},
    {"bench", gate_bench, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, .m_name = "_gate", .m_size = -1, .m_methods = methods,
};

PyMODINIT_FUNC PyInit__gate(void)
{
    demux_init();
    if (queue_init() < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    PyObject *made = PyModule_Create(&module);
    if (made && PyModule_AddFunctions(made, nat_methods) < 0)
        Py_CLEAR(made);
    return made;
}
