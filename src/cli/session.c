#include "cli/session.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bytes.h"
#include "edge/config/config.h"

#define CHANGE_TRIES 5

static void name_operator(struct session *session)
{
    const struct passwd *user = getpwuid(getuid());

    (void)snprintf(session->who, sizeof session->who, "operator %.64s",
                   user != NULL ? user->pw_name : "unknown");
}

static const char *config_path(const struct cli_args *args)
{
    const char *from_environment = getenv("MOORING_CONFIG");

    return cli_value(args, "config",
                     from_environment != NULL && from_environment[0] != '\0' ? from_environment
                                                                             : "mooring.yaml");
}

bool session_open(struct session *session, const struct cli_args *args, bool create,
                  struct fault *fault)
{
    memset(session, 0, sizeof *session);
    name_operator(session);
    session->settings = calloc(1, sizeof *session->settings);
    if (session->settings == NULL) {
        return fault_set(fault, "no memory");
    }
    if (!config_load(config_path(args), session->settings, fault)) {
        session_close(session);
        return false;
    }
    session->keyring = keyring_open(session->settings->key_file, fault);
    if (session->keyring != NULL) {
        session->store = sqlite_store_open(session->settings->database,
                                           create ? SQLITE_STORE_CREATE : SQLITE_STORE_EXISTING,
                                           session->keyring, fault);
    }
    if (session->store == NULL || !openssl_crypto_init(&session->crypto, fault)) {
        session_close(session);
        return false;
    }
    session->port = sqlite_store_port(session->store);
    return true;
}

void session_close(struct session *session)
{
    openssl_crypto_free(&session->crypto);
    sqlite_store_close(session->store);
    keyring_close(session->keyring);
    free(session->settings);
    memset(session, 0, sizeof *session);
}

/* Loads and decides; the changed record goes to *subscription. */
static bool decide(struct session *session, const struct imsi *imsi,
                   const struct session_change *change, struct subscription *subscription,
                   struct home_events *events, struct fault *fault)
{
    struct aka_credentials credentials;
    struct home_context context = {
        .crypto = &session->crypto.port,
        .now_ms = cli_now_ms(),
        .who = session->who,
        .events = events,
    };

    enum store_result result =
        session->port.load(session->port.ctx, imsi, subscription, &credentials, fault);
    bytes_wipe(&credentials, sizeof credentials);
    if (result == STORE_NOT_FOUND) {
        return fault_set(fault, "there is no subscription with IMSI %s", imsi->digits);
    }
    if (result != STORE_OK) {
        return false;
    }
    context.profile = hss_settings_profile(session->settings, subscription->profile);
    if (context.profile == NULL) {
        return fault_set(fault, "IMSI %s has the profile '%s', which the configuration lacks",
                         imsi->digits, subscription->profile);
    }
    return change->decide(subscription, &context, change->arg, fault);
}

static enum store_result store_change(struct session *session, const struct session_change *change,
                                      struct subscription *subscription,
                                      const struct home_events *events, struct fault *fault)
{
    const struct home_store *port = &session->port;
    enum store_result result = port->save(port->ctx, subscription, fault);

    for (size_t i = 0; i < events->count && result == STORE_OK; i++) {
        result = port->append_event(port->ctx, &events->items[i], fault);
    }
    if (result == STORE_OK && change->also != NULL &&
        !change->also(session, subscription, change->arg, fault)) {
        result = STORE_FAILED;
    }
    return result == STORE_OK ? port->commit(port->ctx, fault) : result;
}

bool session_apply(struct session *session, const char *text, const struct session_change *change,
                   struct fault *fault)
{
    struct subscription subscription;
    struct imsi imsi;
    enum store_result result = STORE_CONFLICT;

    if (!imsi_parse(text, strlen(text), &imsi)) {
        return fault_set(fault, "'%s' is no IMSI: 6 to 15 digits are expected", text);
    }
    for (int i = 0; i < CHANGE_TRIES && result == STORE_CONFLICT; i++) {
        struct home_events events = {.count = 0};

        /* The lock comes first, so that a running home network can't change the record in between.
         */
        result = session->port.begin(session->port.ctx, fault);
        if (result != STORE_OK) {
            return false;
        }
        if (!decide(session, &imsi, change, &subscription, &events, fault)) {
            session->port.rollback(session->port.ctx);
            return false;
        }
        result = store_change(session, change, &subscription, &events, fault);
        if (result != STORE_OK) {
            session->port.rollback(session->port.ctx);
        }
    }
    return result == STORE_OK;
}
