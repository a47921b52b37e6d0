#include "hss/hss.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "home/authentication.h"
#include "home/location.h"
#include "home/scope.h"
#include "hss/hss_private.h"
#include "s6a/s6a_answer.h"
#include "s6a/s6a_request.h"

#define REFUSAL_EVENT_MS 10000

int64_t hss_now(const struct hss *hss)
{
    return hss->ports.now_ms(hss->ports.ctx);
}

void hss_report(const struct hss *hss, const char *format, ...)
{
    char line[640];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    hss->ports.report(hss->ports.ctx, line);
}

struct hss *hss_open(const struct hss_ports *ports, struct fault *fault)
{
    struct hss *hss = calloc(1, sizeof *hss);
    const struct hss_settings *settings = ports->settings;

    if (hss != NULL) {
        hss->ports = *ports;
        hss->records = hss_records_new(settings->max_records);
    }
    if (hss == NULL || hss->records == NULL) {
        free(hss);
        (void)fault_set(fault, "no memory for the home network");
        return NULL;
    }
    hss->applications[0] = (struct dia_application){S6A_APPLICATION, DIA_VENDOR_3GPP};
    hss->node = (struct dia_node){
        .host = settings->host,
        .realm = settings->realm,
        .product = "Mooring",
        .origin_state_id = (uint32_t)(hss_now(hss) / 1000),
        .applications = hss->applications,
        .application_count = ARRAY_LEN(hss->applications),
    };
    return hss;
}

void hss_close(struct hss *hss)
{
    if (hss != NULL) {
        if (hss->in_transaction) {
            hss->ports.store->rollback(hss->ports.store->ctx);
        }
        hss_records_free(hss->records);
        free(hss->seen);
        free(hss);
    }
}

const struct dia_node *hss_node(const struct hss *hss)
{
    return &hss->node;
}

struct hss_statistics hss_statistics(const struct hss *hss)
{
    return hss->statistics;
}

void hss_peer_refused(struct hss *hss, const struct hss_peer *peer, const char *host,
                      const struct imsi *imsi, const char *why)
{
    size_t index = peer != NULL ? (size_t)(peer - hss->ports.settings->peers) : HSS_PEERS_MAX;
    struct hss_refusals *refusals = &hss->refusals[index];
    struct home_events events = {.count = 0};
    int64_t now = hss_now(hss);

    hss->statistics.refusals++;
    if (refusals->reported_at_ms != 0 && now >= refusals->reported_at_ms &&
        now - refusals->reported_at_ms < REFUSAL_EVENT_MS) {
        refusals->more++;
        return;
    }
    hss_report(hss, "peer %.200s refused: %s (%" PRIu32 " more before)", host, why, refusals->more);
    struct home_event *event = home_events_add(&events, now, EVENT_PEER_REFUSED, imsi, host);
    (void)snprintf(event->why, sizeof event->why, "peer refused: %s", why);
    (void)snprintf(event->detail, sizeof event->detail, "{\"more\":%" PRIu32 "}", refusals->more);
    *refusals = (struct hss_refusals){.reported_at_ms = now};
    if (hss_begin(hss)) {
        (void)hss_append(hss, &events);
    }
}

bool hss_admit(struct hss *hss, const struct dia_capabilities *who, const char *remote)
{
    const char *why = NULL;

    if (hss_peer_admit(hss->ports.settings, who, remote, &why) != NULL) {
        return true;
    }
    hss_peer_refused(hss, NULL, who->host, NULL, why);
    return false;
}

/* One request under way. */
struct task {
    struct hss *hss;
    const struct hss_peer *peer;
    const struct dia_message *request;
    struct dia_writer *answer;
    struct s6a_request common;
    char who[96]; /* the serving node, which may be behind a relay */
    uint32_t chance;
    struct home_events events;
};

static struct home_context context_of(struct task *task, const struct profile *profile)
{
    const struct hss_settings *settings = task->hss->ports.settings;

    task->events.count = 0;
    task->events.lost = 0;
    return (struct home_context){
        .crypto = task->hss->ports.crypto,
        .profile = profile,
        .now_ms = hss_now(task->hss),
        .who = task->who,
        .events = &task->events,
        .amf = {settings->amf[0], settings->amf[1]},
        .seq_step_max = settings->seq_step_max,
        .seq_reserve = settings->seq_reserve,
        .confirm_window_ms = settings->confirm_window_ms,
        .node_resynchronises = hss_node_resynchronises(task->hss, task->common.node),
        .chance = task->chance,
    };
}

static void answer_error(const struct task *task, uint32_t result, const char *message)
{
    struct dia_error error = {.result = result, .message = message};

    (void)dia_answer_error(task->answer, task->request, &task->hss->node, &error);
}

static void answer_failure(const struct task *task, const struct dia_failure *failure)
{
    struct dia_error error = dia_error_of(failure);

    (void)dia_answer_error(task->answer, task->request, &task->hss->node, &error);
}

/* A request that the peer was not granted. */
static void refuse_peer(struct task *task, const char *why)
{
    hss_peer_refused(task->hss, task->peer, task->peer->host, &task->common.imsi, why);
    (void)s6a_put_result(task->answer, &task->hss->node, task->request,
                         (struct s6a_result){DIA_AUTHORIZATION_REJECTED, false});
}

static bool is_granted(struct task *task)
{
    (void)snprintf(task->who, sizeof task->who, "%.*s", (int)task->common.origin_host.len,
                   (const char *)task->common.origin_host.data);
    if (!hss_peer_speaks_for(task->peer, &task->common.origin_host)) {
        refuse_peer(task, "Origin-Host is another node's, and the peer is no relay");
        return false;
    }
    if (!hss_peer_serves_plmn(task->peer, &task->common.plmn)) {
        char why[96];
        char plmn[8];

        plmn_format(&task->common.plmn, plmn);
        (void)snprintf(why, sizeof why, "Visited-PLMN-Id %s was not granted to it", plmn);
        refuse_peer(task, why);
        return false;
    }
    return true;
}

/* Takes a decision on a copy of the record and keeps it if it could be stored. */
typedef bool decide_function(struct task *task, const struct home_context *context,
                             struct subscription *subscription,
                             const struct aka_credentials *credentials, void *result);

/* Which noise an event is; HSS_NOISES: none. A violation of a binding that is violated already
 * changes nothing but the offender. */
static enum hss_noise noise_of(enum event_kind kind, const struct hss_record *record)
{
    switch (kind) {
    case EVENT_AUTS_INVALID:
        return HSS_NOISE_AUTS;
    case EVENT_SCOPE_REFUSED:
        return HSS_NOISE_SCOPE;
    case EVENT_BINDING_VIOLATED:
        return record->subscription.binding.offender.digits[0] != '\0' ? HSS_NOISE_VIOLATION
                                                                       : HSS_NOISES;
    default:
        return HSS_NOISES;
    }
}

/*
 * Leaves out events that a peer could make by the thousand: of each noise one in ten seconds for
 * each subscription.
 */
static void leave_out_noise(struct task *task, struct hss_record *record)
{
    struct home_events *events = &task->events;
    int64_t now = hss_now(task->hss);
    size_t kept = 0;

    for (size_t i = 0; i < events->count; i++) {
        enum hss_noise noise = noise_of(events->items[i].kind, record);

        if (noise != HSS_NOISES) {
            int64_t *at_ms = &record->noise_at_ms[noise];

            if (now >= *at_ms && now - *at_ms < REFUSAL_EVENT_MS) {
                continue;
            }
            if (task->hss->in_transaction) { /* else it is decided again under the lock */
                *at_ms = now;
            }
        }
        events->items[kept++] = events->items[i];
    }
    events->count = kept;
}

static enum home_result decide(struct task *task, decide_function *function, void *result)
{
    struct hss *hss = task->hss;
    struct hss_record *record;

    for (;;) {
        enum home_result found = hss_load(hss, &task->common.imsi, &record);
        if (found != HOME_OK) {
            return found;
        }
        struct subscription changed = record->subscription;
        struct home_context context = context_of(task, record->profile);
        bool must_store = function(task, &context, &changed, &record->credentials, result);

        leave_out_noise(task, record);
        if (!must_store && task->events.count == 0) {
            record->subscription = changed;
            return HOME_OK;
        }
        if (!hss->in_transaction) {
            if (!hss_begin(hss)) {
                return HOME_UNABLE;
            }
            continue; /* under the lock the record may be another, or gone: decide again */
        }
        if (!hss_save(hss, &changed, &task->events)) {
            return HOME_UNABLE;
        }
        record->subscription = changed;
        return HOME_OK;
    }
}

struct authentication {
    struct home_authentication_request request;
    struct home_authentication_answer answer;
};

static bool decide_authentication(struct task *task, const struct home_context *context,
                                  struct subscription *subscription,
                                  const struct aka_credentials *credentials, void *result)
{
    struct authentication *authentication = result;

    (void)task;
    home_authenticate(context, &authentication->request, subscription, credentials,
                      &authentication->answer);
    return authentication->answer.must_store;
}

static void authentication_information(struct task *task)
{
    struct authentication authentication;
    struct dia_failure failure = {.result = DIA_UNABLE_TO_COMPLY};
    bool eutran;

    if (!s6a_air_read(task->request, &task->common, &authentication.request, &eutran, &failure)) {
        answer_failure(task, &failure);
        return;
    }
    if (!is_granted(task)) {
        return;
    }
    enum home_result result = HOME_AUTH_DATA_UNAVAILABLE; /* of UTRAN and GERAN vectors */
    if (authentication.request.resynchronise) {
        hss_node_brought_auts(task->hss, task->common.node);
    }
    if (!task->hss->ports.crypto->random(task->hss->ports.crypto->ctx, (uint8_t *)&task->chance,
                                         sizeof task->chance)) {
        result = HOME_UNABLE;
    } else if (eutran) {
        result = decide(task, decide_authentication, &authentication);
    }
    if (result != HOME_OK) {
        authentication.answer.result = result;
        authentication.answer.count = 0;
    }
    task->hss->statistics.answers_ok += authentication.answer.result == HOME_OK;
    (void)s6a_put_aia(task->answer, &task->hss->node, task->request, &authentication.answer);
    bytes_wipe(&authentication, sizeof authentication);
}

struct location {
    struct home_location_request request;
    enum home_result result;
};

static bool decide_location(struct task *task, const struct home_context *context,
                            struct subscription *subscription,
                            const struct aka_credentials *credentials, void *result)
{
    struct location *location = result;

    bool served = scope_served(subscription, context); /* else nothing is looked at */

    (void)task;
    (void)credentials;
    location->result = home_update_location(context, &location->request, subscription);
    return served;
}

static void update_location(struct task *task)
{
    struct location location;
    struct dia_failure failure = {.result = DIA_UNABLE_TO_COMPLY};
    struct hss_record *record = NULL;
    uint32_t flags;

    if (!s6a_ulr_read(task->request, &task->common, &location.request, &flags, &failure)) {
        answer_failure(task, &failure);
        return;
    }
    if (!is_granted(task)) {
        return;
    }
    enum home_result result = decide(task, decide_location, &location);
    if (result == HOME_OK) {
        result = location.result;
    }
    if (result == HOME_OK) {
        record = hss_records_find(task->hss->records, &task->common.imsi);
        if (record == NULL || !hss_save_node(task->hss, location.request.node, task->request)) {
            result = HOME_UNABLE;
        }
    }
    task->hss->statistics.answers_ok += result == HOME_OK;
    (void)s6a_put_ula(task->answer, &task->hss->node, task->request, result,
                      record != NULL ? &record->subscription : NULL,
                      record != NULL ? record->profile : NULL, (flags & S6A_ULR_SKIP_DATA) != 0);
}

/* Routing, RFC 6733 6.1: we are no agent, a request must be for us. */
static bool is_for_us(const struct task *task)
{
    struct dia_avp avp;

    if (dia_message_find(task->request, DIA_DESTINATION_REALM, &avp) &&
        !dia_avp_is_identity(&avp, task->hss->node.realm)) {
        answer_error(task, DIA_REALM_NOT_SERVED, NULL);
        return false;
    }
    if (dia_message_find(task->request, DIA_DESTINATION_HOST, &avp) &&
        !dia_avp_is_identity(&avp, task->hss->node.host)) {
        answer_error(task, DIA_UNABLE_TO_DELIVER, NULL);
        return false;
    }
    return true;
}

void hss_request(struct hss *hss, const struct dia_capabilities *who,
                 const struct dia_message *request, struct dia_writer *answer)
{
    struct task task = {.hss = hss,
                        .peer = hss_peer_find(hss->ports.settings, who->host),
                        .request = request,
                        .answer = answer};
    const struct dia_command_rule *rule = s6a_rule(request->header.command, true);
    struct dia_failure failure;

    hss->statistics.requests++;
    (void)hss_look(hss); /* if that fails no answer of the round leaves */
    if (task.peer == NULL || !task.peer->s6a) {
        answer_error(&task, DIA_APPLICATION_UNSUPPORTED, NULL);
    } else if (rule == NULL || request->header.application != S6A_APPLICATION) {
        answer_error(&task, DIA_COMMAND_UNSUPPORTED, NULL);
    } else if (!dia_validate(request, rule, &failure)) {
        answer_failure(&task, &failure);
    } else if (is_for_us(&task)) {
        if (request->header.command == S6A_AUTHENTICATION_INFORMATION) {
            authentication_information(&task);
        } else {
            update_location(&task);
        }
    }
}

void hss_refuse(struct hss *hss, const struct dia_message *request, struct dia_writer *answer)
{
    (void)s6a_put_result(answer, &hss->node, request,
                         (struct s6a_result){DIA_UNABLE_TO_COMPLY, false});
}
