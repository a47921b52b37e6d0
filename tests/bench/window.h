/* A client that keeps a window of requests under way over one Diameter connection, for benchmarks.
 */
#ifndef MOORING_BENCH_WINDOW_H
#define MOORING_BENCH_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "diameter/dia_message.h"
#include "diameter/dia_node.h"

#define WINDOW 64 /* requests under way */

struct window_load {
    const struct dia_node *node; /* how the client presents itself */
    const char *host;
    uint16_t port;
    int64_t duration_ms; /* 0: until `count` are sent */
    uint64_t count;      /* 0: until the time is over */
    /* The `number`th request, counted from 0: *n octets, good until the next call. */
    const uint8_t *(*request)(void *ctx, uint64_t number, size_t *n);
    /* Whether the answer is the one wanted; NULL: any will do. */
    bool (*good)(void *ctx, const struct dia_message *answer);
    void *ctx;
};

struct window_result {
    uint64_t answered;
    uint64_t failed; /* no answer, or not the wanted one */
    double seconds;
    size_t request_octets; /* of the last request and its answer */
    size_t answer_octets;
};

/* Connects, runs the load, waits for the last answers and leaves. */
bool window_run(const struct window_load *load, struct window_result *result, struct fault *fault);

/* Seconds of the monotonic clock. */
double bench_now(void);

#endif
