/* How the phone speaks is not for the other side's SDP to say. Opus would be silent in pauses where
 * that asks for it (usedtx), and vary its rate where it says so (cbr): then whoever sees the
 * packets can tell what is said (RFC 6562). And a server on the way can write what it likes. */
#include "gate.h"

static void (*next_in_chain)(pjsua_call_id, pjsua_on_stream_precreate_param *);

static pj_bool_t is_unwelcome(const pj_str_t *name)
{
    return pj_stricmp2(name, "usedtx") == 0 || pj_stricmp2(name, "cbr") == 0;
}

static void on_stream_precreate(pjsua_call_id leg, pjsua_on_stream_precreate_param *about)
{
    if (next_in_chain)
        next_in_chain(leg, about);
    if (about->stream_info.type != PJMEDIA_TYPE_AUDIO || !about->stream_info.info.aud.param)
        return;
    /* The stream's own: PJSIP hands a copy over, which points to it. */
    pjmedia_codec_fmtp *asked = &about->stream_info.info.aud.param->setting.enc_fmtp;
    unsigned kept = 0;
    for (unsigned i = 0; i < asked->cnt; i++)
        if (!is_unwelcome(&asked->param[i].name))
            asked->param[kept++] = asked->param[i];
    asked->cnt = (pj_uint8_t)kept;
}

/* After each libInit. */
void even_install(void)
{
    pjsua_callback *callbacks = &pjsua_var.ua_cfg.cb;
    if (callbacks->on_stream_precreate != &on_stream_precreate) {
        next_in_chain = callbacks->on_stream_precreate;
        callbacks->on_stream_precreate = &on_stream_precreate;
    }
}
