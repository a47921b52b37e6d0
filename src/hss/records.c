#include "hss/records.h"

#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

struct hss_records {
    struct hss_record **buckets;
    size_t bucket_count; /* a power of two */
    size_t count;
    size_t max;
    struct hss_record *newest;
    struct hss_record *oldest;
};

struct hss_records *hss_records_new(size_t max)
{
    struct hss_records *records = calloc(1, sizeof *records);

    if (records == NULL) {
        return NULL;
    }
    records->max = max > 0 ? max : 1;
    records->bucket_count = 64;
    while (records->bucket_count < records->max) {
        records->bucket_count *= 2;
    }
    records->buckets = calloc(records->bucket_count, sizeof(struct hss_record *));
    if (records->buckets == NULL) {
        free(records);
        return NULL;
    }
    return records;
}

static size_t bucket_of(const struct hss_records *records, const struct imsi *imsi)
{
    uint64_t hash = 0;

    for (const char *digit = imsi->digits; *digit != '\0'; digit++) {
        hash = hash * 10 + (uint64_t)(*digit - '0' + 1);
    }
    hash *= UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(hash >> 32) & (records->bucket_count - 1);
}

static void unlink_use(struct hss_records *records, struct hss_record *record)
{
    *(record->newer != NULL ? &record->newer->older : &records->newest) = record->older;
    *(record->older != NULL ? &record->older->newer : &records->oldest) = record->newer;
}

static void link_newest(struct hss_records *records, struct hss_record *record)
{
    record->newer = NULL;
    record->older = records->newest;
    *(records->newest != NULL ? &records->newest->newer : &records->oldest) = record;
    records->newest = record;
}

/* The pointer that leads to the record of `imsi` in its bucket, or to the bucket's end. */
static struct hss_record **place_of(struct hss_records *records, const struct imsi *imsi)
{
    struct hss_record **place = &records->buckets[bucket_of(records, imsi)];

    while (*place != NULL && !imsi_equal(&(*place)->subscription.imsi, imsi)) {
        place = &(*place)->chain;
    }
    return place;
}

struct hss_record *hss_records_find(struct hss_records *records, const struct imsi *imsi)
{
    struct hss_record *record = *place_of(records, imsi);

    if (record != NULL && record != records->newest) {
        unlink_use(records, record);
        link_newest(records, record);
    }
    return record;
}

void hss_records_drop(struct hss_records *records, const struct imsi *imsi)
{
    struct hss_record **place = place_of(records, imsi);
    struct hss_record *record = *place;

    if (record != NULL) {
        *place = record->chain;
        unlink_use(records, record);
        records->count--;
        bytes_wipe(&record->credentials, sizeof record->credentials);
        free(record);
    }
}

struct hss_record *hss_records_add(struct hss_records *records, const struct imsi *imsi)
{
    struct hss_record *record = calloc(1, sizeof *record);

    if (record == NULL) {
        return NULL;
    }
    if (records->count >= records->max) {
        struct imsi oldest = records->oldest->subscription.imsi;

        hss_records_drop(records, &oldest);
    }
    record->subscription.imsi = *imsi;
    *place_of(records, imsi) = record;
    link_newest(records, record);
    records->count++;
    return record;
}

void hss_records_drop_all(struct hss_records *records)
{
    while (records->newest != NULL) {
        struct imsi imsi = records->newest->subscription.imsi;

        hss_records_drop(records, &imsi);
    }
}

void hss_records_free(struct hss_records *records)
{
    if (records != NULL) {
        hss_records_drop_all(records);
        free(records->buckets);
        free(records);
    }
}

size_t hss_records_count(const struct hss_records *records)
{
    return records->count;
}
