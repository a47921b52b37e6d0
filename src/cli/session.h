/* What operators' commands share: configuration, keys, database, and the way of changing one
 * subscription. */
#ifndef MOORING_CLI_SESSION_H
#define MOORING_CLI_SESSION_H

#include <stdbool.h>

#include "cli/cli.h"
#include "edge/keyring/keyring.h"
#include "edge/openssl/openssl_crypto.h"
#include "edge/sqlite/sqlite_store.h"
#include "home/context.h"
#include "hss/settings.h"

/* The options of every command that needs the home network's configuration. */
#define SESSION_OPTION_CONFIG                                                                      \
    {                                                                                              \
        "config", "FILE",                                                                          \
            "configuration of the home network (default: $MOORING_CONFIG, or mooring.yaml)"        \
    }

struct session {
    struct hss_settings *settings;
    struct keyring *keyring;
    struct sqlite_store *store;
    struct home_store port;
    struct openssl_crypto crypto;
    char who[96]; /* the operator: "operator NAME" */
};

/* Opens everything that the configuration names; the database is made if `create`. False with a
 * fault. */
bool session_open(struct session *session, const struct cli_args *args, bool create,
                  struct fault *fault);
void session_close(struct session *session);

/* One change of one subscription, by a decision of home/operator.h or the like; `also` may write
 * more into the same transaction. Both may be called again if somebody else changed the
 * subscription meanwhile. */
struct session_change {
    bool (*decide)(struct subscription *subscription, const struct home_context *context, void *arg,
                   struct fault *fault);
    bool (*also)(struct session *session, const struct subscription *subscription, void *arg,
                 struct fault *fault);
    void *arg;
};

/* Loads, decides, and stores record and events in one transaction. */
bool session_apply(struct session *session, const char *imsi, const struct session_change *change,
                   struct fault *fault);

#endif
