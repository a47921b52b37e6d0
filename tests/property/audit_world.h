/*
 * A small world for the SQN audit: one subscription at a home network, genuine card and copies of
 * it, serving nodes that prefetch, lose, repeat and delay. Everything that decides is the product's
 * code (home/, aka/); the world only carries messages, and knows the truth.
 */
#ifndef MOORING_TESTS_AUDIT_WORLD_H
#define MOORING_TESTS_AUDIT_WORLD_H

#include <stdbool.h>
#include <stdint.h>

#include "aka/sqn.h"
#include "edge/openssl/openssl_crypto.h"
#include "home/authentication.h"
#include "home/location.h"

#define WORLD_NODES 4
#define WORLD_CARDS 3
#define WORLD_QUEUE 16

enum card_kind {
    CARD_USIM,     /* keeps its own counter, as a USIM does: the genuine card and faithful copies */
    CARD_CARELESS, /* knows K and accepts any SQN: keeps no counter */
    CARD_FORGER,   /* knows K, accepts any SQN, and answers stale vectors with a forged AUTS */
};

enum forgery {
    FORGE_LAST_SEEN,   /* reports the highest SEQ that it saw itself */
    FORGE_COUNT_ALONG, /* adds one average step for each day since */
    FORGE_RANDOM_STEP, /* adds a random step of the possible size */
};

struct world_card {
    bool exists;
    enum card_kind kind;
    enum forgery forgery;
    struct sqn_parameters parameters;
    struct sqn_array array;
    uint64_t last_seen; /* highest SEQ of a challenge */
    uint64_t accepted;  /* challenges taken */
};

struct world_node {
    uint64_t id;
    uint8_t asks; /* vectors in a request */
    bool keeps;   /* uses what it prefetched later; else it never does */
    struct home_vector queue[WORLD_QUEUE];
    bool stale[WORLD_QUEUE];
    size_t queued;
};

struct world_parameters {
    double lose;           /* each message by itself */
    double repeat;         /* a request arrives twice */
    double late_repeat;    /* a ULR arrives again at the next attach */
    double fetch_and_drop; /* a node fetches vectors and never uses them */
    double abandon;        /* the radio link is lost between authentication and registration */
    double
        existing_context; /* a registration without authentication where the node has a context */
    double failover;      /* the front end dies: unsaved changes are gone */
    bool nodes_keep;      /* nodes may use prefetched vectors later */
    uint8_t asks_max;
};

struct world {
    uint64_t random_state;
    struct crypto_port crypto; /* OpenSSL with the world's own chance */
    struct openssl_crypto openssl;
    struct aka_credentials credentials;
    struct profile profile;
    struct world_parameters parameters;
    struct subscription record; /* working */
    struct subscription stored; /* durable */
    struct home_events events;
    int64_t now_ms;
    uint32_t end_to_end;
    struct world_card cards[WORLD_CARDS];
    struct world_node nodes[WORLD_NODES];
    uint32_t registered_with;     /* bit mask of nodes that hold a security context */
    int context_card;             /* of this card */
    int64_t resynchronised_at_ms; /* when a node last got the answer to a synchronisation failure */
    struct home_location_request late; /* a repetition to come */
    bool late_set;
};

enum attach_outcome {
    ATTACH_OK,
    ATTACH_FAILED,  /* a message was lost or the link broke: nobody's decision */
    ATTACH_REFUSED, /* by the home network */
};

struct attach_report {
    enum attach_outcome outcome;
    bool stale_shown; /* the card was shown a stale vector: an audited attach */
    bool complete;    /* the registration reached the home network, or the AUTS was refused by it */
};

void world_init(struct world *world, uint64_t seed, const struct world_parameters *parameters);
void world_free(struct world *world);

/* Uniform in [0, n). */
uint64_t world_below(struct world *world, uint64_t n);
bool world_chance(struct world *world, double probability);

/* Puts a copy of card `from`, as it is now, into place `to`. */
void world_copy(struct world *world, int from, int to, enum card_kind kind, enum forgery forgery);

/* One attach of `card` at `node`, with all the world's disturbances. */
struct attach_report world_attach(struct world *world, int card, int node);

#endif
