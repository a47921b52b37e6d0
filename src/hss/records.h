/*
 * Working records: subscriptions with their credentials in memory, loaded on demand, bounded (the
 * one used longest ago makes room), so that a request for vectors touches no database.
 */
#ifndef MOORING_HSS_RECORDS_H
#define MOORING_HSS_RECORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "aka/credentials.h"
#include "home/profile.h"
#include "home/subscription.h"

/* Kinds of events that a peer can cause again and again with one and the same request. */
enum hss_noise { HSS_NOISE_AUTS, HSS_NOISE_SCOPE, HSS_NOISE_VIOLATION, HSS_NOISES };

/* What finding touches comes first, in one cache line with the IMSI: with many records every line
 * is a wait for memory. */
struct hss_record {
    struct hss_record *chain;         /* of its hash bucket */
    struct hss_record *newer, *older; /* by use */
    struct subscription subscription;
    struct aka_credentials credentials;
    const struct profile *profile;
    int64_t noise_at_ms[HSS_NOISES]; /* when each was last told */
};

struct hss_records;

/* Room for at most `max` records; NULL if there is no memory. */
struct hss_records *hss_records_new(size_t max);

/* Wipes and frees everything. */
void hss_records_free(struct hss_records *records);

/* The record, which counts as used now; NULL if it is not here. It stays where it is until it is
 * dropped. */
struct hss_record *hss_records_find(struct hss_records *records, const struct imsi *imsi);

/* Makes an empty record for `imsi`, which must not be here; the one used longest ago goes if there
 * are too many. NULL if there is no memory. */
struct hss_record *hss_records_add(struct hss_records *records, const struct imsi *imsi);

void hss_records_drop(struct hss_records *records, const struct imsi *imsi);
void hss_records_drop_all(struct hss_records *records);

size_t hss_records_count(const struct hss_records *records);

#endif
