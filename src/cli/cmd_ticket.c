/* mooring ticket: removal tickets, by which a UICC may move to another machine. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "cli/session.h"
#include "edge/sqlite/sqlite_ticket.h"
#include "home/operator.h"

#define HOURS_MAX 8784 /* a leap year */

static bool decide_open(struct subscription *subscription, const struct home_context *context,
                        void *arg, struct fault *fault)
{
    struct ticket *ticket = arg;

    ticket->imsi = subscription->imsi;
    return operator_open_ticket(subscription, context, ticket->id,
                                ticket->machine.digits[0] != '\0' ? &ticket->machine : NULL,
                                ticket->until_ms, fault);
}

static bool insert_ticket(struct session *session, const struct subscription *subscription,
                          void *arg, struct fault *fault)
{
    struct ticket *ticket = arg;

    (void)subscription;
    (void)snprintf(ticket->opened_by, sizeof ticket->opened_by, "%s", session->who);
    return sqlite_ticket_insert(session->store, ticket, fault) == STORE_OK;
}

static int ticket_open(const struct cli_args *args)
{
    struct session session;
    struct fault fault = {0};
    struct ticket ticket = {.state = TICKET_OPEN, .opened_at_ms = cli_now_ms()};
    const char *imei = cli_value(args, "imei", NULL);
    uint64_t hours;
    uint8_t id[8];
    char until[32];

    if (!cli_number(args, "hours", 1, HOURS_MAX, 24, &hours)) {
        return CLI_USAGE;
    }
    if (imei != NULL && !imei_parse(imei, strlen(imei), &ticket.machine)) {
        return cli_usage(args,
                         "'%s' is no IMEI: 14 digits, 15 with the right check digit, or 16 "
                         "(IMEISV)",
                         imei);
    }
    if (!session_open(&session, args, false, &fault)) {
        return cli_failed(&fault);
    }
    const struct session_change change = {decide_open, insert_ticket, &ticket};
    bool good = session.crypto.port.random(session.crypto.port.ctx, id, sizeof id);
    hex_encode(id, sizeof id, ticket.id);
    ticket.until_ms = ticket.opened_at_ms + (int64_t)hours * 3600000;
    good = good && session_apply(&session, args->positionals[0], &change, &fault);
    session_close(&session);
    if (!good) {
        return cli_failed(&fault);
    }
    cli_time_text(ticket.until_ms, until);
    (void)printf("ticket %s: IMSI %s may move to %s%s until %s, once\n", ticket.id,
                 ticket.imsi.digits, imei != NULL ? "IMEI " : "any other machine",
                 ticket.machine.digits, until);
    return CLI_OK;
}

static bool decide_cancel(struct subscription *subscription, const struct home_context *context,
                          void *arg, struct fault *fault)
{
    return operator_cancel_ticket(subscription, context, arg, fault);
}

static int ticket_cancel(const struct cli_args *args)
{
    struct session session;
    struct fault fault = {0};
    struct ticket ticket;

    if (!session_open(&session, args, false, &fault)) {
        return cli_failed(&fault);
    }
    enum store_result found =
        sqlite_ticket_get(session.store, args->positionals[0], &ticket, &fault);
    bool good = found == STORE_OK;
    if (found == STORE_NOT_FOUND) {
        (void)fault_set(&fault, "there is no ticket %s", args->positionals[0]);
    } else if (good && ticket.state != TICKET_OPEN) {
        good = fault_set(&fault, "ticket %s is %s already", ticket.id,
                         ticket_state_name(ticket.state));
    }
    const struct session_change change = {decide_cancel, NULL, ticket.id};
    good = good && session_apply(&session, ticket.imsi.digits, &change, &fault);
    session_close(&session);
    if (!good) {
        return cli_failed(&fault);
    }
    (void)printf("ticket %s is cancelled\n", ticket.id);
    return CLI_OK;
}

static bool add_row(void *user, const struct ticket *ticket)
{
    char opened[32];
    char until[32];
    char used[32];
    const char *cells[] = {ticket->id,
                           ticket->imsi.digits,
                           ticket_state_name(ticket->state),
                           ticket->machine.digits[0] != '\0' ? ticket->machine.digits : "any",
                           opened,
                           until,
                           ticket->opened_by,
                           ticket->used_at_ms != 0 ? used : NULL,
                           ticket->used_by.digits[0] != '\0' ? ticket->used_by.digits : NULL};

    cli_time_text(ticket->opened_at_ms, opened);
    cli_time_text(ticket->until_ms, until);
    cli_time_text(ticket->used_at_ms, used);
    return output_row(user, cells);
}

static int ticket_list(const struct cli_args *args)
{
    static const struct output_column columns[] = {{"id", "TICKET"},       {"imsi", "IMSI"},
                                                   {"state", "STATE"},     {"imei", "FOR"},
                                                   {"opened", "OPENED"},   {"until", "UNTIL"},
                                                   {"by", "BY"},           {"used", "USED"},
                                                   {"used_by", "USED BY"}, {0}};
    struct session session;
    struct fault fault = {0};
    struct imsi imsi;
    const char *text = cli_value(args, "imsi", NULL);

    if (text != NULL && !imsi_parse(text, strlen(text), &imsi)) {
        return cli_usage(args, "'%s' is no IMSI", text);
    }
    if (!session_open(&session, args, false, &fault)) {
        return cli_failed(&fault);
    }
    struct output *output = output_new(columns, cli_given(args, "json"));
    bool good = output != NULL &&
                sqlite_ticket_list(session.store, text != NULL ? &imsi : NULL, TICKET_ANY_STATE,
                                   10000, add_row, output, &fault) == STORE_OK;
    session_close(&session);
    if (!good) {
        output_free(output);
        return cli_failed(&fault);
    }
    output_print(output);
    return CLI_OK;
}

static const struct cli_option open_options[] = {
    SESSION_OPTION_CONFIG,
    {"imei", "IMEI", "only this machine may take the UICC (default: any other)"},
    {"hours", "N", "how long the ticket is good (default: 24)"},
    {0},
};
static const struct cli_option cancel_options[] = {SESSION_OPTION_CONFIG, {0}};
static const struct cli_option list_options[] = {
    SESSION_OPTION_CONFIG,
    {"imsi", "IMSI", "only those of one subscription"},
    {"json", NULL, "as a JSON array"},
    {0},
};

static const struct cli_command commands[] = {
    {"open", "IMSI", 1, 1, "Let a bound UICC move to another machine, once",
     "The next machine that shows itself with the UICC becomes its own; until then the old one is\n"
     "served. A used or expired ticket opens nothing.",
     "mooring ticket open 001010000000001 --imei 49015420323751 --hours 8", open_options,
     ticket_open},
    {"cancel", "TICKET", 1, 1, "Take back an open ticket", "",
     "mooring ticket cancel 0123456789abcdef", cancel_options, ticket_cancel},
    {"list", "", 0, 0, "List tickets, newest first", "", "mooring ticket list --json", list_options,
     ticket_list},
    {0},
};

const struct cli_group cli_group_ticket = {"ticket", "Removal tickets: authorised swaps", commands};
