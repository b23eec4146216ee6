/* What a packet costs in the gate: tests/bench/gate.py asks. */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "gate.h"

#include <time.h>

enum { BATCH = 64, PAYLOAD = 160 };

static unsigned char wire[BATCH][PJMEDIA_MAX_MTU];
static pj_size_t wire_size[BATCH];
static unsigned on_wire;

static pj_status_t keep(pjmedia_transport *transport, const void *packet, pj_size_t size)
{
    PJ_UNUSED_ARG(transport);
    memcpy(wire[on_wire % BATCH], packet, size);
    wire_size[on_wire++ % BATCH] = size;
    return PJ_SUCCESS;
}

static double cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void run(gate *g, long packets, double *protect, double *unprotect)
{
    unsigned char packet[12 + PAYLOAD] = {0x80, 0, [11] = 1};
    for (long i = 0; i < packets; i += BATCH) {
        double start = cpu_ns();
        for (long j = i; j < i + BATCH; j++) {
            packet[2] = (unsigned char)(j >> 8);
            packet[3] = (unsigned char)j;
            pjmedia_transport_send_rtp(&g->base, packet, sizeof(packet));
        }
        double sent = cpu_ns();
        for (int j = 0; j < BATCH; j++) {
            pjmedia_tp_cb_param param = {.user_data = g, .pkt = wire[j],
                                         .size = (pj_ssize_t)wire_size[j]};
            gate_receive_rtp(&param);
        }
        *protect += sent - start;
        *unprotect += cpu_ns() - sent;
    }
}

/* bench(packets, key_bits, tag_bits, seed) -> (ns per packet out, ns per packet in, received):
 * 160 octets of payload through a gate over a transport that keeps what it is given. */
PyObject *gate_bench(PyObject *self, PyObject *args)
{
    static pjmedia_transport_op operations = {.send_rtp = &keep};
    pjmedia_transport slave = {.op = &operations, .type = PJMEDIA_TRANSPORT_TYPE_UDP};
    long packets;
    int key_bits, tag_bits, seed;
    double protect = 0, unprotect = 0;
    (void)self;
    if (!PyArg_ParseTuple(args, "liii", &packets, &key_bits, &tag_bits, &seed))
        return NULL;
    pj_pool_t *pool = pjmedia_endpt_create_pool(pjsua_var.med_endpt, "bench", 512, 512);
    pj_grp_lock_create(pool, NULL, &slave.grp_lock);
    pj_grp_lock_add_ref(slave.grp_lock);
    gate *g = (gate *)gate_wrap(-1, 0, &slave, PJ_FALSE);
    key_material key = {.key_size = (size_t)key_bits / 8, .salt_size = tag_bits == 128 ? 12 : 14,
                        .auth_tag_bits = tag_bits, .fingerprint = {(unsigned char)seed, 0xBE}};
    memset(key.key_and_salt, seed, sizeof(key.key_and_salt));
    srtp_install(g, SEND, &key);
    srtp_install(g, RECEIVE, &key);
    on_wire = 0;
    run(g, packets, &protect, &unprotect);
    unsigned long long received = g->counters[RECEIVED];
    pjmedia_transport_close(&g->base);
    pj_grp_lock_dec_ref(slave.grp_lock);
    pj_pool_release(pool);
    return Py_BuildValue("(ddK)", protect / (double)packets, unprotect / (double)packets, received);
}
