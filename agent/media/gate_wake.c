/* Lets another thread wake the one that waits in PJSIP's poll: an octet through a pair of sockets,
 * one of which PJSIP watches beside its own. Without it that thread would have to look for orders
 * many times a second. */
#include "gate.h"

#include <sys/socket.h>
#include <unistd.h>

static int writer = -1;
static pj_ioqueue_key_t *watched;
static pj_ioqueue_op_key_t reading;
static char octets[64];

static void read_on(pj_ioqueue_key_t *key)
{
    pj_ssize_t size = sizeof(octets);
    while (pj_ioqueue_recv(key, &reading, octets, &size, 0) == PJ_SUCCESS)
        size = sizeof(octets);
}

static void on_read(pj_ioqueue_key_t *key, pj_ioqueue_op_key_t *operation, pj_ssize_t size)
{
    (void)operation;
    if (size > 0)
        read_on(key);
}

/* With PJSIP's endpoint its sockets go, too. */
static pj_status_t on_stop(void)
{
    if (watched)
        pj_ioqueue_unregister(watched);  /* closes its socket */
    watched = NULL;
    close(__atomic_exchange_n(&writer, -1, __ATOMIC_SEQ_CST));
    return PJ_SUCCESS;
}

static pjsip_module module = {
    .name = {"mod-sotto-wake", 14},
    .id = -1,
    .priority = PJSIP_MOD_PRIORITY_APPLICATION,
    .stop = &on_stop,
};

pj_status_t wake_install(void)
{
    static const pj_ioqueue_callback callbacks = {.on_read_complete = &on_read};
    int pair[2];
    pj_pool_t *pool = pjsua_var.pool;
    if (watched)
        return PJ_SUCCESS;
    if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0)
        return PJ_STATUS_FROM_OS(errno);
    pj_status_t status = pj_ioqueue_register_sock(
        pool, pjsip_endpt_get_ioqueue(pjsua_var.endpt), pair[0], NULL, &callbacks, &watched);
    if (status != PJ_SUCCESS) {
        watched = NULL;
        close(pair[0]);
        close(pair[1]);
        return status;
    }
    __atomic_store_n(&writer, pair[1], __ATOMIC_SEQ_CST);
    pj_ioqueue_op_key_init(&reading, sizeof(reading));
    read_on(watched);
    module.id = -1;
    return pjsip_endpt_register_module(pjsua_var.endpt, &module);
}

/* From any thread; nothing happens where PJSIP is not up. A full pair has woken it already. */
void wake_up(void)
{
    int to = __atomic_load_n(&writer, __ATOMIC_SEQ_CST);
    if (to >= 0)
        (void)!send(to, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}
