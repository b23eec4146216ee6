/* The gate: what stands in the path of one call's RTP, and what its parts know of each other.
 *
 *   gate.c         the media transport adapter: PJSIP's stream above, its UDP or ICE below
 *   gate_demux.c   tells ZRTP from SRTP
 *   gate_srtp.c    keys, protect, unprotect
 *   gate_queue.c   events on their way to Python; Hello hashes on their way to the SDP
 *   gate_python.c  the Python module
 *   gate_python_nat.c  its part for ICE
 *   gate_ask.c     what the module asks Python in the midst of PJSIP
 *   gate_calls.c   the part of the module that is about calls
 *   gate_sdp.c     the Hellos that the SDP announces
 *   gate_address.c the address at which the SDP says that the media are
 *   gate_ice.c     whether ICE has found a way
 *   gate_nat.c     the servers that ICE asks
 *   gate_sdes.c    the keys that the SDP carries, where somebody allows that
 *   gate_border.c  as which profile the media stand in a message and in PJSIP; no names get in
 *   gate_heir.c    a gate that goes on with another transport
 *   gate_dialog.c  what PJSIP's signalling must not do without being asked
 *   gate_ack.c     a re-INVITE in the place of an ACK that was lost
 *   gate_stream.c  where one message on a connection ends and the next begins
 *   gate_request.c requests that are well-formed and not to be carried out
 *   gate_flood.c   who asks too much
 *   gate_knock.c   who may connect
 *   gate_known.c   for whom room is kept
 *   gate_names.c   where the names of servers lead
 *   gate_flow.c    whether the connections to servers are alive
 *   gate_digest.c  the strongest of a server's challenges
 *   gate_servers.c names and flows as Python sees them
 *   gate_even.c    what the other side may not ask of how we speak
 *   gate_wake.c    an alarm for the thread that polls PJSIP
 *   gate_trust.c   what must be proven on a TLS connection before PJSIP uses it
 *   gate_bench.c   what a packet costs
 *
 * Locks. The transport's group lock (PJSIP's own, recursive) covers all that sends: PJSIP's
 * stream holds it while it sends RTCP, and ICE takes it to send anything, so a mutex of the gate's
 * own would be taken in both orders. `receive_lock` covers all that receives; no other lock but
 * the queue's is taken under it, and nobody is called back under it.
 */
#ifndef GATE_H
#define GATE_H

#include <pthread.h>
#include <stdint.h>

#include <pjsua-lib/pjsua.h>
#include <pjsua-lib/pjsua_internal.h>
#include <srtp2/srtp.h>

#define GATE_HASH_SIZE 80    /* "1.10 ", 64 hex digits, and room for the versions to come */
#define GATE_MAX_HASHES 4    /* of the other side: one a protocol version */
#define GATE_CRYPTO_SIZE 256 /* "1 AEAD_AES_256_GCM inline:", 60 characters, and parameters */
#define GATE_MAX_CRYPTOS 8   /* of one side: one a suite */
#define GATE_FINGERPRINT 32  /* SHA-256 of a key */
#define GATE_MAX_KEY 46      /* AES-256 key and its salt */

/* In the order of gate_events.Counters. */
enum counter {
    SENT, BYTES_SENT, RECEIVED, BYTES_RECEIVED, RTCP_SENT, RTCP_RECEIVED, ZRTP_SENT, ZRTP_RECEIVED,
    ZRTP_BAD_CRC, ZRTP_OVERFLOW, DROPPED_BEFORE_KEYS_OUT, DROPPED_BEFORE_KEYS_IN, NOT_AUTHENTIC,
    REPLAYED, RTCP_DROPPED, MALFORMED, NOT_REPEATED, COUNTERS
};

/* In the order of gate.py's table of event classes. */
enum event_kind {
    CREATED, ATTACHED, DETACHED, ZRTP_PACKET, SRTP_RECEIVED, DESTROYED, BLOCKED, PATH_LOST,
    DESCRIBED
};

enum packet_kind { PACKET_ZRTP, PACKET_RTP, PACKET_RTCP, PACKET_BAD_CRC, PACKET_MALFORMED };

enum direction { SEND, RECEIVE };

/* Where packets can go. Without ICE on both sides the SDP says it, and the way is open. */
enum way { WAY_OPEN, WAY_SOUGHT, NO_WAY };

/* Where a key comes from: agreed on by the phones, or carried by the signalling. */
enum key_origin { FROM_ZRTP, FROM_SIGNALLING };

/* One direction's SRTP context. No key is kept here: libsrtp has what it needs. */
typedef struct srtp_side {
    srtp_t context;  /* NULL: nothing passes */
    enum key_origin origin;
    unsigned char fingerprint[GATE_FINGERPRINT];
} srtp_side;

/* Whom to hand received packets to: PJSIP's stream. */
typedef struct receiver {
    void *user_data;
    void (*rtp)(void *, void *, pj_ssize_t);
    void (*rtp2)(pjmedia_tp_cb_param *);
    void (*rtcp)(void *, void *, pj_ssize_t);
} receiver;

/* A Hello of ours by its hash; the token says which. 0: there is none. */
typedef struct own_hash {
    int token;
    char value[GATE_HASH_SIZE];
} own_hash;

/* The a=crypto values of one media line, as they stand in the SDP. They hold keys: wipe them. */
typedef struct crypto_values {
    unsigned count;
    char values[GATE_MAX_CRYPTOS][GATE_CRYPTO_SIZE];
} crypto_values;

typedef struct crypto_pair { crypto_values own, theirs; } crypto_pair;

typedef struct gate {
    pjmedia_transport base;  /* first: PJSIP sees only this */
    struct gate *next;       /* the registry's list */
    pj_pool_t *pool;
    pjmedia_transport *slave;
    pjmedia_transport *ice;  /* below the slave; NULL: none */
    pj_bool_t owns_slave;
    int id, leg;
    unsigned media_index;
    uint64_t counters[COUNTERS];  /* atomic */

    /* Under the group lock. */
    pj_bool_t attached, closed;
    enum way way;  /* read by the media thread, too: atomic */
    srtp_side send;
    uint32_t rtp_buffer[(PJMEDIA_MAX_MTU + SRTP_MAX_TRAILER_LEN) / 4 + 1];
    uint32_t rtcp_buffer[(PJMEDIA_MAX_MTU + SRTP_MAX_TRAILER_LEN) / 4 + 1];

    /* Under receive_lock. */
    pthread_mutex_t receive_lock;
    pthread_cond_t receive_idle;
    unsigned in_flight;  /* threads that are inside the receiver just now */
    receiver up;
    srtp_side receive;
    pj_bool_t srtp_seen, rtcp_mux;
    pj_sockaddr remote, remote_rtcp, vouched;

    /* Under the queue's lock. */
    uint64_t queue_round;
    unsigned zrtp_queued;

    /* PJSIP's signalling thread only. */
    uint32_t ssrc;
    own_hash hello;        /* of the session that runs */
    own_hash fresh;        /* laid ready for another phone at the other end */
    pj_bool_t wants_fresh, fresh_offered;
    pj_bool_t unheard;     /* its transport has started, and nobody listens yet */
    pj_bool_t described;   /* an SDP of this stream had a=crypto */
    char remote_hashes[GATE_MAX_HASHES][GATE_HASH_SIZE];
    unsigned remote_hash_count;
} gate;

typedef struct gate_event {
    struct gate_event *next;
    enum event_kind kind;
    int gate, leg, token;
    unsigned media_index;
    uint32_t ssrc;
    char address[PJ_INET6_ADDRSTRLEN + 10];
    char hashes[GATE_MAX_HASHES][GATE_HASH_SIZE];
    unsigned hash_count;
    size_t size;
    unsigned char data[];
} gate_event;

/* gate.c */
pj_status_t gate_install(void);
pjmedia_transport *gate_wrap(int leg, unsigned media_index, pjmedia_transport *slave, pj_bool_t own);
gate *gate_take(int id);   /* NULL if it is gone; holds it until gate_leave() */
void gate_leave(gate *g);
pj_bool_t gate_send_zrtp(gate *g, const void *packet, size_t size);
void gate_vouch(gate *g, const pj_sockaddr *source);
void gate_receive_rtp(pjmedia_tp_cb_param *param);
pj_bool_t gate_seeks_a_way(void);
void gate_offer_fresh(int leg);  /* on PJSIP's signalling thread */

static inline void gate_count(gate *g, enum counter which, uint64_t by)
{
    __atomic_fetch_add(&g->counters[which], by, __ATOMIC_RELAXED);
}

/* gate_demux.c */
void demux_init(void);
enum packet_kind demux(const unsigned char *packet, size_t size);

/* gate_srtp.c */
enum install_result { INSTALLED, KEY_USED_BEFORE, KEY_REFUSED };
typedef struct key_material {
    unsigned char key_and_salt[GATE_MAX_KEY];
    size_t key_size, salt_size;  /* the salt follows the key */
    int auth_tag_bits;
    enum key_origin origin;
    unsigned char fingerprint[GATE_FINGERPRINT];
} key_material;
pj_bool_t srtp_begin(void);
void even_install(void);
enum install_result srtp_install(gate *g, enum direction way, key_material *key);
void srtp_close(gate *g);
void srtp_forget(gate *g);
pj_bool_t srtp_outgoing(gate *g, void *packet, int *size, pj_bool_t rtcp);
pj_bool_t srtp_incoming(gate *g, void *packet, int *size, pj_bool_t rtcp);

/* gate_sdp.c */
void sdp_announce(gate *g, pj_pool_t *pool, pjmedia_sdp_session *local,
                  const pjmedia_sdp_session *remote, unsigned index);
pj_bool_t sdp_read(gate *g, const pjmedia_sdp_session *remote, unsigned index);  /* anything new? */

/* gate_address.c; on PJSIP's signalling thread */
void address_offer_toward(const char *host);  /* an IP address: whom the next offer is meant for */
void address_write(gate *g, pj_pool_t *pool, pjmedia_sdp_session *local,
                   const pjmedia_sdp_session *remote, unsigned index);
pj_bool_t address_is_near(const pj_sockaddr *one, const pj_sockaddr *other);

/* gate_ice.c */
void ice_watch(gate *g);
void ice_forget(gate *g);
void ice_look(gate *g);
enum way ice_way(const gate *g);

/* gate_heir.c */
void heir_expect(int leg);
pj_bool_t heir_leave(gate *g);
pj_bool_t heir_take(gate *g);
void heir_end(void);

/* gate_nat.c */
typedef struct turn_server {
    const char *host, *user, *password, *ca_file;
    unsigned port;
    int transport;  /* pj_turn_tp_type */
} turn_server;
pj_status_t nat_use_stun(const char *address);
void nat_use_turn(int account, pj_bool_t use);
void nat_trust_turn(int account, const char *ca_file);
void nat_ask_turn(const turn_server *server);  /* the answer comes later */
pj_bool_t nat_turn_answered(int *status);      /* once for each answer */
pj_bool_t nat_is_busy(void);

/* gate_sdes.c */
pj_status_t sdes_announce(gate *g, pj_pool_t *pool, pjmedia_sdp_session *local,
                          const pjmedia_sdp_session *remote, unsigned index, pj_bool_t fresh);
void sdes_read(gate *g, const pjmedia_sdp_session *local, const pjmedia_sdp_session *remote,
               unsigned index);
pj_bool_t sdes_runs(int leg);  /* whether the SDP of this call has a=crypto now */

/* gate_border.c */
#define GATE_ADDRESS_SIZE (PJ_INET6_ADDRSTRLEN + 10)
pj_status_t border_install(void);
const char *border_source(void);  /* where the latest request came from, "192.0.2.7:5061" */
/* The text with the media's profile as PJSIP sees it (inwards) or as it travels; the result's
 * size. `into` has room for the text and a letter more for each of its lines. */
size_t border_translate(const char *text, size_t size, pj_bool_t inwards, char *into);

/* gate_dialog.c */
#define GATE_URI_SIZE 1024
typedef struct dialog_names {
    char call_id[256], local_tag[256], remote_tag[256];
    char remote_uri[GATE_URI_SIZE], target[GATE_URI_SIZE];
} dialog_names;
pj_status_t dialog_install(void);
int dialog_replaced(void);  /* the leg whose place the latest INVITE wants to take; -1: none */
int dialog_next_refer(char refer_to[GATE_URI_SIZE]);  /* its leg; -1: there is none that waits */
pj_bool_t dialog_let_refer_pass(int leg, const char *refer_to);
pj_bool_t dialog_was_elsewhere(const char *call_id);  /* a call of ours that another phone took */
pj_bool_t dialog_of(int leg, dialog_names *names);
int dialog_offer(int leg, char *into, int size);  /* its length; -1: there is none, or no room */

/* gate_ack.c */
pj_status_t ack_install(void);

/* gate_stream.c */
pj_status_t stream_install(void);
/* The status for it; 0: none waits. Its connection will be closed for it, or NULL. */
int stream_next_refused(const char **octets, size_t *size, void **closes);
void stream_answer_refused(const char *answer, size_t size);

/* gate_request.c */
pj_status_t request_install(void);

/* gate_knock.c */
void knock_install(void);
void knock_answered(const pjsip_transport *connection);  /* its handshake is done */

/* gate_known.c */
pj_bool_t known_is(const pj_sockaddr *from);  /* a contact's address, or a verified phone's */

/* gate_flood.c */
enum flood {
    NO_FLOOD,
    FLOOD_OF_CALLS,  /* too many INVITEs that are not done with */
    FLOOD_UNREAD     /* nobody reads the answers: no more of them */
};
enum flood flood_judge(pjsip_rx_data *request);
void flood_forget(void);
void flood_begins(pjsip_transport *connection);  /* it is up */
void flood_ends(const pjsip_transport *connection);  /* and about to be freed */

/* gate_names.c */
#define GATE_HOST_SIZE 256
pj_status_t names_install(void);
/* Where "host" with that port leads: "192.0.2.1:5061"; empty: nowhere for now. */
pj_bool_t names_lead(const char *host, int port, const char *address);

/* gate_flow.c */
void flow_install(void);
void flow_heard(void *transport);  /* nothing but line ends has come */
pj_bool_t flow_ping(void *transport);  /* one that PJSIP has not destroyed */
#define GATE_PLACE_SIZE (PJ_INET6_ADDRSTRLEN + 10)
/* Connects an account to its server, or finds the connection: our end of it, "address:port". */
pj_status_t flow_open(int account, const char *host, const char *place,
                      char local[GATE_PLACE_SIZE]);
pj_bool_t flow_contact(int account, const char *contact);
void *flow_next_pong(void);  /* over which connection one has come; NULL: no more */

/* gate_digest.c */
pj_status_t digest_install(void);

/* gate_python.c */
pj_bool_t know_this_thread(void);

/* gate_ask.c: which a=crypto lines an SDP of ours gets. */
typedef struct description {
    int leg, account;
    pj_bool_t is_answer, established, fresh;
    crypto_values offered;
    crypto_pair active;
} description;
pj_status_t python_describe(const description *asked, crypto_values *lines);

/* gate_wake.c */
pj_status_t wake_install(void);
void wake_up(void);

/* gate_media.c */
pj_status_t media_begin(pj_bool_t rests);
void media_end(void);
void media_is_gated(void);
void media_count(int by);
void media_still(void);
void media_go_on(pj_bool_t *is_unheard, pj_bool_t nobody_listens);
void media_heard(pj_bool_t *is_unheard);

/* gate_queue.c */
int queue_init(void);
int queue_fd(void);
void queue_post(gate *g, enum event_kind kind, int token);
void queue_post_described(gate *g, const crypto_pair *pair);
void queue_post_zrtp(gate *g, const void *packet, size_t size, const pj_sockaddr_t *source);
gate_event *queue_take_all(void);  /* the caller frees each */
pj_bool_t armed_push(int token, const char *value);
int armed_pop(char value[GATE_HASH_SIZE]);  /* the token; 0 if none was armed */
int armed_count(void);

#endif
