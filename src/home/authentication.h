/*
 * The AuC's decision on an Authentication-Information-Request (TS 29.272 5.2.3, TS 33.401 6.1.2):
 * which vectors, fresh or stale, or why none.
 */
#ifndef MOORING_HOME_AUTHENTICATION_H
#define MOORING_HOME_AUTHENTICATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aka/credentials.h"
#include "home/context.h"
#include "home/result.h"
#include "home/subscription.h"

#define HOME_VECTORS_MAX 5 /* TS 29.272 5.2.3.1.3 */

struct home_authentication_request {
    uint64_t node;      /* node_id() of the requesting serving node */
    struct plmn plmn;   /* Visited-PLMN-Id */
    uint8_t vectors;    /* asked for, at least 1 */
    bool resynchronise; /* rand and auts are set */
    uint8_t rand[16];
    uint8_t auts[14];
};

/* An E-UTRAN vector, TS 33.401 6.1.1. Wipe after use. */
struct home_vector {
    uint8_t rand[16];
    uint8_t xres[16];
    uint8_t xres_len;
    uint8_t autn[16];
    uint8_t kasme[32];
};

struct home_authentication_answer {
    enum home_result result;
    struct home_vector vectors[HOME_VECTORS_MAX];
    size_t count;
    bool must_store; /* the record (changed in place) must be durable before the answer leaves */
};

/*
 * Decides. `subscription` is the working record and is changed in place; on a result other than
 * HOME_OK it may carry new evidence (must_store says so).
 */
void home_authenticate(const struct home_context *context,
                       const struct home_authentication_request *request,
                       struct subscription *subscription, const struct aka_credentials *credentials,
                       struct home_authentication_answer *answer);

#endif
