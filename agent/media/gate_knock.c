/* Who may connect. Each connection takes a place for sockets and 45 KiB before its handshake, and
 * keeps them until that is done or given up: some 250 that say nothing would take all there are.
 * PJSIP asks here right after accept(), see image/pjsip.sh. What is handshaken is counted elsewhere.
 * And one that fails leaves its memory for half a second after its socket: at some thousands a second,
 * 100 MiB. So a place is not given to the next one sooner than that.
 *
 * All of it runs on the thread that polls PJSIP.
 */
#include "gate.h"

#include <sys/socket.h>

/* In the midst of their handshakes. */
#define MOST_OF_STRANGERS 96
#define MOST_OF_THE_KNOWN 16
#define MOST (MOST_OF_STRANGERS + MOST_OF_THE_KNOWN)
#define MOST_OF_ONE 8
#define LINGERS_MS 500 /* PJSIP's PJ_SSL_SOCK_DELAYED_CLOSE_TIMEOUT */

/* Of libpj, by our recipe. */
extern pj_bool_t (*pj_ssl_sock_admits)(pj_sock_t sock, const pj_sockaddr_t *from);

typedef struct knock {
    pj_bool_t taken, known;
    pj_sock_t sock;
    pj_sockaddr from;
    pj_time_val since;
} knock;

static knock all[MOST];

/* A socket that PJSIP has closed is none, or by now another one. */
static pj_bool_t is_there(const knock *one)
{
    pj_sockaddr now;
    socklen_t size = sizeof(now);
    memset(&now, 0, sizeof(now));
    return getpeername((int)one->sock, (struct sockaddr *)&now, &size) == 0 &&
           now.addr.sa_family == one->from.addr.sa_family && pj_sockaddr_cmp(&now, &one->from) == 0;
}

static pj_bool_t is_recent(const knock *one, const pj_time_val *now)
{
    pj_time_val age = *now;
    PJ_TIME_VAL_SUB(age, one->since);
    return PJ_TIME_VAL_MSEC(age) < LINGERS_MS;
}

static pj_bool_t admits(pj_sock_t sock, const pj_sockaddr_t *from)
{
    const pj_bool_t known = known_is(from);
    unsigned of_its_kind = 0, of_this_one = 0;
    knock *place = NULL;
    pj_time_val now;
    pj_gettickcount(&now);
    for (knock *one = all; one < all + MOST; one++) {
        one->taken = one->taken && (is_recent(one, &now) || is_there(one));
        if (!one->taken) {
            place = place ? place : one;
            continue;
        }
        of_its_kind += one->known == known ? 1 : 0;
        of_this_one += address_is_near(&one->from, from) ? 1 : 0;
    }
    if (!place || of_this_one >= MOST_OF_ONE ||
        of_its_kind >= (known ? MOST_OF_THE_KNOWN : MOST_OF_STRANGERS))
        return PJ_FALSE;
    *place = (knock){.taken = PJ_TRUE, .known = known, .sock = sock, .since = now};
    pj_sockaddr_cp(&place->from, from);
    return PJ_TRUE;
}

void knock_answered(const pjsip_transport *connection)
{
    for (knock *one = all; one < all + MOST; one++)
        if (one->taken && pj_sockaddr_cmp(&one->from, &connection->key.rem_addr) == 0)
            one->taken = PJ_FALSE;
}

void knock_install(void)
{
    memset(all, 0, sizeof(all));
    pj_ssl_sock_admits = &admits;
}
