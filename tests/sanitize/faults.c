/* Faults made on purpose, each of which has to be told: else nothing that a run says counts. */
#include <pthread.h>
#include <stdlib.h>

static int shared;

static void *change(void *nothing)
{
    shared++;
    return nothing;
}

void race(void)
{
    pthread_t other;
    pthread_create(&other, NULL, &change, NULL);
    change(NULL);
    pthread_join(other, NULL);
}

int shift(int by)
{
    return 1 << by;
}

int past_the_end(int size)
{
    volatile char *octets = malloc((size_t)size);
    octets[size] = 1;
    return octets[size];
}
