/*
 * What operators' commands do with the database beyond the port: import, lists, counts, checks.
 * They open a store of their own; the running home network learns of their changes by poll_changes.
 *
 * Lists call `visit` for each row, which must not use the store; it stops the list by returning
 * false. A row that is damaged ends the list with STORE_FAILED.
 */
#ifndef MOORING_EDGE_SQLITE_SQLITE_ADMIN_H
#define MOORING_EDGE_SQLITE_SQLITE_ADMIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "edge/keyring/card_secrets.h"
#include "edge/sqlite/sqlite_store.h"

/*
 * Adds one subscription with its card's secrets, inside begin..commit: `subscription` as it shall
 * begin (IMSI, ICCID, MSISDN, profile, status, binding; the rest zero), version 0. STORE_CONFLICT,
 * with a fault that names the other one, if IMSI or ICCID is there already; the transaction then
 * still stands, and its owner decides to go on or to roll back.
 */
enum store_result sqlite_admin_import(struct sqlite_store *store,
                                      const struct subscription *subscription,
                                      const struct card_secrets *secrets, struct fault *fault);

/* Reads the secrets of a card (for its personalisation or remote management) and its ICCID; the
 * caller wipes them. */
enum store_result sqlite_admin_card_secrets(struct sqlite_store *store, const struct imsi *imsi,
                                            struct iccid *iccid, struct card_secrets *secrets,
                                            struct fault *fault);

/* Seals all secrets anew under the keyring's current key, in one transaction of its own; *count of
 * them. Afterwards older keys can leave the key file. */
enum store_result sqlite_admin_reseal(struct sqlite_store *store, size_t *count,
                                      struct fault *fault);

/* What a list shows of a subscription. */
struct subscription_row {
    struct imsi imsi;
    struct iccid iccid;
    char msisdn[16];
    char profile[HOME_PROFILE_NAME];
    enum subscription_status status;
    enum verdict verdict;
    enum audit_reason audit_due;
    enum binding_state binding;
    struct imei machine;
    char ticket[HOME_TICKET_ID];
    int64_t registered_at_ms;
    struct plmn plmn; /* of the registration; all zero: none */
    char host[256];   /* serving node; empty: none */
};

/* In the order of IMSI, those after `after` (NULL: from the first), at most `limit`: the last IMSI
 * of a page is the `after` of the next. */
enum store_result sqlite_admin_subscriptions(
    struct sqlite_store *store, const struct imsi *after, size_t limit,
    bool (*visit)(void *user, const struct subscription_row *row), void *user, struct fault *fault);

/* Events with an id above `since`, oldest first, of `imsi` (NULL: all), at most `limit`. */
enum store_result sqlite_admin_events(struct sqlite_store *store, int64_t since,
                                      const struct imsi *imsi, size_t limit,
                                      bool (*visit)(void *user, int64_t id,
                                                    const struct home_event *event),
                                      void *user, struct fault *fault);

/* The id of the newest event; 0: none. */
enum store_result sqlite_admin_last_event(struct sqlite_store *store, int64_t *id,
                                          struct fault *fault);

struct node_row {
    uint64_t id;
    char host[256];
    char realm[256];
    int64_t registered; /* subscriptions whose registration is there */
};

enum store_result sqlite_admin_nodes(struct sqlite_store *store,
                                     bool (*visit)(void *user, const struct node_row *row),
                                     void *user, struct fault *fault);

struct store_counts {
    int64_t subscriptions;
    int64_t active;
    int64_t suspended;
    int64_t bound;
    int64_t violated;
    int64_t suspicious;
    int64_t cloned;
    int64_t open_tickets;
    int64_t events;
    int64_t nodes;
};

enum store_result sqlite_admin_counts(struct sqlite_store *store, struct store_counts *counts,
                                      struct fault *fault);

/* Checks the whole file (PRAGMA integrity_check, foreign keys): reads all of it, so not for every
 * start. */
enum store_result sqlite_admin_check(struct sqlite_store *store, struct fault *fault);

#endif
