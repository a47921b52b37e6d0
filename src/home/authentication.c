#include "home/authentication.h"

#include <stdio.h>
#include <string.h>

#include "aka/kdf.h"
#include "aka/sqn.h"
#include "aka/vector.h"
#include "base/bytes.h"
#include "home/audit.h"
#include "home/scope.h"
#include "home/sequence.h"

#define AMF_SEPARATION_BIT 0x80 /* TS 33.401 6.1.1: the vector is for E-UTRAN */

struct decision {
    const struct home_context *context;
    const struct home_authentication_request *request;
    struct subscription *subscription;
    const struct aka_credentials *credentials;
    struct home_authentication_answer *answer;
};

static bool make_vector(const struct decision *d, const uint8_t rand[16], uint64_t sqn,
                        struct home_vector *out)
{
    uint8_t amf[2] = {(uint8_t)(d->context->amf[0] | AMF_SEPARATION_BIT), d->context->amf[1]};
    struct aka_vector vector;
    bool made = aka_vector_make(d->context->crypto, d->credentials, rand, sqn, amf, &vector) &&
                aka_kasme(d->context->crypto, vector.ck, vector.ik, d->request->plmn.octets,
                          vector.autn, out->kasme);

    if (made) {
        memcpy(out->rand, vector.rand, sizeof out->rand);
        memcpy(out->autn, vector.autn, sizeof out->autn);
        memcpy(out->xres, vector.xres, vector.xres_len);
        out->xres_len = vector.xres_len;
    }
    bytes_wipe(&vector, sizeof vector);
    return made;
}

static bool random_rand(const struct decision *d, uint8_t rand[16])
{
    return d->context->crypto->random(d->context->crypto->ctx, rand, 16);
}

/* The answer that tells nothing but asks the UICC for its SQN_MS (home/audit.h). */
static enum home_result answer_stale(const struct decision *d, enum audit_reason reason)
{
    struct subscription before = *d->subscription;
    uint8_t rand[16];

    if (!random_rand(d, rand)) {
        return HOME_UNABLE;
    }
    uint8_t ind = audit_open(d->subscription, d->context, d->request->node, reason, rand);
    if (!make_vector(d, rand, sqn_make(0, ind), &d->answer->vectors[0])) {
        *d->subscription = before; /* nobody is to answer a vector that never left */
        return HOME_UNABLE;
    }
    d->answer->count = 1;
    d->answer->must_store = true;
    return HOME_OK;
}

static enum home_result answer_fresh(const struct decision *d, uint8_t count)
{
    struct auth_state *auth = &d->subscription->auth;
    struct serving_node_use *use = sequence_node(auth, d->request->node, d->context->now_ms);
    uint8_t ind = sequence_ind(auth, use);
    uint64_t lowest = 0;

    for (uint8_t i = 0; i < count; i++) {
        uint8_t rand[16];
        uint64_t seq;

        if (!random_rand(d, rand)) {
            return HOME_UNABLE;
        }
        if (!sequence_next(auth, d->context, &seq, &d->answer->must_store)) {
            return HOME_AUTH_DATA_UNAVAILABLE;
        }
        lowest = i == 0 ? seq : lowest;
        if (!make_vector(d, rand, sqn_make(seq, ind), &d->answer->vectors[i])) {
            return HOME_UNABLE;
        }
    }
    d->answer->count = count;
    audit_answered(d->context, use, lowest, count, d->request->resynchronise);
    return HOME_OK;
}

/* TS 33.102 6.3.5: takes AUTS; false if it is not genuine. */
static enum home_result take_auts(const struct decision *d)
{
    struct auth_state *auth = &d->subscription->auth;
    bool baseline = auth->audit_due == AUDIT_BASELINE;
    uint64_t sqn_ms;
    bool mac_ok;

    if (!aka_auts_open(d->context->crypto, d->credentials, d->request->rand, d->request->auts,
                       &sqn_ms, &mac_ok)) {
        return HOME_UNABLE;
    }
    if (!mac_ok) {
        struct home_event *event =
            home_events_add(d->context->events, d->context->now_ms, EVENT_AUTS_INVALID,
                            &d->subscription->imsi, d->context->who);
        (void)snprintf(event->why, sizeof event->why,
                       "MAC-S of a Re-Synchronization-Info is wrong: not made with this K");
        return HOME_AUTH_DATA_UNAVAILABLE;
    }
    if (baseline && sqn_seq(sqn_ms) > SQN_SEQ_MAX / 2) {
        return HOME_AUTH_DATA_UNAVAILABLE; /* no card has come so far: the baseline stays open */
    }
    d->answer->must_store = true;
    audit_auts(d->subscription, d->context, d->request->node, d->request->rand, sqn_ms);
    if (sqn_seq(sqn_ms) > auth->seq_issued) {
        if (!baseline && sqn_seq(sqn_ms) - auth->seq_issued > SQN_DELTA) {
            return HOME_AUTH_DATA_UNAVAILABLE; /* would let a forger use up the 43 bits */
        }
        auth->seq_issued = sqn_seq(sqn_ms); /* go on above what the card has seen */
    }
    return HOME_OK;
}

static void report_unanswered(const struct decision *d)
{
    struct home_event *event =
        home_events_add(d->context->events, d->context->now_ms, EVENT_AUDIT_UNANSWERED,
                        &d->subscription->imsi, d->context->who);

    (void)snprintf(event->why, sizeof event->why,
                   "%d stale vectors in a row came to nothing (no AUTS, no registration): a fresh "
                   "one is given; can this serving node resynchronise?",
                   AUDIT_UNANSWERED_MAX);
    d->answer->must_store = true;
}

static enum home_result decide(const struct decision *d)
{
    struct auth_state *auth = &d->subscription->auth;
    uint8_t count = d->request->vectors;

    if (!scope_served(d->subscription, d->context)) {
        return HOME_REFUSED;
    }
    if (!scope_allows_plmn(d->context->profile, &d->request->plmn)) {
        return HOME_REFUSED; /* TS 29.272 knows no "roaming not allowed" in AIA: ULA says it */
    }
    if (d->request->resynchronise) {
        enum home_result result = take_auts(d);

        if (result != HOME_OK) {
            return result;
        }
        /* One vector only: what answers a resynchronisation must be what is used. */
        return scope_served(d->subscription, d->context) ? answer_fresh(d, 1) : HOME_REFUSED;
    }
    enum audit_reason reason =
        audit_due(d->subscription, d->context, d->request->node, &d->request->plmn);
    if (reason != AUDIT_NONE) {
        return answer_stale(d, reason);
    }
    if (auth->stale_unanswered >= AUDIT_UNANSWERED_MAX && auth->stale_unanswered != UINT8_MAX) {
        auth->stale_unanswered = UINT8_MAX; /* said once, until something is answered */
        report_unanswered(d);
    }
    return answer_fresh(d, count > HOME_VECTORS_MAX ? HOME_VECTORS_MAX : count);
}

void home_authenticate(const struct home_context *context,
                       const struct home_authentication_request *request,
                       struct subscription *subscription, const struct aka_credentials *credentials,
                       struct home_authentication_answer *answer)
{
    struct decision d = {context, request, subscription, credentials, answer};

    memset(answer, 0, sizeof *answer);
    answer->result = decide(&d);
    if (answer->result != HOME_OK) {
        bytes_wipe(answer->vectors, sizeof answer->vectors);
        answer->count = 0;
    }
}
