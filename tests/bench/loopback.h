/* What this machine's loopback gives to two threads, without any of our code between: the limit of
 * every server on it. */
#ifndef MOORING_BENCH_LOOPBACK_H
#define MOORING_BENCH_LOOPBACK_H

#include <stddef.h>

/* Exchanges a second over one TCP connection: requests of `request` octets, answers of `answer`
 * octets, `window` under way, for `seconds`. Whatever was read is answered with one write. Negative
 * on failure. */
double loopback_rate(size_t request, size_t answer, size_t window, double seconds);

#endif
