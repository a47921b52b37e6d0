/* The round's transaction: what is saved together, and what happens to working records when it
 * fails. */
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "home/sequence.h"
#include "hss/hss_private.h"

static void forget_changed(void *user, const struct imsi *imsi)
{
    struct hss *hss = user;

    if (imsi == NULL) {
        hss_records_drop_all(hss->records);
    } else {
        hss_records_drop(hss->records, imsi);
    }
}

static bool fail_round(struct hss *hss, const char *what, const struct fault *fault)
{
    hss_report(hss, "%s: %s", what, fault->text);
    hss->failed = true;
    return false;
}

static bool look_for_changes(struct hss *hss)
{
    struct fault fault = {0};

    return hss->ports.store->poll_changes(hss->ports.store->ctx, forget_changed, hss, &fault) ==
               STORE_OK ||
           fail_round(hss, "reading the store's changes failed", &fault);
}

bool hss_look(struct hss *hss)
{
    if (hss->looked) {
        return !hss->failed;
    }
    hss->looked = true;
    return look_for_changes(hss);
}

bool hss_begin(struct hss *hss)
{
    struct fault fault = {0};

    if (hss->in_transaction) {
        return !hss->failed;
    }
    if (hss->ports.store->begin(hss->ports.store->ctx, &fault) != STORE_OK) {
        return fail_round(hss, "the store took no transaction", &fault);
    }
    hss->in_transaction = true;
    hss->looked = true;
    return look_for_changes(hss);
}

bool hss_append(struct hss *hss, const struct home_events *events)
{
    struct fault fault = {0};

    for (size_t i = 0; i < events->count; i++) {
        if (hss->ports.store->append_event(hss->ports.store->ctx, &events->items[i], &fault) !=
            STORE_OK) {
            return fail_round(hss, "an event could not be stored", &fault);
        }
    }
    return true;
}

bool hss_save(struct hss *hss, struct subscription *subscription, const struct home_events *events)
{
    struct fault fault = {0};

    if (hss->ports.store->save(hss->ports.store->ctx, subscription, &fault) != STORE_OK) {
        return fail_round(hss, "a subscription could not be stored", &fault);
    }
    return hss_append(hss, events);
}

static struct hss_seen_node *find_node(const struct hss *hss, uint64_t id)
{
    for (size_t i = 0; i < hss->seen_count; i++) {
        if (hss->seen[i].id == id) {
            return &hss->seen[i];
        }
    }
    return NULL;
}

/* The node's place, a new one if need be; NULL if there is no room for more. */
static struct hss_seen_node *see_node(struct hss *hss, uint64_t id)
{
    struct hss_seen_node *node = find_node(hss, id);

    if (node != NULL || hss->seen_count == HSS_SEEN_MAX) {
        return node;
    }
    if (hss->seen_count == hss->seen_capacity) {
        size_t capacity = hss->seen_capacity == 0 ? 16 : 2 * hss->seen_capacity;
        struct hss_seen_node *grown = realloc(hss->seen, capacity * sizeof *grown);

        if (grown == NULL) {
            return NULL;
        }
        hss->seen = grown;
        hss->seen_capacity = capacity;
    }
    node = &hss->seen[hss->seen_count++];
    *node = (struct hss_seen_node){.id = id};
    return node;
}

bool hss_node_resynchronises(const struct hss *hss, uint64_t id)
{
    const struct hss_seen_node *node = find_node(hss, id);

    return node != NULL && node->resynchronises;
}

void hss_node_brought_auts(struct hss *hss, uint64_t id)
{
    struct hss_seen_node *node = see_node(hss, id);

    if (node != NULL) {
        node->resynchronises = true;
    }
}

bool hss_save_node(struct hss *hss, uint64_t id, const struct dia_message *request)
{
    struct fault fault = {0};
    struct dia_avp avp;
    char host[DIA_IDENTITY_MAX + 1];
    char realm[DIA_IDENTITY_MAX + 1];

    struct hss_seen_node *node = see_node(hss, id);

    if (node == NULL || node->named) {
        return true; /* of too many nodes the names are not kept: their ids are */
    }
    node->named = true;
    if (!dia_message_find(request, DIA_ORIGIN_HOST, &avp) ||
        !dia_avp_text(&avp, host, sizeof host) ||
        !dia_message_find(request, DIA_ORIGIN_REALM, &avp) ||
        !dia_avp_text(&avp, realm, sizeof realm)) {
        return true;
    }
    return hss->ports.store->save_node(hss->ports.store->ctx, id, host, realm, &fault) ==
               STORE_OK ||
           fail_round(hss, "a serving node's name could not be stored", &fault);
}

enum home_result hss_load(struct hss *hss, const struct imsi *imsi, struct hss_record **record)
{
    struct fault fault = {0};
    struct subscription subscription;
    struct aka_credentials credentials;

    *record = hss_records_find(hss->records, imsi);
    if (*record != NULL) {
        return HOME_OK;
    }
    enum store_result result =
        hss->ports.store->load(hss->ports.store->ctx, imsi, &subscription, &credentials, &fault);
    if (result == STORE_NOT_FOUND) {
        return HOME_UNKNOWN_SUBSCRIPTION;
    }
    if (result != STORE_OK) {
        hss_report(hss, "IMSI %s could not be loaded: %s", imsi->digits, fault.text);
        return HOME_UNABLE;
    }
    hss->statistics.loads++;
    const struct profile *profile = hss_settings_profile(hss->ports.settings, subscription.profile);
    if (profile == NULL) {
        hss_report(hss, "IMSI %s has the profile '%s', which the configuration does not have",
                   imsi->digits, subscription.profile);
    } else {
        *record = hss_records_add(hss->records, imsi);
    }
    if (*record != NULL) {
        sequence_after_load(&subscription.auth);
        (*record)->subscription = subscription;
        (*record)->credentials = credentials;
        (*record)->profile = profile;
    }
    bytes_wipe(&credentials, sizeof credentials);
    return *record != NULL ? HOME_OK : HOME_UNABLE;
}

bool hss_round_end(struct hss *hss)
{
    struct fault fault = {0};
    bool good = !hss->failed;

    if (hss->in_transaction && good) {
        good = hss->ports.store->commit(hss->ports.store->ctx, &fault) == STORE_OK ||
               fail_round(hss, "the round could not be committed", &fault);
        hss->statistics.commits += good;
    } else if (hss->in_transaction) {
        hss->ports.store->rollback(hss->ports.store->ctx);
    }
    if (!good) {
        /* Records of this round may be ahead of the store: all are loaded again. SEQ goes on above
         * the reservation that is durable, so what this round handed out (and dropped) is skipped.
         */
        hss_records_drop_all(hss->records);
        for (size_t i = 0; i < hss->seen_count; i++) {
            hss->seen[i].named = false;
        }
        for (size_t i = 0; i < ARRAY_LEN(hss->refusals); i++) {
            hss->refusals[i].reported_at_ms = 0; /* its event may be lost: the next one is told */
        }
    }
    hss->looked = false;
    hss->in_transaction = false;
    hss->failed = false;
    return good;
}
