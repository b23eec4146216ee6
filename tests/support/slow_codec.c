/* Loaded before PJSIP: making an encoder takes a while, as on a small board. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>

#define HELD_UP_US 20000

typedef int initialise(void *encoder, int rate, int channels, int application);

initialise opus_encoder_init;

int opus_encoder_init(void *encoder, int rate, int channels, int application)
{
    void *opus = dlopen("libopus.so.0", RTLD_LAZY);
    initialise *real = (initialise *)dlsym(opus, "opus_encoder_init");
    usleep(HELD_UP_US);
    return real(encoder, rate, channels, application);
}
