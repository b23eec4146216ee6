/* Who waits for media packets. PJSIP's own thread looks for them a hundred times a second, also
 * while there is no call, and that was nearly all that a phone at rest did. This one does so while
 * there are gates, and else sleeps until there is one: the sockets of media come with gates and go
 * with them. Not so with ICE, which looks for its ways before there is a gate: there it never
 * rests.
 *
 * It stands still while a call's transport starts: PJSIP first asks for packets there, and then writes
 * down that the transport has started. A packet that is read in between finds that it has not, and
 * PJSIP never reads there again: the call would stay deaf. And it goes on only when somebody listens
 * there: PJSIP throws away what comes before, which is the other phone's first Hello, and the next one
 * comes 50 ms later. */
#include "gate.h"

enum {
    POLL_MS = 10,      /* as PJSIP has it: sockets that come meanwhile are seen so late */
    STILL_MS = 100,    /* waited for at most: it may just need a lock of whoever waits */
    HEARD_MS = 100,    /* waited for at most: nobody need ever listen there, and others speak */
    LAST_POLLS = 100,  /* after the last gate: PJSIP frees closed sockets half a second later */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_cond_t polled = PTHREAD_COND_INITIALIZER;
static pj_thread_t *thread;
static unsigned gates;
static pj_bool_t gated;  /* else there are sockets of which nobody is told here */
static pj_bool_t may_rest;
static pj_bool_t over;
static pj_bool_t polls;
static unsigned starting;
static unsigned unheard;  /* have started, and nobody listens there yet */
static struct timespec heard_by;

static void later(struct timespec *at, long ms)
{
    clock_gettime(CLOCK_MONOTONIC, at);
    at->tv_nsec += ms * 1000000L;
    at->tv_sec += at->tv_nsec / 1000000000L;
    at->tv_nsec %= 1000000000L;
}

static int poll_on(void *queue)
{
    unsigned left = LAST_POLLS;
    pthread_mutex_lock(&lock);
    while (!over) {
        if (gates || !gated || !may_rest)
            left = LAST_POLLS;
        if (!left || starting) {
            pthread_cond_wait(&changed, &lock);
            continue;
        }
        if (unheard) {
            if (pthread_cond_clockwait(&changed, &lock, CLOCK_MONOTONIC, &heard_by))
                unheard = 0;
            continue;
        }
        left--;
        polls = PJ_TRUE;
        pthread_mutex_unlock(&lock);
        pj_time_val patience = {0, POLL_MS};
        if (pj_ioqueue_poll(queue, &patience) < 0)
            pj_thread_sleep(POLL_MS);
        pthread_mutex_lock(&lock);
        polls = PJ_FALSE;
        pthread_cond_broadcast(&polled);
    }
    pthread_mutex_unlock(&lock);
    return 0;
}

/* After libInit; takes over from PJSIP's own thread, which it ends. */
pj_status_t media_begin(pj_bool_t rests)
{
    if (thread)
        return PJ_SUCCESS;
    gated = over = PJ_FALSE;
    may_rest = rests;
    pj_status_t status = pjmedia_endpt_stop_threads(pjsua_var.med_endpt);
    if (status != PJ_SUCCESS)
        return status;
    return pj_thread_create(pjsua_var.pool, "media", &poll_on,
                            pjmedia_endpt_get_ioqueue(pjsua_var.med_endpt), 0, 0, &thread);
}

/* Before libDestroy, which takes the queue away. Waits for the thread. */
void media_end(void)
{
    if (!thread)
        return;
    pthread_mutex_lock(&lock);
    over = PJ_TRUE;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
    pj_thread_join(thread);
    pj_thread_destroy(thread);
    thread = NULL;
}

/* From now on no call has sockets without a gate. */
void media_is_gated(void)
{
    pthread_mutex_lock(&lock);
    gated = PJ_TRUE;
    pthread_mutex_unlock(&lock);
}

void media_count(int by)
{
    pthread_mutex_lock(&lock);
    gates += (unsigned)by;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
}

/* Before a transport starts. It may do so within that very thread. */
void media_still(void)
{
    struct timespec until;
    int status = 0;
    later(&until, STILL_MS);
    pthread_mutex_lock(&lock);
    starting++;
    while (polls && pj_thread_this() != thread && status == 0)
        status = pthread_cond_clockwait(&polled, &lock, CLOCK_MONOTONIC, &until);
    pthread_mutex_unlock(&lock);
}

/* And after that; where nobody listens yet, `media_heard` comes later. */
void media_go_on(pj_bool_t *is_unheard, pj_bool_t nobody_listens)
{
    pthread_mutex_lock(&lock);
    starting--;
    if (nobody_listens && !*is_unheard)
        unheard++;
    if (nobody_listens)
        later(&heard_by, HEARD_MS);
    *is_unheard = *is_unheard || nobody_listens;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
}

/* Somebody listens there now, or nobody ever will. */
void media_heard(pj_bool_t *is_unheard)
{
    pthread_mutex_lock(&lock);
    if (*is_unheard && unheard)
        unheard--;
    *is_unheard = PJ_FALSE;
    pthread_cond_signal(&changed);
    pthread_mutex_unlock(&lock);
}
