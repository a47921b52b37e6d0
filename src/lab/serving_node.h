/*
 * A machine and its serving node (MME) for tests and demonstrations: what happens between a UICC in
 * a reader and the home network when the machine attaches (TS 23.401 5.3.2.1, TS 33.401 6.1), with
 * everything else left out.
 */
#ifndef MOORING_LAB_SERVING_NODE_H
#define MOORING_LAB_SERVING_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "codec/identity.h"
#include "diameter/dia_node.h"
#include "machine/reader.h"
#include "s6a/s6a_client.h"

/* The way to the home network, as a port: sends a request (identifiers are put in) and waits for
 * its answer. */
struct lab_network {
    void *ctx;
    bool (*exchange)(void *ctx, const uint8_t *request, size_t n, struct dia_message *answer,
                     struct fault *fault);
};

struct lab_machine {
    const struct reader *reader;
    const char *pin1;   /* NULL: none is typed */
    bool risk_last_try; /* type it even if a wrong one would block it */
    bool imei_present;
    struct imei imei;            /* what the machine says it is */
    struct plmn plmn;            /* serving network */
    const struct dia_node *node; /* of the serving node */
    const char *home_realm;
    uint32_t session; /* makes Session-Ids unique, with the time of its start */
    uint32_t rat_type;
    uint32_t ulr_flags;
};

enum lab_outcome {
    LAB_ATTACHED,
    LAB_REFUSED,  /* by the home network: result says which way */
    LAB_REJECTED, /* the UICC refused the network (MAC), or the network the UICC (RES) */
    LAB_BROKEN,   /* card or network did not answer as it should: fault says */
};

/* What happened, step by step. Holds no keys. */
struct lab_attach {
    enum lab_outcome outcome;
    struct iccid iccid;
    struct imsi imsi;
    unsigned authentications; /* AUTHENTICATE commands */
    bool resynchronised;
    bool has_result;
    struct s6a_result result; /* of the last answer */
    uint32_t command;         /* that it answered */
    bool located;             /* the ULA came */
    struct s6a_subscription_data data;
};

/*
 * Attaches once. Each step is told to `say` (NULL: nobody) as one line of facts. False with a fault
 * only for LAB_BROKEN.
 */
bool lab_attach(const struct lab_machine *machine, const struct lab_network *network,
                void (*say)(void *ctx, const char *line), void *say_ctx, struct lab_attach *attach,
                struct fault *fault);

/* True if the subscription lets the machine have this APN (the MME's check, TS 23.401 5.3.2.1). */
bool lab_apn_granted(const struct s6a_subscription_data *data, const char *apn);

/* The EMM cause that a serving node makes of a result (TS 29.272 annex A, facts of deployed nodes
 * in docs/serving-nodes.md). */
unsigned lab_emm_cause(const struct s6a_result *result);

#endif
