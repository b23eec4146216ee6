/* Between PJSIP's threads and Python: events up, Hello hashes down. */
#include "gate.h"

#include <stdlib.h>
#include <sys/eventfd.h>

enum { ZRTP_PER_GATE = 64, ARMED = 16 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static gate_event *first, *last;
static uint64_t queue_round = 1;  /* grows whenever Python empties the queue */
static int wake_fd = -1;

static struct { int token; char value[GATE_HASH_SIZE]; } armed[ARMED];
static int armed_first, armed_used;

int queue_init(void)
{
    if (wake_fd < 0)
        wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return wake_fd;
}

int queue_fd(void)
{
    return wake_fd;
}

static gate_event *new_event(const gate *g, enum event_kind kind, size_t size)
{
    gate_event *event = calloc(1, sizeof(*event) + size);
    if (event) {
        event->kind = kind;
        event->gate = g->id;
        event->leg = g->leg;
        event->media_index = g->media_index;
        event->size = size;
    }
    return event;
}

static void write_address(gate_event *event, const pj_sockaddr_t *address)
{
    if (address && pj_sockaddr_has_addr(address))
        pj_sockaddr_print(address, event->address, sizeof(event->address), 3);
}

static void write_hashes(gate_event *event, const gate *g)
{
    event->hash_count = g->remote_hash_count;
    memcpy(event->hashes, g->remote_hashes, sizeof(event->hashes));
}

/* What passed the gate: nobody can ask it once it is gone. */
static void write_counters(gate_event *event, const gate *g)
{
    for (int i = 0; i < COUNTERS; i++) {
        uint64_t value = __atomic_load_n(&g->counters[i], __ATOMIC_RELAXED);
        memcpy(event->data + i * sizeof(value), &value, sizeof(value));
    }
}

static void append(gate_event *event)  /* under the lock */
{
    if (last)
        last->next = event;
    else
        first = event;
    last = event;
    eventfd_write(wake_fd, 1);
}

void queue_post(gate *g, enum event_kind kind, int token)
{
    gate_event *event = new_event(g, kind, kind == DESTROYED ? sizeof(g->counters) : 0);
    if (!event)
        return;
    event->token = token;
    if (kind == DESTROYED)
        write_counters(event, g);
    if (kind == ATTACHED) {
        event->ssrc = g->ssrc;
        write_hashes(event, g);
        pthread_mutex_lock(&g->receive_lock);
        write_address(event, &g->remote);
        pthread_mutex_unlock(&g->receive_lock);
    }
    pthread_mutex_lock(&lock);
    append(event);
    pthread_mutex_unlock(&lock);
}

void queue_post_described(gate *g, const crypto_pair *pair)
{
    gate_event *event = new_event(g, DESCRIBED, sizeof(*pair));
    if (!event)
        return;
    write_hashes(event, g);
    memcpy(event->data, pair, sizeof(*pair));
    pthread_mutex_lock(&lock);
    append(event);
    pthread_mutex_unlock(&lock);
}

/* A flood of good-looking ZRTP must cost memory within bounds: what is over them is dropped. */
void queue_post_zrtp(gate *g, const void *packet, size_t size, const pj_sockaddr_t *source)
{
    gate_event *event = new_event(g, ZRTP_PACKET, size);
    if (!event)
        return;
    memcpy(event->data, packet, size);
    write_address(event, source);
    pthread_mutex_lock(&lock);
    if (g->queue_round != queue_round) {
        g->queue_round = queue_round;
        g->zrtp_queued = 0;
    }
    pj_bool_t room = g->zrtp_queued < ZRTP_PER_GATE;
    if (room) {
        g->zrtp_queued++;
        append(event);
    }
    pthread_mutex_unlock(&lock);
    if (!room) {
        gate_count(g, ZRTP_OVERFLOW, 1);
        free(event);
    }
}

gate_event *queue_take_all(void)
{
    eventfd_t ignored;
    pthread_mutex_lock(&lock);
    eventfd_read(wake_fd, &ignored);
    gate_event *events = first;
    first = last = NULL;
    queue_round++;
    pthread_mutex_unlock(&lock);
    return events;
}

pj_bool_t armed_push(int token, const char *value)
{
    pthread_mutex_lock(&lock);
    pj_bool_t room = armed_used < ARMED;
    if (room) {
        int at = (armed_first + armed_used++) % ARMED;
        armed[at].token = token;
        pj_ansi_strxcpy(armed[at].value, value, GATE_HASH_SIZE);
    }
    pthread_mutex_unlock(&lock);
    return room;
}

int armed_pop(char value[GATE_HASH_SIZE])
{
    int token = 0;
    pthread_mutex_lock(&lock);
    if (armed_used > 0) {
        token = armed[armed_first].token;
        memcpy(value, armed[armed_first].value, GATE_HASH_SIZE);
        armed_first = (armed_first + 1) % ARMED;
        armed_used--;
    }
    pthread_mutex_unlock(&lock);
    return token;
}

int armed_count(void)
{
    pthread_mutex_lock(&lock);
    int count = armed_used;
    pthread_mutex_unlock(&lock);
    return count;
}
