/*
 * The records that the home network decides on: plain structs, no pointers, copied freely.
 *
 * A subscription's record has two writers: operators (status, profile, binding policy, tickets) and
 * the running home network (authentication state, registration, evidence). `version` counts
 * commits; a save with an old version is a conflict and the decision is taken again (home/store.h).
 */
#ifndef MOORING_HOME_SUBSCRIPTION_H
#define MOORING_HOME_SUBSCRIPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "codec/identity.h"

#define HOME_NODES        8  /* serving nodes remembered for each subscription */
#define HOME_ULRS         4  /* requests remembered for each of them, to tell a repetition */
#define HOME_PROFILE_NAME 32 /* with the NUL */
#define HOME_TICKET_ID    17 /* 16 hexadecimal digits and the NUL */
#define HOME_MACHINES     4  /* machines declared for a binding */

/* Values of these enums are stored: never renumber. */
enum subscription_status {
    SUBSCRIPTION_ISSUED = 0,    /* imported, never seen in a network */
    SUBSCRIPTION_ACTIVE = 1,    /* woken up by its first use */
    SUBSCRIPTION_SUSPENDED = 2, /* the operator serves it nowhere */
};

enum binding_state {
    BINDING_UNBOUND = 0,  /* no machine is asked for */
    BINDING_ARMED = 1,    /* the first machine seen becomes the bound one */
    BINDING_BOUND = 2,    /* served in its machine only */
    BINDING_VIOLATED = 3, /* seen in another machine; what then happens is the profile's word */
    BINDING_RELEASED = 4, /* a removal ticket is open: the next machine becomes the bound one */
};

enum verdict {
    VERDICT_CLEAR = 0,
    VERDICT_SUSPICIOUS = 1, /* something speaks for a copy; the next attaches are audited */
    VERDICT_CLONED = 2, /* certain: two cards hold this K, or somebody else issues vectors for it */
};

/* A sequence number that the genuine card is known (or thought) to have accepted, and its slot. */
struct sqn_mark {
    uint64_t seq;
    uint8_t ind;
    bool set;
};

/* A stale vector that went to a serving node, until its AUTS or a registration comes
 * (home/audit.h). */
struct audit_pending {
    uint8_t rand[16];     /* an AUTS counts for this audit only with this RAND */
    struct sqn_mark mark; /* what was confirmed when it was first sent */
    int64_t at_ms;        /* when it was last sent */
    bool open;
    uint8_t ind;  /* slot of the stale vector */
    bool skipped; /* a registration came without an AUTS: the next stale vector is a new one */
};

/* The answer to a resynchronisation, until the registration that confirms it. */
struct resync_pending {
    uint64_t seq;  /* the lowest that answered it, in the node's slot */
    int64_t at_ms; /* of the last answer */
    bool open;
    bool older_unused; /* the node may hold older vectors that the card would take */
    uint8_t answers;   /* vectors given for it: more than one if the request was repeated */
};

/*
 * A serving node that got vectors of this subscription. Its place in the table is its IND, so that
 * vectors handed to different nodes never outdate each other (TS 33.102 C.1.2, C.3.4). Most of a
 * record's memory is in this table: members stand in the order of their sizes.
 */
struct serving_node_use {
    uint64_t id;              /* node_id() of its Origin-Host; 0: free */
    int64_t last_at_ms;       /* the place used longest ago is taken over by a new node */
    uint64_t plain_seq;       /* lowest SEQ of its last answer without resynchronisation; 0: none */
    int64_t plain_at_ms;      /* when that was given */
    uint32_t ulrs[HOME_ULRS]; /* End-to-End identifiers of its last ULRs, to tell repeated ones */
    struct audit_pending audit;
    struct resync_pending resync;
    uint8_t ulr_count;    /* how many of `ulrs` are set */
    uint8_t maybe_unused; /* fresh vectors that it may still hold: an upper bound, saturating */
    uint8_t skips;        /* registrations in a row that left a stale vector unanswered */
};

enum audit_reason {
    AUDIT_NONE = 0,
    AUDIT_ACTIVATION = 1,
    AUDIT_CHANGE = 2, /* IMEI, serving PLMN, or long silence */
    AUDIT_RANDOM = 3,
    AUDIT_OPERATOR = 4,
    AUDIT_SUSPICION = 5,
    AUDIT_BASELINE = 6, /* the operator announced a reissued card or a restored AuC: what the card
                           reports is taken as it is, once */
    AUDIT_SEQUENCE = 7, /* SEQ has run far ahead of what the card showed */
};

struct auth_state {
    uint64_t seq_issued;       /* highest SEQ ever handed out */
    uint64_t seq_reserved;     /* durable: no SEQ above it was handed out before a crash */
    struct sqn_mark confirmed; /* certain */
    struct sqn_mark probable;  /* likely: may be wrong where a node keeps vectors */
    enum audit_reason audit_due;
    uint8_t stale_unanswered; /* stale vectors in a row with neither AUTS nor registration */
    uint8_t suspicion_left;   /* audits that must pass before a suspicion is cleared */
    uint32_t audits;          /* finished, for reports */
    bool forgotten; /* not stored: true after a load; nodes may hold vectors that this record forgot
                     */
    struct serving_node_use nodes[HOME_NODES];
};

struct binding {
    enum binding_state state;
    struct imei machine;                 /* the bound one; empty if none */
    struct imei declared[HOME_MACHINES]; /* if any: only these may be bound at first use; a ticket
                                            is the operator's own word */
    char ticket[HOME_TICKET_ID];         /* the open removal ticket, or empty */
    struct imei ticket_machine;          /* the machine that the ticket names; empty: any */
    int64_t ticket_until_ms;
    struct imei offender; /* machine of the last violation */
    int64_t changed_at_ms;
};

struct registration {
    uint64_t node; /* 0: none */
    struct plmn plmn;
    uint32_t rat_type;
    int64_t at_ms;
};

struct subscription {
    uint64_t version;
    struct imsi imsi;
    struct iccid iccid;
    char msisdn[16]; /* empty: none (packet only needs none) */
    char profile[HOME_PROFILE_NAME];
    enum subscription_status status;
    int64_t first_used_at_ms; /* 0: never */
    enum verdict verdict;
    struct auth_state auth;
    struct binding binding;
    struct registration registration;
};

/* The identity of a serving node in these records: a 64-bit hash of its Origin-Host in lower case
 * (names are compared without case, RFC 6733 4.3.1), never 0. */
uint64_t node_id(const char *origin_host, size_t len);

const char *subscription_status_name(enum subscription_status status);
const char *binding_state_name(enum binding_state state);
const char *verdict_name(enum verdict verdict);
const char *audit_reason_name(enum audit_reason reason);

#endif
