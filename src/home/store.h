/*
 * The home network's memory, as a port. SQLite gives one (edge/sqlite); tests give others.
 *
 * Writes go in groups: begin, any number of saves and events, commit; what is committed survives
 * power loss. One thread uses one store. Operators' commands use stores of their own on the same
 * database.
 */
#ifndef MOORING_HOME_STORE_H
#define MOORING_HOME_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "aka/credentials.h"
#include "base/fault.h"
#include "home/event.h"
#include "home/subscription.h"

enum store_result {
    STORE_OK,
    STORE_NOT_FOUND,
    STORE_CONFLICT, /* somebody saved a newer version: load again and decide again */
    STORE_FAILED,   /* the medium: disk full, locked too long, corrupt; fault says */
};

struct home_store {
    void *ctx;

    /* Reads one subscription with its credentials (decrypted; the caller wipes them). */
    enum store_result (*load)(void *ctx, const struct imsi *imsi, struct subscription *subscription,
                              struct aka_credentials *credentials, struct fault *fault);

    enum store_result (*begin)(void *ctx, struct fault *fault);

    /* Stores the record if the stored version is `subscription->version`, and counts the version up
     * in the store and in *subscription. Inside begin..commit. */
    enum store_result (*save)(void *ctx, struct subscription *subscription, struct fault *fault);

    enum store_result (*append_event)(void *ctx, const struct home_event *event,
                                      struct fault *fault);

    /* Remembers the names of a serving node under its node_id(). */
    enum store_result (*save_node)(void *ctx, uint64_t id, const char *host, const char *realm,
                                   struct fault *fault);

    /* Durable when it returns STORE_OK; on anything else all since begin is undone. */
    enum store_result (*commit)(void *ctx, struct fault *fault);
    void (*rollback)(void *ctx);

    /*
     * Tells which subscriptions others have changed since the last call, by calling `changed` for
     * each (with NULL for "too many to tell: forget all"). Cheap when nothing changed: called once
     * a batch.
     */
    enum store_result (*poll_changes)(void *ctx,
                                      void (*changed)(void *user, const struct imsi *imsi),
                                      void *user, struct fault *fault);
};

#endif
