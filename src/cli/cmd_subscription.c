/* mooring subscription: import, look at and change subscriptions. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "base/bytes.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "cli/session.h"
#include "edge/batch/batch_file.h"
#include "edge/sqlite/sqlite_admin.h"
#include "home/operator.h"

static bool import_card(struct session *session, const struct batch_card *card,
                        const struct profile *profile, struct fault *fault)
{
    struct home_events events = {.count = 0};
    struct subscription subscription = {
        .imsi = card->imsi,
        .iccid = card->iccid,
        .status = SUBSCRIPTION_ISSUED,
        .binding = {.state = profile->bind ? BINDING_ARMED : BINDING_UNBOUND,
                    .changed_at_ms = cli_now_ms()},
    };

    (void)snprintf(subscription.profile, sizeof subscription.profile, "%s", profile->name);
    struct home_event *event = home_events_add(&events, cli_now_ms(), EVENT_SUBSCRIPTION_IMPORTED,
                                               &card->imsi, session->who);
    (void)snprintf(event->why, sizeof event->why, "ICCID %s, profile '%s'", card->iccid.digits,
                   profile->name);
    return sqlite_admin_import(session->store, &subscription, &card->secrets, fault) == STORE_OK &&
           session->port.append_event(session->port.ctx, event, fault) == STORE_OK;
}

static bool import_cards(struct session *session, const struct batch *batch,
                         const struct profile *profile, struct fault *fault)
{
    if (session->port.begin(session->port.ctx, fault) != STORE_OK) {
        return false;
    }
    for (size_t i = 0; i < batch->count; i++) {
        if (!import_card(session, &batch->cards[i], profile, fault)) {
            session->port.rollback(session->port.ctx);
            return fault_prefix(fault, "card %zu of %zu, nothing was imported", i + 1,
                                batch->count);
        }
    }
    return session->port.commit(session->port.ctx, fault) == STORE_OK;
}

static bool import_batch(struct session *session, const char *path, const char *key,
                         const char *profile_name, struct fault *fault)
{
    const struct profile *profile = hss_settings_profile(session->settings, profile_name);
    struct batch batch = {0};

    if (profile == NULL) {
        return fault_set(fault, "the configuration has no profile '%s'", profile_name);
    }
    struct keyring *transport = keyring_open(key, fault);
    bool good = transport != NULL && batch_file_read(path, transport, &batch, fault) &&
                import_cards(session, &batch, profile, fault);
    if (good) {
        (void)printf("%zu subscriptions imported, profile '%s', %s\n", batch.count, profile->name,
                     profile->bind ? "binding armed" : "no binding");
    }
    batch_free(&batch);
    keyring_close(transport);
    return good;
}

static int subscription_import(const struct cli_args *args)
{
    struct session session;
    struct fault fault = {0};
    const char *profile = cli_value(args, "profile", NULL);
    const char *key = cli_value(args, "key", NULL);

    if (profile == NULL || key == NULL) {
        return cli_usage(args, "--profile and --key must be given");
    }
    if (!session_open(&session, args, true, &fault)) {
        return cli_failed(&fault);
    }
    bool good = import_batch(&session, args->positionals[0], key, profile, &fault);
    session_close(&session);
    return good ? CLI_OK : cli_failed(&fault);
}

struct listing {
    struct output *output;
    struct imsi last;
    size_t count;
};

static bool add_row(void *user, const struct subscription_row *row)
{
    struct listing *listing = user;
    char at[32];
    const char *cells[] = {row->imsi.digits,
                           row->iccid.digits,
                           row->profile,
                           subscription_status_name(row->status),
                           binding_state_name(row->binding),
                           row->machine.digits[0] != '\0' ? row->machine.digits : NULL,
                           verdict_name(row->verdict),
                           row->host[0] != '\0' ? row->host : NULL,
                           row->registered_at_ms != 0 ? at : NULL};

    cli_time_text(row->registered_at_ms, at);
    listing->last = row->imsi;
    listing->count++;
    return output_row(listing->output, cells);
}

static int subscription_list(const struct cli_args *args)
{
    static const struct output_column columns[] = {{"imsi", "IMSI"},
                                                   {"iccid", "ICCID"},
                                                   {"profile", "PROFILE"},
                                                   {"status", "STATUS"},
                                                   {"binding", "BINDING"},
                                                   {"imei", "IMEI"},
                                                   {"verdict", "VERDICT"},
                                                   {"node", "NODE"},
                                                   {"registered", "REGISTERED"},
                                                   {0}};
    struct session session;
    struct fault fault = {0};
    struct listing listing = {0};
    uint64_t limit;

    if (!cli_number(args, "limit", 1, 100000000, 1000, &limit)) {
        return CLI_USAGE;
    }
    if (!session_open(&session, args, false, &fault)) {
        return cli_failed(&fault);
    }
    listing.output = output_new(columns, cli_given(args, "json"));
    bool good =
        listing.output != NULL && sqlite_admin_subscriptions(session.store, NULL, (size_t)limit,
                                                             add_row, &listing, &fault) == STORE_OK;
    session_close(&session);
    if (!good) {
        output_free(listing.output);
        return cli_failed(&fault);
    }
    output_print(listing.output);
    if (listing.count == limit && !cli_given(args, "json")) {
        (void)fprintf(stderr, "%zu subscriptions shown; --limit shows more\n", listing.count);
    }
    return CLI_OK;
}

static json_t *text_or_null(const char *text)
{
    return text[0] != '\0' ? json_string(text) : json_null();
}

static json_t *mark_json(const struct sqn_mark *mark)
{
    return mark->set ? json_pack("{s:I, s:i}", "seq", (json_int_t)mark->seq, "ind", mark->ind)
                     : json_null();
}

static json_t *subscription_json(const struct subscription *s)
{
    char first[32];
    char registered[32];
    char plmn[8] = "";

    cli_time_text(s->first_used_at_ms, first);
    cli_time_text(s->registration.at_ms, registered);
    if (s->registration.node != 0) {
        plmn_format(&s->registration.plmn, plmn);
    }
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o, s:s, s:o, s:o, s:I, s:I, s:s, s:s, s:o}",
        "imsi", s->imsi.digits, "iccid", s->iccid.digits, "profile", s->profile, "status",
        subscription_status_name(s->status), "first_used", first, "binding",
        binding_state_name(s->binding.state), "imei", text_or_null(s->binding.machine.digits),
        "offender", text_or_null(s->binding.offender.digits), "ticket",
        text_or_null(s->binding.ticket), "verdict", verdict_name(s->verdict), "seq_confirmed",
        mark_json(&s->auth.confirmed), "seq_probable", mark_json(&s->auth.probable), "seq_reserved",
        (json_int_t)s->auth.seq_reserved, "audits", (json_int_t)s->auth.audits, "audit_due",
        audit_reason_name(s->auth.audit_due), "registered", registered, "plmn", text_or_null(plmn));
}

/* The same for people. */
static void print_subscription(const struct subscription *s)
{
    const struct binding *binding = &s->binding;
    char first[32];
    char registered[32];
    char plmn[8] = "";

    cli_time_text(s->first_used_at_ms, first);
    cli_time_text(s->registration.at_ms, registered);
    (void)printf("IMSI     %s, ICCID %s, profile '%s'\n", s->imsi.digits, s->iccid.digits,
                 s->profile);
    (void)printf("status   %s, first used %s\n", subscription_status_name(s->status), first);
    (void)printf("binding  %s, IMEI %s", binding_state_name(binding->state),
                 binding->machine.digits[0] != '\0' ? binding->machine.digits : "-");
    if (binding->offender.digits[0] != '\0') {
        (void)printf(", last seen in IMEI %s", binding->offender.digits);
    }
    if (binding->ticket[0] != '\0') {
        (void)printf(", removal ticket %s for %s", binding->ticket,
                     binding->ticket_machine.digits[0] != '\0' ? binding->ticket_machine.digits
                                                               : "any machine");
    }
    (void)printf("\nverdict  %s, %u audits, next audit: %s\n", verdict_name(s->verdict),
                 s->auth.audits, audit_reason_name(s->auth.audit_due));
    if (s->auth.confirmed.set) {
        (void)printf("SQN      SEQ %" PRIu64 " confirmed in slot %u\n", s->auth.confirmed.seq,
                     s->auth.confirmed.ind);
    }
    if (s->registration.node != 0) {
        plmn_format(&s->registration.plmn, plmn);
        (void)printf("serving  PLMN %s since %s\n", plmn, registered);
    }
}

static int subscription_show(const struct cli_args *args)
{
    struct session session;
    struct fault fault = {0};
    struct imsi imsi;
    struct subscription subscription;
    struct aka_credentials credentials;
    const char *text = args->positionals[0];

    if (!imsi_parse(text, strlen(text), &imsi)) {
        return cli_usage(args, "'%s' is no IMSI", text);
    }
    if (!session_open(&session, args, false, &fault)) {
        return cli_failed(&fault);
    }
    enum store_result result =
        session.port.load(session.port.ctx, &imsi, &subscription, &credentials, &fault);
    bytes_wipe(&credentials, sizeof credentials);
    session_close(&session);
    if (result == STORE_NOT_FOUND) {
        (void)fault_set(&fault, "there is no subscription with IMSI %s", text);
    }
    if (result != STORE_OK) {
        return cli_failed(&fault);
    }
    if (cli_given(args, "json")) {
        json_t *object = subscription_json(&subscription);

        (void)json_dumpf(object, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
        (void)printf("\n");
        json_decref(object);
    } else {
        print_subscription(&subscription);
    }
    return CLI_OK;
}

typedef bool operator_function(struct subscription *subscription,
                               const struct home_context *context, struct fault *fault);

struct operation {
    operator_function *function;
    const char *done;
};

static bool decide_operation(struct subscription *subscription, const struct home_context *context,
                             void *arg, struct fault *fault)
{
    return ((const struct operation *)arg)->function(subscription, context, fault);
}

static int operate(const struct cli_args *args, struct operation operation)
{
    struct session session;
    struct fault fault = {0};
    const struct session_change change = {decide_operation, NULL, &operation};

    if (!session_open(&session, args, false, &fault)) {
        return cli_failed(&fault);
    }
    bool good = session_apply(&session, args->positionals[0], &change, &fault);
    session_close(&session);
    if (!good) {
        return cli_failed(&fault);
    }
    (void)printf("IMSI %s %s\n", args->positionals[0], operation.done);
    return CLI_OK;
}

static int subscription_suspend(const struct cli_args *args)
{
    return operate(args,
                   (struct operation){operator_suspend, "is suspended: no network serves it"});
}

static int subscription_resume(const struct cli_args *args)
{
    return operate(args, (struct operation){operator_resume, "is served again"});
}

static int subscription_arm(const struct cli_args *args)
{
    return operate(args, (struct operation){operator_arm, "is armed: the next machine is bound"});
}

static int subscription_audit(const struct cli_args *args)
{
    return operate(args, (struct operation){operator_audit, "is audited at its next attach"});
}

static int subscription_reset_marks(const struct cli_args *args)
{
    return operate(args, (struct operation){operator_reset_marks,
                                            "has no verdict and no marks: the next audit sets "
                                            "them anew"});
}

static const struct cli_option import_options[] = {
    SESSION_OPTION_CONFIG,
    {"profile", "NAME", "service profile of the new subscriptions"},
    {"key", "FILE", "key file that the batch was sealed with"},
    {0},
};
static const struct cli_option list_options[] = {
    SESSION_OPTION_CONFIG,
    {"limit", "N", "at most so many (default: 1000)"},
    {"json", NULL, "as a JSON array"},
    {0},
};
static const struct cli_option show_options[] = {
    SESSION_OPTION_CONFIG, {"json", NULL, "as a JSON object"}, {0}};
static const struct cli_option operator_options[] = {SESSION_OPTION_CONFIG, {0}};

static const struct cli_command commands[] = {
    {"import", "BATCH", 1, 1, "Import a card maker's batch: all of it or nothing",
     "Makes the database if there is none. The keys are sealed anew under the home network's key.",
     "mooring subscription import batch/batch.json --profile meter --key transport.key",
     import_options, subscription_import},
    {"list", "", 0, 0, "List subscriptions in the order of IMSI", "",
     "mooring subscription list --limit 20", list_options, subscription_list},
    {"show", "IMSI", 1, 1, "Show one subscription", "Never shows keys.",
     "mooring subscription show 001010000000001 --json", show_options, subscription_show},
    {"suspend", "IMSI", 1, 1, "Serve it nowhere", "",
     "mooring subscription suspend 001010000000001", operator_options, subscription_suspend},
    {"resume", "IMSI", 1, 1, "Serve it again", "", "mooring subscription resume 001010000000001",
     operator_options, subscription_resume},
    {"arm", "IMSI", 1, 1, "Forget the bound machine: the next one seen is bound", "",
     "mooring subscription arm 001010000000001", operator_options, subscription_arm},
    {"audit", "IMSI", 1, 1, "Audit the next attach (SQN audit)", "",
     "mooring subscription audit 001010000000001", operator_options, subscription_audit},
    {"reset-marks", "IMSI", 1, 1, "Announce a reissued card or a restored AuC",
     "Drops the verdict and what was confirmed of SQN_MS; what the card reports in the next audit\n"
     "becomes the baseline. Do this after you have withdrawn the other card.",
     "mooring subscription reset-marks 001010000000001", operator_options,
     subscription_reset_marks},
    {0},
};

const struct cli_group cli_group_subscription = {"subscription",
                                                 "Subscriptions of the home network", commands};
