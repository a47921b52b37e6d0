/*
 * The running home network: Diameter requests in, answers out, over working records and the store.
 *
 * Requests come in rounds (edge/diameter). Within a round each request is decided and its answer
 * written at once; what must last is saved in one transaction, which hss_round_end commits before
 * any answer of the round leaves: group commit. The transaction takes the store's write lock before
 * the first record is saved, and looks for changes of operators under it, so that nothing is saved
 * over somebody else's change. A round without a transaction looks for them at its first request.
 *
 * One hss is used by one thread.
 */
#ifndef MOORING_HSS_HSS_H
#define MOORING_HSS_HSS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/crypto_port.h"
#include "base/fault.h"
#include "diameter/dia_base.h"
#include "diameter/dia_node.h"
#include "diameter/dia_writer.h"
#include "home/store.h"
#include "hss/settings.h"

struct hss;

/* What the home network stands on; all must outlive it. */
struct hss_ports {
    const struct hss_settings *settings;
    const struct crypto_port *crypto;
    const struct home_store *store;
    int64_t (*now_ms)(void *ctx);                /* Unix time in milliseconds */
    void (*report)(void *ctx, const char *line); /* for the operator's log; never a secret */
    void *ctx;                                   /* of the two */
};

struct hss_statistics {
    uint64_t requests;
    uint64_t answers_ok;
    uint64_t refusals;
    uint64_t commits;
    uint64_t loads;
};

/* NULL with a fault if there is no memory. */
struct hss *hss_open(const struct hss_ports *ports, struct fault *fault);

/* Frees everything and wipes keys. A transaction under way is rolled back. */
void hss_close(struct hss *hss);

/* How the home network presents itself to Diameter peers. */
const struct dia_node *hss_node(const struct hss *hss);

/* Is this a peer of ours? A refusal is an event, which hss_round_end commits. */
bool hss_admit(struct hss *hss, const struct dia_capabilities *who, const char *remote);

/*
 * Answers one request of the connected peer `who`. The answer may leave after hss_round_end
 * returned true. Writes nothing if not even an error fits.
 */
void hss_request(struct hss *hss, const struct dia_capabilities *who,
                 const struct dia_message *request, struct dia_writer *answer);

/* Commits the round. False: nothing of it lasts, its answers must not leave; hss_refuse answers
 * instead. */
bool hss_round_end(struct hss *hss);

/* The answer to a request of a round that could not be committed: UNABLE_TO_COMPLY. */
void hss_refuse(struct hss *hss, const struct dia_message *request, struct dia_writer *answer);

struct hss_statistics hss_statistics(const struct hss *hss);

#endif
