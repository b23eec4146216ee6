/* SRTP by libsrtp: RFC 3711 with the ciphers and tags of RFC 6189 sections 5.1.3 and 5.1.4, and
 * AES-GCM of RFC 7714. */
#include "gate.h"

/* The same key twice from a fresh context is the same keystream twice: SRTP's index would start
 * again at rollover counter 0 (and, receiving, old packets could be replayed). So the fingerprints
 * of the latest keys are kept for the life of the process, and none of them gets a second context. */
enum { REMEMBERED = 256 };
static struct { unsigned char prints[REMEMBERED][GATE_FINGERPRINT]; unsigned used; } past[2];
static pthread_mutex_t install_lock = PTHREAD_MUTEX_INITIALIZER;

static pj_bool_t is_remembered(enum direction way, const unsigned char *print)
{
    unsigned known = past[way].used < REMEMBERED ? past[way].used : REMEMBERED;
    for (unsigned i = 0; i < known; i++)
        if (memcmp(past[way].prints[i], print, GATE_FINGERPRINT) == 0)
            return PJ_TRUE;
    return PJ_FALSE;
}

static void remember(enum direction way, const unsigned char *print)
{
    memcpy(past[way].prints[past[way].used++ % REMEMBERED], print, GATE_FINGERPRINT);
}

typedef void set_policy(srtp_crypto_policy_t *);

/* RFC 6188 and RFC 7714. RTCP's HMAC tag is 80 bits whatever RTP's is: RFC 3711 section 5.2.
 * AES-192 is missing: until 2025 libsrtp derived its keys as nobody else does (its issue 763). */
static const struct suite {
    size_t key_size, salt_size;
    int tag_bits;
    set_policy *rtp, *rtcp;
} suites[] = {
    /* libsrtp's default is AES-CM-128 with HMAC-SHA1-80. */
    {16, 14, 32, srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32,
     srtp_crypto_policy_set_rtcp_default},
    {16, 14, 80, srtp_crypto_policy_set_rtp_default, srtp_crypto_policy_set_rtcp_default},
    {32, 14, 32, srtp_crypto_policy_set_aes_cm_256_hmac_sha1_32,
     srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80},
    {32, 14, 80, srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80,
     srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80},
    {16, 12, 128, srtp_crypto_policy_set_aes_gcm_128_16_auth,
     srtp_crypto_policy_set_aes_gcm_128_16_auth},
    {32, 12, 128, srtp_crypto_policy_set_aes_gcm_256_16_auth,
     srtp_crypto_policy_set_aes_gcm_256_16_auth},
};

static pj_bool_t choose_policy(const key_material *key, srtp_policy_t *policy)
{
    for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
        const struct suite *suite = &suites[i];
        if (suite->key_size == key->key_size && suite->salt_size == key->salt_size &&
            suite->tag_bits == key->auth_tag_bits) {
            suite->rtp(&policy->rtp);
            suite->rtcp(&policy->rtcp);
            return PJ_TRUE;
        }
    }
    return PJ_FALSE;
}

static srtp_t new_context(enum direction way, key_material *key)
{
    srtp_policy_t policy;
    srtp_t context = NULL;
    memset(&policy, 0, sizeof(policy));
    if (!choose_policy(key, &policy))
        return NULL;
    policy.ssrc.type = way == SEND ? ssrc_any_outbound : ssrc_any_inbound;
    policy.key = key->key_and_salt;
    policy.window_size = 128;
    return srtp_create(&context, &policy) == srtp_err_status_ok ? context : NULL;
}

/* Debian's libsrtp computes with NSS, which it starts for the first context that there is, with its
 * libraries and self-tests, and ends with the last one. That took 3.5 ms of each call, between a
 * Confirm and its answer. This context, under which nothing is ever sent, keeps it up. */
pj_bool_t srtp_begin(void)
{
    static srtp_t kept;
    static key_material nobodys = {.key_size = 16, .salt_size = 14, .auth_tag_bits = 80};
    return kept || (kept = new_context(SEND, &nobodys));
}

static void lock_side(gate *g, enum direction way)
{
    if (way == SEND)
        pj_grp_lock_acquire(g->base.grp_lock);
    else
        pthread_mutex_lock(&g->receive_lock);
}

static void unlock_side(gate *g, enum direction way)
{
    if (way == SEND)
        pj_grp_lock_release(g->base.grp_lock);
    else
        pthread_mutex_unlock(&g->receive_lock);
}

static void replace(gate *g, enum direction way, srtp_t context, const unsigned char *print,
                    enum key_origin origin)
{
    srtp_side *side = way == SEND ? &g->send : &g->receive;
    lock_side(g, way);
    srtp_t old = side->context;
    side->context = context;
    side->origin = origin;
    if (print)
        memcpy(side->fingerprint, print, GATE_FINGERPRINT);
    else
        explicit_bzero(side->fingerprint, GATE_FINGERPRINT);
    if (way == RECEIVE)
        g->srtp_seen = PJ_FALSE;
    unlock_side(g, way);
    if (old)
        srtp_dealloc(old);  /* libsrtp wipes it */
}

static pj_bool_t runs_already(gate *g, enum direction way, const unsigned char *print)
{
    srtp_side *side = way == SEND ? &g->send : &g->receive;
    lock_side(g, way);
    pj_bool_t same = side->context && memcmp(side->fingerprint, print, GATE_FINGERPRINT) == 0;
    unlock_side(g, way);
    return same;
}

enum install_result srtp_install(gate *g, enum direction way, key_material *key)
{
    enum install_result result = INSTALLED;
    pthread_mutex_lock(&install_lock);
    if (!runs_already(g, way, key->fingerprint)) {
        srtp_t context = NULL;
        if (is_remembered(way, key->fingerprint))
            result = KEY_USED_BEFORE;
        else if (!(context = new_context(way, key)))
            result = KEY_REFUSED;
        if (context) {
            remember(way, key->fingerprint);
            replace(g, way, context, key->fingerprint, key->origin);
        }
    }
    pthread_mutex_unlock(&install_lock);
    return result;
}

void srtp_close(gate *g)
{
    pthread_mutex_lock(&install_lock);
    replace(g, SEND, NULL, NULL, FROM_ZRTP);
    replace(g, RECEIVE, NULL, NULL, FROM_ZRTP);
    pthread_mutex_unlock(&install_lock);
}

/* For the gate that nobody holds any more: its group lock cannot be taken again. */
void srtp_forget(gate *g)
{
    if (g->send.context)
        srtp_dealloc(g->send.context);
    if (g->receive.context)
        srtp_dealloc(g->receive.context);
}

/* A stream that PJSIP replaces can send once more under the number that its successor begins with. */
static enum counter why_kept_back(srtp_err_status_t error)
{
    switch (error) {
    case srtp_err_status_replay_fail:
    case srtp_err_status_replay_old:
        return NOT_REPEATED;
    default:
        return MALFORMED;
    }
}

/* Protects in place; false: it must not leave. Under the group lock. */
pj_bool_t srtp_outgoing(gate *g, void *packet, int *size, pj_bool_t rtcp)
{
    int plain_size = *size;
    srtp_err_status_t error;
    if (!g->send.context) {
        gate_count(g, rtcp ? RTCP_DROPPED : DROPPED_BEFORE_KEYS_OUT, 1);
        return PJ_FALSE;
    }
    error = rtcp ? srtp_protect_rtcp(g->send.context, packet, size)
                 : srtp_protect(g->send.context, packet, size);
    if (error != srtp_err_status_ok) {
        gate_count(g, rtcp ? RTCP_DROPPED : why_kept_back(error), 1);
        return PJ_FALSE;
    }
    gate_count(g, rtcp ? RTCP_SENT : SENT, 1);
    if (!rtcp)
        gate_count(g, BYTES_SENT, (uint64_t)plain_size);
    return PJ_TRUE;
}

static enum counter why_dropped(srtp_err_status_t error)
{
    switch (error) {
    case srtp_err_status_replay_fail:
    case srtp_err_status_replay_old:
        return REPLAYED;
    case srtp_err_status_parse_err:
    case srtp_err_status_bad_param:
        return MALFORMED;
    default:
        return NOT_AUTHENTIC;
    }
}

/* Unprotects in place; false: nobody may see it. Under receive_lock. */
pj_bool_t srtp_incoming(gate *g, void *packet, int *size, pj_bool_t rtcp)
{
    srtp_err_status_t error;
    if (!g->receive.context) {
        gate_count(g, rtcp ? RTCP_DROPPED : DROPPED_BEFORE_KEYS_IN, 1);
        return PJ_FALSE;
    }
    error = rtcp ? srtp_unprotect_rtcp(g->receive.context, packet, size)
                 : srtp_unprotect(g->receive.context, packet, size);
    if (error != srtp_err_status_ok) {
        gate_count(g, rtcp ? RTCP_DROPPED : why_dropped(error), 1);
        return PJ_FALSE;
    }
    gate_count(g, rtcp ? RTCP_RECEIVED : RECEIVED, 1);
    if (!rtcp)
        gate_count(g, BYTES_RECEIVED, (uint64_t)*size);
    return PJ_TRUE;
}
