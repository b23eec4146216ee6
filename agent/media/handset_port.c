/* A handset that is no sound card: PJSIP's conference bridge on one side, a socket on the other.
 *
 * Each message of the socket (SOCK_SEQPACKET) is 20 ms of sound: 320 samples of 16 bit at 16 kHz,
 * one channel. The bridge's clock drives it all. Its thread may wait for nobody, least of all for
 * Python: so the socket is never waited for, no lock is taken, and nothing is allocated. What
 * nobody fetches is dropped; where nothing has come there is silence.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <pjsua-lib/pjsua.h>

enum {
    CLOCK_HZ = 16000,
    SAMPLES = CLOCK_HZ / 50,
    FRAME_SIZE = SAMPLES * 2,
    DEPTH = 10,      /* frames that may wait: 200 ms */
    ENOUGH = 3,      /* frames that must have come before the first one is played: 60 ms */
    IN_A_TURN = 64,  /* messages read at most in one turn of the bridge */
    STALE_MS = 100,  /* what came while the bridge did not ask for that long is too old to be heard */
};

/* The bridge's thread alone touches what follows `fd`. */
typedef struct handset_port {
    pjmedia_port base;
    pj_pool_t *pool;
    int fd;
    unsigned first, count;
    pj_bool_t flows;
    pj_timestamp asked;
    char frames[DEPTH][FRAME_SIZE];
} handset_port;

static void skip(handset_port *port, unsigned frames)
{
    port->first = (port->first + frames) % DEPTH;
    port->count -= frames;
}

/* Takes in what has come. A ring that runs over keeps the newest frames: late sound is of no use. */
static void take_in(handset_port *port)
{
    char frame[FRAME_SIZE];
    for (int turn = 0; turn < IN_A_TURN; turn++) {
        ssize_t size = recv(port->fd, frame, sizeof(frame), MSG_DONTWAIT | MSG_TRUNC);
        if (size <= 0)
            return;
        if (size != FRAME_SIZE)
            continue;
        if (port->count == DEPTH)
            skip(port, DEPTH - ENOUGH + 1);
        memcpy(port->frames[(port->first + port->count) % DEPTH], frame, FRAME_SIZE);
        port->count++;
    }
}

static pj_status_t get_frame(pjmedia_port *base, pjmedia_frame *frame)
{
    handset_port *port = (handset_port *)base;
    pj_timestamp now;
    take_in(port);
    pj_get_timestamp(&now);
    if (pj_elapsed_msec(&port->asked, &now) > STALE_MS) {
        skip(port, port->count);
        port->flows = PJ_FALSE;
    }
    port->asked = now;
    if (port->count >= ENOUGH)
        port->flows = PJ_TRUE;
    if (port->count == 0)
        port->flows = PJ_FALSE;
    if (!port->flows || frame->size < FRAME_SIZE) {
        frame->type = PJMEDIA_FRAME_TYPE_NONE;
        frame->size = 0;
        return PJ_SUCCESS;
    }
    memcpy(frame->buf, port->frames[port->first], FRAME_SIZE);
    skip(port, 1);
    frame->type = PJMEDIA_FRAME_TYPE_AUDIO;
    frame->size = FRAME_SIZE;
    return PJ_SUCCESS;
}

static pj_status_t put_frame(pjmedia_port *base, pjmedia_frame *frame)
{
    handset_port *port = (handset_port *)base;
    /* A full socket belongs to somebody who does not listen: what is lost is lost. */
    if (frame->type == PJMEDIA_FRAME_TYPE_AUDIO && frame->size == FRAME_SIZE)
        (void)!send(port->fd, frame->buf, FRAME_SIZE, MSG_DONTWAIT | MSG_NOSIGNAL);
    return PJ_SUCCESS;
}

static pj_status_t on_destroy(pjmedia_port *base)
{
    handset_port *port = (handset_port *)base;
    close(port->fd);
    pj_pool_release(port->pool);
    return PJ_SUCCESS;
}

/* Adds a port to the bridge, which alone owns it from then on, and with it the descriptor. */
static pj_status_t add_port(int fd, pjsua_conf_port_id *slot)
{
    static const pj_str_t NAME = {"handset", 7};
    pj_pool_t *pool = pjsua_pool_create("handset", sizeof(handset_port) + 512, 512);
    if (!pool) {
        close(fd);
        return PJ_ENOMEM;
    }
    handset_port *port = PJ_POOL_ZALLOC_T(pool, handset_port);
    port->pool = pool;
    port->fd = fd;
    pjmedia_port_info_init(&port->base.info, &NAME, PJMEDIA_SIG_CLASS_APP('H', 'S', 'T'), CLOCK_HZ,
                           1, 16, SAMPLES);
    port->base.get_frame = get_frame;
    port->base.put_frame = put_frame;
    port->base.on_destroy = on_destroy;
    pj_status_t status = pjmedia_port_init_grp_lock(&port->base, pool, NULL);
    if (status != PJ_SUCCESS) {
        on_destroy(&port->base);
        return status;
    }
    status = pjsua_conf_add_port(pool, &port->base, slot);
    pjmedia_port_destroy(&port->base); /* our own hold of it; the bridge has its own */
    return status;
}

static PyObject *add(PyObject *self, PyObject *args)
{
    int theirs, fd;
    pjsua_conf_port_id slot = PJSUA_INVALID_ID;
    pj_status_t status;
    (void)self;
    if (!PyArg_ParseTuple(args, "i", &theirs))
        return NULL;
    if (pjsua_get_state() < PJSUA_STATE_INIT || !pj_thread_is_registered()) {
        PyErr_SetString(PyExc_RuntimeError, "the handset's port is added on PJSIP's own thread");
        return NULL;
    }
    if ((fd = fcntl(theirs, F_DUPFD_CLOEXEC, 0)) < 0)
        return PyErr_SetFromErrno(PyExc_OSError);
    Py_BEGIN_ALLOW_THREADS
    status = add_port(fd, &slot);
    Py_END_ALLOW_THREADS
    if (status != PJ_SUCCESS)
        return PyErr_Format(PyExc_RuntimeError, "no port for the handset: PJSIP status %d", status);
    return PyLong_FromLong(slot);
}

static PyMethodDef methods[] = {
    {"add", add, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, .m_name = "_handset_port", .m_size = -1, .m_methods = methods,
};

PyMODINIT_FUNC PyInit__handset_port(void)
{
    return PyModule_Create(&module);
}
