/* Shared by the files of this folder only. */
#ifndef MOORING_HSS_HSS_PRIVATE_H
#define MOORING_HSS_HSS_PRIVATE_H

#include "home/context.h"
#include "home/result.h"
#include "hss/hss.h"
#include "hss/peers.h"
#include "hss/records.h"

struct hss_refusals {
    int64_t reported_at_ms; /* when a refusal of this peer was last made an event */
    uint32_t more;          /* refusals since */
};

#define HSS_SEEN_MAX 4096 /* serving nodes remembered: a relay must not make us remember more */

/* What we remember of a serving node while we run. */
struct hss_seen_node {
    uint64_t id;
    bool named;          /* its names are stored */
    bool resynchronises; /* it has brought an AUTS */
};

struct hss {
    struct hss_ports ports;
    struct dia_node node;
    struct dia_application applications[1];
    struct hss_records *records;
    bool looked; /* for others' changes, in this round */
    bool in_transaction;
    bool failed; /* this round can't be committed any more */
    struct hss_seen_node *seen;
    size_t seen_count;
    size_t seen_capacity;
    struct hss_refusals
        refusals[HSS_PEERS_MAX + 1]; /* one a configured peer, the last for all others */
    struct hss_statistics statistics;
};

int64_t hss_now(const struct hss *hss);
void hss_report(const struct hss *hss, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Finds or loads the working record of `imsi`. HOME_OK, HOME_UNKNOWN_SUBSCRIPTION or HOME_UNABLE.
 */
enum home_result hss_load(struct hss *hss, const struct imsi *imsi, struct hss_record **record);

/* Drops records that others have changed, once a round: an operator's word counts from the next
 * request on. On false the round is lost. */
bool hss_look(struct hss *hss);

/* Opens the round's transaction if none is open, and drops records that others have changed. */
bool hss_begin(struct hss *hss);

/* Stores what a decision changed, in the round's transaction. On false the round is lost. */
bool hss_save(struct hss *hss, struct subscription *subscription, const struct home_events *events);
bool hss_append(struct hss *hss, const struct home_events *events);
/* True if the node has brought an AUTS since we run; and that it has done so now. */
bool hss_node_resynchronises(const struct hss *hss, uint64_t id);
void hss_node_brought_auts(struct hss *hss, uint64_t id);

bool hss_save_node(struct hss *hss, uint64_t id, const struct dia_message *request);

/* Makes a refusal of a peer an event: one in ten seconds for each peer, with the number of the
 * others. */
void hss_peer_refused(struct hss *hss, const struct hss_peer *peer, const char *host,
                      const struct imsi *imsi, const char *why);

#endif
