/*
 * Working records: subscriptions with their credentials in memory, loaded on demand, bounded (the
 * one used longest ago makes room), so that a request for vectors touches no database.
 */
#ifndef MOORING_HSS_RECORDS_H
#define MOORING_HSS_RECORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "aka/credentials.h"
#include "home/event.h"
#include "home/profile.h"
#include "home/subscription.h"

struct hss_record {
    struct subscription subscription;
    struct aka_credentials credentials;
    const struct profile *profile;
    enum event_kind noise; /* what an event told of last that any request can cause again */
    int64_t noise_at_ms;
    struct hss_record *chain;         /* of its hash bucket */
    struct hss_record *newer, *older; /* by use */
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
