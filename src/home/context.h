/*
 * What every decision of the home network is given besides the request and the record: the time,
 * chance, parameters, and a place for events. Decisions read no clock and keep nothing.
 */
#ifndef MOORING_HOME_CONTEXT_H
#define MOORING_HOME_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/crypto_port.h"
#include "home/event.h"
#include "home/profile.h"

struct home_context {
    const struct crypto_port *crypto;
    const struct profile *profile; /* of the subscription decided on */
    int64_t now_ms;                /* Unix time */
    const char *who;               /* serving node or operator, for events */
    struct home_events *events;    /* filled */
    uint8_t amf[2];                /* separation bit is set by the decision where it belongs */
    uint32_t seq_step_max;         /* at least 1 */
    uint32_t seq_reserve;          /* at least 1 */
    uint32_t confirm_window_ms;
    bool node_resynchronises; /* the serving node has brought an AUTS before, of any subscription */
    uint32_t chance; /* drawn once for a request: a decision that is taken again under the store's
                        lock must come to the same */
};

#endif
