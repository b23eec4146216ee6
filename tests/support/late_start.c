/* Loaded before PJSIP: where a transport begins to read, its thread is held up right after that, as
 * the kernel may do at any time. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <unistd.h>

#define ALWAYS_ASYNC (1u << 31) /* only who begins says so */
#define HELD_UP_US 20000

typedef int receive(void *key, void *op, void *octets, long *length, unsigned flags, void *from,
                    int *from_length);

receive pj_ioqueue_recvfrom;

int pj_ioqueue_recvfrom(void *key, void *op, void *octets, long *length, unsigned flags, void *from,
                        int *from_length)
{
    void *pjlib = dlopen("libpj.so.2", RTLD_LAZY | RTLD_NOLOAD);
    receive *real = (receive *)dlsym(pjlib, "pj_ioqueue_recvfrom");
    int status = real(key, op, octets, length, flags, from, from_length);
    dlclose(pjlib);
    if (flags & ALWAYS_ASYNC)
        usleep(HELD_UP_US);
    return status;
}
