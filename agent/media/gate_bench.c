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

static void (*heard)(pjmedia_tp_cb_param *);
static void *hearer;

static pj_status_t attach(pjmedia_transport *transport, pjmedia_transport_attach_param *param)
{
    PJ_UNUSED_ARG(transport);
    heard = param->rtp_cb2;
    hearer = param->user_data;
    return PJ_SUCCESS;
}

static unsigned long long arrived;

static void arrive(pjmedia_tp_cb_param *param)
{
    PJ_UNUSED_ARG(param);
    arrived++;
}

typedef struct cost { double out, in; } cost;

static cost per_packet(cost all, long packets)
{
    return (cost){all.out / (double)packets, all.in / (double)packets};
}

/* Through a transport that protects, over one that keeps what it is given. */
static cost run(pjmedia_transport *transport, long packets)
{
    unsigned char packet[12 + PAYLOAD] = {0x80, 0, [11] = 1};
    cost all = {0, 0};
    on_wire = 0;
    for (long i = 0; i < packets; i += BATCH) {
        double start = cpu_ns();
        for (long j = i; j < i + BATCH; j++) {
            packet[2] = (unsigned char)(j >> 8);
            packet[3] = (unsigned char)j;
            pjmedia_transport_send_rtp(transport, packet, sizeof(packet));
        }
        double sent = cpu_ns();
        for (int j = 0; j < BATCH; j++) {
            pjmedia_tp_cb_param param = {.user_data = hearer, .pkt = wire[j],
                                         .size = (pj_ssize_t)wire_size[j]};
            heard(&param);
        }
        all.out += sent - start;
        all.in += cpu_ns() - sent;
    }
    return per_packet(all, packets);
}

/* By libsrtp alone: with the contexts of a gate that has done its part, under another SSRC. */
static cost run_bare(gate *g, long packets)
{
    unsigned char packet[12 + PAYLOAD] = {0x80, 0, [11] = 2};
    cost all = {0, 0};
    for (long i = 0; i < packets; i += BATCH) {
        double start = cpu_ns();
        for (long j = i; j < i + BATCH; j++) {
            int size = sizeof(packet);
            packet[2] = (unsigned char)(j >> 8);
            packet[3] = (unsigned char)j;
            memcpy(wire[j % BATCH], packet, sizeof(packet));
            srtp_protect(g->send.context, wire[j % BATCH], &size);
            wire_size[j % BATCH] = (pj_size_t)size;
        }
        double sent = cpu_ns();
        for (int j = 0; j < BATCH; j++) {
            int size = (int)wire_size[j];
            arrived += srtp_unprotect(g->receive.context, wire[j], &size) == srtp_err_status_ok;
        }
        all.out += sent - start;
        all.in += cpu_ns() - sent;
    }
    return per_packet(all, packets);
}

/* By PJSIP's own adapter for SRTP; zeros where it does not know the suite. */
static cost run_pjsip(pjmedia_transport *slave, const char *suite, long packets)
{
    static char key[46];
    cost found = {0, 0};
    pjmedia_transport *adapter;
    pjmedia_srtp_setting setting;
    size_t size = strstr(suite, "256") ? (strstr(suite, "GCM") ? 44 : 46)
                                       : (strstr(suite, "GCM") ? 28 : 30);
    pjmedia_srtp_crypto crypto = {.name = pj_str((char *)suite), .key = {key, (pj_ssize_t)size}};
    pjmedia_transport_attach_param to = {.rtp_cb2 = &arrive};
    pjmedia_srtp_setting_default(&setting);
    setting.close_member_tp = PJ_FALSE;
    if (pjmedia_transport_srtp_create(pjsua_var.med_endpt, slave, &setting, &adapter) != PJ_SUCCESS)
        return found;
    if (pjmedia_transport_srtp_start(adapter, &crypto, &crypto) == PJ_SUCCESS &&
        pjmedia_transport_attach2(adapter, &to) == PJ_SUCCESS)
        found = run(adapter, packets);
    pjmedia_transport_close(adapter);
    return found;
}

static cost run_gate(gate *g, long packets)
{
    heard = &gate_receive_rtp;
    hearer = g;
    return run(&g->base, packets);
}

/* bench(packets, key_bits, tag_bits, seed, suite) -> nanoseconds of a packet out and in, with 160
 * octets of payload: of a gate, of libsrtp alone, of PJSIP's adapter; and how many were authentic. */
PyObject *gate_bench(PyObject *self, PyObject *args)
{
    static pjmedia_transport_op operations = {.send_rtp = &keep, .attach2 = &attach};
    pjmedia_transport slave = {.op = &operations, .type = PJMEDIA_TRANSPORT_TYPE_UDP};
    long packets;
    int key_bits, tag_bits, seed;
    const char *suite;
    (void)self;
    if (!PyArg_ParseTuple(args, "liiis", &packets, &key_bits, &tag_bits, &seed, &suite))
        return NULL;
    arrived = 0;
    pj_pool_t *pool = pjmedia_endpt_create_pool(pjsua_var.med_endpt, "bench", 512, 512);
    pj_grp_lock_create(pool, NULL, &slave.grp_lock);
    pj_grp_lock_add_ref(slave.grp_lock);
    gate *g = (gate *)gate_wrap(-1, 0, &slave, PJ_FALSE);
    key_material key = {.key_size = (size_t)key_bits / 8, .salt_size = tag_bits == 128 ? 12 : 14,
                        .auth_tag_bits = tag_bits, .fingerprint = {(unsigned char)seed, 0xBE}};
    memset(key.key_and_salt, seed, sizeof(key.key_and_salt));
    srtp_install(g, SEND, &key);
    srtp_install(g, RECEIVE, &key);
    cost with_gate = run_gate(g, packets);
    cost bare = run_bare(g, packets);
    cost pjsip = run_pjsip(&slave, suite, packets);
    unsigned long long received = g->counters[RECEIVED] + arrived;
    pjmedia_transport_close(&g->base);
    pj_grp_lock_dec_ref(slave.grp_lock);
    pj_pool_release(pool);
    return Py_BuildValue("(dddddd)K", with_gate.out, with_gate.in, bare.out, bare.in, pjsip.out,
                         pjsip.in, received);
}
