/*
 * Events: what happened, to whom, when, by whom, why. Append-only; written in the same commit as
 * the change that they tell of.
 */
#ifndef MOORING_HOME_EVENT_H
#define MOORING_HOME_EVENT_H

#include <stddef.h>
#include <stdint.h>

#include "codec/identity.h"

/* Values are stored: never renumber, only add. */
enum event_kind {
    EVENT_SUBSCRIPTION_IMPORTED = 1,
    EVENT_SUBSCRIPTION_ACTIVATED = 2,
    EVENT_SUBSCRIPTION_SUSPENDED = 3,
    EVENT_SUBSCRIPTION_RESUMED = 4,
    EVENT_BINDING_BOUND = 10,
    EVENT_BINDING_VIOLATED = 11,
    EVENT_BINDING_RETURNED = 12, /* the bound machine is back after a violation */
    EVENT_BINDING_ARMED = 13,
    EVENT_TICKET_OPENED = 20,
    EVENT_TICKET_USED = 21,
    EVENT_TICKET_EXPIRED = 22,
    EVENT_TICKET_CANCELLED = 23,
    EVENT_EVIDENCE_CLONE = 30, /* certain */
    EVENT_EVIDENCE_SUSPICION = 31,
    EVENT_EVIDENCE_CLEARED = 32,
    EVENT_AUDIT_PASSED = 33,
    EVENT_AUDIT_UNANSWERED = 34,
    EVENT_AUTS_INVALID = 35,  /* MAC-S wrong */
    EVENT_SCOPE_REFUSED = 40, /* PLMN, RAT, status: outside the service profile */
    EVENT_PEER_REFUSED = 41,  /* a Diameter peer asked for what it was not granted */
    EVENT_MARKS_RESET = 42,   /* the operator announced a reissued card or a restored AuC */
};

struct home_event {
    int64_t at_ms; /* Unix time in milliseconds */
    enum event_kind kind;
    struct imsi imsi; /* empty: not about one subscription */
    char who[96];     /* serving node or operator */
    char why[224];    /* one sentence for a person */
    char detail[256]; /* a JSON object with the facts, for programs */
};

/* A bounded list that a decision fills; what does not fit is counted in `lost` (a decision makes
 * few). */
#define HOME_EVENTS_MAX 8
struct home_events {
    struct home_event items[HOME_EVENTS_MAX];
    size_t count;
    size_t lost;
};

const char *event_kind_name(enum event_kind kind);

/* Appends an event and returns it for its `why` and `detail` to be set, or a scrap place if full.
 */
struct home_event *home_events_add(struct home_events *events, int64_t at_ms, enum event_kind kind,
                                   const struct imsi *imsi, const char *who);

#endif
